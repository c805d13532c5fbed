"""One canonical encoding of plain values: restricted JSON whose bytes equal RFC 8785 output.

Values are `None`, `bool`, `int` within ±(2^53-1), `str`, lists, and objects with ASCII keys. Floats are refused, so
number formatting never matters; keys are ASCII, so sorting by code point equals RFC 8785's sorting by UTF-16 unit.
Bytes are accepted only if ``encode(parse(raw)) == raw``: a value has one encoding, an encoding one value.
"""

import json
from typing import NoReturn, TypeAlias, cast

from yangguang.kernel.errors import NotCanonicalError

JsonValue: TypeAlias = "bool | int | str | list[JsonValue] | dict[str, JsonValue] | None"

MAX_INTEGER = 2**53 - 1
"""Largest integer every JSON reader keeps exactly (RFC 8259, section 6)."""

MAX_DEPTH = 64
"""Deepest nesting accepted, so that hostile bytes cannot exhaust the stack."""


def encode(value: JsonValue) -> bytes:
    """Return the canonical UTF-8 bytes of `value`.

    Raises:
        NotCanonicalError: `value` holds a float, a too large integer, a non-ASCII key or a lone surrogate.
    """
    _check(value, "value", 0)
    try:
        return _dumps(value).encode("utf-8")
    except UnicodeEncodeError as error:
        raise NotCanonicalError(f"value holds a lone surrogate at character {error.start}: not text") from error


def _dumps(value: JsonValue) -> str:
    return json.dumps(value, ensure_ascii=False, sort_keys=True, separators=(",", ":"), allow_nan=False)


def decode(raw: bytes) -> JsonValue:
    """Return the value whose canonical encoding is `raw`.

    Raises:
        NotCanonicalError: `raw` is not UTF-8, not JSON, or not the canonical form of what it says.
    """
    try:
        value = cast(
            "JsonValue",
            json.loads(
                raw.decode("utf-8"),
                parse_float=_refuse_float,
                parse_constant=_refuse_float,
                parse_int=_exact,
                object_pairs_hook=_plain_object,
            ),
        )
        # What the hooks let through is inside the restriction, so equal bytes are all that is left to show.
        canonical = _dumps(value).encode("utf-8")
    except NotCanonicalError:
        raise
    except (UnicodeError, ValueError, RecursionError) as error:
        raise NotCanonicalError(f"not canonical JSON: {error}") from error
    if canonical != raw:
        raise NotCanonicalError("not canonical JSON: keys unsorted, white space, or a second spelling of a value")
    _check_depth(value, 0)
    return value


def is_integer(value: JsonValue, expected: int) -> bool:
    """Tell whether `value` is the integer `expected`; unlike ``==``, ``true`` is not 1."""
    return not isinstance(value, bool) and value == expected


def _check(value: object, place: str, depth: int) -> None:
    if depth > MAX_DEPTH:
        raise NotCanonicalError(f"{place[:80]} is nested deeper than {MAX_DEPTH}")
    if value is None or isinstance(value, str | bool):
        return
    if isinstance(value, int):
        if abs(value) > MAX_INTEGER:
            raise NotCanonicalError(f"{place} is {value}: integers beyond 2^53-1 are not exact in JSON")
    elif isinstance(value, list):
        for position, item in enumerate(value):
            _check(item, f"{place}[{position}]", depth + 1)
    elif isinstance(value, dict):
        for key, item in value.items():
            if not isinstance(key, str) or not key.isascii():
                raise NotCanonicalError(f"{place} has the key {key!r}: keys are ASCII strings")
            _check(item, f"{place}.{key}", depth + 1)
    else:
        raise NotCanonicalError(
            f"{place} is a {type(value).__name__}: only null, booleans, integers, text, lists, objects"
        )


def _refuse_float(text: str) -> NoReturn:
    raise NotCanonicalError(f"{text} is not an integer: floats have more than one spelling")


def _exact(text: str) -> int:
    value = int(text)
    if abs(value) > MAX_INTEGER:
        raise NotCanonicalError(f"{text[:40]} is beyond 2^53-1: such integers are not exact in JSON")
    return value


def _plain_object(pairs: list[tuple[str, JsonValue]]) -> dict[str, JsonValue]:
    found = dict(pairs)
    if len(found) != len(pairs):
        raise NotCanonicalError("an object repeats a key")
    for key in found:
        if not key.isascii():
            raise NotCanonicalError(f"an object has the key {key[:40]!r}: keys are ASCII strings")
    return found


def _check_depth(value: JsonValue, depth: int) -> None:
    if depth > MAX_DEPTH:
        raise NotCanonicalError(f"a value is nested deeper than {MAX_DEPTH}")
    if isinstance(value, list):
        for item in value:
            if isinstance(item, list | dict):
                _check_depth(item, depth + 1)
    elif isinstance(value, dict):
        for item in value.values():
            if isinstance(item, list | dict):
                _check_depth(item, depth + 1)
