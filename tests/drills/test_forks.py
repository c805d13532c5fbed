"""Rows 5, 9 and 11: who holds the key and forks the log, who stops it or shows an old head, who restores a backup."""

import shutil
import time
from pathlib import Path

import pytest

from tests.drills.stage import Copied, Stage, files_of, impostor
from tests.flows.levels import until
from yangguang.ledger.queries import parse_checkpoint, parse_verifier_key

pytestmark = pytest.mark.slow


@pytest.mark.parametrize(("lower", "upper"), [("county", "city"), ("city", "province")])
def test_row_5_a_fork_by_whoever_holds_the_key_leaves_two_signed_notes(
    stage: Stage, tmp_path: Path, lower: str, upper: str
) -> None:
    node, above = getattr(stage, lower), getattr(stage, upper)
    assert isinstance(node, Copied)
    assert isinstance(above, Copied)
    node.publish(2030)
    rewritten = node.twin(tmp_path / "rewritten")
    node.publish(2031)
    with node.serving(node.port) as url:
        above.pull()
        assert stage.outsider.visit(url) == set()
    size = node.size()
    rewritten.publish(2041, 2042)
    with rewritten.serving(node.port) as url:
        assert "fork" in above.pull(code=1)
        assert "resume" in above.pull(code=1)
        assert stage.outsider.visit(url, code=1) == {"fork"}
    key = parse_verifier_key(node.key)
    for found in (above.alarm("fork"), stage.outsider.alarm("fork")):
        ours, theirs = (parse_checkpoint(found[name], key) for name in ("ours.note", "theirs.note"))
        assert (ours.size, theirs.size) == (size, size + 1)
    # The upper level signs nothing of this log any more, whoever asks.
    assert above.json("witness", "list") == []


def test_row_9_a_log_that_stands_still_or_shows_an_old_head_is_called_so(stage: Stage) -> None:
    old = (stage.county.home / "log" / "checkpoint").read_bytes()
    with stage.county.serving(stage.county.port) as url:
        assert stage.outsider.visit(url) == set()
    stage.county.publish(2030)
    with stage.county.serving(stage.county.port) as url, stage.city.witnessing():
        until(lambda: "city" in stage.county.cosigners(), "the witness's cosignature")
        assert stage.outsider.visit(url) == set()
    time.sleep(3)
    with impostor(files_of(stage.county), stage.county.port) as url:
        assert "stale" in stage.outsider.visit(url, "--stale-hours", "0.0005", code=1)
    (stage.county.home / "log" / "checkpoint").write_bytes(old)
    with impostor(files_of(stage.county), stage.county.port) as url:
        assert "rollback" in stage.outsider.visit(url, code=1)
    assert stage.outsider.alarm("stale").keys() == {"theirs.note"}
    found = stage.outsider.alarm("rollback")
    assert b"\n3\n" in found["ours.note"]
    assert found["theirs.note"] == old


def restore(node: Copied, backup: Path) -> None:
    alarms = node.home / "alarms"
    shutil.rmtree(node.home)
    shutil.copytree(backup, node.home)
    assert not alarms.exists()


def test_row_11_a_restored_backup_is_not_written_on_and_two_writers_never_write(stage: Stage, tmp_path: Path) -> None:
    county = stage.county
    shutil.copytree(county.home, tmp_path / "backup")
    county.publish(2030)
    (tmp_path / "more.md").write_text("# 又一份通知\n\n内容。\n", "utf-8")
    with stage.city.witnessing():
        with county.serving(county.port):
            until(lambda: "city" in county.cosigners(), "the witness's cosignature")
            second = county.attempt("rebuild")
            assert second.returncode == 1
            assert b"Traceback" not in second.stderr
        restore(county, tmp_path / "backup")
        assert county.attempt("import", tmp_path / "more.md").returncode == 1
    assert county.size() == 2
    found = county.alarm("witness")
    assert b"\n3\n" in found["witness-0.note"]
    assert b"\n2\n" in found["ours.note"]


def test_row_11_without_a_reachable_witness_the_second_head_keeps_a_backup_from_being_written_on(
    stage: Stage, tmp_path: Path
) -> None:
    county = stage.county
    settings = county.home / "node.toml"
    settings.write_text(f'head2 = "{tmp_path / "other-disk.note"}"\n' + settings.read_text("utf-8"), "utf-8")
    county.run("log", "copy-head")
    shutil.copytree(county.home, tmp_path / "backup")
    county.publish(2030)
    restore(county, tmp_path / "backup")
    (tmp_path / "more.md").write_text("# 又一份通知\n\n内容。\n", "utf-8")
    refused = county.attempt("import", tmp_path / "more.md")
    assert refused.returncode == 1
    assert b"Traceback" not in refused.stderr
    assert county.size() == 2
    assert b"\n3\n" in (tmp_path / "other-disk.note").read_bytes()
