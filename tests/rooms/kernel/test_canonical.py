"""Restricted JSON with one encoding a value."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from yangguang.kernel.canonical import MAX_INTEGER, JsonValue, decode, encode, is_integer
from yangguang.kernel.errors import NotCanonicalError

text = st.text(st.characters(codec="utf-8"))
values = st.recursive(
    st.none() | st.booleans() | st.integers(-MAX_INTEGER, MAX_INTEGER) | text,
    lambda inner: st.lists(inner) | st.dictionaries(st.text(st.characters(codec="ascii")), inner),
    max_leaves=20,
)


@given(values)
def test_every_value_comes_back(value: JsonValue) -> None:
    assert decode(encode(value)) == value


@given(values)
def test_an_encoding_is_its_own_encoding(value: JsonValue) -> None:
    assert encode(decode(encode(value))) == encode(value)


@pytest.mark.parametrize(
    "raw",
    [
        b"1.0", b"1e3", b"-0", b"NaN", b"Infinity", b" 1", b"1 ", b"01", b"9007199254740992", b'{"a":1,"a":2}',
        b'{"b":1,"a":2}', b'{"a": 1}', b'"\\u0041"', b'"\\/"', b'"\xff"', b'"\\ud800"', b"", b"[1,]", b"\xef\xbb\xbf1",
        '{"名":1}'.encode(), b"[" * 100_000, b"[" * 66 + b"]" * 66, "１".encode(),
    ],
)  # fmt: skip
def test_a_second_spelling_is_refused(raw: bytes) -> None:
    with pytest.raises(NotCanonicalError):
        decode(raw)


@given(st.binary(max_size=60))
def test_arbitrary_bytes_are_canonical_or_refused(raw: bytes) -> None:
    try:
        value = decode(raw)
    except NotCanonicalError:
        return
    assert encode(value) == raw


@pytest.mark.parametrize("value", [1.5, {"a": 2.0}, {"名": 1}, MAX_INTEGER + 1, "\ud800", {1: 2}, b"x"])
def test_a_value_outside_the_restriction_is_refused(value: JsonValue) -> None:
    with pytest.raises(NotCanonicalError):
        encode(value)


def test_true_is_not_one() -> None:
    assert is_integer(1, 1)
    assert not is_integer(True, 1)  # noqa: FBT003 - the very confusion under test
