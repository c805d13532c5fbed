"""Follows the log: the only code that writes the index.

The engine's commit comes first, the cursor after it; a crash between the two repeats entries, which changes nothing,
because each record is deleted by its identifier before it is added.
"""

import json
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from itertools import islice
from pathlib import Path

import tantivy

from yangguang.kernel.identifiers import RecordId
from yangguang.records.queries import decode_event
from yangguang.records.types import Event
from yangguang.search import schema
from yangguang.search.errors import IndexDamagedError
from yangguang.search.state import Standing, read_source, touched
from yangguang.search.store import (
    engine_folder,
    make_engine,
    open_engine,
    purge_pending,
    read_cursor,
    remove,
    set_purge_pending,
    write_cursor,
    writing,
)
from yangguang.search.types import Contents, Entries

COMMIT_ENTRIES = 20_000
"""Most entries between two commits of a long run."""

BULK_ENTRIES = 2_000
"""From this many entries on, memory and threads for bulk."""

BULK_HEAP_BYTES = 256_000_000
TRICKLE_HEAP_BYTES = 48_000_000
_PURGE_ROUNDS = 5


def advance(folder: Path, log: Entries, blobs: Contents, *, limit: int = 1000) -> int:
    """Apply at most `limit` entries after the cursor, durably.

    A withdrawn or erased record is not found any more once this returns. Its text is out of the index's files once
    this returns 0: the call that has nothing left to apply rewrites the parts of the index it lay in.

    Returns:
        How many entries were applied; 0 when the index is up to date.

    Raises:
        IndexBusyError: Another process is writing the index.
        IndexDamagedError: The index cannot be written; drop it.
        RecordsError, BlobCorruptError: An entry or component that must not be read; nothing of its batch is applied.
    """
    with writing(folder):
        engine = make_engine(folder)
        start = read_cursor(folder)
        events = [(each.index, decode_event(each.data)) for each in islice(log.entries(start), limit)]
        if not events:
            _purge(folder, engine)
            return 0
        with _writer(engine, bulk=len(events) >= BULK_ENTRIES) as writer:
            for first in range(0, len(events), COMMIT_ENTRIES):
                _apply(folder, writer, log, blobs, events[first : first + COMMIT_ENTRIES])
        return len(events)


def purge(folder: Path) -> None:
    """Take the text of withdrawn and erased records out of the index's files now.

    Raises:
        IndexBusyError: Another process is writing the index.
        IndexDamagedError: The index cannot be written; drop it.
    """
    with writing(folder):
        engine = open_engine(folder)
        if engine is not None:
            _purge(folder, engine)


def drop(folder: Path) -> None:
    """Forget everything, so that `advance` starts from the first entry.

    Raises:
        IndexBusyError: Another process is writing the index.
    """
    with writing(folder):
        remove(folder)


def cursor(folder: Path) -> int:
    """Return the log index of the entry that comes next."""
    return read_cursor(folder)


def _apply(
    folder: Path, writer: tantivy.IndexWriter, log: Entries, blobs: Contents, events: list[tuple[int, Event]]
) -> None:
    after = touched(log, events)
    if any(closed for _, closed in after.values()):
        # Before the commit: a crash after it must not forget that text is left behind.
        set_purge_pending(folder, pending=True)
    for record_id, (standing, _) in after.items():
        _put(writer, record_id, standing, blobs)
    _commit(writer)
    write_cursor(folder, events[-1][0] + 1)


def _put(writer: tantivy.IndexWriter, record_id: RecordId, standing: Standing | None, blobs: Contents) -> None:
    # Also when new: after a crash the entry may be in the index already.
    with _engine_errors():
        writer.delete_documents_by_term(schema.ID, record_id)
    found = read_source(standing, blobs) if standing is not None else None
    if found is not None:
        made = schema.document(found)
        with _engine_errors():
            writer.add_document(made)


def _purge(folder: Path, engine: tantivy.Index) -> None:
    """Rewrite every segment that holds deleted records, from what the index itself keeps of the others.

    The engine drops deleted text only when it merges segments, and merges when it likes. Deleting all records of a
    segment and adding them again makes it drop the whole segment at the commit.
    """
    if not purge_pending(folder):
        return
    for _ in range(_PURGE_ROUNDS):
        engine.reload()
        affected = _addresses_to_rewrite(folder, engine)
        with _writer(engine, bulk=len(affected) >= BULK_ENTRIES) as writer:
            searcher = engine.searcher()
            for address in affected:
                found = searcher.doc(address)
                kept = schema.Source(schema.read_record(found), schema.read_text(found))
                with _engine_errors():
                    writer.delete_documents_by_term(schema.ID, kept.record.id)
                    writer.add_document(schema.document(kept))
            _commit(writer)
            writer.garbage_collect_files()
        if not any(deleted for _, deleted in _segments(folder)):
            set_purge_pending(folder, pending=False)
            return
    raise IndexDamagedError(f"the index at {folder} keeps deleted text after {_PURGE_ROUNDS} rounds; rebuild it")


def _addresses_to_rewrite(folder: Path, engine: tantivy.Index) -> list[tantivy.DocAddress]:
    """Return the living documents of all segments that hold deleted ones (others of the same size come along)."""
    sizes = {living for living, deleted in _segments(folder) if deleted}
    searcher = engine.searcher()
    by_segment: dict[int, list[tantivy.DocAddress]] = {}
    for _, address in searcher.search(tantivy.Query.all_query(), max(1, searcher.num_docs), count=False).hits:
        by_segment.setdefault(address.segment_ord, []).append(address)
    return [address for found in by_segment.values() if len(found) in sizes for address in found]


def _segments(folder: Path) -> list[tuple[int, int]]:
    """Return how many living and deleted documents each segment holds, by the engine's own list."""
    said = json.loads((engine_folder(folder) / "meta.json").read_bytes())
    counted = []
    for segment in said["segments"]:
        deleted = segment["deletes"]["num_deleted_docs"] if segment["deletes"] else 0
        counted.append((segment["max_doc"] - deleted, deleted))
    return counted


@contextmanager
def _writer(engine: tantivy.Index, *, bulk: bool) -> Iterator[tantivy.IndexWriter]:
    """Open the engine's writer; on leaving, what was not committed is forgotten and merges are waited for."""
    heap, threads = (BULK_HEAP_BYTES, 2) if bulk else (TRICKLE_HEAP_BYTES, 1)
    try:
        writer = engine.writer(heap_size=heap, num_threads=threads)
    except ValueError as error:
        raise IndexDamagedError(f"the index cannot be opened for writing: {error}; rebuild it") from error
    try:
        yield writer
    except BaseException:
        # Both refuse when the engine itself has failed; what failed is already on its way up.
        with suppress(ValueError):
            writer.rollback()
        with suppress(ValueError):
            writer.wait_merging_threads()
        raise
    # Without waiting, a merge that outlives every call would be begun again by each.
    with _engine_errors():
        writer.wait_merging_threads()


@contextmanager
def _engine_errors() -> Iterator[None]:
    try:
        yield
    except ValueError as error:
        raise IndexDamagedError(f"the index could not be written: {error}; free the disk, or rebuild it") from error


def _commit(writer: tantivy.IndexWriter) -> None:
    with _engine_errors():
        writer.commit()
