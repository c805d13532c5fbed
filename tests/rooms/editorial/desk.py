"""A writer's desk for tests: a real log, real contents, manuscripts of our own."""

import hashlib
from dataclasses import replace
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Self

from yangguang.agencies.commands import register
from yangguang.agencies.types import NO_USCC, Agency
from yangguang.blobs.queries import Blobs
from yangguang.editorial.commands import import_all, sequence
from yangguang.editorial.types import Imported
from yangguang.kernel.clock import fixed_clock
from yangguang.ledger.commands import create, generate_key, open_writer
from yangguang.ledger.queries import open_log
from yangguang.records.queries import decode_event
from yangguang.records.types import Body, Event, Kind, Paragraph
from yangguang.sources.types import Manuscript, Place

CLOCK = fixed_clock(datetime(2026, 7, 24, 1, 2, 3, tzinfo=UTC))


def manuscript(name: str, text: str = "", **changes: object) -> Manuscript:
    """Return a notice in the file `name`; `text` makes its words."""
    words = text or name
    plain = Manuscript(
        kind=Kind.DOCUMENT,
        title=f"关于{words}的通知",
        body=Body((Paragraph(f"{words}的有关事项通知如下。"),)),
        place=Place(name),
        text_sha256=hashlib.sha256(words.encode()).digest(),
        formed_on=date(2026, 7, 1),
        published_on=date(2026, 7, 2),
        column="legal-basis",
    )
    return replace(plain, **changes)  # type: ignore[arg-type]  # a test names real fields


class Desk:
    """A node's writing half in `folder`."""

    def __init__(self, folder: Path) -> None:
        self.blobs = folder / "blobs"
        self._log, self._head = folder / "log", folder / "head.sqlite3"
        self._signer = generate_key(folder / "log.key", name="county.example/xxgk")
        create(log=self._log, head=self._head, origin=self._signer.name, signer=self._signer)
        register(Agency("home", "澄禾县人民政府", NO_USCC))
        self.open()

    def open(self) -> None:
        """Open the log for writing, as a process does when it starts."""
        self.writer = open_writer(log=self._log, head=self._head, signer=self._signer)
        self.log = open_log(self._log)

    def restart(self) -> None:
        """Close and open again, as after the end of a process."""
        self.writer.close()
        self.open()

    def take(self, *manuscripts: Manuscript) -> tuple[Imported, ...]:
        """Queue manuscripts."""
        return import_all(manuscripts, agency="home", blobs=self.blobs, clock=CLOCK)

    def sequence(self) -> int:
        """Log what waits."""
        return sequence(self.writer, self.log)

    def events(self) -> list[Event]:
        """Return everything the log says."""
        return [decode_event(entry.data) for entry in self.log.entries(0)]

    def contents(self) -> Blobs:
        """Return the store for reading."""
        return Blobs(self.blobs)

    def __enter__(self) -> Self:
        """Return itself."""
        return self

    def __exit__(self, *_: object) -> None:
        """Close the log."""
        self.writer.close()
