"""From a query as understood to the engine's queries: what must hold, what is scored, what is merely related.

Everything that decides whether a record is found is exact and scores nothing; everything that scores decides only the
order. Ranking: titles that hold everything asked for, then words of title (three times) and body, pairs of the title;
`ranking` looks at the best fifty.
"""

from collections.abc import Callable
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

PINNED_SCORE = 10_000.0
"""What carries the document number asked for stands above any score of words."""

TITLED_SCORE = 1_000.0
"""What has everything asked for in its title stands above what has not, whatever its words score."""

_TITLE_WORDS, _TITLE_PAIRS, _YEAR_SCORE = 3.0, 1.5, 6.0
_MOST_WORDS, _MOST_PAIRS = 32, 48
_SHORT = 6

_Finds = Callable[[Engine], bool]


@dataclass(frozen=True, slots=True)
class Plan:
    """The engine's side of one query.

    Attributes:
        matching: Exactly the records asked for, without scores; for counting, facets and order by date.
        scored: The same records with scores, all equal where there are no words to score by.
        has_words: Whether there are.
        titled: Those of the matching that have everything asked for in their title; None where that says nothing.
        scored_titled: The same with the scores they have in `scored`, where they all stand before the others.
        related: Records that share words but do not match; None where there are no words.
        pinned: Among the matching, those whose document number was asked for; None where none was.
    """

    matching: Engine
    scored: Engine
    has_words: bool
    titled: Engine | None = None
    scored_titled: Engine | None = None
    related: Engine | None = None
    pinned: Engine | None = None


def plan(query: Query, filters: Filters, finds_any: _Finds) -> Plan:
    """Return the engine's queries for `query` within `filters`.

    Args:
        query: As understood.
        filters: What it is narrowed to.
        finds_any: Tells whether the index holds anything for a query of the engine; asked of titles only.
    """
    fences = [
        *_fences(filters),
        *(_holds(each, finds_any) for each in query.required if not isinstance(each, Contains)),
    ]
    banned = [_holds(each, finds_any) for each in query.excluded]
    asked = [each for each in query.required if isinstance(each, Contains)]
    matching = _all_of([*(_contains(each, finds_any) for each in asked), *fences], banned)
    ranked = _by_words(asked)
    pinned = [_own_number(each) for each in asked if each.number is not None]
    if not ranked and not pinned:
        return Plan(matching, matching, has_words=False)
    titled = None if pinned else _all_of([*(_in_title(each, finds_any) for each in asked), *fences], banned)
    boosts = [(Occur.Should, Engine.const_score_query(each, PINNED_SCORE)) for each in pinned]
    if titled is not None:
        boosts.append((Occur.Should, Engine.const_score_query(titled, TITLED_SCORE)))
    # What matches has a long text whole: its pairs tell matches apart no more, and their lists are long to walk.
    short = [each for each in asked if len(each.folded) <= _SHORT]
    scoring = [*ranked, *_by_title_pairs(short), *_by_maker_pairs(short), *boosts]
    # A number shares its year and 号 with half the archive: that relates nothing.
    is_number = all(each.number is not None for each in asked)
    related = (
        _related([*ranked, *_by_title_pairs(asked)], fences, banned, matching) if ranked and not is_number else None
    )
    numbered = _all_of([_either(pinned), *fences], banned) if pinned else None
    return Plan(
        matching=matching,
        scored=_scored(matching, scoring),
        has_words=True,
        titled=titled,
        scored_titled=_scored(titled, scoring) if titled is not None else None,
        related=related,
        pinned=numbered,
    )


def _related(
    ranked: list[tuple[Occur, Engine]], fences: list[Engine], banned: list[Engine], matching: Engine
) -> Engine:
    some = Engine.boolean_query(ranked)
    fenced = [(Occur.Must, _silent(each)) for each in fences]
    return Engine.boolean_query([(Occur.Must, some), *fenced, *((Occur.MustNot, each) for each in (*banned, matching))])


def _scored(matching: Engine, scoring: list[tuple[Occur, Engine]]) -> Engine:
    return Engine.boolean_query([(Occur.Must, _silent(matching)), *scoring])


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


def _contains(asked: Contains, finds_any: _Finds) -> Engine:
    if asked.title_only:
        return _in_title(asked, finds_any)
    found = [_phrase(schema.ALL, schema.ALL_CHARACTERS, asked.folded), *_in_bare_title(asked, finds_any)]
    if asked.number is not None:
        found += [_own_number(asked), _phrase(schema.ALL, "", asked.number.printed)]
    if asked.year is not None:
        found.append(_term(schema.YEAR, asked.year))
    return _either(found)


def _in_title(asked: Contains, finds_any: _Finds) -> Engine:
    found = [_phrase(schema.TITLE, schema.TITLE_CHARACTERS, asked.folded), *_in_bare_title(asked, finds_any)]
    if asked.year is not None:
        found.append(_term(schema.YEAR, asked.year))
    return _either(found)


def _in_bare_title(asked: Contains, finds_any: _Finds) -> list[Engine]:
    """Return the query for titles that contain it but for their punctuation, if there are any."""
    if asked.exact or len(asked.folded) == 1:
        return []
    bare_title = _phrase(schema.TITLE_BARE, "", asked.folded)
    printed = _phrase(schema.TITLE, "", asked.folded)
    # Asked first, since a union is walked document by document where a lone phrase can skip, and it is rarely needed.
    return [bare_title] if finds_any(_all_of([bare_title], [printed])) else []


def _own_number(asked: Contains) -> Engine:
    number = asked.number
    if number is None:
        return Engine.empty_query()
    if not number.code:
        return _term(schema.NUMBER_OF_YEAR, number.of_year)
    return _term(schema.NUMBER, number.key)


def _holds(condition: Condition, finds_any: _Finds) -> Engine:
    match condition:
        case Contains():
            return _contains(condition, finds_any)
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
    low, high = MINYEAR if first is None else first, MAXYEAR if last is None else last
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


def _by_words(asked: list[Contains]) -> list[tuple[Occur, Engine]]:
    """Return the clauses that score words and years, kept flat: nesting them makes the engine twice as slow."""
    found: list[Engine] = []
    in_body = not all(each.title_only for each in asked)
    for word in list(dict.fromkeys(word for each in asked for word in words(each.folded)))[:_MOST_WORDS]:
        found.append(Engine.boost_query(_scoring(schema.TITLE_WORDS, word), _TITLE_WORDS))
        if in_body:
            found.append(_scoring(schema.BODY_WORDS, word))
    found += [
        Engine.const_score_query(_term(schema.YEAR, each.year), _YEAR_SCORE) for each in asked if each.year is not None
    ]
    return [(Occur.Should, each) for each in found]


def _by_title_pairs(asked: list[Contains]) -> list[tuple[Occur, Engine]]:
    """Return the clauses that score pairs of characters in titles."""
    pairs = bigrams(each.folded for each in asked)[:_MOST_PAIRS]
    return [(Occur.Should, Engine.boost_query(_scoring(schema.TITLE, pair), _TITLE_PAIRS)) for pair in pairs]


def _by_maker_pairs(asked: list[Contains]) -> list[tuple[Occur, Engine]]:
    """Return the clauses that score who made it; alone they make nothing related, since every agency has a 政府."""
    pairs = bigrams(each.folded for each in asked)[:_MOST_PAIRS]
    return [(Occur.Should, _scoring(schema.MAKERS, pair)) for pair in pairs]


def _scoring(field: str, value: str) -> Engine:
    return Engine.term_query(SCHEMA, field, value, index_option="freq")
