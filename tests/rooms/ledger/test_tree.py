from hashlib import sha256

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.rooms.ledger.oracle import Oracle
from tests.rooms.ledger.places import Place, numbered
from yangguang.ledger.errors import BadPathError, NotInLogError
from yangguang.ledger.queries import leaf_hash, root, verify_consistency, verify_inclusion
from yangguang.ledger.tree import EMPTY_ROOT, Node, consistency_path, inclusion_path

LEAVES = tuple(
    bytes.fromhex(text)
    for text in (
        "",
        "00",
        "10",
        "2021",
        "3031",
        "40414243",
        "5051525354555657",
        "606162636465666768696a6b6c6d6e6f",
    )
)
"""The leaves that implementations of Certificate Transparency test with."""

ROOTS = (
    "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
    "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
    "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125",
    "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77",
    "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
    "4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4",
    "76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef",
    "ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c",
    "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328",
)

SIZES = st.integers(1, 600)


def nodes(oracle: Oracle) -> Node:
    return lambda level, index: oracle.subtree(index << level, (index + 1) << level)


ORACLE = Oracle([b"%d" % index for index in range(600)])


@pytest.mark.parametrize("size", range(9))
def test_the_root_is_the_published_one(size: int) -> None:
    assert root(LEAVES[:size]).hex() == ROOTS[size]


def test_the_paths_are_those_of_the_seven_leaf_example() -> None:
    # The tree drawn in RFC 9162, section 2.1.5, by its letters.
    oracle = Oracle(LEAVES[:7])
    a, b, c, d, f, j = (leaf_hash(LEAVES[index]) for index in (0, 1, 2, 3, 5, 6))
    g, h, i, k, ll = (oracle.subtree(*span) for span in ((0, 2), (2, 4), (4, 6), (0, 4), (4, 7)))
    assert inclusion_path(0, 7, nodes(oracle)) == (b, h, ll)
    assert inclusion_path(3, 7, nodes(oracle)) == (c, g, ll)
    assert inclusion_path(4, 7, nodes(oracle)) == (f, j, k)
    assert inclusion_path(6, 7, nodes(oracle)) == (i, k)
    assert consistency_path(3, 7, nodes(oracle)) == (c, d, g, ll)
    assert consistency_path(4, 7, nodes(oracle)) == (ll,)
    assert consistency_path(6, 7, nodes(oracle)) == (i, j, k)
    assert a == sha256(b"\0").digest()


@given(SIZES)
def test_the_root_is_the_oracles(size: int) -> None:
    assert root(ORACLE.leaves[:size]) == ORACLE.root(size)


@given(SIZES, st.data())
def test_an_inclusion_path_is_the_oracles_and_verifies(size: int, data: st.DataObject) -> None:
    index = data.draw(st.integers(0, size - 1))
    path = inclusion_path(index, size, nodes(ORACLE))
    assert path == ORACLE.inclusion(index, size)
    verify_inclusion(
        index=index, size=size, leaf_hash=leaf_hash(ORACLE.leaves[index]), path=path, root=ORACLE.root(size)
    )


@given(SIZES, st.data())
def test_a_consistency_path_is_the_oracles_and_verifies(new: int, data: st.DataObject) -> None:
    old = data.draw(st.integers(0, new))
    path = consistency_path(old, new, nodes(ORACLE))
    assert path == ORACLE.consistency(old, new)
    verify_consistency(old_size=old, old_root=ORACLE.root(old), new_size=new, new_root=ORACLE.root(new), path=path)


@given(SIZES, st.data())
def test_an_inclusion_proof_of_anything_else_is_refused(size: int, data: st.DataObject) -> None:
    index = data.draw(st.integers(0, size - 1))
    path = list(ORACLE.inclusion(index, size))
    leaf, tree = leaf_hash(ORACLE.leaves[index]), ORACLE.root(size)
    other = sha256(tree).digest()
    claims = [
        (index, size, other, path, tree),
        (index, size, leaf, path, other),
        (index, size, leaf, [*path, other], tree),
        (index, size, leaf, [other, *path], tree),
        (-1, size, leaf, path, tree),
        (size, size, leaf, path, tree),
        (index, 0, leaf, path, tree),
    ]
    if path:
        place = data.draw(st.integers(0, len(path) - 1))
        claims.append((index, size, leaf, path[:-1], tree))
        claims.append((index, size, leaf, [*path[:place], other, *path[place + 1 :]], tree))
        claims.append((index ^ 1 << place, size, leaf, path, tree))
    for claimed_index, claimed_size, claimed_leaf, claimed_path, claimed_root in claims:
        with pytest.raises(BadPathError):
            verify_inclusion(
                index=claimed_index, size=claimed_size, leaf_hash=claimed_leaf, path=claimed_path, root=claimed_root
            )


@given(SIZES, st.data())
def test_a_consistency_proof_of_anything_else_is_refused(new: int, data: st.DataObject) -> None:
    old = data.draw(st.integers(1, new))
    path = list(ORACLE.consistency(old, new))
    first, second = ORACLE.root(old), ORACLE.root(new)
    other = sha256(first).digest()
    claims = [
        (old, other, new, second, path),
        (old, first, new, second, [*path, other]),
        (new + 1, first, new, second, path),
        (-1, first, new, second, path),
        (0, first, new, second, path),
    ]
    if path:
        place = data.draw(st.integers(0, len(path) - 1))
        claims.append((old, first, new, other, path))
        claims.append((old, first, new, second, path[:-1]))
        claims.append((old, first, new, second, [*path[:place], other, *path[place + 1 :]]))
        claims.append((old, first, new, second, []))
    for old_size, old_root, new_size, new_root, claimed_path in claims:
        with pytest.raises(BadPathError):
            verify_consistency(
                old_size=old_size, old_root=old_root, new_size=new_size, new_root=new_root, path=claimed_path
            )


def test_every_tree_extends_the_empty_one_without_a_path() -> None:
    verify_consistency(old_size=0, old_root=EMPTY_ROOT, new_size=7, new_root=ORACLE.root(7), path=[])
    verify_consistency(old_size=0, old_root=EMPTY_ROOT, new_size=0, new_root=EMPTY_ROOT, path=[])
    with pytest.raises(BadPathError):
        verify_consistency(old_size=0, old_root=ORACLE.root(1), new_size=7, new_root=ORACLE.root(7), path=[])


@pytest.mark.parametrize(("index", "size"), [(0, 0), (-1, 5), (5, 5)])
def test_there_is_no_path_for_an_entry_outside_the_tree(index: int, size: int) -> None:
    with pytest.raises(NotInLogError):
        inclusion_path(index, size, nodes(ORACLE))


@pytest.mark.parametrize(("old", "new"), [(6, 5), (-1, 5)])
def test_there_is_no_consistency_backwards(old: int, new: int) -> None:
    with pytest.raises(NotInLogError):
        consistency_path(old, new, nodes(ORACLE))


def test_paths_made_from_tiles_are_the_oracles_over_three_levels(grown: Place) -> None:
    oracle = Oracle(numbered(0, 66_000))
    log = grown.reader()
    assert log.checkpoint().root == oracle.root(66_000)
    for size in (1, 255, 256, 257, 511, 65_535, 65_536, 65_537, 65_793, 66_000):
        for index in (0, size // 3, size - 1):
            assert log.inclusion(index, size) == oracle.inclusion(index, size)
        for old in (0, 1, 200, 256, size // 2, size - 1, size):
            if old <= size:
                assert log.consistency(old, size) == oracle.consistency(old, size)
