"""The catalogue is a projection: dropped and rebuilt it is the same, and what was changed in it is found and named."""

import pytest
from django.db import IntegrityError
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.rooms.catalogue.archive import UNIT, Archive, body, metadata
from yangguang.catalogue.commands import advance, drop
from yangguang.catalogue.errors import BrokenHistoryError
from yangguang.catalogue.models import CursorRow, EntryRow, RecordRow
from yangguang.catalogue.queries import cursor, dump, entries, fsck, record
from yangguang.kernel.identifiers import new_record_id
from yangguang.records.queries import META, encode_event
from yangguang.records.types import Event, EventType

pytestmark = pytest.mark.django_db


def _lived_in(archive: Archive, limit: int) -> None:
    first = archive.publish()
    archive.project(limit)
    second, third = archive.publish_all([metadata("第二件"), metadata("第三件")], body())
    archive.revise(first, metadata("更正后的第一件"))
    archive.project(limit)
    archive.withdraw(second)
    archive.project(limit)
    state = record(third)
    assert state is not None
    archive.erase(third, [state.meta_commitment], [META])
    archive.project(limit)


@pytest.mark.parametrize("limit", [1, 2, 1000])
def test_a_rebuilt_catalogue_equals_the_one_that_lived_through_it(archive: Archive, limit: int) -> None:
    _lived_in(archive, 1000)
    live = list(dump())
    drop()
    assert (list(dump()), cursor()) == ([], 0)
    archive.project(limit)
    assert list(dump()) == live
    assert cursor() == archive.log.checkpoint().size


@settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(steps=st.lists(st.sampled_from(["publish", "revise", "withdraw", "restore", "project"]), max_size=12))
def test_any_order_of_events_rebuilds_to_the_same(archive: Archive, steps: list[str]) -> None:
    known = [archive.publish()]
    for place, step in enumerate(steps):
        target = known[place % len(known)]
        if step == "publish":
            known.append(archive.publish(metadata(f"第{place}件")))
        elif step == "revise":
            archive.revise(target, metadata(f"更正{place}"))
        elif step == "withdraw":
            archive.withdraw(target)
        elif step == "restore":
            archive.restore(target)
        else:
            archive.project(limit=3)
    archive.project()
    live = list(dump())
    archive.rebuild()
    assert list(dump()) == live
    assert list(fsck(archive.log, archive.blobs)) == []


def test_advancing_stops_at_the_limit_and_then_at_the_end(archive: Archive) -> None:
    archive.publish_all([metadata(f"第{n}件") for n in range(5)], body())
    assert [advance(archive.log, archive.blobs, limit=2) for _ in range(4)] == [2, 2, 1, 0]
    assert [logged.index for logged in entries(1, 4)] == [1, 2, 3]


def test_an_entry_about_no_record_moves_the_cursor_only(archive: Archive) -> None:
    archive.append(encode_event(Event(type=EventType.KEY, claimed_at=1, public_key=b"k" * 32)))
    archive.publish()
    archive.project()
    assert cursor() == 2
    assert EntryRow.objects.count() == 1
    assert list(fsck(archive.log, archive.blobs)) == []


def test_a_sound_catalogue_has_no_findings(archive: Archive) -> None:
    _lived_in(archive, 1000)
    assert list(fsck(archive.log, archive.blobs)) == []


@pytest.mark.parametrize(
    ("field", "value"),
    [("title", "换掉的标题"), ("document_key", "云教发|2026|4"), ("agency_code", "x"), ("status", "withdrawn"),
     ("column", "plans"), ("newest_index", 7), ("body_commitment", b"b" * 32), ("published_on", "2020-01-01")],
)  # fmt: skip
def test_a_changed_field_of_a_record_is_named(archive: Archive, field: str, value: object) -> None:
    identifier = archive.publish()
    archive.project()
    empty = dict.fromkeys(
        ["kind", "title", "index_number", "document_number", "document_key", "agency_code", "agency_name", "issuers",
         "column", "source", "topic", "genre", "validity"], "",
    )  # fmt: skip
    closed = {**empty, "formed_on": None, "published_on": None} if field == "status" else {}
    RecordRow.objects.filter(id=identifier).update(**{**closed, field: value})
    found = list(fsck(archive.log, archive.blobs))
    assert [f"record {identifier}" in finding.where for finding in found] == [True] * len(found)
    assert f"catalogue.{field}" in {finding.rule for finding in found}


def test_a_changed_history_row_is_named(archive: Archive) -> None:
    archive.publish()
    archive.project()
    EntryRow.objects.filter(index=0).update(leaf_hash=b"0" * 32)
    found = list(fsck(archive.log, archive.blobs))
    assert next((finding.where, finding.rule) for finding in found) == ("catalogue entry 0", "catalogue.leaf_hash")


def test_a_changed_leaf_is_named_even_where_it_no_longer_reads(archive: Archive) -> None:
    archive.publish()
    archive.publish()
    archive.project()
    EntryRow.objects.filter(index=0).update(leaf=b"{}")
    assert ("catalogue entry 0", "catalogue.leaf") in {(f.where, f.rule) for f in fsck(archive.log, archive.blobs)}


def test_a_missing_and_a_surplus_row_are_named(archive: Archive) -> None:
    identifier = archive.publish()
    archive.publish()
    archive.project()
    RecordRow.objects.filter(id=identifier).delete()
    EntryRow.objects.filter(index=1).delete()
    EntryRow.objects.create(index=9, leaf_hash=b"0" * 32, record=identifier, leaf=b"{}")
    said = [finding.where for finding in fsck(archive.log, archive.blobs)]
    assert {"catalogue entry 1", "catalogue entry 9", f"catalogue record {identifier}"} <= set(said)


def test_a_cursor_beyond_the_log_is_named(archive: Archive) -> None:
    archive.publish()
    archive.project()
    CursorRow.objects.update(next_index=5)
    assert "catalogue cursor" in {finding.where for finding in fsck(archive.log, archive.blobs)}


def test_the_database_refuses_text_in_a_closed_row(archive: Archive) -> None:
    identifier = archive.publish()
    archive.project()
    with pytest.raises(IntegrityError, match="catalogue_closed_records_hold_no_text"):
        RecordRow.objects.filter(id=identifier).update(status="withdrawn")


def test_a_history_that_does_not_start_with_a_publication_is_refused(archive: Archive) -> None:
    stranger = Event(type=EventType.RESTORE, claimed_at=1, id=new_record_id(), revision=1, previous=0, unit=UNIT)
    archive.publish()
    archive.append(encode_event(stranger))
    with pytest.raises(BrokenHistoryError, match="entry 1 speaks of a record that no earlier entry made public"):
        archive.project()
    assert cursor() == 0
