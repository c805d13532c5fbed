"""A log and a store in memory with the contracts of the real ones, and a shorthand for publishing into them."""

import hashlib
from collections.abc import Iterator
from datetime import date
from pathlib import Path

from yangguang.blobs.errors import BlobErasedError, BlobMissingError
from yangguang.kernel.identifiers import RecordId, new_record_id
from yangguang.law.queries import grounds
from yangguang.ledger.types import Entry
from yangguang.records.queries import BODY, META, encode_body, encode_event, encode_metadata, plain_text
from yangguang.records.types import Agency, Body, Event, EventType, Kind, Metadata, Paragraph
from yangguang.search.commands import advance
from yangguang.search.queries import Index, open_index
from yangguang.search.types import Filters, Results

OFFICE = Agency("bgs", "清河县人民政府办公室", "11370112004189014X")
DAY = date(2019, 6, 3)
UNIT = "11370112004189014X"
GROUND = grounds()[0].code


class World:
    """Publishes into memory; `index` follows on request. `texts` is what a full scan looks through."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.leaves: list[bytes] = []
        self.contents: dict[bytes, bytes | None] = {}
        self.newest: dict[RecordId, int] = {}
        self.texts: dict[RecordId, tuple[Metadata, str]] = {}
        self._count = 0

    def entries(self, start: int, stop: int | None = None) -> Iterator[Entry]:
        for index in range(start, len(self.leaves) if stop is None else stop):
            yield Entry(index, self.leaves[index])

    def entry(self, index: int) -> Entry:
        return Entry(index, self.leaves[index])

    def content(self, key: bytes, /) -> bytes:
        if key not in self.contents:
            raise BlobMissingError(key.hex())
        found = self.contents[key]
        if found is None:
            raise BlobErasedError(key.hex())
        return found

    def publish(
        self,
        title: str,
        *paragraphs: str,
        agency: Agency = OFFICE,
        issuers: tuple[str, ...] = (),
        number: str = "",
        column: str | None = "legal-basis",
        kind: Kind = Kind.DOCUMENT,
        published_on: date = DAY,
        formed_on: date | None = None,
    ) -> RecordId:
        self._count += 1
        serial = self._count
        record_id = new_record_id(lambda size: hashlib.sha256(str(serial).encode()).digest()[:size])
        metadata = Metadata(
            kind=kind,
            title=title,
            agency=agency,
            published_on=published_on,
            formed_on=formed_on,
            issuers=issuers,
            document_number=number,
            column=column,
        )
        self._add(record_id, EventType.PUBLISH, 1, metadata, paragraphs)
        return record_id

    def revise(self, record_id: RecordId, title: str, *paragraphs: str, revision: int = 2) -> None:
        metadata = Metadata(kind=Kind.DOCUMENT, title=title, agency=OFFICE, published_on=DAY, column="plans")
        self._add(record_id, EventType.REVISE, revision, metadata, paragraphs)

    def withdraw(self, record_id: RecordId, revision: int = 1) -> None:
        self._say(record_id, EventType.WITHDRAW, revision)

    def restore(self, record_id: RecordId, revision: int = 1) -> None:
        self._say(record_id, EventType.RESTORE, revision)

    def erase(self, record_id: RecordId, *components: str, revision: int = 1) -> None:
        self._say(record_id, EventType.ERASE, revision, components=tuple(sorted(components)))

    def destroy(self, record_id: RecordId) -> None:
        """Destroy every content of the record, as the store does after an erasure."""
        for key in [key for key, value in self.contents.items() if key.startswith(record_id.encode()[:8]) and value]:
            self.contents[key] = None

    def advance(self, limit: int = 1000) -> int:
        return advance(self.folder, self, self, limit=limit)

    def settle(self) -> None:
        while self.advance():
            pass

    def index(self) -> Index:
        self.settle()
        return open_index(self.folder)

    def search(self, query: str, filters: Filters | None = None) -> Results:
        return self.index().search(query, filters, size=100)

    def titles(self, query: str, filters: Filters | None = None) -> list[str]:
        return [hit.record.title for hit in self.search(query, filters).hits]

    def _add(
        self, record_id: RecordId, kind: EventType, revision: int, metadata: Metadata, paragraphs: tuple[str, ...]
    ) -> None:
        body = Body(tuple(Paragraph(each) for each in paragraphs))
        commitments = {}
        for label, raw in ((META, encode_metadata(metadata)), (BODY, encode_body(body))):
            digest = hashlib.sha256(f"{record_id}{revision}{label}".encode() + raw).digest()
            key = record_id.encode()[:8] + digest[:24]
            self.contents[key] = raw
            commitments[label] = key
        self.texts[record_id] = (metadata, plain_text(body))
        self._log(
            Event(
                type=kind,
                claimed_at=1_785_542_400,
                id=record_id,
                revision=revision,
                previous=self.newest.get(record_id),
                unit=UNIT,
                formed_on=DAY,
                commitments=commitments,
            )
        )

    def _say(self, record_id: RecordId, kind: EventType, revision: int, components: tuple[str, ...] = ()) -> None:
        closing = kind in {EventType.WITHDRAW, EventType.ERASE}
        self._log(
            Event(
                type=kind,
                claimed_at=1_785_542_500,
                id=record_id,
                revision=revision,
                previous=self.newest[record_id],
                unit=UNIT,
                components=components,
                ground=GROUND if closing else "",
                decided_by=UNIT if closing else "",
            )
        )

    def _log(self, event: Event) -> None:
        if event.id is not None:
            self.newest[event.id] = len(self.leaves)
        self.leaves.append(encode_event(event))
