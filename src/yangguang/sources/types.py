"""What this room gives: manuscripts, refusals and the places they come from.

Field vocabulary: that of `yangguang.records.types.Metadata`. A manuscript has no agency yet and no identity: whoever
imports it decides both, and looks at the doubts.
"""

from dataclasses import dataclass
from datetime import date
from typing import NamedTuple

from yangguang.records.types import Body, Doubt, Kind, Validity


@dataclass(frozen=True, slots=True)
class Place:
    r"""Where a text was found: path below the folder the person named (never a path of the machine), and its line.

    `name` parts folders by ``/`` and shows characters that cannot be printed as escapes (a newline as ``\n``).
    `line` counts from 1; None where the whole file is meant.
    """

    name: str
    line: int | None = None

    def __str__(self) -> str:
        return self.name if self.line is None else f"{self.name}:{self.line}"


@dataclass(frozen=True, slots=True)
class File:
    """An attachment: its public name, media type and bytes."""

    name: str
    media_type: str
    data: bytes


class Withdrawal(NamedTuple):
    """A withdrawal that the front matter asks for: code of the legal ground (`yangguang.law`), and the day."""

    ground: str
    on: date


@dataclass(frozen=True, slots=True, kw_only=True)
class Manuscript:
    """One document as it was read: fields found, text, attachments, and what a person should look at again.

    Empty text and None mean "not found". Dates are Chinese calendar dates.

    Attributes:
        title: Title of the page or file, one line of at most 500 characters.
        document_title: Title printed in the document where it differs from `title` (a page may carry a headline).
        document_number: Normal form of the document's own 发文字号, or "".
        issuers: Makers' names as signed, lead first.
        column: Slug of the statutory column (`yangguang.law.queries.columns`); None for news, which stays outside.
        agency_code: Code of the publishing agency where the front matter names one.
        text_sha256: 32 bytes over title and text, letters and digits only: equal for copies that differ in spacing,
            width or punctuation alone.
        revises: Path below the root, without extension, of the record this file revises (``a/b.r2.md`` revises
            ``a/b``); "" for a first text.
    """

    kind: Kind
    title: str
    body: Body
    place: Place
    text_sha256: bytes
    document_title: str = ""
    document_number: str = ""
    issuers: tuple[str, ...] = ()
    addressees: str = ""
    formed_on: date | None = None
    published_on: date | None = None
    source: str = ""
    genre: str = ""
    column: str | None = None
    summary: str = ""
    keywords: tuple[str, ...] = ()
    validity: Validity | None = None
    effective_from: date | None = None
    effective_to: date | None = None
    topic: str = ""
    basis: str = ""
    index_number: str = ""
    agency_code: str = ""
    doubts: tuple[Doubt, ...] = ()
    files: tuple[File, ...] = ()
    revises: str = ""
    withdrawn: Withdrawal | None = None


@dataclass(frozen=True, slots=True)
class Refused:
    """Something that was not read: its place and the reason, Chinese first with English beside it."""

    place: Place
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    """Sizes above which a file is refused unread. The parsers' costs behind them: FORMATS, section 9.

    Attributes:
        text_bytes: Largest plain text or Markdown file.
        page_bytes: Largest HTML page; its tree costs about twenty times its size.
        page_depth: Deepest nesting of an HTML page's block elements.
        attachment_bytes: Largest single attachment.
    """

    text_bytes: int = 50_000_000
    page_bytes: int = 5_000_000
    page_depth: int = 256
    attachment_bytes: int = 50_000_000
