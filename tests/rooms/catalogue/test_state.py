"""What the catalogue says of a record after each event of its public life."""

from dataclasses import fields

import pytest

from tests.rooms.catalogue.archive import UNIT, Archive, body, metadata
from yangguang.catalogue.models import EntryRow, RecordRow
from yangguang.catalogue.queries import (
    by_document_number,
    entry_index,
    history,
    leaf,
    newest_index,
    record,
    revision,
    revisions,
)
from yangguang.catalogue.types import RecordState, Status
from yangguang.kernel.identifiers import new_record_id
from yangguang.records.queries import BODY, META
from yangguang.records.types import EventType, Kind

pytestmark = pytest.mark.django_db


def _texts(state: RecordState) -> set[object]:
    stays = {
        "id", "status", "revision", "newest_index", "leaf_hash", "content_index", "published_at",
        "meta_commitment", "body_commitment", "unit", "closed_at", "ground", "decided_by",
    }  # fmt: skip
    return {getattr(state, field.name) for field in fields(state) if field.name not in stays}


def test_a_published_record_is_live_with_its_metadata(archive: Archive) -> None:
    identifier = archive.publish()
    archive.project()
    state = record(identifier)
    assert state is not None
    assert (state.status, state.revision, state.title) == (Status.LIVE, 1, metadata().title)
    assert (state.kind, state.column, state.formed_on) == (Kind.DOCUMENT, "legal-basis", metadata().formed_on)
    assert (state.issuers, state.unit, state.document_key) == (metadata().issuers, UNIT, "云教发|2026|3")
    assert state.leaf_hash == archive.log.entry(0).leaf_hash


def test_an_unknown_identifier_has_no_state_and_no_history(archive: Archive) -> None:
    archive.publish()
    archive.project()
    stranger = new_record_id()
    assert record(stranger) is None
    assert history(stranger) == ()
    assert revision(stranger, 1) is None
    assert newest_index(stranger) is None


def test_a_revision_takes_the_place_of_the_first_and_both_can_be_read(archive: Archive) -> None:
    identifier = archive.publish()
    index = archive.revise(identifier, metadata("关于调整春季招生工作安排的通知"), body("调整如下。"))
    archive.project()
    state = record(identifier)
    assert state is not None
    assert (state.revision, state.title, state.newest_index) == (2, "关于调整春季招生工作安排的通知", index)
    assert [item.number for item in revisions(identifier)] == [2, 1]
    assert all(item.closed is None for item in revisions(identifier))
    assert newest_index(identifier) == index


def test_a_withdrawn_record_keeps_ground_and_date_but_no_text(archive: Archive) -> None:
    identifier = archive.publish()
    archive.project()
    index = archive.withdraw(identifier)
    archive.project()
    state = record(identifier)
    assert state is not None
    assert (state.status, state.ground, state.newest_index) == (Status.WITHDRAWN, "third_party", index)
    assert state.closed_at == history(identifier)[-1].event.claimed_at
    assert _texts(state) == {"", (), None}
    assert newest_index(identifier) is None
    assert metadata().title not in "".join(map(str, RecordRow.objects.values_list()))
    assert metadata().title.encode() not in b"".join(map(bytes, EntryRow.objects.values_list("leaf", flat=True)))


def test_a_restored_record_is_live_again_with_its_text(archive: Archive) -> None:
    identifier = archive.publish()
    archive.withdraw(identifier)
    archive.restore(identifier)
    archive.project()
    state = record(identifier)
    assert state is not None
    assert (state.status, state.title, state.closed_at) == (Status.LIVE, metadata().title, None)
    assert revisions(identifier)[0].closed is None


def test_an_erased_record_cannot_be_restored(archive: Archive) -> None:
    identifier = archive.publish()
    archive.project()
    state = record(identifier)
    assert state is not None
    archive.erase(identifier, [state.meta_commitment, state.body_commitment], [BODY, META])
    archive.restore(identifier)
    archive.project()
    state = record(identifier)
    assert state is not None
    assert state.status is Status.ERASED
    assert _texts(state) == {"", (), None}


def test_erasing_an_old_revision_closes_that_revision_only(archive: Archive) -> None:
    identifier = archive.publish()
    archive.project()
    first = record(identifier)
    assert first is not None
    archive.revise(identifier, metadata("更正后的通知"))
    archive.erase(identifier, [first.meta_commitment], [META])
    archive.project()
    newest, oldest = revisions(identifier)
    assert newest.closed is None
    assert oldest.closed is not None
    assert set(oldest.erased) == {META}
    state = record(identifier)
    assert state is not None
    assert (state.status, state.title) == (Status.LIVE, "更正后的通知")


def test_withdrawing_a_record_closes_every_revision(archive: Archive) -> None:
    identifier = archive.publish()
    archive.revise(identifier, metadata("更正后的通知"))
    archive.withdraw(identifier)
    archive.project()
    assert all(item.closed is not None for item in revisions(identifier))


def test_a_revision_after_a_withdrawal_opens_itself_and_not_what_was_withdrawn(archive: Archive) -> None:
    identifier = archive.publish()
    archive.withdraw(identifier)
    archive.revise(identifier, metadata("隐去个人信息后的通知"))
    archive.project()
    state = record(identifier)
    assert state is not None
    assert state.status is Status.LIVE
    newest, oldest = revisions(identifier)
    assert newest.closed is None
    assert oldest.closed is not None


def test_a_record_whose_metadata_is_lost_is_unreadable_and_the_others_are_kept(archive: Archive) -> None:
    lost, kept = archive.publish_all([metadata("甲"), metadata("乙")], body())
    archive.project()
    state = record(lost)
    assert state is not None
    archive.erase(kept, [state.meta_commitment], ["html"])  # destroys the metadata of the other record
    archive.project()
    archive.rebuild()
    assert {item.status for item in (record(lost), record(kept)) if item} == {Status.UNREADABLE, Status.LIVE}


def test_the_entry_that_commits_to_a_component_is_found(archive: Archive) -> None:
    archive.publish(metadata("另一件"))
    identifier = archive.publish(files=[("附件.pdf", "application/pdf", b"%PDF")])
    index = archive.revise(identifier, metadata("更正后的通知"))
    archive.project()
    assert entry_index(identifier, 1, "att.0") == 1
    assert entry_index(identifier, 2, "html") == index
    assert entry_index(identifier, 2, "att.0") is None
    assert entry_index(identifier, 3, "html") is None
    assert leaf(index) == archive.log.entry(index).data
    assert leaf(99) is None


def test_a_document_number_is_found_in_any_bracket_style(archive: Archive) -> None:
    identifier = archive.publish()
    withdrawn = archive.publish()
    archive.withdraw(withdrawn)
    archive.project()
    for style in ("云教发〔2026〕3号", "云教发[2026]第03号", "云教发（2026）3号"):
        assert [state.id for state in by_document_number(style)] == [identifier]
    assert by_document_number("不是文号") == ()


def test_the_history_tells_every_event_in_log_order(archive: Archive) -> None:
    identifier = archive.publish()
    archive.publish(metadata("另一件"))
    archive.withdraw(identifier)
    archive.restore(identifier)
    archive.project()
    told = [(logged.index, logged.event.type) for logged in history(identifier)]
    assert told == [(0, EventType.PUBLISH), (2, EventType.WITHDRAW), (3, EventType.RESTORE)]
