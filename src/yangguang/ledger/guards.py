"""What keeps a restored backup from being written on: checkpoints of this log that lie where no backup reaches.

Witnesses return the newest they cosigned; a second copy of the head lies on another disk. Whoever holds a checkpoint
that is not a part of this log proves that the log has gone another way already, and a second one would be a fork.
"""

from collections.abc import Iterable
from pathlib import Path

from yangguang.ledger.checkpoint import parse_checkpoint
from yangguang.ledger.errors import (
    AlreadyExistsError,
    BadSignatureError,
    HeadForkedError,
    HeadMissingError,
    MalformedNoteError,
    WitnessAheadError,
)
from yangguang.ledger.files import MACHINE, Files
from yangguang.ledger.head import read_head
from yangguang.ledger.reader import Log
from yangguang.ledger.recovery import verified
from yangguang.ledger.types import Checkpoint, VerifierKey


class SecondHead:
    """The second copy of a log's head: its newest checkpoint in a file of its own, on another disk.

    It is written after the commit, so that it never holds what was not committed, and before anything is published or
    acknowledged, so that it never lacks what anybody saw. Both ways a crash in between leaves it behind, never ahead.
    """

    def __init__(self, path: Path, files: Files) -> None:
        """Take the path of the file and how to reach it."""
        self._path = path
        self._files = files

    def note(self) -> bytes:
        """Return the copy.

        Raises:
            HeadMissingError: there is none; it is never made on the way, since an unmounted disk looks the same.
        """
        try:
            return self._files.read(self._path)
        except FileNotFoundError:
            raise HeadMissingError(
                f"no second copy of the head at {self._path}: mount its disk, or begin one with copy_head"
            ) from None

    def bring_up(self, note: bytes) -> bytes | None:
        """Make `note` the copy if it is another, and return what it was; at a start, before recovery publishes.

        Raises:
            HeadMissingError: there is no copy.
        """
        before = self.note()
        if before == note:
            # A killed process may have given it its name and not synced that.
            self._files.sync_folder(self._path.parent)
            return None
        self.replace(note)
        return before

    def replace(self, note: bytes) -> None:
        """Make `note` the copy; durable on return."""
        draft = self._path.with_name(f"{self._path.name}.tmp")
        self._files.write(draft, note)
        self._files.rename(draft, self._path)
        self._files.sync_folder(self._path.parent)


def copy_head(*, head: Path, head2: Path, origin: str, files: Files = MACHINE) -> None:
    """Begin the second copy of the head store `head` of the log `origin` at `head2`, in an existing folder.

    Raises:
        AlreadyExistsError: something is at `head2`; if it is an older copy, the writer brings it up to date.
        HeadMissingError: there is no readable head store of this origin.
    """
    heads, _ = read_head(head)
    if origin not in heads:
        raise HeadMissingError(f"{head} holds no log {origin}")
    if head2.exists():
        raise AlreadyExistsError(f"{head2} exists: a copy of the head is compared with, never overwritten by hand")
    SecondHead(head2, files).replace(heads[origin])


def own_checkpoints(notes: Iterable[bytes], key: VerifierKey) -> tuple[Checkpoint, ...]:
    """Return the checkpoints among `notes` that `key` signed; what strangers made up cannot stop a log."""
    found = []
    for note in notes:
        try:
            found.append(parse_checkpoint(note, key))
        except (MalformedNoteError, BadSignatureError):
            continue
    return tuple(found)


def refuse_if_behind(ours: Checkpoint, seen: Iterable[tuple[str, Checkpoint]]) -> None:
    """Refuse a head that is older than what others have seen.

    Args:
        ours: What the head says.
        seen: Where a signed checkpoint of this log was found, and what it says.

    Raises:
        WitnessAheadError: one of them is larger.
        HeadForkedError: one of them has the same size and another root.
    """
    for where, theirs in seen:
        if theirs.size > ours.size:
            raise WitnessAheadError(
                f"{where} has seen {theirs.size} entries of {ours.origin}, the head has {ours.size}: it was restored "
                "from a backup; bring back the newest head and files, or go on under a new origin"
            )
        if theirs.size == ours.size and theirs.root != ours.root:
            raise _forked(where, theirs, ours.root)


def refuse_if_forked(log: Log, seen: Iterable[tuple[str, Checkpoint]]) -> None:
    """Refuse a log of which others have seen another beginning; none of theirs is larger than it.

    Raises:
        HeadForkedError: one of them is not a part of the log.
        LogDamagedError: a tile is missing or malformed.
    """
    for where, theirs in seen:
        root = log.root(theirs.size)
        if root != theirs.root:
            raise _forked(where, theirs, root)


def second_checkpoint(second: SecondHead, key: VerifierKey) -> tuple[str, Checkpoint]:
    """Return the second copy as one of those to compare with.

    Raises:
        HeadMissingError: there is none.
        HeadDisagreesError: it is not a checkpoint signed by `key`.
    """
    where = "the second copy of the head"
    return where, verified(second.note(), key, where)


def _forked(where: str, theirs: Checkpoint, root: bytes) -> HeadForkedError:
    return HeadForkedError(
        f"{where} has seen the root {theirs.root.hex()} for {theirs.size} entries of {theirs.origin}, this log gives "
        f"{root.hex()}: two histories were signed; keep both, and go on under a new origin"
    )
