"""The record as the law describes it: metadata, body, and the events of its public life.

Vocabulary: 条例 (2019) article 12 (索引、名称、内容概述、生成日期), header boxes of live platforms; headings: GB/T
9704-2012. Everything here is immutable and encoded in exactly one way (`yangguang.records.queries`).
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum
from typing import TypeAlias

from yangguang.kernel.identifiers import RecordId
from yangguang.ledger.types import Verified


class Kind(StrEnum):
    """What a record is; only documents and structured records belong in the statutory column (专栏姓专)."""

    DOCUMENT = "document"
    RECORD = "record"
    NEWS = "news"


class Validity(StrEnum):
    """有效性 of a document."""

    IN_FORCE = "in_force"
    AMENDED = "amended"
    NOT_YET_IN_FORCE = "not_yet_in_force"
    EXPIRED = "expired"
    ABOLISHED = "abolished"


class Disclosure(StrEnum):
    """公开属性."""

    PROACTIVE = "proactive"
    ON_REQUEST = "on_request"
    WITHHELD = "withheld"


@dataclass(frozen=True, slots=True)
class Agency:
    """The publishing agency as it stands in a record: name in full, unified social credit code (18 characters)."""

    code: str
    name: str
    uscc: str


@dataclass(frozen=True, slots=True)
class DocumentNumber:
    """发文字号: agency code, year and serial number; `year` is None where an order carries none.

    ``国办发〔2019〕61号`` is ``DocumentNumber("国办发", 2019, 61, "国办发〔2019〕61号")``.
    """

    code: str
    year: int | None
    number: int
    text: str

    @property
    def key(self) -> str:
        """``code|year|number``, equal for every bracket style of one number; the year is empty where there is none."""
        return f"{self.code}|{self.year or ''}|{self.number}"


@dataclass(frozen=True, slots=True)
class Doubt:
    """A field whose value a rule inferred: the field's name and the reason a person should look again."""

    field: str
    reason: str


@dataclass(frozen=True, slots=True)
class Attachment:
    """A file that belongs to the record: public name, media type, size in bytes, SHA-256 in lower-case hex."""

    name: str
    media_type: str
    size_bytes: int
    sha256: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Metadata:
    """The record's header box. Empty text and None both mean "not stated"; dates are Chinese calendar dates.

    `column` is a slug of the law's items, or ``guide``, ``rules``, ``annual-reports``; None for news, which stays
    outside. `issuers` are the makers' names, lead first; `agency` is who publishes. `places` tells where the text was
    taken from (source addresses, never a path of the machine). `document_number` holds the normal form where the
    grammar knows it. `headline` is the title of the page where it was first seen, where that differs from the title.
    """

    kind: Kind
    title: str
    agency: Agency
    published_on: date
    headline: str = ""
    index_number: str = ""
    summary: str = ""
    formed_on: date | None = None
    issuers: tuple[str, ...] = ()
    addressees: str = ""
    document_number: str = ""
    column: str | None = None
    topic: str = ""
    genre: str = ""
    keywords: tuple[str, ...] = ()
    validity: Validity | None = None
    effective_from: date | None = None
    effective_to: date | None = None
    disclosure: Disclosure = Disclosure.PROACTIVE
    source: str = ""
    basis: str = ""
    region_code: str = ""
    attachments: tuple[Attachment, ...] = ()
    places: tuple[str, ...] = ()
    doubts: tuple[Doubt, ...] = ()


class Role(StrEnum):
    """What a paragraph does in an official document (GB/T 9704)."""

    TEXT = "text"
    TITLE = "title"
    DOCUMENT_NUMBER = "document_number"
    ADDRESSEES = "addressees"
    SIGNATURE = "signature"
    FORMED_DATE = "formed_date"
    ATTACHMENT_NOTE = "attachment_note"
    NOTE = "note"


@dataclass(frozen=True, slots=True)
class Heading:
    """A heading: level 1 一、 2 （一） 3 1. 4 （1） 5 ①; chapters and sections of a regulation count as 1 and 2.

    `number` is the number as printed ("一、", "第一章"), `text` what follows it. `run_in` says that the next paragraph
    continues on the same line.
    """

    level: int
    number: str
    text: str
    run_in: bool = False


@dataclass(frozen=True, slots=True)
class Paragraph:
    """A paragraph of text without line breaks, and what it does."""

    text: str
    role: Role = Role.TEXT


@dataclass(frozen=True, slots=True)
class Cell:
    """A table cell and how many rows and columns it covers; covered places hold no cell of their own."""

    text: str
    rows: int = 1
    columns: int = 1
    header: bool = False


@dataclass(frozen=True, slots=True)
class Table:
    """A table: caption and rows of cells in reading order."""

    rows: tuple[tuple[Cell, ...], ...]
    caption: str = ""


@dataclass(frozen=True, slots=True)
class ItemList:
    """A list whose items are single paragraphs."""

    items: tuple[str, ...]
    ordered: bool = False


@dataclass(frozen=True, slots=True)
class Image:
    """A picture among the record's attachments, by its public name, with the text for those who cannot see it."""

    name: str
    alternative: str


Block: TypeAlias = Heading | Paragraph | Table | ItemList | Image


@dataclass(frozen=True, slots=True)
class Body:
    """The text of a record, in reading order."""

    blocks: tuple[Block, ...]


@dataclass(frozen=True, slots=True)
class Content:
    """One revision of one record, as every rendition shows it."""

    id: RecordId
    revision: int
    metadata: Metadata
    body: Body


class EventType(StrEnum):
    """The closed list of what the log can say."""

    PUBLISH = "publish"
    IMPORT = "import"
    REVISE = "revise"
    WITHDRAW = "withdraw"
    RESTORE = "restore"
    ERASE = "erase"
    RENDER = "render"
    KEY = "key"
    RECEIPT = "receipt"


@dataclass(frozen=True, slots=True)
class Receipt:
    """What an upper platform says of a lower log: it holds every entry up to `size`, and what of it may be held.

    Attributes:
        origin_sha256: 32 bytes, SHA-256 of the lower log's origin (``o``); a name would be free text.
        size: Entries of the lower log (``n``).
        root: 32 bytes, the root over them (``h``).
    """

    origin_sha256: bytes
    size: int
    root: bytes


@dataclass(frozen=True, slots=True, kw_only=True)
class Event:
    """One leaf of the log: no text, only what is needed to find, order and prove.

    Attributes:
        type: What happened.
        claimed_at: Claimed moment, seconds since 1970 (``ts``); a claim only, the bracket of cosignatures is evidence.
        id: The record; None for `EventType.KEY` and `EventType.RECEIPT`.
        revision: From 1 (``r``); for withdraw, restore, erase and render the revision concerned.
        previous: Log index of the record's previous entry (``p``); None for a record's first.
        unit: Unified social credit code of the publishing agency (``u``), 18 characters.
        formed_on: Claimed day formed or changed (``f``), the base of the deadline.
        commitments: Component label to 32-byte salted commitment (``c``).
        national: The same by SM3 (``g``), where the site asks for national algorithms; to the same components.
        components: Labels that an erasure destroys (``k``), sorted.
        ground: Code of the legal ground of a withdrawal or erasure (``why``), from `yangguang.law`.
        decided_by: Credit code of the deciding authority (``by``).
        public_key: 32 bytes of Ed25519 public key, for `EventType.KEY` (``key``).
        receipt: The lower log's head, for `EventType.RECEIPT`.
    """

    type: EventType
    claimed_at: int
    id: RecordId | None = None
    revision: int | None = None
    previous: int | None = None
    unit: str = ""
    formed_on: date | None = None
    commitments: Mapping[str, bytes] = field(default_factory=dict)
    national: Mapping[str, bytes] = field(default_factory=dict)
    components: tuple[str, ...] = ()
    ground: str = ""
    decided_by: str = ""
    public_key: bytes = b""
    receipt: Receipt | None = None


@dataclass(frozen=True, slots=True)
class Proven:
    """What a proof has shown of a file.

    Attributes:
        label: Which component of the record the file is.
        event: The entry that commits to it: record, revision, claimed time.
        logged: Where in which log, and who cosigned.
    """

    label: str
    event: Event
    logged: Verified
