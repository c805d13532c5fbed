"""Finished pages of records, kept in the process until they are pushed out by newer ones.

The key holds the log index of the record's newest entry, which the caller has just read: a page of a record that was
withdrawn, revised or erased since is never found again.
"""

from collections import OrderedDict
from dataclasses import dataclass
from threading import Lock

from yangguang.kernel.identifiers import RecordId
from yangguang.portal.times import Stamp

MAX_BYTES = 64 * 1024 * 1024
"""All pages together; a page of a regulation takes about 100 kB."""

MAX_PAGE_BYTES = 2 * 1024 * 1024
"""A larger page is made anew each time: it must not push out hundreds of others."""


@dataclass(frozen=True, slots=True)
class PageKey:
    """What a record's page depends on: its entries, the revision shown (0: newest), language, host, cosignatures."""

    record: RecordId
    newest_index: int
    revision: int
    language: str
    base: str
    evidence: Stamp


class PageCache:
    """Least recently used pages leave first. Safe to share between threads."""

    def __init__(self, max_bytes: int = MAX_BYTES) -> None:
        self._max_bytes = max_bytes
        self._pages: OrderedDict[PageKey, bytes] = OrderedDict()
        self._bytes = 0
        self._lock = Lock()

    def get(self, key: PageKey) -> bytes | None:
        """Return the page under `key`, or None."""
        with self._lock:
            page = self._pages.get(key)
            if page is not None:
                self._pages.move_to_end(key)
            return page

    def put(self, key: PageKey, page: bytes) -> None:
        """Keep `page` under `key`, unless it is too large to be worth it."""
        if len(page) > min(MAX_PAGE_BYTES, self._max_bytes):
            return
        with self._lock:
            old = self._pages.pop(key, b"")
            self._pages[key] = page
            self._bytes += len(page) - len(old)
            while self._bytes > self._max_bytes:
                _, dropped = self._pages.popitem(last=False)
                self._bytes -= len(dropped)

    def clear(self) -> None:
        """Forget every page."""
        with self._lock:
            self._pages.clear()
            self._bytes = 0


PAGES = PageCache()
"""This process's pages."""
