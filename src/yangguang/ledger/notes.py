"""Signed notes, read strictly: the text a key signed, and the lines that say who signed it.

From C2SP signed-note and, for witnesses, the Ed25519 part of tlog-cosignature. Notes come from strangers, so nothing is
repaired: no other line separators, no other digits, no second spelling of base64.
"""

import base64
import binascii
import re
from collections.abc import Sequence
from dataclasses import dataclass

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

from yangguang.ledger.errors import BadSignatureError, MalformedNoteError
from yangguang.ledger.types import SignatureType, VerifierKey

MAX_NOTE_BYTES = 65_536
"""Room for more than sixteen signatures, eight of them post-quantum."""

ED25519_SIGNATURE_BYTES = 64
TIMESTAMP_BYTES = 8
"""Seconds since 1970, big-endian, before the signature proper of a cosignature."""

_KEY_ID_BYTES = 4
_CONTROL = re.compile(rb"[\x00-\x09\x0b-\x1f]")
_NAME = re.compile(r"[^\s+\ud800-\udfff]+")


@dataclass(frozen=True, slots=True)
class SignatureLine:
    """One signature line: key name, 4-byte key id, and whatever that key's kind of signature holds."""

    name: str
    key_id: bytes
    signature: bytes


@dataclass(frozen=True, slots=True)
class Note:
    """A parsed note: the signed text, with its final newline, and the signature lines, none of them verified."""

    text: bytes
    signatures: tuple[SignatureLine, ...]


def is_key_name(name: str) -> bool:
    """Say whether `name` can stand in a signature line: not empty, no Unicode space, no plus, nothing but UTF-8."""
    return _NAME.fullmatch(name) is not None


def decode_base64(text: bytes) -> bytes | None:
    """Return what `text` encodes, or None unless it is the one standard base64 spelling (RFC 4648, section 4)."""
    try:
        raw = base64.b64decode(text, validate=True)
    except (binascii.Error, ValueError):
        return None
    return raw if base64.b64encode(raw) == text else None


def parse_note(raw: bytes) -> Note:
    """Return the parts of a signed note, verifying nothing.

    Raises:
        MalformedNoteError: `raw` is not a signed note, or is larger than 64 kB.
    """
    if len(raw) > MAX_NOTE_BYTES:
        raise MalformedNoteError(f"a note of {len(raw)} bytes: at most {MAX_NOTE_BYTES} are read")
    if _CONTROL.search(raw):
        raise MalformedNoteError("the note holds a control character: only newlines are allowed")
    try:
        raw.decode("utf-8")
    except UnicodeDecodeError as error:
        raise MalformedNoteError(f"the note is not UTF-8 at byte {error.start}") from error
    text, blank, lines = raw.rpartition(b"\n\n")
    if not blank or not lines.endswith(b"\n"):
        raise MalformedNoteError("the note does not end with a blank line and complete signature lines")
    return Note(text + b"\n", tuple(_parse_line(line) for line in lines[:-1].split(b"\n")))


def parse_signature_lines(raw: bytes) -> tuple[SignatureLine, ...]:
    """Return the signature lines that `raw` consists of.

    Raises:
        MalformedNoteError: it is not one or more complete signature lines, or is larger than a note.
    """
    note = parse_note(b"\n\n" + raw)
    if note.text != b"\n":
        raise MalformedNoteError("a blank line among signature lines")
    return note.signatures


def _parse_line(line: bytes) -> SignatureLine:
    """Return one signature line: em dash, space, name, space, base64 of key id and signature."""
    parts = line.decode("utf-8").split(" ")
    if len(parts) != 3 or parts[0] != "—" or not is_key_name(parts[1]):
        raise MalformedNoteError(f"{line[:80]!r} is not a signature line: dash, key name, base64 expected")
    raw = decode_base64(parts[2].encode("utf-8"))
    if raw is None or len(raw) <= _KEY_ID_BYTES:
        raise MalformedNoteError(f"the signature of {parts[1]!r} is not base64 of a key id and a signature")
    return SignatureLine(parts[1], raw[:_KEY_ID_BYTES], raw[_KEY_ID_BYTES:])


def verified_keys(note: Note, trusted: Sequence[VerifierKey]) -> tuple[VerifierKey, ...]:
    """Return the trusted keys whose signature `note` carries, in the order of `trusted`.

    Signatures by other keys are ignored, as the specification asks: that is how keys rotate and witnesses are added.

    Raises:
        BadSignatureError: a line names a trusted key and does not verify: the note was tampered with.
    """
    found = []
    for key in trusted:
        lines = [line for line in note.signatures if line.name == key.name and line.key_id == key.key_id]
        if not all(_is_valid(note.text, line.signature, key) for line in lines):
            raise BadSignatureError(
                f"the signature of {key.name} does not verify: the note or the signature was altered"
            )
        if lines:
            found.append(key)
    return tuple(found)


def cosigned_message(text: bytes, seconds: int) -> bytes:
    """Return what a witness signs for the note `text` at `seconds` since 1970 (tlog-cosignature, Ed25519)."""
    return b"cosignature/v1\ntime %d\n" % seconds + text


def signature_line(key: VerifierKey, signature: bytes) -> bytes:
    """Return the line, with its newline, that adds `signature` by `key` to a note."""
    return format_line(SignatureLine(key.name, key.key_id, signature))


def format_note(note: Note) -> bytes:
    """Return `note` as bytes.

    Raises:
        MalformedNoteError: it would be larger than anybody reads.
    """
    raw = note.text + b"\n" + b"".join(map(format_line, note.signatures))
    if len(raw) > MAX_NOTE_BYTES:
        raise MalformedNoteError(f"a note of {len(raw)} bytes: at most {MAX_NOTE_BYTES} are read")
    return raw


def format_line(line: SignatureLine) -> bytes:
    """Return `line` as it stands in a note, with its newline."""
    return f"— {line.name} ".encode() + base64.b64encode(line.key_id + line.signature) + b"\n"


def _is_valid(text: bytes, signature: bytes, key: VerifierKey) -> bool:
    message = text
    if key.type is SignatureType.COSIGNATURE:
        if len(signature) != TIMESTAMP_BYTES + ED25519_SIGNATURE_BYTES or signature[0] & 0x80:
            return False
        message = cosigned_message(text, int.from_bytes(signature[:TIMESTAMP_BYTES], "big"))
        signature = signature[TIMESTAMP_BYTES:]
    try:
        Ed25519PublicKey.from_public_bytes(key.public_key).verify(signature, message)
    except (InvalidSignature, ValueError):
        return False
    return True
