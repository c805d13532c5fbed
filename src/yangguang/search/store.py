"""The index's folder: engine files, cursor, the mark of an unfinished purge, and the lock of the one writer.

``writer.lock`` · ``v<ANALYZER>/engine/`` · ``v<ANALYZER>/cursor`` (decimal, next log index) · ``v<ANALYZER>/purge``.
"""

import fcntl
import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import tantivy

from yangguang.search.errors import IndexBusyError, IndexDamagedError
from yangguang.search.folding import ANALYZER
from yangguang.search.schema import SCHEMA

_VERSION = f"v{ANALYZER}"


def engine_folder(folder: Path) -> Path:
    """Return where the engine's files lie."""
    return folder / _VERSION / "engine"


def open_engine(folder: Path) -> tantivy.Index | None:
    """Return the engine's index, or None where none was made yet.

    Raises:
        IndexDamagedError: There is one and it cannot be read.
    """
    where = engine_folder(folder)
    if not (where / "meta.json").exists():
        return None
    try:
        index = tantivy.Index(SCHEMA, path=str(where))
        index.config_reader("manual")
    except (ValueError, OSError) as error:
        raise IndexDamagedError(f"the index at {where} cannot be opened: {error}; rebuild it") from error
    return index


def make_engine(folder: Path) -> tantivy.Index:
    """Return the engine's index, a new one where there is none."""
    found = open_engine(folder)
    if found is not None:
        return found
    where = engine_folder(folder)
    # A cursor without an index would skip what the index does not hold.
    _cursor_file(folder).unlink(missing_ok=True)
    where.mkdir(parents=True, exist_ok=True)
    index = tantivy.Index(SCHEMA, path=str(where))
    index.config_reader("manual")
    return index


@contextmanager
def writing(folder: Path) -> Iterator[None]:
    """Hold the lock of the one writer.

    Raises:
        IndexBusyError: Another process, or another thread of this one, holds it.
    """
    folder.mkdir(parents=True, exist_ok=True)
    handle = os.open(folder / "writer.lock", os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o644)
    try:
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            raise IndexBusyError(f"{folder} is being written by another process: an index has one writer") from error
        yield
    finally:
        os.close(handle)


def read_cursor(folder: Path) -> int:
    """Return the log index of the entry that comes next; 0 where nothing was indexed.

    Raises:
        IndexDamagedError: The cursor is not a number.
    """
    if not (engine_folder(folder) / "meta.json").exists():
        return 0
    try:
        said = _cursor_file(folder).read_bytes()
    except FileNotFoundError:
        return 0
    if not said.isdigit():
        raise IndexDamagedError(f"the index's cursor is {said[:20]!r}, not a number; rebuild the index")
    return int(said)


def write_cursor(folder: Path, index: int) -> None:
    """Set the cursor durably; call it after the engine's commit."""
    _replace(_cursor_file(folder), str(index))


def purge_pending(folder: Path) -> bool:
    """Tell whether text of withdrawn or erased records may still lie in the engine's files."""
    return _purge_file(folder).exists()


def set_purge_pending(folder: Path, *, pending: bool) -> None:
    """Remember durably that a purge is due, or done."""
    if pending:
        _replace(_purge_file(folder), "")
    else:
        _purge_file(folder).unlink(missing_ok=True)


def remove(folder: Path) -> None:
    """Delete the index, those of older analyzers with it; the lock stays."""
    for each in folder.glob("v*"):
        # Renamed first: readers must find the index whole or not at all.
        each.rename(each.with_name(f"dropped-{each.name}-{os.getpid()}"))
    for each in folder.glob("dropped-*"):
        shutil.rmtree(each)


def _replace(path: Path, text: str) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    temporary = path.with_name(path.name + ".new")
    with temporary.open("w", encoding="ascii") as handle:
        handle.write(text)
        handle.flush()
        os.fsync(handle.fileno())
    temporary.replace(path)
    parent = os.open(path.parent, os.O_RDONLY)
    try:
        os.fsync(parent)
    finally:
        os.close(parent)


def _cursor_file(folder: Path) -> Path:
    return folder / _VERSION / "cursor"


def _purge_file(folder: Path) -> Path:
    return folder / _VERSION / "purge"
