"""Compares the catalogue with what it was projected from: entries with leaves, records with components."""

from collections.abc import Iterator
from dataclasses import fields
from itertools import islice

from django.db.models import QuerySet

from yangguang.blobs.queries import Blobs
from yangguang.catalogue.errors import BrokenHistoryError
from yangguang.catalogue.history import present, row_of
from yangguang.catalogue.models import EntryRow, RecordRow
from yangguang.catalogue.projector import cursor, metadata_of
from yangguang.catalogue.rows import histories, record_state
from yangguang.catalogue.types import LoggedEvent, RecordState, Status
from yangguang.kernel.errors import YangguangError
from yangguang.ledger.queries import Log
from yangguang.ledger.types import Entry, Finding
from yangguang.records.queries import decode_event

CHUNK = 500
"""Rows compared at a time, so that a large catalogue is audited in little memory."""


def fsck(log: Log, blobs: Blobs, *, start: int = 0, stop: int | None = None) -> Iterator[Finding]:
    """Yield each difference between the catalogue and the log and store it was projected from; none means sound.

    Args:
        log: The log.
        blobs: The store.
        start: Only rows made from this entry and later ones.
        stop: And from entries before this one; None for all rows from `start` on, whatever entry they name.

    Raises:
        LedgerError: The log itself cannot be read; ``yangguang log fsck`` says where.
    """
    known = cursor()
    size = log.checkpoint().size
    if known > size:
        yield Finding(
            "catalogue cursor",
            "catalogue.cursor",
            f"next entry is {known}, but the log holds {size}: rebuild catalogue",
        )
    reached = min(known, size)
    yield from _entries(log, min(start, reached), reached if stop is None else min(stop, reached), last=stop is None)
    rows = RecordRow.objects.filter(content_index__gte=start) if start else RecordRow.objects.all()
    yield from _records(rows if stop is None else rows.filter(content_index__lt=stop), blobs)
    if stop is None:
        yield from _orphans()


def _entries(log: Log, first: int, stop: int, *, last: bool) -> Iterator[Finding]:
    leaves = log.entries(first, stop)
    expected = first
    while chunk := list(islice(leaves, CHUNK)):
        start, end = chunk[0].index, chunk[-1].index + 1
        rows = {row.index: row for row in EntryRow.objects.filter(index__gte=start, index__lt=end)}
        for entry in chunk:
            yield from _entry(entry, rows.pop(entry.index, None))
        for index in sorted(rows):
            yield _finding(f"entry {index}", "index", "row of an entry that is about no record")
        expected = end
    beyond = EntryRow.objects.filter(index__gte=expected) if last else EntryRow.objects.none()
    for index in beyond.order_by("index").values_list("index", flat=True):
        yield _finding(f"entry {index}", "index", "row of an entry beyond the cursor")


def _entry(entry: Entry, row: EntryRow | None) -> Iterator[Finding]:
    where = f"entry {entry.index}"
    event = decode_event(entry.data)
    if event.id is None:
        if row is not None:
            yield _finding(where, "index", "row of an entry that is about no record")
        return
    if row is None:
        yield _finding(where, "index", "row is missing")
        return
    for name, said, told in (
        ("leaf", bytes(row.leaf).hex(), entry.data.hex()),
        ("leaf_hash", bytes(row.leaf_hash).hex(), entry.leaf_hash.hex()),
        ("record", row.record, event.id),
    ):
        if said != told:
            yield _finding(where, name, f"row says {said[:80]!r}, the log says {told[:80]!r}")


def _records(chosen: QuerySet[RecordRow], blobs: Blobs) -> Iterator[Finding]:
    last = ""
    while rows := list(chosen.filter(id__gt=last).order_by("id")[:CHUNK]):
        last = rows[-1].id
        try:
            known = histories(row.id for row in rows)
        except YangguangError:
            known = {row.id: found for row in rows if (found := _history_or_none(row.id))}
        for row in rows:
            yield from _record(row, known.get(row.id, []), blobs)


def _orphans() -> Iterator[Finding]:
    orphans = EntryRow.objects.exclude(record__in=RecordRow.objects.values("id")).values_list("record", flat=True)
    for record in orphans.distinct().order_by("record"):
        yield _finding(f"record {record}", "id", "row is missing although the log speaks of the record")


def _history_or_none(identifier: str) -> list[LoggedEvent] | None:
    try:
        return histories([identifier]).get(identifier)
    except YangguangError:
        return None


def _record(row: RecordRow, history: list[LoggedEvent], blobs: Blobs) -> Iterator[Finding]:
    where = f"record {row.id}"
    try:
        now = present(history)
        told = row_of(now, metadata_of(now, blobs))
    except BrokenHistoryError as error:
        yield _finding(where, "id", str(error))
        return
    except YangguangError as error:
        yield _finding(where, "meta_commitment", f"the metadata it was projected from does not read: {error}")
        return
    try:
        said = record_state(row)
    except (ValueError, YangguangError) as error:
        yield _finding(where, "status, kind, validity or issuers", f"row holds no value of the closed list: {error}")
        return
    if told.status is Status.UNREADABLE:
        yield _finding(where, "meta_commitment", "the store does not give the metadata back: restore it from a backup")
        return
    for field in fields(RecordState):
        if (ours := getattr(said, field.name)) != (theirs := getattr(told, field.name)):
            message = f"row says {str(ours)[:80]!r}, the log and the store say {str(theirs)[:80]!r}: rebuild catalogue"
            yield _finding(where, field.name, message)


def _finding(where: str, field: str, message: str) -> Finding:
    return Finding(f"catalogue {where}", f"catalogue.{field}", f"{field}: {message}")
