"""Fills a node of its own with a small county and serves it, in a process of its own.

    YANGGUANG_HOME=FOLDER python -m tests.browser.county     # says where on its first line, stops when its input ends

A process apart, because the browser's driver and Django's database each want the thread they run in for themselves; and
a folder apart, so that no test can ever touch a node that somebody uses.
"""

import json
import sys
from pathlib import Path
from threading import Thread
from typing import TYPE_CHECKING

import django
from django.conf import settings
from django.core.handlers.wsgi import WSGIHandler
from django.core.management import call_command
from django.core.servers.basehttp import ThreadedWSGIServer, WSGIRequestHandler
from django.test import Client

from yangguang.site.node import HOME_VARIABLE, home_folder

if TYPE_CHECKING:
    from collections.abc import Iterable
    from wsgiref.types import StartResponse, WSGIEnvironment

    from tests.rooms.portal.site import County


class _Quiet(WSGIRequestHandler):
    def log_message(self, *_arguments: object) -> None:
        """Say nothing: the test's own output is enough."""


class _StaticFiles:
    """Serves the style sheet as the node's web server does."""

    def __init__(self, application: WSGIHandler) -> None:
        self._application = application

    def __call__(self, environ: "WSGIEnvironment", start_response: "StartResponse") -> "Iterable[bytes]":
        path = environ["PATH_INFO"]
        if not path.startswith("/static/"):
            return self._application(environ, start_response)
        raw = (Path(str(settings.STATIC_ROOT)) / path.removeprefix("/static/")).read_bytes()
        kind = {"css": "text/css", "js": "text/javascript", "svg": "image/svg+xml"}[path.rpartition(".")[2]]
        start_response("200 OK", [("Content-Type", kind), ("Content-Length", str(len(raw)))])
        return [raw]


def main(home: Path) -> None:
    """Fill the empty folder `home`, serve it, and stop when the input ends."""
    if any(home.iterdir()):
        raise SystemExit(f"{home} is not empty: {HOME_VARIABLE} must name a fresh folder")
    (home / "node.toml").write_text(
        'origin = "example.org/xxgk"\nname = "云溪县政府信息公开平台"\nsite_code = "3700000001"\n', "utf-8"
    )
    django.setup()
    call_command("migrate", verbosity=0)
    server = ThreadedWSGIServer(("127.0.0.1", 0), _Quiet)
    base = f"http://127.0.0.1:{server.server_port}"
    paths = _fill(_county(home), _Reader(base, home / "kept"))
    server.set_app(_StaticFiles(WSGIHandler()))
    Thread(target=server.serve_forever, daemon=True).start()
    addresses = {name: f"{base}/records/{path}" for name, path in paths.items()} | {"base": base}
    addresses["kept"] = str(home / "kept")
    sys.stdout.write(json.dumps(addresses) + "\n")
    sys.stdout.flush()
    sys.stdin.read()
    server.shutdown()


def _county(home: Path) -> "County":
    # Its models exist only once Django is set up for this very folder.
    from tests.rooms.portal.site import County  # noqa: PLC0415

    return County(home)


class _Reader:
    """Somebody who keeps what they download, to have it when the site says otherwise."""

    def __init__(self, base: str, folder: Path) -> None:
        self._client = Client(headers={"host": base.partition("://")[2]})
        self._folder = folder
        folder.mkdir()

    def keep(self, name: str, record: str) -> None:
        """Keep a record's text, its proof, and its package."""
        for suffix in (".txt", ".txt.tlog-proof", ".zip"):
            (self._folder / f"{name}{suffix}").write_bytes(self._get(f"/records/{record}{suffix}"))

    def keep_policy(self) -> None:
        """Keep the trust file."""
        (self._folder / "policy").write_bytes(self._get("/log/policy"))

    def _get(self, address: str) -> bytes:
        response = self._client.get(address)
        if response.status_code != 200:
            raise SystemExit(f"{address} answered {response.status_code}")
        return response.content


def _fill(county: "County", reader: _Reader) -> dict[str, str]:
    county.watch()
    county.cosign(1_760_000_100)
    document = county.document()
    plans = county.many(25)
    news = county.news()
    withdrawn = county.closed()
    taken_back = county.archive.publish()
    county.settle()
    county.cosign(1_760_200_000)
    reader.keep_policy()
    reader.keep("genuine", document)
    reader.keep("superseded", plans[0])
    reader.keep("withdrawn", taken_back)
    county.archive.withdraw(taken_back)
    county.corrected(plans[0])
    county.settle()
    county.archive.shut()
    return {
        "document": document,
        "long_title": plans[-1],
        "revised": f"{plans[0]}/r1",
        "withdrawn": withdrawn,
        "news": news,
    }


if __name__ == "__main__":
    main(home_folder())
