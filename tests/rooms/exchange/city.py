"""An upper level, and the way from it to its towns. Needs no Django, so that a process of its own can be one."""

from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Protocol

from yangguang.exchange.commands import Cosigner, Level
from yangguang.exchange.errors import UnreachableError
from yangguang.exchange.types import Answer, Lower
from yangguang.ledger.commands import Witness, generate_key, load_signer
from yangguang.ledger.queries import cosigner_key
from yangguang.ledger.types import Policy
from yangguang.ledger.types import Witness as Trusted
from yangguang.records.types import Receipt

START = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)


class Clock:
    """A clock that tests move."""

    def __init__(self) -> None:
        self.moment = START

    def __call__(self) -> datetime:
        return self.moment

    def pass_by(self, seconds: float) -> None:
        self.moment += timedelta(seconds=seconds)


class Answering(Protocol):
    """A town as its city knows it."""

    lower: Lower

    def answer(self, path: str) -> Answer:
        """Answer a GET."""


@dataclass
class Roads:
    """The way to towns."""

    towns: dict[str, Answering] = field(default_factory=dict)
    closed: bool = False

    def get(self, address: str, *, limit: int) -> Answer:
        host, _, path = address.removeprefix("http://").partition("/")
        if self.closed:
            raise UnreachableError(f"{address} gave no answer")
        answer = self.towns[host.removesuffix(".example")].answer(path)
        assert len(answer.body) <= limit
        return answer

    def post(self, address: str, body: bytes) -> tuple[int, bytes]:
        raise OSError(f"{address}: nobody takes {len(body)} bytes here")


class City:
    """An upper level: its mirrors, witnesses, alarms and the receipts it queued."""

    def __init__(self, folder: Path, **towns: Answering) -> None:
        self.home = folder
        self.clock = Clock()
        self.roads = Roads(dict(towns))
        self.receipts: list[tuple[Receipt, int]] = []
        self._open: list[Witness] = []
        self.level = Level(
            mirrors=folder / "mirrors",
            alarms=folder / "alarms",
            witness=self._cosigner("witness"),
            content_mirror=self._cosigner("content-mirror"),
            transport=self.roads,
            clock=self.clock,
            receipt=lambda receipt, now: self.receipts.append((receipt, now)),
        )

    def alarms(self) -> list[Path]:
        """Return the folders of the alarms raised so far."""
        folder = self.home / "alarms"
        return sorted(folder.iterdir()) if folder.is_dir() else []

    def policy(self, town: Answering) -> Policy:
        """Return whom a citizen of `town` believes: the town, with both keys of this city as witnesses."""
        witness, mirror = (cosigner.key for cosigner in (self.level.witness, self.level.content_mirror))
        return Policy((town.lower.key,), (Trusted("city", witness), Trusted("mirror", mirror)), (), "city")

    def close(self) -> None:
        """Let go of the witnesses' memories."""
        for witness in self._open:
            witness.close()

    def _cosigner(self, name: str) -> Cosigner:
        folder = self.home / name
        folder.mkdir(parents=True, exist_ok=True)
        key = folder / "key"
        signer = load_signer(key) if key.exists() else generate_key(key, name=f"city.example/xxgk/{name}")
        witness = Witness(folder, signer, clock=self.clock)
        self._open.append(witness)
        return Cosigner(witness, cosigner_key(signer))
