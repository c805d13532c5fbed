"""Tiles and entry bundles: their paths, their bytes, and the strict reading of both.

From C2SP tlog-tiles: 256 hashes a tile, ``tile/<level>/<index>[.p/<width>]``, entries under ``tile/entries/…`` with a
16-bit big-endian length before each. An index is written in groups of three digits, all but the last with an ``x``.
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass

from yangguang.ledger.errors import MalformedTileError
from yangguang.ledger.tree import HASH_BYTES, MAX_SIZE, pyramid

TILE_WIDTH = 256
TILE_HEIGHT = 8
TILE_BYTES = TILE_WIDTH * HASH_BYTES

MAX_ENTRY_BYTES = 0xFFFF
"""Largest entry a bundle can hold: its length is 16 bits."""

MAX_LEVEL = 7
"""Highest tile level of a tree of 2**63 - 1 entries."""

MAX_BUNDLE_BYTES = TILE_WIDTH * (2 + MAX_ENTRY_BYTES)

_PATH = re.compile(
    r"tile/(?P<level>entries|0|[1-9][0-9]?)/(?P<index>(?:x[0-9]{3}/)*[0-9]{3})(?:\.p/(?P<width>[1-9][0-9]{0,2}))?",
    re.ASCII,
)


@dataclass(frozen=True, slots=True)
class TileName:
    """A tile or bundle: level (None for a bundle of entries), index within it, number of hashes or entries it holds."""

    level: int | None
    index: int
    width: int


def tile_path(level: int, index: int, width: int = TILE_WIDTH) -> str:
    """Return the path of a tile, relative to the log's address."""
    return f"tile/{level}/{_index_path(index)}{_width_path(width)}"


def bundle_path(index: int, width: int = TILE_WIDTH) -> str:
    """Return the path of an entry bundle, relative to the log's address."""
    return f"tile/entries/{_index_path(index)}{_width_path(width)}"


def parse_path(path: str) -> TileName:
    """Return what `path` names.

    Raises:
        MalformedTileError: `path` is not the one spelling of a tile or bundle of a log of at most 2**63 - 1 entries.
    """
    match = _PATH.fullmatch(path)
    if match is None:
        raise MalformedTileError(f"{path[:80]!r} is not a tile path: tile/<level>/<index>[.p/<width>] expected")
    level = None if match["level"] == "entries" else int(match["level"])
    name = TileName(level, int(match["index"].replace("x", "").replace("/", "")), int(match["width"] or TILE_WIDTH))
    if match["width"] and name.width >= TILE_WIDTH:
        raise MalformedTileError(f"{path!r} has width {name.width}: a partial tile holds 1 to 255")
    if (name.level or 0) > MAX_LEVEL or name.index > MAX_SIZE >> TILE_HEIGHT * ((name.level or 0) + 1):
        raise MalformedTileError(f"{path[:80]!r} lies beyond a log of 2**63 - 1 entries")
    spelling = bundle_path(name.index, name.width) if level is None else tile_path(level, name.index, name.width)
    if spelling != path:
        raise MalformedTileError(f"{path[:80]!r} is not the one spelling of its index: {spelling!r} expected")
    return name


def width_at(level: int, index: int, size: int) -> int:
    """Return how many hashes tile `index` of `level` holds in a tree of `size` entries; 0 if it does not exist yet."""
    return max(0, min(TILE_WIDTH, (size >> TILE_HEIGHT * level) - TILE_WIDTH * index))


def tile_root(hashes: bytes) -> bytes:
    """Return the hash of a full tile as it stands in the level above."""
    return pyramid(hashes)[TILE_HEIGHT]


def check_tile(raw: bytes, width: int) -> bytes:
    """Return `raw` if it is a tile of `width` hashes.

    Raises:
        MalformedTileError: it has another length.
    """
    if len(raw) != width * HASH_BYTES:
        raise MalformedTileError(f"a tile of {width} hashes has {width * HASH_BYTES} bytes, this one {len(raw)}")
    return raw


def encode_entry(data: bytes) -> bytes:
    """Return `data` as it stands in a bundle; the caller has checked that it is at most 65,535 bytes."""
    return len(data).to_bytes(2, "big") + data


def encode_bundle(entries: Iterable[bytes]) -> bytes:
    """Return the bundle of `entries`."""
    return b"".join(map(encode_entry, entries))


def decode_bundle(raw: bytes, width: int) -> list[bytes]:
    """Return the entries of a bundle.

    Raises:
        MalformedTileError: `raw` is not exactly `width` entries.
    """
    entries = []
    position = 0
    try:
        for _ in range(width):
            end = position + 2 + (raw[position] << 8 | raw[position + 1])
            entries.append(raw[position + 2 : end])
            position = end
    except IndexError:
        raise MalformedTileError(f"the bundle ends within entry {len(entries)} of {width}") from None
    if position != len(raw):
        raise MalformedTileError(f"{width} entries take {position} bytes, the bundle has {len(raw)}")
    return entries


def _index_path(index: int) -> str:
    path = f"{index % 1000:03d}"
    while index >= 1000:
        index //= 1000
        path = f"x{index % 1000:03d}/{path}"
    return path


def _width_path(width: int) -> str:
    return "" if width == TILE_WIDTH else f".p/{width}"
