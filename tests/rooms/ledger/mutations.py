"""Slightly wrong bytes: what a parser meets when someone tampers, or when another program writes the format."""

import random
from collections.abc import Sequence

TOKENS = (
    b"\n", b"\n\n", b" ", b"\t", b"+", b"=", b"==", b"/", b"0", b"-1", b"00", b"9223372036854775807",
    b"9223372036854775808", "—".encode(), "１".encode(), "\u00a0".encode(), "\u2028".encode(), "\ufeff".encode(),
    "\u0085".encode(), b"\xff", b"\xc0\xaf", b"\xed\xa0\x80", b"\x00", b"\x7f", b"\r\n", b"none", b"any", b"all",
    b"group ", b"quorum ", b"witness ", b"log ", b"index ", b"extra ", b"#",
)  # fmt: skip


def mutate(raw: bytes, chance: random.Random, tokens: Sequence[bytes] = TOKENS) -> bytes:
    """Return `raw` with one to three small changes."""
    for _ in range(chance.choice((1, 1, 2, 3))):
        raw = chance.choice((_flip, _drop, _insert, _lines, _case, _repeat))(raw, chance, tokens)
    return raw


def _flip(raw: bytes, chance: random.Random, _: Sequence[bytes]) -> bytes:
    if not raw:
        return raw
    at = chance.randrange(len(raw))
    return raw[:at] + bytes([raw[at] ^ 1 << chance.randrange(8)]) + raw[at + 1 :]


def _drop(raw: bytes, chance: random.Random, _: Sequence[bytes]) -> bytes:
    at = chance.randrange(len(raw) + 1)
    return raw[:at] + raw[at + chance.choice((1, 1, 4, 40)) :]


def _insert(raw: bytes, chance: random.Random, tokens: Sequence[bytes]) -> bytes:
    at = chance.randrange(len(raw) + 1)
    return raw[:at] + chance.choice(tokens) + raw[at:]


def _lines(raw: bytes, chance: random.Random, _: Sequence[bytes]) -> bytes:
    """Move, double or drop a line."""
    lines = raw.split(b"\n")
    line = lines.pop(chance.randrange(len(lines)))
    for _again in range(chance.choice((0, 1, 2))):
        lines.insert(chance.randrange(len(lines) + 1), line)
    return b"\n".join(lines)


def _case(raw: bytes, chance: random.Random, _: Sequence[bytes]) -> bytes:
    at = chance.randrange(len(raw) + 1)
    return raw[:at] + raw[at : at + 8].swapcase() + raw[at + 8 :]


def _repeat(raw: bytes, chance: random.Random, _: Sequence[bytes]) -> bytes:
    at = chance.randrange(len(raw) + 1)
    piece = raw[at : at + chance.choice((1, 5, 45))]
    return raw[:at] + piece + raw[at:]
