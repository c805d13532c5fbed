"""The HTTP face of a witness and of mirrors: C2SP tlog-witness, and the mirrored logs as static files.

- ``POST /add-checkpoint`` asks the witness.
- ``GET /<hash>/checkpoint`` gives what the witness cosigned last; ``<hash>`` is the SHA-256 of the log's origin.
- ``GET /content-mirror/<hash>/checkpoint`` gives what the content mirror cosigned last, ``…/tile/…`` its copy.

Standard library only; a front server adds TLS.
"""

import re
import sys
import threading
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from socket import socket
from typing import Any

from yangguang.ledger.commands import Witness
from yangguang.ledger.errors import MalformedTileError
from yangguang.ledger.queries import ADD_CHECKPOINT, MAX_REQUEST_BYTES, parse_path
from yangguang.ledger.types import WitnessAnswer

TOGETHER = 64
"""Requests answered side by side; further ones wait to be accepted."""

SECONDS = 20
"""How long a client may take to say the next thing."""

_TEXT = "text/plain; charset=utf-8"
_CHECKPOINT = re.compile(r"/(?P<mirror>content-mirror/)?(?P<hash>[0-9a-f]{64})/checkpoint")
_TILE = re.compile(r"/content-mirror/(?P<hash>[0-9a-f]{64})/(?P<path>tile/[0-9a-z/.]{1,80})")
_CONFLICT = 409


@dataclass(frozen=True, slots=True, kw_only=True)
class Face:
    """What is answered from.

    Attributes:
        witness: Takes requests to cosign.
        content_mirror: Tells what was mirrored completely; None for a witness that mirrors nothing.
        logs: SHA-256 of the origin, in hex, to the public folder of our copy.
        contradicted: Told after a request that was answered with 409: the log may have contradicted itself.
    """

    witness: Witness
    content_mirror: Witness | None
    logs: Mapping[str, Path]
    contradicted: Callable[[], None]

    def get(self, path: str) -> WitnessAnswer:
        """Answer a GET."""
        if match := _CHECKPOINT.fullmatch(path):
            witness = self.content_mirror if match["mirror"] else self.witness
            note = witness.checkpoint(match["hash"]) if witness is not None else None
            return _missing() if note is None else WitnessAnswer(200, _TEXT, note)
        if (match := _TILE.fullmatch(path)) and match["hash"] in self.logs:
            return _tile(self.logs[match["hash"]], match["path"])
        return _missing()

    def post(self, path: str, body: bytes) -> WitnessAnswer:
        """Answer a POST."""
        if path != f"/{ADD_CHECKPOINT}":
            return _missing()
        answer = self.witness.add_checkpoint(body)
        if answer.status == _CONFLICT:
            self.contradicted()
        return answer


class Server(ThreadingHTTPServer):
    """Serves a `Face` until `shutdown`."""

    daemon_threads = True
    allow_reuse_address = True
    request_queue_size = 128

    def __init__(self, host: str, port: int, face: Face) -> None:
        """Listen on `host` and `port`, 0 for any free one."""
        self.face = face
        self._room = threading.BoundedSemaphore(TOGETHER)
        super().__init__((host, port), _Handler)

    def process_request(self, request: Any, client_address: Any) -> None:  # noqa: ANN401 - as the base class has it
        """Answer in a thread of its own, once there is room for one."""
        self._room.acquire()
        super().process_request(request, client_address)

    def process_request_thread(self, request: Any, client_address: Any) -> None:  # noqa: ANN401 - as the base class has it
        """Answer, then make room."""
        try:
            super().process_request_thread(request, client_address)
        finally:
            self._room.release()

    def handle_error(self, request: socket | tuple[bytes, socket], client_address: Any) -> None:  # noqa: ANN401
        """Say nothing of clients that went away; show everything else as the base class does."""
        if not isinstance(sys.exception(), ConnectionError | TimeoutError):
            super().handle_error(request, client_address)


class _Handler(BaseHTTPRequestHandler):
    server: Server
    server_version = "yangguang"
    sys_version = ""
    protocol_version = "HTTP/1.1"
    timeout = SECONDS

    def do_GET(self) -> None:
        self._answer(self.server.face.get(self.path))

    def do_POST(self) -> None:
        said = self.headers.get("Content-Length", "")
        length = int(said) if said.isascii() and said.isdigit() and len(said) < 10 else -1
        if not 0 <= length <= MAX_REQUEST_BYTES:
            self.close_connection = True
            self._answer(WitnessAnswer(413, _TEXT, b"Content-Length of at most %d expected\n" % MAX_REQUEST_BYTES))
            return
        self._answer(self.server.face.post(self.path, self.rfile.read(length)))

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - the base class's name
        """Log nothing: a front server does."""

    def _answer(self, answer: WitnessAnswer) -> None:
        self.send_response(answer.status)
        self.send_header("Content-Type", answer.content_type)
        self.send_header("Content-Length", str(len(answer.body)))
        self.send_header("Cache-Control", "no-store")
        self.send_header("Access-Control-Allow-Origin", "*")
        self.end_headers()
        self.wfile.write(answer.body)


def _tile(log: Path, path: str) -> WitnessAnswer:
    try:
        parse_path(path)
        return WitnessAnswer(200, "application/octet-stream", (log / path).read_bytes())
    except (MalformedTileError, OSError):
        return _missing()


def _missing() -> WitnessAnswer:
    return WitnessAnswer(404, _TEXT, b"nothing here\n")
