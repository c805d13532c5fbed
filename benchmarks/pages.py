"""How many record pages a second one web worker gives, over HTTP on this machine, beside the client that asks.

Hot: the same hundred records again and again, as on the day a document is in the news. Cold: each page once.
Aim: at least 500 a second and worker. Run: ``python -m benchmarks.pages [--records N]``.
"""

import argparse
import http.client
import json
import signal
import socket
import subprocess
import sys
import tempfile
import threading
import time
from pathlib import Path

from benchmarks import nodes, report

AIM = 500
CLIENTS = 4
HOT = 100
SECONDS = 6.0


def ask(port: int, paths: list[str], until: float, counted: list[float]) -> None:
    """Ask for `paths` in turn over one connection until `until`, noting how long each took."""
    connection = http.client.HTTPConnection("127.0.0.1", port)
    position = 0
    while time.perf_counter() < until and position < len(paths):
        start = time.perf_counter()
        connection.request("GET", paths[position])
        answer = connection.getresponse()
        answer.read()
        if answer.status != http.HTTPStatus.OK:
            sys.exit(f"{paths[position]} answered {answer.status}")
        counted.append(time.perf_counter() - start)
        position += 1
    connection.close()


def load(port: int, paths: list[str]) -> dict[str, report.Value]:
    """Ask with several clients at once; return rate and times."""
    counted: list[float] = []
    start = time.perf_counter()
    shares = [paths[client::CLIENTS] for client in range(CLIENTS)]
    clients = [threading.Thread(target=ask, args=(port, share, start + SECONDS, counted)) for share in shares]
    for client in clients:
        client.start()
    for client in clients:
        client.join()
    rate = len(counted) / (time.perf_counter() - start)
    times = report.timing(counted)
    return {
        "requests": len(counted),
        "requests_per_s": rate,
        "ratio_to_aim": rate / AIM,
        "median_ms": times.median_s * 1_000,
        "p99_ms": times.p99_s * 1_000,
    }


def main() -> None:
    """Measure and report."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--records", type=int, default=3_000)
    number: int = parser.parse_args().records
    with tempfile.TemporaryDirectory() as folder:
        home = Path(folder) / "node"
        environment = nodes.init(home)
        contents = list(nodes.contents(number))
        nodes.publish(home, iter(contents))
        nodes.command(environment, "rebuild")
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            port = int(probe.getsockname()[1])
        line = [sys.executable, "-m", "yangguang.site", "serve", "--port", str(port), "--workers", "1"]
        server = subprocess.Popen(line, env=environment)
        try:
            _wait(port)
            pages = [f"/records/{content.id}" for content in contents]
            cold = load(port, pages)
            hot = load(port, pages[:HOT] * 1_000)
            texts = load(port, [f"{page}.txt" for page in pages[:HOT]] * 1_000)
        finally:
            server.send_signal(signal.SIGINT)
            server.wait()
        size = json.loads(nodes.command(environment, "status", "--json"))["records"]
    report.write("pages", {"records": size, "clients": CLIENTS, "cold": cold, "hot": hot, "text_downloads": texts})


def _wait(port: int) -> None:
    while True:
        try:
            socket.create_connection(("127.0.0.1", port), timeout=1).close()
        except OSError:
            time.sleep(0.1)
        else:
            return


if __name__ == "__main__":
    main()
