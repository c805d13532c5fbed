"""An erasure leaves no byte of the text in the node's folder, while the node goes on serving."""

import time
from pathlib import Path

import pytest

from tests.flows.machine import Machine

WORDS = "澄禾县某路涉密管线迁改"


@pytest.fixture
def machine(tmp_path: Path) -> Machine:
    machine = Machine(tmp_path / "node")
    machine.run("init")
    return machine


def test_what_was_erased_stands_in_no_file_of_a_node_that_is_serving(machine: Machine, tmp_path: Path) -> None:
    notice = tmp_path / "通知.md"
    notice.write_text(f"# 关于{WORDS}的通知\n\n{WORDS}按规定办理。\n", "utf-8")
    with machine.serving():
        (record,) = machine.json("import", notice)["records"]
        machine.run("erase", record["id"], "--ground", "secret", "--yes")
        deadline = time.monotonic() + 20  # the last trace goes when the line is idle
        while (held := files_with_the_words(machine.home)) and time.monotonic() < deadline:
            time.sleep(0.1)
    assert held == []


def files_with_the_words(home: Path) -> list[str]:
    return [path.name for path in home.rglob("*") if path.is_file() and WORDS.encode() in path.read_bytes()]
