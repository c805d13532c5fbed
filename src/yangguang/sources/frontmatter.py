"""The front matter of a Markdown file: YAML between two ``---`` lines, in the words of the record's `Metadata`.

Nothing is read that YAML can hide: every value is taken as it is written (a title ``2024`` stays text), keys are a
closed list, a key that appears twice or is unknown is refused by name, and only texts, lists of texts and `withdrawn`
occur.
"""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import cast

import yaml

from yangguang.law import queries as law
from yangguang.law.errors import UnknownGenreError, UnknownGroundError
from yangguang.records.queries import parse_document_number
from yangguang.records.types import Disclosure, Kind, Validity
from yangguang.sources.dates import parse_moment
from yangguang.sources.errors import UnreadableError
from yangguang.sources.text import clean, squeeze
from yangguang.sources.types import Withdrawal

MAX_FRONT_MATTER = 65_536
"""Characters; more is no front matter of ours."""

_FENCED = re.compile(r"---[^\S\n]*\n(.*?)(?:^---[^\S\n]*(?:\n|\Z))", re.DOTALL | re.MULTILINE)
_TEXTS = frozenset({"title", "document_title", "addressees", "source", "summary", "topic", "basis", "index_number"})
_DATES = frozenset({"formed_on", "published_on", "effective_from", "effective_to"})
_LISTS = frozenset({"issuers", "keywords", "attachments"})
_CHOICES = frozenset({"kind", "column", "genre", "validity", "disclosure", "document_number", "agency", "withdrawn"})
KEYS = _TEXTS | _DATES | _LISTS | _CHOICES
"""Every key that front matter may hold."""


@dataclass(frozen=True, slots=True, kw_only=True)
class FrontMatter:
    """What front matter says; empty text, empty tuple and None mean "not said"."""

    kind: Kind | None = None
    title: str = ""
    document_title: str = ""
    document_number: str = ""
    issuers: tuple[str, ...] = ()
    addressees: str = ""
    formed_on: date | None = None
    published_on: date | None = None
    source: str = ""
    genre: str = ""
    column: str = ""
    summary: str = ""
    keywords: tuple[str, ...] = ()
    validity: Validity | None = None
    effective_from: date | None = None
    effective_to: date | None = None
    topic: str = ""
    basis: str = ""
    index_number: str = ""
    agency: str = ""
    attachments: tuple[str, ...] = ()
    withdrawn: Withdrawal | None = None


def split_front_matter(text: str) -> tuple[str, str, int]:
    """Return the front matter's YAML ("" where there is none), the text after it, and how many lines it took."""
    if not text.startswith("---"):
        return "", text, 0
    found = _FENCED.match(text[: MAX_FRONT_MATTER + 8])
    if found is None:
        return "", text, 0
    return found[1], text[found.end() :], found[0].count("\n")


def read_front_matter(source: str) -> FrontMatter:
    """Return what the YAML `source` says.

    Raises:
        UnreadableError: not YAML, an unknown or repeated key, or a value its key cannot have; with the line.
    """
    said: dict[str, object] = {}
    for key, node in _pairs(source):
        line = node.start_mark.line + 2
        name = "agency" if key == "agency_code" else key
        if name not in KEYS:
            raise UnreadableError(f"前置信息有未知的键 unknown key in the front matter: {key[:40]!r}", line)
        if name in said:
            raise UnreadableError(f"前置信息的键重复 key repeated in the front matter: {key[:40]!r}", line)
        try:
            said[name] = _value(name, node)
        except ValueError as error:
            raise UnreadableError(f"前置信息的值有误 bad value in the front matter: {key}: {error}", line) from error
    if said.pop("disclosure", Disclosure.PROACTIVE) is not Disclosure.PROACTIVE:
        raise UnreadableError("公开属性不是主动公开，不得导入 disclosure is not proactive: not to be published")
    return FrontMatter(**said)  # type: ignore[arg-type]  # each key's reader returns the type of its field


def attachment_names(source: str) -> tuple[str, ...]:
    """Return the attachments that the YAML `source` names, or nothing where it cannot be read."""
    try:
        return read_front_matter(source).attachments
    except UnreadableError:
        return ()


def _pairs(source: str) -> list[tuple[str, yaml.Node]]:
    try:
        root = yaml.compose(source, Loader=yaml.SafeLoader)
    except yaml.MarkedYAMLError as error:
        line = error.problem_mark.line + 2 if error.problem_mark else None
        raise UnreadableError(f"前置信息不是 YAML front matter is not YAML: {error.problem}", line) from error
    except (yaml.YAMLError, RecursionError, ValueError) as error:
        raise UnreadableError("前置信息不是 YAML front matter is not YAML", 1) from error
    if root is None:
        return []
    if not isinstance(root, yaml.MappingNode):
        raise UnreadableError("前置信息不是键值表 front matter is not a table of keys and values", 2)
    pairs = cast("list[tuple[yaml.Node, yaml.Node]]", root.value)
    return [(str(key.value) if isinstance(key, yaml.ScalarNode) else "?", node) for key, node in pairs]


def _value(name: str, node: yaml.Node) -> object:
    if name in _LISTS:
        return _texts(node)
    if name == "withdrawn":
        return _withdrawal(node)
    text = _text(node)
    if name in _TEXTS:
        return text
    if name in _DATES:
        return _day(text) if text else None
    return _choice(name, text)


def _choice(name: str, text: str) -> object:
    """Return `text` as the value of a key whose values are a closed list; each list refuses what it does not hold."""
    if not text:
        return None if name in {"kind", "validity"} else ""
    return _READERS[name](text)


def _document_number(text: str) -> str:
    number = parse_document_number(text)
    return number.text if number else text


def _genre(text: str) -> str:
    try:
        return law.genre(text).name
    except UnknownGenreError as error:
        raise ValueError(error) from error


def _column(text: str) -> str:
    if text not in law.columns():
        raise ValueError(f"{text!r} is no column: {', '.join(law.columns())}")
    return text


def _text(node: yaml.Node) -> str:
    if not isinstance(node, yaml.ScalarNode):
        raise ValueError("text expected")  # noqa: TRY004 - one error for every bad value
    return squeeze(clean(str(node.value)))


def _texts(node: yaml.Node) -> tuple[str, ...]:
    if isinstance(node, yaml.ScalarNode):
        return (_text(node),) if _text(node) else ()
    if not isinstance(node, yaml.SequenceNode):
        raise ValueError("text or a list of texts expected")  # noqa: TRY004 - one error for every bad value
    return tuple(text for text in (_text(child) for child in node.value) if text)


def _day(text: str) -> date:
    day = parse_moment(text)
    if day is None:
        raise ValueError(f"{text[:40]!r} is no date: 2019-12-03 expected")
    return day


def _withdrawal(node: yaml.Node) -> Withdrawal | None:
    if not isinstance(node, yaml.MappingNode):
        if isinstance(node, yaml.ScalarNode) and not node.value:
            return None
        raise ValueError("{ground: code, on: date} expected")
    said = {_text(key): _text(value) for key, value in node.value}
    if said.keys() != {"ground", "on"}:
        raise ValueError("{ground: code, on: date} expected")
    try:
        ground = law.ground(said["ground"]).code
    except UnknownGroundError as error:
        raise ValueError(error) from error
    return Withdrawal(ground, _day(said["on"]))


_READERS: Mapping[str, Callable[[str], object]] = {
    "kind": Kind,
    "validity": Validity,
    "disclosure": Disclosure,
    "document_number": _document_number,
    "genre": _genre,
    "column": _column,
    "agency": str,
}
