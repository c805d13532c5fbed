"""A delta carries what a pull would ask for, and is believed as little."""

import zipfile
from dataclasses import replace
from pathlib import Path

import pytest

from tests.rooms.catalogue.archive import metadata
from tests.rooms.exchange.city import City
from tests.rooms.exchange.town import Town
from yangguang.exchange.commands import Delta, export_delta, pull
from yangguang.exchange.errors import BadDeltaError, UnreachableError
from yangguang.exchange.types import Exported, Pulled
from yangguang.records.types import Receipt


def export(town: Town, target: Path, since: int = 0) -> Exported:
    return export_delta(
        target, log=town.log, folder=town.home / "log", key=town.lower.key, blobs=town.blobs, since=since
    )


def carry(city: City, town: Town, file: Path) -> Pulled:
    with Delta(file, town.lower.url) as delta:
        return pull(town.lower, replace(city.level, transport=delta, live=False))


def test_deltas_one_after_another_hold_what_pulls_would(city: City, town: Town, tmp_path: Path) -> None:
    first = town.publish(files=[("a.bin", "application/octet-stream", bytes(300_000))])
    gone = town.publish(metadata("撤回的"))
    town.withdraw(gone)
    assert export(town, tmp_path / "1.zip") == Exported(0, 3, 8, 0)
    assert carry(city, town, tmp_path / "1.zip").complete
    town.revise(first, metadata("更正"))
    town.restore(gone)
    town.say(*(Receipt(bytes(32), number, bytes(32)) for number in range(1, 600)))
    assert export(town, tmp_path / "2.zip", 3) == Exported(3, 604, 14, 0)
    done = carry(city, town, tmp_path / "2.zip")
    assert (done.size, done.added, done.fetched, done.missing, done.complete) == (604, 601, 14, 0, True)
    assert town.asked == []


def test_two_deltas_of_the_same_entries_are_the_same_file(town: Town, tmp_path: Path) -> None:
    town.publish()
    for name in ("a", "b"):
        export(town, tmp_path / name)
    assert (tmp_path / "a").read_bytes() == (tmp_path / "b").read_bytes()


def test_erased_and_withdrawn_text_is_in_no_delta(town: Town, tmp_path: Path) -> None:
    record, kept = town.publish(metadata("要撤回的题目")), town.publish()
    town.withdraw(record)
    export(town, tmp_path / "delta.zip")
    with zipfile.ZipFile(tmp_path / "delta.zip") as delta:
        assert not [name for name in delta.namelist() if record in name]
        assert [name for name in delta.namelist() if kept in name]


def test_a_delta_that_leaves_a_gap_changes_nothing(city: City, town: Town, tmp_path: Path) -> None:
    town.say(*(Receipt(bytes(32), number, bytes(32)) for number in range(1, 400)))
    export(town, tmp_path / "late.zip", 300)
    done = carry(city, town, tmp_path / "late.zip")
    assert (done.size, done.complete, done.alarm) == (0, False, None)
    assert "missing" in done.reason


def test_a_delta_that_was_imported_before_is_no_rollback(city: City, town: Town, tmp_path: Path) -> None:
    town.publish()
    export(town, tmp_path / "1.zip")
    carry(city, town, tmp_path / "1.zip")
    town.publish()
    export(town, tmp_path / "2.zip", 1)
    assert carry(city, town, tmp_path / "2.zip").complete
    done = carry(city, town, tmp_path / "1.zip")
    assert (done.size, done.alarm, city.alarms()) == (2, None, [])
    assert "nothing new" in done.reason


def test_an_altered_content_raises_the_same_alarm_as_over_the_network(city: City, town: Town, tmp_path: Path) -> None:
    record = town.publish()
    export(town, tmp_path / "true.zip")
    with zipfile.ZipFile(tmp_path / "true.zip") as true, zipfile.ZipFile(tmp_path / "false.zip", "w") as false:
        for name in true.namelist():
            false.writestr(name, "别的".encode() if name == f"records/{record}/r1.txt" else true.read(name))
    done = carry(city, town, tmp_path / "false.zip")
    assert done.alarm is not None
    assert done.alarm.name.endswith("-content")


def test_what_is_no_delta_is_refused(town: Town, tmp_path: Path) -> None:
    (tmp_path / "text").write_text("不是增量", "utf-8")
    with zipfile.ZipFile(tmp_path / "zip", "w") as other:
        other.writestr("x", b"")
    for name in ("text", "zip", "absent"):
        with pytest.raises(BadDeltaError):
            Delta(tmp_path / name, "http://x")
    with pytest.raises(BadDeltaError, match="0 entries"):
        export(town, tmp_path / "new.zip", 1)
    with pytest.raises(BadDeltaError, match="overwritten"):
        export(town, tmp_path / "text")


def test_a_member_larger_than_asked_for_is_not_unpacked(town: Town, tmp_path: Path) -> None:
    town.publish()
    export(town, tmp_path / "delta.zip")
    with Delta(tmp_path / "delta.zip", "http://x") as delta:
        with pytest.raises(UnreachableError, match="at most 10"):
            delta.get("http://x/log/checkpoint", limit=10)
        assert delta.get("http://x/log/other", limit=10).status == 404
        with pytest.raises(OSError, match="one way"):
            delta.post("http://x/add-checkpoint", b"")
