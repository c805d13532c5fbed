"""The node behind the pages: the only module of this room that reads its settings."""

from functools import lru_cache
from pathlib import Path
from typing import Protocol, cast

from django.conf import settings

from yangguang.blobs.queries import Blobs
from yangguang.ledger.queries import Log, open_log
from yangguang.search.queries import Index, open_index


class Node(Protocol):
    """What `settings.NODE` tells; the attributes are those of the node's own settings."""

    @property
    def origin(self) -> str:
        """Name of the log."""

    @property
    def name(self) -> str:
        """Name of the site."""

    @property
    def site_code(self) -> str:
        """网站标识码, or empty."""

    @property
    def base_url(self) -> str:
        """Public scheme and host, or empty."""

    @property
    def log(self) -> Path:
        """The public files of the log."""

    @property
    def blobs(self) -> Path:
        """Contents and salts."""

    @property
    def search(self) -> Path:
        """The full-text index."""

    @property
    def policy(self) -> Path:
        """The trust file shipped to verifiers."""


def node() -> Node:
    """Return this process's node."""
    return cast("Node", settings.NODE)


def log() -> Log:
    """Return the node's log, for reading."""
    return _log(node().log)


def blobs() -> Blobs:
    """Return the node's contents, for reading."""
    return _blobs(node().blobs)


def index() -> Index:
    """Return the node's full-text index, for reading."""
    return _index(node().search)


# One of each a process: they keep connections and files open. Tests have several nodes, hence the folder as key.
@lru_cache(maxsize=4)
def _log(folder: Path) -> Log:
    return open_log(folder)


@lru_cache(maxsize=4)
def _blobs(folder: Path) -> Blobs:
    return Blobs(folder)


@lru_cache(maxsize=4)
def _index(folder: Path) -> Index:
    return open_index(folder)
