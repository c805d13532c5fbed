"""Opaque record identifiers: 128 random bits as 26 characters of lower-case base32 (RFC 4648, section 6, no padding).

Opaque on purpose: the index number (索引号) tells agency and year and can be erased; an identifier in the log cannot.
"""

import base64
import re
import secrets
from collections.abc import Callable
from typing import NewType

from yangguang.kernel.errors import BadIdentifierError

RecordId = NewType("RecordId", str)
"""26 characters of ``a-z2-7`` that decode to 16 bytes."""

RECORD_ID_BYTES = 16
# The last character carries three bits of the 128; only these eight leave the other two unset. A second spelling would
# be a second address of one record.
_SHAPE = re.compile(r"[a-z2-7]{25}[aeimquy4]")


def new_record_id(entropy: Callable[[int], bytes] = secrets.token_bytes) -> RecordId:
    """Return a fresh identifier from 16 bytes of `entropy`."""
    return RecordId(base64.b32encode(entropy(RECORD_ID_BYTES)).decode("ascii").rstrip("=").lower())


def parse_record_id(text: str) -> RecordId:
    """Return `text` as an identifier.

    Raises:
        BadIdentifierError: `text` is not the one spelling of 16 bytes.
    """
    if _SHAPE.fullmatch(text) is None:
        raise BadIdentifierError(
            f"{text[:40]!r} is not a record identifier: 16 bytes as 26 characters a-z and 2-7 expected"
        )
    return RecordId(text)
