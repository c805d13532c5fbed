"""The law's words as frozen values: items, parts, genres, topics, grounds, levels and kinds of agency.

Vocabulary: 《中华人民共和国政府信息公开条例》(2019), called 条例 here. Every entry carries the provision it rests on
and how certain we are of it, so that nobody mistakes a customary name or a decision of ours for the law.
"""

from dataclasses import dataclass
from datetime import date
from enum import StrEnum


class Certainty(StrEnum):
    """How an entry is known; only `VERIFIED` may be enforced against anyone."""

    VERIFIED = "V"
    """Read in the source."""
    MEMORY = "M"
    """Customary or remembered: a default that a site may configure."""
    DESIGN = "D"
    """Our decision where the law is silent."""


class Level(StrEnum):
    """Levels of government, highest first; article 21 adds items from the city level down."""

    CENTRAL = "central"
    PROVINCE = "province"
    CITY = "city"
    COUNTY = "county"
    TOWNSHIP = "township"


class Nature(StrEnum):
    """What an item's entries are: documents, structured records, tables of data, or one page an agency."""

    DOCUMENT = "document"
    RECORD = "record"
    TABLE = "table"
    PAGE = "page"


class Effect(StrEnum):
    """What a ground does: forbid, forbid unless balanced, permit refusal, or call a publication back."""

    NEVER = "never"
    UNLESS_BALANCED = "unless_balanced"
    MAY_REFUSE = "may_refuse"
    CALL_BACK = "call_back"


class Use(StrEnum):
    """What a ground may be given for."""

    REFUSE = "refuse"
    WITHDRAW = "withdraw"
    ERASE = "erase"


@dataclass(frozen=True, slots=True)
class Instrument:
    """A law or notice that articles are quoted from.

    Attributes:
        short: The name articles begin with, such as 条例.
        title: Its full title.
        number: Document number or edition; empty where the title says all.
        english: Our English for it.
        in_force_from: Day of entry into force of the edition quoted; None where not recorded.
        certainty: How the quoted provisions are known.
    """

    short: str
    title: str
    number: str
    english: str
    in_force_from: date | None
    certainty: Certainty


@dataclass(frozen=True, slots=True)
class SubItem:
    """One of the several things an item names; `slug` is unique inside its item and never changes."""

    slug: str
    name: str
    english: str
    article: str
    certainty: Certainty


@dataclass(frozen=True, slots=True)
class Item:
    """Something an agency must publish on its own initiative.

    Attributes:
        slug: Our name in addresses and metadata; never changes.
        number: Position among the fifteen of article 20; None for the items of article 21.
        article: The provision.
        text: The regulation's own words.
        short_name: Name of the column; a default where `configurable`.
        english: Our English for the short name.
        pinyin: Alias that existing sites use in addresses.
        natures: What its entries are.
        levels: Levels of government it binds.
        certainty: How `article` and `text` are known.
        short_name_certainty: How `short_name` is known.
        children: Its sub-items, in the regulation's order.
    """

    slug: str
    number: int | None
    article: str
    text: str
    short_name: str
    english: str
    pinyin: str
    natures: tuple[Nature, ...]
    levels: tuple[Level, ...]
    certainty: Certainty
    short_name_certainty: Certainty
    children: tuple[SubItem, ...] = ()

    @property
    def configurable(self) -> bool:
        """Whether a site may rename the column: the short name stands in no official document."""
        return self.short_name_certainty is not Certainty.VERIFIED


@dataclass(frozen=True, slots=True)
class Part:
    """A part of the column 政府信息公开; `number` is its place, None for the request entry beside the four."""

    slug: str
    number: int | None
    name: str
    english: str
    article: str
    certainty: Certainty


@dataclass(frozen=True, slots=True)
class Genre:
    """体裁分类: one of the fifteen types of official document (`statutory`), or a class beside them.

    `usually_process` marks the types that report upwards: process information as a rule (条例第十六条), so
    that publishing one needs a reason.
    """

    code: str
    name: str
    english: str
    article: str
    certainty: Certainty
    statutory: bool
    usually_process: bool
    aliases: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class SubTopic:
    """Second level of 主题分类; `path` is how metadata writes it: class, backslash, sub-class."""

    name: str
    english: str
    path: str


@dataclass(frozen=True, slots=True)
class Topic:
    """First level of 主题分类."""

    number: int
    name: str
    english: str
    article: str
    certainty: Certainty
    children: tuple[SubTopic, ...]


@dataclass(frozen=True, slots=True)
class Ground:
    """A legal ground for not publishing, or for taking back or destroying what was published (``why`` in the log)."""

    code: str
    name: str
    english: str
    article: str
    effect: Effect
    uses: tuple[Use, ...]
    certainty: Certainty


@dataclass(frozen=True, slots=True)
class AgencyLevel:
    """A level of government with its names."""

    level: Level
    name: str
    english: str
    article: str
    certainty: Certainty


@dataclass(frozen=True, slots=True)
class AgencyKind:
    """What sort of body an agency is, and why the regulation reaches it; `level` only for governments themselves."""

    code: str
    name: str
    english: str
    article: str
    certainty: Certainty
    level: Level | None
