"""Group commit: entries that threads hand in one by one are appended together, so that they share the fsyncs."""

import queue
import threading
from collections.abc import Callable, Sequence
from concurrent.futures import Future
from typing import TypeAlias

from yangguang.ledger.errors import WriterStoppedError
from yangguang.ledger.types import Appended

MAX_GROUP = 1_000
"""Most entries of one group: even of the largest size they fit a batch of 64 MiB."""

_Waiting: TypeAlias = tuple[bytes, "Future[int]"]


class GroupCommit:
    """A queue and the one thread that empties it, started with the first entry."""

    def __init__(self, append: Callable[[Sequence[bytes]], Appended]) -> None:
        """Take what appends a batch."""
        self._append = append
        self._queue: queue.SimpleQueue[_Waiting | None] = queue.SimpleQueue()
        self._mutex = threading.Lock()
        self._thread: threading.Thread | None = None
        self._closed = False

    def submit(self, entry: bytes) -> Future[int]:
        """Queue `entry` and return the future of its index.

        Raises:
            WriterStoppedError: the queue is closed.
        """
        future: Future[int] = Future()
        with self._mutex:
            if self._closed:
                raise WriterStoppedError("the writer is closed: open another one")
            if self._thread is None:
                self._thread = threading.Thread(target=self._run, name="ledger group commit", daemon=True)
                self._thread.start()
            self._queue.put((entry, future))
        return future

    def close(self) -> None:
        """Append what is queued, then end the thread."""
        with self._mutex:
            if not self._closed and self._thread is not None:
                self._queue.put(None)
            self._closed = True
        if self._thread is not None:
            self._thread.join()

    def _run(self) -> None:
        is_open = True
        while is_open:
            group, is_open = self._next_group()
            # A caller that gave up before its entry was taken must not see it logged.
            group = [(entry, future) for entry, future in group if future.set_running_or_notify_cancel()]
            if group:
                self._append_group(group)

    def _next_group(self) -> tuple[list[_Waiting], bool]:
        """Return the entries waiting now, at least one unless the end was reached, and whether more may come."""
        group: list[_Waiting] = []
        while len(group) < MAX_GROUP:
            try:
                item = self._queue.get(block=not group)
            except queue.Empty:
                break
            if item is None:
                return group, False
            group.append(item)
        return group, True

    def _append_group(self, group: list[_Waiting]) -> None:
        try:
            appended = self._append([entry for entry, _ in group])
        except BaseException as error:  # noqa: BLE001 - every waiting caller must hear of it, in its own thread
            for _, future in group:
                future.set_exception(error)
            return
        for position, (_, future) in enumerate(group):
            future.set_result(appended.first + position)
