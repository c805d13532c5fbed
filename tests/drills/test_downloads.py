"""Rows 1 and 12 of the threat model: a download altered on the way, and a thief of the log's key with one victim."""

from pathlib import Path

import pytest

from tests.drills.stage import Copied, Stage, between, files_of, impostor
from tests.flows.machine import get

pytestmark = pytest.mark.slow


def record_of(node: Copied, words: str) -> str:
    found: str = node.json("search", words)["hits"][0]["id"]
    return found


def test_row_1_an_altered_download_is_refused_and_the_monitor_keeps_its_proof(stage: Stage) -> None:
    record = record_of(stage.county, "2024")

    def forge(path: str, body: bytes) -> bytes:
        altered = f"records/{record}/r1" in path and not path.endswith(".tlog-proof")
        return body.replace(b"2024", b"2025") + b"\n" if altered else body

    file, proof = stage.folder / "notice.txt", stage.folder / "notice.txt.tlog-proof"
    with stage.county.serving(stage.county.port) as url, impostor(between(url, forge)) as middle:
        assert stage.outsider.visit(url) == set()
        file.write_bytes(get(f"{middle}/records/{record}/r1.txt")[1])
        proof.write_bytes(get(f"{middle}/records/{record}/r1.txt.tlog-proof")[1])
        refused = stage.county.attempt("verify", file, "--proof", proof)
        assert refused.returncode == 1
        assert b"the file was changed" in refused.stderr
        file.write_bytes(get(f"{url}/records/{record}/r1.txt")[1])
        assert "genuine" in stage.county.run("verify", file, "--proof", proof)
        assert stage.outsider.visit(middle, code=1) == {"content"}
    assert stage.outsider.alarm("content").keys() >= {"proof.tlog-proof", "entry.json", "checkpoint.note"}


def test_row_12_what_a_thief_of_the_key_signs_for_one_victim_lacks_the_quorum(stage: Stage, tmp_path: Path) -> None:
    with stage.county.serving(stage.county.port) as url:
        assert stage.outsider.visit(url) == set()
    thief = stage.county.twin(tmp_path / "thief")
    thief.publish(2031)
    record = record_of(thief, "2031")
    file, proof = stage.folder / "forged.txt", stage.folder / "forged.txt.tlog-proof"
    file.write_text(thief.run("show", record), "utf-8")
    thief.run("prove", record, "-o", proof)
    refused = stage.county.attempt("verify", file, "--proof", proof, "--policy", stage.county.home / "policy")
    assert refused.returncode == 1
    assert b"cosign" in refused.stderr
    # The proof itself is the evidence: it holds a checkpoint that the key signed and that no other party knows.
    assert b"county.example/xxgk\n3\n" in proof.read_bytes()
    stage.county.publish(2030)
    with impostor(files_of(stage.county), stage.county.port) as url:
        stage.outsider.visit(url, code=1)
    with impostor(files_of(thief), stage.county.port) as url:
        assert "fork" in stage.outsider.visit(url, code=1)
    assert stage.outsider.alarm("fork").keys() == {"ours.note", "theirs.note"}
