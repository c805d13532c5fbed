"""Rows 3, 4 and 10: who owns the business database, who owns every file but not the key, who shows unlogged pages."""

import base64
import json
import sqlite3
from pathlib import Path

import pytest

from tests.drills.stage import Copied, Stage, files_of, impostor
from yangguang.ledger.queries import leaf_hash, open_log, root

pytestmark = pytest.mark.slow


def alter(database: Path, *statements: str) -> None:
    connection = sqlite3.connect(database)
    with connection:
        for statement in statements:
            assert connection.execute(statement).rowcount > 0, statement
    connection.close()


def rules(node: Copied, keep: Path) -> set[str]:
    """Return the rules that fsck names, its report kept as evidence in `keep`."""
    keep.write_text(node.run("log", "fsck", "--json", code=1), "utf-8")
    return {finding["rule"] for finding in json.loads(keep.read_text("utf-8"))}


def test_row_3_rows_and_contents_changed_behind_the_log_are_named(stage: Stage, tmp_path: Path) -> None:
    with stage.county.serving(stage.county.port) as url:
        assert stage.outsider.visit(url) == set()
    alter(stage.county.home / "node.sqlite3", "UPDATE catalogue_record SET title = '改' WHERE title LIKE '%2023%'")
    assert rules(stage.county, tmp_path / "rows.json") == {"catalogue.title"}
    stage.county.run("rebuild")
    alter(next((stage.county.home / "blobs").glob("*.sqlite3")), "UPDATE contents SET deflated = x'00'")
    assert "blobs.content" in rules(stage.county, tmp_path / "contents.json")
    with stage.county.serving(stage.county.port) as url:
        assert stage.outsider.visit(url, code=1) == {"missing"}
    folders = list((stage.outsider.home / "evidence").glob("*-missing*"))
    assert folders
    assert all((folder / "entry.json").is_file() for folder in folders)


def rewrite_history(node: Copied) -> None:
    """Change the first entry, and everything that hashes it, in the public files and the head store."""
    log = node.home / "log"
    (bundle,) = (log / "tile" / "entries" / "000.p").glob("2")
    bundle.write_bytes(bundle.read_bytes().replace(b'"ts":1', b'"ts":2', 1))
    entries = [entry.data for entry in open_log(log).entries(0)]
    (log / "tile" / "0" / "000.p" / "2").write_bytes(b"".join(map(leaf_hash, entries)))
    note = (log / "checkpoint").read_bytes()
    old = note.split(b"\n")[2]
    forged = note.replace(old, base64.b64encode(root(entries)))
    (log / "checkpoint").write_bytes(forged)
    connection = sqlite3.connect(node.home / "head" / "head.sqlite3")
    with connection:
        connection.execute("UPDATE head SET note = ?", (forged,))
    connection.close()


def test_row_4_history_rewritten_without_the_key_convinces_nobody(stage: Stage, tmp_path: Path) -> None:
    with stage.county.serving(stage.county.port) as url:
        assert stage.outsider.visit(url) == set()
    rewrite_history(stage.county)
    assert "checkpoints are signed by the log's key" in rules(stage.county, tmp_path / "log.json")
    (tmp_path / "more.md").write_text("# 又一份通知\n\n内容。\n", "utf-8")
    assert stage.county.attempt("import", tmp_path / "more.md").returncode == 1
    with impostor(files_of(stage.county), stage.county.port) as url:
        stage.city.pull(code=1)
        assert stage.outsider.visit(url, code=1) == {"signature"}
    assert b"county.example/xxgk\n2\n" in stage.city.alarm("signature")["theirs.note"]
    assert stage.outsider.alarm("signature").keys() == {"theirs.note"}


def show_without_entry(node: Copied, forged: str) -> None:
    """Give a page to a record that the log does not know, with the text of one that it does."""
    connection = sqlite3.connect(node.home / "node.sqlite3")
    with connection:
        connection.execute("CREATE TEMP TABLE forged AS SELECT * FROM catalogue_record LIMIT 1")
        connection.execute("UPDATE forged SET id = ?, content_index = 90, newest_index = 90", (forged,))
        connection.execute("INSERT INTO catalogue_record SELECT * FROM forged")
        connection.execute(
            'INSERT INTO catalogue_entry ("index", record, leaf_hash, leaf) '
            "SELECT 90, ?, leaf_hash, leaf FROM catalogue_entry LIMIT 1",
            (forged,),
        )
    connection.close()


def test_row_10_a_page_without_an_entry_is_found_by_whoever_crawls(stage: Stage) -> None:
    forged = "a" * 26
    show_without_entry(stage.county, forged)
    with stage.county.serving(stage.county.port) as url:
        assert "page" in stage.outsider.visit(url, code=1)
    found = stage.outsider.alarm("page")
    assert found.keys() == {"answer.txt", "answer.html", "checkpoint.note"}
    assert f"/records/{forged}\nstatus 200".encode() in found["answer.txt"]
