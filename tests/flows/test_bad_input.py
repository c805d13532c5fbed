"""What cannot be read is refused by name; what can be read is published all the same."""

import os
import random
import resource
import subprocess
from pathlib import Path

import pytest

from tests.flows.machine import Machine

NOTICE = "# 关于{0}的通知\n\n各有关单位：\n\n{0}事项按规定办理。\n"


@pytest.fixture
def machine(tmp_path: Path) -> Machine:
    machine = Machine(tmp_path / "node")
    machine.run("init")
    return machine


def refusals(said: dict[str, list[dict[str, str]]]) -> dict[str, str]:
    return {item["where"]: item["reason"] for item in said["refused"]}


def test_each_bad_file_is_named_and_the_good_one_is_published(machine: Machine, tmp_path: Path) -> None:
    folder = tmp_path / "in"
    folder.mkdir()
    (folder / "好.md").write_text(NOTICE.format("道路养护"), "utf-8")
    (folder / "国标.txt").write_bytes("关于供水检修的通知\n\n供水检修定于七月一日进行。\n".encode("gb18030"))
    (folder / "空.txt").write_bytes(b"")
    (folder / "乱.txt").write_bytes(bytes(range(128, 256)) * 40 + b"\x00\xff")
    (folder / "深.html").write_text("<html><body>" + "<div>" * 100_000 + "深" + "</body></html>", "utf-8")
    with (folder / "大.txt").open("wb") as file:
        file.truncate(100 * 1024 * 1024)
    (folder / "换\n行.md").write_text(NOTICE.format("换行"), "utf-8")
    said = machine.json("import", folder)
    assert said["published"] == 3
    refused = refusals(said)
    assert set(refused) == {"空.txt", "乱.txt", "深.html", "大.txt"}
    assert all(refused.values())
    assert any("\\n" in record["where"] for record in said["records"])
    assert machine.json("search", "供水检修")["total"] == 1


@pytest.mark.skipif(os.geteuid() == 0, reason="root reads every folder")
def test_a_folder_without_permission_is_named(machine: Machine, tmp_path: Path) -> None:
    folder = tmp_path / "in"
    (folder / "锁").mkdir(parents=True)
    (folder / "好.md").write_text(NOTICE.format("公园"), "utf-8")
    (folder / "锁").chmod(0)
    said = machine.json("import", folder)
    (folder / "锁").chmod(0o700)
    assert said["published"] == 1
    assert "锁" in refusals(said)


def test_one_broken_file_in_a_thousand_is_reported_and_the_rest_published(machine: Machine, tmp_path: Path) -> None:
    folder = tmp_path / "in"
    folder.mkdir()
    for number in range(1_000):
        (folder / f"{number:04}.md").write_text(NOTICE.format(f"第{number}号水渠"), "utf-8")
    (folder / "0500.md").write_bytes(b"\xff\xfe\x00\xd8" * 9)
    said = machine.json("import", folder)
    assert said["published"] == 999
    assert list(refusals(said)) == ["0500.md"]


def test_a_full_disk_is_said_and_loses_nothing(machine: Machine, tmp_path: Path) -> None:
    folder = tmp_path / "in"
    folder.mkdir()
    dice = random.Random(7)
    for number in range(60):
        words = "".join(chr(dice.randrange(0x4E00, 0x9FA5)) for _ in range(20_000))  # not to be compressed
        (folder / f"{number:02}.md").write_text(NOTICE.format(f"第{number}号水渠") + words, "utf-8")
    first = folder / "00.md"
    assert machine.json("import", first)["published"] == 1

    def little_room() -> None:
        # A file that may not grow stands for a disk that is full: the kernel refuses the write in the same way.
        resource.setrlimit(resource.RLIMIT_FSIZE, (1_000_000, 1_000_000))

    full = subprocess.run(
        machine.command("import", folder),
        env={**machine.environment, "PYTHONDONTWRITEBYTECODE": "1"},
        preexec_fn=little_room,
        capture_output=True,
        check=False,
    )
    assert full.returncode == 1
    assert "run again" in full.stdout.decode() + full.stderr.decode()
    assert "everything agrees" in machine.run("log", "fsck")
    said = machine.json("import", folder)
    assert said["published"] + said["already"] == 60
    assert machine.json("search")["total"] == 60
    assert "everything agrees" in machine.run("log", "fsck")


def test_init_overwrites_nothing(machine: Machine) -> None:
    before = (machine.home / "keys" / "log.key").read_bytes()
    refused = machine.attempt("init")
    assert refused.returncode == 1
    assert b"left untouched" in refused.stderr
    assert (machine.home / "keys" / "log.key").read_bytes() == before


def test_without_a_node_a_command_says_how_to_make_one(tmp_path: Path) -> None:
    refused = Machine(tmp_path / "none").attempt("status")
    assert refused.returncode == 1
    assert b"yangguang init" in refused.stderr
