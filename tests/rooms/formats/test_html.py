import re
from dataclasses import replace

import pytest
from hypothesis import given, settings
from selectolax.lexbor import LexborHTMLParser

from tests.rooms.formats.expected import bare, paragraphs_of, texts_of
from tests.rooms.formats.samples import NOTICE, notices
from tests.strategies import HOSTILE, contents
from yangguang.formats.queries import render
from yangguang.records.types import Body, Cell, Content, Heading, Paragraph, Table

# fmt: off
OUR_TAGS = {
    "html", "head", "meta", "title", "style", "body", "main", "h1", "h2", "h3", "h4", "h5", "h6", "dl", "div", "dt",
    "dd", "article", "p", "table", "caption", "thead", "tbody", "tr", "th", "td", "ol", "ul", "li", "figure",
    "figcaption", "br", "footer", "code",
}
OUR_ATTRIBUTES = {
    "lang", "charset", "name", "content", "http-equiv", "class", "role", "aria-label", "tabindex", "scope", "rowspan",
    "colspan",
}
# fmt: on


def page(content: Content) -> LexborHTMLParser:
    return LexborHTMLParser(render(content, "html").decode("utf-8"))


def texts(parsed: LexborHTMLParser, selector: str) -> list[str]:
    return [node.text() for node in parsed.css(selector)]


@given(content=notices())
def test_a_page_parses_to_the_text_of_the_record(content: Content) -> None:
    parsed = page(content)
    lines = texts(parsed, "h1, article > :is(p, h2, h3, h4, h5, h6, .run-in), article li")
    assert [line for line in map(bare, lines) if line] == paragraphs_of(content)
    rest = bare("".join(texts(parsed, "article")))
    for text in texts_of(content):
        if text != bare(content.metadata.title):
            _, found, rest = rest.partition(text)
            assert found, text


@settings(max_examples=40)
@given(content=contents())
def test_no_text_becomes_an_element_or_an_attribute(content: Content) -> None:
    for node in page(content).css("*"):
        assert node.tag in OUR_TAGS
        assert node.attributes.keys() <= OUR_ATTRIBUTES


@pytest.mark.parametrize("hostile", HOSTILE)
def test_hostile_text_is_only_text(hostile: str) -> None:
    everywhere = replace(
        NOTICE,
        metadata=replace(NOTICE.metadata, title="题" + " ".join(hostile.split()), summary=hostile, keywords=(hostile,)),
        body=Body((Paragraph(hostile), Table(((Cell(hostile),),), hostile))),
    )
    parsed = page(everywhere)
    assert [bare(text) for text in texts(parsed, "article td, article caption")] == [bare(hostile)] * 2
    assert len(parsed.css("h1")) == len(parsed.css("title")) == len(parsed.css("style")) == 1
    assert parsed.css("script") == []


def test_content_pages_carry_the_statutory_meta_tags() -> None:
    tags = {node.attributes.get("name"): node.attributes.get("content") for node in page(NOTICE).css("meta[name]")}
    assert tags["ArticleTitle"] == NOTICE.metadata.title
    assert re.fullmatch(r"\d{4}-\d{2}-\d{2} \d{2}:\d{2}", tags["PubDate"] or "")
    assert tags["ContentSource"] == "阳光县人民政府门户网站"
    assert tags["ColumnName"] == "应急管理"


def test_a_record_without_source_names_its_publisher_as_source() -> None:
    plain = replace(NOTICE, metadata=replace(NOTICE.metadata, source=""))
    assert 'name="ContentSource" content="阳光县人民政府办公室"' in render(plain, "html").decode("utf-8")


def test_the_page_is_in_chinese_and_fetches_nothing() -> None:
    text = render(NOTICE, "html").decode("utf-8")
    assert '<html lang="zh-CN">' in text
    assert re.search(r"\b(src|href|action|srcset)=|@import|url\(", text) is None
    (policy,) = page(NOTICE).css('meta[http-equiv="Content-Security-Policy"]')
    assert str(policy.attributes["content"]).startswith("default-src 'none'; style-src 'sha256-")


def test_headings_stand_one_below_the_title_and_run_in_headings_share_their_line() -> None:
    parsed = page(NOTICE)
    assert texts(parsed, "article h2") == ["一、落实责任", "二、附则"]
    assert texts(parsed, "article .run-in") == ["（一）明确分工。各乡镇主要负责人为第一责任人。"]
    assert texts(parsed, "article .run-in > h3") == ["（一）明确分工。"]


def test_the_title_stands_once_as_a_heading() -> None:
    assert texts(page(NOTICE), "article p.title") == []
    assert texts(page(NOTICE), "h1") == [NOTICE.metadata.title]


def test_a_run_in_heading_without_paragraph_is_a_plain_heading() -> None:
    body = Body((Heading(1, "一、", "甲", run_in=True), Heading(1, "二、", "乙", run_in=True)))
    assert texts(page(replace(NOTICE, body=body)), "article > h2") == ["一、甲", "二、乙"]


def test_a_chapter_is_parted_from_its_name() -> None:
    body = Body((Heading(1, "第一章", "总则"), Heading(5, "①", "甲"), Heading(3, "1.", "乙")))
    assert texts(page(replace(NOTICE, body=body)), "article > *") == ["第一章　总则", "①甲", "1.乙"]


def test_tables_say_caption_spans_and_what_a_header_heads() -> None:
    table = page(NOTICE).css_first("article table")
    assert table is not None
    assert [node.text() for node in table.css("caption")] == ["防汛物资表"]
    assert [(node.text(), dict(node.attributes)) for node in table.css("thead th")][:2] == [
        ("单位", {"scope": "col", "rowspan": "2"}),
        ("物资", {"scope": "col", "colspan": "2"}),
    ]
    assert [node.text() for node in table.css("tbody td")] == ["东河乡", "500", "12"]


def test_a_header_cell_beside_data_heads_its_row() -> None:
    table = Table(((Cell("名称", header=True), Cell("县政府")), (Cell("电话", header=True), Cell("0000"))))
    parsed = page(replace(NOTICE, body=Body((table,))))
    assert [node.attributes for node in parsed.css("th")] == [{"scope": "row"}] * 2
    assert parsed.css("thead") == []


def test_no_header_cell_is_cut_by_the_end_of_the_head() -> None:
    table = Table(((Cell("甲", rows=2, header=True), Cell("乙", header=True)), (Cell("数据"),)))
    assert page(replace(NOTICE, body=Body((table,)))).css("thead") == []
