"""What a monitor is told, and what it found: one log seen from outside, by somebody who believes nobody."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from random import Random
from typing import TypeAlias

from yangguang.exchange.types import AlarmKind, Transport
from yangguang.kernel.clock import Clock
from yangguang.ledger.types import Policy

MonitorProgress: TypeAlias = Callable[[str, int, int], None]
"""Called with what is being examined, how far, and of how many."""


@dataclass(frozen=True, slots=True)
class Target:
    """A log to be followed.

    Attributes:
        url: Public address of its node, without final slash.
        origin: What the log must call itself; empty where only the address was given.
    """

    url: str
    origin: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Monitoring:
    """How a monitor works.

    Attributes:
        state: Its own folder: copies of logs, what it knows, keys, reports, evidence.
        transport: The way to nodes; only GET is used.
        clock: Tells the time.
        pause: Waits for so many seconds, where a page may still be on its way.
        chance: Chooses samples; whoever is watched must not foresee them.
        policy: Whom to believe, as the person gave it; None to go by what was pinned on the first visit.
        sample: Records, contents and closed records looked at beside all that is new, each.
        stale_seconds: Age of the newest cosignature from which on the log counts as standing still.
        progress: Told how far it is.
    """

    state: Path
    transport: Transport
    clock: Clock
    pause: Callable[[float], None]
    chance: Random
    policy: Policy | None = None
    sample: int = 100
    stale_seconds: int = 26 * 3_600
    progress: MonitorProgress = lambda *_: None


@dataclass(frozen=True, slots=True)
class Concern:
    """One thing found wrong.

    Attributes:
        kind: Which rule is broken.
        place: What it is about: an entry, an address, the checkpoint.
        message: One sentence.
        evidence: File name to bytes: notes, entries, answers.
        lasting: Whether it can never be mended, as what an entry says; others end when they are no longer seen.
    """

    kind: AlarmKind
    place: str
    message: str
    evidence: Mapping[str, bytes] = field(default_factory=dict)
    lasting: bool = False


@dataclass(frozen=True, slots=True)
class Found:
    """A concern as it is reported: since when it is known (seconds since 1970), and the folder of its evidence."""

    kind: AlarmKind
    place: str
    message: str
    since: int
    evidence: str
    new: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class LogReport:
    """What a visit of one log found.

    Attributes:
        url: Where it was looked for.
        origin: What it calls itself; empty where nothing could be read.
        size: Entries held and verified now.
        root: Root over them in hex.
        trust: Where its key is known from, for people.
        added: Entries that were new.
        counts: What was looked at: name to number.
        remarks: What a person should know and is no fault.
        found: What is wrong.
    """

    url: str
    origin: str = ""
    size: int = 0
    root: str = ""
    trust: str = ""
    added: int = 0
    counts: Mapping[str, int] = field(default_factory=dict)
    remarks: tuple[str, ...] = ()
    found: tuple[Found, ...] = ()


@dataclass(frozen=True, slots=True)
class MonitorReport:
    """A whole round: its reports, where the signed file lies, and the key that signed it, as a line of text."""

    logs: tuple[LogReport, ...]
    file: Path
    key: str

    @property
    def sound(self) -> bool:
        """Whether nothing is wrong anywhere."""
        return not any(log.found for log in self.logs)
