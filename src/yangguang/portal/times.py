"""When an entry was logged, by the clocks of witnesses, as a page shows it; and whether that can still change."""

import logging
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from yangguang.kernel.clock import from_unix
from yangguang.ledger.errors import LedgerError
from yangguang.ledger.queries import CONTENT_MIRROR, bracket
from yangguang.portal.files import trust
from yangguang.portal.node import log, node

_LOG = logging.getLogger("yangguang.portal")


@dataclass(frozen=True, slots=True)
class Times:
    """The bracket around an entry, each end None where no witness can say it.

    Attributes:
        not_before: Witnesses had not seen the entry then.
        no_later_than: They had by then.
        readable_by: Another node held the entry and its contents by then.
        witnesses: Who cosigned.
        pending: The trust file names witnesses, and too few have cosigned yet.
        settled: Nothing of this can change any more, unless the trust file does.
    """

    not_before: datetime | None = None
    no_later_than: datetime | None = None
    readable_by: datetime | None = None
    witnesses: tuple[str, ...] = ()
    pending: bool = False
    settled: bool = True


@dataclass(frozen=True, slots=True)
class Stamp:
    """What evidence a page was made from: when trust file and checkpoint changed; 0 for one that no longer matters."""

    policy: int
    checkpoint: int

    @property
    def settled(self) -> "Stamp":
        """The stamp of a page that later checkpoints do not change."""
        return Stamp(self.policy, 0)


def stamp() -> Stamp:
    """Return the stamp of the evidence there is now."""
    return Stamp(_changed(node().policy), _changed(node().log / "checkpoint"))


def times_of(index: int) -> Times:
    """Return the bracket around entry `index`; without times where the log cannot be read."""
    policy = trust()
    if policy is None or not policy.witnesses:
        return Times()
    try:
        found = bracket(log(), index, policy)
    except LedgerError as error:
        _LOG.error("the log cannot be read, pages show no cosignatures: %s", error)
        return Times(settled=False)
    mirrored = any(witness.key.name.endswith(CONTENT_MIRROR) for witness in policy.witnesses)
    pending = found.no_later_than is None
    return Times(
        not_before=_moment(found.not_before),
        no_later_than=_moment(found.no_later_than),
        readable_by=_moment(found.readable_by),
        witnesses=found.witnesses,
        pending=pending,
        settled=not pending and (found.readable_by is not None or not mirrored),
    )


def _moment(seconds: int | None) -> datetime | None:
    return None if seconds is None else from_unix(seconds)


def _changed(path: Path) -> int:
    try:
        return path.stat().st_mtime_ns
    except OSError:
        return 0
