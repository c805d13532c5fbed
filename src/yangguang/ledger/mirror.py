"""A mirror: our own copy of somebody else's log, rebuilt from its entries and held to every checkpoint it ever served.

Rebuilding the tree needs no proofs: the root that its entries give is the one it signed, or it is not. The copy is
written as a log is (commit first, materialise after), with the other log's checkpoints in the place of our own.
From C2SP tlog-mirror (a pull mirror is one of its "other update processes") and LEDGER design 2.7.
"""

import sqlite3
import threading
from collections.abc import Iterable, Iterator, Sequence
from contextlib import ExitStack
from itertools import islice
from pathlib import Path
from types import TracebackType
from typing import Self

from yangguang.ledger.checkpoint import checkpoint_text, parse_checkpoint
from yangguang.ledger.cosigned import keep_cosigned
from yangguang.ledger.edge import EMPTY_EDGE, RightEdge, StagedFile, integrate, partial_files
from yangguang.ledger.errors import (
    BadPathError,
    ForkError,
    HeadDisagreesError,
    HeadMissingError,
    LogDamagedError,
    RollbackError,
    StaleError,
    WriterStoppedError,
)
from yangguang.ledger.files import Files, Lock
from yangguang.ledger.head import HeadStore, create_head, open_head
from yangguang.ledger.public import CHECKPOINT, PublicFolder
from yangguang.ledger.reader import Log
from yangguang.ledger.recovery import recover
from yangguang.ledger.tiles import TILE_WIDTH, parse_path
from yangguang.ledger.tree import EMPTY_ROOT, verify_consistency
from yangguang.ledger.types import Checkpoint, VerifierKey
from yangguang.ledger.writer import check_batch, refuse

CHUNK = 4 * TILE_WIDTH
"""Entries hashed and staged at a time."""


class Mirror:
    """The open copy of one log. Safe to share between threads; `close` it, or use it in a `with` block."""

    def __init__(self, log: Path, head: Path, key: VerifierKey, *, files: Files | None = None) -> None:
        """Open the copy, finishing what an interrupted extension had committed; begin one where there is none.

        Args:
            log: The copy's public folder; absent or empty at first. Its parent exists.
            head: Its head store, absent at first. Its folder exists.
            key: The key of the log mirrored.
            files: The file system, closed with the mirror; another than the machine's only in tests.

        Raises:
            WriterBusyError: another process has the copy open.
            HeadMissingError: one of folder and head store is there without the other.
            HeadDisagreesError: they are of another log, or contradict each other.
            LogDamagedError: public files of the copy are missing or altered.
        """
        self._key = key
        self._files = files or Files()
        self._begun = checkpoint_text(Checkpoint(key.name, 0, EMPTY_ROOT))
        """What the head says until the first checkpoint is taken over: unsigned, so never mistaken for one."""
        self._log = Log(log, self._files)
        self._mutex = threading.Lock()
        self._stopped: BaseException | None = None
        with ExitStack() as undo:
            undo.callback(self._files.close)
            self._make_folder(log, head)
            self._lock: Lock | None = self._files.lock(log)
            undo.callback(self._lock.release)
            if not head.exists():
                self._begin(log, head)
            # A process killed while it began the copy may have named folder and store, and not synced that.
            for folder in {log.parent, head.parent}:
                self._files.sync_folder(folder)
            self._head: HeadStore = open_head(head, key.name, self._files)
            undo.callback(self._head.close)
            self._public = PublicFolder(log, self._files)
            self._note, self._edge = self._recover()
            undo.pop_all()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    @property
    def size(self) -> int:
        """Number of entries held."""
        return self._edge.size

    @property
    def note(self) -> bytes | None:
        """The log's checkpoint over them, as the log signed it; None before the first."""
        return None if self._note == self._begun else self._note

    @property
    def log(self) -> Log:
        """The copy, to be read."""
        return self._log

    def extend(self, note: bytes, entries: Iterable[bytes], *, path: Sequence[bytes] | None = None) -> Checkpoint:
        """Take over the checkpoint `note` and the entries it has beyond ours; durable and published on return.

        Unless they give the root that the log signed, nothing of them is kept.

        Args:
            note: The checkpoint the log serves.
            entries: Its entries from index `size` on; read only as far as needed. What reading them raises is raised.
            path: The consistency path from `size` to the checkpoint, as its tiles give it. With it, entries that were
                only damaged on the way are told apart from a fork.

        Returns:
            The checkpoint the copy now has; the same as before if the log has not grown.

        Raises:
            MalformedNoteError: `note` is not a checkpoint.
            BadSignatureError: the log's key did not sign it.
            ForkError: the log signed a tree that does not contain, or is not contained in, the one we hold.
            RollbackError: it serves a smaller tree than we hold, a part of it.
            StaleError: `entries` ended too early.
            LogDamagedError: the entries do not give the root, and that is no proof against the log.
            EntryRefusedError: an entry is longer than 65,535 bytes.
            NotAcknowledgedError: the machine failed; the mirror stops, open it again.
            WriterStoppedError: it had stopped before, or is closed.
        """
        theirs = parse_checkpoint(note, self._key)
        with self._mutex:
            self._refuse_if_stopped()
            if self.note is not None and theirs.size <= self.size:
                self._compare(theirs, note)
            else:
                self._take(theirs, note, entries, path)
            return theirs

    def archive_cosigned(self, note: bytes) -> None:
        """Keep the checkpoint `note` with our cosignature, and publish it if it is the copy's newest.

        Raises:
            HeadForkedError: it is not a checkpoint of this copy.
            NotInLogError: the copy is not as large.
            MalformedNoteError: it is not a checkpoint.
            OSError: the machine failed; the mirror stops.
            WriterStoppedError: it had stopped before, or is closed.
        """
        with self._mutex:
            self._refuse_if_stopped()
            try:
                keep_cosigned(self._public, self._log, note)
            except OSError as error:
                self._stopped = error
                raise

    def close(self) -> None:
        """Release the copy; a second call does nothing."""
        with self._mutex:
            lock, self._lock = self._lock, None
            if lock is not None:
                self._head.close()
                self._public.close()
                lock.release()

    def _make_folder(self, log: Path, head: Path) -> None:
        if self._files.is_folder(log):
            return
        if head.exists():
            raise HeadMissingError(f"{head} is there and {log} is not: restore the copy, or delete both")
        # Before the head store: a kill between the two leaves a folder that is empty, in which the copy begins anew.
        self._files.make_folder(log)
        self._files.sync_folder(log.parent)

    def _begin(self, log: Path, head: Path) -> None:
        """Make the head store of an empty copy."""
        if self._files.names(log):
            raise HeadMissingError(f"{log} is there and its head store {head} is not: restore it, or delete both")
        draft = head.with_name(f"{head.name}.new")
        for left in head.parent.glob(f"{draft.name}*"):
            self._files.remove(left)  # by a process killed before it had one
        create_head(draft, self._key.name, self._begun, self._files)
        self._files.rename(draft, head)
        self._files.sync_folder(head.parent)

    def _recover(self) -> tuple[bytes, RightEdge]:
        note = self._head.note()
        if note != self._begun:
            return recover(self._head, self._public, self._key)
        if self._public.checkpoint() is not None:
            raise HeadDisagreesError(f"the copy has a {CHECKPOINT} and its head store none: the head is not the latest")
        return note, EMPTY_EDGE

    def _compare(self, theirs: Checkpoint, note: bytes) -> None:
        """Hold a checkpoint no larger than ours against what we have."""
        root = self._log.root(theirs.size)
        if root != theirs.root:
            raise ForkError(
                f"{theirs.origin} signed the root {theirs.root.hex()} for {theirs.size} entries; "
                f"the entries it gave us before have {root.hex()}",
                evidence=(self._note, note),
            )
        if theirs.size < self.size:
            raise RollbackError(
                f"{theirs.origin} serves {theirs.size} entries, and served {self.size} before: a cache, or a backup "
                "was restored",
                evidence=(self._note, note),
            )

    def _take(self, theirs: Checkpoint, note: bytes, entries: Iterable[bytes], path: Sequence[bytes] | None) -> None:
        """Commit, publish, and only then move on in memory."""
        grown: list[RightEdge] = []
        # Whatever is wrong with the entries shows in here, and undoes the transaction.
        self._head.stage(self._note, note, self._grow(theirs, note, entries, path, grown))
        committed: bool | None = None
        try:
            self._head.commit()
            committed = True
            self._public.publish(self._head.staged(), note)
            self._head.drop_staged()
            self._head.shrink()
        except BaseException as error:
            self._stopped = error
            if isinstance(error, OSError | sqlite3.Error):
                refuse(f"entries {self.size} to {theirs.size - 1} of {theirs.origin}", committed=committed, error=error)
            raise
        self._edge, self._note = grown[0], note

    def _grow(
        self,
        theirs: Checkpoint,
        note: bytes,
        entries: Iterable[bytes],
        path: Sequence[bytes] | None,
        grown: list[RightEdge],
    ) -> Iterator[StagedFile]:
        """Yield the files of the larger tree; put its edge into `grown` when it is the tree that the log signed."""
        edge = self._edge
        rest = iter(entries)
        while edge.size < theirs.size:
            # Up to the end of a tile: partial tiles of sizes that no checkpoint has are nobody's business.
            batch = tuple(islice(rest, min(CHUNK - edge.size % TILE_WIDTH, theirs.size - edge.size)))
            if not batch:
                raise StaleError(
                    f"{theirs.origin} signed {theirs.size} entries and gives {edge.size}: ask again later",
                    evidence=(self.note or note, note),
                )
            check_batch(batch)
            edge, files = integrate(edge, batch)
            yield from (file for file in files if parse_path(file[0]).width == TILE_WIDTH)
        if edge.root() != theirs.root:
            self._refuse_entries(theirs, note, edge.root(), path)
        yield from partial_files(edge)
        grown.append(edge)

    def _refuse_entries(self, theirs: Checkpoint, note: bytes, root: bytes, path: Sequence[bytes] | None) -> None:
        """Raise what it means that the entries given do not have the root signed."""
        said = f"{theirs.origin} signed the root {theirs.root.hex()} for {theirs.size} entries, they give {root.hex()}"
        if self.note is None or (path is not None and self._is_extended(theirs, path)):
            raise LogDamagedError(f"{said}: they were damaged on the way, or its bundles are; fetch them again")
        raise ForkError(f"{said}; the first {self.size} are as it gave them before", evidence=(self._note, note))

    def _is_extended(self, theirs: Checkpoint, path: Sequence[bytes]) -> bool:
        """Say whether `path` proves that the checkpoint extends what we hold, whatever its entries are."""
        try:
            verify_consistency(
                old_size=self.size,
                old_root=self._edge.root(),
                new_size=theirs.size,
                new_root=theirs.root,
                path=path,
            )
        except BadPathError:
            return False
        return True

    def _refuse_if_stopped(self) -> None:
        if self._lock is None:
            raise WriterStoppedError("the mirror is closed: open another one")
        if self._stopped is not None:
            raise WriterStoppedError(
                f"the mirror stopped at {self.size} entries and takes nothing more; open it again. "
                f"The cause: {self._stopped}"
            ) from self._stopped
