"""The room's reading door: folders, files and bytes in; manuscripts and refusals out."""

from collections.abc import Iterator, Sequence
from pathlib import Path

from yangguang.sources.frontmatter import KEYS as FRONT_MATTER_KEYS
from yangguang.sources.reading import no_file_beside, read_bytes
from yangguang.sources.tree import count, walk_and_read
from yangguang.sources.types import Limits, Manuscript, Place, Refused

__all__ = ["FRONT_MATTER_KEYS", "count_files", "read_file", "read_tree"]

_LIMITS = Limits()


def read_tree(paths: Sequence[Path], *, limits: Limits = _LIMITS) -> Iterator[Manuscript | Refused]:
    """Yield every document below `paths`, and whatever could not be read with its place and reason.

    The order is stable: names sorted, a file's articles in their order, revisions after what they revise. One file is
    held at a time. Nothing is raised for bad input.

    Args:
        paths: Files and folders; places are told relative to each folder.
        limits: Sizes above which a file is refused unread.
    """
    return walk_and_read(paths, limits)


def count_files(paths: Sequence[Path]) -> int:
    """Return how many files `read_tree` would open, for a progress bar; a file may hold several documents."""
    return count(paths)


def read_file(data: bytes, place: Place, *, limits: Limits = _LIMITS) -> Iterator[Manuscript | Refused]:
    """Yield the documents in one file's bytes; attachments that its front matter names are refused as not found.

    Args:
        data: The whole file.
        place: Its name; the extension decides only where the content does not.
        limits: Sizes above which it is refused.
    """
    return read_bytes(data, place, limits=limits, beside=no_file_beside)
