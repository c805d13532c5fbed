"""A machine whose power may fail at any moment: the ledger's file operations and SQLite, on a simulated disk.

Every operation is taken apart into the steps between which the power can fail, and the disk after each step is kept.
SQLite itself is trusted: a commit is one step, atomic, and durable if the connection syncs its commits.
"""

import re
import sqlite3
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from itertools import zip_longest
from pathlib import Path
from typing import Any, TypeAlias

import pytest

from tests.rooms.ledger.crash.disk import EMPTY_DISK, Disk, File, Folder, split
from yangguang.ledger.errors import WriterBusyError
from yangguang.ledger.files import Files, Lock

Step: TypeAlias = Callable[[], None]
_NOTHING_WAITING = re.compile(r"synchronous\s*=\s*(?:OFF|NORMAL|0|1)\b", re.IGNORECASE)
_SYNCED = re.compile(r"synchronous\s*=\s*(?:FULL|EXTRA|2|3)\b", re.IGNORECASE)


@dataclass(frozen=True)
class Told:
    """What the outside world has been told: acknowledged entries from the first, released roots by size, cosignatures.

    The cosignatures are those said to be archived, by the path they were archived at.
    """

    acknowledged: tuple[bytes, ...] = ()
    released: Mapping[int, bytes] = field(default_factory=dict)
    archived: Mapping[str, frozenset[bytes]] = field(default_factory=dict)


@dataclass(frozen=True)
class Moment:
    """What there was after a step: the disk, and what had been told."""

    disk: Disk
    told: Told


class Machine:
    """A disk, what was told, and every moment since the machine was started."""

    def __init__(self, start: Moment, root: Path) -> None:
        self.disk = start.disk
        self.told = start.told
        self.root = root
        self.moments = [start]
        self.locked: set[str] = set()
        self.appending: tuple[bytes, ...] = ()
        """The log as it will be when the batch now under way is in it."""
        self._prefix = f"{root}/"

    def step(self, disk: Disk) -> None:
        self.disk = disk
        self.moments.append(Moment(disk, self.told))

    def tell(self, told: Told) -> None:
        self.told = told
        self.moments.append(Moment(self.disk, told))

    def inside(self, path: Path) -> str:
        """Return `path` as this disk names it."""
        name = str(path)
        assert name.startswith(self._prefix) or path == self.root, f"{name} is on no simulated disk"
        return name[len(self._prefix) :]


class SimulatedLock(Lock):
    """A lock that ends with the machine."""

    def __init__(self, locked: set[str], folder: str) -> None:
        super().__init__(-1)
        self._locked = locked
        self._folder = folder

    def release(self) -> None:
        self._locked.discard(self._folder)


class SimulatedFiles(Files):
    """The ledger's file operations on a machine; what is done together is done in lock-step, the worst interleaving.

    In lock-step every content is unsynced at one moment: a cut there may keep or lose each for itself, which is what
    any other order can leave, and more.
    """

    def __init__(self, machine: Machine) -> None:
        super().__init__()
        self.machine = machine
        self._waiting: list[Step] | None = None

    def together(self, acts: Sequence[Callable[[], None]]) -> None:
        columns: list[list[Step]] = []
        for act in acts:
            self._waiting = []
            act()
            columns.append(self._waiting)
        self._waiting = None
        for row in zip_longest(*columns):
            for step in row:
                if step is not None:
                    step()

    def close(self) -> None:
        return

    def read(self, path: Path) -> bytes:
        return self.machine.disk.file(self._inside(path))[1].now

    def write(self, path: Path, data: bytes) -> None:
        name = self._inside(path)
        self._do(lambda: self._open(name), lambda: self._fill(name, data), lambda: self._sync(name))

    def create_secret(self, path: Path, data: bytes) -> None:
        if self.machine.disk.find(self._inside(path)) is not None:
            raise FileExistsError(17, "there", str(path))
        self.write(path, data)

    def rename(self, source: Path, target: Path) -> None:
        (folder, old), (other, new) = split(self._inside(source)), split(self._inside(target))
        assert folder == other, "a rename between folders is not modelled"
        self._do(lambda: self._rename(folder, old, new))

    def make_folder(self, path: Path) -> None:
        name = self._inside(path)
        self._do(lambda: self._make_folder(name))

    def sync_folder(self, path: Path) -> None:
        name = self._inside(path)
        self._do(lambda: self._sync_folder(name))

    def names(self, folder: Path) -> tuple[str, ...]:
        return tuple(sorted(self.machine.disk.folder(self._inside(folder))[1].now))

    def is_folder(self, path: Path) -> bool:
        try:
            self.machine.disk.folder(self._inside(path))
        except FileNotFoundError:
            return False
        return True

    def remove(self, path: Path) -> None:
        name = self._inside(path)
        self._do(lambda: self._remove(name))

    def remove_folder(self, path: Path) -> None:
        name = self._inside(path)
        self._do(lambda: self._remove_folder(name))

    def commit(self, connection: sqlite3.Connection) -> None:
        connection.execute("COMMIT")

    def lock(self, folder: Path) -> Lock:
        name = self._inside(folder)
        if name in self.machine.locked:
            raise WriterBusyError(f"{name} is locked")
        self.machine.locked.add(name)
        return SimulatedLock(self.machine.locked, name)

    def _inside(self, path: Path) -> str:
        return self.machine.inside(path)

    def _do(self, *steps: Step) -> None:
        """Do the steps now, or leave them to `together`."""
        if self._waiting is not None:
            self._waiting += steps
            return
        for step in steps:
            step()

    def _open(self, name: str) -> None:
        disk = self.machine.disk
        if disk.find(name) is None:
            self.machine.step(disk.added(name, File()))
        else:
            self._fill(name, b"")

    def _fill(self, name: str, data: bytes) -> None:
        at, file = self.machine.disk.file(name)
        self.machine.step(self.machine.disk.with_node(at, File(data, file.synced)))

    def _sync(self, name: str) -> None:
        at, file = self.machine.disk.file(name)
        self.machine.step(self.machine.disk.with_node(at, File(file.now, file.now)))

    def _rename(self, folder: str, old: str, new: str) -> None:
        at, _ = self.machine.disk.file(f"{folder}/{old}")
        self.machine.step(self.machine.disk.renamed(folder, (old, None), (new, at)))

    def _make_folder(self, name: str) -> None:
        if self.machine.disk.find(name) is None:
            self.machine.step(self.machine.disk.added(name, Folder({}, {})))

    def _sync_folder(self, name: str) -> None:
        at, folder = self.machine.disk.folder(name)
        self.machine.step(self.machine.disk.with_node(at, Folder(folder.now, folder.now)))

    def _remove(self, name: str) -> None:
        self.machine.disk.file(name)
        folder, last = split(name)
        self.machine.step(self.machine.disk.renamed(folder, (last, None)))

    def _remove_folder(self, name: str) -> None:
        if self.machine.disk.folder(name)[1].now:
            raise OSError(39, "not empty", name)
        folder, last = split(name)
        self.machine.step(self.machine.disk.renamed(folder, (last, None)))


class SimulatedConnection(sqlite3.Connection):
    """A database in memory whose transactions go to the machine's disk as they are committed."""

    machine: Machine
    path: str
    durable = True

    def load(self, machine: Machine, path: str) -> None:
        self.machine = machine
        self.path = path
        store = machine.disk.stores.get(path)
        if store is not None:
            self.deserialize(store.now)

    def execute(self, sql: str, parameters: Any = (), /) -> sqlite3.Cursor:  # noqa: ANN401 - as sqlite3 has it
        if sql.startswith("PRAGMA"):
            self.durable = bool(_SYNCED.search(sql)) or (self.durable and not _NOTHING_WAITING.search(sql))
        before = self.in_transaction, self.total_changes
        cursor = super().execute(sql, parameters)
        self._keep(before)
        return cursor

    def _keep(self, before: tuple[bool, int]) -> None:
        """Hand the database to the disk if a statement committed something."""
        if self.in_transaction or before == (False, self.total_changes):
            return
        content = self.serialize()
        store = self.machine.disk.stores.get(self.path)
        if store is None or store.now != content:
            self.machine.step(self.machine.disk.committed(self.path, content, durable=self.durable))


class Laboratory:
    """A folder that stands for the machines' disks, and the machine that is running.

    The folder holds nothing but an empty log folder and an empty head store, because production code asks the real
    file system whether the two are there.
    """

    def __init__(self, root: Path) -> None:
        self.root = root
        self.log = root / "log"
        self.head = root / "head.sqlite3"
        self.second = root / "elsewhere" / "head"
        self.connection = SimulatedConnection
        self.machine = self.start(Moment(EMPTY_DISK, Told()))

    def start(self, moment: Moment) -> Machine:
        """Start a machine with this disk; the one before is gone, and with it whatever it had not written."""
        self.machine = Machine(moment, self.root)
        return self.machine

    @contextmanager
    def installed(self) -> Iterator[None]:
        """Put databases of this folder on the simulated disk."""
        real: Callable[..., sqlite3.Connection] = sqlite3.connect

        def connect(database: Any, **options: Any) -> sqlite3.Connection:  # noqa: ANN401 - as sqlite3 has it
            name = str(database).removeprefix("file://").partition("?")[0]
            if not name.startswith(str(self.root)):
                return real(database, **options)
            connection = real(":memory:", factory=self.connection, **options)
            assert isinstance(connection, SimulatedConnection)
            connection.load(self.machine, self.machine.inside(Path(name)))
            return connection

        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(sqlite3, "connect", connect)
            yield
