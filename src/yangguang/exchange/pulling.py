"""The pull of a lower log: checkpoint, entries, contents; then cosignatures and a receipt, or an alarm with evidence.

Order: LEDGER design 2.7. The tree is rebuilt from the entries, so nothing the lower node says of it is believed.
Whatever fails, what was verified before stays; the next pull goes on from there.
"""

from collections.abc import Iterator
from dataclasses import replace
from functools import partial
from hashlib import sha256
from pathlib import Path

from yangguang.blobs.commands import erase
from yangguang.exchange.addresses import CHECKPOINT, tile_address
from yangguang.exchange.contents import fetch_contents
from yangguang.exchange.cosigning import cosign, receipt_due, refuse_contradicted
from yangguang.exchange.errors import BadDeltaError, FaultError, NotServedError, StoppedError, UnreachableError
from yangguang.exchange.faults import at_fault, late
from yangguang.exchange.level import Level
from yangguang.exchange.places import MirrorPlace, opened
from yangguang.exchange.types import AlarmKind, Lower, Pulled, Transport
from yangguang.kernel.errors import YangguangError
from yangguang.ledger.errors import (
    BadSignatureError,
    ForkError,
    LogDamagedError,
    MalformedNoteError,
    RollbackError,
    StaleError,
)
from yangguang.ledger.queries import MAX_BUNDLE_BYTES, Log, open_remote, parse_checkpoint
from yangguang.records.queries import decode_event

MAX_NOTE_BYTES = 65_536

FOLLOWED = 2_000
"""Entries taken into the holdings in one transaction."""

_OK = 200
_NOT_FOUND = 404


def pull(lower: Lower, level: Level) -> Pulled:
    """Pull `lower` once.

    A fault of the lower node is not raised: it becomes an alarm, which the result names.

    Raises:
        WriterBusyError: another process pulls it at the moment.
        BlobNotStoredError: our disk refused.
        WriterError: our own copy cannot be written; see the message.
    """
    with opened(level.mirrors, lower) as place:
        try:
            return _pull(lower, level, place)
        except FaultError as error:
            reason, alarm = str(error), at_fault(level, lower, place, error)
        except (UnreachableError, NotServedError) as error:
            reason, alarm = str(error), late(level, lower, place, AlarmKind.SILENT, str(error))
        except (StoppedError, BadDeltaError) as error:
            reason, alarm = str(error), None
        return Pulled(lower.name, place.size, alarm=alarm, reason=reason)


def resume(mirrors: Path, lower: Lower) -> None:
    """Follow `lower` again after a person has looked at the evidence of a fork.

    Raises:
        WriterBusyError: another process pulls it at the moment.
    """
    with opened(mirrors, lower) as place:
        place.holdings.set_place(stopped="", alarmed="")


def _pull(lower: Lower, level: Level, place: MirrorPlace) -> Pulled:
    if stopped := place.holdings.place("stopped"):
        raise StoppedError(
            f"{lower.name} is not followed since the alarm {stopped}: look at its evidence, "
            f"then `yangguang mirror resume {lower.name}`"
        )
    refuse_contradicted(lower, level, place)
    before = place.size
    _extend(lower, level, place)
    place.holdings.set_place(silent_since=None)
    destroyed = _follow(place)
    done = Pulled(lower.name, place.size, added=place.size - before, destroyed=destroyed)
    if not cosign(level.witness, lower, place):
        reason = f"{lower.name} serves {place.size} entries, our witness has cosigned more of its log"
        alarm = late(level, lower, place, AlarmKind.ROLLBACK, reason) if level.live else None
        return replace(done, reason=reason, alarm=alarm)
    place.holdings.set_place(cosigned=place.size, behind_since=None)
    fetched = fetch_contents(lower.url, level.transport, place.holdings, place.blobs)
    done = replace(done, cosigned=True, fetched=fetched, missing=place.holdings.count_wanted())
    if done.missing:
        reason = f"{done.missing} contents of {lower.name} are committed to and not given out"
        return replace(done, reason=reason, alarm=late(level, lower, place, AlarmKind.MISSING, reason))
    cosign(level.content_mirror, lower, place)
    place.holdings.set_place(complete=place.size, missing_since=None, alarmed="")
    return replace(done, complete=True, receipt=receipt_due(level, lower, place))


def _extend(lower: Lower, level: Level, place: MirrorPlace) -> None:
    """Bring our copy of the tree up to the lower node's checkpoint."""
    transport = level.transport
    answer = transport.get(f"{lower.url}/{CHECKPOINT}", limit=MAX_NOTE_BYTES)
    if answer.status != _OK:
        raise NotServedError(f"{lower.url}/{CHECKPOINT} answers {answer.status}", status=answer.status)
    note = answer.body
    try:
        size = parse_checkpoint(note, lower.key).size
        theirs = remote_log(lower, transport, note)
        place.mirror.extend(note, _checked(theirs, place.size, size, note), path=claimed_path(theirs, place.size, size))
    except (BadSignatureError, MalformedNoteError) as error:
        raise FaultError(
            f"{lower.url} serves a checkpoint that the log's key did not sign: {error}",
            kind=AlarmKind.SIGNATURE,
            evidence={"theirs.note": note},
        ) from error
    except (ForkError, RollbackError) as error:
        if isinstance(error, RollbackError) and not level.live:
            raise BadDeltaError(f"the delta holds nothing new: it ends before the {place.size} entries held") from error
        ours, served = error.evidence
        kind = AlarmKind.FORK if isinstance(error, ForkError) else AlarmKind.ROLLBACK
        raise FaultError(str(error), kind=kind, evidence={"ours.note": ours, "theirs.note": served}) from error
    except (LogDamagedError, StaleError) as error:
        # Nothing signed is wrong: a file was damaged on the way, or is not there yet.
        raise NotServedError(f"{lower.url} does not give the entries it signed: {error}", status=_OK) from error


def remote_log(lower: Lower, transport: Transport, note: bytes) -> Log:
    """Return the log of `lower` as it was when it signed `note`, its files fetched as they are read."""
    return open_remote(partial(_file, lower, transport, note))


def _file(lower: Lower, transport: Transport, note: bytes, path: str) -> bytes:
    """Return a file of the lower log as it was when it signed `note`."""
    if path == "checkpoint":
        return note
    address = f"{lower.url}/{tile_address(path)}"
    answer = transport.get(address, limit=MAX_BUNDLE_BYTES)
    if answer.status == _NOT_FOUND:
        raise FileNotFoundError(address)
    if answer.status != _OK:
        raise NotServedError(f"{address} answers {answer.status}", status=answer.status)
    return answer.body


def claimed_path(theirs: Log, old: int, new: int) -> tuple[bytes, ...] | None:
    """Return the consistency path that the lower node's tiles give; None where they give none, or none is needed."""
    if not 0 < old < new:
        return None
    try:
        return theirs.consistency(old, new)
    except (LogDamagedError, NotServedError):
        return None


def _checked(theirs: Log, start: int, stop: int, note: bytes) -> Iterator[bytes]:
    """Yield the entries from `start` to `stop`, each checked against the closed schema before it is taken over."""
    for entry in theirs.entries(start, stop) if start < stop else ():
        try:
            decode_event(entry.data)
        except YangguangError as error:
            raise FaultError(
                f"entry {entry.index}, SHA-256 {sha256(entry.data).hexdigest()}, is outside the closed schema: {error}",
                kind=AlarmKind.SCHEMA,
                evidence={"theirs.note": note},
            ) from error
        yield entry.data


def _follow(place: MirrorPlace) -> int:
    """Take new entries into the holdings; destroy what they erase; return how many contents went."""
    while (start := place.holdings.next_index) < place.size:
        stop = min(start + FOLLOWED, place.size)
        entries = [(entry.index, decode_event(entry.data)) for entry in place.log.entries(start, stop)]
        place.holdings.follow(entries)
    doomed = place.holdings.doomed()
    if not doomed:
        return 0
    gone = erase(place.blobs, doomed)
    place.holdings.destroyed(doomed)
    return gone
