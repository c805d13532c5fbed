"""HTML pages."""

from collections.abc import Callable
from datetime import date

import pytest

from yangguang.records.queries import plain_text
from yangguang.records.types import Cell, Heading, Kind, Paragraph, Table
from yangguang.sources.queries import read_file
from yangguang.sources.types import Limits, Manuscript, Place, Refused

Read = Callable[..., Manuscript]
Refuse = Callable[..., Refused]

LONG = "全县水库管护工作有序推进，各乡镇按照要求落实责任，群众反映良好。"


def page(body: str, head: str = "") -> str:
    return f"<!DOCTYPE html><html><head><title>甲乡动态_青禾县人民政府</title>{head}</head><body>{body}</body></html>"


def test_the_head_is_believed_before_the_text(read: Read) -> None:
    found = read(
        page(
            f"<h1>别的标题</h1><div id='zoom'><p>{LONG}</p></div>",
            '<meta content="甲乡水库管护" name="ArticleTitle"/><META NAME=pubdate CONTENT="2024-05-06 10:11">'
            "<meta name='ContentSource' content='甲乡'><meta name=Keywords content='水库 管护'>",
        )
    )
    assert (found.title, found.published_on, found.source) == ("甲乡水库管护", date(2024, 5, 6), "甲乡")
    assert found.keywords == ("水库", "管护")
    assert found.doubts == ()


def test_what_the_head_does_not_say_is_doubted(read: Read) -> None:
    found = read(page(f"<div>发布时间：2024-05-06 来源：甲乡政府 字号</div><div><p>{LONG}</p><p>{LONG}</p></div>"))
    assert (found.title, found.published_on, found.source) == ("甲乡动态", date(2024, 5, 6), "甲乡政府")
    assert {doubt.field for doubt in found.doubts} == {"title", "body", "published_on", "source"}


def test_navigation_loses_against_the_text(read: Read) -> None:
    menu = "".join(f"<li><a href='/{n}'>栏目名称很长很长很长很长{n}</a></li>" for n in range(90))
    found = read(page(f"<div><ul>{menu}</ul></div><div><p>{LONG}</p><p>{LONG}</p></div>"))
    assert plain_text(found.body) == f"{LONG}\n{LONG}"


def test_styles_scripts_and_hidden_parts_are_no_text(read: Read) -> None:
    found = read(
        page(
            f"<div id=zoom><style>p.MsoNormal{{margin:0}}</style><script>document.write('<div>坏</div>')</script>"
            f"<p>{LONG}</p><p style='display: none'>藏</p>"
            "<noscript>无</noscript><!-- 注 --><p onclick='x()'>末段。</p></div>"
        )
    )
    assert plain_text(found.body) == f"{LONG}\n末段。"


def test_a_list_number_between_two_conditional_comments_stays(read: Read) -> None:
    found = read(
        page(
            f"<div id=zoom><p>{LONG}</p>"
            "<p><!--[if !supportLists]--><span>（二）</span><!--[endif]-->加强管护。落实责任。</p>"
            "<p><![if !supportLists]>（三）<![endif]>加强检查。落实整改。</p></div>"
        )
    )
    assert [block.number for block in found.body.blocks if isinstance(block, Heading)] == ["（二）", "（三）"]


def test_spans_of_table_cells_are_kept_and_text_is_not_repeated(read: Read) -> None:
    found = read(
        page(
            f"<div id=zoom><p>{LONG}</p><table><caption>附表</caption>"
            "<tr><th rowspan='2'>村</th><th colspan=2>户数</th>"
            "</tr><tr><td><p>2023</p></td><td>2024</td></tr></table></div>"
        )
    )
    assert found.body.blocks[1] == Table(
        (
            (Cell("村", rows=2, header=True), Cell("户数", columns=2, header=True)),
            (Cell("2023"), Cell("2024")),
        ),
        "附表",
    )


def test_spans_beyond_reason_are_cut(read: Read) -> None:
    found = read(
        page(
            f"<div id=zoom><p>{LONG}</p><table><tr><td rowspan=999999 colspan=-3>甲</td><td>乙</td></tr></table></div>"
        )
    )
    table = found.body.blocks[1]
    assert isinstance(table, Table)
    assert table.rows[0][0] == Cell("甲", rows=1_000)


def test_a_template_token_in_a_page_is_left_out_with_a_doubt(read: Read) -> None:
    found = read(page(f"<div id=zoom><p>{LONG}</p><p>{{{{el.src}}}}</p></div>"))
    assert plain_text(found.body) == LONG
    assert "body" in {doubt.field for doubt in found.doubts}


def test_a_window_title_yields_to_the_printed_one(read: Read) -> None:
    found = read(
        page(
            f"<div id=zoom><p>青禾县人民政府<br>关于封山的<br>通告</p>"
            f"<p>{LONG}</p><p>青禾县人民政府</p><p>2024年3月4日</p></div>"
        )
    )
    assert (found.kind, found.title) == (Kind.DOCUMENT, "青禾县人民政府关于封山的通告")


def test_a_header_box_names_number_maker_and_dates(read: Read) -> None:
    found = read(
        page(
            "<table><tr><td>索 引 号：</td><td>11441700007280420Y/2021-00050</td>"
            "<td>发文机关：</td><td>青禾县财政局</td></tr>"
            "<tr><td>文号：</td><td>青财[2021]5号</td><td>成文日期：</td><td>2021-03-04</td></tr>"
            "<tr><td>发布日期：</td><td>2021-03-09</td><td></td><td></td></tr></table>"
            f"<div id=zoom><p>{LONG}</p></div>",
            "<meta name=ArticleTitle content='关于资金的说明'>",
        )
    )
    assert (found.document_number, found.issuers) == ("青财〔2021〕5号", ("青禾县财政局",))
    assert (found.formed_on, found.published_on) == (date(2021, 3, 4), date(2021, 3, 9))
    assert found.index_number == "11441700007280420Y/2021-00050"


NESTED = 100_000
HOSTILE = {
    "divs": "<div>" * NESTED,
    "closed divs": "<div>" * NESTED + "甲" + "</div>" * NESTED,
    "false ends in comments": "<div><!--</div>-->" * NESTED,
    "false ends in scripts": "<div><script>'</div>'</script>" * NESTED,
    "false ends in values": '<div a="</div>">' * NESTED,
    "false ends in odd values": '<div a=="</div>>' * NESTED,
    "false ends in odd names": '<div =">' * NESTED + '">',
    "ends without a start": "<div></p></td></b></section>" * NESTED,
    "ends inside cells": "<div><table><tr><td></div>" * 20_000,
    "cells outside tables": "<td><div></td>" * NESTED,
    "links around blocks": "<a href=x><div></a>" * NESTED,
    "tables in tables": "<table><tr><td>" * NESTED,
    "lists in lists": "<ul><li>" * NESTED,
    "tags without end": "<div <div " * NESTED + "<div>" * 300,
    "templates": "<template>" * NESTED + "<div>" * 300,
    "foreign": "<svg><div>" * NESTED + "<div>" * 300,
}


@pytest.mark.parametrize("attack", HOSTILE)
def test_a_page_nested_a_hundred_thousand_deep_is_refused(refuse: Refuse, attack: str) -> None:
    refused = refuse(page(HOSTILE[attack]))
    assert "deeper than 256" in refused.reason


@pytest.mark.parametrize(
    "body",
    [
        "<a href=x><div></a></div>" * 20_000,
        "<b><p>" * 50_000,
        "<p>甲" * 50_000,
        "<font color=a>" * 50_000,
        "<!--" * 50_000,
        "<" * 100_000,
        "<li>甲" * 50_000,
        "</div>" * 50_000,
        "<div a='" * 20_000,
        "<template>" * 50_000,
        "<title>" * 50_000,
        "<select>" * 50_000,
        "<x-link>" * 50_000,
    ],
)
def test_a_page_that_only_looks_deep_is_read(body: str) -> None:
    (found,) = read_file(page(f"<div id=zoom><p>{LONG}</p></div>" + body).encode(), Place("甲.html"))
    assert isinstance(found, Manuscript)


def test_a_page_over_its_own_limit_is_refused_though_text_may_be_larger(refuse: Refuse) -> None:
    assert "too large" in refuse(page(f"<p>{LONG}</p>" + " " * 5_000_000)).reason
    small = Limits(page_bytes=100)
    (found,) = read_file(page(f"<p>{LONG}</p>").encode(), Place("甲.html"), limits=small)
    assert isinstance(found, Refused)


def test_a_page_without_any_title_takes_its_files_name(read: Read) -> None:
    found = read(f"<html><body><p>{LONG}</p></body></html>", "网页/甲乡水库.html")
    assert found.title == "甲乡水库"
    assert "title" in {doubt.field for doubt in found.doubts}


def test_entities_and_odd_spaces_become_text(read: Read) -> None:
    found = read(page(f"<div id=zoom><p>&nbsp;&nbsp;{LONG}</p><p>甲&lt;乙&amp;丙 &#x3000;&#1;丁。</p></div>"))
    assert found.body.blocks[1] == Paragraph("甲<乙&丙 丁。")
