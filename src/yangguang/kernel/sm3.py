"""The digest SM3 (GB/T 32905-2016), from whichever library of this machine has it."""

import hashlib

from cryptography.hazmat.primitives import hashes


def sm3(data: bytes) -> bytes:
    """Return the 32-byte SM3 digest of `data`."""
    try:
        return hashlib.new("sm3", data).digest()
    except ValueError:  # a Python built against another libcrypto than the system's
        digest = hashes.Hash(hashes.SM3())
        digest.update(data)
        return digest.finalize()
