"""Go's reference packages (golang.org/x/mod/sumdb) as a second reader of our logs."""

import os
import shutil
import subprocess
from pathlib import Path

import pytest

from tests.rooms.ledger.places import Place, change_byte, numbered
from yangguang.ledger.queries import format_verifier_key, verifier_key

pytestmark = pytest.mark.slow

SOURCE = Path(__file__).resolve().parents[2] / "vectors" / "go"


@pytest.fixture(scope="module")
def checker(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The Go program, built."""
    go = shutil.which("go")
    if go is None:
        pytest.skip("go is not installed: the log is not compared with Go's reference")
    target = tmp_path_factory.mktemp("go") / "checker"
    environment = os.environ | {"GOFLAGS": "-mod=readonly", "GOTOOLCHAIN": "local"}
    built = subprocess.run(
        [go, "build", "-o", target, "."], cwd=SOURCE, env=environment, capture_output=True, text=True, check=False
    )
    if "dial tcp" in built.stderr or "proxy" in built.stderr:
        pytest.skip(f"golang.org/x/mod cannot be fetched: {built.stderr.strip()[:200]}")
    assert built.returncode == 0, built.stderr
    return target


def run(checker: Path, place: Place, *old: Path) -> subprocess.CompletedProcess[str]:
    key = format_verifier_key(verifier_key(place.signer))
    return subprocess.run([checker, key, place.log, *old], capture_output=True, text=True, check=False)


def test_go_finds_a_log_of_three_levels_sound(checker: Path, grown: Place) -> None:
    result = run(checker, grown)
    assert result.stdout == "sound: 66000 entries\n", result.stderr


@pytest.mark.parametrize("size", [1, 2, 255, 256, 257, 700])
def test_go_agrees_at_every_edge_and_that_the_log_only_grew(
    checker: Path, place: Place, tmp_path: Path, size: int
) -> None:
    place.append(numbered(0, size))
    old = tmp_path / "old"
    old.write_bytes(place.reader().checkpoint_note())
    place.append(numbered(size, size + 300))
    result = run(checker, place, old)
    assert result.stdout == f"sound: {size + 300} entries\n", result.stderr


@pytest.mark.parametrize("path", ["checkpoint", "tile/0/001.p/44", "tile/0/000", "tile/entries/000"])
def test_go_refuses_what_we_refuse(checker: Path, place: Place, path: str) -> None:
    place.append(numbered(0, 300))
    change_byte(place.log / path)
    assert run(checker, place).returncode == 1
