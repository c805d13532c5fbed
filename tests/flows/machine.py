"""A node on this machine, driven through its command line as a person would."""

import json
import os
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[2]
CORPUS = ROOT.parent / "shared" / "corpus"
START_SECONDS = 60


class Machine:
    """The command line ``yangguang`` with a home of its own."""

    def __init__(self, home: Path) -> None:
        self.home = home
        self.environment = {**os.environ, "YANGGUANG_HOME": str(home), "PYTHONPATH": str(ROOT / "src")}

    def command(self, *arguments: str | Path) -> list[str]:
        """Return the command line for `arguments`."""
        return [sys.executable, "-m", "yangguang.site", *map(str, arguments)]

    def run(self, *arguments: str | Path, code: int = 0) -> str:
        """Run a command, check its exit code, return what it printed."""
        done = self.attempt(*arguments)
        assert done.returncode == code, done.stdout.decode() + done.stderr.decode()
        return done.stdout.decode()

    def attempt(self, *arguments: str | Path) -> subprocess.CompletedProcess[bytes]:
        """Run a command and return all of it."""
        return subprocess.run(
            self.command(*arguments), env=self.environment, cwd=self.home.parent, capture_output=True, check=False
        )

    def json(self, *arguments: str | Path, code: int = 0) -> Any:  # noqa: ANN401 - whatever JSON holds
        """Run a command that prints JSON, and return what it said."""
        return json.loads(self.run(*arguments, "--json", code=code))

    @contextmanager
    def serving(self, port: int = 0) -> Iterator[str]:
        """Serve the node on `port`, 0 for a free one; yield its address; stop it as Ctrl-C would, cleanly."""
        port = port or free_port()
        process = subprocess.Popen(
            self.command("serve", "--port", str(port)), env=self.environment, start_new_session=True
        )
        address = f"http://127.0.0.1:{port}"
        try:
            wait_for(address, process)
            yield address
            process.send_signal(signal.SIGINT)
            assert process.wait(START_SECONDS) == 0
        finally:
            if process.poll() is None:
                os.killpg(process.pid, signal.SIGKILL)
                process.wait()
        assert no_process_left(process.pid)


def free_port() -> int:
    """Return a TCP port nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def wait_for(address: str, process: subprocess.Popen[bytes]) -> None:
    """Return once `address` answers."""
    deadline = time.monotonic() + START_SECONDS
    while time.monotonic() < deadline:
        assert process.poll() is None, "the server ended before it answered"
        try:
            with urllib.request.urlopen(f"{address}/log/checkpoint", timeout=2):  # noqa: S310 - our own server
                return
        except OSError:
            time.sleep(0.1)
    raise AssertionError(f"{address} did not answer in {START_SECONDS} s")


def get(address: str) -> tuple[int, bytes, dict[str, str]]:
    """Return status, body and headers (names in lower case) of a GET."""
    try:
        with urllib.request.urlopen(address, timeout=20) as answer:  # noqa: S310 - our own server
            return answer.status, answer.read(), {name.lower(): value for name, value in answer.headers.items()}
    except urllib.error.HTTPError as error:
        with error:
            return error.code, error.read(), {name.lower(): value for name, value in error.headers.items()}


def no_process_left(group: int) -> bool:
    """Tell whether the process group is empty, waiting a moment for it."""
    deadline = time.monotonic() + 10
    while time.monotonic() < deadline:
        try:
            os.killpg(group, 0)
        except ProcessLookupError:
            return True
        time.sleep(0.1)
    return False
