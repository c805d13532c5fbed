"""What the regulation says, as values: the only door through which other rooms read the law.

The data files are read once a process; `docs/reference/law.md` is generated from them.
"""

from collections.abc import Iterable
from functools import cache

from yangguang.law import loading
from yangguang.law.errors import (
    UnknownGenreError,
    UnknownGroundError,
    UnknownItemError,
    UnknownLevelError,
    UnknownPartError,
    UnknownSubItemError,
)
from yangguang.law.types import (
    AgencyKind,
    AgencyLevel,
    Genre,
    Ground,
    Instrument,
    Item,
    Level,
    Part,
    SubItem,
    Topic,
)

__all__ = [
    "agency_kinds",
    "agency_levels",
    "columns",
    "genre",
    "genres",
    "ground",
    "grounds",
    "instruments",
    "item",
    "items",
    "items_for",
    "local_items",
    "part",
    "parts",
    "sub_item",
    "topics",
]


@cache
def instruments() -> tuple[Instrument, ...]:
    """Return the laws and notices that articles are quoted from."""
    return loading.load_instruments(loading.data_text("instruments.toml"))


@cache
def items() -> tuple[Item, ...]:
    """Return the fifteen items of article 20, in its order."""
    return loading.load_common_items(loading.data_text("items.toml"))


def local_items(level: Level | str) -> tuple[Item, ...]:
    """Return the items that article 21 adds for `level`, in its order; none for the centre and the provinces.

    Raises:
        UnknownLevelError: `level` is no level of government.
    """
    return _local_items()[_level(level)]


def items_for(level: Level | str) -> tuple[Item, ...]:
    """Return everything an agency of `level` must publish: article 20, then what article 21 adds.

    Raises:
        UnknownLevelError: `level` is no level of government.
    """
    return items() + local_items(level)


def item(slug: str) -> Item:
    """Return the item of article 20 or 21 called `slug`.

    Raises:
        UnknownItemError: No item has that slug.
    """
    found = _all_items().get(slug)
    if found is None:
        raise UnknownItemError(_unknown(slug, "an item of articles 20 and 21", _all_items()))
    return found


def sub_item(item_slug: str, slug: str) -> SubItem:
    """Return the sub-item `slug` of the item `item_slug`; sub-item slugs are unique inside their item only.

    Raises:
        UnknownItemError: No item has the first slug.
        UnknownSubItemError: The item has no sub-item with the second.
    """
    children = {child.slug: child for child in item(item_slug).children}
    if slug not in children:
        raise UnknownSubItemError(_unknown(slug, f"a sub-item of {item_slug}", children))
    return children[slug]


@cache
def parts() -> tuple[Part, ...]:
    """Return the four parts of the column in order, then the request entry."""
    return loading.load_parts(loading.data_text("parts.toml"))


def part(slug: str) -> Part:
    """Return the part of the column called `slug`.

    Raises:
        UnknownPartError: No part has that slug.
    """
    for found in parts():
        if found.slug == slug:
            return found
    raise UnknownPartError(_unknown(slug, "a part of the column", (found.slug for found in parts())))


@cache
def columns() -> tuple[str, ...]:
    """Return every slug a record's `column` may hold: guide, rules, each item, annual-reports."""
    return ("guide", "rules", *_all_items(), "annual-reports")


@cache
def genres() -> tuple[Genre, ...]:
    """Return the fifteen types of official document, then the classes beside them."""
    return loading.load_genres(loading.data_text("genres.toml"))


def genre(code_or_name: str) -> Genre:
    """Return the genre with that code, name or alias (会议纪要 is 纪要).

    Raises:
        UnknownGenreError: No genre has it.
    """
    for found in genres():
        if code_or_name in (found.code, found.name, *found.aliases):
            return found
    raise UnknownGenreError(_unknown(code_or_name, "a genre", (found.name for found in genres())))


@cache
def topics() -> tuple[Topic, ...]:
    """Return the 22 classes of 主题分类 with their sub-classes."""
    return loading.load_topics(loading.data_text("topics.toml"))


@cache
def grounds() -> tuple[Ground, ...]:
    """Return the grounds for refusing, withdrawing and erasing."""
    return loading.load_grounds(loading.data_text("grounds.toml"))


def ground(code: str) -> Ground:
    """Return the ground with that code.

    Raises:
        UnknownGroundError: No ground has it.
    """
    for found in grounds():
        if found.code == code:
            return found
    raise UnknownGroundError(_unknown(code, "a legal ground", (found.code for found in grounds())))


def agency_levels() -> tuple[AgencyLevel, ...]:
    """Return the levels of government, highest first."""
    return _agency_words()[0]


def agency_kinds() -> tuple[AgencyKind, ...]:
    """Return the kinds of bodies the regulation reaches."""
    return _agency_words()[1]


@cache
def _agency_words() -> tuple[tuple[AgencyLevel, ...], tuple[AgencyKind, ...]]:
    return loading.load_agency_words(loading.data_text("agencies.toml"))


@cache
def _local_items() -> dict[Level, tuple[Item, ...]]:
    return loading.load_local_items(loading.data_text("local-items.toml"))


@cache
def _all_items() -> dict[str, Item]:
    found = {item.slug: item for item in items()}
    for listed in _local_items().values():
        found.update({item.slug: item for item in listed})
    return found


def _level(level: Level | str) -> Level:
    try:
        return Level(level)
    except ValueError as error:
        raise UnknownLevelError(_unknown(level, "a level of government", Level)) from error


def _unknown(word: str, what: str, existing: Iterable[str]) -> str:
    return f"{word[:80]!r} is not {what}; there are {', '.join(existing)}"
