"""A mirror killed at any moment has said nothing of what it does not hold, and goes on where it was."""

import os
import random
import signal
import subprocess
import sys
import time
import zipfile
from collections.abc import Sequence
from pathlib import Path

import pytest

from tests.rooms.catalogue.archive import body, metadata
from tests.rooms.exchange.city import City
from tests.rooms.exchange.town import Town
from yangguang.blobs.errors import BlobErasedError
from yangguang.blobs.queries import Blobs
from yangguang.exchange.commands import export_delta
from yangguang.kernel.identifiers import RecordId
from yangguang.ledger.errors import LogDamagedError
from yangguang.ledger.queries import format_verifier_key, fsck, open_log, origin_hash
from yangguang.records.queries import decode_event
from yangguang.records.types import EventType

ROOT = Path(__file__).resolve().parents[3]
KILLS = 120
STEPS = 12


def pulls(home: Path, town: Town, deltas: Sequence[Path]) -> subprocess.Popen[str]:
    script = [sys.executable, "-m", "tests.rooms.exchange.puller", str(home), town.lower.url]
    environment = {
        **os.environ,
        "PYTHONPATH": f"{ROOT / 'src'}:{ROOT}",
        "DJANGO_SETTINGS_MODULE": "yangguang.site.settings",
    }
    return subprocess.Popen(
        [*script, format_verifier_key(town.lower.key), *map(str, deltas)],
        env=environment,
        cwd=ROOT,
        stdout=subprocess.PIPE,
        text=True,
    )


def grow(town: Town, folder: Path) -> list[Path]:
    """Let the town publish, revise, withdraw, restore and erase; return a delta after each step."""
    deltas = []
    records: list[RecordId] = []
    size = 0
    for step in range(STEPS):
        records += town.publish_all([metadata(f"{step}-{n}") for n in range(4)], body(f"第{step}步。" * 20))
        if step % 3 == 1:
            town.revise(records[0], metadata(f"更正{step}"))
            town.withdraw(records[-1])
        elif step % 3 == 2:
            town.restore(records[-5])
            record = records.pop(1)
            index = next(e.index for e in town.log.entries(0) if decode_event(e.data).id == record)
            commitments = decode_event(town.log.entry(index).data).commitments
            town.erase(record, list(commitments.values()), sorted(commitments))
        deltas.append(folder / f"{step}.zip")
        export_delta(
            deltas[-1], log=town.log, folder=town.home / "log", key=town.lower.key, blobs=town.blobs, since=size
        )
        size = town.log.checkpoint().size
    return deltas


def size_signed(city: City, town: Town, name: str) -> int:
    cosigner = city.level.witness if name == "witness" else city.level.content_mirror
    note = cosigner.witness.checkpoint(origin_hash(town.lower.key.name))
    return int(note.split(b"\n")[1]) if note else 0


def check(home: Path, town: Town) -> int:
    """Hold what the mirror has said against what it holds; return how many entries it holds."""
    city = City(home)
    cosigned, complete = (size_signed(city, town, name) for name in ("witness", "content-mirror"))
    city.close()
    log = open_log(home / "mirrors/chenghe/log")
    try:
        held = log.checkpoint().size
    except LogDamagedError:
        held = 0
    assert complete <= cosigned <= held
    assert [e.data for e in log.entries(0, held)] == [e.data for e in town.log.entries(0, held)] if held else True
    blobs = Blobs(home / "mirrors/chenghe/blobs")
    events = [decode_event(entry.data) for entry in town.log.entries(0, complete)]
    closed = {event.id for event in events if event.type is EventType.ERASE}
    for event in events:
        if event.type is EventType.WITHDRAW:
            closed.add(event.id)
        elif event.type is EventType.RESTORE:
            closed.discard(event.id)
    for event in events:
        for commitment in event.commitments.values():
            if event.id not in closed:
                try:
                    blobs.content(commitment)
                except BlobErasedError:
                    # By an entry it took over after it had signed this much.
                    assert held > complete
    return held


@pytest.mark.slow
def test_a_mirror_killed_at_random_never_says_more_than_it_holds(tmp_path: Path, town: Town) -> None:
    deltas = grow(town, tmp_path)
    dice = random.Random(11)
    home, killed, rounds = tmp_path / "city0", 0, 0
    while killed < KILLS:
        done = check(home, town) if home.exists() else 0
        left = [path for path, size in zip(deltas, sizes(deltas), strict=True) if size >= done]
        process = pulls(home, town, left)
        assert process.stdout is not None
        assert process.stdout.readline() == "ready\n"
        time.sleep(dice.uniform(0.0, 0.25))
        process.send_signal(signal.SIGKILL)
        process.communicate()
        killed += process.returncode != 0
        if check(home, town) == town.log.checkpoint().size:
            finish(home, town, deltas)
            rounds += 1
            home = tmp_path / f"city{rounds}"
    finish(home, town, deltas)


def sizes(deltas: Sequence[Path]) -> list[int]:
    found = []
    for path in deltas:
        with zipfile.ZipFile(path) as delta:
            found.append(int(delta.read("log/checkpoint").split(b"\n")[1]))
    return found


def finish(home: Path, town: Town, deltas: Sequence[Path]) -> None:
    """Let a mirror end its work undisturbed, and demand all of it."""
    held = check(home, town)
    left = [path for path, size in zip(deltas, sizes(deltas), strict=True) if size >= held]
    said, _ = pulls(home, town, left or deltas[-1:]).communicate()
    assert said.splitlines()[-1].startswith(f"{town.log.checkpoint().size} True"), said
    assert check(home, town) == town.log.checkpoint().size
    assert not (home / "alarms").exists()
    folder = home / "mirrors/chenghe"
    assert list(fsck(log=folder / "log", head=folder / "head.sqlite3", key=town.lower.key)) == []
