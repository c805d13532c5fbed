"""The generated pages of the reference say what the code says."""

import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]


def generate(*arguments: str) -> subprocess.CompletedProcess[str]:
    script = str(ROOT / "docs" / "generate.py")
    return subprocess.run([sys.executable, script, *arguments], capture_output=True, text=True, check=False)


def test_the_generated_reference_pages_are_current() -> None:
    found = generate("--check")
    assert found.returncode == 0, found.stderr


def test_a_page_that_was_edited_by_hand_is_named_and_mended(tmp_path: Path) -> None:
    assert generate("--folder", str(tmp_path)).returncode == 0
    page = tmp_path / "law.md"
    page.write_text(page.read_text(encoding="utf-8").replace("履职依据", "工作动态"), encoding="utf-8")
    found = generate("--check", "--folder", str(tmp_path))
    assert found.returncode == 1
    assert "law.md is stale" in found.stderr
    assert generate("--folder", str(tmp_path)).returncode == 0
    assert generate("--check", "--folder", str(tmp_path)).returncode == 0
