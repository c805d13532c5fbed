import base64
from collections.abc import Callable

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from hypothesis import given
from hypothesis import strategies as st

from yangguang.ledger.checkpoint import checkpoint_text, sign_checkpoint
from yangguang.ledger.commands import Ed25519Signer
from yangguang.ledger.errors import BadSignatureError, MalformedError, MalformedKeyError, MalformedNoteError
from yangguang.ledger.keys import format_private_key, new_signer, parse_private_key
from yangguang.ledger.notes import MAX_NOTE_BYTES, parse_note, signature_line, verified_keys
from yangguang.ledger.queries import format_verifier_key, parse_checkpoint, parse_verifier_key, verifier_key
from yangguang.ledger.types import Checkpoint, SignatureType, VerifierKey

GO_PUBLIC = "PeterNeumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW"
GO_PRIVATE = "PRIVATE+KEY+PeterNeumann+c74f20a3+AYEKFALVFGyNhPJEMzD1QIDr+Y7hfZx09iUvxdXHKDFz"
GO_TEXT = b"If you think cryptography is the answer to your problem,\nthen you don't know what your problem is.\n"
GO_LINE = (
    "— PeterNeumann x08go/ZJkuBS9UG/SffcvIAQxVBtiFupLLr8pAcElZInNIuGUgYN1FFYC2pZSNXgKvqfqdngotpRZb6KE6RyyBwJnAM=\n"
).encode()
"""The example of Go's golang.org/x/mod/sumdb/note."""

ORIGIN = "yangguang.example/log"
SIGNER = Ed25519Signer(ORIGIN, Ed25519PrivateKey.from_private_bytes(bytes(range(32))))
KEY = verifier_key(SIGNER)
ROOT = bytes(range(100, 132))
NOTE = sign_checkpoint(Checkpoint(ORIGIN, 12, ROOT), SIGNER)


def signed(text: bytes) -> bytes:
    return text + b"\n" + signature_line(KEY, SIGNER.sign(text))


def test_the_example_of_go_verifies() -> None:
    key = parse_verifier_key(GO_PUBLIC)
    assert verified_keys(parse_note(GO_TEXT + b"\n" + GO_LINE), [key]) == (key,)


def test_keys_are_written_as_go_writes_them() -> None:
    signer = parse_private_key(GO_PRIVATE)
    assert format_verifier_key(verifier_key(signer)) == GO_PUBLIC
    assert format_private_key(signer) == GO_PRIVATE
    assert signature_line(verifier_key(signer), signer.sign(GO_TEXT)) == GO_LINE


def test_the_key_of_the_go_checksum_database_is_read() -> None:
    text = "sum.golang.org+033de0ae+Ac4zctda0e5eza+HJyk9SxEdh+s3Ux18htTTAD8OuAn8"
    assert format_verifier_key(parse_verifier_key(text)) == text


@pytest.mark.parametrize(
    "text",
    [
        "",
        "PeterNeumann",
        "PeterNeumann+c74f20a3",
        GO_PUBLIC + "\n",
        " " + GO_PUBLIC,
        GO_PUBLIC.replace("c74f20a3", "c74f20a4"),
        GO_PUBLIC.replace("c74f20a3", "C74F20A3"),
        GO_PUBLIC.replace("PeterNeumann", "Peter Neumann"),
        GO_PUBLIC.replace("PeterNeumann", "PeterNeumann\u3000"),
        GO_PUBLIC.replace("PeterNeumann", ""),
        GO_PUBLIC[:-1],
        GO_PUBLIC[:-4],
        GO_PUBLIC + "AAAA",
        GO_PUBLIC + "=",
        GO_PUBLIC.replace("+ARpc", "+AhpC"),
        GO_PUBLIC.replace("+ARpc", "+/xpc"),
        GO_PRIVATE,
    ],
)
def test_a_malformed_verifier_key_is_refused(text: str) -> None:
    with pytest.raises(MalformedKeyError):
        parse_verifier_key(text)


@pytest.mark.parametrize(
    "text",
    [
        "",
        GO_PUBLIC,
        GO_PRIVATE.replace("PRIVATE+KEY", "private+key"),
        GO_PRIVATE.replace("c74f20a3", "c74f20a4"),
        GO_PRIVATE[:-4],
        GO_PRIVATE.replace("+AYEK", "+BIEK"),
        GO_PRIVATE + "\n",
    ],
)
def test_a_malformed_private_key_is_refused_and_not_repeated(text: str) -> None:
    with pytest.raises(MalformedKeyError) as caught:
        parse_private_key(text)
    assert "FALVFGyNhPJEMzD1QIDr" not in str(caught.value)


@pytest.mark.parametrize("name", ["", "a b", "a+b", "a\tb", "a\u2028b", "a\u00a0b", "a\n"])
def test_a_key_cannot_have_a_name_that_breaks_a_note(name: str) -> None:
    with pytest.raises(MalformedKeyError):
        new_signer(name)


@given(st.text(st.characters(exclude_categories=["Cc", "Cs", "Zs", "Zl", "Zp"], exclude_characters="+"), min_size=1))
def test_a_verifier_key_is_read_back(name: str) -> None:
    key = VerifierKey(name, SignatureType.COSIGNATURE, KEY.public_key)
    assert parse_verifier_key(format_verifier_key(key)) == key


def test_a_checkpoint_is_read_back() -> None:
    assert parse_checkpoint(NOTE, KEY) == Checkpoint(ORIGIN, 12, ROOT)


@given(st.integers(1, 2**63 - 1), st.binary(min_size=32, max_size=32))
def test_any_checkpoint_is_read_back(size: int, root: bytes) -> None:
    checkpoint = Checkpoint(ORIGIN, size, root)
    assert parse_checkpoint(sign_checkpoint(checkpoint, SIGNER), KEY) == checkpoint


def test_extension_lines_are_signed_and_allowed() -> None:
    assert parse_checkpoint(signed(checkpoint_text(Checkpoint(ORIGIN, 12, ROOT)) + b"more\n"), KEY).size == 12


@pytest.mark.parametrize(
    "size",
    [
        b"",
        b"012",
        b"+1",
        b"-1",
        b" 12",
        b"12 ",
        b"1_000",
        "１２".encode(),
        "१२".encode(),
        b"0x10",
        b"1e3",
        b"9" * 20,
        b"9223372036854775808",
        b"12\r",
    ],
)
def test_a_size_in_any_other_spelling_is_refused(size: bytes) -> None:
    with pytest.raises(MalformedNoteError):
        parse_checkpoint(signed(b"%s\n%s\n%s\n" % (ORIGIN.encode(), size, base64.b64encode(ROOT))), KEY)


@pytest.mark.parametrize(
    "text",
    [
        b"",
        b"\n",
        ORIGIN.encode() + b"\n",
        ORIGIN.encode() + b"\n12\n",
        b"\n12\n" + base64.b64encode(ROOT) + b"\n",
        ORIGIN.encode() + b"\n12\n\n" + base64.b64encode(ROOT) + b"\n",
        ORIGIN.encode() + b"\n12\n" + base64.b64encode(ROOT) + b"\n\nextension\n",
        ORIGIN.encode() + b"\n12\n" + base64.b64encode(ROOT[:31]) + b"\n",
        ORIGIN.encode() + b"\n12\n" + base64.b64encode(ROOT + b"\0") + b"\n",
        ORIGIN.encode() + b"\n12\n" + base64.b64encode(ROOT)[:-1] + b"\n",
        ORIGIN.encode() + b"\n12\n" + base64.b64encode(ROOT)[:-2] + b"d=\n",
        ORIGIN.encode() + b"\n12\n" + base64.b64encode(ROOT).replace(b"Z", b"-", 1) + b"\n",
        ORIGIN.encode() + b"\n12\n" + base64.b64encode(ROOT) + b"!!\n",
        ORIGIN.encode() + b"\n0\n" + base64.b64encode(ROOT) + b"\n",
    ],
)
def test_a_text_that_is_no_checkpoint_is_refused(text: bytes) -> None:
    with pytest.raises(MalformedNoteError):
        parse_checkpoint(signed(text), KEY)


LINE = signature_line(KEY, SIGNER.sign(b"text\n"))
ENCODED = LINE.split(b" ")[2].rstrip(b"\n")


@pytest.mark.parametrize(
    "raw",
    [
        b"",
        b"\n",
        b"text\n",
        b"text\n\n",
        b"text\n" + LINE,
        b"text\n\n" + LINE.rstrip(b"\n"),
        b"text\n\n" + LINE + b"\n",
        b"text\n\n" + LINE + b"junk\n",
        b"text\n\njunk\n" + LINE,
        b"text\n\n" + LINE.replace("—".encode(), b"-"),
        b"text\n\n" + LINE.replace("—".encode(), "–".encode()),
        b"text\n\n" + LINE.replace("— ".encode(), "—".encode()),
        b"text\n\n" + LINE.replace("— ".encode(), "—  ".encode()),
        b"text\n\n" + LINE.replace("— ".encode(), "—\u00a0".encode()),
        b"text\n\n" + LINE.replace(b" " + ENCODED, b"  " + ENCODED),
        b"text\n\n" + LINE.replace(ENCODED, ENCODED + b" "),
        b"text\n\n" + LINE.replace(ENCODED, ENCODED[:-1]),
        b"text\n\n" + LINE.replace(ENCODED, ENCODED[:4] + b"\xc2\xa0" + ENCODED[4:]),
        b"text\n\n" + LINE.replace(ENCODED, b"AAAAAA=="),
        b"text\n\n" + LINE.replace(ENCODED, b""),
        b"text\n\n" + LINE.replace(ENCODED, ENCODED.replace(b"/", b"_").replace(b"+", b"-") + b"_"),
        b"text\n\n" + LINE.replace(ORIGIN.encode(), b""),
        b"text\n\n" + LINE.replace(ORIGIN.encode(), b"a+b"),
        b"text\n\n" + LINE.replace(ORIGIN.encode(), b"a b"),
        b"text\r\n\r\n" + LINE,
        b"te\0xt\n\n" + LINE,
        b"te\txt\n\n" + LINE,
        b"te\x1bxt\n\n" + LINE,
        b"te\xffxt\n\n" + LINE,
        b"te\xed\xa0\x80xt\n\n" + LINE,
        b"text\n\n" + LINE.replace(b"\n", "\u2028".encode()),
        b"x" * MAX_NOTE_BYTES + b"\n\n" + LINE,
    ],
)
def test_a_malformed_note_is_refused(raw: bytes) -> None:
    with pytest.raises(MalformedNoteError):
        parse_note(raw)


def test_the_last_blank_line_parts_text_and_signatures() -> None:
    text = "第一段\n\n第二段\u2028还在\n".encode()
    note = parse_note(signed(text))
    assert note.text == text
    assert verified_keys(note, [KEY]) == (KEY,)


def test_signatures_by_unknown_keys_are_ignored() -> None:
    stranger = new_signer("stranger.example/k")
    # The same name under another key, and the same key under another name, are unknown too.
    namesake = new_signer(ORIGIN)
    lines = [
        signature_line(verifier_key(stranger), bytes(64)),
        signature_line(verifier_key(namesake), b"not even 64 bytes"),
        signature_line(VerifierKey("other.example/k", KEY.type, KEY.public_key), bytes(64)),
        "— private.example/sm2 ".encode() + base64.b64encode(b"\1\2\3\4" + bytes(3000)) + b"\n",
    ]
    assert parse_checkpoint(NOTE + b"".join(lines), KEY).size == 12


def test_sixteen_and_more_signatures_are_read() -> None:
    lines = [signature_line(verifier_key(new_signer(f"w{number}.example")), bytes(64)) for number in range(40)]
    text, _, own = NOTE.rpartition(b"\n\n")
    assert parse_checkpoint(text + b"\n\n" + b"".join(lines) + own, KEY).size == 12


@pytest.mark.parametrize(
    "damage",
    [
        lambda note: note.replace(b"\n12\n", b"\n13\n"),
        lambda note: note + signature_line(KEY, bytes(64)),
        lambda note: note + signature_line(KEY, bytes(63)),
        lambda note: note.replace(b"\n\n", b"\nextension\n\n"),
    ],
)
def test_a_known_key_with_a_bad_signature_rejects_the_note(damage: Callable[[bytes], bytes]) -> None:
    with pytest.raises(BadSignatureError):
        parse_checkpoint(damage(NOTE), KEY)


def test_a_checkpoint_without_our_signature_is_refused() -> None:
    with pytest.raises(BadSignatureError, match="no signature"):
        parse_checkpoint(NOTE, verifier_key(new_signer(ORIGIN)))


def test_a_checkpoint_of_another_origin_is_refused_though_our_key_signed_it() -> None:
    with pytest.raises(BadSignatureError, match="of the log other"):
        parse_checkpoint(signed(checkpoint_text(Checkpoint("other.example/log", 12, ROOT))), KEY)


@given(st.integers(0, len(NOTE) - 1), st.integers(1, 255))
def test_no_byte_of_a_checkpoint_can_change_unnoticed(position: int, change: int) -> None:
    raw = bytearray(NOTE)
    raw[position] ^= change
    with pytest.raises((MalformedError, BadSignatureError)):
        parse_checkpoint(bytes(raw), KEY)


@given(
    st.binary(max_size=300) | st.lists(st.sampled_from([b"\n", b"a", LINE, b"\xe2\x80\x94 ", NOTE, b" "])).map(b"".join)
)
def test_any_bytes_are_read_or_refused_as_malformed(raw: bytes) -> None:
    try:
        note = parse_note(raw)
    except MalformedNoteError:
        return
    assert raw.startswith(note.text + b"\n")
    assert note.signatures
