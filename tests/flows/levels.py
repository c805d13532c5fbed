"""Nodes on this machine that know each other: a county, the city above it, the province above that."""

import socket
import subprocess
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from tests.flows.machine import START_SECONDS, Machine, free_port
from yangguang.ledger.commands import load_signer
from yangguang.ledger.queries import format_verifier_key, verifier_key

NOTICE = """---
title: 关于做好{n}年春季防汛工作的通知
---

各乡镇人民政府：

现将{n}年防汛工作有关事项通知如下，请认真贯彻执行。
"""


class Level(Machine):
    """A node with an origin, addresses of its own, and tables of other nodes."""

    def __init__(self, folder: Path, name: str) -> None:
        super().__init__(folder / name)
        self.name = name
        self.origin = f"{name}.example/xxgk"
        self.port, self.witness_port = free_port(), free_port()
        self.run("init", "--origin", self.origin, "--name", name, "--agency", name)

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    @property
    def witness_url(self) -> str:
        return f"http://127.0.0.1:{self.witness_port}"

    @property
    def key(self) -> str:
        """The log's verifier key."""
        return format_verifier_key(verifier_key(load_signer(self.home / "keys" / "log.key")))

    def alarms(self) -> list[str]:
        """Return the names of the alarms raised."""
        folder = self.home / "alarms"
        return sorted(path.name for path in folder.iterdir()) if folder.is_dir() else []

    def add_table(self, kind: str, name: str, url: str, key: str) -> None:
        """Name another node in node.toml."""
        with (self.home / "node.toml").open("a", encoding="utf-8") as file:
            file.write(f'\n[[{kind}]]\nname = "{name}"\nurl = "{url}"\nkey = "{key}"\n')

    def publish(self, *numbers: int) -> None:
        """Import a notice for each of `numbers`."""
        folder = self.home.parent / f"{self.name}-in-{numbers[0]}"
        folder.mkdir()
        for number in numbers:
            (folder / f"{number}.md").write_text(NOTICE.format(n=number), "utf-8")
        self.run("import", folder)

    @contextmanager
    def witnessing(self) -> Iterator[None]:
        """Serve the witness."""
        command = self.command("witness", "serve", "--port", str(self.witness_port))
        process = subprocess.Popen(command, env=self.environment)
        try:
            _wait_for_port(self.witness_port, process)
            yield
        finally:
            process.terminate()
            assert process.wait(30) == 0


def until(true: Callable[[], bool], what: str) -> None:
    """Wait until `true`, or fail naming `what` did not happen."""
    deadline = time.monotonic() + START_SECONDS
    while not true():
        assert time.monotonic() < deadline, f"{what} did not happen in {START_SECONDS} s"
        time.sleep(0.2)


def _wait_for_port(port: int, process: subprocess.Popen[bytes]) -> None:
    def listens() -> bool:
        assert process.poll() is None, "the witness ended before it answered"
        with socket.socket() as probe:
            return probe.connect_ex(("127.0.0.1", port)) == 0

    until(listens, "listening")


def connect(lower: Level, upper: Level) -> None:
    """Make `upper` a witness and mirror of `lower`, and tell both."""
    made = upper.attempt("witness", "init")
    keys = made.stdout.decode() if made.returncode == 0 else upper.run("witness", "keys")
    witness, mirror = keys.split()
    upper.add_table("lower", lower.name, lower.url, lower.key)
    lower.add_table("witness", upper.name, upper.witness_url, witness)
    lower.add_table("witness", f"{upper.name}-mirror", f"{upper.witness_url}/content-mirror", mirror)
    upper.run("witness", "trust", lower.key)
    (lower.home / "policy").write_text(
        f"log {lower.key}\nwitness {upper.name} {witness}\nwitness {upper.name}-mirror {mirror}\nquorum {upper.name}\n",
        "utf-8",
    )
