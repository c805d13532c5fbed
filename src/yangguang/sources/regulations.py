"""Regulations as collections of law keep them: ``# title``, lines on their making, ``<!-- INFO END -->``, articles.

Form: the public collection LawRefBook/Laws. A line on the making is a date and an act: ``2014年11月24日
中华人民共和国国务院令第656号公布``, ``2019年3月24日 《…》修订``, ``2015年3月1日 施行``.
"""

import re
from collections.abc import Sequence
from datetime import date

from yangguang.records.queries import parse_document_number
from yangguang.records.types import Doubt, Heading, Paragraph, Role
from yangguang.sources.dates import all_dates, find_date, parse_date
from yangguang.sources.drafts import Draft, LawHeader
from yangguang.sources.errors import UnreadableError
from yangguang.sources.outline import Piece
from yangguang.sources.text import HAN, squeeze, widen
from yangguang.sources.types import Place
from yangguang.sources.words import organisations

MARK = "<!-- INFO END -->"
"""Stands between the lines on the making and the text."""

_ORDER = re.compile(rf"([{HAN}、]{{2,60}}?令第\s*\d{{1,5}}\s*号)")
_MAKER = re.compile(
    rf"([{HAN}、]{{2,60}}?)(?:(?:\d{{4}}年)?第\s*[\d一二三四五六七八九十百]+\s*次.{{0,8}}会议)?(?:审议)?"
    "(?:公布|发布|批准|通过|制定|修订|修正)"
)
_CITED = re.compile("《[^《》]*》")
_MADE = re.compile("公布|发布|印发|批准|通过|制定")
_REVISED = re.compile("修订|修正|修改")
_EFFECTIVE = re.compile("施行|执行|生效|实施")
_FILE_DATE = re.compile(r"[（(](\d{4}-\d{2}-\d{2})[)）]\.\w+$")
_NATIONAL_CONGRESS = re.compile("全国人民代表大会|中华人民共和国主席")
_COUNCIL = re.compile("国务院|政务院")


def read_regulation(text: str, place: Place) -> Draft:
    """Return the regulation that `text` is.

    Raises:
        UnreadableError: it has no title or no text.
    """
    head, _, rest = widen(text).partition(MARK)
    lines = [line for line in (squeeze(line) for line in head.split("\n")) if line]
    if not lines or not lines[0].lstrip("# "):
        raise UnreadableError("没有标题 no title above the regulation", 1)
    title = lines[0].lstrip("# ")
    notes = [line.lstrip("# ") for line in lines[1:]]
    notes = [note for note in notes if note and not note.startswith("<!--")]
    pieces: list[Piece] = [Paragraph(note, Role.NOTE) for note in notes]
    pieces += _articles(rest)
    if len(pieces) == len(notes):
        raise UnreadableError("没有正文 no text below the title")
    return Draft(place=place, title=title, pieces=pieces, law=_header(title, notes, place))


def _articles(text: str) -> list[Piece]:
    pieces: list[Piece] = []
    for raw in text.split("\n"):
        line = squeeze(raw)
        if line.startswith("#"):
            bare = line.lstrip("#")
            depth = len(line) - len(bare)
            if bare.strip():
                pieces.append(Heading(min(max(depth - 1, 1), 5), "", bare.strip()))
        elif line and not line.startswith("<!--"):
            pieces.append(line)
    return pieces


def _header(title: str, notes: Sequence[str], place: Place) -> LawHeader:
    acts = [note for note in notes if not (_EFFECTIVE.search(note) and not _MADE.search(note))]
    made = [note for note in acts if _MADE.search(note) and not _REVISED.search(note)]
    file_date = _FILE_DATE.search(place.name)
    days = [day for note in acts for day in all_dates(_before_effect(note))]
    if file_date and (day := parse_date(file_date[1])):
        days.append(day)
    number, numbered_on, doubts = _number(acts)
    dated = next((found[0] for note in reversed(made) if (found := find_date(note))), None)
    genre, certain = _genre(" ".join((title, *notes)))
    if not certain:
        doubts.append(Doubt("genre", f"题注未写明制定机关，按法规汇编推定体裁为{genre}"))
    return LawHeader(
        number=number,
        issuers=_issuers(number, made or acts),
        formed_on=numbered_on or dated or min(days, default=None),
        published_on=max(days, default=None),
        effective_from=_effective_from(notes),
        genre=genre,
        doubts=tuple(doubts),
    )


def _number(acts: Sequence[str]) -> tuple[str, date | None, list[Doubt]]:
    """Return the number and day of the order under which the whole text last appeared, and doubts.

    An order that publishes or republishes the text carries 令第…号; a decision that only amends it is cited in 《》.
    """
    found: list[tuple[str, date | None]] = []
    for act in acts:
        order = _ORDER.search(_CITED.sub("", act))
        parsed = parse_document_number(order[1]) if order else parse_document_number(act)
        if parsed:
            dated = find_date(act)
            found.append((parsed.text, dated[0] if dated else None))
    if not found:
        return "", None, []
    doubts = []
    if len({number for number, _ in found}) > 1:
        doubts.append(Doubt("document_number", f"题注中有 {len(found)} 个令号，采用最后一个"))
    return found[-1][0], found[-1][1], doubts


def _issuers(number: str, acts: Sequence[str]) -> tuple[str, ...]:
    code, order, _ = number.partition("令第")
    if order:
        return tuple(code.split("、"))
    for act in reversed(acts):
        dated = find_date(act)
        bare = act[dated[2] :].strip() if dated else act
        maker = _MAKER.match(bare)
        if maker and (names := organisations(maker[1].removesuffix("令"))):
            return names
    return ()


def _genre(notes: str) -> tuple[str, bool]:
    """Return the class of the regulation by who made it, and whether the lines on its making say so."""
    if _NATIONAL_CONGRESS.search(notes):
        return "法律", True
    if _COUNCIL.search(notes):
        return "行政法规", True
    if "人民代表大会" in notes:
        return "其他", True
    if "令第" in notes:
        return "规章", True
    return "行政法规", False


def _before_effect(note: str) -> str:
    """Return `note` without a date of coming into force that follows on its line (发布 自1990年1月1日起施行)."""
    return note.split("自", 1)[0]


def _effective_from(notes: Sequence[str]) -> date | None:
    for note in reversed(notes):
        if _EFFECTIVE.search(note):
            days = all_dates(note)
            if days:
                return days[-1]
    return None
