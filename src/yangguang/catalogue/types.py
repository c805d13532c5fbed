"""What the catalogue tells: states, histories, revisions, pages of a list. All of it is read from the log.

Fields of `RecordState` follow the vocabulary of `yangguang.records.types`.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from yangguang.kernel.identifiers import RecordId
from yangguang.records.types import Event, Kind, Validity


class Status(StrEnum):
    """What the public may see of a record."""

    LIVE = "live"
    WITHDRAWN = "withdrawn"
    ERASED = "erased"
    UNREADABLE = "unreadable"
    """Made public, but the store does not give its metadata back; ``yangguang log fsck`` names the file."""


@dataclass(frozen=True, slots=True)
class LoggedEvent:
    """An event with its place in the log: index from 0, and the 32-byte leaf hash of its stored bytes."""

    index: int
    leaf_hash: bytes
    event: Event


@dataclass(frozen=True, slots=True, kw_only=True)
class RecordState:
    """The present state of one record; every text is empty and every date None unless `status` is live.

    Attributes:
        revision: The newest revision's number, from 1.
        newest_index: Log index of the newest entry about the record; changes whenever anything here does.
        leaf_hash: 32 bytes, of that entry.
        content_index: Log index of the entry that published the newest revision.
        published_at: Claimed moment of that entry, seconds since 1970.
        meta_commitment: 32 bytes, of the newest revision's metadata; likewise `body_commitment`.
        unit: Credit code of the publishing agency, from the leaf.
        document_key: `records.types.DocumentNumber.key`; empty where the grammar does not know the number.
        closed_at: Claimed moment of the withdrawal or erasure; None for a live record.
        ground: Code of its legal ground; likewise `decided_by`, the deciding authority's credit code.
    """

    id: RecordId
    status: Status
    revision: int
    newest_index: int
    leaf_hash: bytes
    content_index: int
    published_at: int
    meta_commitment: bytes
    body_commitment: bytes
    unit: str
    kind: Kind | None = None
    title: str = ""
    index_number: str = ""
    document_number: str = ""
    document_key: str = ""
    agency_code: str = ""
    agency_name: str = ""
    issuers: tuple[str, ...] = ()
    column: str = ""
    formed_on: date | None = None
    published_on: date | None = None
    source: str = ""
    topic: str = ""
    genre: str = ""
    validity: Validity | None = None
    closed_at: int | None = None
    ground: str = ""
    decided_by: str = ""


@dataclass(frozen=True, slots=True)
class Component:
    """One downloadable part of a revision: its label, 32-byte commitment, and the log index that commits to it."""

    label: str
    commitment: bytes
    index: int


@dataclass(frozen=True, slots=True)
class Revision:
    """One revision of a record.

    Attributes:
        published: The entry that made it public.
        components: By label, those that later `render` entries added included.
        erased: By label, the entry that erased the component.
        closed: The entry that withdrew or erased the revision, or the whole record; None while it can be read.
    """

    id: RecordId
    number: int
    published: LoggedEvent
    components: Mapping[str, Component]
    erased: Mapping[str, LoggedEvent]
    closed: LoggedEvent | None


@dataclass(frozen=True, slots=True)
class Page:
    """One page of a list: its rows, its number from 1, rows a page, rows in all."""

    rows: tuple[RecordState, ...]
    number: int
    size: int
    total: int

    @property
    def pages(self) -> int:
        """How many pages there are; an empty list has one."""
        return max(1, -(-self.total // self.size))


@dataclass(frozen=True, slots=True)
class Address:
    """A live record as a site map lists it: the identifier and the claimed moment of its newest revision."""

    id: RecordId
    published_at: int
