r"""Salted commitments: what the log says of a content without telling it.

``SHA-256("gid-commit-v1\n" ‖ label ‖ "\n" ‖ salt ‖ SHA-256(content))`` hides the content as long as the
32-byte salt is secret, and binds it for ever; once salt and content are destroyed, a guessed content can no longer
be confirmed.
"""

import hashlib

SALT_BYTES = 32
_DOMAIN = b"gid-commit-v1\n"


def commitment(label: str, salt: bytes, content_sha256: bytes) -> bytes:
    """Return the 32-byte commitment to a content.

    Args:
        label: Component name, ASCII without line breaks.
        salt: 32 bytes.
        content_sha256: SHA-256 of the content, 32 bytes.
    """
    return hashlib.sha256(_DOMAIN + label.encode("ascii") + b"\n" + salt + content_sha256).digest()
