"""A county, the city above it and the province above that: real nodes, real addresses, one machine."""

import json
import shutil
from pathlib import Path
from typing import Any

import pytest

from tests.flows.levels import Level, connect, until
from tests.flows.machine import get
from yangguang.ledger.queries import bracket, cosignatures, open_log, parse_policy
from yangguang.records.queries import decode_event
from yangguang.records.types import EventType


def policy_of(node: Level) -> Any:  # noqa: ANN401 - a policy
    return parse_policy((node.home / "policy").read_text("utf-8"))


def cosigned_by(node: Level) -> set[str]:
    """Return who cosigned the published checkpoint."""
    note = open_log(node.home / "log").checkpoint_note()
    return {one.name for one in cosignatures(note, policy_of(node))}


def events(node: Level, kind: EventType) -> list[Any]:
    return [
        event for entry in open_log(node.home / "log").entries(0) if (event := decode_event(entry.data)).type is kind
    ]


def pulled(upper: Level, code: int = 0) -> str:
    return upper.run("mirror", "run", "--once", "--receipt-seconds", "0", code=code)


@pytest.mark.slow
def test_what_a_county_publishes_is_cosigned_mirrored_and_receipted_by_the_city(tmp_path: Path) -> None:
    county, city = Level(tmp_path, "county"), Level(tmp_path, "city")
    connect(county, city)
    county.publish(2024, 2025)
    with city.witnessing(), county.serving(county.port):
        until(lambda: "city" in cosigned_by(county), "the witness's cosignature")
        assert "city-mirror" not in cosigned_by(county), "nothing was mirrored yet"
        pulled(city)
        (state,) = city.json("mirror", "list")
        assert (state["size"], state["complete"], state["missing"]) == (2, 2, 0)
        until(lambda: "city-mirror" in cosigned_by(county), "the content mirror's cosignature")
        seen = bracket(open_log(county.home / "log"), 1, policy_of(county))
        assert seen.no_later_than is not None
        assert seen.readable_by is not None
        record = county.json("search", "2025")["hits"][0]["id"]
        until(lambda: get(f"{county.url}/records/{record}/r1.txt.tlog-proof")[0] == 200, "the proof")
        (tmp_path / "notice.txt").write_bytes(get(f"{county.url}/records/{record}/r1.txt")[1])
        (tmp_path / "proof").write_bytes(get(f"{county.url}/records/{record}/r1.txt.tlog-proof")[1])
        said = county.run("verify", tmp_path / "notice.txt", "--proof", tmp_path / "proof")
        assert "city" in said
        (by_witness, by_mirror) = county.json("log", "witnesses")
        assert (by_witness["size"], by_mirror["size"]) == (2, 2)
    city.publish(1)
    (received,) = events(city, EventType.RECEIPT)
    assert (received.receipt.size, received.receipt.root) == (2, open_log(county.home / "log").checkpoint().root)
    assert city.alarms() == county.alarms() == []


@pytest.mark.slow
def test_a_missing_witness_stops_nothing_and_three_levels_pull_upwards(tmp_path: Path) -> None:
    county, city, province = (Level(tmp_path, name) for name in ("county", "city", "province"))
    connect(county, city)
    connect(city, province)
    county.publish(2024)
    with county.serving(county.port), city.serving(city.port):
        record = county.json("search", "2024")["hits"][0]["id"]
        status, _, _ = get(f"{county.url}/records/{record}/r1.txt")
        assert (status, cosigned_by(county)) == (200, set())
        pulled(city)
        until(lambda: len(events(city, EventType.RECEIPT)) == 1, "the receipt in the city's log")
        pulled(province)
        (state,) = province.json("mirror", "list")
        assert (state["size"], state["complete"]) == (1, 1)
        province_copy = open_log(province.home / "mirrors" / "city" / "log")
        received = decode_event(province_copy.entry(0).data).receipt
        assert received is not None
        assert received.root == open_log(county.home / "log").checkpoint().root
        # The witnesses come up late: what was pending is made good without anybody doing anything.
        with city.witnessing(), province.witnessing():
            until(lambda: cosigned_by(county) == {"city", "city-mirror"}, "the county's cosignatures")
            until(lambda: "province" in cosigned_by(city), "the city's cosignature")


@pytest.mark.slow
def test_an_erasure_is_honoured_by_the_mirror_and_receipted(tmp_path: Path) -> None:
    county, city = Level(tmp_path, "county"), Level(tmp_path, "city")
    connect(county, city)
    county.publish(2023, 2024)
    with county.serving(county.port):
        pulled(city)
        record = county.json("search", "2023")["hits"][0]["id"]
        county.run("erase", record, "--ground", "third_party", "--yes")
        said = pulled(city)
        assert "销毁" in said
    left = b"".join(path.read_bytes() for path in (city.home / "mirrors").rglob("*") if path.is_file())
    assert "2023年春季防汛".encode() not in left
    city.publish(1)
    assert [event.receipt.size for event in events(city, EventType.RECEIPT)] == [2, 3]


@pytest.mark.slow
def test_a_restored_backup_is_not_written_on_when_a_witness_has_seen_more(tmp_path: Path) -> None:
    county, city = Level(tmp_path, "county"), Level(tmp_path, "city")
    connect(county, city)
    county.publish(2023)
    shutil.copytree(county.home, tmp_path / "backup")
    county.publish(2024)
    with city.witnessing():
        with county.serving(county.port):
            until(lambda: "city" in cosigned_by(county), "the witness's cosignature")
        shutil.rmtree(county.home)
        shutil.copytree(tmp_path / "backup", county.home)
        folder = tmp_path / "more"
        folder.mkdir()
        (folder / "x.md").write_text("---\ntitle: 另一份\n---\n\n内容。\n", "utf-8")
        done = county.attempt("import", folder)
        assert done.returncode == 1
        assert "backup" in (done.stdout + done.stderr).decode()
        assert open_log(county.home / "log").checkpoint().size == 1
        (alarm,) = county.alarms()
        assert alarm.endswith("-witness")
        report = json.loads((county.home / "alarms" / alarm / "report.json").read_text("utf-8"))
        assert sorted(report["evidence"]) == ["ours.note", "witness-0.note"]


@pytest.mark.slow
def test_a_delta_crosses_a_one_way_gateway_and_is_verified_as_a_pull_is(tmp_path: Path) -> None:
    county, city = Level(tmp_path, "county"), Level(tmp_path, "city")
    connect(county, city)
    county.publish(2023)
    county.run("log", "export-delta", tmp_path / "one.zip")
    city.run("log", "import-delta", tmp_path / "one.zip", "--lower", "county")
    county.publish(2024, 2025)
    county.run("log", "export-delta", tmp_path / "two.zip", "--since", "1")
    city.run("log", "import-delta", tmp_path / "two.zip", "--lower", "county")
    (state,) = city.json("mirror", "list")
    assert (state["size"], state["complete"], state["missing"]) == (3, 3, 0)
    altered = bytearray((tmp_path / "one.zip").read_bytes())
    altered[len(altered) // 2] ^= 1
    (tmp_path / "one.zip").write_bytes(altered)
    city.run("log", "import-delta", tmp_path / "one.zip", "--lower", "county", code=1)
