"""The metadata box at the head of a record: Chinese labels and values as live platforms print them.

Labels: 政府信息公开条例 (2019) article 12 (索引、名称、内容概述、生成日期) and the header boxes of live platforms;
主送机关 is GB/T 9704's. Only what is stated is shown.
"""

from collections.abc import Iterator, Mapping
from datetime import date
from functools import cache

from yangguang.formats.characters import shown
from yangguang.law import queries as law
from yangguang.law.errors import UnknownGenreError
from yangguang.records.types import Attachment, Content, Disclosure, Kind, Metadata, Validity

LABELS: Mapping[str, str] = {
    "index_number": "索引号",
    "topic": "主题分类",
    "agency": "发布机构",
    "issuers": "发文机关",
    "formed_on": "生成日期",
    "title": "标题",
    "headline": "网页标题",
    "document_number": "发文字号",
    "published_on": "发布日期",
    "addressees": "主送机关",
    "column": "信息分类",
    "genre": "体裁分类",
    "keywords": "主题词",
    "summary": "内容概述",
    "validity": "有效性",
    "effective_from": "施行日期",
    "effective_to": "失效日期",
    "disclosure": "公开属性",
    "source": "信息来源",
    "basis": "公开依据",
    "region_code": "行政区划代码",
    "uscc": "统一社会信用代码",
    "kind": "信息类型",
    "places": "采集来源",
    "id": "记录编号",
    "revision": "版本",
    "attachments": "附件",
    "doubts": "存疑",
    "verify": "核验",
}
"""The printed label of each field, in the order of the box."""

FORMED_ON_OF_DOCUMENT = "成文日期"
"""What 生成日期 is called for an official document: the day it was passed or signed."""

KINDS: Mapping[Kind, str] = {Kind.DOCUMENT: "文件", Kind.RECORD: "事项信息", Kind.NEWS: "新闻动态"}
VALIDITIES: Mapping[Validity, str] = {
    Validity.IN_FORCE: "现行有效",
    Validity.AMENDED: "已修改",
    Validity.NOT_YET_IN_FORCE: "尚未生效",
    Validity.EXPIRED: "已失效",
    Validity.ABOLISHED: "已废止",
}
DISCLOSURES: Mapping[Disclosure, str] = {
    Disclosure.PROACTIVE: "主动公开",
    Disclosure.ON_REQUEST: "依申请公开",
    Disclosure.WITHHELD: "不予公开",
}

VERIFY = (
    "请一并下载与本文件同名的 .tlog-proof 证明文件，离线运行 yangguang verify FILE --proof FILE.tlog-proof，"
    "即可核验本文件是否真实、未被改动。"
)
"""How to prove the file genuine; the record does not know what the file was named or where it was taken from."""

VERIFY_ENGLISH = (
    "To prove this file genuine, save the .tlog-proof file beside it and run, offline: "
    "yangguang verify FILE --proof FILE.tlog-proof"
)


def label(field: str, metadata: Metadata) -> str:
    """Return the printed label of `field`; an unknown field (a doubt may name any) is its own label."""
    if field == "formed_on" and metadata.kind is Kind.DOCUMENT:
        return FORMED_ON_OF_DOCUMENT
    return LABELS.get(field) or shown(field)


def values(content: Content) -> dict[str, str]:
    """Return the printed value of every stated field in the order of the box, one safe line each."""
    metadata = content.metadata
    said = {
        "index_number": metadata.index_number,
        "topic": metadata.topic.replace("\\", " / "),
        "agency": metadata.agency.name,
        "issuers": "、".join(map(shown, metadata.issuers)),
        "formed_on": chinese_date(metadata.formed_on),
        "title": metadata.title,
        "headline": metadata.headline,
        "document_number": metadata.document_number,
        "published_on": chinese_date(metadata.published_on),
        "addressees": metadata.addressees,
        "column": column_name(metadata.column),
        "genre": genre_name(metadata.genre),
        "keywords": "；".join(map(shown, metadata.keywords)),
        "summary": metadata.summary,
        "validity": VALIDITIES[metadata.validity] if metadata.validity else "",
        "effective_from": chinese_date(metadata.effective_from),
        "effective_to": chinese_date(metadata.effective_to),
        "disclosure": DISCLOSURES[metadata.disclosure],
        "source": metadata.source,
        "basis": metadata.basis,
        "region_code": metadata.region_code,
        "uscc": metadata.agency.uscc,
        "kind": KINDS[metadata.kind],
        "places": "；".join(map(shown, metadata.places)),
        "id": content.id,
        "revision": str(content.revision),
    }
    return {field: line for field, value in said.items() if (line := shown(value))}


def box(content: Content) -> tuple[tuple[str, str], ...]:
    """Return label and value of every stated field in the order of the box."""
    return tuple((label(field, content.metadata), value) for field, value in values(content).items())


def closing_lines(content: Content) -> Iterator[str]:
    """Yield what a text rendition says after the record: its attachments, its doubts, and how to verify it."""
    for number, attachment in enumerate(content.metadata.attachments, 1):
        digest = shown(attachment.sha256)
        yield f"{LABELS['attachments']}{number}：{shown(attachment.name)}（{size(attachment)}，SHA-256 {digest}）"
    for doubted, reason in doubts(content):
        yield f"{LABELS['doubts']}：{doubted}：{reason}"
    yield f"{LABELS['verify']}：{VERIFY}"
    yield VERIFY_ENGLISH


def doubts(content: Content) -> tuple[tuple[str, str], ...]:
    """Return label of the field and reason of every doubt, in order."""
    return tuple((label(doubt.field, content.metadata), shown(doubt.reason)) for doubt in content.metadata.doubts)


def chinese_date(day: date | None) -> str:
    """Return ``2019年11月29日``, without leading zeros (GB/T 9704-2012, 7.3.5.4); empty for None."""
    return "" if day is None else f"{day.year}年{day.month}月{day.day}日"


def size(attachment: Attachment) -> str:
    """Return an attachment's size in bytes, grouped by thousands: ``1,234,567 字节``."""
    return f"{attachment.size_bytes:,} 字节"


def column_name(slug: str | None) -> str:
    """Return the column's Chinese name; a slug the law does not know is its own name, None is empty."""
    return "" if slug is None else _column_names().get(slug, slug)


def genre_name(code: str) -> str:
    """Return the genre's Chinese name; a code the law does not know is its own name."""
    if not code:
        return ""
    try:
        return law.genre(code).name
    except UnknownGenreError:
        return code


@cache
def _column_names() -> dict[str, str]:
    parts = {part.slug: part.name for part in law.parts()}
    return {slug: parts[slug] if slug in parts else law.item(slug).short_name for slug in law.columns()}
