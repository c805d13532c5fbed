"""Writers that fail or die at every step, and the four invariants of the ledger (LEDGER design 2.5).

I1: an acknowledged entry is never lost. I2: no two released checkpoints contradict each other. I3: everything a visible
checkpoint refers to is there. I4: after any crash the log can go on.
"""

import base64
import errno
import random
import sqlite3
import subprocess
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import ParamSpec, TypeVar

import pytest

from tests.rooms.ledger.places import UNSYNCED, Place, Unsynced, new_place, numbered
from yangguang.ledger.errors import LedgerError, NotAcknowledgedError
from yangguang.ledger.files import Lock
from yangguang.ledger.queries import parse_checkpoint, verifier_key, verify_consistency

P = ParamSpec("P")
T = TypeVar("T")

BATCHES = (numbered(0, 5), numbered(5, 300), numbered(300, 301), numbered(301, 513))
SCENARIO_SIZE = 513


class Failing(Unsynced):
    """Files whose operation number `at` fails: before it is done, after it is done, or in its middle."""

    def __init__(self, at: int, mode: str) -> None:
        super().__init__()
        self.count = 0
        self.at = at
        self.mode = mode

    def _step(self, operation: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> T:
        self.count += 1
        if self.count != self.at:
            return operation(*args, **kwargs)
        if self.mode != "before":
            operation(*args, **kwargs)
        raise OSError(errno.EIO, "injected")

    def read(self, path: Path) -> bytes:
        return self._step(super().read, path)

    def write(self, path: Path, data: bytes) -> None:
        half = self.count + 1 == self.at and self.mode == "torn"
        self._step(super().write, path, data[: len(data) // 2] if half else data)

    def rename(self, source: Path, target: Path) -> None:
        self._step(super().rename, source, target)

    def make_folder(self, path: Path) -> None:
        self._step(super().make_folder, path)

    def sync_folder(self, path: Path) -> None:
        self._step(super().sync_folder, path)

    def names(self, folder: Path) -> tuple[str, ...]:
        return self._step(super().names, folder)

    def is_folder(self, path: Path) -> bool:
        return self._step(super().is_folder, path)

    def remove(self, path: Path) -> None:
        self._step(super().remove, path)

    def remove_folder(self, path: Path) -> None:
        self._step(super().remove_folder, path)

    def commit(self, connection: sqlite3.Connection) -> None:
        self._step(super().commit, connection)

    def lock(self, folder: Path) -> Lock:
        return super().lock(folder)


@dataclass
class Seen:
    """All that left the writer: acknowledged entries, and checkpoints with their roots."""

    acknowledged: int = 0
    committed: int = 0
    roots: dict[int, bytes] = field(default_factory=dict)

    def release(self, place: Place, note: bytes) -> None:
        checkpoint = parse_checkpoint(note, verifier_key(place.signer))
        assert self.roots.setdefault(checkpoint.size, checkpoint.root) == checkpoint.root, "I2: a fork"

    def release_published(self, place: Place) -> None:
        note = place.reader().checkpoint_note()
        self.release(place, note)
        size = parse_checkpoint(note, verifier_key(place.signer)).size
        assert len(list(place.reader().entries(0, size))) == size, "I3: entries of a visible checkpoint are missing"

    def check(self, place: Place) -> None:
        log = place.reader()
        size, root = log.checkpoint().size, log.checkpoint().root
        for old, old_root in self.roots.items():
            path = log.consistency(old, size)
            verify_consistency(old_size=old, old_root=old_root, new_size=size, new_root=root, path=path)


def run(place: Place, files: Unsynced, seen: Seen) -> None:
    """Append what is missing of the scenario, until it is done or the files fail."""
    try:
        with place.writer(files) as writer:
            seen.release(place, writer.checkpoint)
            for batch in BATCHES:
                rest = batch[max(0, writer.size - int(batch[0].split()[0])) :]
                try:
                    seen.release(place, writer.append(rest).checkpoint)
                except NotAcknowledgedError as error:
                    if error.committed:
                        seen.committed = writer.size + len(rest)
                    if error.committed is False:
                        seen.committed = writer.size
                    raise
                seen.acknowledged = writer.size
    except (LedgerError, OSError) as error:
        assert "injected" in f"{error} {error.__cause__}"  # noqa: PT017 - nothing else may have gone wrong
    seen.release_published(place)


def finish(place: Place, seen: Seen) -> None:
    """Open with sound files, check what must have survived, go on to the end."""
    with place.writer() as writer:
        assert writer.size >= max(seen.acknowledged, seen.committed), "I1: an acknowledged entry is lost"
        seen.release(place, writer.checkpoint)
    run(place, UNSYNCED, seen)
    assert seen.acknowledged == SCENARIO_SIZE, "I4: the log did not go on"
    assert [entry.data for entry in place.reader().entries(0)] == numbered(0, SCENARIO_SIZE)
    seen.check(place)
    assert place.findings() == []
    assert not list(place.log.rglob("*.tmp"))


@pytest.fixture(scope="module")
def steps(tmp_path_factory: pytest.TempPathFactory) -> int:
    """How many file operations the scenario takes, commits included."""
    counting = Failing(0, "before")
    place = new_place(tmp_path_factory.mktemp("counting"), UNSYNCED)
    run(place, counting, Seen())
    assert place.reader().checkpoint().size == SCENARIO_SIZE
    return counting.count


@pytest.mark.parametrize(
    "mode", ["before", pytest.param("after", marks=pytest.mark.slow), pytest.param("torn", marks=pytest.mark.slow)]
)
def test_a_writer_failing_at_any_file_operation_loses_nothing(
    place: Place, tmp_path: Path, steps: int, mode: str
) -> None:
    assert steps > 60
    for at in range(1, steps + 1):
        copy, seen = place.copy(tmp_path / f"at{at}"), Seen()
        run(copy, Failing(at, mode), seen)
        finish(copy, seen)


@pytest.mark.slow
def test_a_recovery_failing_at_any_file_operation_loses_nothing(place: Place, tmp_path: Path, steps: int) -> None:
    for at in range(1, steps + 1, 5):
        for again in range(1, 30, 3):
            copy, seen = place.copy(tmp_path / f"at{at}.{again}"), Seen()
            run(copy, Failing(at, "before"), seen)
            run(copy, Failing(again, "torn"), seen)
            finish(copy, seen)


@pytest.mark.parametrize("mode", ["before", "after"])
def test_an_error_at_commit_is_in_doubt_and_the_next_start_tells(tmp_path: Path, mode: str) -> None:
    class Doubtful(Unsynced):
        def commit(self, connection: sqlite3.Connection) -> None:
            if mode == "after":
                super().commit(connection)
            raise sqlite3.OperationalError("disk I/O error")

    place = new_place(tmp_path / "node", UNSYNCED)
    with place.writer(Doubtful()) as writer, pytest.raises(NotAcknowledgedError, match="the next start tells") as error:
        writer.append([b"x"])
    assert error.value.committed is None
    with place.writer() as writer:
        assert writer.size == (1 if mode == "after" else 0)
    assert place.findings() == []


def test_an_interrupt_stops_the_writer_and_loses_nothing(place: Place) -> None:
    class Interrupted(Unsynced):
        def rename(self, source: Path, target: Path) -> None:
            raise KeyboardInterrupt(source, target)

    with place.writer(Interrupted()) as writer:
        with pytest.raises(KeyboardInterrupt):
            writer.append([b"x"])
        with pytest.raises(LedgerError):
            writer.append([b"y"])
    with place.writer() as writer:
        assert writer.size == 1


@pytest.mark.slow
def test_a_writer_killed_at_random_loses_no_acknowledged_entry_and_never_forks(tmp_path: Path) -> None:
    place, seen, chance = new_place(tmp_path / "node"), Seen(), random.Random(7)
    expected: dict[int, bytes] = {}
    for seed in range(1, 26):
        script = Path(__file__).with_name("appender.py")
        command: list[str | Path] = [
            sys.executable,
            script,
            place.log,
            place.head,
            place.head.with_name("log.key"),
            str(seed),
            "0",
        ]
        with subprocess.Popen(command, stdout=subprocess.PIPE) as process:
            assert process.stdout is not None
            lines = [process.stdout.readline()]
            time.sleep(chance.uniform(0, 0.25))
            process.kill()
            lines += process.stdout.read().splitlines(keepends=True)
        for line in lines:
            if not line.endswith(b"\n"):
                continue  # killed while telling: not acknowledged
            *numbers, note = line.split()
            seen.release(place, base64.b64decode(note))
            if numbers[0] != b"open":
                first, count = map(int, numbers)
                expected |= {index: f"{seed} {index}".encode() for index in range(first, first + count)}
        seen.release_published(place)
    assert len(expected) > 100
    with place.writer() as writer:
        assert writer.size >= len(expected)
    entries = {entry.index: entry.data for entry in place.reader().entries(0)}
    assert expected.items() <= entries.items()
    seen.check(place)
    assert place.findings() == []
