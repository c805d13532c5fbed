"""Runs the commands of README files, so that a newcomer's first minutes never break unseen.

Every ```console block is a session: lines that start with ``$ `` run in order, in a fresh folder as node home, and must
succeed; the lines between are what a command prints, with ``…`` for what varies. ``make demo`` is served until its page
answers; ``make test`` is not run again here, since ``make check`` runs every test itself.
"""

import argparse
import os
import re
import signal
import subprocess
import sys
import tempfile
import time
import urllib.request
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
DEMO_ADDRESS = "http://127.0.0.1:8000/"
DEMO_SECONDS = 300


def sessions(text: str) -> list[list[tuple[str, str]]]:
    """Return each console block as (command, expected output) pairs."""
    found = []
    for block in re.findall(r"^```console\n(.*?)^```", text, re.MULTILINE | re.DOTALL):
        steps: list[tuple[str, str]] = []
        for line in block.splitlines(keepends=True):
            if line.startswith("$ "):
                steps.append((line[2:].strip(), ""))
            elif steps:
                steps[-1] = (steps[-1][0], steps[-1][1] + line)
        found.append(steps)
    return found


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
        os.killpg(process.pid, signal.SIGINT)
        process.wait(60)


def run(steps: list[tuple[str, str]], home: Path) -> None:
    """Run one session.

    Raises:
        SystemExit: a command failed or printed something else.
    """
    environment = {
        **os.environ,
        "YANGGUANG_HOME": str(home / "node"),
        "PATH": f"{ROOT / '.venv' / 'bin'}{os.pathsep}{os.environ['PATH']}",
        "SCRATCH": str(home),
    }
    for command, expected in steps:
        print(f"$ {command}", flush=True)
        if command == "make demo":
            demo()
        elif command != "make test":
            done = subprocess.run(  # noqa: S602 - the README's own words, run as its reader would
                command, shell=True, cwd=ROOT, env=environment, capture_output=True, text=True, check=False
            )
            pattern = ".*?".join(re.escape(part) for part in expected.strip().split("…"))
            if done.returncode or not re.fullmatch(pattern, done.stdout.strip(), re.DOTALL):
                sys.exit(f"{command!r} ended with {done.returncode} and printed\n{done.stdout}{done.stderr}")


def main() -> None:
    """Run every session of the files named."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("files", nargs="+", type=Path)
    for file in parser.parse_args().files:
        for steps in sessions(file.read_text("utf-8")):
            with tempfile.TemporaryDirectory() as home:
                run(steps, Path(home))


if __name__ == "__main__":
    main()
