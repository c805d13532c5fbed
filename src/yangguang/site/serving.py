"""Serves a node: web workers, sequencer and projectors as one process tree that starts and stops together."""

import multiprocessing
import os
import signal
import sys
import threading
import time
from collections.abc import Callable
from multiprocessing.process import BaseProcess
from pathlib import Path
from types import FrameType

from django.conf import settings
from granian import Granian
from granian.constants import Interfaces

from yangguang.kernel.errors import YangguangError
from yangguang.site.line import follow
from yangguang.site.node import Node

RESTART_SECONDS = 2.0
"""Pause before a follower that failed is started again."""

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
    """
    ended = threading.Event()
    keeper = threading.Thread(target=_keep_following, args=(node, ended, report), daemon=True)
    keeper.start()
    server = Granian(
        "yangguang.site.wsgi:application",
        address=host,
        port=port,
        interface=Interfaces.WSGI,
        workers=workers,
        blocking_threads=4,
        respawn_failed_workers=True,
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


def _keep_following(node: Node, ended: threading.Event, report: Callable[[str], None]) -> None:
    context = multiprocessing.get_context("spawn")
    while not ended.is_set():
        follower = context.Process(target=_follower, args=(node.home, os.getpid()), name="yangguang-follower")
        follower.start()
        while follower.is_alive() and not ended.wait(0.2):
            pass
        if ended.is_set():
            _stop(follower)
            return
        report(f"the process that writes the log ended with code {follower.exitcode}; it is started again")
        ended.wait(RESTART_SECONDS)


def _stop(follower: BaseProcess) -> None:
    follower.terminate()
    follower.join(STOP_SECONDS)
    if follower.is_alive():
        follower.kill()  # the log survives this by design; see the ledger's tests
        follower.join()


def _follower(home: Path, parent: int) -> None:
    """Run the line until told to stop, or until the parent is gone."""
    stop = threading.Event()

    def ask_to_stop(_signal: int, _frame: FrameType | None) -> None:
        stop.set()

    signal.signal(signal.SIGTERM, ask_to_stop)
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C reaches the whole group; the parent tells us when
    node: Node = settings.NODE
    if node.home != home:
        sys.exit(f"follower of {home} was given the settings of {node.home}")
    while not stop.is_set():
        try:
            follow(node, lambda: stop.is_set() or os.getppid() != parent)
        except YangguangError as error:
            sys.stderr.write(f"yangguang: {error}\n")
            time.sleep(RESTART_SECONDS)
        else:
            return
