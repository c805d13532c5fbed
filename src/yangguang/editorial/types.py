"""What the editorial room tells its callers."""

from dataclasses import dataclass
from enum import StrEnum

from yangguang.kernel.identifiers import RecordId


class Outcome(StrEnum):
    """What became of a manuscript."""

    PUBLISHED = "published"
    REVISED = "revised"
    DUPLICATE = "duplicate"
    """The same words of the same agency are a record already; the new place is kept."""
    ALREADY = "already"
    """The same words from the same place: an earlier run imported them."""
    REFUSED = "refused"


@dataclass(frozen=True, slots=True)
class Imported:
    """What became of one manuscript: its place, the record (None if refused), and why (empty if all is well)."""

    outcome: Outcome
    name: str
    line: int | None
    title: str
    id: RecordId | None
    reason: str = ""


class State(StrEnum):
    """Whether the public may read a record, as its writer knows it."""

    LIVE = "live"
    WITHDRAWN = "withdrawn"
    ERASED = "erased"


@dataclass(frozen=True, slots=True)
class Head:
    """The writer's view of a record: newest revision, log index of its newest entry, state."""

    revision: int
    last_index: int
    state: State


@dataclass(frozen=True, slots=True)
class Backlog:
    """How much waits: events queued and not yet logged, and events refused when their turn came."""

    waiting: int
    refused: int
