"""Headings: which numbered lines of a text open a part, and which are items of a list.

Levels: GB/T 9704-2012 (一、 （一） 1. （1） ①); 编, 章 and 节 of a regulation. Below an article (第…条) numbers count
items, never headings. A numbered line that nothing stands under is an item (or a line of a table of contents).
"""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import TypeAlias

from yangguang.records.types import Block, Heading, Paragraph

Piece: TypeAlias = str | Block
"""A paragraph not yet understood, or a block that is."""

RUN_IN_HEADING = 60
"""Longest heading, in characters; a longer first sentence is text."""

CHAPTER_HEADING = 40
MAX_LEVEL = 5

_NUMBER = re.compile(
    r"(?P<one>[一二三四五六七八九十百]{1,4}、)"
    r"|(?P<two>[（(][一二三四五六七八九十百]{1,4}[)）]、?)"
    r"|(?P<three>\d{1,3}[.．、](?!\d))"
    r"|(?P<four>[（(]\d{1,3}[)）]、?)"
    r"|(?P<five>[①-⑳])"
    r"|(?P<chapter>第[〇零一二三四五六七八九十百千\d]{1,7}(?P<unit>[编章节]))(?=\s|\Z|[^\s的至和、，。])"
    r"|(?P<article>第[〇零一二三四五六七八九十百千\d]{1,7}条(?:之[一二三四五六七八九十])?)(?=\s|\Z|[^\s的至和、，。第])"
)
_LEVELS = {"one": 1, "two": 2, "three": 3, "four": 4, "five": 5}
_UNITS = "编章节"
_OPEN_ENDS = "；;，,、"


@dataclass(frozen=True, slots=True)
class _Line:
    """A numbered line that may be a heading.

    `rest` is what follows a run-in heading; `fixed` says that the source itself marks the heading, `chapter` that its
    number is 第…编, 章 or 节.
    """

    level: int
    number: str
    text: str
    rest: str = ""
    fixed: bool = False
    chapter: bool = False


def outline(pieces: Sequence[Piece]) -> tuple[Block, ...]:
    """Return `pieces` as blocks, with headings found; blocks that are understood stay as they are."""
    lines = _candidates(pieces)
    opening = _openers(lines)
    blocks: list[Block] = []
    for piece, line, opens in zip(pieces, lines, opening, strict=True):
        if line is not None and opens:
            blocks.append(Heading(line.level, line.number, line.text, run_in=bool(line.rest)))
            if line.rest:
                blocks.append(Paragraph(line.rest))
        elif isinstance(piece, str):
            blocks.append(Paragraph(piece))
        else:
            blocks.append(piece)
    return tuple(blocks)


def is_article(text: str) -> bool:
    """Tell whether `text` opens an article of a regulation (第…条)."""
    found = _NUMBER.match(text)
    return found is not None and found.lastgroup == "article"


def is_numbered(text: str) -> bool:
    """Tell whether `text` begins with a heading's or an article's number."""
    return _NUMBER.match(text) is not None


def _candidates(pieces: Sequence[Piece]) -> list[_Line | None]:
    shallowest = min((_UNITS.index(unit) for unit in _units(pieces)), default=1)
    in_articles = False
    lines: list[_Line | None] = []
    for piece in pieces:
        if isinstance(piece, Heading):
            lines.append(_marked_heading(piece, shallowest))
            continue
        found = _NUMBER.match(piece) if isinstance(piece, str) else None
        if not isinstance(piece, str) or found is None:
            lines.append(None)
        elif found["article"]:
            in_articles = True
            lines.append(None)
        elif found["chapter"]:
            lines.append(_chapter(piece, found, shallowest))
        else:
            lines.append(None if in_articles else _numbered(piece, found))
    return lines


def _units(pieces: Iterable[Piece]) -> Iterable[str]:
    for piece in pieces:
        text = piece if isinstance(piece, str) else piece.text if isinstance(piece, Heading) else ""
        if text.startswith("第") and len(text) <= CHAPTER_HEADING:
            found = _NUMBER.match(text)
            if found is not None and found["unit"]:
                yield found["unit"]


def _chapter(text: str, found: re.Match[str], shallowest: int) -> _Line | None:
    rest = text[found.end() :].strip()
    if len(rest) > CHAPTER_HEADING or "。" in rest:
        return None
    return _Line(_UNITS.index(found["unit"]) - shallowest + 1, found["chapter"], rest, chapter=True)


def _numbered(text: str, found: re.Match[str]) -> _Line | None:
    number, rest = found[0], text[found.end() :].strip()
    stop = rest.find("。")
    if stop < 0:
        if not rest or len(rest) > RUN_IN_HEADING or rest[-1] in _OPEN_ENDS:
            return None
        return _Line(_LEVELS[found.lastgroup or ""], number, rest)
    if stop > RUN_IN_HEADING or stop == 0:
        return None
    return _Line(_LEVELS[found.lastgroup or ""], number, rest[: stop + 1], rest[stop + 1 :].strip())


def _marked_heading(heading: Heading, shallowest: int) -> _Line:
    """Return a heading that the source marks as one, with its number read from its text where it has one."""
    text = heading.text
    found = _NUMBER.match(text)
    if found is None or found["article"]:
        return _Line(heading.level, heading.number, text, fixed=True)
    rest = text[found.end() :].strip()
    if found["chapter"]:
        return _Line(_UNITS.index(found["unit"]) - shallowest + 1, found["chapter"], rest, fixed=True)
    return _Line(_LEVELS[found.lastgroup or ""], found[0], rest, fixed=True)


def _openers(lines: Sequence[_Line | None]) -> list[bool]:
    """Tell for each line whether it opens a part: something stands under it, and no sibling stands right beside it."""
    opens = [False] * len(lines)
    under = [False] * (MAX_LEVEL + 2)
    for position in range(len(lines) - 1, -1, -1):
        line = lines[position]
        if line is None:
            under = [True] * len(under)
            continue
        opens[position] = line.fixed or bool(line.rest) or (under[line.level] and not _beside(lines, position))
        # A chapter line that opens nothing belongs to a table of contents: it is no text of the chapter above it.
        counts = opens[position] or not line.chapter
        for level in range(len(under)):
            under[level] = level < line.level and (counts or under[level])
    return opens


def _beside(lines: Sequence[_Line | None], position: int) -> bool:
    line = lines[position]
    if line is None or line.chapter:
        return False
    neighbours = (lines[position - 1] if position else None, lines[position + 1] if position + 1 < len(lines) else None)
    return any(
        other is not None and other.level == line.level and not other.rest and not other.fixed for other in neighbours
    )
