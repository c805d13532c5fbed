"""The ``extra`` of a proof file: the leaf itself, and the salt that opens one of its commitments."""

import base64
import binascii

from yangguang.kernel import canonical
from yangguang.records.errors import ProofError
from yangguang.records.labels import is_label


def proof_extra(leaf: bytes, label: str, salt: bytes) -> bytes:
    """Return the ``extra`` of a proof: the leaf's bytes and the salt that opens its commitment named `label`."""
    return canonical.encode({"entry": _base64(leaf), "open": {label: _base64(salt)}})


def opened(extra: bytes | None) -> tuple[bytes, dict[str, bytes]]:
    """Return the leaf and, by component label, the salts that `extra` holds.

    Raises:
        ProofError: it holds none, or something else.
        NotCanonicalError: it is not canonical JSON.
    """
    if extra is None:
        raise ProofError(
            "the proof has no extra line: it proves an entry, not a file; fetch the file's own .tlog-proof"
        )
    said = canonical.decode(extra)
    if not isinstance(said, dict) or said.keys() != {"entry", "open"} or not isinstance(said["open"], dict):
        raise ProofError("the proof's extra line is not an entry with openings")
    openings = {label: _bytes(salt) for label, salt in said["open"].items() if is_label(label)}
    return _bytes(said["entry"]), openings


def _bytes(value: canonical.JsonValue) -> bytes:
    try:
        raw = base64.b64decode(str(value), validate=True)
    except (binascii.Error, ValueError):
        raw = b""
    # Encoded again: base64 leaves bits unused, and a proof must not have a second spelling.
    if not raw or _base64(raw) != value:
        raise ProofError(f"the proof's extra line holds {str(value)[:40]!r}, which is not base64")
    return raw


def _base64(raw: bytes) -> str:
    return base64.b64encode(raw).decode("ascii")
