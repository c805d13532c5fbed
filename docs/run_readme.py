"""Runs the commands of Markdown files, so that a newcomer's first minutes never break unseen.

The ```console blocks of a file are one session in one bash that starts in the project's folder with a fresh node home.
Lines that start with ``$ ``, continued by ``> ``, run in order and must succeed; a command that is meant to fail says
so (``|| echo …``). The lines between are what a command prints, errors included, with ``…`` for what varies. ``make
demo`` is served until its page answers; ``make test`` is not run again here, since ``make check`` runs every test.
"""

import argparse
import contextlib
import os
import re
import signal
import subprocess
import sys
import tempfile
import time
import urllib.request
from pathlib import Path
from typing import IO

ROOT = Path(__file__).resolve().parent.parent
DEMO_ADDRESS = "http://127.0.0.1:8000/"
DEMO_SECONDS = 300
END_SECONDS = 60


def session(text: str) -> list[tuple[str, str]]:
    """Return the commands of every console block, each with the output expected of it."""
    steps: list[tuple[str, str]] = []
    for block in re.findall(r"^```console\n(.*?)^```", text, re.MULTILINE | re.DOTALL):
        for number, line in enumerate(block.splitlines(keepends=True)):
            if line.startswith("$ "):
                steps.append((line[2:].rstrip("\n"), ""))
            elif number and line.startswith((">\n", "> ")) and not steps[-1][1]:
                steps[-1] = (f"{steps[-1][0]}\n{line[2:].rstrip()}", "")
            elif number:
                steps[-1] = (steps[-1][0], steps[-1][1] + line)
    return steps


def demo() -> None:
    """Run ``make demo`` until its page answers, then end it.

    Raises:
        SystemExit: it ended early or never answered.
    """
    process = subprocess.Popen(["make", "demo"], cwd=ROOT, start_new_session=True)  # noqa: S607
    try:
        deadline = time.monotonic() + DEMO_SECONDS
        while True:
            if process.poll() is not None:
                sys.exit("make demo ended before it served its page")
            if time.monotonic() > deadline:
                sys.exit(f"make demo did not serve {DEMO_ADDRESS} in {DEMO_SECONDS} s")
            try:
                with urllib.request.urlopen(DEMO_ADDRESS, timeout=5):
                    return
            except OSError:
                time.sleep(0.5)
    finally:
        _end(process)


def _end(process: subprocess.Popen[bytes]) -> None:
    """End what ``make demo`` started, as Ctrl-C would.

    Raises:
        SystemExit: it goes on.
    """
    os.killpg(process.pid, signal.SIGINT)
    try:
        process.wait(END_SECONDS)
    except subprocess.TimeoutExpired:
        os.killpg(process.pid, signal.SIGKILL)
        sys.exit(f"make demo went on for {END_SECONDS} s after Ctrl-C")


class Shell:
    """One bash for a whole session, as its reader would have it open: variables, folder and jobs last.

    Args:
        home: A fresh folder; ``mktemp`` makes its own in there, and a node that was not named lies there.
    """

    def __init__(self, home: Path) -> None:
        environment = {
            **os.environ,
            "YANGGUANG_HOME": str(home / "node"),
            "PATH": f"{ROOT / '.venv' / 'bin'}{os.pathsep}{os.environ['PATH']}",
            "SCRATCH": str(home),
            "TMPDIR": str(home),
        }
        self._bash = subprocess.Popen(
            ["bash"],  # noqa: S607 - the reader's own
            cwd=ROOT,
            env=environment,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )

    def run(self, command: str) -> tuple[int, str]:
        """Run one command; return its exit status and what it printed, errors included.

        Raises:
            SystemExit: the command ended the session.
        """
        if self._bash.stdin is None or self._bash.stdout is None:
            raise TypeError("the shell was started without pipes")
        self._bash.stdin.write(f"{{ {command}\n}} </dev/null\nprintf '\\0%d\\0' $?\n".encode())
        self._bash.stdin.flush()
        printed, status = (_until_nul(self._bash.stdout, command) for _ in range(2))
        return int(status), printed

    def close(self) -> None:
        """End the shell and all it left running."""
        if self._bash.stdin is not None:
            self._bash.stdin.close()
        if self._bash.stdout is not None:
            self._bash.stdout.close()
        with contextlib.suppress(ProcessLookupError):
            os.killpg(self._bash.pid, signal.SIGTERM)
        self._bash.wait(END_SECONDS)


def _until_nul(stream: IO[bytes], command: str) -> str:
    found = bytearray()
    while (byte := stream.read(1)) != b"\0":
        if not byte:
            sys.exit(f"{command!r} ended the session after printing\n{found.decode('utf-8', 'replace')}")
        found += byte
    return found.decode("utf-8", "replace")


def run(steps: list[tuple[str, str]], home: Path) -> None:
    """Run one session.

    Raises:
        SystemExit: a command failed or printed something else.
    """
    shell = Shell(home)
    try:
        for command, expected in steps:
            print(f"$ {command}", flush=True)
            if command == "make demo":
                demo()
            elif command != "make test":
                status, printed = shell.run(command)
                pattern = ".*?".join(re.escape(part) for part in expected.strip().split("…"))
                if status or not re.fullmatch(pattern, printed.strip(), re.DOTALL):
                    sys.exit(f"{command!r} ended with {status} and printed\n{printed}")
    finally:
        shell.close()


def main() -> None:
    """Run the session of every file named."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("files", nargs="+", type=Path)
    for file in parser.parse_args().files:
        with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as home:
            run(session(file.read_text("utf-8")), Path(home))


if __name__ == "__main__":
    main()
