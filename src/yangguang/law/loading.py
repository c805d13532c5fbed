"""The data files as frozen values, checked while they are read.

One `load_*` function a file: it takes the file's text, so that a test can offer a damaged one. The rules of the data:
every key known, every article beginning with an instrument that is listed, every slug once.
"""

from collections.abc import Callable, Iterable
from functools import cache
from importlib import resources
from typing import TypeVar

from yangguang.law.errors import LawDataError
from yangguang.law.reading import Entry, read_toml
from yangguang.law.types import (
    AgencyKind,
    AgencyLevel,
    Certainty,
    Effect,
    Genre,
    Ground,
    Instrument,
    Item,
    Level,
    Nature,
    Part,
    SubItem,
    SubTopic,
    Topic,
    Use,
)

Built = TypeVar("Built")


def data_text(name: str) -> str:
    """Return the text of the data file `name`."""
    return resources.files("yangguang.law").joinpath("data", name).read_text(encoding="utf-8")


def load_instruments(text: str) -> tuple[Instrument, ...]:
    """Return the instruments of ``instruments.toml``."""
    file = read_toml("instruments.toml", text)
    found = _each(file, "instrument", _instrument)
    file.finish()
    _once("instruments.toml", "short", (instrument.short for instrument in found))
    return found


def load_common_items(text: str) -> tuple[Item, ...]:
    """Return the items of ``items.toml``: article 20, which binds every level."""
    file = read_toml("items.toml", text)
    found = _each(file, "item", _common_item)
    file.finish()
    _once("items.toml", "slug", (item.slug for item in found))
    return found


def load_local_items(text: str) -> dict[Level, tuple[Item, ...]]:
    """Return the items of ``local-items.toml`` by level, each level's in the order of article 21."""
    file = read_toml("local-items.toml", text)
    slugs: dict[Level, tuple[str, ...]] = {}
    for levels, listed in _each(file, "list", _local_list):
        slugs.update(dict.fromkeys(levels, listed))

    def local_item(entry: Entry) -> Item:
        slug = entry.text("slug")
        return _item(entry, slug, None, tuple(level for level in Level if slug in slugs.get(level, ())))

    found = _each(file, "item", local_item)
    file.finish()
    _once("local-items.toml", "slug", (item.slug for item in found))
    items = {item.slug: item for item in found}
    listed_somewhere = {slug for listed in slugs.values() for slug in listed}
    if listed_somewhere != set(items):
        stray = ", ".join(sorted(listed_somewhere ^ set(items)))
        raise LawDataError(f"local-items.toml: {stray}: every item is in a list and every list names items")
    return {level: tuple(items[slug] for slug in slugs.get(level, ())) for level in Level}


def load_parts(text: str) -> tuple[Part, ...]:
    """Return the parts of ``parts.toml``, in the order of the column."""
    file = read_toml("parts.toml", text)
    found = _each(file, "part", _part)
    file.finish()
    _once("parts.toml", "slug", (part.slug for part in found))
    return found


def load_genres(text: str) -> tuple[Genre, ...]:
    """Return the genres of ``genres.toml``: the fifteen types, then the others."""
    file = read_toml("genres.toml", text)
    found = _each(file, "genre", _genre)
    file.finish()
    _once("genres.toml", "name", (word for genre in found for word in (genre.code, genre.name, *genre.aliases)))
    return found


def load_topics(text: str) -> tuple[Topic, ...]:
    """Return the classes of ``topics.toml`` with their sub-classes."""
    file = read_toml("topics.toml", text)
    found = _each(file, "topic", _topic)
    file.finish()
    paths = (path for topic in found for path in (topic.name, *(child.path for child in topic.children)))
    _once("topics.toml", "path", paths)
    return found


def load_grounds(text: str) -> tuple[Ground, ...]:
    """Return the grounds of ``grounds.toml``."""
    file = read_toml("grounds.toml", text)
    found = _each(file, "ground", _ground)
    file.finish()
    _once("grounds.toml", "code", (ground.code for ground in found))
    return found


def load_agency_words(text: str) -> tuple[tuple[AgencyLevel, ...], tuple[AgencyKind, ...]]:
    """Return the levels and the kinds of ``agencies.toml``."""
    file = read_toml("agencies.toml", text)
    levels = _each(file, "level", _agency_level)
    kinds = _each(file, "kind", _agency_kind)
    file.finish()
    if [found.level for found in levels] != list(Level):
        raise LawDataError(f"agencies.toml: the levels must be {', '.join(Level)}, in this order")
    _once("agencies.toml", "code", (kind.code for kind in kinds))
    return levels, kinds


def _instrument(entry: Entry) -> Instrument:
    return Instrument(
        short=entry.text("short"),
        title=entry.text("title"),
        number=entry.line("number"),
        english=entry.text("english"),
        in_force_from=entry.day("in_force_from") if entry.has("in_force_from") else None,
        certainty=entry.choice("certainty", Certainty),
    )


def _common_item(entry: Entry) -> Item:
    return _item(entry, entry.text("slug"), entry.whole("number"), tuple(Level))


def _local_list(entry: Entry) -> tuple[tuple[Level, ...], tuple[str, ...]]:
    _article(entry)
    entry.choice("certainty", Certainty)
    return entry.choices("levels", Level), entry.texts("items")


def _item(entry: Entry, slug: str, number: int | None, levels: tuple[Level, ...]) -> Item:
    children = _each(entry, "child", _sub_item) if entry.has("child") else ()
    _once(f"item {slug}", "slug", (child.slug for child in children))
    return Item(
        slug=slug,
        number=number,
        article=_article(entry),
        text=entry.text("text"),
        short_name=entry.text("short_name"),
        english=entry.text("english"),
        pinyin=entry.text("pinyin"),
        natures=entry.choices("natures", Nature),
        levels=levels,
        certainty=entry.choice("certainty", Certainty),
        short_name_certainty=entry.choice("short_name_certainty", Certainty),
        children=children,
    )


def _sub_item(entry: Entry) -> SubItem:
    return SubItem(
        slug=entry.text("slug"),
        name=entry.text("name"),
        english=entry.text("english"),
        article=_article(entry),
        certainty=entry.choice("certainty", Certainty),
    )


def _part(entry: Entry) -> Part:
    return Part(
        slug=entry.text("slug"),
        number=entry.whole("number") if entry.has("number") else None,
        name=entry.text("name"),
        english=entry.text("english"),
        article=_article(entry),
        certainty=entry.choice("certainty", Certainty),
    )


def _genre(entry: Entry) -> Genre:
    return Genre(
        code=entry.text("code"),
        name=entry.text("name"),
        english=entry.text("english"),
        article=_article(entry),
        certainty=entry.choice("certainty", Certainty),
        statutory=entry.flag("statutory"),
        usually_process=entry.has("usually_process") and entry.flag("usually_process"),
        aliases=entry.texts("aliases") if entry.has("aliases") else (),
    )


def _topic(entry: Entry) -> Topic:
    name = entry.text("name")

    def child(below: Entry) -> SubTopic:
        sub_name = below.text("name")
        return SubTopic(name=sub_name, english=below.text("english"), path=f"{name}\\{sub_name}")

    return Topic(
        number=entry.whole("number"),
        name=name,
        english=entry.text("english"),
        article=_article(entry),
        certainty=entry.choice("certainty", Certainty),
        children=_each(entry, "children", child),
    )


def _ground(entry: Entry) -> Ground:
    return Ground(
        code=entry.text("code"),
        name=entry.text("name"),
        english=entry.text("english"),
        article=_article(entry),
        effect=entry.choice("effect", Effect),
        uses=entry.choices("uses", Use),
        certainty=entry.choice("certainty", Certainty),
    )


def _agency_level(entry: Entry) -> AgencyLevel:
    return AgencyLevel(
        level=entry.choice("level", Level),
        name=entry.text("name"),
        english=entry.text("english"),
        article=_article(entry),
        certainty=entry.choice("certainty", Certainty),
    )


def _agency_kind(entry: Entry) -> AgencyKind:
    return AgencyKind(
        code=entry.text("code"),
        name=entry.text("name"),
        english=entry.text("english"),
        article=_article(entry),
        certainty=entry.choice("certainty", Certainty),
        level=entry.choice("level", Level) if entry.has("level") else None,
    )


def _article(entry: Entry) -> str:
    article = entry.text("article")
    shorts = _instrument_shorts()
    if not article.startswith(tuple(f"{short}第" for short in shorts)):
        raise entry.error(f"article {article!r} begins with none of {', '.join(shorts)}: list its instrument first")
    return article


@cache
def _instrument_shorts() -> tuple[str, ...]:
    return tuple(instrument.short for instrument in load_instruments(data_text("instruments.toml")))


def _each(entry: Entry, key: str, build: Callable[[Entry], Built]) -> tuple[Built, ...]:
    found: list[Built] = []
    for below in entry.entries(key):
        found.append(build(below))
        below.finish()
    return tuple(found)


def _once(place: str, key: str, words: Iterable[str]) -> None:
    seen: set[str] = set()
    for word in words:
        if word in seen:
            raise LawDataError(f"{place}: {key} {word!r} stands twice")
        seen.add(word)
