"""A log that lies elsewhere, read as if its files lay here: whoever can fetch a path can ask for entries and proofs."""

from collections.abc import Callable
from pathlib import Path
from typing import TypeAlias

from yangguang.ledger.files import Files
from yangguang.ledger.reader import Log

Fetch: TypeAlias = Callable[[str], bytes]
"""Returns the file at a path relative to the log's address; FileNotFoundError where there is none."""


class _FetchedFiles(Files):
    """Files of which each is fetched when it is read."""

    def __init__(self, fetch: Fetch) -> None:
        super().__init__()
        self._fetch = fetch

    def read(self, path: Path) -> bytes:
        return self._fetch(path.as_posix())

    def names(self, folder: Path) -> tuple[str, ...]:
        raise FileNotFoundError(f"the names in {folder.as_posix()} are not told: a log elsewhere is asked for paths")


def open_remote(fetch: Fetch) -> Log:
    """Return the log whose public files `fetch` gives; it believes what it reads, as every `Log` does."""
    return Log(Path(), _FetchedFiles(fetch))
