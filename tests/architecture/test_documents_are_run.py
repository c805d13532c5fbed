"""The runner of documents fails where a document does not tell the truth; without that, it would prove nothing."""

import subprocess
import sys
from pathlib import Path

RUNNER = Path(__file__).resolve().parents[2] / "docs" / "run_readme.py"


def run(folder: Path, *lines: str) -> subprocess.CompletedProcess[str]:
    page = folder / "page.md"
    page.write_text("\n".join(("Text.", "", "```console", *lines, "```", "")), "utf-8")
    return subprocess.run([sys.executable, str(RUNNER), str(page)], capture_output=True, text=True, check=False)


def test_a_session_that_prints_what_it_says_passes(tmp_path: Path) -> None:
    found = run(tmp_path, "$ echo one; echo two >&2", "one", "two", "$ date", "…", "$ true")
    assert found.returncode == 0, found.stderr


def test_another_output_than_the_one_shown_fails(tmp_path: Path) -> None:
    found = run(tmp_path, "$ echo one", "two")
    assert found.returncode == 1
    assert "printed\none" in found.stderr


def test_output_that_is_not_shown_fails(tmp_path: Path) -> None:
    assert run(tmp_path, "$ echo one").returncode == 1


def test_a_command_that_fails_unannounced_fails(tmp_path: Path) -> None:
    assert run(tmp_path, "$ false").returncode == 1
    assert run(tmp_path, '$ false || echo "exit code $?"', "exit code 1").returncode == 0


def test_variables_and_long_commands_last_over_a_session(tmp_path: Path) -> None:
    found = run(tmp_path, "$ X=three", "$ cat <<END", "> one", ">", "> $X", "> END", "one", "", "three")
    assert found.returncode == 0, found.stderr


def test_a_command_that_ends_the_session_fails(tmp_path: Path) -> None:
    assert run(tmp_path, "$ exit 0").returncode == 1
