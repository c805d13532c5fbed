"""Follows the log: the only code that writes the catalogue's tables.

Rows and cursor move in one transaction, so a crash leaves the catalogue at an entry boundary it can go on from.
"""

from django.db import transaction

from yangguang.blobs.errors import BlobsError
from yangguang.blobs.queries import Blobs
from yangguang.catalogue.history import Present, present, row_of
from yangguang.catalogue.models import CursorRow, EntryRow, RecordRow
from yangguang.catalogue.rows import CURSOR, histories, save_entries, save_records
from yangguang.catalogue.types import LoggedEvent, Status
from yangguang.ledger.queries import Log
from yangguang.records.queries import META, decode_event, decode_metadata
from yangguang.records.types import Metadata


def cursor() -> int:
    """Return the log index of the entry that comes next."""
    return CursorRow.objects.filter(id=CURSOR).values_list("next_index", flat=True).first() or 0


def advance(log: Log, blobs: Blobs, *, limit: int = 1000) -> int:
    """Apply at most `limit` entries after the cursor; rows and cursor in one transaction.

    Returns:
        How many entries were applied; 0 when the catalogue is up to date, or when another process was faster.

    Raises:
        RecordsError: A leaf that this release cannot read; nothing is applied.
        BrokenHistoryError: An entry that no history can hold; nothing is applied.
    """
    start = cursor()
    stop = min(start + limit, log.checkpoint().size)
    if stop <= start:
        return 0
    entries = [
        (entry.data, LoggedEvent(entry.index, entry.leaf_hash, decode_event(entry.data)))
        for entry in log.entries(start, stop)
    ]
    with transaction.atomic():
        CursorRow.objects.get_or_create(id=CURSOR, defaults={"next_index": 0})
        # The conditional update takes the write lock and makes a second projector's batch a no-op.
        if not CursorRow.objects.filter(id=CURSOR, next_index=start).update(next_index=stop):
            return 0
        about = [(leaf, logged) for leaf, logged in entries if logged.event.id is not None]
        save_entries(about)
        save_records(row_of(now, metadata_of(now, blobs)) for now in _touched([logged for _, logged in about]))
    return stop - start


def metadata_of(now: Present, blobs: Blobs) -> Metadata | None:
    """Return the newest revision's metadata; None for a closed record, or where the store does not give it back."""
    if now.status is not Status.LIVE:
        return None
    try:
        return decode_metadata(blobs.content(now.content.event.commitments[META]))
    except BlobsError:
        # Erased although no entry said so yet (a rebuild on its way to the erasure), or lost: the row says which.
        return None


def drop() -> None:
    """Forget everything, so that `advance` starts from the first entry."""
    with transaction.atomic():
        CursorRow.objects.all().delete()
        EntryRow.objects.all().delete()
        RecordRow.objects.all().delete()


def _touched(batch: list[LoggedEvent]) -> list[Present]:
    """Where the history of each record in `batch` leads, its earlier entries included."""
    found: dict[str, list[LoggedEvent]] = {}
    for logged in batch:
        found.setdefault(str(logged.event.id), []).append(logged)
    # Most of a rebuild is records that are published once: their history is in the batch already.
    earlier = histories(identifier for identifier, new in found.items() if new[0].event.previous is not None)
    return [present(earlier.get(identifier) or new) for identifier, new in found.items()]
