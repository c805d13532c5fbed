"""Between rows of the tables and the types of the door; no row leaves this room."""

from collections.abc import Iterable
from typing import cast

from yangguang.catalogue.models import EntryRow, RecordRow
from yangguang.catalogue.types import LoggedEvent, RecordState, Status
from yangguang.kernel import canonical
from yangguang.kernel.identifiers import RecordId
from yangguang.records.queries import decode_event
from yangguang.records.types import Kind, Validity

CURSOR = 1
"""Primary key of the one cursor row."""


def record_row(state: RecordState) -> RecordRow:
    """Return the unsaved row that says what `state` says."""
    return RecordRow(
        id=state.id,
        status=state.status.value,
        revision=state.revision,
        newest_index=state.newest_index,
        leaf_hash=state.leaf_hash,
        content_index=state.content_index,
        published_at=state.published_at,
        meta_commitment=state.meta_commitment,
        body_commitment=state.body_commitment,
        unit=state.unit,
        kind=state.kind.value if state.kind else "",
        title=state.title,
        index_number=state.index_number,
        document_number=state.document_number,
        document_key=state.document_key,
        agency_code=state.agency_code,
        agency_name=state.agency_name,
        issuers=canonical.encode(list(state.issuers)).decode() if state.issuers else "",
        column=state.column,
        formed_on=state.formed_on,
        published_on=state.published_on,
        source=state.source,
        topic=state.topic,
        genre=state.genre,
        validity=state.validity.value if state.validity else "",
        closed_at=state.closed_at,
        ground=state.ground,
        decided_by=state.decided_by,
    )


def record_state(row: RecordRow) -> RecordState:
    """Return what `row` says."""
    return RecordState(
        id=RecordId(row.id),
        status=Status(row.status),
        revision=row.revision,
        newest_index=row.newest_index,
        leaf_hash=bytes(row.leaf_hash),
        content_index=row.content_index,
        published_at=row.published_at,
        meta_commitment=bytes(row.meta_commitment),
        body_commitment=bytes(row.body_commitment),
        unit=row.unit,
        kind=Kind(row.kind) if row.kind else None,
        title=row.title,
        index_number=row.index_number,
        document_number=row.document_number,
        document_key=row.document_key,
        agency_code=row.agency_code,
        agency_name=row.agency_name,
        issuers=tuple(cast("list[str]", canonical.decode(row.issuers.encode()))) if row.issuers else (),
        column=row.column,
        formed_on=row.formed_on,
        published_on=row.published_on,
        source=row.source,
        topic=row.topic,
        genre=row.genre,
        validity=Validity(row.validity) if row.validity else None,
        closed_at=row.closed_at,
        ground=row.ground,
        decided_by=row.decided_by,
    )


def entry_row(logged: LoggedEvent, leaf: bytes) -> EntryRow:
    """Return the unsaved row of an entry about a record, with the leaf's own bytes."""
    return EntryRow(index=logged.index, leaf_hash=logged.leaf_hash, record=logged.event.id or "", leaf=leaf)


def logged_event(row: EntryRow) -> LoggedEvent:
    """Return what `row` says."""
    return LoggedEvent(row.index, bytes(row.leaf_hash), decode_event(bytes(row.leaf)))


def histories(ids: Iterable[str]) -> dict[str, list[LoggedEvent]]:
    """Return the known entries of the records `ids`, each history in log order; records without entries are absent."""
    found: dict[str, list[LoggedEvent]] = {}
    wanted = sorted(set(ids))
    # SQLite takes at most 999 parameters a statement by Django's count.
    for start in range(0, len(wanted), 900):
        for row in EntryRow.objects.filter(record__in=wanted[start : start + 900]).order_by("index"):
            found.setdefault(row.record, []).append(logged_event(row))
    return found


def line(row: RecordRow | EntryRow) -> str:
    """Return `row` as one canonical line, for comparing a rebuilt catalogue with a live one."""
    table = row._meta  # noqa: SLF001 - Django's documented way to a model's fields
    said: dict[str, canonical.JsonValue] = {"table": table.db_table}
    for field in table.concrete_fields:
        value = getattr(row, field.attname)
        if isinstance(value, bytes | memoryview):
            said[field.attname] = bytes(value).hex()
        elif value is None or isinstance(value, int | str):
            said[field.attname] = value
        else:
            said[field.attname] = value.isoformat()
    return canonical.encode(said).decode()
