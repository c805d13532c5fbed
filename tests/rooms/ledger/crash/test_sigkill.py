"""A real process on a real disk, killed at random a thousand times."""

import multiprocessing
import random
import time
from collections.abc import Callable
from hashlib import sha256
from multiprocessing.connection import Connection
from pathlib import Path

import pytest

from tests.rooms.ledger.crash import victims
from tests.rooms.ledger.crash.victims import Promise
from tests.rooms.ledger.places import new_place
from yangguang.ledger.queries import Log, parse_checkpoint, verifier_key, verify_consistency
from yangguang.ledger.types import VerifierKey

pytestmark = pytest.mark.slow

KILLS = 1_000
LONGEST_SECONDS = 0.06


@pytest.fixture(scope="module")
def kill() -> Callable[..., list[Promise]]:
    """Start a victim, kill it after a random while, and return what it had promised."""
    processes = multiprocessing.get_context("forkserver")
    processes.set_forkserver_preload([victims.__name__])
    chance = random.Random(20)

    def kill(victim: Callable[..., None], *arguments: object) -> list[Promise]:
        ours, theirs = processes.Pipe(duplex=False)
        process = processes.Process(target=victim, args=(*arguments, theirs))
        process.start()
        theirs.close()
        if chance.random() < 0.8:
            ours.poll(5)  # until it has opened the log; the others are killed while they recover
        time.sleep(chance.uniform(0, LONGEST_SECONDS))
        process.kill()
        process.join()
        with ours:
            return read_all(ours)

    return kill


def read_all(pipe: Connection) -> list[Promise]:
    promises = []
    while True:
        try:
            promises.append(pipe.recv())
        except EOFError:
            return promises


class Released:
    """Every checkpoint that left a process, and what of it is checked when."""

    def __init__(self, key: VerifierKey) -> None:
        self.key = key
        self.roots = {0: sha256().digest()}
        self.newest = 0

    def add(self, note: bytes) -> int:
        checkpoint = parse_checkpoint(note, self.key)
        assert self.roots.setdefault(checkpoint.size, checkpoint.root) == checkpoint.root, "I2: a fork"
        return checkpoint.size

    def check_visible(self, log: Log) -> None:
        """Check that the public checkpoint is one, extends the last one seen, and has its newest entries."""
        size = self.add(log.checkpoint_note())
        assert size >= self.newest, "a kill is no power cut: what was visible stays visible"
        self.check_extends(log, self.newest, size)
        assert len(list(log.entries(self.newest, size))) == size - self.newest
        self.newest = size

    def check_extends(self, log: Log, old: int, new: int) -> None:
        path = log.consistency(old, new)
        verify_consistency(old_size=old, old_root=self.roots[old], new_size=new, new_root=self.roots[new], path=path)

    def check_all(self, log: Log) -> None:
        for size in self.roots:
            self.check_extends(log, size, max(self.roots))


def test_a_writer_killed_a_thousand_times_loses_nothing_and_never_forks(
    tmp_path: Path, kill: Callable[..., list[Promise]], capsys: pytest.CaptureFixture[str]
) -> None:
    place = new_place(tmp_path / "node")
    released = Released(verifier_key(place.signer))
    expected: dict[int, int] = {}
    for seed in range(1, KILLS + 1):
        for first, count, note in kill(victims.publish, place.log, place.head, place.head.with_name("log.key"), seed):
            expected |= dict.fromkeys(range(first, first + count), seed)
            if note:
                released.add(note)
        released.check_visible(place.reader())
    with place.writer() as writer:
        assert writer.size > max(expected), "I1: an acknowledged entry is lost"
    entries = [entry.data for entry in place.reader().entries(0)]
    for index, seed in expected.items():
        assert entries[index].endswith(b"of writer %d" % seed), "I1: an acknowledged entry is another one"
    released.check_visible(place.reader())
    released.check_all(place.reader())
    assert place.findings() == []
    with capsys.disabled():
        print(f"\n  {KILLS} kills, {len(expected)} entries acknowledged, {len(released.roots)} checkpoints released")  # noqa: T201
