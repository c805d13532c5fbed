"""HTTP to other nodes with nothing but the standard library: no redirects, no cookies, bounded answers.

Nothing that comes this way is believed: notes are signed, bundles hash to the root, contents open their commitments.
"""

import http.client
import threading
from urllib.parse import SplitResult, urlsplit

from yangguang.exchange.errors import UnreachableError
from yangguang.exchange.types import Answer

SECONDS = 20.0
"""How long a silent peer is waited for."""

MAX_ANSWER_BYTES = 1 << 16
"""Longest answer read to something posted."""

_AGENT = "yangguang-exchange"


class Web:
    """A way to other nodes that keeps its connections; safe to share between threads, each with its own."""

    def __init__(self, seconds: float = SECONDS) -> None:
        """Take how long a silent peer is waited for."""
        self._seconds = seconds
        self._own = threading.local()

    def get(self, address: str, *, limit: int) -> Answer:
        """Return what lies at `address`; see `Transport`."""
        try:
            return self._ask("GET", address, None, limit)
        except (OSError, http.client.HTTPException) as error:
            raise UnreachableError(f"{address} gave no answer: {error!r}") from error

    def post(self, address: str, body: bytes) -> tuple[int, bytes]:
        """Return the answer to `body`; see `Transport`."""
        try:
            answer = self._ask("POST", address, body, MAX_ANSWER_BYTES)
        except (http.client.HTTPException, UnreachableError) as error:
            raise OSError(f"{address} gave no whole answer: {error!r}") from error
        return answer.status, answer.body

    def close(self) -> None:
        """Close the connections of this thread; those of other threads end with them."""
        for connection in self._own.__dict__.pop("kept", {}).values():
            connection.close()

    def _ask(self, method: str, address: str, body: bytes | None, limit: int) -> Answer:
        parts = urlsplit(address)
        path = parts.path or "/"
        connection = self._connection(parts)
        reused = connection.sock is not None
        try:
            return _exchange(connection, method, path, body, limit)
        except (ConnectionError, http.client.BadStatusLine):
            connection.close()
            # A peer may close a connection it kept; a fresh one that fails is its answer.
            if not reused:
                raise
        except BaseException:
            connection.close()
            raise
        try:
            return _exchange(connection, method, path, body, limit)
        except BaseException:
            connection.close()
            raise

    def _connection(self, parts: SplitResult) -> http.client.HTTPConnection:
        kept: dict[tuple[str, str], http.client.HTTPConnection]
        kept = self._own.__dict__.setdefault("kept", {})
        key = parts.scheme, parts.netloc
        if key not in kept:
            if parts.scheme not in {"http", "https"} or not parts.hostname:
                raise OSError(f"{parts.geturl()[:80]!r} is not an http address")
            kind = http.client.HTTPSConnection if parts.scheme == "https" else http.client.HTTPConnection
            kept[key] = kind(parts.hostname, parts.port, timeout=self._seconds)
        return kept[key]


def _exchange(connection: http.client.HTTPConnection, method: str, path: str, body: bytes | None, limit: int) -> Answer:
    connection.request(method, path, body, {"User-Agent": _AGENT, "Accept-Encoding": "identity"})
    with connection.getresponse() as response:
        raw = response.read(limit + 1)
        if len(raw) > limit:
            connection.close()
            raise UnreachableError(f"{path} gives more than {limit} bytes: not read")
        return Answer(response.status, raw)
