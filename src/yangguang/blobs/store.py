"""Where contents lie: small ones in one SQLite file, large ones as files named by their digest.

A node of a million records holds seven million components; a file each would exhaust inodes and cost a sync each, so
contents up to `SMALL_BYTES` share a database and one sync a batch. See docs/decisions/0003.
"""

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

SMALL_BYTES = 256 * 1024
"""Contents up to this size lie in the database, compressed; larger ones are files."""

_SCHEMA = """
CREATE TABLE IF NOT EXISTS openings (
    commitment BLOB PRIMARY KEY,
    label TEXT NOT NULL,
    salt BLOB,
    sha256 BLOB,
    size_bytes INTEGER NOT NULL,
    owner TEXT NOT NULL DEFAULT ''
) WITHOUT ROWID;
CREATE INDEX IF NOT EXISTS openings_sha256 ON openings (sha256);
CREATE TABLE IF NOT EXISTS contents (
    sha256 BLOB PRIMARY KEY,
    deflated BLOB NOT NULL
);
"""


def database(folder: Path) -> Path:
    """Return the path of the database in `folder`."""
    return folder / "blobs.sqlite3"


def large_file(folder: Path, sha256: bytes) -> Path:
    """Return where the large content with this digest lies."""
    name = sha256.hex()
    return folder / "files" / name[:2] / name


@contextmanager
def writing(folder: Path) -> Iterator[sqlite3.Connection]:
    """Yield a connection inside one durable transaction: all of it is stored, or nothing."""
    folder.mkdir(parents=True, exist_ok=True)
    connection = sqlite3.connect(database(folder), isolation_level=None, timeout=60)
    try:
        connection.execute("PRAGMA journal_mode=WAL")
        connection.execute("PRAGMA synchronous=FULL")
        connection.execute("PRAGMA secure_delete=ON")
        connection.executescript(_SCHEMA)
        _upgrade(connection)
        connection.execute("BEGIN IMMEDIATE")
        try:
            yield connection
        except BaseException:
            connection.execute("ROLLBACK")
            raise
        connection.execute("COMMIT")
    finally:
        connection.close()


def _upgrade(connection: sqlite3.Connection) -> None:
    """Give a database made before contents had owners the column for them."""
    columns = [row[1] for row in connection.execute("PRAGMA table_info(openings)")]
    if "owner" not in columns:
        connection.execute("ALTER TABLE openings ADD COLUMN owner TEXT NOT NULL DEFAULT ''")


def reading(folder: Path) -> sqlite3.Connection:
    """Return a connection that cannot write."""
    return sqlite3.connect(f"{database(folder).absolute().as_uri()}?mode=ro", uri=True, timeout=60)
