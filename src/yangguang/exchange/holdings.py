"""What a mirror must hold of a lower log's contents, worked out entry by entry: a projection of the mirrored log.

One SQLite file a lower log. Rows and cursor move in one transaction, so a crash leaves it at an entry boundary. It can
be deleted and is rebuilt from the mirrored log; which contents are held is then asked of the contents' store.
"""

import sqlite3
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any

from yangguang.exchange.types import Wanted
from yangguang.kernel.identifiers import RecordId
from yangguang.records.queries import BODY, META
from yangguang.records.types import Event, EventType

_WANTED, _HELD, _DOOMED, _ERASED = range(4)
_LIVE, _WITHDRAWN, _CLOSED = range(3)

_SCHEMA = """
CREATE TABLE IF NOT EXISTS place (
    id INTEGER PRIMARY KEY CHECK (id = 1),
    next_index INTEGER NOT NULL DEFAULT 0,
    cosigned INTEGER NOT NULL DEFAULT 0,
    complete INTEGER NOT NULL DEFAULT 0,
    receipted INTEGER NOT NULL DEFAULT 0,
    receipted_at INTEGER NOT NULL DEFAULT 0,
    news INTEGER NOT NULL DEFAULT 0,
    urgent INTEGER NOT NULL DEFAULT 0,
    missing_since INTEGER,
    silent_since INTEGER,
    behind_since INTEGER,
    contradictions INTEGER NOT NULL DEFAULT 0,
    stopped TEXT NOT NULL DEFAULT '',
    alarmed TEXT NOT NULL DEFAULT ''
);
INSERT OR IGNORE INTO place (id) VALUES (1);
CREATE TABLE IF NOT EXISTS records (id TEXT PRIMARY KEY, status INTEGER NOT NULL) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS components (
    commitment BLOB PRIMARY KEY,
    record TEXT NOT NULL,
    revision INTEGER NOT NULL,
    label TEXT NOT NULL,
    log_index INTEGER NOT NULL,
    state INTEGER NOT NULL
) WITHOUT ROWID;
CREATE INDEX IF NOT EXISTS components_record ON components (record, label);
CREATE INDEX IF NOT EXISTS components_open ON components (state, log_index, commitment);
"""

_PLACE = frozenset({
    "cosigned", "complete", "receipted", "receipted_at", "missing_since", "silent_since", "behind_since",
    "contradictions", "stopped", "alarmed",
})  # fmt: skip


class Holdings:
    """The holdings of one mirror. One process at a time; see `mirror.opened`."""

    def __init__(self, path: Path | None) -> None:
        """Open the file `path`, made if absent; without one, work in memory alone."""
        self._connection = sqlite3.connect(path or ":memory:", isolation_level=None, timeout=60)
        self._connection.execute("PRAGMA journal_mode=WAL")
        self._connection.execute("PRAGMA synchronous=FULL")
        self._connection.executescript(_SCHEMA)

    def close(self) -> None:
        """Close the file."""
        self._connection.close()

    @property
    def next_index(self) -> int:
        """Log index of the entry that comes next."""
        return int(self.place("next_index") or 0)

    def place(self, name: str) -> Any:  # noqa: ANN401 - SQLite types its cells, not its columns
        """Return one of the single values: a size, a moment or None, a text."""
        (value,) = self._connection.execute(f"SELECT {name} FROM place").fetchone()  # noqa: S608 - our own names
        return value

    def set_place(self, **values: int | str | None) -> None:
        """Store single values, durably."""
        assert values.keys() <= _PLACE  # noqa: S101 - names come from this room alone
        said = ", ".join(f"{name} = ?" for name in values)
        self._connection.execute(f"UPDATE place SET {said}", tuple(values.values()))  # noqa: S608 - our own names

    def follow(self, entries: Sequence[tuple[int, Event]]) -> None:
        """Take in the next entries, in order, none left out."""
        if not entries:
            return
        self._connection.execute("BEGIN IMMEDIATE")
        try:
            for index, event in entries:
                self._take(index, event)
            self._connection.execute("UPDATE place SET next_index = ?", (entries[-1][0] + 1,))
        except BaseException:
            self._connection.execute("ROLLBACK")
            raise
        self._connection.execute("COMMIT")

    def wanted(self, limit: int, after: Wanted | None = None) -> tuple[Wanted, ...]:
        """Return up to `limit` components that the lower node gives out and that are not held yet, in log order.

        Args:
            limit: How many.
            after: Only those that come after this one.
        """
        rows = self._connection.execute(
            "SELECT commitment, record, revision, label, log_index FROM components JOIN records ON id = record "
            "WHERE state = ? AND status = ? AND (log_index, commitment) > (?, ?) "
            "ORDER BY log_index, commitment LIMIT ?",
            (_WANTED, _LIVE, *((after.index, after.commitment) if after else (-1, b"")), limit),
        )
        return tuple(Wanted(bytes(row[0]), RecordId(row[1]), row[2], row[3], row[4]) for row in rows)

    def count_wanted(self) -> int:
        """Return how many components are not held yet and given out."""
        (count,) = self._connection.execute(
            "SELECT count(*) FROM components JOIN records ON id = record WHERE state = ? AND status = ?",
            (_WANTED, _LIVE),
        ).fetchone()
        return int(count)

    def held(self, commitments: Iterable[bytes]) -> None:
        """Say that the contents behind `commitments` are stored."""
        self._settle(commitments, _WANTED, _HELD)

    def doomed(self) -> tuple[bytes, ...]:
        """Return the commitments of contents that the lower log erased and that may still be stored here."""
        rows = self._connection.execute("SELECT commitment FROM components WHERE state = ?", (_DOOMED,))
        return tuple(bytes(row[0]) for row in rows)

    def destroyed(self, commitments: Iterable[bytes]) -> None:
        """Say that the contents behind `commitments` are gone for good."""
        self._settle(commitments, _DOOMED, _ERASED)

    def _settle(self, commitments: Iterable[bytes], old: int, new: int) -> None:
        self._connection.execute("BEGIN IMMEDIATE")
        self._connection.executemany(
            "UPDATE components SET state = ? WHERE commitment = ? AND state = ?",
            ((new, commitment, old) for commitment in commitments),
        )
        self._connection.execute("COMMIT")

    def _take(self, index: int, event: Event) -> None:
        execute = self._connection.execute
        if event.type is not EventType.RECEIPT:
            execute("UPDATE place SET news = ?", (index + 1,))
        if event.id is None:
            return
        for label, commitment in event.commitments.items():
            execute(
                "INSERT OR IGNORE INTO components VALUES (?, ?, ?, ?, ?, ?)",
                (commitment, event.id, event.revision, label, index, _WANTED),
            )
        match event.type:
            case EventType.PUBLISH | EventType.IMPORT | EventType.REVISE | EventType.RESTORE:
                execute("INSERT OR REPLACE INTO records VALUES (?, ?)", (event.id, _LIVE))
            case EventType.WITHDRAW:
                execute("UPDATE records SET status = ? WHERE id = ?", (_WITHDRAWN, event.id))
            case EventType.ERASE:
                self._erase(index, event)
            case _:
                pass

    def _erase(self, index: int, event: Event) -> None:
        """Doom the components named, in every revision: each revision repeats what the earlier one said."""
        self._connection.execute("UPDATE place SET urgent = ?", (index + 1,))
        for label in event.components:
            self._connection.execute(
                "UPDATE components SET state = ? WHERE record = ? AND label = ? AND state != ?",
                (_DOOMED, event.id, label, _ERASED),
            )
        if {META, BODY} & set(event.components):
            self._connection.execute("UPDATE records SET status = ? WHERE id = ?", (_CLOSED, event.id))
