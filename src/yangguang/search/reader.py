"""Searching: one `Index` a process, shared by its threads; it sees other processes' commits within a tenth second."""

import threading
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import tantivy

from yangguang.search import schema
from yangguang.search.engine import PINNED_SCORE, Plan, plan
from yangguang.search.errors import IndexDamagedError
from yangguang.search.parsing import parse_query
from yangguang.search.ranking import LOOKED_AT, bonus, wanted
from yangguang.search.snippets import mark, needles, related_needles, snippet
from yangguang.search.store import open_engine
from yangguang.search.types import FacetCount, Facets, Filters, Hit, IndexedRecord, Query, Results, Sort

RELOAD_SECONDS = 0.1
"""Least time between two looks for new commits."""

DEEPEST = 10_000
"""Results beyond this place are counted but not shown; narrow the query instead."""

MOST_ON_A_PAGE = 100
_MOST_FACETS = 50
_MOST_YEARS = 200

_COUNTED = {
    name: {"terms": {"field": name, "size": size}}
    for name, size in (
        (schema.AGENCY, _MOST_FACETS),
        (schema.ITEM, _MOST_FACETS),
        (schema.YEAR, _MOST_YEARS),
        (schema.KIND, _MOST_FACETS),
    )
}

_Found = list[tuple[float, IndexedRecord, tantivy.Document]]


class Index:
    """The index for reading. Safe to share between threads.

    Args:
        folder: The room's folder; it may be empty, or be filled, dropped and filled again meanwhile.
        timer: Seconds that only ever grow.
    """

    def __init__(self, folder: Path, timer: Callable[[], float] = time.perf_counter) -> None:
        self._folder = folder
        self._timer = timer
        self._lock = threading.Lock()
        self._engine: tantivy.Index | None = None
        self._looked_at: float | None = None

    def search(
        self,
        query: Query | str,
        filters: Filters | None = None,
        *,
        page: int = 1,
        size: int = 20,
        sort: Sort = Sort.RELEVANCE,
    ) -> Results:
        """Return one page of the records that satisfy `query` within `filters`.

        Args:
            query: What was typed, or a query as understood.
            filters: What the list is narrowed to.
            page: From 1; what lies outside is empty.
            size: Most hits of a page, from 1 to 100.
            sort: Order; queries without words are ordered by date in any case.

        Raises:
            IndexDamagedError: The index cannot be read. No query makes this raise.
        """
        began = self._timer()
        asked = parse_query(query) if isinstance(query, str) else query
        page, size = max(1, page), max(1, min(size, MOST_ON_A_PAGE))
        searcher = self._searcher()
        if searcher is None:
            return Results(query=asked, total=0, page=page, size=size, took_ms=(self._timer() - began) * 1000)
        planned = plan(asked, filters or Filters(), lambda each: _only_count(searcher, each) > 0)
        total, facets = _count(searcher, planned)
        offset = (page - 1) * size
        by_date = sort is Sort.DATE or not planned.has_words
        found: _Found = []
        if offset < min(total, DEEPEST):
            found = (_by_date if by_date else _best)(searcher, asked, planned, offset, size)
        related: _Found = []
        if page == 1 and total < size and planned.related is not None:
            related = _looked_at(asked, _fetch(searcher, planned.related, LOOKED_AT, 0))[: size - total]
        marks = needles(asked)
        return Results(
            query=asked,
            total=total,
            hits=tuple(_hit(each, marks, pinned=each[0] >= PINNED_SCORE and not by_date) for each in found),
            related=tuple(_hit(each, related_needles(asked)) for each in related),
            facets=facets,
            pinned=_only_count(searcher, planned.pinned) if planned.pinned is not None else 0,
            page=page,
            size=size,
            took_ms=(self._timer() - began) * 1000,
        )

    def _searcher(self) -> tantivy.Searcher | None:
        """Return a view of the newest commit, looking for one at most every `RELOAD_SECONDS`."""
        with self._lock:
            now = self._timer()
            if self._looked_at is None or now - self._looked_at >= RELOAD_SECONDS:
                self._looked_at = now
                self._look()
            return self._engine.searcher() if self._engine is not None else None

    def _look(self) -> None:
        if self._engine is not None:
            try:
                self._engine.reload()
            except ValueError:
                # Dropped, perhaps to be rebuilt: what was dropped must not be found any more.
                self._engine = None
            else:
                return
        found = open_engine(self._folder)
        if found is not None:
            try:
                found.reload()
            except ValueError as error:
                raise IndexDamagedError(f"the index cannot be read: {error}; rebuild it") from error
        self._engine = found


def open_index(folder: Path) -> Index:
    """Return the index in `folder` for reading; an empty folder is an index that holds nothing yet."""
    return Index(folder)


def _count(searcher: tantivy.Searcher, planned: Plan) -> tuple[int, Facets]:
    """Return how many records match, and the facets, in one walk: every record has exactly one kind."""
    try:
        counted: dict[str, Any] = searcher.aggregate(planned.matching, _COUNTED)  # Any: the engine's JSON
    except ValueError as error:
        raise IndexDamagedError(f"the index cannot be read: {error}; rebuild it") from error
    facets = Facets(
        agency=_counts(counted, schema.AGENCY),
        item=_counts(counted, schema.ITEM),
        year=tuple(sorted(_counts(counted, schema.YEAR), key=lambda each: each.value, reverse=True)),
        kind=_counts(counted, schema.KIND),
    )
    return sum(each.count for each in facets.kind), facets


def _counts(counted: dict[str, Any], name: str) -> tuple[FacetCount, ...]:
    found = [
        FacetCount(str(int(bucket["key"])) if name == schema.YEAR else bucket["key"], bucket["doc_count"])
        for bucket in counted[name]["buckets"]
        if bucket["key"] != schema.NO_ITEM
    ]
    return tuple(sorted(found, key=lambda each: (-each.count, each.value)))


def _only_count(searcher: tantivy.Searcher, query: tantivy.Query) -> int:
    answer: Any = searcher.search(query, 1, count=True)  # Any: the engine's stub forgets the count
    return int(answer.count)


def _fetch(searcher: tantivy.Searcher, query: tantivy.Query, limit: int, offset: int) -> _Found:
    found: _Found = []
    for score, address in searcher.search(query, limit, count=False, offset=offset).hits:
        document = searcher.doc(address)
        found.append((score, schema.read_record(document), document))
    return found


def _by_date(searcher: tantivy.Searcher, _: Query, planned: Plan, offset: int, size: int) -> _Found:
    hits = searcher.search(planned.matching, size, count=False, offset=offset, order_by_field=schema.ORDER).hits
    documents = [searcher.doc(address) for _, address in hits]
    return [(0.0, schema.read_record(document), document) for document in documents]


def _best(searcher: tantivy.Searcher, asked: Query, planned: Plan, offset: int, size: int) -> _Found:
    """Return one page in order of relevance: the first fifty places looked at, the rest as the engine has it."""
    scored = planned.scored
    if planned.titled is not None and planned.scored_titled is not None:
        # Titles come first, so where they fill the page nothing else needs scoring: half of a common word's cost.
        wanted_places = max(LOOKED_AT, offset + size)
        scored = planned.scored_titled if _only_count(searcher, planned.titled) >= wanted_places else scored
    found: _Found = []
    if offset < LOOKED_AT:
        found = _looked_at(asked, _fetch(searcher, scored, LOOKED_AT, 0))[offset : offset + size]
    if len(found) < size and offset + size > LOOKED_AT:
        found += _fetch(searcher, scored, size - len(found), offset + len(found))
    return found


def _looked_at(asked: Query, found: _Found) -> _Found:
    want = wanted(asked)
    scored = [(score + bonus(want, record), record, document) for score, record, document in found]
    # Equal scores: newest first, then the place in the log, so that two searches never disagree.
    return sorted(scored, key=lambda each: (-round(each[0], 3), -schema.order_of(each[1])))


def _hit(found: tuple[float, IndexedRecord, tantivy.Document], marks: tuple[str, ...], *, pinned: bool = False) -> Hit:
    _, record, document = found
    return Hit(record, mark(record.title, marks), snippet(schema.read_text(document), marks), pinned)
