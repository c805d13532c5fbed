"""The archive: every cosigned checkpoint a log ever had, kept for ever beside its tiles.

Witnesses remember only the newest, so without it nobody could tell later when an entry was first seen. A checkpoint of
N entries lies at ``archive/`` and the twelve or more digits of N in groups of three: no folder grows beyond a thousand
names, and the next size after any other is found by looking at four of them.
"""

import re
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TypeAlias

from yangguang.ledger.checkpoint import read_checkpoint
from yangguang.ledger.cosignatures import merged
from yangguang.ledger.errors import LogDamagedError, MalformedNoteError, MalformedTileError
from yangguang.ledger.files import MACHINE, Files
from yangguang.ledger.notes import parse_note
from yangguang.ledger.tree import MAX_SIZE

ARCHIVE = "archive"
_GROUPS = 4
_GROUP = re.compile(r"[0-9]{3,10}")
_PATH = re.compile(rf"{ARCHIVE}/[0-9]{{3,10}}/[0-9]{{3}}/[0-9]{{3}}/[0-9]{{3}}", re.ASCII)
_Numbers: TypeAlias = Callable[[Path], list[tuple[int, str]]]


def archive_path(size: int) -> str:
    """Return the path of the archived checkpoint of `size` entries, relative to the log's folder and its address."""
    digits = f"{size:012d}"
    return "/".join((ARCHIVE, digits[:-9], digits[-9:-6], digits[-6:-3], digits[-3:]))


def parse_archive_path(path: str) -> int:
    """Return the size whose checkpoint lies at `path`.

    Raises:
        MalformedTileError: `path` is not the one spelling of a size of at most 2**63 - 1.
    """
    size = int(path.removeprefix(ARCHIVE).replace("/", "")) if _PATH.fullmatch(path) else None
    if size is None or size > MAX_SIZE or archive_path(size) != path:
        raise MalformedTileError(f"{path[:80]!r} is not an archived checkpoint: archive/ and four groups of digits")
    return size


class Archive:
    """The archived checkpoints of one log; safe to read while they are added to."""

    def __init__(self, folder: Path, files: Files = MACHINE) -> None:
        """Take the log's public folder."""
        self._folder = folder
        self._files = files
        self._settled: set[Path] = {folder}

    def note(self, size: int) -> bytes | None:
        """Return the archived checkpoint of `size` entries, None if there is none."""
        try:
            return self._files.read(self._folder / archive_path(size))
        except FileNotFoundError:
            return None

    def sizes(self, first: int = 0, last: int = MAX_SIZE, *, newest_first: bool = False) -> Iterator[int]:
        """Yield the sizes from `first` to `last` of which a checkpoint is archived, in order."""
        numbers = self._newest_first if newest_first else self._numbers
        return self._sizes(self._folder / ARCHIVE, _GROUPS - 1, 0, range(first, last + 1), numbers)

    def store(self, note: bytes) -> bytes:
        """Keep `note`, together with the signatures archived with it before; durable on return.

        Returns:
            The archived note.

        Raises:
            MalformedNoteError: `note` is not a checkpoint.
            LogDamagedError: another tree of the same size is archived.
        """
        size = read_checkpoint(parse_note(note)).size
        present = self.note(size)
        try:
            whole = merged(present or note, note)
        except MalformedNoteError as error:
            raise LogDamagedError(f"{archive_path(size)} holds another checkpoint of that size: {error}") from error
        target = self._folder / archive_path(size)
        self._settle(target.parent)
        if whole != present:
            self._write(target, whole)
        # Also when it was there: a killed process may have given it its name and not synced that.
        self._files.sync_folder(target.parent)
        return whole

    def _write(self, target: Path, data: bytes) -> None:
        draft = target.with_name(f"{target.name}.tmp")
        self._files.write(draft, data)
        self._files.rename(draft, target)

    def _settle(self, folder: Path) -> None:
        """Create `folder` and its parents where needed, durably; a killed process may have left them unsynced."""
        if folder in self._settled:
            return
        self._settle(folder.parent)
        self._files.make_folder(folder)
        self._files.sync_folder(folder.parent)
        self._settled.add(folder)

    def _sizes(self, folder: Path, below: int, prefix: int, wanted: range, numbers: _Numbers) -> Iterator[int]:
        """Yield the sizes in one folder, whose digits so far say `prefix`, with `below` groups after this one."""
        for number, name in numbers(folder):
            value = prefix * 1000 + number
            if (value + 1) * 1000**below <= wanted.start or value * 1000**below >= wanted.stop:
                continue
            if below:
                yield from self._sizes(folder / name, below - 1, value, wanted, numbers)
            else:
                yield value

    def _numbers(self, folder: Path) -> list[tuple[int, str]]:
        try:
            names = self._files.names(folder)
        except FileNotFoundError:
            return []
        return sorted((int(name), name) for name in names if _GROUP.fullmatch(name))

    def _newest_first(self, folder: Path) -> list[tuple[int, str]]:
        return self._numbers(folder)[::-1]
