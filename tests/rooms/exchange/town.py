"""Lower nodes without a web server: what a pull would get over HTTP, from the same files."""

import shutil
from pathlib import Path

from tests.rooms.catalogue.archive import Archive
from yangguang.exchange.types import Answer, Lower
from yangguang.kernel.identifiers import RecordId
from yangguang.ledger.commands import Writer, load_signer, open_writer
from yangguang.ledger.queries import verifier_key
from yangguang.records.queries import decode_event, encode_event, proof_extra
from yangguang.records.types import Event, EventType, Receipt


class Town(Archive):
    """A lower node: its log and contents, and what it answers."""

    def __init__(self, folder: Path, name: str) -> None:
        folder.mkdir(parents=True)
        super().__init__(folder, origin=f"{name}.example/xxgk")
        self.name = name
        self.lower = Lower(name, f"http://{name}.example", verifier_key(load_signer(folder / "log.key")))
        self.asked: list[str] = []
        self.tampered: dict[str, bytes] = {}
        """By path, answers in the place of the true ones."""

    @property
    def writer(self) -> Writer:
        """The log's writer."""
        return self._writer

    def answer(self, path: str) -> Answer:
        """Answer a GET."""
        self.asked.append(path)
        if path in self.tampered:
            return Answer(200, self.tampered[path])
        if path.startswith("log/"):
            file = self.home / path
            return Answer(200, file.read_bytes()) if file.is_file() else Answer(404, b"")
        return self._component(path)

    def say(self, *receipts: Receipt) -> None:
        """Log receipts for somebody else's log."""
        self._writer.append(
            [encode_event(Event(type=EventType.RECEIPT, claimed_at=self._tick(), receipt=one)) for one in receipts]
        )

    def live(self) -> dict[str, tuple[bytes, int]]:
        """Return what the public may read: path to commitment and log index."""
        found: dict[str, tuple[RecordId, bytes, int, str]] = {}
        closed: set[RecordId] = set()
        for entry in self.log.entries(0):
            event = decode_event(entry.data)
            if event.id is None:
                continue
            for label, commitment in event.commitments.items():
                separator = "/" if label in {"meta", "body"} or label.startswith("att.") else "."
                path = f"records/{event.id}/r{event.revision}{separator}{label}"
                found[path] = (event.id, commitment, entry.index, label)
            if event.type in {EventType.WITHDRAW, EventType.ERASE}:
                closed.add(event.id)
            elif event.type is EventType.RESTORE:
                closed.discard(event.id)
        return {path: (one[1], one[2]) for path, one in found.items() if one[0] not in closed}

    def _component(self, path: str) -> Answer:
        bare = path.removesuffix(".tlog-proof")
        if bare not in (live := self.live()):
            return Answer(410, b"")
        commitment, index = live[bare]
        opening = self.blobs.opening(commitment)
        if bare == path:
            return Answer(200, self.blobs.content(commitment))
        extra = proof_extra(self.log.entry(index).data, opening.label, opening.salt)
        return Answer(200, self.log.prove(index, extra=extra))


class Twin(Town):
    """The same town with the same key on another disk: what a restored backup, or a forger with the key, can do."""

    def __init__(self, town: Town, folder: Path) -> None:
        shutil.copytree(town.home, folder)
        self.__dict__.update(town.__dict__)
        self.home = folder
        self.asked, self.tampered = [], {}
        self._revisions, self._newest = dict(town._revisions), dict(town._newest)
        signer = load_signer(folder / "log.key")
        self._writer = open_writer(log=folder / "log", head=folder / "head.sqlite3", signer=signer)
