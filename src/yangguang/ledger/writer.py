"""The one writer of a log: commit first, materialise after (LEDGER design 2.5).

A batch is acknowledged only by the commit that replaces the signed checkpoint and stages the new bytes together. After
any error the writer refuses to go on: what the disk holds is found out by opening it again, never guessed from memory.
"""

import errno
import sqlite3
import threading
from collections.abc import Sequence
from concurrent.futures import Future
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import NoReturn, Self

from yangguang.ledger.checkpoint import sign_checkpoint
from yangguang.ledger.cosignatures import latest_only, merged
from yangguang.ledger.cosigned import keep_cosigned
from yangguang.ledger.edge import RightEdge, integrate
from yangguang.ledger.errors import (
    EntryRefusedError,
    HeadForkedError,
    LogDamagedError,
    NotAcknowledgedError,
    WriterStoppedError,
)
from yangguang.ledger.files import Files, Lock
from yangguang.ledger.group import GroupCommit
from yangguang.ledger.guards import (
    SecondHead,
    own_checkpoints,
    refuse_if_behind,
    refuse_if_forked,
    second_checkpoint,
)
from yangguang.ledger.head import HeadStore, open_head
from yangguang.ledger.keys import verifier_key
from yangguang.ledger.public import PublicFolder
from yangguang.ledger.reader import Log
from yangguang.ledger.recovery import recover, verified
from yangguang.ledger.tiles import MAX_ENTRY_BYTES
from yangguang.ledger.types import Appended, Checkpoint, LineSigner, Signer

MAX_BATCH_BYTES = 64 * 1024 * 1024
"""Entries of one batch together: a batch is held in memory and staged whole."""


@dataclass(frozen=True, slots=True)
class Signers:
    """Who signs a log's checkpoints: the holder of its key, and whoever adds lines of another kind."""

    first: Signer
    also: tuple[LineSigner, ...]


class Writer:
    """The open writer of a log; `open_writer` makes one. Safe to share between threads."""

    def __init__(
        self,
        *,
        head: HeadStore,
        public: PublicFolder,
        log: Log,
        signers: Signers,
        lock: Lock,
        note: bytes,
        edge: RightEdge,
        second: SecondHead | None = None,
    ) -> None:
        """Take a recovered log: `note` is the head's checkpoint, `edge` the right edge it signs."""
        self._head = head
        self._public = public
        self._log = log
        self._signers = signers
        self._lock = lock
        self._note = note
        self._edge = edge
        self._second = second
        self._mutex = threading.Lock()
        self._stopped: BaseException | None = None
        self._closed = False
        self._group = GroupCommit(self.append)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    @property
    def size(self) -> int:
        """Number of entries acknowledged so far."""
        return self._edge.size

    @property
    def checkpoint(self) -> bytes:
        """The signed checkpoint over all of them."""
        return self._note

    def append(self, entries: Sequence[bytes]) -> Appended:
        """Append `entries`, all or none, in this order; durable and published on return.

        Raises:
            EntryRefusedError: an entry is longer than 65,535 bytes, or the batch than 64 MiB; the writer goes on.
            NotAcknowledgedError: the machine failed (a full disk, an I/O error); the writer stops.
            HeadDisagreesError: someone else wrote the head or the public files; the writer stops.
            WriterStoppedError: it had stopped before, or is closed.
        """
        batch = tuple(entries)
        check_batch(batch)
        with self._mutex:
            self._refuse_if_stopped()
            if not batch:
                return Appended(self._edge.size, 0, self._note)
            try:
                return self._append(batch)
            except BaseException as error:
                # Also KeyboardInterrupt: it may have come between commit and publication.
                self._stopped = error
                raise

    def submit(self, entry: bytes) -> Future[int]:
        """Queue `entry` for the next group commit.

        Returns:
            A future of the entry's index, done when the entry is durable and published; it raises what `append` raises.

        Raises:
            EntryRefusedError: the entry is longer than 65,535 bytes.
            WriterStoppedError: the writer is closed.
        """
        check_batch((entry,))
        return self._group.submit(entry)

    def archive_cosigned(self, note: bytes) -> None:
        """Keep the cosigned checkpoint `note` for ever, and publish it if it is still the newest; durable on return.

        Args:
            note: A checkpoint of this log with cosignatures that the caller has verified.

        Raises:
            HeadForkedError: it is not a checkpoint of this log.
            NotInLogError: the log is not as large.
            MalformedNoteError: it is not a checkpoint.
            OSError: the machine failed; the writer stops.
            WriterStoppedError: it had stopped before, or is closed.
        """
        with self._mutex:
            self._refuse_if_stopped()
            try:
                keep_cosigned(self._public, self._log, note)
            except OSError as error:
                self._stopped = error
                raise

    def heartbeat(self) -> bytes:
        """Sign the tree as it is once more and publish that: the log lives, though nothing was logged.

        A checkpoint tells no time. What proves that the log was alive, and that nothing had been logged by then, are
        the cosignatures that witnesses now put on the note returned.

        Raises:
            NotAcknowledgedError: the machine failed; the writer stops.
            HeadDisagreesError: someone else wrote the head; the writer stops.
            WriterStoppedError: it had stopped before, or is closed.
        """
        with self._mutex:
            self._refuse_if_stopped()
            try:
                return self._beat()
            except BaseException as error:
                self._stopped = error
                raise

    def close(self) -> None:
        """Finish queued entries, then release the log; a second call does nothing."""
        self._group.close()
        with self._mutex:
            if self._closed:
                return
            self._closed = True
            try:
                if self._stopped is None:
                    self._head.drop_staged()
            finally:
                self._head.close()
                self._public.close()
                self._lock.release()

    def _append(self, batch: tuple[bytes, ...]) -> Appended:
        """Commit, publish, and only then move on in memory."""
        first = self._edge.size
        edge, staged = integrate(self._edge, batch)
        note = self._sign(edge)
        committed: bool | None = False
        try:
            self._head.stage(self._note, note, staged)
            committed = None
            self._head.commit()
            committed = True
            if self._second is not None:
                self._second.replace(note)
            self._public.publish(staged, note)
        except (OSError, sqlite3.Error) as error:
            refuse(f"entries {first} to {first + len(batch) - 1}", committed=committed, error=error)
        self._edge, self._note = edge, note
        return Appended(first, len(batch), note)

    def _sign(self, edge: RightEdge) -> bytes:
        checkpoint = Checkpoint(self._signers.first.name, edge.size, edge.root())
        return sign_checkpoint(checkpoint, self._signers.first, self._signers.also)

    def _beat(self) -> bytes:
        note = self._sign(self._edge)
        committed: bool | None = False
        try:
            self._head.stage(self._note, note, ())
            committed = None
            self._head.commit()
            committed = True
            if self._second is not None:
                self._second.replace(note)
            # With the cosignatures it bears already: they stay true.
            self._public.replace_checkpoint(latest_only(merged(self._log.checkpoint_note(), note)))
        except (OSError, sqlite3.Error) as error:
            refuse("the signatures of a heartbeat", committed=committed, error=error)
        self._note = note
        return note

    def _refuse_if_stopped(self) -> None:
        if self._closed:
            raise WriterStoppedError("the writer is closed: open another one")
        if self._stopped is not None:
            raise WriterStoppedError(
                f"the writer stopped at {self._edge.size} entries and appends nothing more; open the log again. "
                f"The cause: {self._stopped}"
            ) from self._stopped


def open_writer(
    *,
    log: Path,
    head: Path,
    signer: Signer,
    head2: Path | None = None,
    newest_elsewhere: Sequence[bytes] = (),
    also: Sequence[LineSigner] = (),
    files: Files | None = None,
) -> Writer:
    """Open the log for writing, finishing what an interrupted writer had committed.

    Args:
        log: The public folder.
        head: The head store, a SQLite file outside it.
        signer: Holder of the log's key; its name is the origin.
        head2: The second copy of the head, a file on another disk; `copy_head` begins one.
        newest_elsewhere: Checkpoints of this log that witnesses returned; those it did not sign are ignored.
        also: Sign every checkpoint too, each with a line of its own kind.
        files: The file system, closed with the writer; another than the machine's only in tests.

    Raises:
        WriterBusyError: another writer has the log open.
        HeadMissingError: no head store, or one of another log; or no second copy where one is asked for.
        WitnessAheadError: the head is older than what a witness or the second copy has seen.
        HeadForkedError: what a witness or the second copy has seen is not a part of this log.
        HeadDisagreesError: head store, key and public files contradict each other.
        LogDamagedError: public files are missing or altered.
    """
    if not log.is_dir():
        raise LogDamagedError(f"{log} is not a folder: restore the log's public files, or create a log")
    files = files or Files()
    key = verifier_key(signer)
    copy = SecondHead(head2, files) if head2 is not None else None
    reader = Log(log, files)
    with ExitStack() as undo:
        lock = files.lock(log)
        undo.callback(lock.release)
        # A process killed while it created the log may have named folder and store, and not synced that.
        for folder in {log.parent, head.parent}:
            files.sync_folder(folder)
        store = open_head(head, signer.name, files)
        undo.callback(store.close)
        public = PublicFolder(log, files)
        undo.callback(public.close)
        seen = [("a witness", checkpoint) for checkpoint in own_checkpoints(newest_elsewhere, key)]
        seen += [second_checkpoint(copy, key)] if copy is not None else []
        # Before recovery: what a restored head had staged must not be published once more.
        refuse_if_behind(verified(store.note(), key, "the head store"), seen)
        before = copy.bring_up(store.note()) if copy is not None else None
        note, edge = recover(store, public, key)
        try:
            refuse_if_forked(reader, seen)
        except HeadForkedError:
            if copy is not None and before is not None:
                copy.replace(before)  # as evidence
            raise
        undo.pop_all()
    signers = Signers(signer, tuple(also))
    return Writer(head=store, public=public, log=reader, signers=signers, lock=lock, note=note, edge=edge, second=copy)


def check_batch(batch: Sequence[bytes]) -> None:
    """Refuse entries, or a batch, beyond the limits.

    Raises:
        EntryRefusedError: an entry is longer than 65,535 bytes, or the batch than 64 MiB.
    """
    for position, entry in enumerate(batch):
        if len(entry) > MAX_ENTRY_BYTES:
            raise EntryRefusedError(f"entry {position} of the batch has {len(entry)} bytes: at most {MAX_ENTRY_BYTES}")
    if sum(map(len, batch)) > MAX_BATCH_BYTES:
        raise EntryRefusedError(f"a batch of {sum(map(len, batch))} bytes: at most {MAX_BATCH_BYTES}, split it")


def refuse(what: str, *, committed: bool | None, error: Exception) -> NoReturn:
    """Raise the error that says what became of `what`, which is not acknowledged.

    Raises:
        NotAcknowledgedError: always.
    """
    state = {
        False: "they are not in the log",
        None: "whether they are in the log, the next start tells",
        True: "they are committed, and the next start publishes them",
    }[committed]
    reason = "the disk is full" if _is_disk_full(error) else "the machine failed"
    raise NotAcknowledgedError(
        f"{what} were not acknowledged: {reason} ({error}); {state}. "
        "Everything acknowledged before is safe; put the cause right and open the log again",
        committed=committed,
    ) from error


def _is_disk_full(error: Exception) -> bool:
    if isinstance(error, OSError):
        return error.errno in (errno.ENOSPC, errno.EDQUOT)
    return getattr(error, "sqlite_errorcode", None) == sqlite3.SQLITE_FULL
