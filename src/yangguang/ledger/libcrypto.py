"""The system's libcrypto 3, asked for the one thing that the cryptography package leaves out: SM2 signatures.

Keys go in and out in the encodings of RFC 5480 and RFC 5958, whose beginnings are constant for a 256-bit curve.
"""

import ctypes
from contextlib import ExitStack
from functools import cache
from typing import TypeAlias

from cryptography.hazmat.primitives.asymmetric.utils import decode_dss_signature, encode_dss_signature

from yangguang.ledger.errors import Sm2UnavailableError
from yangguang.ledger.sm2_curve import COORDINATE_BYTES, PUBLIC_KEY_BYTES, USER_ID

_NAMES = ("libcrypto.so.3", "libcrypto.3.dylib", "libcrypto-3-x64.dll")
_MAX_SIGNATURE_BYTES = 80
"""Two integers of at most 33 bytes in DER, with room."""

_ALGORITHM = bytes.fromhex("301306072a8648ce3d020106082a811ccf5501822d")
"""id-ecPublicKey on the curve 1.2.156.10197.1.301 (sm2p256v1)."""

_PUBLIC_PREFIX = b"\x30\x59" + _ALGORITHM + b"\x03\x42\x00\x04"
_PRIVATE_PREFIX = b"\x30\x41\x02\x01\x00" + _ALGORITHM + b"\x04\x27\x30\x25\x02\x01\x01\x04\x20"

_Pointer: TypeAlias = ctypes.c_void_p

_FUNCTIONS: dict[str, tuple[type | None, tuple[type, ...]]] = {
    "d2i_PUBKEY": (ctypes.c_void_p, (_Pointer, _Pointer, ctypes.c_long)),
    "d2i_AutoPrivateKey": (ctypes.c_void_p, (_Pointer, _Pointer, ctypes.c_long)),
    "i2d_PUBKEY": (ctypes.c_int, (_Pointer, _Pointer)),
    "EVP_PKEY_free": (None, (_Pointer,)),
    "EVP_PKEY_CTX_new": (ctypes.c_void_p, (_Pointer, _Pointer)),
    "EVP_PKEY_CTX_free": (None, (_Pointer,)),
    "EVP_PKEY_CTX_set1_id": (ctypes.c_int, (_Pointer, ctypes.c_char_p, ctypes.c_size_t)),
    "EVP_MD_CTX_new": (ctypes.c_void_p, ()),
    "EVP_MD_CTX_free": (None, (_Pointer,)),
    "EVP_MD_CTX_set_pkey_ctx": (None, (_Pointer, _Pointer)),
    "EVP_sm3": (ctypes.c_void_p, ()),
    "EVP_DigestSignInit": (ctypes.c_int, (_Pointer,) * 5),
    "EVP_DigestSign": (ctypes.c_int, (_Pointer, _Pointer, _Pointer, ctypes.c_char_p, ctypes.c_size_t)),
    "EVP_DigestVerifyInit": (ctypes.c_int, (_Pointer,) * 5),
    "EVP_DigestVerify": (
        ctypes.c_int,
        (_Pointer, ctypes.c_char_p, ctypes.c_size_t, ctypes.c_char_p, ctypes.c_size_t),
    ),
}


def is_available() -> bool:
    """Say whether this machine has a libcrypto with SM2."""
    try:
        _library()
    except Sm2UnavailableError:
        return False
    return True


def public_key(secret: bytes) -> bytes:
    """Return the public key, x and y in 32 bytes each, of the private key `secret`, 32 bytes.

    Raises:
        Sm2UnavailableError: there is no libcrypto with SM2, or it refused the key.
    """
    library = _library()
    with ExitStack() as owned:
        key = _private(library, owned, secret)
        target = ctypes.create_string_buffer(256)
        place = ctypes.c_void_p(ctypes.addressof(target))
        length = library.i2d_PUBKEY(key, ctypes.byref(place))
        _require(length == len(_PUBLIC_PREFIX) + PUBLIC_KEY_BYTES, "derive the public key")
        return target.raw[length - PUBLIC_KEY_BYTES : length]


def sign(secret: bytes, message: bytes) -> bytes:
    """Return the signature of `message`, r and s in 32 bytes each.

    Raises:
        Sm2UnavailableError: there is no libcrypto with SM2, or it did not sign.
    """
    library = _library()
    with ExitStack() as owned:
        context = _context(library, owned, _private(library, owned, secret), "EVP_DigestSignInit")
        target = ctypes.create_string_buffer(_MAX_SIGNATURE_BYTES)
        length = ctypes.c_size_t(_MAX_SIGNATURE_BYTES)
        done = library.EVP_DigestSign(context, target, ctypes.byref(length), message, len(message))
        _require(done == 1, "sign")
        r, s = decode_dss_signature(target.raw[: length.value])
        return r.to_bytes(COORDINATE_BYTES, "big") + s.to_bytes(COORDINATE_BYTES, "big")


def verify(public: bytes, message: bytes, signature: bytes) -> bool:
    """Say whether `signature` is of `message`; lengths, and that `public` is a point, were checked.

    Raises:
        Sm2UnavailableError: there is no libcrypto with SM2.
    """
    library = _library()
    r, s = (int.from_bytes(half, "big") for half in (signature[:COORDINATE_BYTES], signature[COORDINATE_BYTES:]))
    der = encode_dss_signature(r, s)
    with ExitStack() as owned:
        key = _read(library, owned, "d2i_PUBKEY", _PUBLIC_PREFIX + public)
        context = _context(library, owned, key, "EVP_DigestVerifyInit")
        return bool(library.EVP_DigestVerify(context, der, len(der), message, len(message)) == 1)


@cache
def _library() -> ctypes.CDLL:
    for name in _NAMES:
        try:
            library = ctypes.CDLL(name)
            for function, (result, arguments) in _FUNCTIONS.items():
                getattr(library, function).restype = result
                getattr(library, function).argtypes = arguments
        except (OSError, AttributeError):  # absent, or built without SM2
            continue
        return library
    raise Sm2UnavailableError(f"none of {', '.join(_NAMES)} offers SM2: install the system's OpenSSL 3")


def _private(library: ctypes.CDLL, owned: ExitStack, secret: bytes) -> int:
    return _read(library, owned, "d2i_AutoPrivateKey", _PRIVATE_PREFIX + secret)


def _read(library: ctypes.CDLL, owned: ExitStack, function: str, der: bytes) -> int:
    """Return the key that `der` encodes, freed with `owned`."""
    source = ctypes.create_string_buffer(der, len(der))
    place = ctypes.c_void_p(ctypes.addressof(source))
    key = getattr(library, function)(None, ctypes.byref(place), len(der))
    _require(key is not None, "read the key")
    owned.callback(library.EVP_PKEY_free, key)
    return int(key)


def _context(library: ctypes.CDLL, owned: ExitStack, key: int, begin: str) -> int:
    """Return a context in which `begin` has begun a signature of SM2 with SM3 under the default identity."""
    context = library.EVP_MD_CTX_new()
    _require(context is not None, "begin")
    owned.callback(library.EVP_MD_CTX_free, context)
    of_key = library.EVP_PKEY_CTX_new(key, None)
    _require(of_key is not None, "begin")
    owned.callback(library.EVP_PKEY_CTX_free, of_key)
    # Before the digest begins: the identity is hashed ahead of the message.
    _require(library.EVP_PKEY_CTX_set1_id(of_key, USER_ID, len(USER_ID)) == 1, "take the identity")
    library.EVP_MD_CTX_set_pkey_ctx(context, of_key)
    _require(getattr(library, begin)(context, None, library.EVP_sm3(), None, key) == 1, "begin")
    return int(context)


def _require(done: bool, what: str) -> None:  # noqa: FBT001 - reads as a sentence
    if not done:
        raise Sm2UnavailableError(f"libcrypto did not {what}: it may be built without SM2, or the key is none")
