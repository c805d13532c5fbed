"""What an imported text becomes: its metadata, its components, its events. Pure but for the digests it makes."""

import hashlib
import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import PurePosixPath

from yangguang.agencies.types import Agency
from yangguang.blobs.queries import national_commitment
from yangguang.blobs.types import Opening
from yangguang.editorial.errors import EditorialError, TooManyFilesError
from yangguang.formats.queries import render
from yangguang.kernel.clock import china_date, unix_seconds
from yangguang.kernel.identifiers import RecordId
from yangguang.records import types as said
from yangguang.records.queries import (
    BODY,
    MAX_ATTACHMENTS,
    META,
    RENDITIONS,
    attachment_label,
    encode_body,
    encode_metadata,
)
from yangguang.records.types import Attachment, Body, Content, Event, EventType, Metadata
from yangguang.sources.types import Manuscript, Place

_REVISION = re.compile(r"\.r[0-9]+$")


@dataclass(slots=True)
class Fresh:
    """A text on its way to a first or a further revision; number, metadata and components follow in this order."""

    manuscript: Manuscript
    agency: Agency
    id: RecordId
    revision: int
    index_number: str = ""
    components: tuple[tuple[str, bytes], ...] = ()
    refusal: str = ""


def components_of(fresh: Fresh, now: datetime) -> tuple[tuple[str, bytes], ...]:
    """Return every component of a revision as (label, bytes), each rendition included.

    Raises:
        TooManyFilesError, EditorialError, BadValueError: what a rule refuses; the message names it.
    """
    files = fresh.manuscript.files
    if len(files) > MAX_ATTACHMENTS:
        raise TooManyFilesError(
            f"{fresh.manuscript.place.name} has {len(files)} attachments: {MAX_ATTACHMENTS} is the limit"
        )
    _check_days(fresh.manuscript, now)
    metadata = _metadata(fresh, now)
    content = Content(fresh.id, fresh.revision, metadata, fresh.manuscript.body)
    return (
        (META, encode_metadata(metadata)),
        (BODY, encode_body(fresh.manuscript.body)),
        *((attachment_label(n), file.data) for n, file in enumerate(files)),
        *((label, render(content, label)) for label in RENDITIONS),
    )


def _check_days(manuscript: Manuscript, now: datetime) -> None:
    today = china_date(now)
    if manuscript.published_on is not None and manuscript.published_on > today:
        raise EditorialError(f"published_on {manuscript.published_on} is later than today, {today}: state when it was")
    first, last = manuscript.effective_from, manuscript.effective_to
    if first is not None and last is not None and last < first:
        raise EditorialError(f"effective_to {last} is before effective_from {first}")


def words_of(manuscript: Manuscript) -> bytes:
    """Return what tells two texts apart: their words; for a revision also its fields and files.

    A revision may say the same words of another validity, or come with another attachment.
    """
    if not manuscript.revises:
        return manuscript.text_sha256
    files = [hashlib.sha256(file.data).hexdigest() + file.name for file in manuscript.files]
    stated = repr(replace(manuscript, body=Body(()), files=(), place=Place("")))
    return hashlib.sha256(manuscript.text_sha256 + "\n".join([stated, *files]).encode()).digest()


def stem_of(name: str) -> str:
    """Return a file's path without extension and without the ``.rN`` of a revision: what its revisions share."""
    return _REVISION.sub("", PurePosixPath(name).with_suffix("").as_posix())


def _metadata(fresh: Fresh, now: datetime) -> Metadata:
    manuscript, agency = fresh.manuscript, fresh.agency
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
        index_number=fresh.index_number,
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


def event_of(fresh: Fresh, commitments: dict[str, bytes], now: datetime) -> Event:
    """Return the event that publishes a revision; the sequencer fills in which entry it follows."""
    return Event(
        type=EventType.IMPORT if fresh.revision == 1 else EventType.REVISE,
        claimed_at=unix_seconds(now),
        id=fresh.id,
        revision=fresh.revision,
        previous=None if fresh.revision == 1 else 0,
        unit=fresh.agency.uscc,
        formed_on=fresh.manuscript.formed_on,
        commitments=commitments,
    )


def withdrawal_of(fresh: Fresh, ground: str, now: datetime) -> Event:
    """Return the withdrawal that a file asks for, right after its publication."""
    return replace(event_of(fresh, {}, now), type=EventType.WITHDRAW, previous=0, formed_on=None, ground=ground)


def national_of(fresh: Fresh, openings: Sequence[Opening]) -> dict[str, bytes]:
    """Return the commitments by SM3 to the components that `openings` open, in the same order."""
    return {
        label: national_commitment(label, opening.salt, content)
        for (label, content), opening in zip(fresh.components, openings, strict=True)
    }
