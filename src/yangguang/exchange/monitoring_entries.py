"""What a monitor asks of every entry: the closed schema, each record's chain, and the claimed time.

Rules: LEDGER design 2.2 (``r``, ``p``) and 2.8 (``ts`` lies in the bracket of cosignatures, with a tolerance).
"""

from collections.abc import Iterator, Sequence

from yangguang.exchange.monitoring_state import Knowledge, Known
from yangguang.exchange.monitoring_types import Concern, MonitorProgress
from yangguang.exchange.types import AlarmKind
from yangguang.kernel.clock import from_unix
from yangguang.kernel.errors import YangguangError
from yangguang.ledger.queries import Log, bracket
from yangguang.ledger.types import Bracket, Entry, Policy
from yangguang.records.queries import decode_event
from yangguang.records.types import Event, EventType

TOLERANCE_SECONDS = 120
"""How far a claimed time may lie outside the bracket: clocks differ, and publishing takes a moment."""

CHUNK = 1_000
"""Entries taken in in one transaction."""

_FIRST = frozenset({EventType.PUBLISH, EventType.IMPORT})


def follow(log: Log, size: int, knowledge: Knowledge, now: int, progress: MonitorProgress) -> Iterator[Concern]:
    """Take in the entries up to `size` that are new, and yield what is wrong with them.

    Args:
        log: The monitor's own copy.
        size: Entries it has.
        knowledge: What is known so far; brought up to `size`.
        now: Seconds since 1970.
        progress: Told how far it is.
    """
    while (start := knowledge.next_index) < size:
        stop = min(start + CHUNK, size)
        with knowledge.moving(stop):
            found = [concern for entry in log.entries(start, stop) for concern in _examine(log, entry, knowledge, now)]
        yield from found
        progress("entries", stop, size)


def judge_times(log: Log, size: int, knowledge: Knowledge, policy: Policy) -> Iterator[Concern]:
    """Yield entries whose claimed time lies outside their bracket; those no cosignature covers yet are judged later.

    Args:
        log: The monitor's own copy, whose archive holds every cosigned checkpoint the monitor saw.
        size: Entries it has.
        knowledge: Tells from where on; moved on.
        policy: Whose cosignatures count.
    """
    start = knowledge.timed_index
    ends = [end for end in (*log.archive.sizes(start + 1, size), size) if end > start]
    for end in dict.fromkeys(ends):
        # No checkpoint lies between, so one bracket holds for all of these entries.
        around = bracket(log, start, policy)
        if around.no_later_than is None:
            return
        for entry in log.entries(start, end):
            yield from _judge(log, entry, around)
        knowledge.timed(end)
        start = end


def _judge(log: Log, entry: Entry, around: Bracket) -> Iterator[Concern]:
    event = _event(entry)
    if event is None:
        return
    early, late = around.not_before, around.no_later_than
    claimed = event.claimed_at
    if early is not None and claimed < early - TOLERANCE_SECONDS:
        said = f"witnesses saw the log without it until {_moment(early)}: it is backdated"
    elif late is not None and claimed > late + TOLERANCE_SECONDS:
        said = f"witnesses saw it in the log by {_moment(late)}: it is postdated"
    else:
        return
    evidence = {"entry.json": entry.data, "after.note": _note_after(log, entry.index)}
    if before := _note_before(log, entry.index):
        evidence["before.note"] = before
    yield Concern(
        AlarmKind.TIME, f"entry {entry.index}", f"it claims {_moment(claimed)}, and {said}", evidence, lasting=True
    )


def _examine(log: Log, entry: Entry, knowledge: Knowledge, now: int) -> Iterator[Concern]:
    place = f"entry {entry.index}"
    evidence = {"entry.json": entry.data, "checkpoint.note": log.checkpoint_note()}
    try:
        event = decode_event(entry.data)
    except YangguangError as error:
        yield Concern(AlarmKind.SCHEMA, place, f"it is outside the closed schema: {error}", evidence, lasting=True)
        return
    if event.claimed_at > now + TOLERANCE_SECONDS:
        yield Concern(AlarmKind.TIME, place, f"it claims {_moment(event.claimed_at)}: to come", evidence, lasting=True)
    if event.id is None:
        return
    known = knowledge.record(event.id)
    for message in _broken(event, known):
        earlier = {"earlier.json": log.entry(known.newest).data} if known else {}
        yield Concern(AlarmKind.CHAIN, place, message, {**evidence, **earlier}, lasting=True)
    knowledge.apply(entry.index, event)


def _broken(event: Event, known: Known | None) -> Sequence[str]:
    """Return what is wrong with the place of `event` in its record's chain; nothing, or one sentence."""
    if event.type in _FIRST:
        return [f"it begins record {event.id}, which entry {known.newest} has spoken of already"] if known else []
    if known is None:
        return [f"it is about record {event.id}, which no entry made public"]
    if event.previous != known.newest:
        return [f"it says the record's entry before it is {event.previous}: that is {known.newest}"]
    said = event.revision or 0
    if event.type is EventType.REVISE and said != known.revision + 1:
        return [f"it says revision {said} follows: the newest is {known.revision}"]
    if event.type is not EventType.REVISE and said > known.revision:
        return [f"it is about revision {said}: the newest is {known.revision}"]
    return []


def _event(entry: Entry) -> Event | None:
    try:
        return decode_event(entry.data)
    except YangguangError:
        return None  # told already, as an entry outside the schema


def _note_after(log: Log, index: int) -> bytes:
    size = next(log.archive.sizes(index + 1), None)
    return (log.archive.note(size) if size is not None else None) or log.checkpoint_note()


def _note_before(log: Log, index: int) -> bytes | None:
    size = next(log.archive.sizes(0, index, newest_first=True), None)
    return log.archive.note(size) if size is not None else None


def _moment(seconds: int) -> str:
    return from_unix(seconds).isoformat()
