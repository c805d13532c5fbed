"""Killed at any moment of an import, a node loses nothing acknowledged, forks nothing, and goes on."""

import random
import signal
import subprocess
import time
from pathlib import Path

import pytest

from tests.flows.machine import Machine
from yangguang.ledger.queries import open_log, root, verify_consistency
from yangguang.records.queries import decode_event

pytestmark = pytest.mark.slow
KILLS = 100
DOCUMENTS = 1_500


def write_documents(folder: Path) -> None:
    folder.mkdir()
    for number in range(DOCUMENTS):
        text = f"# 关于第{number}号水渠的通知\n\n" + f"第{number}号水渠定于七月清淤，请沿线单位配合。" * 4 + "\n"
        (folder / f"{number:05}.md").write_text(text, "utf-8")


def test_a_hundred_kills_lose_nothing_and_fork_nothing(tmp_path: Path) -> None:
    machine = Machine(tmp_path / "node")
    machine.run("init")
    write_documents(tmp_path / "in")
    log = open_log(machine.home / "log")
    dice = random.Random(2026)
    seen = [log.checkpoint()]
    acknowledged: dict[int, bytes] = {}
    killed = 0
    while killed < KILLS:
        process = subprocess.Popen(
            machine.command("import", tmp_path / "in"),
            env=machine.environment,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        time.sleep(dice.uniform(0.3, 1.6))
        process.send_signal(signal.SIGKILL)
        finished = process.wait() == 0
        now = log.checkpoint()
        assert now.size >= seen[-1].size
        before = seen[-1]
        verify_consistency(
            old_size=before.size,
            old_root=before.root,
            new_size=now.size,
            new_root=now.root,
            path=log.consistency(before.size, now.size),
        )
        for entry in log.entries(before.size, now.size):
            acknowledged[entry.index] = entry.data
        seen.append(now)
        killed += 1
        if finished:
            acknowledged.clear()
            machine = Machine(tmp_path / f"node{killed}")
            machine.run("init")
            log = open_log(machine.home / "log")
            seen = [log.checkpoint()]
    final = machine.json("import", tmp_path / "in")
    assert final["published"] + final["already"] == DOCUMENTS
    entries = {entry.index: entry.data for entry in log.entries(0)}
    assert acknowledged.items() <= entries.items()
    assert root([entries[index] for index in sorted(entries)]) == log.checkpoint().root
    records = [decode_event(data).id for data in entries.values()]
    assert len(records) == len(set(records)) == DOCUMENTS
    assert "everything agrees" in machine.run("log", "fsck")
