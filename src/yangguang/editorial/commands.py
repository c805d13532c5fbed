"""The room's writing door: queue what shall be public, take back what must not be, feed the log."""

from collections.abc import Sequence
from pathlib import Path

from django.db import transaction

from yangguang.blobs.commands import erase as erase_blobs
from yangguang.editorial.errors import NotPossibleError, UnknownRecordError
from yangguang.editorial.heads import why_not
from yangguang.editorial.imports import import_all
from yangguang.editorial.models import FollowRow
from yangguang.editorial.outbox import enqueue, follow, head_of, sequence
from yangguang.kernel.clock import Clock, unix_seconds
from yangguang.kernel.identifiers import RecordId
from yangguang.ledger.queries import Log
from yangguang.records.queries import decode_event
from yangguang.records.types import Event, EventType, Receipt

__all__ = ["destroy_erased", "erase", "follow", "import_all", "receipt", "restore", "sequence", "withdraw"]


def withdraw(record: RecordId, *, unit: str, ground: str, clock: Clock, decided_by: str = "") -> None:
    """Queue the withdrawal (撤回) of a record: the public no longer reads it, the bytes are kept.

    Args:
        record: The record.
        unit: Credit code of its publishing agency.
        ground: Code of the legal ground, from `yangguang.law`.
        clock: The claimed time.
        decided_by: Credit code of the deciding authority, or empty.

    Raises:
        UnknownRecordError: no such record.
        NotPossibleError: it is withdrawn or erased already, or the ground does not bear it.
        UnknownGroundError: the law knows no such ground.
    """
    _queue(EventType.WITHDRAW, record, unit=unit, ground=ground, clock=clock, decided_by=decided_by)


def restore(record: RecordId, *, unit: str, clock: Clock, decided_by: str = "") -> None:
    """Queue the return of a withdrawn record; arguments and errors as for `withdraw`."""
    _queue(EventType.RESTORE, record, unit=unit, ground="", clock=clock, decided_by=decided_by)


def erase(
    record: RecordId, *, unit: str, ground: str, components: Sequence[str], clock: Clock, decided_by: str = ""
) -> None:
    """Queue the erasure (删除) of components of a record's newest revision; arguments and errors as for `withdraw`.

    The bytes are destroyed by `destroy_erased` once the erasure is logged.
    """
    _queue(
        EventType.ERASE,
        record,
        unit=unit,
        ground=ground,
        clock=clock,
        decided_by=decided_by,
        components=tuple(sorted(set(components))),
    )


def receipt(received: Receipt, *, claimed_at: int) -> None:
    """Queue what this node says of a lower log that it holds.

    Args:
        received: The lower log's head.
        claimed_at: Seconds since 1970.

    Raises:
        OutboxFullError: the database refused.
    """
    with transaction.atomic():
        enqueue([Event(type=EventType.RECEIPT, claimed_at=claimed_at, receipt=received)])


def destroy_erased(log: Log, blobs: Path, *, again: bool = False) -> int:
    """Destroy contents and salts of every erasure logged since the last call; return how many went.

    With `again`, of every erasure ever logged: after old contents came back from a backup.

    An erasure names components; they are destroyed in every revision of the record, since each revision repeats what
    the earlier one said. The cursor moves only after the bytes are gone, so a crash repeats the work.
    """
    row, _ = FollowRow.objects.get_or_create(id=1)
    size = log.checkpoint().size
    gone = 0
    for entry in log.entries(0 if again else row.destroyed_index, size):
        event = decode_event(entry.data)
        if event.type is EventType.ERASE:
            gone += erase_blobs(blobs, _commitments(log, event))
    FollowRow.objects.filter(id=1).update(destroyed_index=size)
    return gone


def _commitments(log: Log, erasure: Event) -> list[bytes]:
    found: list[bytes] = []
    index = erasure.previous
    while index is not None:
        event = decode_event(log.entry(index).data)
        found += [event.commitments[label] for label in erasure.components if label in event.commitments]
        index = event.previous
    return found


def _queue(
    kind: EventType,
    record: RecordId,
    *,
    unit: str,
    ground: str,
    clock: Clock,
    decided_by: str,
    components: tuple[str, ...] = (),
) -> None:
    head = head_of(record)
    if head is None:
        raise UnknownRecordError(f"{record} is not a record of this node")
    event = Event(
        type=kind,
        claimed_at=unix_seconds(clock()),
        id=record,
        revision=head.revision,
        previous=head.last_index,
        unit=unit,
        ground=ground,
        decided_by=decided_by,
        components=components,
    )
    if reason := why_not(event, head):
        raise NotPossibleError(reason)
    with transaction.atomic():
        enqueue([event])
