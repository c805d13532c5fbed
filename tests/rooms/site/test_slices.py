"""A slice of the self-examination: which entries it covers, and what is refused as one."""

import itertools

import pytest
from hypothesis import given
from hypothesis import strategies as st

from yangguang.site.checking import Slice, parse_slice
from yangguang.site.errors import BadSliceError


@given(st.integers(0, 10**7), st.integers(1, 500))
def test_all_slices_together_cover_every_entry_once(size: int, of: int) -> None:
    bounds = [Slice(number, of).bounds(size) for number in range(1, of + 1)]
    assert bounds[0][0] == 0
    assert bounds[-1][1] == size
    assert all(one[1] == following[0] for one, following in itertools.pairwise(bounds))


@pytest.mark.parametrize("text", ["", "0/4", "5/4", "1", "1/0", "1/99999", "-1/4", "１/4", "1/4/", " 1/4"])
def test_what_is_no_slice_is_refused(text: str) -> None:
    with pytest.raises(BadSliceError):
        parse_slice(text)


def test_a_slice_is_read_as_it_is_written() -> None:
    assert parse_slice("3/24") == Slice(3, 24)
