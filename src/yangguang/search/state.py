"""From the log to what the index should hold of a record: the same answer for one new entry and for a whole log.

A withdrawal or an erasure of text closes the record, older revisions with it, until it is restored (withdrawal only)
or a new revision is published.
"""

from collections.abc import Iterable
from dataclasses import dataclass

from yangguang.blobs.errors import BlobErasedError, BlobMissingError
from yangguang.kernel.identifiers import RecordId
from yangguang.records.queries import BODY, META, decode_body, decode_event, decode_metadata, plain_text
from yangguang.records.types import Event, EventType
from yangguang.search.schema import Source, source
from yangguang.search.types import Contents, Entries

_PUBLISHING = frozenset({EventType.PUBLISH, EventType.IMPORT, EventType.REVISE})
_CLOSING = frozenset({EventType.WITHDRAW, EventType.ERASE})


@dataclass(frozen=True, slots=True)
class Standing:
    """Where a record stands: the entry of its newest revision, and what closed it."""

    index: int
    event: Event
    withdrawn: bool = False
    erased: bool = False

    @property
    def is_public(self) -> bool:
        """Whether the index may hold it."""
        return not (self.withdrawn or self.erased)


def after(standing: Standing | None, index: int, event: Event) -> Standing | None:
    """Return where a record stands after its entry `event` at `index`; None while nothing was published."""
    if event.type in _PUBLISHING:
        return Standing(index, event)
    if standing is None or event.revision != standing.event.revision:
        return standing
    withdrawn, erased = standing.withdrawn, standing.erased
    match event.type:
        case EventType.WITHDRAW:
            withdrawn = True
        case EventType.RESTORE:
            withdrawn = False
        case EventType.ERASE:
            erased = erased or not {META, BODY}.isdisjoint(event.components)
    return Standing(standing.index, standing.event, withdrawn, erased)


def standings(entries: Iterable[tuple[int, Event]]) -> dict[RecordId, Standing]:
    """Return where each record stands after `entries`, which begin with the log's first."""
    found: dict[RecordId, Standing] = {}
    for index, event in entries:
        if event.id is None:
            continue
        now = after(found.get(event.id), index, event)
        if now is not None:
            found[event.id] = now
    return found


def touched(log: Entries, entries: list[tuple[int, Event]]) -> dict[RecordId, tuple[Standing | None, bool]]:
    """Return where each record in `entries` stands after them, and whether anything in them closed it."""
    found: dict[RecordId, tuple[Standing | None, bool]] = {}
    for index, event in entries:
        if event.id is None or event.type is EventType.RENDER:
            continue
        known, closed = found[event.id] if event.id in found else (_before(log, event), False)
        found[event.id] = after(known, index, event), closed or event.type in _CLOSING
    return found


def _before(log: Entries, event: Event) -> Standing | None:
    """Return where the record stood before `event`, read back along its entries as far as its newest revision."""
    back: list[tuple[int, Event]] = []
    index = event.previous if event.type not in _PUBLISHING else None
    while index is not None:
        earlier = decode_event(log.entry(index).data)
        back.append((index, earlier))
        index = earlier.previous if earlier.type not in _PUBLISHING else None
    standing: Standing | None = None
    for place, earlier in reversed(back):
        standing = after(standing, place, earlier)
    return standing


def read_source(standing: Standing, contents: Contents) -> Source | None:
    """Return what the index takes from a public record; None where its metadata is gone.

    Raises:
        BlobCorruptError: The store hands out something else than was committed to.
        RecordsError: A component that this release cannot read.
    """
    event = standing.event
    meta, body = event.commitments.get(META), event.commitments.get(BODY, b"")
    if not standing.is_public or event.id is None or event.revision is None or meta is None:
        return None
    try:
        metadata = decode_metadata(contents.content(meta))
        text = plain_text(decode_body(contents.content(body))) if body else ""
    except (BlobErasedError, BlobMissingError):
        # Erased before the entry that says so was read, or lost: half a record would be found and could not be shown.
        return None
    return source(
        record_id=event.id,
        revision=event.revision,
        log_index=standing.index,
        metadata=metadata,
        body_commitment=body,
        text=text,
    )
