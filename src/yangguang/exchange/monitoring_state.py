"""What a monitor knows of one log, entry by entry: the state of every record, and what was ever found wrong.

One SQLite file a log. Rows and cursor move in one transaction; deleted, it is worked out again from the monitor's copy.
"""

import sqlite3
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from yangguang.exchange.monitoring_types import Concern, Found
from yangguang.exchange.types import AlarmKind
from yangguang.kernel.identifiers import RecordId
from yangguang.records.queries import BODY, META
from yangguang.records.types import Event, EventType

LIVE, WITHDRAWN, ERASED = range(3)

_SCHEMA = """
CREATE TABLE IF NOT EXISTS place (
    id INTEGER PRIMARY KEY CHECK (id = 1),
    next_index INTEGER NOT NULL DEFAULT 0,
    timed_index INTEGER NOT NULL DEFAULT 0,
    unmarked_since INTEGER
);
INSERT OR IGNORE INTO place (id) VALUES (1);
CREATE TABLE IF NOT EXISTS records (
    id TEXT PRIMARY KEY,
    revision INTEGER NOT NULL,
    content INTEGER NOT NULL,
    newest INTEGER NOT NULL,
    status INTEGER NOT NULL
) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS erased (
    record TEXT NOT NULL,
    revision INTEGER NOT NULL,
    label TEXT NOT NULL,
    PRIMARY KEY (record, revision, label)
) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS findings (
    kind TEXT NOT NULL,
    place TEXT NOT NULL,
    message TEXT NOT NULL,
    since INTEGER NOT NULL,
    evidence TEXT NOT NULL,
    lasting INTEGER NOT NULL,
    PRIMARY KEY (kind, place)
) WITHOUT ROWID;
"""

_PUBLISHING = frozenset({EventType.PUBLISH, EventType.IMPORT, EventType.REVISE})


@dataclass(frozen=True, slots=True)
class Known:
    """A record as the log leaves it: newest revision, entry that published that one, newest entry, status."""

    id: RecordId
    revision: int
    content: int
    newest: int
    status: int


class Knowledge:
    """The file of one log. One process at a time: whoever holds the log's copy."""

    def __init__(self, path: Path | None) -> None:
        """Open the file `path`, made if absent; without one, work in memory alone."""
        self._connection = sqlite3.connect(path or ":memory:", isolation_level=None, timeout=60)
        self._connection.execute("PRAGMA journal_mode=WAL")
        self._connection.executescript(_SCHEMA)

    def close(self) -> None:
        """Close the file."""
        self._connection.close()

    @property
    def next_index(self) -> int:
        """Log index of the entry that comes next."""
        return self._number("next_index")

    @property
    def timed_index(self) -> int:
        """Log index of the first entry whose time no cosignature has judged yet."""
        return self._number("timed_index")

    @contextmanager
    def moving(self, next_index: int) -> Iterator[None]:
        """Do the block and move the cursor to `next_index` in one transaction."""
        self._connection.execute("BEGIN IMMEDIATE")
        try:
            yield
            self._connection.execute("UPDATE place SET next_index = ?", (next_index,))
        except BaseException:
            self._connection.execute("ROLLBACK")
            raise
        self._connection.execute("COMMIT")

    def timed(self, index: int) -> None:
        """Say that the times of all entries before `index` were judged."""
        self._connection.execute("UPDATE place SET timed_index = ?", (index,))

    def unmarked_since(self, now: int | None) -> int:
        """Return since when no witness's cosignature was seen; None as `now` says that one was."""
        value = None if now is None else f"coalesce(unmarked_since, {now})"
        self._connection.execute(f"UPDATE place SET unmarked_since = {value or 'NULL'}")  # noqa: S608 - an integer
        return self._number("unmarked_since")

    def record(self, record: RecordId) -> Known | None:
        """Return what is known of `record`, None if the log has not spoken of it."""
        row = self._connection.execute("SELECT * FROM records WHERE id = ?", (record,)).fetchone()
        return Known(RecordId(row[0]), *row[1:]) if row else None

    def apply(self, index: int, event: Event) -> None:
        """Take in an entry that is about a record."""
        if event.id is None or event.revision is None:
            return
        known = self.record(event.id)
        if event.type in _PUBLISHING or known is None:
            now = Known(event.id, event.revision, index, index, LIVE)
        else:
            now = Known(known.id, known.revision, known.content, index, _status(known, event))
        self._connection.execute(
            "INSERT OR REPLACE INTO records VALUES (?, ?, ?, ?, ?)",
            (now.id, now.revision, now.content, now.newest, now.status),
        )
        self._connection.executemany(
            "INSERT OR IGNORE INTO erased VALUES (?, ?, ?)",
            ((event.id, event.revision, label) for label in event.components),
        )

    def records(self, *, live: bool, since: int = 0) -> tuple[Known, ...]:
        """Return the records that are public, or those that are not, with an entry at index `since` or later."""
        rows = self._connection.execute(
            "SELECT * FROM records WHERE (status = ?) = ? AND newest >= ? ORDER BY newest", (LIVE, live, since)
        )
        return tuple(Known(RecordId(row[0]), *row[1:]) for row in rows)

    def erased(self, *, partly: bool) -> tuple[tuple[RecordId, int, str], ...]:
        """Return record, revision and label of erased components: of public records if `partly`, else of all."""
        rows = self._connection.execute(
            "SELECT record, erased.revision, label FROM erased JOIN records ON id = record WHERE status = ? OR NOT ?",
            (LIVE, partly),
        )
        return tuple((RecordId(row[0]), row[1], row[2]) for row in rows)

    def settle(self, found: Sequence[tuple[Concern, str]], now: int, *, complete: bool) -> tuple[Found, ...]:
        """Store what a round found, forget what ended, and return all that stands.

        Args:
            found: Concerns and the folders of their evidence; empty where one was written before.
            now: Seconds since 1970.
            complete: Whether all was looked at; what was not found again ended only then.
        """
        self._connection.execute("BEGIN IMMEDIATE")
        before = self._standing()
        seen = {(concern.kind.value, concern.place) for concern, _ in found}
        ended = [key for key, row in before.items() if key not in seen and not row[3]]
        gone = [key for key in ended if complete or key[0] == AlarmKind.SILENT]
        self._connection.executemany("DELETE FROM findings WHERE kind = ? AND place = ?", gone)
        for concern, folder in found:
            self._connection.execute(
                "INSERT INTO findings VALUES (?, ?, ?, ?, ?, ?) ON CONFLICT DO UPDATE SET message = excluded.message",
                (concern.kind.value, concern.place, concern.message, now, folder, concern.lasting),
            )
        self._connection.execute("COMMIT")
        return tuple(
            Found(AlarmKind(kind), place, message, since, folder, (kind, place) not in before)
            for (kind, place), (message, since, folder, _) in self._standing().items()
        )

    def troubled(self) -> frozenset[str]:
        """Return the places of all that stands: they are looked at again, whatever chance chooses."""
        return frozenset(place for _, place in self._standing())

    def is_known(self, concern: Concern) -> bool:
        """Say whether `concern` was found in an earlier round and still stands."""
        return (concern.kind.value, concern.place) in self._standing()

    def _standing(self) -> dict[tuple[str, str], tuple[str, int, str, bool]]:
        rows = self._connection.execute("SELECT * FROM findings ORDER BY since, kind, place")
        return {(row[0], row[1]): (row[2], row[3], row[4], bool(row[5])) for row in rows}

    def _number(self, name: str) -> int:
        (value,) = self._connection.execute(f"SELECT {name} FROM place").fetchone()  # noqa: S608 - our own names
        return int(value or 0)


def _status(known: Known, event: Event) -> int:
    """Return the status that `event` leaves; one about an older revision leaves it as it is (catalogue's rule)."""
    if event.revision != known.revision:
        return known.status
    if event.type is EventType.WITHDRAW and known.status == LIVE:
        return WITHDRAWN
    if event.type is EventType.RESTORE and known.status == WITHDRAWN:
        return LIVE
    if event.type is EventType.ERASE and {META, BODY} & set(event.components):
        return ERASED
    return known.status
