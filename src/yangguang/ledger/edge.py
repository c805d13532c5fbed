"""The right edge of the tree: all a writer must remember, and the pure function that grows it.

Because every hash in a full tile is settled for ever, the partial tile of each level and the partial bundle determine
the root and everything that any later entry changes (C2SP tlog-tiles; LEDGER design 2.5).
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TypeAlias

from yangguang.ledger.tiles import (
    TILE_BYTES,
    TILE_WIDTH,
    bundle_path,
    encode_entry,
    tile_path,
    tile_root,
)
from yangguang.ledger.tree import HASH_BYTES, edge_hashes, fold, leaf_hashes, pyramid

StagedFile: TypeAlias = tuple[str, bytes]
"""Path relative to the log's folder, and content."""


@dataclass(frozen=True, slots=True)
class RightEdge:
    """Number of entries; the hashes of the partial tile of each level (empty where none); the partial bundle."""

    size: int
    tiles: tuple[bytes, ...]
    bundle: bytes

    def root(self) -> bytes:
        """Return the root of the tree."""
        return fold([subtree for tile in reversed(self.tiles) if tile for subtree in edge_hashes(pyramid(tile))])


EMPTY_EDGE = RightEdge(0, (), b"")


def integrate(edge: RightEdge, entries: Sequence[bytes]) -> tuple[RightEdge, list[StagedFile]]:
    """Return the edge after `entries`, and every file that their coming changes, bundles first, then tiles upward.

    Args:
        edge: Of the log before the batch.
        entries: At least one, each at most 65,535 bytes.
    """
    bundle, files = _grow_bundles(edge, entries)
    size = edge.size + len(entries)
    hashes = leaf_hashes(entries)
    tiles = []
    level = 0
    while hashes or level < len(edge.tiles):
        old = edge.tiles[level] if level < len(edge.tiles) else b""
        first = edge.size >> 8 * level >> 8
        tile, hashes, changed = _grow_tiles(level, first, old, hashes)
        tiles.append(tile)
        files += changed
        level += 1
    return RightEdge(size, tuple(tiles), bundle), files


def partial_files(edge: RightEdge) -> list[StagedFile]:
    """Return the partial bundle and tiles at `edge`: with the full ones, all that a tree of its size is read from."""
    number, held = divmod(edge.size, TILE_WIDTH)
    files = [(bundle_path(number, held), edge.bundle)] if held else []
    for level, tile in enumerate(edge.tiles):
        if tile:
            files.append((tile_path(level, edge.size >> 8 * level >> 8, len(tile) // HASH_BYTES), tile))
    return files


def _grow_bundles(edge: RightEdge, entries: Sequence[bytes]) -> tuple[bytes, list[StagedFile]]:
    """Return the partial bundle after `entries`, and the bundles they fill or begin."""
    files = []
    bundle = edge.bundle
    number, held = divmod(edge.size, TILE_WIDTH)
    taken = 0
    while taken < len(entries):
        some = entries[taken : taken + TILE_WIDTH - held]
        bundle += b"".join(map(encode_entry, some))
        held += len(some)
        taken += len(some)
        files.append((bundle_path(number, held), bundle))
        if held == TILE_WIDTH:
            number, held, bundle = number + 1, 0, b""
    return bundle, files


def _grow_tiles(level: int, first: int, old: bytes, new: bytes) -> tuple[bytes, bytes, list[StagedFile]]:
    """Return the partial tile of `level` after the hashes `new`, the hashes for the level above, and the changed tiles.

    Args:
        level: Level of the tiles.
        first: Index of the tile that `old` is the partial of.
        old: Hashes of that partial tile so far.
        new: Hashes to come after them.
    """
    run = old + new
    files = []
    above = []
    full = len(run) // TILE_BYTES
    for position in range(full):
        tile = run[position * TILE_BYTES : (position + 1) * TILE_BYTES]
        files.append((tile_path(level, first + position), tile))
        above.append(tile_root(tile))
    rest = run[full * TILE_BYTES :]
    if rest and new:
        files.append((tile_path(level, first + full, len(rest) // HASH_BYTES), rest))
    return rest, b"".join(above), files
