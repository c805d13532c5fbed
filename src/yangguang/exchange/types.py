"""What passes between levels: where others are, what they answered, what a pull did, what an alarm holds."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from pathlib import Path
from typing import Protocol

from yangguang.kernel.identifiers import RecordId
from yangguang.ledger.types import VerifierKey
from yangguang.records.types import Receipt


@dataclass(frozen=True, slots=True)
class Answer:
    """An HTTP answer: status and body."""

    status: int
    body: bytes


class Transport(Protocol):
    """The way to other nodes: HTTP, or the file of a one-way gateway (网闸)."""

    def get(self, address: str, *, limit: int) -> Answer:
        """Return what lies at `address`, at most `limit` bytes.

        Raises:
            UnreachableError: no answer, a broken one, or a longer one.
        """

    def post(self, address: str, body: bytes) -> tuple[int, bytes]:
        """Return status and body of the answer to `body` sent to `address`.

        Raises:
            OSError: no answer.
        """


@dataclass(frozen=True, slots=True)
class Lower:
    """A lower node whose log is mirrored: its name here, its public address without final slash, its log's key."""

    name: str
    url: str
    key: VerifierKey


@dataclass(frozen=True, slots=True)
class WitnessAt:
    """A witness of our log: its name here, its submission prefix without final slash, the key it cosigns with."""

    name: str
    url: str
    key: VerifierKey


@dataclass(frozen=True, slots=True)
class Wanted:
    """A component that a lower log commits to and its node gives out: to be fetched and checked."""

    commitment: bytes
    record: RecordId
    revision: int
    label: str
    index: int


class AlarmKind(StrEnum):
    """The closed list of alarms of this room."""

    FORK = "fork"
    """A log signed two trees that contradict each other."""
    ROLLBACK = "rollback"
    """A log serves a smaller tree than it did before."""
    SIGNATURE = "signature"
    """What stands where the checkpoint should is not signed by the log's key."""
    SCHEMA = "schema"
    """A log holds an entry outside the closed schema."""
    CONTENT = "content"
    """A node gives out other bytes than its log commits to."""
    MISSING = "missing"
    """A node does not give out what its log commits to, for longer than the grace allows."""
    SILENT = "silent"
    """A node did not answer for longer than the grace allows."""
    WITNESS = "witness"
    """A witness says that our own log was larger, or another one, before."""
    CHAIN = "chain"
    """An entry does not follow from its record's entries before."""
    TIME = "time"
    """An entry claims a time at which witnesses know that it was not logged."""
    STALE = "stale"
    """No witness has cosigned for longer than the heartbeat allows: the log stands still, or hides its newest."""
    PAGE = "page"
    """A node shows a record that no entry of its log speaks of."""
    ERASURE = "erasure"
    """A node still gives out what its log says was withdrawn or erased."""


@dataclass(frozen=True, slots=True)
class Alarm:
    """Something a person must look at.

    Attributes:
        kind: What happened.
        name: The node it is about, as configured here.
        origin: The log it is about.
        message: One sentence.
        evidence: File name to bytes: signed notes above all, which convince third parties.
    """

    kind: AlarmKind
    name: str
    origin: str
    message: str
    evidence: Mapping[str, bytes] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Pulled:
    """What one pull of a lower log did.

    Attributes:
        name: The lower node.
        size: Entries of it that are held now.
        added: Entries that were new.
        fetched: Contents that were new.
        missing: Contents that are still to come.
        destroyed: Contents destroyed because the lower log erased them.
        cosigned: Whether the witness's cosignature covers `size`.
        complete: Whether the content mirror's cosignature does.
        receipt: What was queued for our own log; None where it has said so already, or it is too early.
        alarm: Folder of the alarm that was raised; None where all is well.
        reason: Why it stopped short of complete; empty where it did not.
    """

    name: str
    size: int
    added: int = 0
    fetched: int = 0
    missing: int = 0
    destroyed: int = 0
    cosigned: bool = False
    complete: bool = False
    receipt: Receipt | None = None
    alarm: Path | None = None
    reason: str = ""


@dataclass(frozen=True, slots=True)
class MirrorState:
    """Where a mirror stands: held entries, cosigned and content-cosigned size, contents missing, why it is stopped."""

    name: str
    size: int = 0
    cosigned: int = 0
    complete: int = 0
    receipted: int = 0
    missing: int = 0
    stopped: str = ""


@dataclass(frozen=True, slots=True)
class Cosigned:
    """What became of asking a witness: up to which size it has cosigned, and why not further (empty if it has)."""

    name: str
    size: int
    reason: str = ""
    at: int | None = None
    """When, by the witness's clock, in seconds since 1970; None where it is not known."""


@dataclass(frozen=True, slots=True)
class Exported:
    """What a delta holds: entries from `since` to `size`, contents; `absent` contents could not be read here."""

    since: int
    size: int
    contents: int
    absent: int
