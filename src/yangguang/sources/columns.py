"""The column a document most likely belongs to. The rules are data: ``columns.toml`` beside this file.

Items: 条例 (2019) 第二十条, 第二十一条.
"""

import re
import tomllib
from dataclasses import dataclass
from functools import cache
from importlib import resources

from yangguang.records.types import Doubt

_AFTER_THE_NAME = 12
"""Characters that may follow the words that make a title statutory: 信息公开表（金罚决字…）, 情况说明."""

_HEADLINE = re.compile("召开|举行|举办|出席|调研|考察|部署|发布会|建成|成功|座谈|专访|记者|圆满|启动|名列|赴|[：！？]")


@dataclass(frozen=True, slots=True)
class _Rule:
    column: str
    reason: str
    title: re.Pattern[str] | None
    genres: frozenset[str]
    numbered: bool
    document: bool

    def applies(self, title: str, genre: str, number: str) -> bool:
        """Tell whether every condition that the rule states holds."""
        return (
            (self.title is None or self.title.search(title) is not None)
            and (not self.genres or genre in self.genres)
            and (not self.numbered or bool(number))
        )


def infer_column(title: str, genre: str, number: str) -> tuple[str, Doubt]:
    """Return the slug of the column that the first fitting rule names, and the doubt that says which rule."""
    for rule in _rules():
        if rule.applies(title, genre, number):
            return rule.column, Doubt("column", f"栏目按规则推定：{rule.reason}")
    raise LookupError("columns.toml is damaged: its last rule of rule must have no condition")


def is_statutory_title(title: str) -> bool:
    """Tell whether `title` alone makes the text a document of the statutory column (a budget, an annual report …).

    Such titles end in the thing they name; a headline about it goes on, or has a verb of the news.
    """
    if _HEADLINE.search(title):
        return False
    return any(
        rule.document
        and rule.title is not None
        and any(len(title) - found.end() <= _AFTER_THE_NAME for found in rule.title.finditer(title))
        for rule in _rules()
    )


def inferable_columns() -> tuple[str, ...]:
    """Return every slug that a rule can give."""
    return tuple(dict.fromkeys(rule.column for rule in _rules()))


@cache
def _rules() -> tuple[_Rule, ...]:
    said = tomllib.loads(resources.files("yangguang.sources").joinpath("columns.toml").read_text("utf-8"))
    return tuple(
        _Rule(
            column=str(rule["column"]),
            reason=str(rule["reason"]),
            title=re.compile(rule["title"]) if "title" in rule else None,
            genres=frozenset(rule.get("genres", ())),
            numbered=bool(rule.get("numbered", False)),
            document=bool(rule.get("document", False)),
        )
        for rule in said["rule"]
    )
