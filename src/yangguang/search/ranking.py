"""The last word on order: the engine's best fifty, looked at one by one.

Constants and their order were chosen by known-item tests on real titles; the same code serves every engine.
"""

from dataclasses import dataclass

from yangguang.search.folding import bare, fold, words
from yangguang.search.types import Contains, IndexedRecord, Query

LOOKED_AT = 50
"""How many of the engine's best are looked at."""

_WHOLE, _SHARE_OF_TITLE = 40.0, 20.0
_PARTS, _WORDS, _YEAR = 25.0, 15.0, 8.0


@dataclass(frozen=True, slots=True)
class Wanted:
    """A query as the ranking sees it: without punctuation, as one text, as parts and as words."""

    whole: str
    parts: tuple[str, ...]
    words: frozenset[str]
    years: frozenset[int]


def wanted(query: Query) -> Wanted:
    """Return what the ranking wants of a record."""
    asked = [each for each in query.required if isinstance(each, Contains)]
    typed = [bare(each.folded) for each in asked]
    return Wanted(
        "".join(typed),
        tuple(each for each in typed if each),
        frozenset(word for each in typed for word in words(each)),
        frozenset(each.year for each in asked if each.year is not None),
    )


def bonus(want: Wanted, record: IndexedRecord) -> float:
    """Return what `record` gains for how its title and makers answer the query."""
    title = bare(fold(record.title))
    gained = _YEAR if record.year in want.years else 0.0
    if want.whole and want.whole in title:
        return gained + _WHOLE + _SHARE_OF_TITLE * len(want.whole) / len(title)
    seen = "\n".join((title, fold("|".join((record.agency_name, *record.issuers))), str(record.year)))
    return gained + _PARTS * _share(want.parts, seen) + _WORDS * _share(want.words, seen)


def _share(pieces: tuple[str, ...] | frozenset[str], text: str) -> float:
    return sum(piece in text for piece in pieces) / len(pieces) if pieces else 0.0
