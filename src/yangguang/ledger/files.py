"""Every file operation of the ledger, in one small class, so that a test can fail or simulate each of them.

The promises are POSIX's: a name is durable once its folder was synced, content once the file was. An error of any of
them is final: after a failed fsync the page cache may hold what the disk does not.
"""

import fcntl
import os
import sqlite3
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor, wait
from pathlib import Path

from yangguang.ledger.errors import WriterBusyError

MAX_TOGETHER = 8
"""Files written and synced side by side."""


class Lock:
    """An exclusive lock, held until `release` or the end of the process."""

    def __init__(self, descriptor: int) -> None:
        """Take the descriptor whose open file description holds the lock."""
        self._descriptor: int | None = descriptor

    def release(self) -> None:
        """Give the lock up; a second call does nothing."""
        descriptor, self._descriptor = self._descriptor, None
        if descriptor is not None:
            os.close(descriptor)


class Files:
    """The machine's file system. Whoever used `together` says `close`."""

    def __init__(self) -> None:
        """Start with no threads."""
        self._pool: ThreadPoolExecutor | None = None

    def together(self, acts: Sequence[Callable[[], None]]) -> None:
        """Do all of `acts`, in any order and side by side; the first error is raised when all have ended.

        Syncs that wait side by side share one commit of the file system's journal; one after another each waits for
        its own: measured six to one on a busy disk.
        """
        if len(acts) < 2:
            for act in acts:
                act()
            return
        if self._pool is None:
            self._pool = ThreadPoolExecutor(MAX_TOGETHER, thread_name_prefix="ledger files")
        doing = [self._pool.submit(act) for act in acts]
        wait(doing)
        for done in doing:
            done.result()

    def close(self) -> None:
        """End the threads of `together`."""
        pool, self._pool = self._pool, None
        if pool is not None:
            pool.shutdown()

    def read(self, path: Path) -> bytes:
        """Return the content of `path`; FileNotFoundError if there is none."""
        descriptor = os.open(path, os.O_RDONLY)
        try:
            blocks = []
            while block := os.read(descriptor, 1 << 20):
                blocks.append(block)
            return b"".join(blocks)
        finally:
            os.close(descriptor)

    def write(self, path: Path, data: bytes) -> None:
        """Create or replace the content of `path`; durable on return, but for its name in the folder."""
        _write(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o644), data)

    def create_secret(self, path: Path, data: bytes) -> None:
        """Create `path`, readable by its owner alone, as `write` does; FileExistsError if it is there."""
        _write(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), data)

    def rename(self, source: Path, target: Path) -> None:
        """Give `source` the name `target`, atomically, replacing what had it."""
        source.replace(target)

    def make_folder(self, path: Path) -> None:
        """Create the folder `path` if it is not there; its parent exists."""
        path.mkdir(exist_ok=True)

    def sync_folder(self, path: Path) -> None:
        """Make the names in `path` durable."""
        descriptor = os.open(path, os.O_RDONLY | os.O_DIRECTORY)
        try:
            os.fsync(descriptor)
        finally:
            os.close(descriptor)

    def names(self, folder: Path) -> tuple[str, ...]:
        """Return the names in `folder`, sorted."""
        return tuple(sorted(path.name for path in folder.iterdir()))

    def is_folder(self, path: Path) -> bool:
        """Say whether there is a folder `path`."""
        return path.is_dir()

    def remove(self, path: Path) -> None:
        """Remove the file `path`."""
        path.unlink()

    def remove_folder(self, path: Path) -> None:
        """Remove the empty folder `path`."""
        path.rmdir()

    def commit(self, connection: sqlite3.Connection) -> None:
        """Commit the open transaction of `connection`; durable on return."""
        connection.execute("COMMIT")

    def lock(self, folder: Path) -> Lock:
        """Lock `folder` against every other `lock` of it, by any process.

        Raises:
            WriterBusyError: another holds it.
        """
        descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            os.close(descriptor)
            raise WriterBusyError(
                f"{folder} is being written by another writer: a log has one; stop that one first"
            ) from None
        except BaseException:
            os.close(descriptor)
            raise
        return Lock(descriptor)


def _write(descriptor: int, data: bytes) -> None:
    """Write all of `data` and sync it through the one descriptor: an error reported to another would be lost."""
    try:
        rest = memoryview(data)
        while rest:
            rest = rest[os.write(descriptor, rest) :]
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


MACHINE = Files()
"""The file system for whoever only reads, or writes a file or two."""
