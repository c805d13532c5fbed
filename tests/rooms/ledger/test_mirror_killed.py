"""A thousand kills of a mirror at work: what it shows is always whole, never smaller, and never another tree."""

import os
import random
import shutil
import signal
import time
import traceback
from pathlib import Path

import pytest

from tests.rooms.ledger.places import Place, numbered
from yangguang.ledger.checkpoint import sign_checkpoint
from yangguang.ledger.commands import Mirror, cosign, with_cosignatures
from yangguang.ledger.keys import new_signer
from yangguang.ledger.queries import Log, fsck, open_log, parse_checkpoint, verifier_key
from yangguang.ledger.types import Checkpoint

KILLS = 1_000
PROVINCE = new_signer("province.example/mirror")


def follow(source: Place, folder: Path, seed: int) -> None:
    """Take over the log in steps of random sizes, cosigning each, until killed or done."""
    chance = random.Random(seed)
    served = source.reader()
    whole = served.checkpoint().size
    with Mirror(folder / "log", folder / "head.sqlite3", verifier_key(source.signer)) as mirror:
        while mirror.size < whole:
            size = min(whole, mirror.size + chance.choice((1, 7, 256, 300, 3_000)))
            note = sign_checkpoint(Checkpoint(source.signer.name, size, served.root(size)), source.signer)
            mirror.extend(note, (entry.data for entry in served.entries(mirror.size, size)))
            mirror.archive_cosigned(with_cosignatures(note, [cosign(note, PROVINCE, now=size)]))


def killed(source: Place, folder: Path, seed: int, seconds: float) -> None:
    """Run `follow` in another process and kill it after `seconds`; whatever it raises fails the test."""
    child = os.fork()
    if child == 0:
        try:
            follow(source, folder, seed)
            os._exit(0)
        except BaseException:  # noqa: BLE001 - nothing may return into the test from here
            (folder / "raised").write_text(traceback.format_exc())
            os._exit(1)
    time.sleep(seconds)
    os.kill(child, signal.SIGKILL)
    os.waitpid(child, 0)
    raised = folder / "raised"
    assert not raised.exists(), raised.read_text()


def shown(source: Place, folder: Path) -> int:
    """Return the size the copy shows, having checked that it is whole and a part of the log."""
    log = open_log(folder / "log")
    if not (folder / "log/checkpoint").exists():
        return 0
    checkpoint = parse_checkpoint(log.checkpoint_note(), verifier_key(source.signer))
    assert checkpoint.root == log.root(checkpoint.size) == source.reader().root(checkpoint.size)
    assert all(entry.data for entry in log.entries(max(0, checkpoint.size - 4_000)))
    return max(checkpoint.size, max(archived(log, checkpoint.size), default=0))


def archived(log: Log, size: int) -> list[int]:
    """Return the sizes of what was cosigned; none of it may be more than is shown."""
    sizes = list(log.archive.sizes())
    assert all(one <= size for one in sizes)
    return sizes


@pytest.mark.slow
def test_a_mirror_killed_a_thousand_times_never_shows_what_it_lacks_and_never_goes_back(
    grown: Place, tmp_path: Path
) -> None:
    chance = random.Random(11)
    rounds = sizes = 0
    folder = tmp_path / "copy0"
    folder.mkdir()
    for kill in range(KILLS):
        killed(grown, folder, kill, chance.uniform(0.002, 0.06))
        size = shown(grown, folder)
        assert size >= sizes
        sizes = size
        if kill % 50 == 49 or size == grown.reader().checkpoint().size:
            assert [entry.data for entry in open_log(folder / "log").entries(0)] == numbered(0, size)
            with Mirror(folder / "log", folder / "head.sqlite3", verifier_key(grown.signer)) as mirror:
                assert mirror.size >= size
            assert list(fsck(log=folder / "log", head=folder / "head.sqlite3", key=verifier_key(grown.signer))) == []
            shutil.rmtree(folder)
            rounds, sizes = rounds + 1, 0
            folder = tmp_path / f"copy{rounds}"
            folder.mkdir()
    print(f"{KILLS} kills, {rounds} copies")  # noqa: T201 - what was tried is part of the result
