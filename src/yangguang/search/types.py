"""What is asked of the index and what it answers."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum
from typing import Protocol

from yangguang.kernel.identifiers import RecordId
from yangguang.ledger.types import Entry
from yangguang.records.types import Kind
from yangguang.search.numbers import NumberKey


class Entries(Protocol):
    """The log as this room reads it: `yangguang.ledger.queries.Log` is one."""

    def entries(self, start: int, stop: int | None = None) -> Iterator[Entry]:
        """Yield the entries from `start` up to `stop`, or to the end of the log."""

    def entry(self, index: int) -> Entry:
        """Return the entry at `index`."""


class Contents(Protocol):
    """The store of components as this room reads it: `yangguang.blobs.queries.Blobs` is one."""

    def content(self, key: bytes, /) -> bytes:
        """Return the bytes behind the commitment `key`."""


class Sort(StrEnum):
    """Order of results."""

    RELEVANCE = "relevance"
    DATE = "date"


@dataclass(frozen=True, slots=True, kw_only=True)
class Filters:
    """What a list is narrowed to; empty text and None mean "any".

    Attributes:
        agency: Code of the publishing agency.
        item: Slug of the column's item.
        first_year: First year wanted: of the day formed, or of publication where that is not stated.
        last_year: Last year wanted.
        kind: Kind of record.
    """

    agency: str = ""
    item: str = ""
    first_year: int | None = None
    last_year: int | None = None
    kind: Kind | None = None


@dataclass(frozen=True, slots=True)
class Contains:
    """A text that a record must contain.

    Attributes:
        folded: The fold of what was typed, never empty.
        exact: It was quoted: punctuation counts, and it is one piece.
        title_only: It must stand in the title.
        number: The document number that it is, if it is one and was not quoted.
        year: The year that it is, if it is one and was not quoted.
    """

    folded: str
    exact: bool = False
    title_only: bool = False
    number: NumberKey | None = None
    year: int | None = None


@dataclass(frozen=True, slots=True)
class FromAgency:
    """The publishing agency's code is `typed`, or a name of agency or issuer contains its fold."""

    typed: str


@dataclass(frozen=True, slots=True)
class InItem:
    """The record stands under this item of the column."""

    slug: str


@dataclass(frozen=True, slots=True)
class InYears:
    """The record is of these years, both included; None is open."""

    first: int | None
    last: int | None


@dataclass(frozen=True, slots=True)
class OfKind:
    """The record is of this kind."""

    kind: Kind


Condition = Contains | FromAgency | InItem | InYears | OfKind


@dataclass(frozen=True, slots=True)
class Query:
    """A query as understood.

    Attributes:
        required: Conditions that must all hold.
        excluded: Conditions of which none may hold.
        ignored: What was typed beyond the limits and had no effect; a screen says so.
    """

    required: tuple[Condition, ...] = ()
    excluded: tuple[Condition, ...] = ()
    ignored: str = ""


@dataclass(frozen=True, slots=True)
class Segment:
    """A piece of text, and whether it is what was searched for; never markup."""

    text: str
    is_hit: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class IndexedRecord:
    """What the index keeps of a record to show it in a list.

    Attributes:
        id: The record.
        revision: Its newest revision, the one that is indexed.
        log_index: The entry that published that revision.
        title: In full.
        headline: Title of the page it was first seen on, where that differs.
        document_number: As published; empty where there is none.
        index_number: 索引号; empty where there is none.
        agency_code: Code of the publishing agency.
        agency_name: Its name.
        issuers: Names of the makers, lead first.
        formed_on: Day formed, if stated.
        published_on: Day published.
        kind: Kind of record.
        column: Slug of its item; None for what stands outside the column.
        body_commitment: 32 bytes; empty where the revision has no body.
        text_sha256: 32 bytes, SHA-256 of the plain text of the body in UTF-8.
    """

    id: RecordId
    revision: int
    log_index: int
    title: str
    document_number: str
    index_number: str
    agency_code: str
    agency_name: str
    issuers: tuple[str, ...]
    formed_on: date | None
    published_on: date
    kind: Kind
    column: str | None
    body_commitment: bytes
    text_sha256: bytes
    headline: str = ""

    @property
    def year(self) -> int:
        """The year it is filed under: of the day formed, or of publication."""
        return (self.formed_on or self.published_on).year


@dataclass(frozen=True, slots=True)
class Hit:
    """A result: the record, its title and a piece of its text with the hits marked.

    `pinned` says that the query is this record's own document number.
    """

    record: IndexedRecord
    title: tuple[Segment, ...]
    snippet: tuple[Segment, ...]
    pinned: bool = False


@dataclass(frozen=True, slots=True)
class FacetCount:
    """How many of the results have this value."""

    value: str
    count: int


@dataclass(frozen=True, slots=True)
class Facets:
    """Counts over all results, most frequent first (years newest first); agencies and items by code and slug."""

    agency: tuple[FacetCount, ...] = ()
    item: tuple[FacetCount, ...] = ()
    year: tuple[FacetCount, ...] = ()
    kind: tuple[FacetCount, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Results:
    """One page of the answer.

    Attributes:
        query: The query as understood.
        total: Exactly how many records satisfy it.
        hits: Those of this page.
        related: Records that only share words with the query, shown below a first page that they help to fill.
        facets: Counts over all `total` records.
        pinned: How many of `total` carry the document number that was asked for; they come first.
        page: From 1.
        size: Most hits of a page.
        took_ms: Milliseconds spent, snippets included.
    """

    query: Query
    total: int
    hits: tuple[Hit, ...] = ()
    related: tuple[Hit, ...] = ()
    facets: Facets = field(default_factory=Facets)
    pinned: int = 0
    page: int = 1
    size: int = 20
    took_ms: float = 0.0
