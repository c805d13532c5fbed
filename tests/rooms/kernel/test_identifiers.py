"""Opaque identifiers have one spelling."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from yangguang.kernel.errors import BadIdentifierError
from yangguang.kernel.identifiers import new_record_id, parse_record_id


@given(st.binary(min_size=16, max_size=16))
def test_sixteen_bytes_have_one_identifier(raw: bytes) -> None:
    identifier = new_record_id(lambda _: raw)
    assert parse_record_id(identifier) == identifier


@pytest.mark.parametrize(
    "text", ["", "a" * 25, "a" * 27, "A" * 26, "1" * 26, "a" * 25 + "b", "a" * 25 + "\n", "ａ" * 26]
)
def test_anything_else_is_refused(text: str) -> None:
    with pytest.raises(BadIdentifierError):
        parse_record_id(text)


def test_two_fresh_identifiers_differ() -> None:
    assert new_record_id() != new_record_id()
