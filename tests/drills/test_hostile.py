"""Row 17: hostile notes, bundles, proofs and requests end in one line and a named alarm, and nothing falls over."""

import http.client
from pathlib import Path

import pytest

from tests.drills.stage import Answer, Stage, impostor

pytestmark = pytest.mark.slow

HOSTILE_PROOFS = (
    b"",
    b"\xff" * 1_000,
    b"c2sp.org/tlog-proof@v1\nindex 0\n" + b"A" * 43 + b"=\n" * 70 + b"\n",
    b"c2sp.org/tlog-proof@v1\nindex 99999999999999999999999\n\n",
    b"c2sp.org/tlog-proof@v1\n" * 100_000,
)
HOSTILE_REQUESTS = (b"", b"old 0\n\n", b"old -1\n\nx", b"\xff" * 5_000, b"old 0\n" + b"A" * 44 + b"\n" * 2)


def test_row_17_hostile_answers_raise_alarms_and_stop_nobody(stage: Stage) -> None:
    with stage.county.serving(stage.county.port) as url:
        assert stage.outsider.visit(url) == set()
    stage.county.publish(2030)
    note = (stage.county.home / "log" / "checkpoint").read_bytes()
    policy = (stage.county.home / "policy").read_bytes()
    cases: dict[str, tuple[bytes, bytes, str]] = {
        "a note without end": (b"A" * 100_000, b"", "silent"),
        "a note of noise": (b"\xff\x00" * 500, b"", "signature"),
        "a bundle of noise": (note, b"\xff" * 5_000, "missing"),
        "a bundle without end": (note, b"\x00" * 20_000_000, "silent"),
    }
    for what, (checkpoint, bundle, kind) in cases.items():

        def answer(path: str, checkpoint: bytes = checkpoint, bundle: bytes = bundle) -> Answer:
            known = {"log/checkpoint": checkpoint, "log/policy": policy}
            return 200, known.get(path, bundle)

        with impostor(answer, stage.county.port) as url:
            assert kind in stage.outsider.visit(url, code=1), what
            assert "Traceback" not in stage.city.pull(code=1), what
    assert stage.city.alarm("signature")["theirs.note"] == b"\xff\x00" * 500
    assert list((stage.outsider.home / "evidence").glob("*-signature"))
    with stage.county.serving(stage.county.port) as url:
        assert stage.outsider.visit(url) == set()
        stage.city.pull()


def test_row_17_hostile_proofs_and_requests_are_refused_in_a_line(stage: Stage, tmp_path: Path) -> None:
    file, proof = tmp_path / "notice.txt", tmp_path / "notice.txt.tlog-proof"
    file.write_text("通知", "utf-8")
    for hostile in HOSTILE_PROOFS:
        proof.write_bytes(hostile)
        refused = stage.county.attempt("verify", file, "--proof", proof)
        assert refused.returncode == 1
        assert refused.stderr.count(b"\n") == 1, refused.stderr.decode()
    with stage.city.witnessing():
        for body in HOSTILE_REQUESTS:
            assert post(stage.city.witness_port, body) in {400, 403, 404, 413}
        assert post(stage.city.witness_port, b"x", length="99999999999") == 413


def post(port: int, body: bytes, length: str = "") -> int:
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=20)
    headers = {"Content-Length": length or str(len(body))}
    connection.request("POST", "/add-checkpoint", body, headers)
    with connection.getresponse() as answer:
        status = answer.status
        answer.read()
    connection.close()
    return status
