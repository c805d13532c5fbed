"""From manuscripts to queued `import` events: duplicates merged, contents stored, one batch at a time.

Order matters for crash safety: contents first (durable, but reachable by no address), then one transaction of the
business database that says both "this text is imported" and "this event waits to be logged". A crash before it leaves
orphan contents and nothing else; a crash after it leaves an event that the sequencer finds.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from itertools import islice
from pathlib import Path

from django.db import DatabaseError, transaction

from yangguang.agencies.queries import agency as agency_of
from yangguang.agencies.types import NO_USCC, Agency
from yangguang.blobs.commands import put_all
from yangguang.editorial.components import Fresh, components_of, event_of, national_of, stem_of, withdrawal_of, words_of
from yangguang.editorial.errors import EditorialError, NotPossibleError, OutboxFullError
from yangguang.editorial.heads import after, why_not
from yangguang.editorial.models import ImportedRow, PlaceRow, SerialRow
from yangguang.editorial.outbox import enqueue, head_of
from yangguang.editorial.types import Head, Imported, Outcome, State
from yangguang.kernel.clock import Clock, china_date
from yangguang.kernel.errors import YangguangError
from yangguang.kernel.identifiers import RecordId, new_record_id
from yangguang.records.queries import (
    encode_event,
)
from yangguang.records.types import Event, Kind
from yangguang.sources.types import Manuscript

_Key = tuple[str, bytes]
"""Agency code and digest of the normalised words: what makes two texts the same record."""


@dataclass(frozen=True, slots=True)
class _Decision:
    """What a manuscript becomes, before its components are made."""

    manuscript: Manuscript
    outcome: Outcome
    record: RecordId | None = None
    key: _Key | None = None
    refusal: str = ""


def import_all(
    manuscripts: Sequence[Manuscript], *, agency: str, blobs: Path, clock: Clock, national: bool = False
) -> tuple[Imported, ...]:
    """Queue one batch of manuscripts for the log.

    Args:
        manuscripts: In reading order; a revision after what it revises.
        agency: Code of the agency that publishes what names none.
        blobs: Folder of the contents.
        clock: The claimed time.
        national: Commit by SM3 as well.

    Returns:
        What became of each, in order. A bad manuscript is refused alone; the others are queued.

    Raises:
        UnknownAgencyError: `agency` is not registered.
        BlobNotStoredError, OutboxFullError: the disk refused; nothing of the batch was queued.
    """
    batch = _Batch(agency_of(agency), clock(), national=national)
    try:
        batch.decide(manuscripts)
        batch.number()
        batch.prepare()
        batch.queue(blobs)
    except DatabaseError as error:
        raise OutboxFullError(
            f"{len(manuscripts)} manuscripts could not be queued: {error}; free disk space and run again"
        ) from error
    return batch.outcomes()


class _Batch:
    """One batch on its way: `decide`, `number`, `prepare`, `queue`, in this order."""

    def __init__(self, default: Agency, now: datetime, *, national: bool) -> None:
        self._national = national
        self._default = default
        self._now = now
        self._agencies = {default.code: default}
        self._decisions: list[_Decision] = []
        self._fresh: dict[_Key, Fresh] = {}
        self._known: dict[_Key, ImportedRow] = {}
        self._places: set[tuple[int, str, int | None]] = set()

    def decide(self, manuscripts: Sequence[Manuscript]) -> None:
        """Find out which manuscripts are new, which revise, which are known."""
        digests = [words_of(manuscript) for manuscript in manuscripts]
        self._known = {
            (row.agency, bytes(row.text_sha256)): row for row in ImportedRow.objects.filter(text_sha256__in=digests)
        }
        rows = [row.pk for row in self._known.values()]
        places = PlaceRow.objects.filter(imported__in=rows).values_list("imported_id", "name", "line")
        self._places = set(places)
        for manuscript in manuscripts:
            try:
                self._decisions.append(self._decide(manuscript))
            except YangguangError as error:
                self._decisions.append(_Decision(manuscript, Outcome.REFUSED, refusal=str(error)))

    def _decide(self, manuscript: Manuscript) -> _Decision:
        agency = self._agency(manuscript.agency_code)
        key = (agency.code, words_of(manuscript))
        if key in self._fresh:
            return _Decision(manuscript, Outcome.DUPLICATE, self._fresh[key].id, key)
        if key in self._known:
            row = self._known[key]
            here = (row.pk, manuscript.place.name, manuscript.place.line)
            outcome = Outcome.ALREADY if here in self._places else Outcome.DUPLICATE
            return _Decision(manuscript, outcome, RecordId(row.record), key)
        identifier, revision = self._identity(manuscript, agency)
        self._fresh[key] = Fresh(manuscript, agency, identifier, revision)
        return _Decision(manuscript, Outcome.PUBLISHED if revision == 1 else Outcome.REVISED, identifier, key)

    def _agency(self, code: str) -> Agency:
        if code and code not in self._agencies:
            self._agencies[code] = agency_of(code)
        return self._agencies[code] if code else self._default

    def _identity(self, manuscript: Manuscript, agency: Agency) -> tuple[RecordId, int]:
        if not manuscript.revises:
            return new_record_id(), 1
        # Of the same agency only: guide.md is a name that every agency uses, and nobody revises for another.
        for earlier in reversed(self._fresh.values()):
            if earlier.agency == agency and stem_of(earlier.manuscript.place.name) == manuscript.revises:
                return earlier.id, earlier.revision + 1
        places = PlaceRow.objects.filter(name__startswith=f"{manuscript.revises}.", imported__agency=agency.code)
        candidates = places.select_related("imported").order_by("-id")
        place = next((row for row in candidates if stem_of(row.name) == manuscript.revises), None)
        if place is None:
            raise EditorialError(
                f"{manuscript.place.name} revises {manuscript.revises}, which was never imported here for {agency.code}"
            )
        record = RecordId(place.imported.record)
        head = head_of(record)
        if head is None or head.state is not State.LIVE:
            state = head.state if head else "unknown"
            raise EditorialError(f"{manuscript.revises} ({record}) is {state}: it cannot be revised")
        return record, head.revision + 1

    def number(self) -> None:
        """Give each new record its index number (索引号); a revision keeps its record's, news has none."""
        numbers: dict[RecordId, str] = {}
        wanted: dict[tuple[str, int], list[Fresh]] = {}
        for fresh in self._fresh.values():
            if fresh.manuscript.kind is Kind.NEWS:
                continue
            if fresh.manuscript.index_number:
                numbers[fresh.id] = fresh.manuscript.index_number
            elif fresh.revision == 1:
                wanted.setdefault(self._series(fresh), []).append(fresh)
        for (unit, year), several in wanted.items():
            first = _reserve(unit, year, len(several))
            numbers |= {fresh.id: f"{unit}/{year}-{first + n:05d}" for n, fresh in enumerate(several)}
        revised = [fresh.id for fresh in self._fresh.values() if fresh.id not in numbers]
        stored = ImportedRow.objects.filter(record__in=revised).values_list("record", "index_number")
        numbers |= {RecordId(record): number for record, number in stored}
        for fresh in self._fresh.values():
            fresh.index_number = numbers.get(fresh.id, "")

    def _series(self, fresh: Fresh) -> tuple[str, int]:
        unit = fresh.agency.code if fresh.agency.uscc == NO_USCC else fresh.agency.uscc
        day = fresh.manuscript.formed_on or fresh.manuscript.published_on or china_date(self._now)
        return unit, day.year

    def prepare(self) -> None:
        """Make every component; what a rule refuses is refused alone."""
        heads: dict[RecordId, Head | None] = {}
        for fresh in self._fresh.values():
            try:
                fresh.components = components_of(fresh, self._now)
                # Encoded with empty commitments, so that a bad leaf refuses this manuscript and not its whole batch.
                commitments = dict.fromkeys(dict(fresh.components), bytes(32))
                encode_event(event_of(fresh, commitments, self._now))
                # Asked here as the sequencer will ask: of what is refused there the person at the import hears nothing.
                head = heads.get(fresh.id) or (head_of(fresh.id) if fresh.revision > 1 else None)
                heads[fresh.id] = _led(fresh, _events(fresh, commitments, self._now), head)
            except YangguangError as error:
                fresh.refusal = str(error)
        self._fresh = {key: fresh for key, fresh in self._fresh.items() if not self._refuse(key, fresh)}

    def _refuse(self, key: _Key, fresh: Fresh) -> bool:
        if not fresh.refusal:
            return False
        self._decisions = [
            replace(decision, outcome=Outcome.REFUSED, record=None, refusal=fresh.refusal)
            if decision.key == key
            else decision
            for decision in self._decisions
        ]
        return True

    def queue(self, blobs: Path) -> None:
        """Store contents durably, then write imports, places and events in one transaction."""
        fresh = list(self._fresh.values())
        items = [component for one in fresh for component in one.components]
        owners = [one.id for one in fresh for _ in one.components]
        openings = iter(put_all(blobs, items, owners=owners))
        events: list[Event] = []
        for one in fresh:
            own = list(islice(openings, len(one.components)))
            event, *more = _events(one, {opening.label: opening.commitment for opening in own}, self._now)
            if self._national:
                event = replace(event, national=national_of(one, own))
            events += [event, *more]
        with transaction.atomic():
            self._record_imports()
            enqueue(events)

    def _record_imports(self) -> None:
        made = ImportedRow.objects.bulk_create(
            ImportedRow(
                agency=code,
                text_sha256=digest,
                record=fresh.id,
                revision=fresh.revision,
                index_number=fresh.index_number,
            )
            for (code, digest), fresh in self._fresh.items()
        )
        rows = self._known | {(row.agency, bytes(row.text_sha256)): row for row in made}
        PlaceRow.objects.bulk_create(
            (
                PlaceRow(
                    imported=rows[decision.key],
                    name=decision.manuscript.place.name,
                    line=decision.manuscript.place.line,
                )
                for decision in self._decisions
                if decision.key is not None and decision.outcome not in {Outcome.ALREADY, Outcome.REFUSED}
            ),
            ignore_conflicts=True,
        )

    def outcomes(self) -> tuple[Imported, ...]:
        """Return what became of each manuscript, in order."""
        return tuple(
            Imported(
                decision.outcome,
                decision.manuscript.place.name,
                decision.manuscript.place.line,
                decision.manuscript.title,
                decision.record,
                decision.refusal,
            )
            for decision in self._decisions
        )


def _reserve(unit: str, year: int, number: int) -> int:
    """Return the first of `number` fresh serials of a unit and year, never to be given out again."""
    with transaction.atomic():
        row, _ = SerialRow.objects.select_for_update().get_or_create(unit=unit, year=year, defaults={"last": 0})
        first = row.last + 1
        row.last += number
        row.save(update_fields=["last"])
    return first


def _events(fresh: Fresh, commitments: dict[str, bytes], now: datetime) -> list[Event]:
    events = [event_of(fresh, commitments, now)]
    if fresh.manuscript.withdrawn is not None:
        events.append(withdrawal_of(fresh, fresh.manuscript.withdrawn.ground, now))
    return events


def _led(fresh: Fresh, events: Sequence[Event], head: Head | None) -> Head | None:
    """Return where `events` lead the record that stands at `head`.

    Raises:
        NotPossibleError: one of them cannot follow.
    """
    for event in events:
        if reason := why_not(event, head):
            revised = fresh.manuscript.revises
            raise NotPossibleError(f"{revised} cannot be revised: {reason}" if revised else reason)
        head = after(event, head, head.last_index if head else 0)
    return head
