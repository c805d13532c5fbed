"""A disk that forgets: after a power cut it holds what POSIX promises to hold, and of the rest anything at all.

Strict reading (LEDGER design, section 4). Content not synced is old, empty, torn, zeros or new. Every change of names
in a folder that was not synced since (a new name, a rename, a removal) happened or did not, each for itself. A synced
folder whose own name was not synced in its parent is lost with all it holds. Transactions of a database that does not
sync its commits are lost from the last one backwards.

Disks are values: every operation returns another disk, so that each moment of a run can be kept and cut off.
"""

import random
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from functools import cached_property
from itertools import islice, product
from math import prod
from typing import TypeAlias

Change: TypeAlias = tuple[tuple[str, int | None], ...]
"""Names of one folder and the nodes they get (None: removed), all at once."""

ALL_SUBSETS = 6
"""Unsynced changes in a folder of which every subset is tried; of more, a sample."""

ROOT = 0


@dataclass(frozen=True, slots=True)
class File:
    """What a read gives, and what is certainly on the disk."""

    now: bytes = b""
    synced: bytes = b""

    def survivals(self) -> list[bytes]:
        if self.now == self.synced:
            return [self.now]
        half = len(self.now) // 2
        return list(dict.fromkeys((self.now, self.synced, b"", self.now[:half], bytes(len(self.now)))))


@dataclass(frozen=True, slots=True)
class Folder:
    """The names a reader sees, those certainly on the disk, and the changes between the two in their order."""

    now: Mapping[str, int]
    synced: Mapping[str, int]
    pending: tuple[Change, ...] = ()

    def changed(self, *change: tuple[str, int | None]) -> "Folder":
        return Folder(_apply(self.now, (change,)), self.synced, (*self.pending, change))

    def survivals(self, chance: random.Random) -> list[Mapping[str, int]]:
        count = len(self.pending)
        if count <= ALL_SUBSETS:
            masks = list(range((1 << count) - 1, -1, -1))
        else:
            everything = (1 << count) - 1
            ones = [1 << place for place in range(count)]
            masks = [everything, 0, *ones, *(everything ^ one for one in ones), *(one - 1 for one in ones)]
            masks += [chance.getrandbits(count) for _ in range(2 * count)]
        found: dict[frozenset[tuple[str, int]], Mapping[str, int]] = {}
        for mask in masks:
            names = _apply(self.synced, [change for place, change in enumerate(self.pending) if mask >> place & 1])
            found.setdefault(frozenset(names.items()), names)
        return list(found.values())


@dataclass(frozen=True, slots=True)
class Store:
    """A database as bytes: the last transaction certainly on the disk, and the committed ones after it."""

    synced: bytes
    pending: tuple[bytes, ...] = ()

    @property
    def now(self) -> bytes:
        return self.pending[-1] if self.pending else self.synced


Node: TypeAlias = File | Folder
_Choice: TypeAlias = bytes | Mapping[str, int]


@dataclass(frozen=True)
class Disk:
    """Files, folders and databases; paths are relative, with slashes."""

    nodes: Mapping[int, Node]
    stores: Mapping[str, Store]

    def find(self, path: str) -> int | None:
        at: int | None = ROOT
        for name in path.split("/"):
            folder = None if at is None else self.nodes[at]
            at = folder.now.get(name) if isinstance(folder, Folder) else None
        return at

    def file(self, path: str) -> tuple[int, File]:
        at = self.find(path)
        node = None if at is None else self.nodes[at]
        if at is None or not isinstance(node, File):
            raise FileNotFoundError(2, "no such file", path)
        return at, node

    def folder(self, path: str) -> tuple[int, Folder]:
        at = self.find(path) if path else ROOT
        node = None if at is None else self.nodes[at]
        if at is None or not isinstance(node, Folder):
            raise FileNotFoundError(2, "no such folder", path)
        return at, node

    def with_node(self, at: int, node: Node) -> "Disk":
        return replace(self, nodes={**self.nodes, at: node})

    def renamed(self, folder: str, *change: tuple[str, int | None]) -> "Disk":
        """Change names in `folder` at once."""
        at, node = self.folder(folder)
        return self.with_node(at, node.changed(*change))

    def added(self, path: str, node: Node) -> "Disk":
        """Put `node` under a new name."""
        folder, name = split(path)
        fresh = max(self.nodes) + 1
        return self.with_node(fresh, node).renamed(folder, (name, fresh))

    def committed(self, path: str, content: bytes, *, durable: bool) -> "Disk":
        """Take a transaction of the database `path`."""
        store = self.stores.get(path, Store(b""))
        store = Store(content) if durable else replace(store, pending=(*store.pending, content))
        return replace(self, stores={**self.stores, path: store})

    @cached_property
    def files(self) -> Mapping[str, bytes | None]:
        """Every path a reader can reach, with its content; None for folders."""
        found: dict[str, bytes | None] = {}
        todo = [("", ROOT)]
        while todo:
            path, at = todo.pop()
            node = self.nodes[at]
            if isinstance(node, File):
                found[path] = node.now
                continue
            found[path] = None
            todo += [(f"{path}/{name}" if path else name, below) for name, below in node.now.items()]
        return found

    def power_cuts(self, chance: random.Random, limit: int) -> Iterator["Disk"]:
        """Yield what may be found after a power cut: all possibilities if they are at most `limit`, else a sample.

        The sample begins with everything kept, everything lost, and each single thing lost or kept by itself.
        """
        axes: list[tuple[int | str, list[_Choice]]] = []
        for at, node in self.nodes.items():
            options: list[_Choice] = []
            options += node.survivals() if isinstance(node, File) else node.survivals(chance)
            if len(options) > 1:
                axes.append((at, options))
        for path, store in self.stores.items():
            if store.pending:
                axes.append((path, [store.now, store.synced, *store.pending[:-1]]))
        widths = [len(options) for _, options in axes]
        for picks in islice(_combinations(widths, chance, limit), limit):
            yield self._cut({at: options[pick] for (at, options), pick in zip(axes, picks, strict=True)})

    def _cut(self, chosen: Mapping[int | str, _Choice]) -> "Disk":
        """Return the disk on which the choices were made for everything not synced; nothing is unsynced afterwards."""
        nodes: dict[int, Node] = {}
        todo = [ROOT]
        while todo:
            at = todo.pop()
            node = self.nodes[at]
            now = chosen.get(at, node.now)
            if isinstance(now, bytes):
                nodes[at] = File(now, now)
            else:
                nodes[at] = Folder(now, now)
                todo += now.values()
        stores = {}
        for path, store in self.stores.items():
            kept = chosen.get(path, store.now)
            assert isinstance(kept, bytes)
            stores[path] = Store(kept)
        return Disk(nodes, stores)


EMPTY_DISK = Disk({ROOT: Folder({}, {})}, {})


def split(path: str) -> tuple[str, str]:
    """Return the folder and the name in it."""
    folder, _, name = path.rpartition("/")
    return folder, name


def _apply(names: Mapping[str, int], changes: list[Change] | tuple[Change, ...]) -> dict[str, int]:
    result = dict(names)
    for change in changes:
        for name, node in change:
            if node is None:
                result.pop(name, None)
            else:
                result[name] = node
    return result


def _combinations(widths: list[int], chance: random.Random, limit: int) -> Iterator[tuple[int, ...]]:
    """Yield picks, one for each width: the whole product if it is small, else extremes and then random ones."""
    if prod(widths) <= limit:
        yield from product(*map(range, widths))
        return
    for base in (0, 1):
        yield (base,) * len(widths)
    for place, width in enumerate(widths):
        for base in (0, 1):
            for pick in set(range(width)) - {base}:
                yield (*(base,) * place, pick, *(base,) * (len(widths) - place - 1))
    while True:
        yield tuple(chance.randrange(width) for width in widths)
