"""Where a mirror lies: the lower log's tree, what is held of its contents, and the contents, in one folder."""

import re
from collections.abc import Iterator
from contextlib import ExitStack, closing, contextmanager
from dataclasses import dataclass
from pathlib import Path

from yangguang.exchange.holdings import Holdings
from yangguang.exchange.types import Lower
from yangguang.ledger.commands import Mirror
from yangguang.ledger.queries import Log

_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,62}")


@dataclass(frozen=True, slots=True)
class MirrorPlace:
    """An open mirror: its tree's writer and reader, its holdings, the folder of its contents."""

    mirror: Mirror
    holdings: Holdings
    blobs: Path

    @property
    def size(self) -> int:
        """Entries held."""
        return self.mirror.size

    @property
    def log(self) -> Log:
        """Our copy of the log, to be read."""
        return self.mirror.log

    @property
    def note(self) -> bytes:
        """The checkpoint over what is held, as its log signed it; empty before the first."""
        return self.mirror.note or b""


def is_place_name(name: str) -> bool:
    """Say whether `name` can name a folder of ours."""
    return _NAME.fullmatch(name) is not None


def log_folder(mirrors: Path, name: str) -> Path:
    """Return the public folder of the mirrored log `name`."""
    return mirrors / name / "log"


def blobs_folder(mirrors: Path, name: str) -> Path:
    """Return the contents' folder of the mirror `name`."""
    return mirrors / name / "blobs"


def holdings_file(mirrors: Path, name: str) -> Path:
    """Return the file of what the mirror `name` holds."""
    return mirrors / name / "holdings.sqlite3"


@contextmanager
def opened(mirrors: Path, lower: Lower) -> Iterator[MirrorPlace]:
    """Yield the mirror of `lower`, made empty if absent, held by this process alone.

    Raises:
        WriterBusyError: another process holds it.
        WriterError: our copy cannot be written on.
        LogDamagedError: files of our copy are missing or altered.
    """
    folder = mirrors / lower.name
    folder.mkdir(parents=True, exist_ok=True)
    with ExitStack() as stack:
        log = log_folder(mirrors, lower.name)
        mirror = stack.enter_context(Mirror(log, folder / "head.sqlite3", lower.key))
        holdings = stack.enter_context(closing(Holdings(holdings_file(mirrors, lower.name))))
        yield MirrorPlace(mirror, holdings, blobs_folder(mirrors, lower.name))
