"""From a fault to an alarm: once for the same evidence, and after a fork nothing is cosigned any more."""

from hashlib import sha256
from pathlib import Path

from yangguang.exchange.alarms import raise_alarm
from yangguang.exchange.cosigning import contradictions
from yangguang.exchange.errors import FaultError
from yangguang.exchange.level import Level
from yangguang.exchange.places import MirrorPlace
from yangguang.exchange.types import Alarm, AlarmKind, Lower
from yangguang.kernel.clock import unix_seconds
from yangguang.ledger.queries import origin_hash

BEHIND_SECONDS = 60
"""How long a cache between may serve a checkpoint older than one that our witness has cosigned."""

_SINCE = {
    AlarmKind.SILENT: "silent_since",
    AlarmKind.MISSING: "missing_since",
    AlarmKind.ROLLBACK: "behind_since",
}


def at_fault(level: Level, lower: Lower, place: MirrorPlace, error: FaultError) -> Path | None:
    """Raise the alarm for `error` and return its folder, None if it was raised before; after a fork, stop."""
    if error.kind is AlarmKind.FORK:
        for cosigner in (level.witness, level.content_mirror):
            cosigner.witness.distrust(lower.key.name)
    alarm = Alarm(error.kind, lower.name, lower.key.name, str(error), error.evidence)
    found = _raise(level, place, alarm)
    if error.kind is AlarmKind.FORK and found is not None:
        # One write: what a person resumes from is this alarm, with every contradiction known by now.
        known = len(contradictions(level.witness.witness, lower.key.name))
        place.holdings.set_place(stopped=found.name, contradictions=known)
    return found


def late(level: Level, lower: Lower, place: MirrorPlace, kind: AlarmKind, message: str) -> Path | None:
    """Remember since when something has been owed; raise an alarm once the grace is over.

    Returns:
        The alarm's folder; None as long as it is too early, and where it was raised before.
    """
    name = _SINCE[kind]
    now = unix_seconds(level.clock())
    since = place.holdings.place(name)
    if since is None:
        place.holdings.set_place(**{name: now})
        since = now
    grace = min(BEHIND_SECONDS, level.grace_seconds) if kind is AlarmKind.ROLLBACK else level.grace_seconds
    if now - since < grace:
        return None
    evidence = {"ours.note": place.note} if place.size else {}
    theirs = level.witness.witness.checkpoint(origin_hash(lower.key.name)) if kind is AlarmKind.ROLLBACK else None
    if theirs is not None:
        evidence["theirs.note"] = theirs
    return _raise(level, place, Alarm(kind, lower.name, lower.key.name, message, evidence))


def _raise(level: Level, place: MirrorPlace, alarm: Alarm) -> Path | None:
    """Write `alarm` unless it is the one that was written last; None then."""
    digest = sha256(b"".join(data for _, data in sorted(alarm.evidence.items()))).hexdigest()
    mark = f"{alarm.kind} {digest}"
    if place.holdings.place("alarmed") == mark:
        return None
    folder = raise_alarm(level.alarms, alarm, level.clock)
    place.holdings.set_place(alarmed=mark)
    return folder
