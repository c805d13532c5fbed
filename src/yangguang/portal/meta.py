"""Page meta tags (网页标签): what each page says of itself to search engines and inspections.

Source: 政府网站发展指引 (国办发〔2017〕47号), annex on page tags. The words of `ColumnType` are the annex's own in any
language.
"""

from collections.abc import Mapping
from dataclasses import dataclass

from yangguang.law.queries import item, part
from yangguang.law.types import Item
from yangguang.records.types import Metadata

_PART_TYPES: Mapping[str, str] = {
    "guide": "信息公开指南",
    "rules": "政策文件",
    "statutory": "信息公开目录",
    "annual-reports": "信息公开年报",
    "request": "依申请公开",
}
_ITEM_TYPES: Mapping[str, str] = {
    "legal-basis": "政策文件",
    "agency-profile": "机构职能",
    "statistics": "数据发布",
    "licensing-services": "办事服务",
}
_CATALOGUE = "信息公开目录"
_COLUMN = "政府信息公开"


@dataclass(frozen=True, slots=True)
class Column:
    """Column tags: all four are required of every page."""

    name: str
    description: str
    keywords: str
    type: str


@dataclass(frozen=True, slots=True)
class Article:
    """Tags of a content page; `published` is ``YYYY-MM-DD HH:MM``."""

    title: str
    published: str
    source: str
    keywords: str
    description: str
    url: str


def home_column(site_name: str) -> Column:
    """Return the tags of the home page."""
    return Column("首页", f"{site_name}首页", f"{_COLUMN},{site_name}", "首页")


def agency_column(agency_name: str) -> Column:
    """Return the tags of an agency's column 政府信息公开."""
    return Column(_COLUMN, f"{agency_name}{_COLUMN}专栏", f"{_COLUMN},{agency_name}", _CATALOGUE)


def part_column(agency_name: str, slug: str) -> Column:
    """Return the tags of one part of an agency's column."""
    name = part(slug).name
    return Column(name, f"{agency_name}{name}", f"{name},{agency_name}", _PART_TYPES.get(slug, _CATALOGUE))


def item_column(agency_name: str, found: Item) -> Column:
    """Return the tags of one item of the statutory content."""
    kind = _ITEM_TYPES.get(found.slug, _CATALOGUE)
    return Column(found.short_name, f"{agency_name}：{found.text}", f"{found.short_name},{agency_name}", kind)


def search_column(site_name: str) -> Column:
    """Return the tags of the search page and of pages that are about no column."""
    return Column("信息检索", f"{site_name}信息检索", "信息检索,政府信息公开", _CATALOGUE)


def record_column(metadata: Metadata) -> Column:
    """Return the tags of the column a record stands in; news stands in none and is 工作动态."""
    agency = metadata.agency.name
    if metadata.column is None:
        return Column("工作动态", f"{agency}工作动态", f"工作动态,{agency}", "工作动态")
    if metadata.column in _PART_TYPES:
        return part_column(agency, metadata.column)
    return item_column(agency, item(metadata.column))


def record_article(metadata: Metadata, published: str, url: str, beginning: str) -> Article:
    """Return the content tags of a record; `beginning` of its text stands in for a summary that is not stated."""
    return Article(
        title=metadata.title,
        published=published,
        source=metadata.source or metadata.agency.name,
        keywords=",".join(metadata.keywords or (metadata.agency.name, metadata.genre)).strip(","),
        description=metadata.summary or beginning,
        url=url,
    )
