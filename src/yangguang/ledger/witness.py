"""A witness: remembers the newest checkpoint of every log it trusts, and cosigns only what extends it.

From C2SP tlog-witness v1.0.0. Check, timestamp and commit are one SQLite transaction (WAL, synchronous=FULL), and no
cosignature leaves before it is committed: of two requests at once one waits, and what would roll back is refused.
"""

import sqlite3
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from types import TracebackType
from typing import Self

from yangguang.kernel.clock import Clock, unix_seconds
from yangguang.ledger.checkpoint import read_statement
from yangguang.ledger.cosignatures import cosign
from yangguang.ledger.errors import BadPathError, BadSignatureError, MalformedKeyError, MalformedNoteError
from yangguang.ledger.files import MACHINE, Files
from yangguang.ledger.keys import parse_verifier_key
from yangguang.ledger.notes import Note, format_note, parse_note, verified_keys
from yangguang.ledger.tree import EMPTY_ROOT, verify_consistency
from yangguang.ledger.types import Checkpoint, SignatureType, Signer, VerifierKey, WitnessAnswer
from yangguang.ledger.witnessing import Request, origin_hash, parse_request

STORE = "witness.sqlite3"
APPLICATION_ID = 0x59475754
"""Marks the SQLite file as a witness's store ("YGWT")."""

MAX_CONFLICTS = 100
"""Most contradictions kept of one log: the first is proof enough, and whoever has the key could send them for ever."""

_BUSY_SECONDS = 30.0
_TEXT = "text/plain; charset=utf-8"
_SIZE = "text/x.tlog.size"

_SCHEMA = (
    f"PRAGMA application_id={APPLICATION_ID}",
    "CREATE TABLE IF NOT EXISTS trusted (origin TEXT NOT NULL, key TEXT NOT NULL, PRIMARY KEY (origin, key)) STRICT",
    """CREATE TABLE IF NOT EXISTS latest (hash TEXT PRIMARY KEY NOT NULL, origin TEXT NOT NULL UNIQUE,
       size INTEGER NOT NULL, root BLOB NOT NULL, note BLOB NOT NULL) STRICT""",
    """CREATE TABLE IF NOT EXISTS conflict (origin TEXT NOT NULL, ours BLOB NOT NULL, theirs BLOB NOT NULL,
       PRIMARY KEY (origin, theirs)) STRICT""",
)


class Witness:
    """A witness and its memory. Safe to share between threads; several processes may open the same folder.

    Losing the folder loses what it refuses to contradict: it is backed up with the log's head, or begun anew under
    another key.
    """

    def __init__(self, folder: Path, signer: Signer, *, clock: Clock, files: Files = MACHINE) -> None:
        """Open the witness's memory in `folder`, which exists, begun empty where there is none.

        Args:
            folder: Where its memory lies.
            signer: The witness's own key, used for nothing else.
            clock: Tells the time it cosigns with.
            files: The file system; another than the machine's only in tests.
        """
        self._signer = signer
        self._clock = clock
        self._files = files
        self._mutex = threading.Lock()
        self._connection = sqlite3.connect(
            folder / STORE, isolation_level=None, check_same_thread=False, timeout=_BUSY_SECONDS
        )
        self._connection.execute("PRAGMA journal_mode=WAL")
        self._connection.execute("PRAGMA synchronous=FULL")
        with self._transaction():
            for statement in _SCHEMA:
                self._connection.execute(statement)
        files.sync_folder(folder)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def close(self) -> None:
        """Close the memory."""
        with self._mutex:
            self._connection.close()

    def trust(self, key: str) -> VerifierKey:
        """Cosign from now on the log whose verifier key is `key`; a log may have several, as when keys rotate.

        Raises:
            MalformedKeyError: it is not the verifier key of a log.
        """
        parsed = parse_verifier_key(key)
        if parsed.type is not SignatureType.ED25519:
            raise MalformedKeyError(f"the key of {parsed.name} makes cosignatures: a log signs with type 0x01")
        with self._mutex, self._transaction():
            self._connection.execute("INSERT OR IGNORE INTO trusted VALUES (?, ?)", (parsed.name, key))
        return parsed

    def distrust(self, origin: str) -> None:
        """Cosign the log `origin` no more, and answer 404 for it; what was seen of it stays remembered."""
        with self._mutex, self._transaction():
            self._connection.execute("DELETE FROM trusted WHERE origin = ?", (origin,))

    def trusted(self) -> tuple[VerifierKey, ...]:
        """Return the keys of the logs it cosigns."""
        with self._mutex:
            rows = self._connection.execute("SELECT key FROM trusted ORDER BY origin, key").fetchall()
        return tuple(parse_verifier_key(key) for (key,) in rows)

    def checkpoint(self, hash_digits: str) -> bytes | None:
        """Return the newest checkpoint it cosigned, cosignature included.

        Args:
            hash_digits: SHA-256 of the log's origin, as `origin_hash` gives it.

        Returns:
            None for a log of which it has cosigned nothing.
        """
        with self._mutex:
            row = self._connection.execute("SELECT note FROM latest WHERE hash = ?", (hash_digits,)).fetchone()
        return bytes(row[0]) if row else None

    def conflicts(self) -> tuple[tuple[bytes, bytes], ...]:
        """Return pairs of checkpoints that one log signed and that contradict each other: same size, two roots."""
        with self._mutex:
            rows = self._connection.execute("SELECT ours, theirs FROM conflict ORDER BY rowid").fetchall()
        return tuple((bytes(ours), bytes(theirs)) for ours, theirs in rows)

    def add_checkpoint(self, body: bytes) -> WitnessAnswer:
        """Answer the request `body` to cosign a checkpoint; a cosignature it returns is committed.

        Raises:
            sqlite3.Error: the memory cannot be written; nothing was cosigned.
        """
        try:
            request = parse_request(body)
            note = parse_note(request.note)
            claim = read_statement(note)
        except MalformedNoteError as error:
            return _answer(400, str(error))
        keys = self._keys_of(claim.origin)
        if not keys:
            return _answer(404, f"this witness does not know the log {claim.origin}")
        try:
            signed = verified_keys(note, keys)
        except BadSignatureError as error:
            return _answer(403, str(error))
        if not signed:
            return _answer(403, f"no key that this witness trusts for {claim.origin} signed the checkpoint")
        if request.old > claim.size:
            return _answer(400, f"old size {request.old} is larger than the checkpoint's {claim.size}")
        own = {(key.name, key.key_id) for key in signed}
        note = Note(note.text, tuple(line for line in note.signatures if (line.name, line.key_id) in own))
        with self._mutex, self._transaction():
            return self._judge(request, claim, format_note(note))

    def _keys_of(self, origin: str) -> list[VerifierKey]:
        with self._mutex:
            rows = self._connection.execute("SELECT key FROM trusted WHERE origin = ?", (origin,)).fetchall()
        return [parse_verifier_key(key) for (key,) in rows]

    def _judge(self, request: Request, claim: Checkpoint, note: bytes) -> WitnessAnswer:
        """Compare `claim` with the newest checkpoint cosigned, and replace that if it extends it."""
        row = self._connection.execute(
            "SELECT size, root, note FROM latest WHERE origin = ?", (claim.origin,)
        ).fetchone()
        size, root = (int(row[0]), bytes(row[1])) if row else (0, EMPTY_ROOT)
        if row and claim.size == size and claim.root != root:
            self._remember_conflict(claim.origin, bytes(row[2]), note)
        if request.old != size or (row and claim.size == size and claim.root != root):
            return WitnessAnswer(409, _SIZE, b"%d\n" % size)
        if claim.size == 0 and claim.root != EMPTY_ROOT:
            return _answer(422, "the tree of size 0 has one root, the SHA-256 of nothing")
        try:
            verify_consistency(
                old_size=size, old_root=root, new_size=claim.size, new_root=claim.root, path=request.path
            )
        except BadPathError as error:
            return _answer(422, str(error))
        line = cosign(note, self._signer, now=unix_seconds(self._clock()))
        self._connection.execute(
            "INSERT OR REPLACE INTO latest VALUES (?, ?, ?, ?, ?)",
            (origin_hash(claim.origin), claim.origin, claim.size, claim.root, note + line),
        )
        return WitnessAnswer(200, _TEXT, line)

    def _remember_conflict(self, origin: str, ours: bytes, theirs: bytes) -> None:
        (known,) = self._connection.execute("SELECT count(*) FROM conflict WHERE origin = ?", (origin,)).fetchone()
        if known < MAX_CONFLICTS:
            self._connection.execute("INSERT OR IGNORE INTO conflict VALUES (?, ?, ?)", (origin, ours, theirs))

    @contextmanager
    def _transaction(self) -> Iterator[None]:
        """Run the block in a transaction of its own, committed durably; rolled back where it raises."""
        self._connection.execute("BEGIN IMMEDIATE")
        try:
            yield
            self._files.commit(self._connection)
        except BaseException:
            with suppress(sqlite3.Error):
                self._connection.execute("ROLLBACK")
            raise


def _answer(status: int, reason: str) -> WitnessAnswer:
    """Return a refusal that says why, on one line."""
    return WitnessAnswer(status, _TEXT, " ".join(reason.split()).encode() + b"\n")
