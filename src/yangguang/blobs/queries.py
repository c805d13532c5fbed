"""The room's reading door: contents and openings by commitment, checked on every read."""

import hashlib
import sqlite3
import threading
import zlib
from pathlib import Path
from typing import Any

from yangguang.blobs.commitments import commitment, national_commitment
from yangguang.blobs.errors import BlobCorruptError, BlobErasedError, BlobMissingError
from yangguang.blobs.store import database, large_file, reading
from yangguang.blobs.types import Opening, Stored

__all__ = ["Blobs", "commitment", "national_commitment"]


class Blobs:
    """Contents by commitment. Safe to share between threads; nothing unverified ever leaves it.

    Args:
        folder: The room's folder.
    """

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._own = threading.local()

    def opening(self, key: bytes) -> Opening:
        """Return what opens the commitment `key`.

        Raises:
            BlobMissingError: it was never stored here.
            BlobErasedError: it was destroyed.
            BlobCorruptError: the stored opening does not open it.
        """
        row = self._row("SELECT label, salt, sha256, size_bytes FROM openings WHERE commitment = ?", key)
        if row is None:
            raise BlobMissingError(f"content {key.hex()[:16]}… is not stored here; restore it from a backup")
        label, salt, sha256, size = row
        if salt is None:
            raise BlobErasedError(f"content {key.hex()[:16]}… was erased; the log keeps its commitment only")
        if commitment(label, salt, sha256) != key:
            raise BlobCorruptError(f"opening {key.hex()[:16]}… ({label}) no longer opens its commitment")
        return Opening(label, salt, sha256, key, size)

    def content(self, key: bytes) -> bytes:
        """Return the content behind the commitment `key`, verified against it.

        Raises:
            BlobMissingError: opening or bytes are not stored here.
            BlobErasedError: it was destroyed.
            BlobCorruptError: the stored bytes are not the committed ones.
        """
        opening = self.opening(key)
        raw = self._bytes(opening)
        if hashlib.sha256(raw).digest() != opening.sha256:
            raise BlobCorruptError(
                f"content {key.hex()[:16]}… ({opening.label}) differs from its commitment: stored bytes were changed"
            )
        return raw

    def with_digest(self, sha256: bytes, *, limit: int) -> tuple[Stored, ...]:
        """Return at most `limit` of the commitments to the content with this SHA-256; none once it is erased.

        Raises:
            BlobCorruptError: the database is damaged, or was last written before contents had owners.
        """
        rows = self._rows("SELECT commitment, label, owner FROM openings WHERE sha256 = ? LIMIT ?", sha256, limit)
        return tuple(Stored(*row) for row in rows)

    def _bytes(self, opening: Opening) -> bytes:
        row = self._row("SELECT deflated FROM contents WHERE sha256 = ?", opening.sha256)
        try:
            if row is not None:
                return zlib.decompress(row[0])
            return large_file(self._folder, opening.sha256).read_bytes()
        except zlib.error as error:
            raise BlobCorruptError(f"content of {opening.label} cannot be read: {error}") from error
        except FileNotFoundError as error:
            raise BlobMissingError(f"bytes of {opening.label} ({opening.sha256.hex()[:16]}…) are gone") from error

    def _row(self, statement: str, key: bytes) -> tuple[Any, ...] | None:  # Any: SQLite types its cells, not columns
        return next(iter(self._rows(statement, key)), None)

    def _rows(self, statement: str, *values: object) -> list[tuple[Any, ...]]:  # Any: as above
        connection: sqlite3.Connection | None = getattr(self._own, "connection", None)
        if connection is None:
            if not database(self._folder).exists():
                return []
            connection = self._own.connection = reading(self._folder)
        try:
            return connection.execute(statement, values).fetchall()
        except sqlite3.DatabaseError as error:
            raise BlobCorruptError(f"the contents' database is damaged: {error}; restore it from a backup") from error
