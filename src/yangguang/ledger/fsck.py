"""The full check of a log: bundles, tiles, root, checkpoint, head and archive, each finding by name.

Worked out from the entries upward. Where two neighbours differ, the hash one level above (or, at the right edge, the
root) tells which of them was altered.
"""

from collections.abc import Iterator
from itertools import product
from pathlib import Path

from yangguang.ledger.archive_check import check_archive
from yangguang.ledger.checkpoint import parse_checkpoint, read_checkpoint
from yangguang.ledger.errors import BadSignatureError, HeadMissingError, LogDamagedError, MalformedNoteError
from yangguang.ledger.files import MACHINE, Files
from yangguang.ledger.head import read_head
from yangguang.ledger.notes import parse_note
from yangguang.ledger.public import CHECKPOINT
from yangguang.ledger.reader import Log
from yangguang.ledger.tiles import TILE_BYTES, TILE_HEIGHT, TILE_WIDTH, bundle_path, tile_path, tile_root, width_at
from yangguang.ledger.tree import HASH_BYTES, edge_hashes, fold, leaf_hashes, pyramid
from yangguang.ledger.types import Checkpoint, Finding, Progress, VerifierKey

READABLE = "present and well-formed"
ENTRIES = "entries hash to their tile"
TILES = "tiles hash to the level above"
ROOT = "tiles add up to the root"
SIGNED = "checkpoints are signed by the log's key"
HEAD = "the public checkpoint is the head"
PUBLISHED = "what was committed is published"


def fsck(
    *, log: Path, head: Path, key: VerifierKey | None = None, progress: Progress | None = None, files: Files = MACHINE
) -> Iterator[Finding]:
    """Yield everything wrong with a log; nothing if it is sound. It may be written meanwhile.

    Args:
        log: Its public folder.
        head: Its head store.
        key: The log's key; without it signatures are not verified.
        progress: Called after each bundle with the entries done and in all.
        files: The file system; another than the machine's only in tests.
    """
    published, findings = _published(log, key, files)
    yield from findings
    committed, findings = _committed(head, key, published)
    yield from findings
    tree = published or committed
    if tree is not None:
        reader = Log(log, files)
        yield from _Walk(reader, tree, progress).run()
        yield from check_archive(reader, tree.origin, key)
    if committed is not None:
        yield from _unpublished(log, head, committed, files)


def _published(log: Path, key: VerifierKey | None, files: Files) -> tuple[Checkpoint | None, list[Finding]]:
    """Return the public checkpoint if it can be read, and what is wrong with it."""
    try:
        note = files.read(log / CHECKPOINT)
    except OSError as error:
        return None, [Finding(CHECKPOINT, READABLE, f"the public checkpoint cannot be read: {error.strerror}")]
    return _read(CHECKPOINT, note, key)


def _committed(
    head: Path, key: VerifierKey | None, published: Checkpoint | None
) -> tuple[Checkpoint | None, list[Finding]]:
    """Return the head's checkpoint if it can be read, and how the head and `published` contradict each other."""
    try:
        heads, _ = read_head(head)
    except HeadMissingError as error:
        return None, [Finding(head.name, READABLE, str(error))]
    origin = published.origin if published else next(iter(heads), "")
    if origin not in heads:
        return None, [Finding(head.name, HEAD, f"the head store holds no log {origin!r}")]
    committed, findings = _read(head.name, heads[origin], key)
    if committed and published:
        if published.size > committed.size:
            message = (
                f"{published.size} entries are public, the head has {committed.size}: it was restored from a backup"
            )
            findings.append(Finding(head.name, HEAD, message))
        elif published.size == committed.size and published.root != committed.root:
            message = (
                f"{published.size} entries under two roots: {published.root.hex()} public, {committed.root.hex()} head"
            )
            findings.append(Finding(CHECKPOINT, HEAD, message))
    return committed, findings


def _read(where: str, note: bytes, key: VerifierKey | None) -> tuple[Checkpoint | None, list[Finding]]:
    """Return the checkpoint in `note` if it is well-formed, and what is wrong with it or its signature."""
    try:
        checkpoint = read_checkpoint(parse_note(note))
    except MalformedNoteError as error:
        return None, [Finding(where, READABLE, str(error))]
    try:
        if key is not None:
            parse_checkpoint(note, key)
    except BadSignatureError as error:
        return checkpoint, [Finding(where, SIGNED, str(error))]
    return checkpoint, []


def _unpublished(log: Path, head: Path, committed: Checkpoint, files: Files) -> Iterator[Finding]:
    """Yield what an interrupted writer left to be published.

    Looked at last: a head that moved since the walk began belongs to a writer at work, who publishes it by itself.
    """
    try:
        heads, staged = read_head(head)
        present = read_checkpoint(parse_note(files.read(log / CHECKPOINT)))
        if read_checkpoint(parse_note(heads[committed.origin])) != committed:
            return
    except (HeadMissingError, MalformedNoteError, OSError, KeyError):
        return  # reported already, or a writer's doing in this moment
    if present.size < committed.size:
        message = (
            f"the head has {committed.size} entries, {present.size} are public: the next start of the writer finishes"
        )
        yield Finding(CHECKPOINT, PUBLISHED, message)
    for path in staged:
        try:
            files.read(log / path)
        except OSError:
            yield Finding(
                path, PUBLISHED, "committed and staged, not yet written: the next start of the writer does it"
            )


class _Walk:
    """One pass over the tree of a checkpoint, level by level upward."""

    def __init__(self, log: Log, checkpoint: Checkpoint, progress: Progress | None) -> None:
        self._log = log
        self._size = checkpoint.size
        self._root = checkpoint.root
        self._progress = progress
        self._edge: list[tuple[int, bytes | None, bytes | None]] = []
        """At the right edge, for each level with a partial tile: level, hashes from below, hashes of the tile."""

    def run(self) -> Iterator[Finding]:
        """Yield what is wrong with bundles, tiles and root."""
        level = 0
        below = b""
        while self._size >> TILE_HEIGHT * level:
            roots: list[bytes] = []
            for index in range(-(-(self._size >> TILE_HEIGHT * level) // TILE_WIDTH)):
                width = width_at(level, index, self._size)
                if level:
                    computed: bytes | None = below[index * TILE_BYTES : (index + 1) * TILE_BYTES]
                else:
                    computed, findings = self._leaves(index, width)
                    yield from findings
                stored, findings = self._stored(level, index, width)
                yield from findings
                if width < TILE_WIDTH:
                    self._edge.append((level, computed, stored))
                else:
                    root, findings = self._settle(level, index, computed, stored)
                    yield from findings
                    roots.append(root)
            below = b"".join(roots)
            level += 1
        yield from self._settle_edge()

    def _leaves(self, index: int, width: int) -> tuple[bytes | None, list[Finding]]:
        """Return the leaf hashes of a bundle if it can be read."""
        try:
            hashes = leaf_hashes(self._log.bundle(index, width))
        except (LogDamagedError, OSError) as error:
            return None, [Finding(bundle_path(index, width), READABLE, str(error))]
        if self._progress is not None:
            self._progress(index * TILE_WIDTH + width, self._size)
        return hashes, []

    def _stored(self, level: int, index: int, width: int) -> tuple[bytes | None, list[Finding]]:
        try:
            return self._log.hashes(level, index, width), []
        except (LogDamagedError, OSError) as error:
            return None, [Finding(tile_path(level, index, width), READABLE, str(error))]

    def _settle(
        self, level: int, index: int, computed: bytes | None, stored: bytes | None
    ) -> tuple[bytes, list[Finding]]:
        """Return the hash that stands for a full tile in the level above, and who is wrong where two sources differ."""
        if computed is not None and (stored is None or computed == stored):
            return tile_root(computed), []
        above = self._above(level, index)
        if stored is None:
            return above or bytes(HASH_BYTES), []
        if computed is None:
            return tile_root(stored), []
        if above == tile_root(computed):
            return above, [self._tile_is_wrong(level, index, computed, stored)]
        if above == tile_root(stored):
            return above, [self._below_is_wrong(level, index, computed, stored)]
        return above or tile_root(stored), [self._differ(level, index, computed, stored)]

    def _above(self, level: int, index: int) -> bytes | None:
        """Return the hash of a full tile as the level above has it, None if that cannot be read."""
        parent, position = divmod(index, TILE_WIDTH)
        stored, _ = self._stored(level + 1, parent, width_at(level + 1, parent, self._size))
        return stored[position * HASH_BYTES : (position + 1) * HASH_BYTES] if stored else None

    def _settle_edge(self) -> Iterator[Finding]:
        """Yield who is wrong at the right edge; the root decides between partial tiles and what lies below them."""
        choices = [[one for one in dict.fromkeys((stored, computed)) if one] for _, computed, stored in self._edge]
        if not all(choices):
            return  # a level is lost from both sides, and reported: there is nothing to add up
        chosen = next((some for some in product(*choices) if _edge_root(some) == self._root), None)
        contested = False
        for place, (level, computed, stored) in enumerate(self._edge):
            if computed is None or stored is None or computed == stored:
                continue
            contested = True
            index = (self._size >> TILE_HEIGHT * level) // TILE_WIDTH
            if chosen is None:
                yield self._differ(level, index, computed, stored)
            elif chosen[place] == stored:
                yield self._below_is_wrong(level, index, computed, stored)
            else:
                yield self._tile_is_wrong(level, index, computed, stored)
        if chosen is None and not contested:
            root = _edge_root([some[0] for some in choices])
            message = f"{self._size} entries and their tiles give {root.hex()}, the checkpoint says {self._root.hex()}"
            yield Finding(CHECKPOINT, ROOT, message)

    def _tile_is_wrong(self, level: int, index: int, computed: bytes, stored: bytes) -> Finding:
        position = _first_difference(computed, stored)
        message = f"hash {position} of the tile was altered: what lies below it gives the hash that the tree needs"
        return Finding(self._path(level, index), TILES, message)

    def _below_is_wrong(self, level: int, index: int, computed: bytes, stored: bytes) -> Finding:
        position = _first_difference(computed, stored)
        child = index * TILE_WIDTH + position
        if level == 0:
            message = f"entry {child} was altered: it does not hash to its place in the tile, which the tree confirms"
            return Finding(bundle_path(index, width_at(0, index, self._size)), ENTRIES, message)
        message = "the tile and everything below it were altered together: the levels above tell another hash"
        return Finding(self._path(level - 1, child), TILES, message)

    def _differ(self, level: int, index: int, computed: bytes, stored: bytes) -> Finding:
        position = _first_difference(computed, stored)
        message = f"hash {position} of the tile and what lies below it differ, and neither fits the tree above"
        return Finding(self._path(level, index), TILES if level else ENTRIES, message)

    def _path(self, level: int, index: int) -> str:
        return tile_path(level, index, width_at(level, index, self._size))


def _edge_root(tiles: tuple[bytes, ...] | list[bytes]) -> bytes:
    """Return the root over the partial tiles of a tree, given from the lowest level up."""
    return fold([subtree for tile in reversed(tiles) for subtree in edge_hashes(pyramid(tile))])


def _first_difference(one: bytes, other: bytes) -> int:
    """Return the position of the first hash in which two runs of equal length differ."""
    return next(
        at // HASH_BYTES
        for at in range(0, len(one), HASH_BYTES)
        if one[at : at + HASH_BYTES] != other[at : at + HASH_BYTES]
    )
