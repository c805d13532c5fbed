"""What the index holds, line by line, and whether that is what the log and the store say."""

import hashlib
from collections.abc import Iterator
from itertools import takewhile
from pathlib import Path

import tantivy

from yangguang.blobs.errors import BlobsError
from yangguang.kernel.errors import YangguangError
from yangguang.kernel.identifiers import RecordId
from yangguang.ledger.types import Finding
from yangguang.records.queries import decode_event
from yangguang.search import schema
from yangguang.search.state import Standing, read_source, standings
from yangguang.search.store import open_engine, purge_pending, read_cursor
from yangguang.search.types import Contents, Entries, IndexedRecord


def dump(folder: Path) -> Iterator[str]:
    """Yield every record of the index as one line, by identifier; a rebuilt index gives the same lines.

    Raises:
        IndexDamagedError: The index cannot be read.
    """
    yield from sorted(schema.encode_record(record).decode() for record, _ in _held(folder))


def fsck(folder: Path, log: Entries, blobs: Contents) -> Iterator[Finding]:
    """Yield what in the index differs from the log up to the cursor; nothing means it is sound.

    Raises:
        IndexDamagedError: The index cannot be read.
    """
    stop = read_cursor(folder)
    events = [(each.index, decode_event(each.data)) for each in takewhile(lambda e: e.index < stop, log.entries(0))]
    if len(events) < stop:
        yield Finding("search", "search.cursor", f"next entry is {stop}, the log holds {len(events)}; rebuild search")
    wanted = {key: standing for key, standing in standings(events).items() if standing.is_public}
    seen: set[RecordId] = set()
    for record, digest in _held(folder):
        standing = wanted.get(record.id)
        if record.id in seen:
            yield _finding(record.id, "search.once", "is in the index twice")
        elif standing is None:
            yield _finding(record.id, "search.public", "is in the index and not public")
        else:
            yield from _compare(record, digest, standing, blobs)
        seen.add(record.id)
    for record_id, standing in wanted.items():
        if record_id not in seen:
            yield from _missing(record_id, standing, blobs)
    if purge_pending(folder):
        yield Finding("search", "search.purged", "text of withdrawn records is still in files; run the projection on")


def _compare(record: IndexedRecord, digest: bytes, standing: Standing, blobs: Contents) -> Iterator[Finding]:
    try:
        expected = read_source(standing, blobs)
    except YangguangError as error:
        yield _finding(record.id, "search.readable", f"cannot be compared: {error}")
        return
    if expected is None:
        yield _finding(record.id, "search.erased", "is in the index although its text was erased or lost")
    elif expected.record != record:
        yield _finding(record.id, "search.fields", f"is not as entry {standing.index} published it")
    elif expected.record.text_sha256 != digest:
        yield _finding(record.id, "search.text", f"has another text than entry {standing.index} published")


def _missing(record_id: RecordId, standing: Standing, blobs: Contents) -> Iterator[Finding]:
    try:
        if read_source(standing, blobs) is not None:
            yield _finding(record_id, "search.complete", f"is public since entry {standing.index} and not in the index")
    except (BlobsError, YangguangError) as error:
        yield _finding(record_id, "search.readable", f"cannot be indexed: {error}")


def _held(folder: Path) -> Iterator[tuple[IndexedRecord, bytes]]:
    """Yield each document of the index with the SHA-256 of the text it really keeps."""
    engine = open_engine(folder)
    if engine is None:
        return
    engine.reload()
    searcher = engine.searcher()
    for _, address in searcher.search(tantivy.Query.all_query(), max(1, searcher.num_docs), count=False).hits:
        found = searcher.doc(address)
        yield schema.read_record(found), hashlib.sha256(schema.read_text(found).encode()).digest()


def _finding(record_id: RecordId, rule: str, message: str) -> Finding:
    return Finding(f"record {record_id}", rule, f"{record_id} {message}; rebuild search")
