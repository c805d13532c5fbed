"""What an operator gets wrong ends in one line that says so: never in a traceback, never in half of a node."""

from pathlib import Path

import pytest

from tests.flows.machine import Machine


@pytest.fixture
def machine(tmp_path: Path) -> Machine:
    return Machine(tmp_path / "node")


def refusal(machine: Machine, *arguments: str | Path) -> str:
    """Return the one line that a command which fails prints."""
    done = machine.attempt(*arguments)
    (line,) = done.stderr.decode().splitlines()
    assert done.returncode == 1
    assert line.startswith("yangguang: ")
    return line


@pytest.mark.parametrize("text", ["name = [broken", "name = 3", 'colour = "red"'])
def test_settings_that_cannot_be_read_are_refused_in_one_line(machine: Machine, text: str) -> None:
    machine.home.mkdir()
    (machine.home / "node.toml").write_text(text, "utf-8")
    assert "node.toml" in refusal(machine, "status")


def test_a_home_that_is_a_file_is_refused_in_one_line(machine: Machine) -> None:
    machine.home.write_text("")
    assert str(machine.home) in refusal(machine, "init")


def test_a_lost_database_is_said_in_one_line(machine: Machine) -> None:
    machine.run("init")
    (machine.home / "node.sqlite3").unlink()
    assert "node.sqlite3" in refusal(machine, "log", "fsck")


@pytest.mark.parametrize(
    "option",
    [
        ("--origin", "https://county.example/xxgk"),
        ("--origin", "county.example"),
        ("--agency", "A B"),
        ("--level", "moon"),
        ("--uscc", "123"),
        ("--name", "澄禾县\n人民政府"),
        ("--site-code", "zzz"),
        ("--base-url", "javascript:alert(1)"),
    ],
)
def test_what_init_refuses_leaves_nothing_behind(machine: Machine, option: tuple[str, str]) -> None:
    assert "refused" in refusal(machine, "init", *option)
    assert not machine.home.exists()


@pytest.mark.parametrize("year", ["abc", "0", "99999999999999999999", "2015..x", ".."])
def test_a_year_that_is_none_is_refused(machine: Machine, year: str) -> None:
    machine.run("init")
    assert "year" in refusal(machine, "search", "路", "--year", year)
