"""Folders and files in a stable order, opened with care: nothing outside the named root, nothing that is no file.

Order: names sorted inside each folder, a revision (``x.r2.md``) right after what it revises. Hidden names (``.git``)
and ``agencies.toml``, which describes a sample's agencies, are passed over, as are files without front matter that a
document's front matter names as its attachments. Links to folders are not followed; links to files only inside the
root.
"""

import os
import stat
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from yangguang.sources.errors import UnreadableError
from yangguang.sources.frontmatter import MAX_FRONT_MATTER, attachment_names, split_front_matter
from yangguang.sources.reading import read_bytes, refuse_size, revision_of
from yangguang.sources.types import Limits, Manuscript, Place, Refused

AGENCIES_FILE = "agencies.toml"
_MAY_HAVE_FRONT_MATTER = (".md", ".markdown")
_PAGE_NAMES = (".html", ".htm", ".xhtml", ".shtml")


@dataclass(frozen=True, slots=True)
class _Found:
    """A file below the root that a person named."""

    path: Path
    root: Path
    place: Place


def walk_and_read(paths: Sequence[Path], limits: Limits) -> Iterator[Manuscript | Refused]:
    """Yield every manuscript below `paths` and every refusal, one file at a time."""
    for found in _walk(paths):
        if isinstance(found, Refused):
            yield found
            continue
        try:
            data = _read_regular(found.path, _limit_for(found.path.name, limits))
        except UnreadableError as error:
            yield Refused(found.place, error.reason)
            continue
        yield from read_bytes(data, found.place, limits=limits, beside=_Neighbours(found.path.parent, limits))


def count(paths: Sequence[Path]) -> int:
    """Return how many files `walk_and_read` would open."""
    return sum(isinstance(found, _Found) for found in _walk(paths))


def _limit_for(name: str, limits: Limits) -> int:
    return limits.page_bytes if name.lower().endswith(_PAGE_NAMES) else limits.text_bytes


@dataclass(frozen=True, slots=True)
class _Neighbours:
    """Reads the attachments of one document: regular files of its own folder."""

    folder: Path
    limits: Limits

    def __call__(self, name: str) -> bytes:
        try:
            return _read_regular(self.folder / name, self.limits.attachment_bytes, follow=False)
        except UnreadableError as error:
            raise UnreadableError(f"附件无法读取 attachment cannot be read: {_shown(name)}: {error.reason}") from error


def _walk(paths: Sequence[Path]) -> Iterator[_Found | Refused]:
    for path in paths:
        name = _shown(path.name or str(path))
        try:
            is_folder = stat.S_ISDIR(path.stat().st_mode)
        except OSError as error:
            yield Refused(Place(name), _said(error))
            continue
        except ValueError:
            yield Refused(Place(name), "文件名无效 not a valid name")
            continue
        if is_folder:
            yield from _walk_folder(path, path)
        else:
            yield _Found(path, path.parent, Place(name))


def _walk_folder(top: Path, root: Path) -> Iterator[_Found | Refused]:
    # A stack instead of recursion: folders may be nested deeper than Python's calls.
    waiting: list[Iterator[Path | Refused]] = [_entries(top, root)]
    while waiting:
        entry = next(waiting[-1], None)
        if entry is None:
            waiting.pop()
        elif isinstance(entry, Refused):
            yield entry
        elif entry.is_dir():
            waiting.append(_entries(entry, root))
        else:
            yield _Found(entry, root, _place(entry, root))


def _entries(folder: Path, root: Path) -> Iterator[Path | Refused]:
    """Yield what stands in `folder`, in order; links that lead elsewhere are refused."""
    try:
        with os.scandir(folder) as listing:
            names = sorted((entry.name for entry in listing if not entry.name.startswith(".")), key=_order)
    except OSError as error:
        yield Refused(_place(folder, root), _said(error))
        return
    attached = _attached(folder, names)
    for name in names:
        path = folder / name
        if name == AGENCIES_FILE or name in attached:
            continue
        if path.is_symlink() and (reason := _why_not_followed(path, root)):
            yield Refused(_place(path, root), reason)
        else:
            yield path


def _order(name: str) -> tuple[str, int, str]:
    revises, number = revision_of(name)
    stem = revises or name.rpartition(".")[0] or name
    return stem, number, name


def _attached(folder: Path, names: Sequence[str]) -> frozenset[str]:
    """Return the names in `folder` that a document's front matter there names as its attachments.

    What has front matter itself is a document all the same: no document hides another one, or itself, by naming it.
    """
    found: set[str] = set()
    documents: set[str] = set()
    for name in names:
        if name.lower().endswith(_MAY_HAVE_FRONT_MATTER) and (said := _front_matter(folder / name)):
            documents.add(name)
            found.update(attachment_names(said))
    return frozenset(found - documents)


def _front_matter(path: Path) -> str:
    try:
        head = _read_regular(path, None, most=4)
        if not head.lstrip(b"\xef\xbb\xbf").startswith(b"-"):
            return ""
        text = _read_regular(path, None, most=MAX_FRONT_MATTER).decode("utf-8-sig", "replace")
    except UnreadableError:
        return ""
    return split_front_matter(text.replace("\r\n", "\n"))[0]


def _why_not_followed(path: Path, root: Path) -> str:
    try:
        target = path.resolve(strict=True)
        if target.is_dir():
            return "不跟随指向文件夹的链接 a link to a folder is not followed"
        if not target.is_relative_to(root.resolve()):
            return "不跟随指向外部的链接 a link out of the named folder is not followed"
    except (OSError, RuntimeError):
        return "链接无效 the link leads nowhere"
    return ""


def _read_regular(path: Path, limit: int | None, *, most: int = -1, follow: bool = True) -> bytes:
    """Return the bytes of the regular file at `path`, or its first `most`.

    Raises:
        UnreadableError: no file, no permission, no regular file, or larger than `limit` bytes (found without reading).
    """
    # Non-blocking, so that a pipe named like a document cannot hold the import up.
    flags = os.O_RDONLY | os.O_CLOEXEC | os.O_NONBLOCK | (0 if follow else os.O_NOFOLLOW)
    try:
        descriptor = os.open(path, flags)
    except (OSError, ValueError) as error:
        raise UnreadableError(_said(error)) from error
    try:
        status = os.fstat(descriptor)
        if not stat.S_ISREG(status.st_mode):
            raise UnreadableError("不是普通文件 not a regular file")
        if limit is not None:
            refuse_size(status.st_size, limit)
        with os.fdopen(descriptor, "rb", closefd=False) as file:
            data = file.read(most if limit is None else limit + 1)
    except OSError as error:
        raise UnreadableError(_said(error)) from error
    finally:
        os.close(descriptor)
    if limit is not None:
        # A file may grow while it is read.
        refuse_size(len(data), limit)
    return data


def _place(path: Path, root: Path) -> Place:
    relative = path.relative_to(root)
    return Place("/".join(_shown(part) for part in relative.parts) or _shown(root.name) or ".")


def _shown(name: str) -> str:
    r"""Return `name` with what cannot be printed as escapes, so that a report stays one line (``a\nb``)."""
    if name.isprintable() and "\\" not in name:
        return name
    return "".join(
        letter if letter.isprintable() and letter != "\\" else letter.encode("unicode_escape").decode("ascii")
        for letter in name
    )


def _said(error: OSError | ValueError) -> str:
    return f"无法读取 cannot be read: {getattr(error, 'strerror', None) or type(error).__name__}"
