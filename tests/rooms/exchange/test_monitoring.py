"""A monitor that believes nobody finds what a log's keeper hides, keeps the evidence, and signs what it says."""

import json
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from tests.rooms.catalogue.archive import UNIT, body, metadata
from tests.rooms.exchange.town import Twin
from tests.rooms.exchange.website import Watch, Website
from yangguang.exchange.queries import is_report_signed
from yangguang.kernel.clock import unix_seconds
from yangguang.kernel.identifiers import RecordId
from yangguang.ledger.commands import generate_key
from yangguang.ledger.queries import parse_policy, parse_verifier_key, policy_for, verifier_key
from yangguang.records.queries import decode_event, encode_event
from yangguang.records.types import Event, EventType, Receipt

DAY = 86_400


@pytest.fixture
def site(tmp_path: Path) -> Iterator[Website]:
    made = Website(tmp_path / "site", "chenghe")
    made.publish_all([metadata("一"), metadata("二"), metadata("三")], body())
    yield made
    made.shut()


@pytest.fixture
def watch(site: Website, tmp_path: Path) -> Watch:
    return Watch(site, tmp_path / "monitor")


def first_record(site: Website) -> RecordId:
    found = decode_event(site.log.entry(0).data).id
    assert found is not None
    return found


def evidence(watch: Watch, kind: str) -> dict[str, bytes]:
    (folder,) = (watch.state / "evidence").glob(f"*-{kind}")
    return {path.name: path.read_bytes() for path in folder.iterdir()}


def test_an_honest_log_gives_a_sound_report_and_the_first_visit_says_that_it_pinned(watch: Watch) -> None:
    first = watch.visit()
    assert (first.size, first.added, first.found) == (3, 3, ())
    assert any("pinned on first use" in remark for remark in first.remarks)
    second = watch.visit()
    assert (second.size, second.added, second.found) == (3, 0, ())
    assert not any("pinned on first use" in remark for remark in second.remarks)
    assert not (watch.state / "evidence").exists()


def test_the_report_is_signed_by_the_monitors_key_and_by_no_other(watch: Watch) -> None:
    done = watch.report()
    raw, signature = done.file.read_bytes(), done.file.with_name("report.json.sig").read_bytes()
    key = parse_verifier_key(json.loads(raw)["key"])
    assert is_report_signed(raw, signature, key)
    assert not is_report_signed(raw.replace(b"true", b"true "), signature, key)
    assert not is_report_signed(raw, signature, replace(key, public_key=bytes(32)))
    assert watch.report().key == done.key


def test_a_log_that_shows_two_histories_is_convicted_by_two_signed_notes(
    site: Website, watch: Watch, tmp_path: Path
) -> None:
    twin = Twin(site, tmp_path / "twin")
    site.publish(metadata("四"))
    watch.visit()
    twin.publish(metadata("另一个四"))
    site.tampered = {
        path.relative_to(twin.home).as_posix(): path.read_bytes()
        for path in (twin.home / "log").rglob("*")
        if path.is_file()
    }
    assert watch.kinds() == {"fork"}
    assert evidence(watch, "fork").keys() == {"ours.note", "theirs.note", "report.json"}
    site.tampered = {}
    assert watch.kinds() == {"fork"}
    twin.shut()


def test_a_log_that_serves_less_than_before_is_a_rollback(site: Website, watch: Watch) -> None:
    old = site.log.checkpoint_note()
    site.publish(metadata("四"))
    watch.visit()
    site.tampered = {"log/checkpoint": old}
    assert watch.kinds() == {"rollback"}
    site.tampered = {}
    assert watch.kinds() == set()


def test_a_checkpoint_of_another_key_is_not_believed(site: Website, watch: Watch, tmp_path: Path) -> None:
    watch.visit()
    thief = generate_key(tmp_path / "thief.key", name=site.lower.key.name)
    policy = parse_policy(policy_for(verifier_key(thief)))
    assert {found.kind for found in watch.visit(policy=policy).found} == {"signature"}


def test_what_is_no_checkpoint_at_all_is_kept_as_evidence(site: Website, watch: Watch) -> None:
    watch.visit()
    site.tampered = {"log/checkpoint": b"\xff\x00"}
    assert watch.kinds() == {"signature"}
    assert evidence(watch, "signature")["theirs.note"] == b"\xff\x00"


def test_a_log_must_be_the_one_that_was_asked_for(site: Website, watch: Watch) -> None:
    assert watch.visit(origin=site.lower.key.name).found == ()
    assert {found.kind for found in watch.visit(origin="other.example/xxgk").found} == {"signature"}


def test_an_entry_outside_the_schema_is_found_and_the_log_is_followed_on(site: Website, watch: Watch) -> None:
    site.live()
    site.append(b'{"t":"publish","text":"\xe5\x8d\x83","v":1}')
    site.say(Receipt(bytes(32), 1, bytes(32)))
    found = watch.visit()
    assert found.size == 5
    assert [(one.kind, one.place) for one in found.found] == [("schema", "entry 3")]
    assert evidence(watch, "schema")["entry.json"] == site.log.entry(3).data
    # What an entry says can never be mended.
    assert watch.kinds() == {"schema"}


@pytest.mark.parametrize(("previous", "revision"), [(1, 1), (0, 2)])
def test_an_entry_that_does_not_follow_from_its_record_is_found(
    site: Website, watch: Watch, previous: int, revision: int
) -> None:
    leaf = Event(
        type=EventType.RESTORE,
        claimed_at=1_760_100_000,
        id=first_record(site),
        revision=revision,
        previous=previous,
        unit=UNIT,
    )
    site.append(encode_event(leaf))
    assert watch.kinds() == {"chain"}
    assert evidence(watch, "chain").keys() == {"entry.json", "earlier.json", "checkpoint.note", "report.json"}


def test_a_backdated_entry_lies_outside_the_bracket_of_cosignatures(site: Website, watch: Watch) -> None:
    now = unix_seconds(watch.clock())
    site._moment = now - 7_200
    site.publish(metadata("四"))
    site.be_cosigned(now)
    assert watch.kinds() == set()
    watch.clock.pass_by(3_600)
    site._moment = now - 7_200  # claims an hour before a witness saw the log without it
    site.publish(metadata("五"))
    site.be_cosigned(now + 3_600)
    assert watch.kinds() == {"time"}
    assert evidence(watch, "time").keys() == {"entry.json", "before.note", "after.note", "report.json"}


def test_a_claim_within_the_tolerance_is_no_lie(site: Website, watch: Watch) -> None:
    now = unix_seconds(watch.clock())
    site.be_cosigned(now)
    watch.visit()
    site._moment = now - 100 - 3_600
    site.publish(metadata("四"))
    site.be_cosigned(now + 10)
    assert watch.kinds() == set()


def test_a_log_that_no_witness_sees_any_more_is_stale(site: Website, watch: Watch) -> None:
    site.be_cosigned(unix_seconds(watch.clock()))
    assert watch.kinds() == set()
    watch.clock.pass_by(2 * DAY)
    assert watch.kinds() == {"stale"}
    site.be_cosigned(unix_seconds(watch.clock()))
    assert watch.kinds() == set()


def test_a_log_that_no_witness_ever_saw_is_stale_after_the_same_time(watch: Watch) -> None:
    assert watch.kinds() == set()
    watch.clock.pass_by(2 * DAY)
    assert watch.kinds() == {"stale"}


def test_a_page_without_an_entry_is_found_with_what_it_says(site: Website, watch: Watch) -> None:
    site.listed_too = {"a" * 26}
    assert watch.kinds() == {"page"}
    assert evidence(watch, "page").keys() == {"answer.txt", "answer.html", "checkpoint.note", "report.json"}
    assert watch.paused > 0  # a node may be a moment behind its log: it was asked again


def test_an_entry_without_a_page_is_found(site: Website, watch: Watch) -> None:
    record = first_record(site)
    site.hidden = {f"records/{record}"}
    found = watch.visit().found
    assert [(one.kind, one.place) for one in found] == [("missing", f"/records/{record}")]
    site.hidden = set()
    assert watch.kinds() == set()


def test_an_erasure_that_is_not_honoured_is_found_and_the_text_is_not_kept(site: Website, watch: Watch) -> None:
    record = first_record(site)
    site.tampered = {f"records/{record}/r1.txt": site.answer(f"records/{record}/r1.txt").body}
    site.withdraw(record)
    found = watch.visit().found
    assert [(one.kind, one.place) for one in found] == [("erasure", f"/records/{record}/r1.txt")]
    assert "answer.html" not in evidence(watch, "erasure")
    site.tampered = {}
    assert watch.kinds() == set()


def test_changed_contents_are_found_by_sampling(site: Website, watch: Watch) -> None:
    live = [path for path in site.live() if first_record(site) in path]
    site.tampered = dict.fromkeys(live, b"changed")
    assert watch.kinds() == {"content"}


def test_a_node_that_does_not_answer_is_silent_and_older_trouble_is_not_forgotten(site: Website, watch: Watch) -> None:
    site.listed_too = {"a" * 26}
    watch.visit()
    site.hidden = {"log/checkpoint"}
    assert watch.kinds() == {"page", "silent"}
    site.hidden = set()
    assert watch.kinds() == {"page"}


def test_the_trust_file_given_holds_against_the_one_pinned(site: Website, watch: Watch) -> None:
    watch.visit()
    given = watch.visit(policy=parse_policy(site.trust_file))
    assert given.trust == "given"
    assert given.found == ()


def test_another_trust_file_than_the_pinned_one_is_told(site: Website, watch: Watch, tmp_path: Path) -> None:
    watch.visit()
    (site.home / "witness.key").unlink()
    site.witness = generate_key(tmp_path / "other.key", name="town.example/witness")
    assert any("another trust file" in remark for remark in watch.visit().remarks)
