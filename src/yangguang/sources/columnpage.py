"""The flattened column page: several articles in one text, each a title line, its text, and a line of date and source.

A text is one when it has at least two such groups and they are nearly all it has. Inside an article runs of spaces
and full-width spaces mark paragraphs, since flattening lost the line breaks.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

from yangguang.sources.dates import parse_moment
from yangguang.sources.drafts import Draft
from yangguang.sources.text import is_leftover, marked_paragraphs, squeeze, widen
from yangguang.sources.types import Place, Refused

_DATED = re.compile(
    r"\s*(?P<day>(?:19|20)\d{2}(?:-\d{1,2}-\d{1,2}|\.\d{1,2}\.\d{1,2}|/\d{1,2}/\d{1,2}|年\d{1,2}月\d{1,2}日))"
    r"(?:\s+\d{1,2}:\d{2}(?::\d{2})?)?\s*(?:(?:信息|稿件)?来源\s*[:：])?\s*(?P<source>[^\d\s。，,；;][^。，,；;]{0,39})\s*"
)
_TITLE_LENGTH = 150
_FEWEST = 2
_NEARLY_ALL = 0.8


@dataclass(frozen=True, slots=True)
class _Group:
    """One article's lines, each with its number, and what its last line says."""

    title: tuple[int, str]
    lines: tuple[str, ...]
    day: date
    source: str


def read_column_page(text: str, place: Place) -> Iterator[Draft | Refused] | None:
    """Return the articles of `text` in their order and what of it is no article, or None where it is no column page."""
    groups, rest = _groups(text)
    whole = sum(_is_whole(group) for group in groups)
    if whole < _FEWEST or whole < _NEARLY_ALL * len(groups):
        return None
    return _drafts(groups, rest, place)


def _drafts(groups: list[_Group], rest: list[tuple[int, str]], place: Place) -> Iterator[Draft | Refused]:
    for group in groups:
        line, title = group.title
        pieces = [part for raw in group.lines for part in marked_paragraphs(widen(raw))]
        yield Draft(
            place=Place(place.name, line),
            title=widen(squeeze(title)),
            pieces=pieces,
            published_on=group.day,
            source=widen(squeeze(group.source)),
        )
    for line, raw in rest:
        where = Place(place.name, line)
        if is_leftover(raw):
            yield Refused(where, f"模板残留，不是内容 template leftover, not content: {squeeze(raw)[:80]}")
        else:
            yield Refused(where, f"不属于任何一篇文章 belongs to no article: {squeeze(raw)[:80]}")


def _groups(text: str) -> tuple[list[_Group], list[tuple[int, str]]]:
    """Return the groups of `text`, and the lines outside them with their numbers."""
    groups: list[_Group] = []
    rest: list[tuple[int, str]] = []
    held: list[tuple[int, str]] = []
    for number, line in enumerate(text.split("\n"), start=1):
        if not line.strip():
            continue
        if is_leftover(line):
            rest.append((number, line))
            continue
        dated = _DATED.fullmatch(line) if len(line) <= _TITLE_LENGTH else None
        day = parse_moment(dated["day"]) if dated else None
        if dated is None or day is None:
            held.append((number, line))
        elif held:
            groups.append(_Group(held[0], tuple(line for _, line in held[1:]), day, dated["source"]))
            held = []
        else:
            rest.append((number, line))
    return groups, sorted(rest + held)


def _is_whole(group: _Group) -> bool:
    """Tell whether `group` has a line that can be a title, and text below it."""
    title = group.title[1].strip()
    return bool(group.lines) and len(title) <= _TITLE_LENGTH and not title.endswith(("。", "；", "："))
