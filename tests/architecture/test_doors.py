"""Only doors are imported across rooms: commands, queries, types, errors, urls, apps; every module of the kernel."""

import ast
from pathlib import Path

import pytest

SOURCE = Path(__file__).resolve().parents[2] / "src" / "yangguang"
ROOMS = sorted(folder.name for folder in SOURCE.iterdir() if (folder / "__init__.py").is_file())
DOORS = {"commands", "queries", "types", "errors", "urls", "apps"}
MOST_KERNEL_LINES = 400


def imported(path: Path) -> set[str]:
    names: set[str] = set()
    for node in ast.walk(ast.parse(path.read_text("utf-8"))):
        if isinstance(node, ast.Import):
            names |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module:
            names.add(node.module)
            names |= {f"{node.module}.{alias.name}" for alias in node.names}
    return names


@pytest.mark.parametrize("room", ROOMS)
def test_a_room_enters_others_by_their_doors(room: str) -> None:
    trespasses = []
    for path in (SOURCE / room).rglob("*.py"):
        for name in imported(path):
            parts = name.split(".")
            if parts[0] != "yangguang" or len(parts) < 3 or parts[1] in {room, "kernel"}:
                continue
            if parts[2] not in DOORS:
                trespasses.append(f"{path.relative_to(SOURCE)} imports {name}")
    assert not trespasses


def test_no_room_is_an_empty_shell() -> None:
    shells = [room for room in ROOMS if sum(1 for _ in (SOURCE / room).rglob("*.py")) < 2]
    assert not shells


def test_the_kernel_stays_small() -> None:
    lines = sum(len(path.read_text("utf-8").splitlines()) for path in (SOURCE / "kernel").glob("*.py"))
    assert lines <= MOST_KERNEL_LINES


def test_no_file_grows_beyond_reading() -> None:
    long = {
        str(path.relative_to(SOURCE)): lines
        for path in SOURCE.rglob("*.py")
        if "migrations" not in path.parts and (lines := len(path.read_text("utf-8").splitlines())) > 400
    }
    assert not long
