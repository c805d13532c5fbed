"""A node that must show a national signature: switched on by configuration, beside the log's own, never instead."""

import shutil
import subprocess
from base64 import b64decode
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric.utils import encode_dss_signature

from tests.flows.machine import Machine
from yangguang.ledger.libcrypto import is_available
from yangguang.ledger.queries import is_signed_by_sm2, parse_sm2_key

pytestmark = pytest.mark.skipif(not is_available(), reason="no libcrypto with SM2 on this machine")

SPKI = bytes.fromhex("3059301306072a8648ce3d020106082a811ccf5501822d03420004")


def set_up(home: Path) -> Machine:
    machine = Machine(home)
    machine.run("init", "--origin", "county.example/xxgk")
    return machine


def test_a_node_with_an_sm2_key_signs_its_checkpoints_with_it_too(tmp_path: Path) -> None:
    machine = set_up(tmp_path / "node")
    assert "sm2_key" in machine.attempt("log", "sm2-key").stderr.decode()
    settings = machine.home / "node.toml"
    settings.write_text(settings.read_text() + 'sm2_key = "keys/sm2.key"\n')
    assert "no private key" in machine.attempt("import", tmp_path).stderr.decode()

    key = parse_sm2_key(machine.run("log", "sm2-key").strip())
    assert parse_sm2_key(machine.run("log", "sm2-key").strip()) == key
    document = tmp_path / "notice.txt"
    document.write_text("关于公布行政许可事项清单的通知\n\n各乡镇人民政府：\n现予公布。\n")
    machine.run("import", document)
    note = machine.run("log", "checkpoint").encode()
    assert is_signed_by_sm2(note, key)

    if shutil.which("openssl") is None:
        pytest.skip("no openssl command on this machine")
    assert openssl_verifies(tmp_path, note, key.public_key)


def openssl_verifies(folder: Path, note: bytes, public_key: bytes) -> bool:
    """Let the openssl command verify the SM2 line of `note`."""
    text, _, lines = note.rpartition(b"\n\n")
    raw = b64decode(lines.splitlines()[1].split()[-1])[4:]
    (folder / "text").write_bytes(text + b"\n")
    (folder / "public.der").write_bytes(SPKI + public_key)
    r, s = int.from_bytes(raw[:32], "big"), int.from_bytes(raw[32:], "big")
    (folder / "signature").write_bytes(encode_dss_signature(r, s))
    command = ["openssl", "pkeyutl", "-verify", "-rawin", "-digest", "sm3", "-pubin", "-keyform", "DER"]
    command += ["-inkey", "public.der", "-in", "text", "-sigfile", "signature"]
    command += ["-pkeyopt", "distid:1234567812345678"]
    return subprocess.run(command, cwd=folder, capture_output=True, check=False).returncode == 0
