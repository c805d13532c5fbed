"""Between rows of the tables and the types of the door; no row leaves this room."""

from collections.abc import Iterable
from typing import TypeAlias, cast

from django.db import connection

from yangguang.catalogue.models import EntryRow, RecordRow
from yangguang.catalogue.types import LoggedEvent, RecordState, Status
from yangguang.kernel import canonical
from yangguang.kernel.identifiers import RecordId
from yangguang.records.queries import decode_event
from yangguang.records.types import Kind, Validity

Value: TypeAlias = str | int | bytes | None
"""What a column holds; days are stored as ISO text, as Django does."""

CURSOR = 1
"""Primary key of the one cursor row."""


def save_records(states: Iterable[RecordState]) -> None:
    """Insert the rows of `states`, or replace those of the same records."""
    _save(RecordRow, (_record_values(state) for state in states))


def save_entries(entries: Iterable[tuple[bytes, LoggedEvent]]) -> None:
    """Insert the rows of entries about records, given with their leaf bytes."""
    _save(EntryRow, ((logged.index, logged.leaf_hash, logged.event.id or "", leaf) for leaf, logged in entries))


def _save(model: type[RecordRow | EntryRow], rows: Iterable[tuple[Value, ...]]) -> None:
    # Past Django's `bulk_create`, which prepares each value of each row anew and takes half the time of a rebuild.
    # Columns come from the model, values are parameters: nothing of the data is part of the statement.
    quote = connection.ops.quote_name
    table = model._meta  # noqa: SLF001 - Django's documented way to a model's fields
    columns = [quote(field.attname) for field in table.concrete_fields]
    key = columns[0]
    statement = (
        f"INSERT INTO {quote(table.db_table)} ({', '.join(columns)}) "  # noqa: S608 - see above
        f"VALUES ({', '.join(['%s'] * len(columns))}) "
        f"ON CONFLICT ({key}) DO UPDATE SET {', '.join(f'{name} = excluded.{name}' for name in columns[1:])}"
    )
    with connection.cursor() as cursor:
        cursor.executemany(statement, list(rows))


def _record_values(state: RecordState) -> tuple[Value, ...]:
    """Return the values of a row in the order of the model's fields."""
    return (
        state.id,
        state.status.value,
        state.revision,
        state.newest_index,
        state.leaf_hash,
        state.content_index,
        state.published_at,
        state.meta_commitment,
        state.body_commitment,
        state.unit,
        state.kind.value if state.kind else "",
        state.title,
        state.index_number,
        state.document_number,
        state.document_key,
        state.agency_code,
        state.agency_name,
        canonical.encode(list(state.issuers)).decode() if state.issuers else "",
        state.column,
        state.formed_on.isoformat() if state.formed_on else None,
        state.published_on.isoformat() if state.published_on else None,
        state.source,
        state.topic,
        state.genre,
        state.validity.value if state.validity else "",
        state.closed_at,
        state.ground,
        state.decided_by,
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
