"""One file's bytes to its manuscripts: the form they have, the reader of that form, and what front matter adds."""

import re
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import PurePosixPath

from yangguang.sources.columnpage import read_column_page
from yangguang.sources.drafts import Draft, manuscript
from yangguang.sources.errors import UnreadableError
from yangguang.sources.frontmatter import FrontMatter, read_front_matter, split_front_matter
from yangguang.sources.markdown import markdown_pieces, refuse_leftovers
from yangguang.sources.page import read_page
from yangguang.sources.plain import read_plain, untitled
from yangguang.sources.regulations import MARK, read_regulation
from yangguang.sources.sniff import Form, binary_format, data_format, decode, form_of, media_type
from yangguang.sources.text import clean, widen
from yangguang.sources.types import File, Limits, Manuscript, Place, Refused

_REVISION = re.compile(r"(?P<stem>.+)\.r(?P<number>[2-9]|[1-9]\d{1,3})\.[A-Za-z]+")

_OURS = frozenset({"agency", "attachments", "column"})
"""Fields of front matter that are no field of a manuscript under the same name, or that news does not have."""

Beside = Callable[[str], bytes]
"""Returns the bytes of a file in the same folder by its plain name; raises `UnreadableError` where it may not."""


_PROOF_SUFFIX = ".tlog-proof"
"""What stands behind a file's address to make its proof's; no attachment may take such an address."""


def revision_of(name: str) -> tuple[str, int]:
    """Return what `name` (a path with ``/``) revises, without extension, and its number: ``a/b.r2.md`` is ("a/b", 2).

    A first text gives ("", 1).
    """
    found = _REVISION.fullmatch(name)
    return (found["stem"], int(found["number"])) if found else ("", 1)


def no_file_beside(name: str) -> bytes:
    """Refuse every attachment: bytes alone have no folder.

    Raises:
        UnreadableError: always.
    """
    raise UnreadableError(f"找不到附件 attachment not found: {name[:80]!r}")


def read_bytes(data: bytes, place: Place, *, limits: Limits, beside: Beside) -> Iterator[Manuscript | Refused]:
    """Yield what `data` holds; whatever cannot be read is refused with its place, and the rest goes on."""
    try:
        yield from _read(data, place, limits, beside)
    except UnreadableError as error:
        yield Refused(Place(place.name, error.line), error.reason)


def _read(data: bytes, place: Place, limits: Limits, beside: Beside) -> Iterator[Manuscript | Refused]:
    if not data.strip():
        raise UnreadableError("空文件 the file is empty")
    if name := binary_format(data) or data_format(place.name):
        raise UnreadableError(f"尚不能读取此格式 format not read yet: {name}")
    refuse_size(len(data), limits.text_bytes)
    text = clean(decode(data))
    form = form_of(text, place.name)
    if form is Form.PAGE:
        refuse_size(len(data), limits.page_bytes)
        yield manuscript(read_page(text, place, depth=limits.page_depth))
        return
    yaml, rest, lines = split_front_matter(text)
    if yaml or lines:
        yield _marked_up(yaml, rest, lines, place, limits, beside)
    elif MARK in text:
        yield _revised(manuscript(read_regulation(text, place)))
    elif (articles := read_column_page(text, place)) is not None:
        for article in articles:
            yield article if isinstance(article, Refused) else _one(article)
    else:
        refuse_leftovers(text, 1)
        draft = _markdown(text, place, "") if form is Form.MARKDOWN else read_plain(text, place)
        yield _revised(manuscript(draft))


def refuse_size(size: int, most: int) -> None:
    """Refuse a file of `size` bytes where that is more than `most`.

    Raises:
        UnreadableError: with both sizes.
    """
    if size > most:
        raise UnreadableError(f"文件过大：{size} 字节，最多 {most} 字节 file too large: {size} bytes, at most {most}")


def _one(article: Draft) -> Manuscript | Refused:
    try:
        return manuscript(article)
    except UnreadableError as error:
        return Refused(Place(article.place.name, error.line or article.place.line), error.reason)


def _markdown(text: str, place: Place, said_title: str) -> Draft:
    title, pieces = markdown_pieces(text)
    if said_title or title:
        return Draft(place=place, title=widen(said_title or title), pieces=pieces)
    return untitled(pieces, place)


def _marked_up(yaml: str, rest: str, lines: int, place: Place, limits: Limits, beside: Beside) -> Manuscript:
    """Return the document whose front matter is `yaml`."""
    if not rest.strip():
        raise UnreadableError("没有正文 no text below the front matter")
    said = read_front_matter(yaml)
    refuse_leftovers(rest, lines + 1)
    draft = read_regulation(rest, place) if MARK in rest else _markdown(rest, place, said.title)
    found = manuscript(replace(draft, said=said))
    return _revised(_with_front_matter(found, said, _files(said.attachments, limits, beside)))


def _with_front_matter(found: Manuscript, said: FrontMatter, files: tuple[File, ...]) -> Manuscript:
    """Return `found` with what its front matter says in place of what rules inferred, and without their doubts."""
    stated = {
        name: value for name in FrontMatter.__dataclass_fields__ if name not in _OURS and (value := getattr(said, name))
    }
    changed = replace(found, **stated, agency_code=said.agency, files=files)
    return replace(changed, doubts=tuple(doubt for doubt in changed.doubts if doubt.field not in stated))


def _files(names: tuple[str, ...], limits: Limits, beside: Beside) -> tuple[File, ...]:
    if len(set(names)) != len(names):
        raise UnreadableError("附件重名 an attachment is named twice in the front matter")
    files = []
    for name in names:
        if PurePosixPath(name).name != name or name in {".", ".."} or "\\" in name:
            raise UnreadableError(f"附件只能是同一文件夹中的文件 attachment outside the folder: {name[:80]!r}")
        if name.endswith(_PROOF_SUFFIX):
            raise UnreadableError(f"附件不能以 {_PROOF_SUFFIX} 结尾 such names are those of proofs: {name[:80]!r}")
        data = beside(name)
        refuse_size(len(data), limits.attachment_bytes)
        files.append(File(name, media_type(name, data), data))
    return tuple(files)


def _revised(found: Manuscript) -> Manuscript:
    revises, _ = revision_of(found.place.name)
    return replace(found, revises=revises) if revises else found
