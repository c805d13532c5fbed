r"""Salted commitments: what the log says of a content without telling it.

``SHA-256("gid-commit-v1\n" ‖ label ‖ "\n" ‖ salt ‖ SHA-256(content))`` hides the content as long as the
32-byte salt is secret, and binds it for ever; once salt and content are destroyed, a guessed content can no longer
be confirmed.
"""

import hashlib

from yangguang.kernel.sm3 import sm3

SALT_BYTES = 32
_DOMAIN = b"gid-commit-v1\n"
_NATIONAL_DOMAIN = b"gid-commit-sm3-v1\n"


def commitment(label: str, salt: bytes, content_sha256: bytes) -> bytes:
    """Return the 32-byte commitment to a content.

    Args:
        label: Component name, ASCII without line breaks.
        salt: 32 bytes.
        content_sha256: SHA-256 of the content, 32 bytes.
    """
    return hashlib.sha256(_DOMAIN + label.encode("ascii") + b"\n" + salt + content_sha256).digest()


def national_commitment(label: str, salt: bytes, content: bytes) -> bytes:
    """Return the 32-byte commitment to a content by SM3 (GB/T 32905-2016), beside the other and never instead of it.

    Args:
        label: Component name, ASCII without line breaks.
        salt: The same 32 bytes as in `commitment`: opening one opens both.
        content: The bytes themselves.
    """
    return sm3(_NATIONAL_DOMAIN + label.encode("ascii") + b"\n" + salt + sm3(content))
