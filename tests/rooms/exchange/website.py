"""A town with public pages, of which tests can add, hide and change some, and the monitor that watches it."""

from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from random import Random

from tests.rooms.exchange.city import Clock, Roads
from tests.rooms.exchange.town import Town
from yangguang.exchange.commands import LogReport, Monitoring, MonitorReport, Target, monitor
from yangguang.exchange.types import Answer
from yangguang.ledger.commands import Ed25519Signer, cosign, generate_key, with_cosignatures
from yangguang.ledger.queries import cosigner_key, policy_for
from yangguang.ledger.types import Policy, Witness
from yangguang.records.errors import BadValueError


class Website(Town):
    """A town and its pages; what is listed and shown follows the log unless a test says otherwise."""

    def __init__(self, folder: Path, name: str) -> None:
        super().__init__(folder, name)
        self.hidden: set[str] = set()
        self.listed_too: set[str] = set()
        self._live: dict[str, tuple[bytes, int]] = {}
        self.witness: Ed25519Signer = generate_key(folder / "witness.key", name="city.example/witness")

    def live(self) -> dict[str, tuple[bytes, int]]:
        """Return what the public may read; what it was before, once an entry of the log cannot be read any more."""
        with suppress(BadValueError):
            self._live = super().live()
        return self._live

    @property
    def trust_file(self) -> str:
        return policy_for(self.lower.key, [Witness("city", cosigner_key(self.witness))], needed=1)

    def be_cosigned(self, now: int) -> None:
        """Have the witness cosign the newest checkpoint at `now`."""
        note = self.log.checkpoint_note()
        self.keep_cosigned(with_cosignatures(note, [cosign(note, self.witness, now=now)]))

    def answer(self, path: str) -> Answer:
        if path in self.hidden:
            return Answer(404, b"")
        if path in self.tampered or path.startswith(("log/checkpoint", "log/tile")):
            return super().answer(path)
        listed = self._listed(path)
        if listed is not None:
            return Answer(200, listed.encode())
        if path.count("/") == 1 and path.startswith("records/") and "." not in path:
            return Answer(200 if path.removeprefix("records/") in self._shown() else 410, b"<html>")
        return super().answer(path)

    def _shown(self) -> set[str]:
        return {known.split("/")[1] for known in self.live()} | self.listed_too

    def _listed(self, path: str) -> str | None:
        records = "".join(f"<loc>http://x/records/{one}</loc>" for one in sorted(self._shown()))
        return {
            "": '<a href="/search">',
            "log/policy": self.trust_file,
            "sitemap.xml": "<loc>http://x/sitemap-0.xml</loc><loc>http://x/sitemap-1.xml</loc>",
            "sitemap-0.xml": "<loc>http://x/</loc>",
            "sitemap-1.xml": records,
        }.get(path)


@dataclass
class Watch:
    """A monitor of one website, whose clock tests move."""

    site: Website
    state: Path
    clock: Clock = field(default_factory=Clock)
    paused: float = 0.0

    def visit(self, *, policy: Policy | None = None, origin: str = "") -> LogReport:
        return self.report(policy=policy, origin=origin).logs[0]

    def report(self, *, policy: Policy | None = None, origin: str = "") -> MonitorReport:
        how = Monitoring(
            state=self.state,
            transport=Roads({self.site.name: self.site}),
            clock=self.clock,
            pause=self._pause,
            chance=Random(7),
            policy=policy,
        )
        return monitor([Target(self.site.lower.url, origin)], how)

    def kinds(self) -> set[str]:
        return {found.kind.value for found in self.visit().found}

    def _pause(self, seconds: float) -> None:
        self.paused += seconds
