"""Reading a log from its static files: entries in order, and proofs made from tiles."""

import threading
from collections import OrderedDict
from collections.abc import Iterator
from pathlib import Path

from yangguang.ledger.archive import Archive
from yangguang.ledger.checkpoint import read_checkpoint
from yangguang.ledger.errors import LogDamagedError, MalformedNoteError, MalformedTileError, NotInLogError
from yangguang.ledger.evidence import earliest_proven
from yangguang.ledger.files import MACHINE, Files
from yangguang.ledger.notes import parse_note
from yangguang.ledger.proofs import format_proof
from yangguang.ledger.public import CHECKPOINT
from yangguang.ledger.tiles import (
    TILE_HEIGHT,
    TILE_WIDTH,
    bundle_path,
    check_tile,
    decode_bundle,
    tile_path,
    width_at,
)
from yangguang.ledger.tree import HASH_BYTES, Node, consistency_path, inclusion_path, pyramid, range_hash
from yangguang.ledger.types import Checkpoint, Entry, Policy, TlogProof

CACHED_TILES = 256
"""Tiles kept with the hashes inside them worked out, about 16 kB each."""


class Log:
    """The public files of a log, open for reading; it follows the log as it grows. Safe to share between threads.

    Formats are checked, signatures and hashes are not: whoever needs those verifies a proof, or runs fsck.
    """

    def __init__(self, folder: Path, files: Files = MACHINE) -> None:
        """Take the log's public folder."""
        self._folder = folder
        self._files = files
        self.archive = Archive(folder, files)
        """Every cosigned checkpoint it ever had."""
        self._cache: OrderedDict[tuple[int, int, int], tuple[bytes, ...]] = OrderedDict()
        self._mutex = threading.Lock()

    def checkpoint_note(self) -> bytes:
        """Return the published checkpoint as signed.

        Raises:
            LogDamagedError: there is none.
        """
        try:
            return self._files.read(self._folder / CHECKPOINT)
        except FileNotFoundError:
            raise LogDamagedError(f"{self._folder} holds no checkpoint: it is not a log, or not yet one") from None

    def checkpoint(self) -> Checkpoint:
        """Return what the published checkpoint says, its signature not verified.

        Raises:
            LogDamagedError: there is none, or it is malformed.
        """
        return _read(self.checkpoint_note())

    def entries(self, start: int, stop: int | None = None) -> Iterator[Entry]:
        """Yield the entries from index `start` up to, not including, `stop`; to the present end if `stop` is None.

        Raises:
            NotInLogError: the log does not reach to `stop`.
            LogDamagedError: a bundle is missing or malformed; raised when the iteration comes to it.
        """
        size = self.checkpoint().size
        end = size if stop is None else stop
        if not 0 <= start <= end <= size:
            raise NotInLogError(f"entries {start} to {end} asked for: the log has {size}")
        return self._entries(start, end, size)

    def entry(self, index: int) -> Entry:
        """Return the entry at `index`.

        Raises:
            NotInLogError: the log does not have it.
            LogDamagedError: its bundle is missing or malformed.
        """
        size = self.checkpoint().size
        if not 0 <= index < size:
            raise NotInLogError(f"entry {index} asked for: the log has {size}")
        number, position = divmod(index, TILE_WIDTH)
        return Entry(index, self.bundle(number, width_at(0, number, size))[position])

    def inclusion(self, index: int, size: int) -> tuple[bytes, ...]:
        """Return the path from entry `index` to the root of the first `size` entries.

        Raises:
            NotInLogError: no such entry, or the log has fewer than `size`.
            LogDamagedError: a tile is missing or malformed.
        """
        return inclusion_path(index, size, self._node(self._at_least(size)))

    def consistency(self, old: int, new: int) -> tuple[bytes, ...]:
        """Return the path proving the first `old` entries a prefix of the first `new`.

        Raises:
            NotInLogError: `old` is larger than `new`, or the log has fewer than `new`.
            LogDamagedError: a tile is missing or malformed.
        """
        return consistency_path(old, new, self._node(self._at_least(new)))

    def root(self, size: int) -> bytes:
        """Return the root of the first `size` entries, 32 bytes, worked out from the tiles.

        Raises:
            NotInLogError: the log has fewer.
            LogDamagedError: a tile is missing or malformed.
        """
        return range_hash(0, size, self._node(self._at_least(size)))

    def prove(self, index: int, *, extra: bytes | None = None, policy: Policy | None = None) -> bytes:
        """Return the proof file of entry `index`.

        Args:
            index: Of the entry.
            extra: Bytes to carry along, which nothing authenticates.
            policy: Of whoever will verify. The proof then holds the earliest archived checkpoint that covers the entry
                and satisfies it, so that it also tells since when the entry is there; without a policy, or where no
                archived checkpoint satisfies it yet, the published one.

        Raises:
            NotInLogError: the log does not have the entry.
            LogDamagedError: the checkpoint or a tile is missing or malformed.
        """
        note = self.checkpoint_note()
        present = _read(note).size
        if policy is not None:
            note = earliest_proven(self.archive, index, present, policy) or note
        path = inclusion_path(index, _read(note).size, self._node(present))
        return format_proof(TlogProof(extra, index, path, note))

    def hashes(self, level: int, index: int, width: int) -> bytes:
        """Return the first `width` hashes of a tile, concatenated.

        Raises:
            LogDamagedError: the tile is missing or malformed.
        """
        raw, found = self._partial_or_full(tile_path(level, index, width), tile_path(level, index))
        try:
            return check_tile(raw, width if found else TILE_WIDTH)[: width * HASH_BYTES]
        except MalformedTileError as error:
            raise LogDamagedError(f"{tile_path(level, index, width if found else TILE_WIDTH)}: {error}") from error

    def bundle(self, index: int, width: int) -> list[bytes]:
        """Return the first `width` entries of a bundle.

        Raises:
            LogDamagedError: the bundle is missing or malformed.
        """
        raw, found = self._partial_or_full(bundle_path(index, width), bundle_path(index))
        try:
            return decode_bundle(raw, width if found else TILE_WIDTH)[:width]
        except MalformedTileError as error:
            raise LogDamagedError(f"{bundle_path(index, width if found else TILE_WIDTH)}: {error}") from error

    def _entries(self, start: int, stop: int, size: int) -> Iterator[Entry]:
        for number in range(start // TILE_WIDTH, -(-stop // TILE_WIDTH)):
            first = number * TILE_WIDTH
            entries = self.bundle(number, width_at(0, number, size))
            for position in range(max(start - first, 0), min(stop - first, len(entries))):
                yield Entry(first + position, entries[position])

    def _at_least(self, size: int) -> int:
        """Return the log's present size, which `size` must not exceed."""
        present = self.checkpoint().size
        if size > present:
            raise NotInLogError(f"a tree of {size} entries asked for: the log has {present}")
        return present

    def _node(self, size: int) -> Node:
        """Return the function that gives complete nodes, also of smaller trees, from the tiles of `size` entries.

        `size` is the present one: partial tiles of sizes that no checkpoint ever had do not exist.
        """

        def node(level: int, index: int) -> bytes:
            tile_level, height = divmod(level, TILE_HEIGHT)
            tile, position = divmod(index, TILE_WIDTH >> height)
            levels = self._tile(tile_level, tile, width_at(tile_level, tile, size))
            return levels[height][position * HASH_BYTES : (position + 1) * HASH_BYTES]

        return node

    def _tile(self, level: int, index: int, width: int) -> tuple[bytes, ...]:
        """Return the pyramid over the first `width` hashes of a tile."""
        key = (level, index, width)
        with self._mutex:
            if key in self._cache:
                self._cache.move_to_end(key)
                return self._cache[key]
        levels = pyramid(self.hashes(level, index, width))
        with self._mutex:
            self._cache[key] = levels
            if len(self._cache) > CACHED_TILES:
                self._cache.popitem(last=False)
        return levels

    def _partial_or_full(self, wanted: str, full: str) -> tuple[bytes, bool]:
        """Return a file and whether it is the wanted one; else the full one, which may have replaced a partial one."""
        for path in (wanted, full):
            try:
                return self._files.read(self._folder / path), path == wanted
            except FileNotFoundError:
                continue
        raise LogDamagedError(f"{wanted} is missing from {self._folder}")


def open_log(log: Path) -> Log:
    """Return the log whose public files lie in the folder `log`."""
    return Log(log)


def _read(note: bytes) -> Checkpoint:
    try:
        return read_checkpoint(parse_note(note))
    except MalformedNoteError as error:
        raise LogDamagedError(f"the published checkpoint is malformed: {error}") from error
