"""The public folder of a log: immutable tiles and bundles, and the one file that is replaced, `checkpoint`.

Order is everything: content before names, names before `checkpoint`, so that whoever reads a checkpoint finds all it
refers to, also after a power cut (LEDGER design 2.5, invariant I3).
"""

from collections.abc import Iterable, Iterator
from functools import partial
from pathlib import Path

from yangguang.ledger.edge import RightEdge, StagedFile
from yangguang.ledger.errors import HeadDisagreesError, LogDamagedError, MalformedTileError
from yangguang.ledger.files import Files
from yangguang.ledger.tiles import (
    TILE_HEIGHT,
    TILE_WIDTH,
    bundle_path,
    check_tile,
    decode_bundle,
    parse_path,
    tile_path,
)
from yangguang.ledger.tree import HASH_BYTES, leaf_hashes

CHECKPOINT = "checkpoint"

SLICE_BYTES = 16 * 1024 * 1024
"""Staged bytes held in memory at a time: a mirror's first batch may be a whole log."""


class PublicFolder:
    """The static files of one log."""

    def __init__(self, folder: Path, files: Files) -> None:
        """Take the folder and how to reach it."""
        self._folder = folder
        self._files = files
        self._settled: set[Path] = {folder}
        """Folders known to exist durably, as far as their parents' entries go."""

    def checkpoint(self) -> bytes | None:
        """Return the published checkpoint, None if there is none yet."""
        try:
            return self._files.read(self._folder / CHECKPOINT)
        except FileNotFoundError:
            return None

    def publish(self, staged: Iterable[StagedFile], note: bytes) -> None:
        """Write `staged`, then `note` as the checkpoint, then drop the partial tiles that full ones replaced.

        The checkpoint's name is not synced: a power cut may bring back the one before, which contradicts nothing, and
        the next start replaces it from the head.

        Raises:
            HeadDisagreesError: a file is there with other bytes; nothing is ever overwritten.
            OSError: the machine failed; nothing written since the last commit can be relied on.
        """
        full: list[Path] = []
        for some, is_last in _slices(staged):
            full += self._write(some, note if is_last else None)
        self._files.rename(_draft(self._folder / CHECKPOINT), self._folder / CHECKPOINT)
        self._drop_partials([target.with_name(f"{target.name}.p") for target in full])

    def _write(self, staged: Iterable[StagedFile], note: bytes | None) -> list[Path]:
        """Write `staged` under their names and `note` as the draft of the checkpoint; return the full tiles."""
        unsynced: dict[Path, None] = {}
        checkpoint = [(self._folder / CHECKPOINT, note)] if note is not None else []
        tiles: list[tuple[Path, bytes]] = []
        full = []
        for path, data in staged:
            target = self._folder / path
            self._settle(target.parent, unsynced)
            unsynced[target.parent] = None
            if not self._is_written(target, data):
                tiles.append((target, data))
            if parse_path(path).width == TILE_WIDTH:
                full.append(target)
        drafts = (*checkpoint, *tiles)
        self._files.together([partial(self._files.write, _draft(target), data) for target, data in drafts])
        for target, _ in tiles:
            self._files.rename(_draft(target), target)
        self._files.together([partial(self._files.sync_folder, folder) for folder in unsynced])
        self._settled.update(unsynced)
        return full

    def replace_checkpoint(self, note: bytes) -> None:
        """Make `note` the published checkpoint, durably; whoever reads meanwhile gets the old one or this one."""
        target = self._folder / CHECKPOINT
        self._files.write(_draft(target), note)
        self._files.rename(_draft(target), target)
        self._files.sync_folder(self._folder)

    def close(self) -> None:
        """Give up the threads that wrote files."""
        self._files.close()

    def load_edge(self, size: int) -> RightEdge:
        """Return the right edge of the first `size` entries, read from the partial tiles and bundle.

        Raises:
            LogDamagedError: one of them is missing or malformed, or the last bundle is not what the last tile says.
        """
        tiles: list[bytes] = []
        while size >> TILE_HEIGHT * len(tiles):
            level = len(tiles)
            index, width = divmod(size >> TILE_HEIGHT * level, TILE_WIDTH)
            tiles.append(self._tile(tile_path(level, index, width), width) if width else b"")
        if not size:
            return RightEdge(0, (), b"")
        index, last = divmod(size - 1, TILE_WIDTH)
        path = bundle_path(index, last + 1)
        bundle = self._bundle(path, self._tile(tile_path(0, index, last + 1), last + 1))
        return RightEdge(size, tuple(tiles), bundle if size % TILE_WIDTH else b"")

    def check_filled(self, start: int, stop: int) -> None:
        """Check the bundles and tiles that were filled while the log grew from `start` to `stop` entries.

        Raises:
            LogDamagedError: one of them is missing or malformed, or a bundle is not what its tile says.
        """
        level = 0
        while stop >> TILE_HEIGHT * (level + 1):
            for index in range(start >> TILE_HEIGHT * (level + 1), stop >> TILE_HEIGHT * (level + 1)):
                tile = self._tile(tile_path(level, index), TILE_WIDTH)
                if level == 0:
                    self._bundle(bundle_path(index), tile)
            level += 1

    def _bundle(self, path: str, tile: bytes) -> bytes:
        """Return the bundle at `path`, whose entries hash to `tile`."""
        raw = self._read(path)
        try:
            entries = decode_bundle(raw, len(tile) // HASH_BYTES)
        except MalformedTileError as error:
            raise LogDamagedError(f"{path}: {error}") from error
        if leaf_hashes(entries) != tile:
            raise LogDamagedError(f"{path} does not hash to its tile: one of the two was altered; restore both")
        return raw

    def _tile(self, path: str, width: int) -> bytes:
        try:
            return check_tile(self._read(path), width)
        except MalformedTileError as error:
            raise LogDamagedError(f"{path}: {error}") from error

    def _read(self, path: str) -> bytes:
        try:
            return self._files.read(self._folder / path)
        except FileNotFoundError:
            raise LogDamagedError(
                f"{path} is missing from {self._folder}: restore the public files up to the head, then start again"
            ) from None

    def _settle(self, folder: Path, unsynced: dict[Path, None]) -> None:
        """Create `folder` and its parents where needed.

        The parent of every folder seen for the first time is synced, whether or not the folder is new: a process that
        was killed may have made it and not synced.
        """
        if folder in self._settled or folder in unsynced:
            return
        self._settle(folder.parent, unsynced)
        self._files.make_folder(folder)
        unsynced[folder.parent] = None
        unsynced[folder] = None

    def _is_written(self, target: Path, data: bytes) -> bool:
        """Say whether `target` is there already, as after a kill between writing it and dropping the staged copy."""
        try:
            present = self._files.read(target)
        except FileNotFoundError:
            return False
        if present != data:
            raise HeadDisagreesError(
                f"{target} is there with other bytes than the head committed: these files are of another history"
            )
        return True

    def _drop_partials(self, folders: Iterable[Path]) -> None:
        """Remove the partial tiles in `folders`; their full tiles are durable."""
        present = [folder for folder in folders if self._files.is_folder(folder)]
        partials = [folder / name for folder in present for name in self._files.names(folder)]
        self._files.together([partial(self._files.remove, path) for path in partials])
        for folder in present:
            self._files.remove_folder(folder)
        self._settled.difference_update(present)


def _draft(target: Path) -> Path:
    """Return where `target` is written before it gets its name; always the same place, so a kill leaves no litter."""
    return target.with_name(f"{target.name}.tmp")


def _slices(staged: Iterable[StagedFile]) -> Iterator[tuple[list[StagedFile], bool]]:
    """Yield `staged` in runs that fit memory, and of each whether it is the last; at least one, be it empty."""
    run: list[StagedFile] = []
    held = 0
    for path, data in staged:
        if held > SLICE_BYTES:
            yield run, False
            run, held = [], 0
        run.append((path, data))
        held += len(data)
    yield run, True
