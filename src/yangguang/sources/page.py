"""An HTML page: its machine-readable head first, then the container of the text, then blocks.

Head metas: 国办发〔2017〕47号 annex (ArticleTitle, PubDate, ContentSource …). Containers: site profiles, which are data
(``profiles/*.toml``); where none fits, the block with the most text outside links. Every value that did not come from
the head carries a doubt.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from selectolax.lexbor import LexborNode

from yangguang.records.types import Doubt, Heading, Table
from yangguang.sources.dates import find_date, parse_moment
from yangguang.sources.drafts import Draft
from yangguang.sources.labels import Labels, read_labels
from yangguang.sources.outline import Piece
from yangguang.sources.pageblocks import page_pieces, tree_of, visible_length
from yangguang.sources.plain import title_from_name
from yangguang.sources.profiles import Profile, profiles
from yangguang.sources.scrub import Scrubbed, scrub
from yangguang.sources.text import clean, is_leftover, squeeze, widen
from yangguang.sources.types import Place

_TITLES = ("articletitle", "og:title")
_DATES = ("pubdate", "publishdate", "firstpublishedtime", "article:published_time", "publishtime", "releasedate")
_SOURCES = ("contentsource", "source")
_TITLE_TAIL = re.compile(r"\s*(?:__|[_|]|\s[-–—]\s|-{2,})\s*[^_|]{1,40}$")
_DATED = re.compile(r"(?:发布|公开|公布|发文)?(?:日期|时间)\s*[:：]\s*(.{8,24})")
_SOURCED = re.compile(r"(?:信息|稿件|文章)?来源\s*[:：]\s*([^\s|【\[（(：:]{2,30})")
_SHORTEST = 20
"""Fewest visible characters of a container that a profile's selector found."""

_HEAD_TEXT = 4_000
_SHORTEST_TITLE, _LONGEST_TITLE = 4, 200
_WORD_BREAK = re.compile(r"[\s,，;；、]+")
MAX_KEYWORDS = 10
"""The vocabulary's limit (STATUTE 7.1)."""


@dataclass(frozen=True, slots=True)
class _Found:
    """The container of the text, and a doubt where it was guessed."""

    node: LexborNode
    doubts: tuple[Doubt, ...]


def read_page(text: str, place: Place, *, depth: int) -> Draft:
    """Return the document that the HTML page `text` shows.

    Raises:
        UnreadableError: nested deeper than `depth` blocks, or no text.
    """
    scrubbed = scrub(clean(text), depth=depth)
    body = tree_of(scrubbed)
    found = _container(body)
    title, guessed, title_doubts = _title(scrubbed, body, place)
    around = squeeze(clean(body.text(separator=" ")))[:_HEAD_TEXT]
    pieces, leftovers = _pieces(found.node, title)
    labels = _labels(body)
    published_on, date_doubts = _published_on(scrubbed.metas, labels, around)
    source, source_doubts = _source(scrubbed.metas, labels, around)
    summary, keywords = _described(scrubbed.metas)
    return Draft(
        place=place,
        title=title,
        title_guessed=guessed,
        pieces=pieces,
        published_on=published_on,
        source=source,
        summary=summary,
        keywords=keywords,
        labels=labels,
        doubts=(*title_doubts, *found.doubts, *date_doubts, *source_doubts, *leftovers),
    )


def _described(metas: Mapping[str, str]) -> tuple[str, tuple[str, ...]]:
    """Return summary and keywords of a content page; those of a column page or of the whole site describe no text."""
    if "articletitle" not in metas:
        return "", ()
    of_site = {metas.get("sitename"), metas.get("columnname"), ""}
    summary, keywords = metas.get("description", ""), metas.get("keywords", "")
    words = tuple(word for word in _WORD_BREAK.split(keywords) if word)[:MAX_KEYWORDS]
    return "" if summary in of_site else widen(summary), () if keywords in of_site else words


def _container(body: LexborNode) -> _Found:
    """Return the longest node that a profile's selector finds, or the block with the most text outside links."""
    best: LexborNode | None = None
    longest = _SHORTEST - 1
    chosen: Profile | None = None
    for profile in profiles():
        for selector in profile.body:
            for node in body.css(selector):
                length = visible_length(node)
                if length > longest:
                    best, longest, chosen = node, length, profile
    if best is not None and chosen is not None:
        for selector in chosen.remove:
            for node in best.css(selector):
                node.decompose()
        return _Found(best, ())
    return _Found(_longest(body), (Doubt("body", "没有站点模板适用，正文取自链接以外文字最多的区域"),))


def _longest(body: LexborNode) -> LexborNode:
    """Return the block whose own paragraphs hold the most text outside links."""
    best, highest = body, 0
    for node in body.css("div, td, article, section, main"):
        score = 0
        for child in node.iter(include_text=True):
            if child.tag in {"-text", "p", "h2", "h3", "h4", "ul", "ol", "table", "blockquote", "pre"}:
                score += visible_length(child)
        if score > highest:
            best, highest = node, score
    return best


def _pieces(node: LexborNode, title: str) -> tuple[list[Piece], tuple[Doubt, ...]]:
    """Return the pieces of the container, without its repetition of the title as a heading and template tokens."""
    pieces: list[Piece] = []
    dropped = 0
    for piece in page_pieces(node):
        if isinstance(piece, str) and is_leftover(piece):
            dropped += 1
        elif not (isinstance(piece, Heading) and piece.text == title):
            pieces.append(piece)
    if not dropped:
        return pieces, ()
    return pieces, (Doubt("body", f"删去了 {dropped} 处模板残留（形如双花括号的占位符）"),)


def _labels(body: LexborNode) -> Labels:
    """Return what the page's first table of labels and values says."""
    for table in body.css("table"):
        for piece in page_pieces(table):
            if isinstance(piece, Table) and (labels := read_labels(piece)) != Labels():
                return labels
    return Labels()


def _title(scrubbed: Scrubbed, body: LexborNode, place: Place) -> tuple[str, bool, tuple[Doubt, ...]]:
    """Return the title, whether a title printed in the document would be better, and a doubt where it was inferred."""
    for name in _TITLES:
        if title := scrubbed.metas.get(name):
            return widen(squeeze(title)), False, ()
    for profile in profiles():
        for selector in profile.title:
            node = body.css_first(selector)
            text = squeeze(clean(node.text(separator=""))) if node is not None else ""
            if _SHORTEST_TITLE <= len(text) <= _LONGEST_TITLE:
                return widen(text), False, (Doubt("title", "标题取自页面内的标题区域"),)
    title = squeeze(scrubbed.title)
    while (shorter := _TITLE_TAIL.sub("", title)) != title and len(shorter) >= _SHORTEST_TITLE:
        title = shorter
    if title:
        return widen(title), True, (Doubt("title", "标题取自网页的 title，去掉了站点名称"),)
    return title_from_name(place), True, (Doubt("title", "网页没有标题，取自文件名"),)


def _published_on(metas: Mapping[str, str], labels: Labels, around: str) -> tuple[date | None, tuple[Doubt, ...]]:
    for name in _DATES:
        if day := parse_moment(metas.get(name, "")):
            return day, ()
    if labels.published_on:
        return labels.published_on, ()
    said = _DATED.search(around)
    found = find_date(said[1]) if said else None
    return (found[0], (Doubt("published_on", "发布日期取自页面文字"),)) if found else (None, ())


def _source(metas: Mapping[str, str], labels: Labels, around: str) -> tuple[str, tuple[Doubt, ...]]:
    for name in _SOURCES:
        if source := metas.get(name):
            return widen(source), ()
    if labels.source:
        return labels.source, ()
    said = _SOURCED.search(around)
    return (said[1], (Doubt("source", "来源取自页面文字"),)) if said else ("", ())
