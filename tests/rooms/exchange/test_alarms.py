"""What no honest node does raises one alarm with the evidence, and is cosigned by nobody."""

import json
from collections.abc import Iterator
from dataclasses import replace
from hashlib import sha256
from pathlib import Path

import pytest

from tests.rooms.catalogue.archive import body, metadata
from tests.rooms.exchange.city import City
from tests.rooms.exchange.town import Town, Twin
from yangguang.exchange.commands import pull, resume
from yangguang.exchange.queries import mirror_states
from yangguang.exchange.types import Pulled
from yangguang.ledger.commands import generate_key
from yangguang.ledger.queries import origin_hash, parse_checkpoint, verifier_key
from yangguang.records.types import Receipt


@pytest.fixture
def twin(tmp_path: Path, town: Town) -> Iterator[Twin]:
    """Return the town as it was after its first two records."""
    town.publish_all([metadata("一"), metadata("二")], body())
    made = Twin(town, tmp_path / "twin")
    yield made
    made.shut()


def size_cosigned(city: City, town: Town) -> int:
    note = city.level.witness.witness.checkpoint(origin_hash(town.lower.key.name))
    return int(note.split(b"\n")[1]) if note else 0


def the_alarm(city: City, kind: str) -> tuple[Path, dict[str, object]]:
    """Return the one alarm and its report, having checked the digests of the evidence."""
    (folder,) = city.alarms()
    assert folder.name.endswith(f"-{kind}")
    report = json.loads((folder / "report.json").read_text("utf-8"))
    assert report["kind"] == kind
    for name, digest in report["evidence"].items():
        assert sha256((folder / name).read_bytes()).hexdigest() == digest
    return folder, report


def test_a_fork_leaves_two_signed_notes_that_convince_a_third_party(city: City, town: Town, twin: Twin) -> None:
    town.publish(metadata("城里的三"))
    assert pull(town.lower, city.level).complete
    twin.publish(metadata("另一个三"))
    twin.publish(metadata("另一个四"))
    city.roads.towns[town.name] = twin
    done = pull(town.lower, city.level)
    folder, _ = the_alarm(city, "fork")
    assert (done.alarm, done.cosigned, done.complete) == (folder, False, False)
    ours, theirs = (
        parse_checkpoint((folder / name).read_bytes(), town.lower.key) for name in ("ours.note", "theirs.note")
    )
    assert ours == town.log.checkpoint()
    assert theirs == twin.log.checkpoint()
    assert size_cosigned(city, town) == 3


def test_after_a_fork_nothing_is_cosigned_until_a_person_has_looked(city: City, town: Town, twin: Twin) -> None:
    town.publish(metadata("城里的三"))
    pull(town.lower, city.level)
    twin.publish(metadata("另一个三"))
    city.roads.towns[town.name] = twin
    folder = pull(town.lower, city.level).alarm
    assert folder is not None
    city.roads.towns[town.name] = town
    town.publish(metadata("四"))
    for _ in range(2):
        done = pull(town.lower, city.level)
        assert folder.name in done.reason
        assert (done.alarm, size_cosigned(city, town)) == (None, 3)
    assert city.level.witness.witness.trusted() == ()
    resume(city.level.mirrors, town.lower)
    assert pull(town.lower, city.level).complete
    assert size_cosigned(city, town) == 4


def test_a_restored_backup_is_a_rollback_and_growing_back_is_not_held_against_it(
    city: City, town: Town, twin: Twin
) -> None:
    third = town.publish(metadata("三"))
    pull(town.lower, city.level)
    city.roads.towns[town.name] = twin
    done = pull(town.lower, city.level)
    folder, _ = the_alarm(city, "rollback")
    assert (done.alarm, done.size) == (folder, 3)
    assert (folder / "theirs.note").read_bytes() == (twin.home / "log/checkpoint").read_bytes()
    assert pull(town.lower, city.level).alarm is None, "one alarm for one piece of evidence"
    city.roads.towns[town.name] = town
    town.revise(third, metadata("三，更正"))
    assert pull(town.lower, city.level).complete


def test_a_checkpoint_of_another_key_is_refused(city: City, town: Town, tmp_path: Path) -> None:
    town.publish()
    other = replace(town.lower, key=verifier_key(generate_key(tmp_path / "other", name=town.lower.key.name)))
    done = pull(other, city.level)
    the_alarm(city, "signature")
    assert (done.size, done.cosigned) == (0, False)


def test_entries_altered_on_the_way_are_no_fork(city: City, town: Town) -> None:
    town.publish()
    pull(town.lower, city.level)
    town.say(Receipt(bytes(32), 1, bytes(32)))
    true = (town.home / "log/tile/entries/000.p/2").read_bytes()
    town.tampered["log/tile/entries/000.p/2"] = true.replace(b'"n":1,', b'"n":2,')
    done = pull(town.lower, city.level)
    assert (done.size, done.alarm, city.alarms()) == (1, None, [])
    assert "entries" in done.reason
    town.tampered.clear()
    assert pull(town.lower, city.level).size == 2


def test_an_entry_outside_the_schema_is_not_mirrored(city: City, town: Town) -> None:
    town.append("任意文字".encode())
    done = pull(town.lower, city.level)
    folder, report = the_alarm(city, "schema")
    assert (done.size, done.alarm) == (0, folder)
    assert "任意文字".encode() not in b"".join(path.read_bytes() for path in folder.iterdir())
    assert sha256("任意文字".encode()).hexdigest() in str(report["message"])


@pytest.mark.parametrize("label", ["/body", ".txt", "/att.0"])
def test_other_bytes_than_the_log_commits_to_are_not_taken(city: City, town: Town, label: str) -> None:
    record = town.publish(files=[("a.bin", "application/octet-stream", b"abc")])
    town.tampered[f"records/{record}/r1{label}"] = "别的内容".encode()
    done = pull(town.lower, city.level)
    folder, _ = the_alarm(city, "content")
    assert (done.alarm, done.complete, size_cosigned(city, town)) == (folder, False, 1)
    town.tampered.clear()
    assert pull(town.lower, city.level).complete


def test_silence_and_withheld_contents_become_alarms_after_a_day(city: City, town: Town) -> None:
    record = town.publish()
    pull(town.lower, city.level)
    city.roads.closed = True

    def after(hours: float) -> Pulled:
        city.clock.pass_by(hours * 3600)
        return pull(town.lower, city.level)

    assert after(0).alarm is None
    assert after(23).alarm is None
    silent = after(2).alarm
    assert silent is not None
    assert silent.name.endswith("-silent")
    city.roads.closed = False
    town.revise(record, metadata("更正"))
    town.live = dict  # type: ignore[method-assign] # it answers 410 for everything
    assert after(0).missing == 7
    assert after(23).alarm is None
    missing = after(2).alarm
    assert missing is not None
    assert missing.name.endswith("-missing")


def test_two_trees_of_one_size_sent_to_the_witness_are_a_fork(city: City, town: Town, twin: Twin) -> None:
    pull(town.lower, city.level)
    town.publish(metadata("三"))
    pull(town.lower, city.level)
    twin.publish(metadata("另一个三"))
    witness = city.level.witness.witness
    answer = witness.add_checkpoint(b"old 3\n\n" + twin.log.checkpoint_note())
    assert answer.status == 409
    done = pull(town.lower, city.level)
    folder, _ = the_alarm(city, "fork")
    assert done.alarm == folder
    assert witness.trusted() == ()
    resume(city.level.mirrors, town.lower)
    assert pull(town.lower, city.level).complete


def test_a_mirror_tells_where_it_stands(city: City, town: Town) -> None:
    assert mirror_states(city.level.mirrors, [town.lower])[0].size == 0
    town.publish()
    pull(town.lower, city.level)
    (state,) = mirror_states(city.level.mirrors, [town.lower])
    assert (state.size, state.cosigned, state.complete, state.receipted, state.missing, state.stopped) == (
        1,
        1,
        1,
        1,
        0,
        "",
    )
