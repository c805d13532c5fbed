"""Keys as text, in the encodings that the Go tools read and write.

A verifier key (C2SP signed-note) is ``<name>+<key id, 8 hex digits>+base64(type ‖ public key)``; a private key is
``PRIVATE+KEY+<name>+<key id>+base64(0x01 ‖ 32-byte seed)``.
"""

import base64
import re

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from yangguang.ledger.errors import MalformedKeyError
from yangguang.ledger.notes import decode_base64, is_key_name
from yangguang.ledger.types import SignatureType, Signer, VerifierKey

_PUBLIC = re.compile(r"(?P<name>[^+]+)\+(?P<id>[0-9a-f]{8})\+(?P<key>[A-Za-z0-9+/=]+)")
_PRIVATE_PREFIX = "PRIVATE+KEY+"
_KEY_BYTES = 32


class Ed25519Signer:
    """A signer whose private key lies in memory."""

    def __init__(self, name: str, private_key: Ed25519PrivateKey) -> None:
        """Take the key's name, equal to the log's origin, and the key."""
        if not is_key_name(name):
            raise MalformedKeyError(f"{name!r} cannot name a key: no white space, no plus, at least one character")
        self._name = name
        self._private_key = private_key

    @property
    def name(self) -> str:
        """Key name."""
        return self._name

    @property
    def public_key(self) -> bytes:
        """32 bytes."""
        return self._private_key.public_key().public_bytes_raw()

    def sign(self, message: bytes) -> bytes:
        """Return the 64-byte signature of `message`."""
        return self._private_key.sign(message)


def verifier_key(signer: Signer) -> VerifierKey:
    """Return the key that verifies what `signer` signs."""
    return VerifierKey(signer.name, SignatureType.ED25519, signer.public_key)


def format_verifier_key(key: VerifierKey) -> str:
    """Return `key` as one line of text."""
    return f"{key.name}+{key.key_id.hex()}+{base64.b64encode(bytes([key.type]) + key.public_key).decode('ascii')}"


def parse_verifier_key(text: str) -> VerifierKey:
    """Return the key that `text` encodes.

    Raises:
        MalformedKeyError: `text` is not a verifier key of a type this room verifies, or its key id is not its own.
    """
    match = _PUBLIC.fullmatch(text)
    raw = decode_base64(match["key"].encode("ascii")) if match else None
    if match is None or not raw or not is_key_name(match["name"]):
        raise MalformedKeyError(f"{text[:80]!r} is not a verifier key: <name>+<8 hex digits>+<base64> expected")
    if raw[0] not in tuple(SignatureType):
        raise MalformedKeyError(
            f"{match['name']} has a key of type {raw[0]:#04x}: only Ed25519 (0x01, 0x04) is verified"
        )
    if len(raw) != 1 + _KEY_BYTES:
        raise MalformedKeyError(f"the public key of {match['name']} has {len(raw) - 1} bytes, Ed25519 has {_KEY_BYTES}")
    key = VerifierKey(match["name"], SignatureType(raw[0]), raw[1:])
    if key.key_id.hex() != match["id"]:
        raise MalformedKeyError(
            f"{match['name']} has the key id {match['id']}, its key gives {key.key_id.hex()}: a typo?"
        )
    return key


def new_signer(name: str) -> Ed25519Signer:
    """Return a signer with a fresh private key."""
    return Ed25519Signer(name, Ed25519PrivateKey.generate())


def format_private_key(signer: Ed25519Signer) -> str:
    """Return the private key of `signer` as one line of text."""
    seed = bytes([SignatureType.ED25519]) + signer._private_key.private_bytes_raw()  # noqa: SLF001 - same module
    return (
        f"{_PRIVATE_PREFIX}{signer.name}+{verifier_key(signer).key_id.hex()}+{base64.b64encode(seed).decode('ascii')}"
    )


def parse_private_key(text: str) -> Ed25519Signer:
    """Return the signer whose private key `text` encodes.

    Raises:
        MalformedKeyError: `text` is not an Ed25519 private key; the message never repeats it.
    """
    match = _PUBLIC.fullmatch(text.removeprefix(_PRIVATE_PREFIX)) if text.startswith(_PRIVATE_PREFIX) else None
    raw = decode_base64(match["key"].encode("ascii")) if match else None
    if match is None or raw is None or len(raw) != 1 + _KEY_BYTES or raw[0] != SignatureType.ED25519:
        raise MalformedKeyError("not an Ed25519 private key: PRIVATE+KEY+<name>+<8 hex digits>+<base64> expected")
    signer = Ed25519Signer(match["name"], Ed25519PrivateKey.from_private_bytes(raw[1:]))
    if verifier_key(signer).key_id.hex() != match["id"]:
        raise MalformedKeyError(f"the private key of {match['name']} does not give its key id {match['id']}: a typo?")
    return signer
