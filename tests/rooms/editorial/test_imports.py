"""Manuscripts become entries once each, whatever crashes in between."""

import hashlib
from datetime import date

import pytest
from django.db import DatabaseError

from tests.rooms.editorial.desk import CLOCK, Desk, manuscript
from yangguang.agencies.commands import register
from yangguang.agencies.errors import UnknownAgencyError
from yangguang.agencies.types import Agency
from yangguang.blobs.errors import BlobErasedError
from yangguang.editorial import imports
from yangguang.editorial.commands import destroy_erased, erase, import_all, restore, withdraw
from yangguang.editorial.errors import NotPossibleError, OutboxFullError, UnknownRecordError
from yangguang.editorial.models import FollowRow, HeadRow, OutboxRow
from yangguang.editorial.queries import backlog
from yangguang.editorial.types import Outcome
from yangguang.kernel.identifiers import new_record_id
from yangguang.records.queries import RENDITIONS, decode_body, decode_metadata
from yangguang.records.types import EventType, Kind, Validity
from yangguang.sources.types import File, Withdrawal

UNIT = "00000000000000000X"


def outcomes(desk: Desk, *names: str) -> list[Outcome]:
    return [item.outcome for item in desk.take(*(manuscript(name) for name in names))]


def test_an_imported_manuscript_is_one_entry_with_all_its_components(desk: Desk) -> None:
    (imported,) = desk.take(manuscript("a.md", files=(File("表.csv", "text/csv", b"1,2\n"),)))
    assert desk.sequence() == 1
    (event,) = desk.events()
    assert (event.type, event.id, event.revision, event.previous) == (EventType.IMPORT, imported.id, 1, None)
    assert set(event.commitments) == {"meta", "body", "att.0", *RENDITIONS}
    metadata = decode_metadata(desk.contents().content(event.commitments["meta"]))
    assert (metadata.title, metadata.index_number) == ("关于a.md的通知", "home/2026-00001")
    assert [item.name for item in metadata.attachments] == ["表.csv"]
    assert desk.contents().content(event.commitments["att.0"]) == b"1,2\n"
    assert decode_body(desk.contents().content(event.commitments["body"])).blocks


def test_the_same_words_are_published_once_and_keep_their_places(desk: Desk) -> None:
    first, second = desk.take(manuscript("a.md", "同"), manuscript("b.md", "同"))
    assert (first.outcome, second.outcome) == (Outcome.PUBLISHED, Outcome.DUPLICATE)
    assert second.id == first.id
    desk.sequence()
    (third,) = desk.take(manuscript("c.md", "同"))
    assert (third.outcome, third.id) == (Outcome.DUPLICATE, first.id)
    assert desk.sequence() == 0


def test_sm3_commitments_stand_beside_and_open_with_the_same_salt(desk: Desk) -> None:
    import_all([manuscript("a.md")], agency="home", blobs=desk.blobs, clock=CLOCK, national=True)
    desk.sequence()
    (event,) = desk.events()
    assert event.national.keys() == event.commitments.keys()
    for label, commitment in event.commitments.items():
        content, salt = desk.contents().content(commitment), desk.contents().opening(commitment).salt
        inner = hashlib.new("sm3", content).digest()
        expected = hashlib.new("sm3", b"gid-commit-sm3-v1\n" + label.encode() + b"\n" + salt + inner).digest()
        assert event.national[label] == expected


def test_a_second_run_imports_nothing(desk: Desk) -> None:
    outcomes(desk, "a.md", "b.md")
    desk.sequence()
    assert outcomes(desk, "a.md", "b.md") == [Outcome.ALREADY, Outcome.ALREADY]
    assert desk.sequence() == 0


def test_two_agencies_may_publish_the_same_words(desk: Desk) -> None:
    register(Agency("other", "澄禾县财政局", UNIT))
    one, two = desk.take(manuscript("a.md", "同"), manuscript("b.md", "同", agency_code="other"))
    assert (one.outcome, two.outcome) == (Outcome.PUBLISHED, Outcome.PUBLISHED)
    assert one.id != two.id


def test_an_unknown_agency_publishes_nothing(desk: Desk) -> None:
    with pytest.raises(UnknownAgencyError, match="home"):
        import_all([], agency="nobody", blobs=desk.blobs, clock=CLOCK)


def test_a_bad_manuscript_is_refused_alone(desk: Desk) -> None:
    good, bad, stray, fine = desk.take(
        manuscript("good.md"),
        manuscript("bad.md", title="一" * 501),
        manuscript("stray.md", agency_code="nobody"),
        manuscript("fine.md"),
    )
    assert [item.outcome for item in (good, fine)] == [Outcome.PUBLISHED] * 2
    assert bad.outcome is Outcome.REFUSED
    assert "500" in bad.reason
    assert "nobody" in stray.reason
    assert desk.sequence() == 2


def test_a_revision_follows_its_record_and_keeps_its_index_number(desk: Desk) -> None:
    first, second = desk.take(manuscript("n/a.md"), manuscript("n/a.r2.md", "改", revises="n/a"))
    desk.sequence()
    (third,) = desk.take(manuscript("n/a.r3.md", "再改", revises="n/a"))
    desk.sequence()
    assert first.id == second.id == third.id
    assert [(event.type, event.revision, event.previous) for event in desk.events()] == [
        (EventType.IMPORT, 1, None),
        (EventType.REVISE, 2, 0),
        (EventType.REVISE, 3, 1),
    ]
    numbers = {
        decode_metadata(desk.contents().content(event.commitments["meta"])).index_number for event in desk.events()
    }
    assert numbers == {"home/2026-00001"}


def test_a_revision_may_change_nothing_but_its_validity_or_its_files(desk: Desk) -> None:
    desk.take(manuscript("a.md", "同", validity=Validity.IN_FORCE))
    abolished = manuscript("a.r2.md", "同", validity=Validity.ABOLISHED, revises="a")
    attached = manuscript("a.r3.md", "同", files=(File("表.csv", "text/csv", b"1"),), revises="a")
    assert [item.outcome for item in desk.take(abolished, attached)] == [Outcome.REVISED] * 2
    assert [item.outcome for item in desk.take(abolished, attached)] == [Outcome.ALREADY] * 2
    desk.sequence()
    assert [event.revision for event in desk.events()] == [1, 2, 3]


@pytest.mark.parametrize(
    "changes",
    [
        {"published_on": date(2099, 1, 1)},
        {"effective_from": date(2026, 2, 1), "effective_to": date(2026, 1, 1)},
        {"source": "源" * 2_001},
        {"keywords": ("词",) * 201},
    ],
)
def test_a_field_that_cannot_be_right_refuses_its_manuscript(desk: Desk, changes: dict[str, object]) -> None:
    (imported,) = desk.take(manuscript("a.md", "", **changes))
    assert imported.outcome is Outcome.REFUSED
    assert imported.reason


def test_a_revision_of_nothing_is_refused(desk: Desk) -> None:
    (imported,) = desk.take(manuscript("a.r2.md", revises="a"))
    assert imported.outcome is Outcome.REFUSED
    assert "never imported" in imported.reason


def test_an_agency_never_revises_the_record_of_another(desk: Desk) -> None:
    register(Agency("other", "澄禾县财政局", UNIT))
    desk.take(manuscript("guide.md"))
    desk.sequence()
    (late,) = desk.take(manuscript("guide.r2.md", "改", revises="guide", agency_code="other"))
    assert late.outcome is Outcome.REFUSED
    assert "never imported here for other" in late.reason
    _, beside = desk.take(manuscript("plan.md"), manuscript("plan.r2.md", "再改", revises="plan", agency_code="other"))
    assert beside.outcome is Outcome.REFUSED


def test_a_revision_of_what_is_refused_or_withdrawn_in_the_same_batch_is_refused_and_said(desk: Desk) -> None:
    too_many = tuple(File(f"{number}.txt", "text/plain", b"1") for number in range(41))
    _, of_refused, _, of_withdrawn = desk.take(
        manuscript("a.md", files=too_many),
        manuscript("a.r2.md", "甲改", revises="a"),
        manuscript("b.md", withdrawn=Withdrawal("published_in_error", date(2026, 7, 3))),
        manuscript("b.r2.md", "乙改", revises="b"),
    )
    assert (of_refused.outcome, of_withdrawn.outcome) == (Outcome.REFUSED, Outcome.REFUSED)
    assert "a cannot be revised" in of_refused.reason
    assert "withdrawn" in of_withdrawn.reason
    desk.sequence()
    assert backlog().refused == 0
    assert [event.type for event in desk.events()] == [EventType.IMPORT, EventType.WITHDRAW]


def test_a_headline_and_the_document_title_are_both_kept(desk: Desk) -> None:
    desk.take(manuscript("a.md", title="七局印发通知", document_title="关于某事的通知"))
    desk.sequence()
    metadata = decode_metadata(desk.contents().content(desk.events()[0].commitments["meta"]))
    assert (metadata.title, metadata.headline) == ("关于某事的通知", "七局印发通知")


def test_a_missing_published_date_is_doubted(desk: Desk) -> None:
    desk.take(manuscript("a.md", published_on=None))
    desk.sequence()
    metadata = decode_metadata(desk.contents().content(desk.events()[0].commitments["meta"]))
    assert metadata.published_on == date(2026, 7, 24)
    assert [doubt.field for doubt in metadata.doubts] == ["published_on"]


def test_news_has_no_index_number(desk: Desk) -> None:
    desk.take(manuscript("a.md", kind=Kind.NEWS, column=None))
    desk.sequence()
    assert decode_metadata(desk.contents().content(desk.events()[0].commitments["meta"])).index_number == ""


def test_a_full_database_queues_nothing(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(*_: object) -> None:
        raise DatabaseError("database or disk is full")

    monkeypatch.setattr(imports, "enqueue", full)
    with pytest.raises(OutboxFullError, match="disk is full"):
        desk.take(manuscript("a.md"))
    monkeypatch.undo()
    assert outcomes(desk, "a.md") == [Outcome.PUBLISHED]
    assert desk.sequence() == 1


def test_an_entry_committed_before_a_crash_is_not_logged_twice(desk: Desk) -> None:
    outcomes(desk, "a.md", "b.md")
    waiting = list(OutboxRow.objects.values("id"))
    desk.sequence()
    # What the business database looked like had the machine stopped right after the log's commit.
    OutboxRow.objects.update(logged_index=None)
    HeadRow.objects.all().delete()
    FollowRow.objects.all().delete()
    desk.restart()
    assert desk.sequence() == 0
    assert len(desk.events()) == len(waiting) == 2
    assert backlog().waiting == 0
    assert HeadRow.objects.count() == 2


def test_a_withdrawal_asked_for_in_the_file_follows_its_publication(desk: Desk) -> None:
    desk.take(manuscript("a.md", withdrawn=Withdrawal("published_in_error", date(2026, 7, 3))))
    desk.sequence()
    assert [event.type for event in desk.events()] == [EventType.IMPORT, EventType.WITHDRAW]
    assert desk.events()[1].previous == 0


def test_a_record_is_withdrawn_restored_and_withdrawn_again(desk: Desk) -> None:
    (imported,) = desk.take(manuscript("a.md"))
    assert imported.id is not None
    withdraw(imported.id, unit=UNIT, ground="published_in_error", clock=CLOCK)
    with pytest.raises(NotPossibleError, match="withdrawn"):
        withdraw(imported.id, unit=UNIT, ground="published_in_error", clock=CLOCK)
    desk.sequence()
    restore(imported.id, unit=UNIT, clock=CLOCK)
    desk.sequence()
    assert [event.type for event in desk.events()] == [EventType.IMPORT, EventType.WITHDRAW, EventType.RESTORE]
    assert [event.previous for event in desk.events()] == [None, 0, 1]


def test_a_ground_bears_only_what_the_law_says(desk: Desk) -> None:
    (imported,) = desk.take(manuscript("a.md"))
    assert imported.id is not None
    with pytest.raises(NotPossibleError, match="does not bear"):
        erase(imported.id, unit=UNIT, ground="superseded", components=["meta"], clock=CLOCK)


def test_an_unknown_record_cannot_be_withdrawn(desk: Desk) -> None:
    with pytest.raises(UnknownRecordError):
        withdraw(new_record_id(), unit=UNIT, ground="secret", clock=CLOCK)
    assert desk.sequence() == 0


def test_a_withdrawn_record_is_not_revised(desk: Desk) -> None:
    (imported,) = desk.take(manuscript("a.md"))
    assert imported.id is not None
    withdraw(imported.id, unit=UNIT, ground="secret", clock=CLOCK)
    (revised,) = desk.take(manuscript("a.r2.md", "改", revises="a"))
    assert revised.outcome is Outcome.REFUSED
    assert "withdrawn" in revised.reason


def test_an_erasure_destroys_every_revision_even_after_a_crash(desk: Desk) -> None:
    first, _ = desk.take(manuscript("a.md"), manuscript("a.r2.md", "改", revises="a"))
    assert first.id is not None
    desk.sequence()
    erase(first.id, unit=UNIT, ground="secret", components=["meta", "body", *RENDITIONS], clock=CLOCK)
    desk.sequence()
    desk.restart()
    assert destroy_erased(desk.log, desk.blobs) == 2 * (2 + len(RENDITIONS))
    assert destroy_erased(desk.log, desk.blobs) == 0
    assert destroy_erased(desk.log, desk.blobs, again=True) == 0
    for event in desk.events()[:2]:
        for commitment in event.commitments.values():
            with pytest.raises(BlobErasedError):
                desk.contents().content(commitment)
