"""The room's writing door: store contents durably, destroy them for good."""

import hashlib
import os
import secrets
import sqlite3
import zlib
from collections.abc import Callable, Sequence
from itertools import repeat
from pathlib import Path

from yangguang.blobs.commitments import SALT_BYTES, commitment
from yangguang.blobs.errors import BlobNotStoredError
from yangguang.blobs.store import SMALL_BYTES, database, large_file, writing
from yangguang.blobs.types import Opening

__all__ = ["erase", "keep_all", "put_all"]

_FAST = 1


def put_all(
    folder: Path,
    items: Sequence[tuple[str, bytes]],
    *,
    owners: Sequence[str] = (),
    entropy: Callable[[int], bytes] = secrets.token_bytes,
) -> tuple[Opening, ...]:
    """Store contents durably and return their openings.

    Args:
        folder: The room's folder; made if absent.
        items: (component label, content) in any order.
        owners: What each belongs to, in the caller's words, for `Blobs.with_digest`; empty, or one an item.
        entropy: Source of salts.

    Returns:
        One opening an item, in the same order. On return everything has reached the disk.

    Raises:
        BlobNotStoredError: the disk refused; nothing of the batch is stored.
    """
    openings = tuple(_opening(label, content, entropy(SALT_BYTES)) for label, content in items)
    _store(folder, [(opening, content) for opening, (_, content) in zip(openings, items, strict=True)], owners)
    return openings


def keep_all(folder: Path, items: Sequence[tuple[str, bytes, bytes]]) -> tuple[Opening, ...]:
    """Store contents that another node committed to, under its salts; otherwise as `put_all`.

    What is stored already is left as it is; what was erased here stays erased.

    Args:
        folder: The room's folder; made if absent.
        items: (component label, salt of 32 bytes, content).

    Raises:
        BlobNotStoredError: the disk refused; nothing of the batch is stored.
    """
    kept = [(_opening(label, content, salt), content) for label, salt, content in items]
    erased = _erased(folder, [opening.commitment for opening, _ in kept])
    _store(folder, [(opening, content) for opening, content in kept if opening.commitment not in erased])
    return tuple(opening for opening, _ in kept)


def _store(folder: Path, items: Sequence[tuple[Opening, bytes]], owners: Sequence[str] = ()) -> None:
    try:
        for opening, content in items:
            if opening.size_bytes > SMALL_BYTES:
                _write_large(large_file(folder, opening.sha256), content)
        with writing(folder) as connection:
            connection.executemany(
                "INSERT OR IGNORE INTO contents VALUES (?, ?)",
                (
                    (opening.sha256, zlib.compress(content, _FAST))
                    for opening, content in items
                    if opening.size_bytes <= SMALL_BYTES
                ),
            )
            connection.executemany(
                """INSERT OR IGNORE INTO openings (commitment, label, salt, sha256, size_bytes, owner)
                VALUES (?, ?, ?, ?, ?, ?)""",
                (
                    (o.commitment, o.label, o.salt, o.sha256, o.size_bytes, owner)
                    for (o, _), owner in zip(items, owners or repeat("", len(items)), strict=True)
                ),
            )
    except (OSError, sqlite3.Error) as error:
        raise BlobNotStoredError(
            f"{len(items)} contents could not be stored in {folder.name}: {error}; free disk space and run again"
        ) from error


def erase(folder: Path, commitments: Sequence[bytes]) -> int:
    """Destroy the salts behind `commitments`, and every content that no other commitment still opens.

    Returns:
        How many commitments were erased; those already erased or unknown count nothing.
    """
    doomed: list[bytes] = []
    erased = 0
    with writing(folder) as connection:
        for one in commitments:
            found = connection.execute("SELECT sha256 FROM openings WHERE commitment = ?", (one,)).fetchone()
            if found is None or found[0] is None:
                continue
            connection.execute(
                "UPDATE openings SET salt = NULL, sha256 = NULL, size_bytes = 0 WHERE commitment = ?", (one,)
            )
            erased += 1
            if connection.execute("SELECT 1 FROM openings WHERE sha256 = ?", (found[0],)).fetchone() is None:
                connection.execute("DELETE FROM contents WHERE sha256 = ?", (found[0],))
                doomed.append(found[0])
    for digest in doomed:
        large_file(folder, digest).unlink(missing_ok=True)
    # The write-ahead log still holds the old pages: without this the bytes would outlive their erasure.
    with sqlite3.connect(database(folder), timeout=60) as connection:
        connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    connection.close()
    return erased


def _erased(folder: Path, commitments: Sequence[bytes]) -> set[bytes]:
    with writing(folder) as connection:
        return {
            one
            for one in commitments
            if connection.execute("SELECT 1 FROM openings WHERE commitment = ? AND salt IS NULL", (one,)).fetchone()
        }


def _opening(label: str, content: bytes, salt: bytes) -> Opening:
    digest = hashlib.sha256(content).digest()
    return Opening(label, salt, digest, commitment(label, salt, digest), len(content))


def _write_large(target: Path, content: bytes) -> None:
    if target.exists():
        return
    target.parent.mkdir(parents=True, exist_ok=True)
    temporary = target.with_suffix(f".{secrets.token_hex(4)}.tmp")
    try:
        with temporary.open("wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        temporary.replace(target)
    except OSError:
        temporary.unlink(missing_ok=True)
        raise
    for folder in (target.parent, target.parent.parent):
        descriptor = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(descriptor)
        finally:
            os.close(descriptor)
