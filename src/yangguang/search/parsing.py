"""What people type into the search box, understood. Nothing is a syntax error: what makes no sense is taken literally.

``词 词`` all required · ``"短语"`` ``“短语”`` exactly this · ``-词`` not this · ``title:`` ``agency:`` ``item:``
``kind:`` ``year:2019`` ``year:2015..2020`` · a document number in any style.
"""

import re
from collections.abc import Iterator

from yangguang.records.types import Kind
from yangguang.search.folding import fold, parts
from yangguang.search.numbers import read_number
from yangguang.search.types import Condition, Contains, FromAgency, InItem, InYears, OfKind, Query

MAX_CHARACTERS = 4_096
"""Longest query that is read; what follows is reported as ignored."""

MAX_CONDITIONS = 32
"""Most conditions of one query; each costs a walk through the index."""

_CLOSING = {'"': '"', "“": "”", "”": "”", "＂": "＂", "„": "”"}
_FIELD = re.compile(r"(title|agency|item|kind|year)[:：]", re.IGNORECASE)
_YEARS = re.compile(r"(?P<first>\d{4})?(?P<range>\.\.)?(?P<last>\d{4})?", re.ASCII)
_YEAR = re.compile(r"((?:19|20)\d\d)年?", re.ASCII)
_MINUS = ("-", "－")


def parse_query(text: str) -> Query:
    """Return `text` as a query; empty conditions mean every record."""
    read, ignored = text[:MAX_CHARACTERS], text[MAX_CHARACTERS:].strip()
    if (number := read_number(read, certain=True)) is not None:
        return Query((Contains(fold(read), number=number),), (), ignored)
    required: list[Condition] = []
    excluded: list[Condition] = []
    for start, negated, name, value, quoted in _terms(read):
        found = _conditions(name, value, quoted=quoted)
        if len(required) + len(excluded) + len(found) > MAX_CONDITIONS:
            ignored = (read[start:] + ignored).strip()
            break
        (excluded if negated else required).extend(found)
    return Query(tuple(dict.fromkeys(required)), tuple(dict.fromkeys(excluded)), ignored)


def _terms(text: str) -> Iterator[tuple[int, bool, str, str, bool]]:
    """Yield place, negation, field name, value and whether it was quoted, term by term."""
    place = 0
    while place < len(text):
        if text[place].isspace():
            place += 1
            continue
        start = place
        negated = text[place] in _MINUS and place + 1 < len(text) and not text[place + 1].isspace()
        place += negated
        name = ""
        if (found := _FIELD.match(text, place)) and found.end() < len(text) and not text[found.end()].isspace():
            name, place = found[1].lower(), found.end()
        end = _quote_end(text, place)
        if end is not None:
            yield start, negated, name, text[place + 1 : end], True
            place = end + 1
            continue
        end = next((at for at in range(place, len(text)) if text[at].isspace()), len(text))
        yield start, negated, name, text[place:end], False
        place = end


def _quote_end(text: str, place: int) -> int | None:
    """Return where the quotation that opens at `place` closes, at the end of a term; None if none does."""
    closing = _CLOSING.get(text[place]) if place < len(text) else None
    if closing is None:
        return None
    end = text.find(closing, place + 1)
    while end != -1 and end + 1 < len(text) and not text[end + 1].isspace():
        end = text.find(closing, end + 1)
    return end if end > place + 1 and fold(text[place + 1 : end]) else None


def _conditions(name: str, value: str, *, quoted: bool) -> list[Condition]:
    if name and (special := _special(name, value)) is not None:
        return [special]
    title_only = name == "title"
    if name and not title_only:
        value = f"{name}:{value}"
    folded = fold(value)
    if not folded:
        return []
    if quoted:
        return [Contains(folded, exact=True, title_only=title_only)]
    number = None if title_only else read_number(value)
    if number is not None:
        return [Contains(folded, number=number)]
    pieces: list[str] = parts(folded)
    if not pieces:
        return [Contains(folded, exact=True, title_only=title_only)]
    return [Contains(piece, title_only=title_only, year=None if title_only else _year(piece)) for piece in pieces]


def _special(name: str, value: str) -> Condition | None:
    """Return the condition on a field, or None where the value makes no sense for it."""
    if name == "agency":
        return FromAgency(value) if fold(value) else None
    if name == "item":
        return InItem(value.lower())
    if name == "kind":
        return OfKind(Kind(value.lower())) if value.lower() in set(Kind) else None
    found = _YEARS.fullmatch(value) if name == "year" else None
    if found is None or not (found["first"] or found["last"]):
        return None
    first = int(found["first"]) if found["first"] else None
    last = int(found["last"]) if found["last"] else None
    if not found["range"]:
        return InYears(first, first) if found["last"] is None else None
    return InYears(first, last)


def _year(folded: str) -> int | None:
    found = _YEAR.fullmatch(folded)
    return int(found[1]) if found else None
