"""What must hold at every moment and after every crash (LEDGER design 2.5), worked out from the files alone.

I1: an acknowledged entry is never lost. I2: no two released checkpoints contradict each other. I3: everything a visible
checkpoint refers to is there and right. I4: after any crash the log can go on. The tree is computed by the definition
of RFC 9162, not by the code under test.
"""

from collections.abc import Mapping
from functools import cached_property, lru_cache
from hashlib import sha256
from itertools import chain
from typing import Literal, TypeAlias

from tests.rooms.ledger.crash.machine import Told
from tests.rooms.ledger.oracle import split
from yangguang.ledger.errors import LedgerError
from yangguang.ledger.queries import parse_checkpoint
from yangguang.ledger.types import Checkpoint, VerifierKey

Invariant: TypeAlias = Literal["I1", "I2", "I3", "I4"]

WIDTH = 256
_Files: TypeAlias = Mapping[str, bytes | None]


class ViolationError(Exception):
    """An invariant that does not hold."""

    def __init__(self, invariant: Invariant, what: str) -> None:
        super().__init__(f"{invariant}: {what}")
        self.invariant = invariant


class Tree:
    """The tree over the entries of some bundles."""

    def __init__(self, entries: tuple[bytes, ...]) -> None:
        self.entries = entries
        self._roots: dict[int, bytes] = {}

    def root(self, size: int) -> bytes:
        if size not in self._roots:
            self._roots[size] = root_of(self.entries[:size])
        return self._roots[size]

    @cached_property
    def tiles(self) -> dict[str, bytes]:
        """Every tile, by path."""
        tiles = {}
        level, span = 0, 1
        while len(self.entries) >= span:
            whole = len(self.entries) // span * span
            for first in range(0, whole, span * WIDTH):
                content = _tile(self.entries[first : min(whole, first + span * WIDTH)], span)
                tiles[_path(str(level), first // span // WIDTH, len(content) // 32)] = content
            level, span = level + 1, span * WIDTH
        return tiles


@lru_cache(maxsize=4096)
def read_checkpoint(note: bytes, key: VerifierKey) -> Checkpoint:
    """Return what `key` signed; ViolationError if it did not."""
    try:
        return parse_checkpoint(note, key)
    except LedgerError as error:
        raise ViolationError("I3", f"the visible checkpoint is not one: {error}") from error


def check_public(files: _Files, key: VerifierKey, told: Told) -> Tree:
    """Return the tree under the visible checkpoint, having checked I3 and, as far as it reaches, I2."""
    note = files.get("log/checkpoint")
    if note is None:
        raise ViolationError("I3", "there is no checkpoint")
    checkpoint = read_checkpoint(note, key)
    tree = _visible(files, checkpoint.size)
    for path, content in tree.tiles.items():
        present = _at(files, path)
        if present is None or not present.startswith(content):
            raise ViolationError("I3", f"{checkpoint.size} entries are visible, {path} is missing or wrong")
    if tree.root(checkpoint.size) != checkpoint.root:
        raise ViolationError("I3", f"the {checkpoint.size} visible entries do not give the visible root")
    _check_released(tree, told)
    return tree


def check_recovered(files: _Files, tree: Tree, told: Told) -> None:
    """Check that a log that is open for writing holds all that was ever promised."""
    for path, lines in told.archived.items():
        if not lines <= set((files.get(f"log/{path}") or b"").splitlines(keepends=True)):
            raise ViolationError("I1", f"cosignatures were archived, {path} lacks one")
    if tree.entries[: len(told.acknowledged)] != told.acknowledged:
        raise ViolationError("I1", f"{len(told.acknowledged)} entries were acknowledged, not all of them are there")
    newest = max(told.released, default=0)
    if newest > len(tree.entries):
        raise ViolationError("I2", f"a checkpoint of {newest} entries was released, the log has {len(tree.entries)}")
    _check_released(tree, told)


def _check_released(tree: Tree, told: Told) -> None:
    for size, root in told.released.items():
        if size <= len(tree.entries) and tree.root(size) != root:
            raise ViolationError("I2", f"a checkpoint of {size} entries was released that is not of this log")


def _visible(files: _Files, size: int) -> Tree:
    """Return the tree over the bundles of `size` entries."""
    bundles = []
    for first in range(0, size, WIDTH):
        path = _path("entries", first // WIDTH, min(WIDTH, size - first))
        raw = _at(files, path)
        if raw is None:
            raise ViolationError("I3", f"{size} entries are visible, {path} is missing")
        bundles.append(raw)
    tree = _tree(tuple(bundles), size)
    if tree is None:
        raise ViolationError("I3", f"{size} entries are visible, a bundle of them is malformed or of another length")
    return tree


@lru_cache(maxsize=1024)
def _tree(bundles: tuple[bytes, ...], size: int) -> Tree | None:
    decoded = [_decode(raw) for raw in bundles]
    widths = [len(entries) for entries in decoded]
    last = size - WIDTH * (len(bundles) - 1)
    if any(width != WIDTH for width in widths[:-1]) or (widths and widths[-1] not in (last, WIDTH)):
        return None
    return Tree(tuple(chain.from_iterable(decoded))[:size])


@lru_cache(maxsize=4096)
def _decode(raw: bytes) -> tuple[bytes, ...]:
    """Return the entries of a bundle; none if it is torn."""
    entries = []
    position = 0
    while position < len(raw):
        end = position + 2 + int.from_bytes(raw[position : position + 2], "big")
        entries.append(raw[position + 2 : end])
        position = end
    return tuple(entries) if position == len(raw) else ()


def _at(files: _Files, path: str) -> bytes | None:
    """Return a partial file, or the full one that replaced it."""
    content = files.get(f"log/{path}")
    return content if content is not None else files.get(f"log/{path.partition('.p/')[0]}")


@lru_cache(maxsize=1 << 18)
def root_of(entries: tuple[bytes, ...]) -> bytes:
    """Return the tree head as RFC 9162, 2.1.1, defines it; subtrees are remembered, most are met again."""
    if len(entries) < 2:
        return sha256(b"\0" + entries[0] if entries else b"").digest()
    middle = split(len(entries))
    return sha256(b"\1" + root_of(entries[:middle]) + root_of(entries[middle:])).digest()


@lru_cache(maxsize=4096)
def _tile(entries: tuple[bytes, ...], span: int) -> bytes:
    """Return the hashes of the subtrees over each `span` of `entries`."""
    return b"".join(root_of(entries[at : at + span]) for at in range(0, len(entries), span))


def _path(level: str, index: int, width: int) -> str:
    assert index < 1000, "logs of the crash model are small"
    return f"tile/{level}/{index:03d}" + ("" if width == WIDTH else f".p/{width}")
