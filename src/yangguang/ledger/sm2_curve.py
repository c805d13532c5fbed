"""Verification of SM2 signatures in plain Python, for machines without a libcrypto that knows SM2.

From GB/T 32918.2-2016 (the signature scheme) and GB/T 32918.5-2017 (the curve). Only public values pass through here:
its time depends on them, so signing is left to libcrypto.
"""

from collections.abc import Callable
from typing import TypeAlias

from yangguang.kernel.sm3 import sm3

PRIME = 0xFFFFFFFE_FFFFFFFF_FFFFFFFF_FFFFFFFF_FFFFFFFF_00000000_FFFFFFFF_FFFFFFFF
A = PRIME - 3
B = 0x28E9FA9E_9D9F5E34_4D5A9E4B_CF6509A7_F39789F5_15AB8F92_DDBCBD41_4D940E93
ORDER = 0xFFFFFFFE_FFFFFFFF_FFFFFFFF_FFFFFFFF_7203DF6B_21C6052B_53BBF409_39D54123
BASE = (
    0x32C4AE2C_1F198119_5F990446_6A39C994_8FE30BBF_F2660BE1_715A4589_334C74C7,
    0xBC3736A2_F4F6779C_59BDCEE3_6B692153_D0A9877C_C62A4740_02DF32E5_2139F0A0,
)

USER_ID = b"1234567812345678"
"""The identity that signers without one of their own use (GM/T 0009-2012, 10)."""

COORDINATE_BYTES = 32
PUBLIC_KEY_BYTES = 2 * COORDINATE_BYTES
SIGNATURE_BYTES = 2 * COORDINATE_BYTES

Verify: TypeAlias = Callable[[bytes, bytes, bytes], bool]
"""Takes a public key, a message and a signature, and says whether the signature is good."""

_Point: TypeAlias = tuple[int, int, int]
"""Jacobian coordinates: x/z², y/z³; z is 0 at infinity."""

_INFINITY: _Point = (1, 1, 0)


def is_public_key(raw: bytes) -> bool:
    """Say whether `raw` is a point of the curve, x and y in 32 bytes each."""
    if len(raw) != PUBLIC_KEY_BYTES:
        return False
    x, y = _pair(raw)
    return x < PRIME and y < PRIME and (y * y - (x * x + A) * x - B) % PRIME == 0


def verify(public_key: bytes, message: bytes, signature: bytes) -> bool:
    """Say whether `signature` (r, then s, 32 bytes each) is of `message` under the default identity."""
    if len(signature) != SIGNATURE_BYTES or not is_public_key(public_key):
        return False
    r, s = _pair(signature)
    t = (r + s) % ORDER
    if not (0 < r < ORDER and 0 < s < ORDER and t):
        return False
    x, _, z = _add(_multiply(s, (*BASE, 1)), _multiply(t, (*_pair(public_key), 1)))
    if z == 0:
        return False
    digest = int.from_bytes(sm3(_identity_digest(public_key) + message), "big")
    return (digest + x * pow(z, -2, PRIME) % PRIME) % ORDER == r


def _identity_digest(public_key: bytes) -> bytes:
    """Return the value Z of GB/T 32918.2, 5.5: the signer's identity, curve and key."""
    curve = b"".join(value.to_bytes(COORDINATE_BYTES, "big") for value in (A, B, *BASE))
    return sm3((8 * len(USER_ID)).to_bytes(2, "big") + USER_ID + curve + public_key)


def _pair(raw: bytes) -> tuple[int, int]:
    return int.from_bytes(raw[:COORDINATE_BYTES], "big"), int.from_bytes(raw[COORDINATE_BYTES:], "big")


def _multiply(factor: int, point: _Point) -> _Point:
    result = _INFINITY
    for bit in f"{factor:b}":
        result = _double(result)
        if bit == "1":
            result = _add(result, point)
    return result


def _double(point: _Point) -> _Point:
    x, y, z = point
    y2 = y * y % PRIME
    s = 4 * x * y2 % PRIME
    z2 = z * z % PRIME
    m = 3 * (x - z2) * (x + z2) % PRIME  # the curve's a is -3
    x3 = (m * m - 2 * s) % PRIME
    return x3, (m * (s - x3) - 8 * y2 * y2) % PRIME, 2 * y * z % PRIME


def _add(one: _Point, other: _Point) -> _Point:
    if one[2] == 0 or other[2] == 0:
        return other if one[2] == 0 else one
    (x1, y1, z1), (x2, y2, z2) = one, other
    u1, u2 = x1 * z2 * z2 % PRIME, x2 * z1 * z1 % PRIME
    s1, s2 = y1 * z2**3 % PRIME, y2 * z1**3 % PRIME
    h, r = u2 - u1, s2 - s1
    if h % PRIME == 0:
        return _double(one) if r % PRIME == 0 else _INFINITY
    h2 = h * h % PRIME
    h3, v = h * h2 % PRIME, u1 * h2 % PRIME
    x3 = (r * r - h3 - 2 * v) % PRIME
    return x3, (r * (v - x3) - s1 * h3) % PRIME, h * z1 * z2 % PRIME
