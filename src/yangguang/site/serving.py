"""Serves a node: web workers, sequencer and projectors as one process tree that starts and stops together."""

import os
import signal
import socket
import subprocess
import sys
import threading
from collections.abc import Callable
from pathlib import Path
from types import FrameType

from django.conf import settings
from django.core.management import call_command
from django.db import DatabaseError
from granian import Granian
from granian.constants import Interfaces

from yangguang.kernel.errors import YangguangError
from yangguang.site.errors import AddressRefusedError
from yangguang.site.line import follow
from yangguang.site.node import HOME_VARIABLE, PARENT_VARIABLE, Node

RESTART_SECONDS = 2.0
"""Pause before a follower that failed is started again."""

WORKER_STOP_SECONDS = 5
"""How long a web worker may take to finish its requests before it is ended."""

STOP_SECONDS = 20.0
"""How long the follower may take to finish its batch before it is ended."""


def serve(node: Node, *, host: str, port: int, workers: int, report: Callable[[str], None]) -> None:
    """Serve until SIGINT or SIGTERM, then stop every process that was started.

    Args:
        node: The node.
        host: Address to listen on.
        port: TCP port.
        workers: Web processes.
        report: Told in one line what happens.

    Raises:
        AddressRefusedError: nothing can listen there.
    """
    _refuse_taken(host, port)
    call_command("migrate", verbosity=0, interactive=False)  # a newer release may have newer tables
    ended = threading.Event()
    keeper = threading.Thread(target=_keep_following, args=(node, ended, report), daemon=True)
    keeper.start()
    os.environ[PARENT_VARIABLE] = str(os.getpid())  # web workers end with this process
    server = Granian(
        "yangguang.site.wsgi:application",
        address=host,
        port=port,
        interface=Interfaces.WSGI,
        workers=workers,
        blocking_threads=4,
        respawn_failed_workers=True,
        # A worker that is told to stop in the middle of its first request may wait for ever.
        workers_kill_timeout=WORKER_STOP_SECONDS,
        static_path_route=[settings.STATIC_URL.rstrip("/")],
        static_path_mount=[Path(settings.STATIC_ROOT)],
        log_level="warning",  # type: ignore[arg-type]  # Granian's own enum is written in lower case on its command line
    )
    report(f"http://{host}:{port}/")
    try:
        server.serve()
    finally:
        ended.set()
        keeper.join(STOP_SECONDS + RESTART_SECONDS)


def follow_until_told(node: Node, *, parent: int | None, complain: Callable[[str], None]) -> None:
    """Run sequencer and projectors until SIGTERM or SIGINT, or until the process `parent` is gone.

    Args:
        node: The node.
        parent: Process that started this one; its end ends this one too. None for a process of its own.
        complain: Told in one line what failed; the work is tried again after a pause.
    """
    stop = threading.Event()

    def ask_to_stop(_signal: int, _frame: FrameType | None) -> None:
        stop.set()

    signal.signal(signal.SIGTERM, ask_to_stop)
    # Ctrl-C reaches the whole group; a follower that has a parent waits for that one's word.
    signal.signal(signal.SIGINT, ask_to_stop if parent is None else signal.SIG_IGN)
    while not stop.is_set():
        try:
            follow(node, lambda: stop.is_set() or parent not in {None, os.getppid()})
        except (YangguangError, DatabaseError) as error:
            complain(str(error))
            stop.wait(RESTART_SECONDS)
        else:
            return


def _refuse_taken(host: str, port: int) -> None:
    # The server shares its port between workers, and would share it with the server of another node just as well.
    try:
        family, kind, _, _, address = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)[0]
        with socket.socket(family, kind) as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)  # a server that just ended is none
            probe.bind(address)
    except OSError as error:
        raise AddressRefusedError(
            f"cannot listen on {host} port {port}: {error.strerror}; choose another with --host and --port"
        ) from error


def _keep_following(node: Node, ended: threading.Event, report: Callable[[str], None]) -> None:
    line = [sys.executable, "-m", "yangguang.site", "follow", "--parent", str(os.getpid())]
    environment = {**os.environ, HOME_VARIABLE: str(node.home)}
    while not ended.is_set():
        follower = subprocess.Popen(line, env=environment)  # noqa: S603 - our own command line
        while follower.poll() is None and not ended.wait(0.2):
            pass
        if ended.is_set():
            _stop(follower)
            return
        report(f"the process that writes the log ended with code {follower.returncode}; it is started again")
        ended.wait(RESTART_SECONDS)


def _stop(follower: subprocess.Popen[bytes]) -> None:
    follower.terminate()
    try:
        follower.wait(STOP_SECONDS)
    except subprocess.TimeoutExpired:
        follower.kill()  # the log survives this by design; see the ledger's tests
        follower.wait()
