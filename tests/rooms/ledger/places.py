"""Logs to test on, built with the room's own commands."""

import shutil
import sqlite3
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from yangguang.ledger.commands import Writer, create, generate_key, open_writer
from yangguang.ledger.files import MACHINE, Files
from yangguang.ledger.queries import Log, fsck, open_log, verifier_key
from yangguang.ledger.types import Finding, Signer

ORIGIN = "yangguang.example/xxgk"


class Unsynced(Files):
    """The machine's files without the waiting, for tests that do not ask about durability."""

    def together(self, acts: Sequence[Callable[[], None]]) -> None:
        for act in acts:
            act()

    def write(self, path: Path, data: bytes) -> None:
        path.write_bytes(data)

    def sync_folder(self, path: Path) -> None:
        assert path.is_dir()


UNSYNCED = Unsynced()


@dataclass(frozen=True)
class Place:
    """A log on disk and the key that signs for it."""

    log: Path
    head: Path
    signer: Signer

    def writer(self, files: Files = UNSYNCED) -> Writer:
        writer = open_writer(log=self.log, head=self.head, signer=self.signer, files=files)
        if isinstance(files, Unsynced):
            writer._head._connection.execute("PRAGMA synchronous=OFF")
        return writer

    def copy(self, folder: Path) -> "Place":
        """Return the same log in another folder."""
        shutil.copytree(self.head.parent, folder)
        return Place(folder / self.log.name, folder / self.head.name, self.signer)

    def append(self, *batches: Sequence[bytes], files: Files = UNSYNCED) -> None:
        with self.writer(files) as writer:
            for batch in batches:
                writer.append(batch)

    def reader(self) -> Log:
        return open_log(self.log)

    def findings(self) -> list[Finding]:
        return list(fsck(log=self.log, head=self.head, key=verifier_key(self.signer)))


def new_place(folder: Path, files: Files = MACHINE) -> Place:
    folder.mkdir(exist_ok=True)
    signer = generate_key(folder / "log.key", name=ORIGIN, files=files)
    place = Place(folder / "log", folder / "head.sqlite3", signer)
    create(log=place.log, head=place.head, origin=ORIGIN, signer=signer, files=files)
    return place


def numbered(start: int, stop: int) -> list[bytes]:
    """Return entries that differ in content and length."""
    return [b"%d " % index * (index % 3 + 1) for index in range(start, stop)]


def change_byte(path: Path, position: int = -1) -> None:
    raw = bytearray(path.read_bytes())
    raw[position] ^= 1
    path.write_bytes(raw)


def head_note(place: Place) -> bytes:
    connection = sqlite3.connect(place.head)
    try:
        return bytes(connection.execute("SELECT note FROM head").fetchone()[0])
    finally:
        connection.close()
