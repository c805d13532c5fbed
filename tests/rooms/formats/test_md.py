from collections.abc import Iterator
from dataclasses import fields, replace
from datetime import date
from enum import StrEnum
from urllib.parse import unquote

import pytest
import yaml
from hypothesis import given, settings
from markdown_it import MarkdownIt
from markdown_it.token import Token
from selectolax.lexbor import LexborHTMLParser

from tests.rooms.formats.expected import bare, paragraphs_of
from tests.rooms.formats.samples import NOTICE, notices
from tests.strategies import HOSTILE, contents
from yangguang.formats.queries import render
from yangguang.records.types import Body, Cell, Content, Heading, Image, ItemList, Paragraph, Table
from yangguang.sources.queries import read_file
from yangguang.sources.types import Manuscript, Place

READER = MarkdownIt("commonmark").enable(["table", "strikethrough"])


def parts(content: Content) -> tuple[str, str]:
    opening, front, text = render(content, "md").decode("utf-8").split("---\n", 2)
    assert opening == ""
    return front, text


def tokens(content: Content) -> list[Token]:
    return READER.parse(parts(content)[1])


def lines(content: Content) -> Iterator[str]:
    """Yield the text of paragraphs, headings and items outside tables; any inline mark-up is an error."""
    in_table = False
    for token in tokens(content):
        in_table = token.type == "table_open" or (in_table and token.type != "table_close")
        if token.type == "inline" and not in_table:
            kinds = {child.type for child in token.children or []}
            assert kinds <= {"text"} or kinds == {"image"}, kinds
            if kinds == {"text"}:
                yield "".join(child.content for child in token.children or [])


def outside_tables(content: Content) -> Content:
    """Return `content` with captions taken away: above a table of pipes the caption is a paragraph."""
    blocks = (replace(block, caption="") if isinstance(block, Table) else block for block in content.body.blocks)
    return replace(content, body=Body(tuple(blocks)))


def plain(value: object) -> object:
    match value:
        case StrEnum():
            return value.value
        case date():
            return value.isoformat()
        case tuple():
            return [plain(item) for item in value]
        case _:
            return value


@given(content=notices().map(outside_tables))
def test_markdown_reads_back_to_the_same_paragraphs(content: Content) -> None:
    assert [line for line in map(bare, lines(content)) if line] == paragraphs_of(content)


@settings(max_examples=40)
@given(content=contents())
def test_the_front_matter_is_yaml_that_reads_back_to_the_metadata(content: Content) -> None:
    read = yaml.safe_load(parts(content)[0])
    stated = {item.name: plain(getattr(content.metadata, item.name)) for item in fields(content.metadata)}
    stated |= {"agency": content.metadata.agency.code}
    for given_by_the_platform in ("headline", "region_code", "attachments", "places", "doubts"):
        del stated[given_by_the_platform]
    assert read == {key: value for key, value in stated.items() if value not in (None, "", [])}


@pytest.mark.parametrize("hostile", HOSTILE)
def test_hostile_text_is_only_text_in_any_block(hostile: str) -> None:
    table = Table(((Cell(hostile, header=True),), (Cell(hostile),)))
    body = Body((Paragraph(hostile), Heading(2, "", hostile), ItemList((hostile,)), table))
    content = replace(NOTICE, body=body)
    found = [token for token in tokens(content) if token.type == "inline"]
    assert all({child.type for child in token.children or []} <= {"text"} for token in found)
    read = ["".join(child.content for child in token.children or []) for token in found[1:]]
    assert [text for text in map(bare, read) if text] == ([bare(hostile)] * 5 if bare(hostile) else [])


def test_a_table_without_spans_is_a_table_of_pipes() -> None:
    head, data = (Cell("年", header=True), Cell("数|量", header=True)), (Cell("2026"), Cell(""))
    assert "| 年 | 数\\|量 |\n| --- | --- |\n| 2026 |  |\n" in text_of(Table((head, data)))


def test_a_table_of_pipes_promotes_no_row_of_data_to_a_head() -> None:
    assert "|  |  |\n| --- | --- |\n| 甲 | 乙 |\n" in text_of(Table(((Cell("甲"), Cell("乙")),)))


@pytest.mark.parametrize(
    "table",
    [
        Table(((Cell("宽", columns=2),), (Cell("甲"), Cell("<b>"))), "题注"),
        Table(((Cell("项", header=True), Cell("值")),), "题注"),
        Table(((Cell("甲"),), (Cell("乙"), Cell("丙"))), "题注"),
    ],
)
def test_a_table_that_pipes_cannot_say_is_an_html_table(table: Table) -> None:
    content = replace(NOTICE, body=Body((Paragraph("前"), table, Paragraph("后"))))
    (html,) = [token.content for token in tokens(content) if token.type == "html_block"]
    parsed = LexborHTMLParser(html)
    assert [node.text() for node in parsed.css("td, th")] == [cell.text for row in table.rows for cell in row]
    assert [node.text() for node in parsed.css("caption")] == ["题注"]
    assert list(lines(content))[1:] == ["前", "后"]


def test_two_lists_in_a_row_stay_two_lists() -> None:
    lists = (
        ItemList(("甲",)),
        ItemList(()),
        ItemList(("乙",)),
        ItemList(("丙",), ordered=True),
        ItemList(("丁",), ordered=True),
    )
    found = [token.type for token in tokens(replace(NOTICE, body=Body(lists))) if token.type.endswith("list_open")]
    assert found == ["bullet_list_open", "bullet_list_open", "ordered_list_open", "ordered_list_open"]


@pytest.mark.parametrize("name", ["示意图 (1).png", "javascript:alert(1)", "../../x.png", "a)b](c).png"])
def test_a_picture_points_to_the_attachment_of_that_name(name: str) -> None:
    content = replace(NOTICE, body=Body((Image(name, "图*一*"),)))
    (image,) = [child for token in tokens(content) for child in token.children or [] if child.type == "image"]
    assert unquote(str(image.attrs["src"])) == name
    assert ":" not in str(image.attrs["src"])
    assert image.content.replace("\\", "") == "图*一*"


def test_headings_keep_their_level_and_number() -> None:
    text = parts(NOTICE)[1]
    assert "\n## 一、落实责任\n" in text
    assert "\n（一）明确分工。各乡镇主要负责人为第一责任人。\n" in text


def test_the_front_matter_names_the_agency_by_code_and_labels_each_line() -> None:
    front = parts(NOTICE)[0]
    assert 'agency: "xzfb"  # 发布机构\n' in front
    assert 'formed_on: "2026-05-28"  # 成文日期\n' in front
    assert "# 发布机构：阳光县人民政府办公室\n" in front
    assert "# 记录编号：abcdefghijklmnopqrstuvwxya\n" in front


def test_a_downloaded_markdown_file_can_be_imported_again() -> None:
    (manuscript,) = read_file(render(NOTICE, "md"), Place("通知.md"))
    assert isinstance(manuscript, Manuscript)
    said = NOTICE.metadata
    assert manuscript.title == said.title
    assert manuscript.agency_code == said.agency.code
    assert (manuscript.document_number, manuscript.formed_on) == (said.document_number, said.formed_on)
    assert (manuscript.column, manuscript.keywords, manuscript.validity) == (said.column, said.keywords, said.validity)
    assert Heading(2, "（一）", "明确分工。", run_in=True) in manuscript.body.blocks
    assert manuscript.doubts == ()


def text_of(table: Table) -> str:
    return parts(replace(NOTICE, body=Body((table,))))[1]
