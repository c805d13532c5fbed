"""The head store: the last signed checkpoint, replaced only by compare-and-swap, and the bytes committed with it.

One SQLite file beside, never inside, the business database. WAL with synchronous=FULL: a commit is durable when it
returns, and that commit is the log's only point of acknowledgement.
"""

import sqlite3
from collections.abc import Iterable, Iterator
from contextlib import closing, suppress
from pathlib import Path

from yangguang.ledger.edge import StagedFile
from yangguang.ledger.errors import AlreadyExistsError, HeadDisagreesError, HeadMissingError
from yangguang.ledger.files import Files

APPLICATION_ID = 0x59474C47
"""Marks the SQLite file as a head store ("YGLG")."""

MAX_FREE_BYTES = 64 * 1024 * 1024
"""Room that may stay unused in the store."""

_ROOM = ("freelist_count", "page_size")
_SCHEMA = (
    f"PRAGMA application_id={APPLICATION_ID}",
    "CREATE TABLE head (origin TEXT PRIMARY KEY NOT NULL, note BLOB NOT NULL) STRICT",
    "CREATE TABLE staged (position INTEGER PRIMARY KEY, path TEXT NOT NULL UNIQUE, bytes BLOB NOT NULL) STRICT",
)


class HeadStore:
    """The head of one log, open for writing."""

    def __init__(self, connection: sqlite3.Connection, origin: str, files: Files) -> None:
        """Take an open connection to an existing store; `open_head` makes one."""
        self._connection = connection
        self._origin = origin
        self._files = files

    def note(self) -> bytes:
        """Return the last committed checkpoint.

        Raises:
            HeadMissingError: the store holds no head of this origin.
        """
        row = self._connection.execute("SELECT note FROM head WHERE origin = ?", (self._origin,)).fetchone()
        if row is None:
            raise HeadMissingError(
                f"the head store holds no log {self._origin}: was it made with another key or origin?"
            )
        return bytes(row[0])

    def staged(self) -> Iterator[StagedFile]:
        """Yield the files committed with the last checkpoint, in the order they are to be written."""
        for path, data in self._connection.execute("SELECT path, bytes FROM staged ORDER BY position"):
            yield path, bytes(data)

    def stage(self, old: bytes, new: bytes, files: Iterable[StagedFile]) -> None:
        """Begin a transaction that replaces the checkpoint `old` by `new` and stages `files`; `commit` ends it.

        The files staged before are dropped in it: they were published before this batch was begun. Whatever `files`
        raises while it is read undoes the transaction, and is raised.

        Raises:
            HeadDisagreesError: the store's checkpoint is not `old`: someone else wrote.
        """
        self._connection.execute("BEGIN IMMEDIATE")
        try:
            self._swap(old, new)
            self._connection.execute("DELETE FROM staged")
            self._connection.executemany("INSERT INTO staged (path, bytes) VALUES (?, ?)", files)
        except BaseException:
            # SQLite may have rolled back by itself (disk full); what matters is that nothing of it is committed.
            with suppress(sqlite3.Error):
                self._connection.execute("ROLLBACK")
            raise

    def _swap(self, old: bytes, new: bytes) -> None:
        swapped = self._connection.execute(
            "UPDATE head SET note = ? WHERE origin = ? AND note = ?", (new, self._origin, old)
        )
        if swapped.rowcount != 1:
            raise HeadDisagreesError(
                f"the head of {self._origin} is not the one this writer left: another writer has been at work"
            )

    def commit(self) -> None:
        """Commit what `stage` began; on any error it is unknown whether it happened."""
        self._files.commit(self._connection)

    def drop_staged(self) -> None:
        """Forget the staged files; the caller has published them."""
        self._connection.execute("DELETE FROM staged")

    def shrink(self) -> None:
        """Give the room of dropped files back to the disk where it is much: a mirror's first batch is a whole log."""
        pages, page_bytes = (self._connection.execute(f"PRAGMA {name}").fetchone()[0] for name in _ROOM)
        if pages * page_bytes > MAX_FREE_BYTES:
            self._connection.execute("VACUUM")
            self._connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")

    def close(self) -> None:
        """Close the store; an open transaction is rolled back."""
        self._connection.close()


def open_head(path: Path, origin: str, files: Files) -> HeadStore:
    """Return the head store at `path`.

    Raises:
        HeadMissingError: there is none, or it holds no log `origin`; it is never created on the way.
    """
    if not path.is_file():
        raise HeadMissingError(
            f"no head store at {path}: a writer never creates one, since a lost head would fork the log; restore it"
        )
    connection = _connect(path)
    try:
        _check_is_head(connection, path)
        _make_durable(connection)
        store = HeadStore(connection, origin, files)
        store.note()
    except sqlite3.DatabaseError as error:
        connection.close()
        raise HeadMissingError(f"{path} is not a readable head store: {error}") from error
    except BaseException:
        connection.close()
        raise
    return store


def create_head(path: Path, origin: str, note: bytes, files: Files) -> None:
    """Create the head store of a new log at `path`, its folder existing; durable on return.

    Raises:
        AlreadyExistsError: something is at `path`.
    """
    if path.exists():
        raise AlreadyExistsError(f"{path} exists: a head store is created once in the life of a log")
    with closing(_connect(path)) as connection:
        _make_durable(connection)
        connection.execute("BEGIN IMMEDIATE")
        for statement in _SCHEMA:
            connection.execute(statement)
        connection.execute("INSERT INTO head (origin, note) VALUES (?, ?)", (origin, note))
        files.commit(connection)
    files.sync_folder(path.parent)


def read_head(path: Path) -> tuple[dict[str, bytes], tuple[str, ...]]:
    """Return the checkpoints by origin and the staged paths of the store at `path`, changing nothing.

    Raises:
        HeadMissingError: there is no readable head store.
    """
    if not path.is_file():
        raise HeadMissingError(f"no head store at {path}")
    try:
        with closing(sqlite3.connect(f"{path.resolve().as_uri()}?mode=ro", uri=True)) as connection:
            heads = dict(connection.execute("SELECT origin, note FROM head"))
            return heads, tuple(row[0] for row in connection.execute("SELECT path FROM staged ORDER BY position"))
    except sqlite3.Error as error:
        raise HeadMissingError(f"{path} is not a readable head store: {error}") from error


def _connect(path: Path) -> sqlite3.Connection:
    # Group commit runs in a thread of its own; the writer's mutex keeps the threads apart.
    return sqlite3.connect(path, isolation_level=None, check_same_thread=False)


def _check_is_head(connection: sqlite3.Connection, path: Path) -> None:
    if connection.execute("PRAGMA application_id").fetchone()[0] != APPLICATION_ID:
        raise HeadMissingError(f"{path} is a database, but not a head store")


def _make_durable(connection: sqlite3.Connection) -> None:
    # With WAL, synchronous=NORMAL would lose the last commits in a power cut.
    connection.execute("PRAGMA journal_mode=WAL")
    connection.execute("PRAGMA synchronous=FULL")
