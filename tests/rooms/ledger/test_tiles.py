import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.rooms.ledger.places import Place, new_place, numbered
from yangguang.ledger.errors import MalformedTileError
from yangguang.ledger.queries import leaf_hash, parse_path, root
from yangguang.ledger.tiles import (
    TileName,
    bundle_path,
    check_tile,
    decode_bundle,
    encode_bundle,
    tile_path,
    width_at,
)

BUNDLES = st.lists(st.binary(max_size=300), min_size=1, max_size=256)


def test_an_index_is_written_in_groups_of_three_digits() -> None:
    assert tile_path(0, 1234067) == "tile/0/x001/x234/067"
    assert tile_path(2, 0, 1) == "tile/2/000.p/1"
    assert bundle_path(999, 255) == "tile/entries/999.p/255"
    assert bundle_path(1000) == "tile/entries/x001/000"


@given(st.none() | st.integers(0, 5), st.integers(0, 2**15 - 1), st.integers(1, 256))
def test_a_path_is_read_back(level: int | None, index: int, width: int) -> None:
    path = bundle_path(index, width) if level is None else tile_path(level, index, width)
    assert parse_path(path) == TileName(level, index, width)


@pytest.mark.parametrize(
    "path",
    [
        "",
        "tile/0/0",
        "tile/0/00",
        "tile/0/0000",
        "tile/0/1000",
        "tile/0/000/001",
        "tile/0/x000/001",
        "tile/0/x001/x002",
        "tile/0/x001/2",
        "tile/0/X001/002",
        "tile/0/001.p/0",
        "tile/0/001.p/256",
        "tile/0/001.p/05",
        "tile/0/001.p/",
        "tile/0/001.p/1000",
        "tile/00/001",
        "tile/-1/001",
        "tile/8/000",
        "tile/64/000",
        "tile/7/x001/000",
        "tile/data/001",
        "tile/entries/001/",
        "/tile/0/001",
        "tile/0/001\n",
        "tile/0/００１",
        "tile/0/../../001",
        "tile/0/" + "x999/" * 6 + "999",
        "tile/entries/" + "x999/" * 30 + "999",
    ],
)
def test_a_path_with_another_spelling_is_refused(path: str) -> None:
    with pytest.raises(MalformedTileError):
        parse_path(path)


@given(BUNDLES)
def test_a_bundle_is_read_back(entries: list[bytes]) -> None:
    assert decode_bundle(encode_bundle(entries), len(entries)) == entries


@given(BUNDLES, st.data())
def test_a_bundle_cut_anywhere_is_refused(entries: list[bytes], data: st.DataObject) -> None:
    raw = encode_bundle(entries)
    with pytest.raises(MalformedTileError):
        decode_bundle(raw[: data.draw(st.integers(0, len(raw) - 1))], len(entries))


@given(BUNDLES)
def test_a_bundle_of_another_width_is_refused(entries: list[bytes]) -> None:
    raw = encode_bundle(entries)
    for width in (len(entries) - 1, len(entries) + 1):
        with pytest.raises(MalformedTileError):
            decode_bundle(raw, width)


@pytest.mark.parametrize("raw", [b"", b"\0", b"\0\1", b"\0\0\0", b"\xff\xff" + bytes(10), b"\0\1aa"])
def test_bytes_that_are_not_one_entry_are_refused(raw: bytes) -> None:
    with pytest.raises(MalformedTileError):
        decode_bundle(raw, 1)


@pytest.mark.parametrize("length", [0, 31, 33, 63, 65, 8192])
def test_a_tile_of_another_length_is_refused(length: int) -> None:
    with pytest.raises(MalformedTileError):
        check_tile(bytes(length), 2)


def test_the_example_of_70000_entries_has_the_widths_of_the_specification() -> None:
    assert [width_at(0, index, 70_000) for index in (0, 272, 273, 274)] == [256, 256, 112, 0]
    assert [width_at(1, index, 70_000) for index in (0, 1, 2)] == [256, 17, 0]
    assert [width_at(2, index, 70_000) for index in (0, 1)] == [1, 0]


@pytest.mark.parametrize("sizes", [(1,), (255, 1), (256,), (257,), (300, 212), (1, 1, 1), (512, 1)])
def test_the_folder_holds_exactly_the_files_of_the_specification(
    tmp_path_factory: pytest.TempPathFactory, sizes: tuple[int, ...]
) -> None:
    place = new_place(tmp_path_factory.mktemp("files"))
    size = 0
    expected = {"checkpoint"}
    for count in sizes:
        place.append(numbered(size, size + count))
        size += count
        # Partial tiles of every size that was checkpointed stay until their full tile is there.
        level = 0
        while size >> 8 * level:
            index, width = divmod(size >> 8 * level, 256)
            names = {tile_path(level, one) for one in range(index)}
            partials = {name for name in expected if name.startswith(f"{tile_path(level, index - 1)}.p/")}
            expected = (expected - partials) | names | ({tile_path(level, index, width)} if width else set())
            level += 1
        for path in [path for path in expected if path.startswith("tile/0/")]:
            expected.add(path.replace("tile/0/", "tile/entries/"))
        expected -= {path for path in expected if ".p/" in path and path.split(".p/")[0] in expected}
    found = {str(path.relative_to(place.log)) for path in place.log.rglob("*") if path.is_file()}
    assert found == expected


def test_every_tile_holds_the_hashes_of_the_specification(grown: Place) -> None:
    leaves = numbered(0, 66_000)
    tile = (grown.log / "tile/0/x000/100").exists()
    assert not tile, "an index below 1000 has one path element"
    level0 = (grown.log / tile_path(0, 100)).read_bytes()
    assert level0 == b"".join(leaf_hash(leaf) for leaf in leaves[25_600:25_856])
    level1 = (grown.log / tile_path(1, 0)).read_bytes()
    assert level1[32:64] == root(leaves[256:512])
    level2 = (grown.log / tile_path(2, 0, 1)).read_bytes()
    assert level2 == root(leaves[:65_536])


def test_a_full_tile_leaves_no_partial_one_behind(grown: Place) -> None:
    partials = {path.parent.name for path in (grown.log / "tile").rglob("*.p/*")}
    assert partials == {"257.p", "001.p", "000.p"}
