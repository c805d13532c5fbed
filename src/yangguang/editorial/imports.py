"""From manuscripts to queued `import` events: duplicates merged, contents stored, one batch at a time.

Order matters for crash safety: contents first (durable, but reachable by no address), then one transaction of the
business database that says both "this text is imported" and "this event waits to be logged". A crash before it leaves
orphan contents and nothing else; a crash after it leaves an event that the sequencer finds.
"""

import hashlib
import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path, PurePosixPath

from django.db import DatabaseError, transaction

from yangguang.agencies.queries import agency as agency_of
from yangguang.agencies.types import NO_USCC, Agency
from yangguang.blobs.commands import put_all
from yangguang.editorial.errors import EditorialError, OutboxFullError, TooManyFilesError
from yangguang.editorial.models import ImportedRow, PlaceRow, SerialRow
from yangguang.editorial.outbox import enqueue, head_of
from yangguang.editorial.types import Imported, Outcome, State
from yangguang.formats.queries import render
from yangguang.kernel.clock import Clock, china_date, unix_seconds
from yangguang.kernel.errors import YangguangError
from yangguang.kernel.identifiers import RecordId, new_record_id
from yangguang.records import types as said
from yangguang.records.queries import (
    BODY,
    MAX_ATTACHMENTS,
    META,
    RENDITIONS,
    attachment_label,
    encode_body,
    encode_event,
    encode_metadata,
)
from yangguang.records.types import Attachment, Content, Event, EventType, Kind, Metadata
from yangguang.sources.types import Manuscript

_REVISION = re.compile(r"\.r[0-9]+$")


@dataclass(frozen=True, slots=True)
class _Prepared:
    """A manuscript made ready: who publishes, which record and revision, and the components to store."""

    manuscript: Manuscript
    agency: Agency
    id: RecordId
    revision: int
    metadata: Metadata
    components: tuple[tuple[str, bytes], ...]


def import_all(manuscripts: Sequence[Manuscript], *, agency: str, blobs: Path, clock: Clock) -> tuple[Imported, ...]:
    """Queue one batch of manuscripts for the log.

    Args:
        manuscripts: In reading order; a revision after what it revises.
        agency: Code of the agency that publishes what names none.
        blobs: Folder of the contents.
        clock: The claimed time.

    Returns:
        What became of each, in order. A bad manuscript is refused alone; the others are queued.

    Raises:
        UnknownAgencyError: `agency` is not registered.
        BlobNotStoredError, OutboxFullError: the disk refused; nothing of the batch was queued.
    """
    default = agency_of(agency)
    batch = _Batch(default, clock(), blobs)
    for manuscript in manuscripts:
        batch.take(manuscript)
    batch.queue()
    return tuple(batch.outcomes)


class _Batch:
    """One batch on its way; `take` each manuscript, then `queue` them all at once."""

    def __init__(self, default: Agency, now: datetime, blobs: Path) -> None:
        self.outcomes: list[Imported] = []
        self._default = default
        self._now = now
        self._blobs = blobs
        self._agencies = {default.code: default}
        self._fresh: dict[tuple[str, bytes], _Prepared] = {}
        self._places: list[tuple[tuple[str, bytes], Manuscript]] = []

    def take(self, manuscript: Manuscript) -> None:
        """Decide what `manuscript` becomes."""
        try:
            outcome, record = self._decide(manuscript)
            reason = ""
        except YangguangError as error:
            outcome, record, reason = Outcome.REFUSED, None, str(error)
        place = manuscript.place
        self.outcomes.append(Imported(outcome, place.name, place.line, manuscript.title, record, reason))

    def _decide(self, manuscript: Manuscript) -> tuple[Outcome, RecordId]:
        agency = self._agency(manuscript.agency_code)
        key = (agency.code, manuscript.text_sha256)
        if key in self._fresh:
            self._places.append((key, manuscript))
            return Outcome.DUPLICATE, self._fresh[key].id
        known = ImportedRow.objects.filter(agency=agency.code, text_sha256=manuscript.text_sha256).first()
        if known is not None:
            place = manuscript.place
            if known.places.filter(name=place.name, line=place.line).exists():
                return Outcome.ALREADY, RecordId(known.record)
            self._places.append((key, manuscript))
            return Outcome.DUPLICATE, RecordId(known.record)
        identifier, revision = self._identity(manuscript)
        self._fresh[key] = self._prepare(manuscript, agency, identifier, revision)
        self._places.append((key, manuscript))
        return (Outcome.PUBLISHED if revision == 1 else Outcome.REVISED), identifier

    def _agency(self, code: str) -> Agency:
        if code and code not in self._agencies:
            self._agencies[code] = agency_of(code)
        return self._agencies[code] if code else self._default

    def _identity(self, manuscript: Manuscript) -> tuple[RecordId, int]:
        if not manuscript.revises:
            return new_record_id(), 1
        for earlier in reversed(self._fresh.values()):
            if _stem(earlier.manuscript.place.name) == manuscript.revises:
                return earlier.id, earlier.revision + 1
        places = PlaceRow.objects.filter(name__startswith=f"{manuscript.revises}.").select_related("imported")
        place = next((row for row in places.order_by("-id") if _stem(row.name) == manuscript.revises), None)
        if place is None:
            raise EditorialError(f"{manuscript.place.name} revises {manuscript.revises}, which was never imported here")
        record = RecordId(place.imported.record)
        head = head_of(record)
        if head is None or head.state is not State.LIVE:
            raise EditorialError(
                f"{manuscript.place.name} revises {record}, which is {head.state if head else 'unknown'}"
            )
        return record, head.revision + 1

    def _prepare(self, manuscript: Manuscript, agency: Agency, identifier: RecordId, revision: int) -> _Prepared:
        if len(manuscript.files) > MAX_ATTACHMENTS:
            raise TooManyFilesError(
                f"{manuscript.place.name} has {len(manuscript.files)} attachments: {MAX_ATTACHMENTS} a record is the limit"
            )
        index_number = (
            "" if manuscript.kind is Kind.NEWS else self._index_number(manuscript, agency, identifier, revision)
        )
        metadata = _metadata(manuscript, agency, index_number, self._now)
        content = Content(identifier, revision, metadata, manuscript.body)
        components = [(META, encode_metadata(metadata)), (BODY, encode_body(manuscript.body))]
        components += [(attachment_label(n), file.data) for n, file in enumerate(manuscript.files)]
        components += [(label, render(content, label)) for label in RENDITIONS]
        # Encoded here with empty commitments so that a bad leaf refuses this manuscript and not its whole batch.
        encode_event(
            _event(manuscript, agency, identifier, revision, dict.fromkeys(dict(components), bytes(32)), self._now)
        )
        return _Prepared(manuscript, agency, identifier, revision, metadata, tuple(components))

    def _index_number(self, manuscript: Manuscript, agency: Agency, identifier: RecordId, revision: int) -> str:
        if revision > 1:
            queued = [p.metadata.index_number for p in self._fresh.values() if p.id == identifier]
            stored = ImportedRow.objects.filter(record=identifier).values_list("index_number", flat=True)
            return (queued or list(stored[:1]) or [""])[0]
        if manuscript.index_number:
            return manuscript.index_number
        unit = agency.code if agency.uscc == NO_USCC else agency.uscc
        year = (manuscript.formed_on or manuscript.published_on or china_date(self._now)).year
        with transaction.atomic():
            row, _ = SerialRow.objects.select_for_update().get_or_create(unit=unit, year=year, defaults={"last": 0})
            row.last += 1
            row.save(update_fields=["last"])
        return f"{unit}/{year}-{row.last:05d}"

    def queue(self) -> None:
        """Store contents durably, then write imports, places and events in one transaction."""
        fresh = list(self._fresh.items())
        openings = put_all(self._blobs, [component for _, prepared in fresh for component in prepared.components])
        events: list[Event] = []
        start = 0
        for _, prepared in fresh:
            own = openings[start : start + len(prepared.components)]
            start += len(prepared.components)
            commitments = {opening.label: opening.commitment for opening in own}
            events.append(
                _event(prepared.manuscript, prepared.agency, prepared.id, prepared.revision, commitments, self._now)
            )
            if prepared.manuscript.withdrawn is not None:
                events.append(_withdrawal(prepared, self._now))
        try:
            with transaction.atomic():
                self._record_places(fresh)
                enqueue(events)
        except DatabaseError as error:
            raise OutboxFullError(
                f"{len(fresh)} records could not be queued: {error}; free disk space and run again"
            ) from error

    def _record_places(self, fresh: Sequence[tuple[tuple[str, bytes], _Prepared]]) -> None:
        ImportedRow.objects.bulk_create(
            ImportedRow(
                agency=code,
                text_sha256=digest,
                record=prepared.id,
                revision=prepared.revision,
                index_number=prepared.metadata.index_number,
            )
            for (code, digest), prepared in fresh
        )
        for (code, digest), manuscript in self._places:
            PlaceRow.objects.get_or_create(
                imported=ImportedRow.objects.get(agency=code, text_sha256=digest),
                name=manuscript.place.name,
                line=manuscript.place.line,
            )


def _stem(name: str) -> str:
    """Return a file's path without extension and without the ``.rN`` of a revision: what its revisions share."""
    return _REVISION.sub("", PurePosixPath(name).with_suffix("").as_posix())


def _metadata(manuscript: Manuscript, agency: Agency, index_number: str, now: datetime) -> Metadata:
    published_on = manuscript.published_on
    doubts = manuscript.doubts
    if published_on is None:
        published_on = china_date(now)
        doubts += (said.Doubt("published_on", "原件未载明发布日期，以导入日期代替"),)
    title = manuscript.document_title or manuscript.title
    return Metadata(
        kind=manuscript.kind,
        title=title,
        headline=manuscript.title if manuscript.title != title else "",
        agency=said.Agency(agency.code, agency.name, agency.uscc),
        published_on=published_on,
        index_number=index_number,
        summary=manuscript.summary,
        formed_on=manuscript.formed_on,
        issuers=manuscript.issuers,
        addressees=manuscript.addressees,
        document_number=manuscript.document_number,
        column=manuscript.column,
        topic=manuscript.topic,
        genre=manuscript.genre,
        keywords=manuscript.keywords,
        validity=manuscript.validity,
        effective_from=manuscript.effective_from,
        effective_to=manuscript.effective_to,
        basis=manuscript.basis,
        source=manuscript.source,
        region_code=agency.region_code,
        attachments=tuple(
            Attachment(file.name, file.media_type, len(file.data), hashlib.sha256(file.data).hexdigest())
            for file in manuscript.files
        ),
        doubts=doubts,
    )


def _event(
    manuscript: Manuscript,
    agency: Agency,
    identifier: RecordId,
    revision: int,
    commitments: dict[str, bytes],
    now: datetime,
) -> Event:
    return Event(
        type=EventType.IMPORT if revision == 1 else EventType.REVISE,
        claimed_at=unix_seconds(now),
        id=identifier,
        revision=revision,
        previous=None if revision == 1 else 0,
        unit=agency.uscc,
        formed_on=manuscript.formed_on,
        commitments=commitments,
    )


def _withdrawal(prepared: _Prepared, now: datetime) -> Event:
    withdrawn = prepared.manuscript.withdrawn
    event = _event(prepared.manuscript, prepared.agency, prepared.id, prepared.revision, {}, now)
    return replace(
        event,
        type=EventType.WITHDRAW,
        previous=0,
        formed_on=None,
        ground=withdrawn.ground if withdrawn else "",
    )
