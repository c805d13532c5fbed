"""From a query as understood to the engine's queries: what must hold, what is scored, what is merely related.

Everything that decides whether a record is found is exact and scores nothing; everything that scores decides only the
order. Ranking: words of title (three times) and body, pairs of the title, then `ranking` looks at the best fifty.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import MAXYEAR, MINYEAR

import tantivy
from tantivy import Occur
from tantivy import Query as Engine

from yangguang.search import schema
from yangguang.search.folding import bigrams, cover, fold, words
from yangguang.search.schema import SCHEMA
from yangguang.search.types import (
    Condition,
    Contains,
    Filters,
    FromAgency,
    InItem,
    InYears,
    OfKind,
    Query,
)

PINNED_SCORE = 1000.0
"""What carries the document number asked for stands above any score of words."""

_TITLE_WORDS, _TITLE_PAIRS, _YEAR_SCORE = 3.0, 1.5, 6.0
_MOST_WORDS, _MOST_PAIRS = 32, 48


@dataclass(frozen=True, slots=True)
class Plan:
    """The engine's side of one query.

    Attributes:
        matching: Exactly the records asked for, without scores; for counting, facets and order by date.
        scored: The same records with scores, all equal where there are no words to score by.
        has_words: Whether there are.
        related: Records that share words but do not match; None where there are no words.
        pinned: Among the matching, those whose document number was asked for; None where none was.
    """

    matching: Engine
    scored: Engine
    has_words: bool
    related: Engine | None
    pinned: Engine | None


def plan(query: Query, filters: Filters) -> Plan:
    """Return the engine's queries for `query` within `filters`."""
    fences = [*_fences(filters), *(_holds(each) for each in query.required if not isinstance(each, Contains))]
    banned = [_holds(each) for each in query.excluded]
    asked = [each for each in query.required if isinstance(each, Contains)]
    matching = _all_of([*map(_contains, asked), *fences], banned)
    ranked, makers = _ranked(asked), _ranked_by_makers(asked)
    pinned = [_own_number(each) for each in asked if each.number is not None]
    if not ranked and not pinned:
        return Plan(matching, matching, has_words=False, related=None, pinned=None)
    boosts = [(Occur.Should, Engine.const_score_query(each, PINNED_SCORE)) for each in pinned]
    scored = _any(_must(_silent(_all_of([*map(_contains, asked), *fences], banned))), ranked, makers, boosts)
    # A number shares its year and 号 with half the archive: that relates nothing.
    is_number = all(each.number is not None for each in asked)
    related = _related(ranked, fences, banned, matching) if ranked and not is_number else None
    numbered = _all_of([_either(pinned), *fences], banned) if pinned else None
    return Plan(matching, scored, has_words=True, related=related, pinned=numbered)


def _related(
    ranked: list[tuple[Occur, Engine]], fences: list[Engine], banned: list[Engine], matching: Engine
) -> Engine:
    some = Engine.boolean_query(ranked)
    fenced = [(Occur.Must, _silent(each)) for each in fences]
    return Engine.boolean_query([(Occur.Must, some), *fenced, *((Occur.MustNot, each) for each in (*banned, matching))])


def _any(must: tuple[Occur, Engine], *should: Iterable[tuple[Occur, Engine]]) -> Engine:
    return Engine.boolean_query([must, *(each for group in should for each in group)])


def _must(each: Engine) -> tuple[Occur, Engine]:
    return Occur.Must, each


def _silent(each: Engine) -> Engine:
    return Engine.const_score_query(each, 0.0)


def _either(queries: list[Engine]) -> Engine:
    return queries[0] if len(queries) == 1 else Engine.boolean_query([(Occur.Should, each) for each in queries])


def _all_of(required: list[Engine], banned: list[Engine]) -> Engine:
    # A query of exclusions alone matches nothing in this engine, also when nested.
    required = required or [Engine.all_query()]
    if len(required) == 1 and not banned:
        return required[0]
    return Engine.boolean_query(
        [*((Occur.Must, each) for each in required), *((Occur.MustNot, each) for each in banned)]
    )


def _term(field: str, value: str | int) -> Engine:
    return Engine.term_query(SCHEMA, field, value, index_option="basic")


def _phrase(field: str, characters: str, folded: str) -> Engine:
    """Return the query for records whose `field` contains `folded`; `characters` is the field of single ones."""
    if len(folded) == 1:
        return _term(characters, folded)
    pairs = cover(folded)
    if len(pairs) == 1:
        return _term(field, pairs[0][1])
    return Engine.phrase_query(SCHEMA, field, list(pairs))


def _contains(asked: Contains) -> Engine:
    if asked.title_only:
        found = [_phrase(schema.TITLE, schema.TITLE_CHARACTERS, asked.folded)]
    else:
        found = [_phrase(schema.ALL, schema.ALL_CHARACTERS, asked.folded)]
    if not asked.exact and len(asked.folded) > 1:
        # A title is also found when its quotation marks were not typed; only titles that have any are in this field.
        found.append(_phrase(schema.TITLE_BARE, "", asked.folded))
    if asked.number is not None:
        found += [_own_number(asked), _phrase(schema.ALL, "", asked.number.printed)]
    if asked.year is not None:
        found.append(_term(schema.YEAR, asked.year))
    return _either(found)


def _own_number(asked: Contains) -> Engine:
    number = asked.number
    if number is None:
        return Engine.empty_query()
    if not number.code:
        return _term(schema.NUMBER_OF_YEAR, number.of_year)
    return _term(schema.NUMBER, number.key)


def _holds(condition: Condition) -> Engine:
    match condition:
        case Contains():
            return _contains(condition)
        case FromAgency(typed):
            named = _phrase(schema.MAKERS, schema.MAKER_CHARACTERS, fold(typed))
            return _either([_term(schema.AGENCY, typed), named])
        case InItem(slug):
            return _term(schema.ITEM, slug)
        case InYears(first, last):
            return _years(first, last)
        case OfKind(kind):
            return _term(schema.KIND, kind.value)


def _years(first: int | None, last: int | None) -> Engine:
    low, high = first or MINYEAR, last or MAXYEAR
    if low > high:
        return Engine.empty_query()
    if low == high:
        return _term(schema.YEAR, low)
    return Engine.range_query(SCHEMA, schema.YEAR, tantivy.FieldType.Integer, low, high)


def _fences(filters: Filters) -> list[Engine]:
    wanted: list[Engine] = []
    if filters.agency:
        wanted.append(_term(schema.AGENCY, filters.agency))
    if filters.item:
        wanted.append(_term(schema.ITEM, filters.item))
    if filters.kind is not None:
        wanted.append(_term(schema.KIND, filters.kind.value))
    if filters.first_year is not None or filters.last_year is not None:
        wanted.append(_years(filters.first_year, filters.last_year))
    return wanted


def _ranked(asked: list[Contains]) -> list[tuple[Occur, Engine]]:
    """Return the clauses that score, kept flat: nesting them makes the engine twice as slow."""
    typed = [each.folded for each in asked]
    found: list[Engine] = []
    for word in list(dict.fromkeys(word for each in typed for word in words(each)))[:_MOST_WORDS]:
        found.append(Engine.boost_query(_scoring(schema.TITLE_WORDS, word), _TITLE_WORDS))
        if not all(each.title_only for each in asked):
            found.append(_scoring(schema.BODY_WORDS, word))
    pairs = bigrams(typed)[:_MOST_PAIRS]
    found += [Engine.boost_query(_scoring(schema.TITLE, pair), _TITLE_PAIRS) for pair in pairs]
    found += [
        Engine.const_score_query(_term(schema.YEAR, each.year), _YEAR_SCORE) for each in asked if each.year is not None
    ]
    return [(Occur.Should, each) for each in found]


def _ranked_by_makers(asked: list[Contains]) -> list[tuple[Occur, Engine]]:
    """Return the clauses that score who made it; alone they make nothing related, since every agency has a 政府."""
    pairs = bigrams(each.folded for each in asked)[:_MOST_PAIRS]
    return [(Occur.Should, _scoring(schema.MAKERS, pair)) for pair in pairs]


def _scoring(field: str, value: str) -> Engine:
    return Engine.term_query(SCHEMA, field, value, index_option="freq")
