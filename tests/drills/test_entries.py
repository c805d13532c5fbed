"""Rows 7 and 16: an operator who backdates, and data in a leaf that the law forbids or nobody can take back."""

import subprocess
import sys
from pathlib import Path

import pytest

from tests.drills.stage import Copied, Stage, files_of, impostor
from tests.flows.levels import until
from yangguang.kernel import canonical
from yangguang.ledger.commands import load_signer, open_writer

pytestmark = pytest.mark.slow

A_DAY_EARLIER = """
import datetime, sys
import yangguang.kernel.clock as clock
true = clock.system_clock
clock.system_clock = lambda: true() - datetime.timedelta(days=1)
from yangguang.site.cli import main
main()
"""


def import_on_yesterdays_clock(node: Copied, file: Path) -> None:
    command = [sys.executable, "-c", A_DAY_EARLIER, "import", str(file)]
    done = subprocess.run(command, env=node.environment, capture_output=True, check=False)
    assert done.returncode == 0, done.stderr.decode()


def test_row_7_a_backdated_entry_lies_before_what_the_witness_saw(stage: Stage, tmp_path: Path) -> None:
    with stage.county.serving(stage.county.port) as url:
        assert stage.outsider.visit(url) == set()
    (tmp_path / "late.md").write_text("# 关于迟报事项的通知\n\n昨日之事。\n", "utf-8")
    import_on_yesterdays_clock(stage.county, tmp_path / "late.md")
    with stage.city.witnessing(), stage.county.serving(stage.county.port) as url:
        until(lambda: "city" in stage.county.cosigners(), "the witness's cosignature")
        assert stage.outsider.visit(url, code=1) == {"time"}
    found = stage.outsider.alarm("time")
    assert found.keys() == {"entry.json", "before.note", "after.note"}
    assert b"\n2\n" in found["before.note"]
    assert b"city.example/xxgk/witness" in found["before.note"]


def test_row_16_illegal_data_in_a_leaf_is_refused_by_whoever_receives_it(stage: Stage, tmp_path: Path) -> None:
    words = "澄禾县某人身份证号"
    county = stage.county
    (tmp_path / "text.md").write_text(f"# {words}\n\n现公布{words}。\n", "utf-8")
    county.run("import", tmp_path / "text.md")
    logged = b"".join(path.read_bytes() for path in (county.home / "log").rglob("*") if path.is_file())
    assert words.encode() not in logged, "our own sequencer writes no text into leaves"
    poison = canonical.encode({"t": "publish", "text": words, "ts": 1_800_000_000, "v": 1})
    keys = county.home / "keys" / "log.key"
    with open_writer(
        log=county.home / "log", head=county.home / "head" / "head.sqlite3", signer=load_signer(keys)
    ) as patched:
        patched.append([poison])
    with impostor(files_of(county), county.port) as url:
        stage.city.pull(code=1)
        assert "schema" in stage.outsider.visit(url, code=1)
    assert b"\n4\n" in stage.city.alarm("schema")["theirs.note"]
    assert stage.outsider.alarm("schema")["entry.json"] == poison
    copies = b"".join(path.read_bytes() for path in (stage.city.home / "mirrors").rglob("*") if path.is_file())
    assert words.encode() not in copies, "what is outside the schema is not taken over"
