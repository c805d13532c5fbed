"""SM2 and SM3 against the published values, the plain-Python verifier, and the openssl command."""

import shutil
import subprocess
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric.utils import encode_dss_signature
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.rooms.ledger.places import UNSYNCED, new_place
from yangguang.ledger import libcrypto, sm2_curve
from yangguang.ledger.commands import Sm2Signer, generate_sm2_key, load_sm2_signer, open_writer
from yangguang.ledger.errors import AlreadyExistsError, BadSignatureError, MalformedKeyError, Sm2UnavailableError
from yangguang.ledger.notes import parse_note, verified_keys
from yangguang.ledger.queries import (
    format_sm2_key,
    is_signed_by_sm2,
    parse_sm2_key,
    sm3,
    verifier_key,
    verify_sm2,
)
from yangguang.ledger.types import Sm2Key

SECRET = bytes.fromhex("3945208F7B2144B13F36E38AC6D39F95889393692860B51A42FB81EF4DF7C5B8")
PUBLIC = bytes.fromhex(
    "09F9DF311E5421A150DD7D161E4BC5C672179FAD1833FC076BB08FF356F35020"
    "CCEA490CE26775A52DC6EA718CC1AA600AED05FBF35E084A6632F6072DA9AD13"
)
MESSAGE = b"message digest"
SIGNATURE = bytes.fromhex(
    "F5A03B0648D2C4630EEAC513E1BB81A15944DA3827D5B74143AC7EACEEE720B3"
    "B1B6AA29DF212FD8763182BC0D421CA1BB9038FD1F7F42D4840B69C485BBC1AA"
)
"""The example of GB/T 32918.5-2017, annex A.2: key, message, signature, default identity."""

NAME = "yangguang.example/xxgk"

needs_libcrypto = pytest.mark.skipif(not libcrypto.is_available(), reason="no libcrypto with SM2 on this machine")
both = pytest.mark.parametrize(
    "verify",
    [pytest.param(libcrypto.verify, marks=needs_libcrypto, id="libcrypto"), pytest.param(sm2_curve.verify, id="plain")],
)


def test_sm3_gives_the_published_values() -> None:
    assert sm3(b"abc").hex() == "66c7f0f462eeedd9d1f2d46bdc10e4e24167c4875cf2f7a2297da02b8f4ba8e0"
    assert sm3(b"abcd" * 16).hex() == "debe9ff92275b8a138604889c18e5a4d6fdb70e5387e5765293dcba39c0c5732"


def test_sm3_does_not_depend_on_the_python_build(monkeypatch: pytest.MonkeyPatch) -> None:
    def without(name: str, _data: bytes) -> None:
        raise ValueError(f"unsupported hash type {name}")

    expected = sm3(b"abc")
    monkeypatch.setattr("yangguang.kernel.sm3.hashlib.new", without)
    assert sm3(b"abc") == expected


@both
def test_the_published_signature_verifies_and_no_altered_one_does(verify: sm2_curve.Verify) -> None:
    assert verify(PUBLIC, MESSAGE, SIGNATURE)
    assert not verify(PUBLIC, MESSAGE + b" ", SIGNATURE)
    for position in range(0, 64, 7):
        altered = bytearray(SIGNATURE)
        altered[position] ^= 1
        assert not verify(PUBLIC, MESSAGE, bytes(altered))


@both
@pytest.mark.parametrize(
    ("r", "s"), [(0, 1), (1, 0), (0, 0), (1, sm2_curve.ORDER - 1), (sm2_curve.ORDER, 1), (1, sm2_curve.ORDER), (5, 5)]
)
def test_numbers_outside_their_range_are_no_signature(verify: sm2_curve.Verify, r: int, s: int) -> None:
    assert not verify(PUBLIC, MESSAGE, r.to_bytes(32, "big") + s.to_bytes(32, "big"))


def test_points_off_the_curve_are_no_keys() -> None:
    assert sm2_curve.is_public_key(PUBLIC)
    for raw in (b"", PUBLIC[:-1], PUBLIC[:-1] + b"\0", bytes(64), b"\xff" * 64):
        assert not sm2_curve.is_public_key(raw)
        assert not verify_sm2(raw, MESSAGE, SIGNATURE)
        assert not sm2_curve.verify(raw, MESSAGE, SIGNATURE)
    assert not verify_sm2(PUBLIC, MESSAGE, SIGNATURE + b"\0")
    assert not sm2_curve.verify(PUBLIC, MESSAGE, SIGNATURE[:-1])


@needs_libcrypto
def test_the_published_private_key_has_the_published_public_key() -> None:
    assert libcrypto.public_key(SECRET) == PUBLIC


@needs_libcrypto
@settings(max_examples=20)
@given(st.binary(max_size=100), st.binary(min_size=32, max_size=32))
def test_what_libcrypto_signs_the_plain_verifier_accepts(message: bytes, seed: bytes) -> None:
    secret = (1 + int.from_bytes(seed, "big") % (sm2_curve.ORDER - 2)).to_bytes(32, "big")
    public, signature = libcrypto.public_key(secret), libcrypto.sign(secret, message)
    assert sm2_curve.verify(public, message, signature)
    assert libcrypto.verify(public, message, signature)
    assert not sm2_curve.verify(public, message + b"x", signature)


@needs_libcrypto
@pytest.mark.skipif(shutil.which("openssl") is None, reason="no openssl command on this machine")
def test_the_openssl_command_and_we_accept_each_others_signatures(tmp_path: Path) -> None:
    key, public, message, signature = (tmp_path / name for name in ("key.pem", "public.der", "message", "signature"))
    message.write_bytes(MESSAGE)

    def openssl(*arguments: str | Path) -> None:
        subprocess.run(["openssl", *arguments], check=True, capture_output=True)

    openssl("genpkey", "-algorithm", "EC", "-pkeyopt", "ec_paramgen_curve:SM2", "-out", key)
    openssl("pkey", "-in", key, "-pubout", "-outform", "DER", "-out", public)
    identity = "distid:1234567812345678"
    openssl(
        *("pkeyutl", "-sign", "-rawin", "-digest", "sm3", "-inkey", key),
        *("-in", message, "-out", signature, "-pkeyopt", identity),
    )
    theirs = _raw(signature.read_bytes())
    assert verify_sm2(public.read_bytes()[-64:], MESSAGE, theirs)
    assert sm2_curve.verify(public.read_bytes()[-64:], MESSAGE, theirs)

    ours = libcrypto.sign(SECRET, MESSAGE)
    signature.write_bytes(encode_dss_signature(int.from_bytes(ours[:32], "big"), int.from_bytes(ours[32:], "big")))
    public.write_bytes(public.read_bytes()[:-64] + PUBLIC)
    openssl(
        *("pkeyutl", "-verify", "-rawin", "-digest", "sm3", "-pubin", "-keyform", "DER", "-inkey", public),
        *("-in", message, "-sigfile", signature, "-pkeyopt", identity),
    )


@needs_libcrypto
def test_a_log_with_an_sm2_key_signs_every_checkpoint_twice(tmp_path: Path) -> None:
    place = new_place(tmp_path / "node", UNSYNCED)
    other = generate_sm2_key(tmp_path / "sm2.key", name=NAME, files=UNSYNCED)
    with open_writer(log=place.log, head=place.head, signer=place.signer, also=[other], files=UNSYNCED) as writer:
        for note in (writer.append([b"x"]).checkpoint, writer.heartbeat(), writer.append([b"y"]).checkpoint):
            assert is_signed_by_sm2(note, other.key)
            assert verified_keys(parse_note(note), [verifier_key(place.signer)])
            with pytest.raises(BadSignatureError):
                is_signed_by_sm2(note.replace(b"\n1\n", b"\n3\n").replace(b"\n2\n", b"\n3\n"), other.key)
    assert place.findings() == []
    with place.writer() as writer:
        assert not is_signed_by_sm2(writer.append([b"z"]).checkpoint, other.key)


@needs_libcrypto
def test_keys_are_stored_and_told_as_text(tmp_path: Path) -> None:
    made = generate_sm2_key(tmp_path / "sm2.key", name=NAME)
    assert (tmp_path / "sm2.key").stat().st_mode & 0o777 == 0o600
    assert load_sm2_signer(tmp_path / "sm2.key").key == made.key
    assert parse_sm2_key(format_sm2_key(made.key)) == made.key
    with pytest.raises(AlreadyExistsError):
        generate_sm2_key(tmp_path / "sm2.key", name=NAME)
    with pytest.raises(MalformedKeyError):
        generate_sm2_key(tmp_path / "another.key", name="a b")


@needs_libcrypto
@pytest.mark.parametrize("secret", [b"", bytes(32), SECRET[:-1], (sm2_curve.ORDER - 1).to_bytes(32, "big")])
def test_numbers_that_are_no_private_keys_are_refused(secret: bytes) -> None:
    with pytest.raises(MalformedKeyError):
        Sm2Signer(NAME, secret)


@needs_libcrypto
def test_an_altered_private_key_file_is_refused_and_not_repeated(tmp_path: Path) -> None:
    generate_sm2_key(tmp_path / "sm2.key", name=NAME)
    text = (tmp_path / "sm2.key").read_text()
    for altered in ("", "junk", text.replace("PRIVATE", "PUBLIC"), text.replace(NAME, "other.example/log"), text[:-9]):
        (tmp_path / "sm2.key").write_text(altered)
        with pytest.raises(MalformedKeyError) as error:
            load_sm2_signer(tmp_path / "sm2.key")
        assert text.split("+")[-1].strip() not in str(error.value)
    with pytest.raises(MalformedKeyError):
        load_sm2_signer(tmp_path / "absent")


def test_a_verifier_key_that_is_none_is_refused() -> None:
    text = format_sm2_key(Sm2Key(NAME, PUBLIC))
    assert parse_sm2_key(text) == Sm2Key(NAME, PUBLIC)
    off_the_curve = format_sm2_key(Sm2Key(NAME, PUBLIC[:-1] + b"\0"))
    ed25519 = "PeterNeumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW"
    for altered in ("", text + "\n", text[:-4], text.replace(NAME, "other"), off_the_curve, ed25519):
        with pytest.raises(MalformedKeyError):
            parse_sm2_key(altered)


def test_without_libcrypto_we_verify_and_do_not_sign(monkeypatch: pytest.MonkeyPatch) -> None:
    libcrypto._library.cache_clear()
    monkeypatch.setattr(libcrypto, "_NAMES", ("libabsent.so",))
    try:
        assert not libcrypto.is_available()
        assert verify_sm2(PUBLIC, MESSAGE, SIGNATURE)
        with pytest.raises(Sm2UnavailableError, match=r"libabsent\.so"):
            Sm2Signer(NAME, SECRET)
    finally:
        libcrypto._library.cache_clear()


def _raw(der: bytes) -> bytes:
    """Return r and s of a signature in DER, 32 bytes each."""
    length = der[3]
    r, s = der[4 : 4 + length], der[6 + length :]
    return b"".join(int.from_bytes(number, "big").to_bytes(32, "big") for number in (r, s))
