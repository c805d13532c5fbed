"""What may be asked of the catalogue. Lists show live records only, newest publication first."""

from collections.abc import Iterator

from django.db.models import Count, QuerySet

from yangguang.catalogue.history import present, revision_of
from yangguang.catalogue.models import EntryRow, RecordRow
from yangguang.catalogue.rows import histories, line, logged_event, record_state
from yangguang.catalogue.types import Address, LoggedEvent, Page, RecordState, Revision, Status
from yangguang.kernel.identifiers import RecordId
from yangguang.records.queries import parse_document_number
from yangguang.records.types import Kind

NEWEST_FIRST = ("-published_on", "-newest_index")
COLUMN_KINDS = (Kind.DOCUMENT.value, Kind.RECORD.value)
"""What may stand in the statutory column; news never does (专栏姓专, 国办公开办函〔2019〕61号)."""


def record(identifier: RecordId) -> RecordState | None:
    """Return the present state of a record, withdrawn and erased ones included; None for an unknown identifier."""
    row = RecordRow.objects.filter(id=identifier).first()
    return record_state(row) if row else None


def newest_index(identifier: RecordId) -> int | None:
    """Return the log index of the newest entry about a live record; None for any other.

    One small read, for a cache that must never show what has been withdrawn.
    """
    live = RecordRow.objects.filter(id=identifier, status=Status.LIVE.value)
    return live.values_list("newest_index", flat=True).first()


def history(identifier: RecordId) -> tuple[LoggedEvent, ...]:
    """Return all entries about a record, in log order; empty for an unknown identifier."""
    return tuple(histories([identifier]).get(identifier, ()))


def revision(identifier: RecordId, number: int) -> Revision | None:
    """Return revision `number` of a record, or None where it was never published."""
    return revision_of(known, number) if (known := history(identifier)) else None


def revisions(identifier: RecordId) -> tuple[Revision, ...]:
    """Return all revisions of a record, newest first."""
    known = history(identifier)
    newest = (present(known).content.event.revision or 0) if known else 0
    found = (revision_of(known, number) for number in range(newest, 0, -1))
    return tuple(item for item in found if item)


def entry_index(identifier: RecordId, number: int, label: str) -> int | None:
    """Return the index of the entry that commits to component `label` of a revision; None where none does."""
    found = revision(identifier, number)
    component = found.components.get(label) if found else None
    return component.index if component else None


def leaf(index: int) -> bytes | None:
    """Return the leaf bytes of an entry about a record, as projected from the log."""
    row = EntryRow.objects.filter(index=index).values_list("leaf", flat=True).first()
    return bytes(row) if row is not None else None


def listing(agency: str, column: str, *, page: int = 1, size: int = 20) -> Page:
    """Return page `page` (from 1) of an agency's records in one column."""
    return _page(_column(agency).filter(column=column), page, size)


def counts_by_column(agency: str) -> dict[str, int]:
    """Return how many live records an agency has in each column; columns without any are absent."""
    counted = _column(agency).values_list("column").annotate(number=Count("id")).order_by("column")
    return {column: number for column, number in counted if column}


def counts_by_agency() -> dict[str, int]:
    """Return how many live records each agency has in its column."""
    counted = _live().filter(kind__in=COLUMN_KINDS).values_list("agency_code").annotate(number=Count("id"))
    return dict(counted.order_by("agency_code"))


def latest(number: int) -> tuple[RecordState, ...]:
    """Return the `number` most recently published documents and structured records of all agencies."""
    return tuple(map(record_state, _live().filter(kind__in=COLUMN_KINDS).order_by(*NEWEST_FIRST)[:number]))


def latest_for(agency: str, number: int = 10) -> tuple[RecordState, ...]:
    """Return the `number` most recently published documents and structured records of one agency."""
    return tuple(map(record_state, _column(agency).order_by(*NEWEST_FIRST)[:number]))


def by_document_number(text: str) -> tuple[RecordState, ...]:
    """Return the live records that carry a document number, in whatever bracket style `text` writes it."""
    number = parse_document_number(text)
    if number is None:
        return ()
    return tuple(map(record_state, _live().filter(document_key=number.key).order_by(*NEWEST_FIRST)))


def count_live() -> int:
    """Return how many records the public can read."""
    return _live().count()


def all_live(*, start: int = 0, stop: int | None = None) -> Iterator[Address]:
    """Yield the live records from position `start` to `stop`, oldest publication in the log first."""
    rows = _live().order_by("content_index").values_list("id", "published_at")[start:stop]
    for identifier, published_at in rows.iterator(chunk_size=2_000):
        yield Address(RecordId(identifier), published_at)


def dump() -> Iterator[str]:
    """Yield every row as a canonical line: equal lines, equal catalogues."""
    for entry in EntryRow.objects.order_by("index").iterator(chunk_size=2_000):
        yield line(entry)
    for row in RecordRow.objects.order_by("id").iterator(chunk_size=2_000):
        yield line(row)


def entries(start: int, stop: int) -> Iterator[LoggedEvent]:
    """Yield the projected entries with ``start <= index < stop``, in log order."""
    for row in EntryRow.objects.filter(index__gte=start, index__lt=stop).order_by("index").iterator(chunk_size=2_000):
        yield logged_event(row)


def _live() -> QuerySet[RecordRow]:
    return RecordRow.objects.filter(status=Status.LIVE.value)


def _column(agency: str) -> QuerySet[RecordRow]:
    return _live().filter(agency_code=agency, kind__in=COLUMN_KINDS)


def _page(rows: QuerySet[RecordRow], number: int, size: int) -> Page:
    total = rows.count()
    start = (number - 1) * size
    return Page(tuple(map(record_state, rows.order_by(*NEWEST_FIRST)[start : start + size])), number, size, total)
