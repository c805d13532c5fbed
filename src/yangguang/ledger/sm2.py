"""SM2 with SM3 as one more signature line on a checkpoint, for sites that must show national algorithms.

Off by default; beside the Ed25519 line, never instead of it. C2SP signed-note keeps type 0xff for types of one's own:
the byte is followed by a name that nobody else uses, and verifiers that do not know it pass over the line (LEDGER
design 2.4).
"""

import base64
import re
import secrets
from pathlib import Path

from yangguang.ledger import libcrypto, sm2_curve
from yangguang.ledger.errors import AlreadyExistsError, BadSignatureError, MalformedKeyError
from yangguang.ledger.files import MACHINE, Files
from yangguang.ledger.notes import SignatureLine, decode_base64, format_line, is_key_name, parse_note
from yangguang.ledger.types import SM2_TYPE, Sm2Key

_SECRET_BYTES = 32
_TEXT = re.compile(r"(?P<name>[^+]+)\+(?P<id>[0-9a-f]{8})\+(?P<key>[A-Za-z0-9+/=]+)")
_PRIVATE_PREFIX = "PRIVATE+KEY+"


class Sm2Signer:
    """Adds a line signed with an SM2 key that lies in memory."""

    def __init__(self, name: str, secret: bytes) -> None:
        """Take the key's name, equal to the log's origin, and 32 bytes of private key.

        Raises:
            MalformedKeyError: the name cannot name a key, or `secret` is none.
            Sm2UnavailableError: this machine has no libcrypto with SM2.
        """
        if not is_key_name(name):
            raise MalformedKeyError(f"{name!r} cannot name a key: no white space, no plus, at least one character")
        # n - 1 is a number for ECDSA but no key for SM2, whose signatures divide by 1 + d.
        if len(secret) != _SECRET_BYTES or not 0 < int.from_bytes(secret, "big") < sm2_curve.ORDER - 1:
            raise MalformedKeyError(f"an SM2 private key is a number from 1 to n-2 in {_SECRET_BYTES} bytes")
        self._secret = secret
        self.key = Sm2Key(name, libcrypto.public_key(secret))
        """The key that verifies its lines."""

    def line(self, text: bytes) -> bytes:
        """Return the line, with its newline, that signs the note text `text`."""
        return format_line(SignatureLine(self.key.name, self.key.key_id, libcrypto.sign(self._secret, text)))


def generate_sm2_key(path: Path, *, name: str, files: Files = MACHINE) -> Sm2Signer:
    """Make a fresh SM2 private key and store it in `path`, readable by its owner alone; durable on return.

    Raises:
        AlreadyExistsError: `path` is there; a key is never overwritten.
        MalformedKeyError: `name` cannot name a key.
        Sm2UnavailableError: this machine has no libcrypto with SM2.
    """
    secret = (1 + secrets.randbelow(sm2_curve.ORDER - 2)).to_bytes(_SECRET_BYTES, "big")
    signer = Sm2Signer(name, secret)
    try:
        files.create_secret(path, (_PRIVATE_PREFIX + _format(signer.key, secret) + "\n").encode())
    except FileExistsError:
        raise AlreadyExistsError(f"{path} exists: a key is never overwritten") from None
    files.sync_folder(path.parent)
    return signer


def load_sm2_signer(path: Path) -> Sm2Signer:
    """Return the signer whose SM2 private key is stored in `path`.

    Raises:
        MalformedKeyError: the file is missing, unreadable or not an SM2 private key; the message never repeats it.
        Sm2UnavailableError: this machine has no libcrypto with SM2.
    """
    try:
        text = MACHINE.read(path).decode("utf-8").removesuffix("\n")
    except (OSError, UnicodeDecodeError) as error:
        raise MalformedKeyError(f"no private key can be read from {path}: {error}") from error
    parts = _parse(text.removeprefix(_PRIVATE_PREFIX)) if text.startswith(_PRIVATE_PREFIX) else None
    if parts is None:
        raise MalformedKeyError(f"{path} holds no SM2 private key: PRIVATE+KEY+<name>+<8 hex digits>+<base64> expected")
    name, key_id, secret = parts
    signer = Sm2Signer(name, secret)
    if signer.key.key_id != key_id:
        raise MalformedKeyError(f"the private key of {name} does not give its key id {key_id.hex()}: a typo?")
    return signer


def format_sm2_key(key: Sm2Key) -> str:
    """Return `key` as one line of text, in the form of C2SP verifier keys."""
    return _format(key, key.public_key)


def parse_sm2_key(text: str) -> Sm2Key:
    """Return the key that `text` encodes.

    Raises:
        MalformedKeyError: `text` is not an SM2 verifier key, or its key id is not its own.
    """
    parts = _parse(text)
    if parts is None or not sm2_curve.is_public_key(parts[2]):
        raise MalformedKeyError(f"{text[:80]!r} is not an SM2 verifier key: <name>+<8 hex digits>+<base64> expected")
    key = Sm2Key(parts[0], parts[2])
    if key.key_id != parts[1]:
        raise MalformedKeyError(
            f"{key.name} has the key id {parts[1].hex()}, its key gives {key.key_id.hex()}: a typo?"
        )
    return key


def is_signed_by_sm2(note: bytes, key: Sm2Key) -> bool:
    """Say whether `note` carries a signature line by `key`.

    Raises:
        MalformedNoteError: `note` is not a signed note.
        BadSignatureError: a line names the key and does not verify: the note was tampered with.
    """
    parsed = parse_note(note)
    lines = [line for line in parsed.signatures if (line.name, line.key_id) == (key.name, key.key_id)]
    if not all(verify_sm2(key.public_key, parsed.text, line.signature) for line in lines):
        raise BadSignatureError(f"the SM2 signature of {key.name} does not verify: the note or signature was altered")
    return bool(lines)


def verify_sm2(public_key: bytes, message: bytes, signature: bytes) -> bool:
    """Say whether `signature` (r and s, 32 bytes each) is of `message` under the default identity."""
    if len(signature) != sm2_curve.SIGNATURE_BYTES or not sm2_curve.is_public_key(public_key):
        return False
    verify = libcrypto.verify if libcrypto.is_available() else sm2_curve.verify
    return verify(public_key, message, signature)


def _format(key: Sm2Key, raw: bytes) -> str:
    return f"{key.name}+{key.key_id.hex()}+{base64.b64encode(SM2_TYPE + raw).decode('ascii')}"


def _parse(text: str) -> tuple[str, bytes, bytes] | None:
    """Return name, key id and key material, None unless they have the form of an SM2 key."""
    match = _TEXT.fullmatch(text)
    raw = decode_base64(match["key"].encode("ascii")) if match else None
    if match is None or raw is None or not raw.startswith(SM2_TYPE) or not is_key_name(match["name"]):
        return None
    return match["name"], bytes.fromhex(match["id"]), raw.removeprefix(SM2_TYPE)
