"""Plain text: lines to paragraphs, hard-wrapped lines joined, tabbed lines to tables, and lines of labels and values.

A line is a paragraph (FORMATS 2.5), unless blank lines part blocks of lines that all end at one margin.
"""

import itertools
import re
from collections.abc import Iterator, Sequence
from pathlib import PurePosixPath

from yangguang.records.types import Cell, Doubt, Table
from yangguang.sources.drafts import Draft
from yangguang.sources.labels import Labels, read_labels
from yangguang.sources.outline import Piece, is_numbered
from yangguang.sources.text import FLATTENED_LINE, HAN, marked_paragraphs, squeeze, widen
from yangguang.sources.types import Place
from yangguang.sources.words import is_title

_TITLE_LENGTH = 120
_WRAPPED_LINES = 5
_MARGIN = 30
"""Narrowest line, in characters, that can be the work of a hard-wrapping editor."""

_CRAWLER_PREFIX = re.compile(rf"^[A-Za-z0-9]+_(?=.*[{HAN}])")


def read_plain(text: str, place: Place) -> Draft:
    """Return the document that plain `text` is; without a title of its own it takes the file's name, with a doubt."""
    return untitled(plain_pieces(widen(text).split("\n")), place)


def untitled(pieces: list[Piece], place: Place) -> Draft:
    """Return a draft of text that marks no title: a label's, its first line, or the file's name, with a doubt."""
    labels = next((read_labels(piece) for piece in pieces if isinstance(piece, Table)), Labels())
    title, doubts = _title(pieces, place, labels)
    return Draft(
        place=place,
        title=title,
        title_guessed=not labels.title,
        pieces=pieces,
        published_on=labels.published_on,
        source=labels.source,
        labels=labels,
        doubts=doubts,
    )


def plain_pieces(lines: Sequence[str]) -> list[Piece]:
    """Return the paragraphs and tables of `lines`."""
    pieces: list[Piece] = []
    rows: list[list[str]] = []
    for line in _unwrapped(lines):
        cells = [squeeze(cell) for cell in line.strip("\n ").split("\t")]
        if rows and len(cells) != len(rows[0]):
            pieces += _table(rows)
            rows = []
        if len(cells) > 1 and cells[0]:
            rows.append(cells)
        elif len(line) > FLATTENED_LINE:
            pieces += marked_paragraphs(line)
        elif paragraph := squeeze(line):
            pieces.append(paragraph)
    return pieces + _table(rows)


def _table(rows: list[list[str]]) -> list[Piece]:
    if len(rows) < 2:
        return [squeeze(" ".join(row)) for row in rows]
    return [Table(tuple(tuple(Cell(cell) for cell in row) for row in rows))]


def _unwrapped(lines: Sequence[str]) -> Iterator[str]:
    """Yield `lines`, those that an editor broke at its margin joined again."""
    margin = _hard_margin(lines)
    if not margin:
        yield from lines
        return
    held = ""
    for line in lines:
        starts_anew = not line.strip() or line[0] in " \u3000\t" or is_numbered(line)
        if held and starts_anew:
            yield held
            held = ""
        held += line.strip() if held else line
        if len(line) < margin - 2:
            yield held
            held = ""
    if held:
        yield held


def _hard_margin(lines: Sequence[str]) -> int:
    """Return the width at which nearly all lines inside blocks are broken, or 0 where none is."""
    inside = [
        len(line)
        for line, following in itertools.pairwise(lines)
        if line.strip() and following.strip() and following[0] not in " \u3000\t"
    ]
    widest = max(inside, default=0)
    if len(inside) < _WRAPPED_LINES or not _MARGIN <= widest <= FLATTENED_LINE:
        return 0
    return widest if sum(width >= widest - 3 for width in inside) >= 0.8 * len(inside) else 0


def _title(pieces: Sequence[Piece], place: Place, labels: Labels) -> tuple[str, tuple[Doubt, ...]]:
    if labels.title:
        return labels.title, (Doubt("title", "标题取自信息表"),)
    first = pieces[0] if pieces else ""
    if isinstance(first, str) and 0 < len(first) <= _TITLE_LENGTH and first[-1] not in "。；：，" and len(pieces) > 1:
        return first, () if is_title(first) else (Doubt("title", "以首行为标题"),)
    return title_from_name(place), (Doubt("title", "正文没有标题，取自文件名"),)


def title_from_name(place: Place) -> str:
    """Return the file's name without folder, extension and the prefix a crawler puts before it."""
    return _CRAWLER_PREFIX.sub("", PurePosixPath(place.name).stem)
