"""The assembly line of a node: outbox to log, log to projections. Exactly one process runs it at a time."""

import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager

from django.db import close_old_connections, connection

from yangguang.blobs.queries import Blobs
from yangguang.catalogue import commands as catalogue
from yangguang.catalogue import queries as catalogue_now
from yangguang.editorial.commands import destroy_erased, sequence
from yangguang.editorial.queries import backlog
from yangguang.ledger.commands import Writer, load_signer, load_sm2_signer, open_writer
from yangguang.ledger.errors import HeadForkedError, WitnessAheadError, WriterBusyError
from yangguang.ledger.queries import open_log
from yangguang.search import commands as search
from yangguang.search import queries as search_now
from yangguang.site.exchanging import SeenElsewhere, asking, refused_to_write
from yangguang.site.node import Node

BATCH = 1_000
"""Entries logged or projected at a time."""

POLL_SECONDS = 0.1
WAIT_SECONDS = 60.0
"""How long a command waits for the process that holds the line."""


class Line:
    """Sequencer and projectors, held open while this process is the node's one writer.

    Args:
        node: The node.
        writer: Its log's writer.
    """

    def __init__(self, node: Node, writer: Writer) -> None:
        self._node = node
        self.writer = writer
        self._log = open_log(node.log)
        self._blobs = Blobs(node.blobs)
        # Also at the start: the last line may have ended between a withdrawal or an erasure and its last trace.
        self._traces_left = True

    def advance(self) -> int:
        """Log what waits, project what is logged; return how many steps were taken, 0 when nothing was left to do."""
        settled = sequence(self.writer, self._log, limit=BATCH)
        if settled:
            destroy_erased(self._log, self._node.blobs)
            # Whatever it was: what is withdrawn or corrected leaves its old text in the write-ahead log as well.
            self._traces_left = True
        done = settled + self.project()
        if not done and self._traces_left:
            self._traces_left = not _forget_old_pages()
        return done

    def project(self) -> int:
        """Bring every projection one batch nearer to the log; return how many entries were applied."""
        done = catalogue.advance(self._log, self._blobs, limit=BATCH)
        return done + search.advance(self._node.search, self._log, self._blobs, limit=BATCH)

    def drain(self) -> bool:
        """Advance until nothing is left to do; always True."""
        while self.advance():
            pass
        return True


def _forget_old_pages() -> bool:
    """Empty the write-ahead log of node.sqlite3, which still holds what records once said; tell whether it is empty.

    A reader that is still at work keeps it from being emptied: then the call is due again.
    """
    with connection.cursor() as cursor:
        busy, *_ = cursor.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()
    return not busy


@contextmanager
def hold(node: Node) -> Iterator[Line]:
    """Yield the node's line.

    Raises:
        WriterBusyError: another process holds it.
    """
    with _opened(node) as writer:
        # A crash between an erasure's commit and the destruction of its bytes is made good here.
        destroy_erased(open_log(node.log), node.blobs)
        yield Line(node, writer)


def _opened(node: Node) -> Writer:
    """Open the log for writing, unless its witnesses know better what it last was."""
    seen = SeenElsewhere(node)
    try:
        return open_writer(
            log=node.log,
            head=node.head,
            signer=load_signer(node.key),
            head2=node.second_head,
            newest_elsewhere=seen,
            also=[load_sm2_signer(node.sm2)] if node.sm2 is not None else [],
        )
    except (WitnessAheadError, HeadForkedError) as error:
        refused_to_write(node, error, seen)
        raise


@contextmanager
def settling(node: Node, *, wait_seconds: float = WAIT_SECONDS) -> Iterator[Callable[[], bool]]:
    """Yield a call that sees to it that all that waits is logged and projected, and tells whether it is.

    The call takes the line where nobody holds it, and keeps it until the block ends. Where another process holds it (a
    running ``yangguang serve``, a second import), the call waits for that one's work or for its end, at most
    `wait_seconds`; what waits stays queued.
    """
    with ExitStack() as stack:
        held: list[Line] = []

        def settle() -> bool:
            deadline = time.monotonic() + wait_seconds
            while not held:
                try:
                    held.append(stack.enter_context(hold(node)))
                except WriterBusyError:
                    if backlog().waiting == 0 and projected(node):
                        return True
                    if time.monotonic() > deadline:
                        return False
                    # Asked for again each time: who holds the line now may end without having seen what waits.
                    time.sleep(POLL_SECONDS)
            return held[0].drain()

        yield settle


def projected(node: Node) -> bool:
    """Tell whether every projection has reached the log's checkpoint."""
    size = open_log(node.log).checkpoint().size
    return catalogue_now.cursor() >= size and search_now.cursor(node.search) >= size


def follow(node: Node, stopped: Callable[[], bool]) -> None:
    """Run the line until `stopped`, waiting while another process holds it."""
    while not stopped():
        try:
            with hold(node) as line, asking(node, line.writer):
                while not stopped():
                    if not line.advance():
                        time.sleep(POLL_SECONDS)
                    close_old_connections()
        except WriterBusyError:
            time.sleep(POLL_SECONDS * 10)
