"""Labels and values: the header boxes of live platforms and tables of one record (索引号, 发布日期, 信息来源 …).

Aliases: those seen on live documents (STATUTE 7.1).
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date

from yangguang.records.types import Table
from yangguang.sources.dates import parse_moment

_TITLES = ("标题", "名称", "信息名称")
_PUBLISHED = ("发布日期", "公开日期", "发布时间", "公布日期", "公示日期")
_FORMED = ("成文日期", "生成日期", "产生日期", "发文日期", "决定日期", "决定的日期", "决定书日期", "签发日期")
_SOURCES = ("信息来源", "来源", "稿件来源")
_INDEXES = ("索引号", "信息索引号")
_NUMBERS = ("发文字号", "文号", "发布文号", "文件编号", "决定书文号")
_ISSUERS = ("发文机关", "发布机构", "作出决定机关", "决定机关", "机关名称")
_MAX_COLUMNS = 8


@dataclass(frozen=True, slots=True)
class Labels:
    """The fields that a table of labels and values states, as it prints them; dates read."""

    title: str = ""
    published_on: date | None = None
    formed_on: date | None = None
    source: str = ""
    index_number: str = ""
    number: str = ""
    issuer: str = ""


def read_labels(table: Table) -> Labels:
    """Return what `table` states, reading its cells in pairs of label and value; nothing where it has other columns."""
    said = list(_pairs(table))
    return Labels(
        title=_first(said, _TITLES, whole=True),
        published_on=parse_moment(_first(said, _PUBLISHED)),
        formed_on=parse_moment(_first(said, _FORMED)),
        source=_first(said, _SOURCES, whole=True),
        index_number=_first(said, _INDEXES, whole=True),
        number=_first(said, _NUMBERS),
        issuer=_first(said, _ISSUERS),
    )


def _first(said: Iterable[tuple[str, str]], labels: tuple[str, ...], *, whole: bool = False) -> str:
    """Return the value of the first label that is one of `labels`, or, unless `whole`, ends in one (处罚决定书文号)."""
    return next(
        (value for label, value in said if label in labels or (not whole and label.endswith(labels))),
        "",
    )


def _pairs(table: Table) -> Iterator[tuple[str, str]]:
    for row in table.rows:
        if len(row) % 2 or len(row) > _MAX_COLUMNS:
            continue
        for label, value in zip(row[::2], row[1::2], strict=True):
            if value.text:
                yield "".join(label.text.split()).strip("：:【】[]"), value.text
