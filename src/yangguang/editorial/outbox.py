"""The outbox: events that will be logged, in order, exactly once, whatever crashes in between."""

import hashlib
from collections.abc import Iterable, Sequence
from dataclasses import replace

from django.db import DatabaseError, IntegrityError, transaction

from yangguang.editorial.errors import NotPossibleError, OutboxFullError
from yangguang.editorial.heads import after, why_not
from yangguang.editorial.models import FollowRow, HeadRow, OutboxRow
from yangguang.editorial.types import Head, State
from yangguang.kernel.identifiers import RecordId
from yangguang.ledger.commands import Writer
from yangguang.ledger.queries import Log
from yangguang.records.queries import decode_event, encode_event
from yangguang.records.types import Event

FOLLOW_BATCH = 2_000


def draft_of(event: Event) -> bytes:
    """Return the leaf of `event` with its "previous" set to zero: what identifies it before its place is known."""
    return encode_event(event if event.previous is None else replace(event, previous=0))


def identity_of(draft: bytes) -> bytes:
    """Return the 32-byte identity of a draft leaf."""
    return hashlib.sha256(draft).digest()


def enqueue(events: Sequence[Event]) -> None:
    """Queue `events`; call inside the transaction that also writes what they belong to.

    Raises:
        OutboxFullError: the database refused.
        NotPossibleError: the very same event is queued already.
    """
    drafts = [draft_of(event) for event in events]
    try:
        OutboxRow.objects.bulk_create(
            OutboxRow(identity=identity_of(draft), record=event.id or "", draft=draft)
            for event, draft in zip(events, drafts, strict=True)
        )
    except IntegrityError as error:
        raise NotPossibleError("the same event was queued within this second: wait a second and try again") from error
    except DatabaseError as error:
        raise OutboxFullError(
            f"{len(events)} events could not be queued: {error}; free disk space and run again"
        ) from error


def head_of(record: RecordId) -> Head | None:
    """Return the writer's view of `record`, events still waiting included."""
    row = HeadRow.objects.filter(record=record).first()
    head = Head(row.revision, row.last_index, State(row.state)) if row else None
    for waiting in OutboxRow.objects.filter(record=record, logged_index=None, refusal=""):
        event = decode_event(bytes(waiting.draft))
        if not why_not(event, head):
            head = after(event, head, head.last_index if head else 0)
    return head


def sequence(writer: Writer, log: Log, *, limit: int = 1_000) -> int:
    """Log up to `limit` waiting events and return how many were settled (logged or refused); 0 when none waits.

    Crash safety: the writer's commit is the only acknowledgement. Before anything new, `follow` reads what the log
    already holds, and marks the outbox rows it finds there; so an event that was committed but not marked when the
    machine stopped is not logged a second time.
    """
    follow(log)
    waiting = list(OutboxRow.objects.filter(logged_index=None, refusal="")[:limit])
    if not waiting:
        return 0
    events = [decode_event(bytes(row.draft)) for row in waiting]
    heads = _heads(event.id for event in events if event.id)
    leaves: list[bytes] = []
    for row, drafted in zip(waiting, events, strict=True):
        index = writer.size + len(leaves)
        event, row.refusal = _placed(drafted, heads)
        if row.refusal:
            continue
        if event.id is not None:
            heads[event.id] = after(event, heads.get(event.id), index)
        row.logged_index = index
        leaves.append(encode_event(event))
    if leaves:
        writer.append(leaves)
    with transaction.atomic():
        OutboxRow.objects.bulk_update(waiting, ["logged_index", "refusal"])
        _store_heads(heads)
        FollowRow.objects.update_or_create(id=1, defaults={"next_index": writer.size})
    return len(waiting)


def follow(log: Log) -> None:
    """Bring the writer's view of records up to the log, marking outbox rows whose entry is found there."""
    start = FollowRow.objects.filter(id=1).values_list("next_index", flat=True).first() or 0
    size = log.checkpoint().size
    while start < size:
        stop = min(size, start + FOLLOW_BATCH)
        logged = [(entry.index, decode_event(entry.data)) for entry in log.entries(start, stop)]
        heads = _heads(event.id for _, event in logged if event.id)
        for index, event in logged:
            if event.id is not None:
                heads[event.id] = after(event, heads.get(event.id), index)
        found = {identity_of(draft_of(event)): index for index, event in logged}
        rows = list(OutboxRow.objects.filter(identity__in=list(found), logged_index=None))
        for row in rows:
            row.logged_index = found[bytes(row.identity)]
        with transaction.atomic():
            OutboxRow.objects.bulk_update(rows, ["logged_index"])
            _store_heads(heads)
            FollowRow.objects.update_or_create(id=1, defaults={"next_index": stop})
        start = stop


def _placed(event: Event, heads: dict[RecordId, Head]) -> tuple[Event, str]:
    if event.id is None:
        return event, ""
    head = heads.get(event.id)
    reason = why_not(event, head)
    if not reason and head is not None:
        event = replace(event, previous=head.last_index)
    return event, reason


def _heads(records: Iterable[RecordId]) -> dict[RecordId, Head]:
    wanted = list(set(records))
    found: dict[RecordId, Head] = {}
    for start in range(0, len(wanted), 500):
        for row in HeadRow.objects.filter(record__in=wanted[start : start + 500]):
            found[RecordId(row.record)] = Head(row.revision, row.last_index, State(row.state))
    return found


def _store_heads(heads: dict[RecordId, Head]) -> None:
    HeadRow.objects.bulk_create(
        [
            HeadRow(record=i, revision=h.revision, last_index=h.last_index, state=h.state.value)
            for i, h in heads.items()
        ],
        update_conflicts=True,
        unique_fields=["record"],
        update_fields=["revision", "last_index", "state"],
    )
