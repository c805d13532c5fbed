"""The stage of the drills: a county, its city, its province, an outsider who monitors, and impostors in between.

The three nodes are made once a session and copied for each drill, since a drill leaves nothing as it was.
"""

import json
import shutil
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from hashlib import sha256
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any, TypeAlias

from tests.flows.levels import Level, connect, until
from tests.flows.machine import Machine, free_port, get
from yangguang.ledger.queries import cosignatures, open_log, parse_policy

Answer: TypeAlias = tuple[int, bytes]
NAMES = ("county", "city", "province")


class Copied(Level):
    """A node copied from one that was made before, on ports of its own."""

    def __init__(self, folder: Path, made: Level) -> None:
        Machine.__init__(self, folder / made.name)
        self.name, self.origin = made.name, made.origin
        self.port, self.witness_port = free_port(), free_port()
        shutil.copytree(made.home, self.home)

    def cosigners(self) -> set[str]:
        """Return who of the policy cosigned the published checkpoint."""
        policy = parse_policy((self.home / "policy").read_text("utf-8"))
        return {one.name for one in cosignatures(open_log(self.home / "log").checkpoint_note(), policy)}

    def size(self) -> int:
        return open_log(self.home / "log").checkpoint().size

    def rename(self, ports: dict[int, int]) -> None:
        """Tell the node the ports that the others have now."""
        settings = self.home / "node.toml"
        text = settings.read_text("utf-8")
        for old, new in ports.items():
            text = text.replace(f":{old}", f":{new}")
        settings.write_text(text, "utf-8")

    def forget_witnesses(self) -> None:
        """Take every other node out of node.toml, as somebody does who has something to hide."""
        settings = self.home / "node.toml"
        settings.write_text(settings.read_text("utf-8").partition("\n[[")[0] + "\n", "utf-8")

    def twin(self, folder: Path) -> "Copied":
        """Return the same node, key included, on another disk and at the same address."""
        twin = Copied(folder, self)
        twin.port, twin.witness_port = self.port, self.witness_port
        twin.forget_witnesses()
        return twin

    def pull(self, code: int = 0) -> str:
        """Mirror every lower node once."""
        return self.run("mirror", "run", "--once", "--receipt-seconds", "0", code=code)

    def alarm(self, kind: str) -> dict[str, bytes]:
        """Return the evidence of the one alarm of this kind."""
        return evidence(self.home / "alarms", kind)


class Outsider(Machine):
    """Somebody with a monitor and no node."""

    def visit(self, url: str, *options: str, code: int = 0) -> set[str]:
        """Monitor the node at `url`; return the kinds of what is wrong."""
        said: Any = self.json("monitor", url, "--state", self.home, *options, code=code)
        return {found["kind"] for log in said["logs"] for found in log["found"]}

    def alarm(self, kind: str) -> dict[str, bytes]:
        """Return the evidence of the one concern of this kind."""
        return evidence(self.home / "evidence", kind)


@dataclass
class Stage:
    """Everybody of a drill, and a folder for what it needs."""

    county: Copied
    city: Copied
    province: Copied
    outsider: Outsider
    folder: Path


def build(folder: Path) -> tuple[Level, ...]:
    """Make the three levels: two notices of the county are public, cosigned and mirrored by the city."""
    county, city, province = (Level(folder, name) for name in NAMES)
    connect(county, city)
    connect(city, province)
    county.publish(2023, 2024)
    with city.witnessing(), county.serving(county.port):
        city.run("mirror", "run", "--once", "--receipt-seconds", "0")
        until(lambda: b"content-mirror" in (county.home / "log" / "checkpoint").read_bytes(), "both cosignatures")
    return county, city, province


def copy(made: tuple[Level, ...], folder: Path) -> Stage:
    """Return the stage of one drill."""
    county, city, province = copies = [Copied(folder, level) for level in made]
    ports = {level.port: copied.port for level, copied in zip(made, copies, strict=True)}
    ports |= {level.witness_port: copied.witness_port for level, copied in zip(made, copies, strict=True)}
    for copied in copies:
        copied.rename(ports)
    return Stage(county, city, province, Outsider(folder / "outsider"), folder)


def evidence(folder: Path, kind: str) -> dict[str, bytes]:
    """Return the evidence in the one alarm of `kind` in `folder`, having held its report against its files."""
    (alarm,) = folder.glob(f"*-{kind}")
    report = json.loads((alarm / "report.json").read_text("utf-8"))
    assert report["kind"] == kind
    files = {name: (alarm / name).read_bytes() for name in report["evidence"]}
    assert {name: sha256(data).hexdigest() for name, data in files.items()} == report["evidence"]
    return files


@contextmanager
def impostor(answer: Callable[[str], Answer], port: int = 0) -> Iterator[str]:
    """Serve `answer`, which gets a path without its first slash; yield the address."""

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            status, body = answer(self.path.removeprefix("/"))
            self.send_response(status)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            try:
                self.wfile.write(body)
            except OSError:
                self.close_connection = True  # nobody has to listen to the end of what is too long

        def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - the base class's name
            pass

    with ThreadingHTTPServer(("127.0.0.1", port), Handler) as server:
        thread = threading.Thread(target=server.serve_forever, daemon=True)
        thread.start()
        try:
            yield f"http://127.0.0.1:{server.server_port}"
        finally:
            server.shutdown()
            thread.join()


def files_of(node: Copied) -> Callable[[str], Answer]:
    """Return what gives out the log's files and the policy of `node`, and nothing else."""

    def answer(path: str) -> Answer:
        file = node.home / ("policy" if path == "log/policy" else path)
        inside = path.startswith("log/") and ".." not in path
        return (200, file.read_bytes()) if inside and file.is_file() else (404, b"")

    return answer


def between(url: str, change: Callable[[str, bytes], bytes]) -> Callable[[str], Answer]:
    """Return what passes on what the node at `url` says, changed."""

    def answer(path: str) -> Answer:
        status, body, _ = get(f"{url}/{path}")
        return status, change(path, body)

    return answer
