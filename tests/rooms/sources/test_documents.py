"""Official documents of our own writing, in the forms real ones take."""

from collections.abc import Callable
from datetime import date

import pytest

from yangguang.records.queries import plain_text
from yangguang.records.types import Heading, Kind, Paragraph, Role, Table
from yangguang.sources.queries import read_file
from yangguang.sources.types import Manuscript, Place, Refused

Read = Callable[..., Manuscript]

NOTICE = """青禾县人民政府办公室文件

青政办发[2024]第07号

青禾县人民政府办公室
关于印发《青禾县村级水库管护办法》的通知

各乡镇人民政府，县政府各部门:

现将《青禾县村级水库管护办法》印发给你们,请认真执行。

附件:1.管护责任表
2.巡查记录表

青禾县人民政府办公室
2024年3月5日

(此件公开发布)

青禾县村级水库管护办法

第一章 总则
第一条 为了管好水库,制定本办法。
第二条 管护单位应当:
(一)每日巡查;
(二)如实记录。
第二章 附则
第三条 本办法自2024年4月1日起施行。
"""


def _roles(found: Manuscript, role: Role) -> list[str]:
    return [block.text for block in found.body.blocks if isinstance(block, Paragraph) and block.role is role]


def _headings(found: Manuscript) -> list[tuple[int, str, str]]:
    return [(block.level, block.number, block.text) for block in found.body.blocks if isinstance(block, Heading)]


def test_a_notice_shows_its_elements(read: Read) -> None:
    found = read(NOTICE)
    assert found.kind is Kind.DOCUMENT
    assert found.title == "青禾县人民政府办公室关于印发《青禾县村级水库管护办法》的通知"
    assert found.document_number == "青政办发〔2024〕7号"
    assert found.addressees == "各乡镇人民政府，县政府各部门"
    assert found.issuers == ("青禾县人民政府办公室",)
    assert found.formed_on == date(2024, 3, 5)
    assert found.genre == "通知"
    assert _roles(found, Role.ATTACHMENT_NOTE) == ["附件：1.管护责任表", "2.巡查记录表"]
    assert _roles(found, Role.NOTE) == ["（此件公开发布）"]
    assert _roles(found, Role.TITLE) == ["青禾县村级水库管护办法"]


def test_numbers_below_an_article_are_items_not_headings(read: Read) -> None:
    assert _headings(read(NOTICE)) == [(1, "第一章", "总则"), (1, "第二章", "附则")]


def test_a_date_of_printing_is_no_date_of_forming(read: Read) -> None:
    found = read(
        "关于做好防汛工作的通知\n青汛〔2024〕2号\n各乡镇：\n请做好防汛。\n"
        "青禾县水利局\n2024年5月6日\n青禾县水利局办公室 2024年5月9日印发\n"
    )
    assert found.formed_on == date(2024, 5, 6)
    assert _roles(found, Role.NOTE) == ["青禾县水利局办公室 2024年5月9日印发"]


@pytest.mark.parametrize(
    ("line", "issuers"),
    [
        ("青禾县财政局 青禾县教育局", ("青禾县财政局", "青禾县教育局")),
        ("青 禾 县 财 政 局", ("青禾县财政局",)),
        ("青禾县财政局（盖章）", ("青禾县财政局",)),
        ("青禾县财政局\n青禾县教育局", ("青禾县财政局", "青禾县教育局")),
    ],
)
def test_makers_are_read_from_the_lines_above_the_date(read: Read, line: str, issuers: tuple[str, ...]) -> None:
    found = read(f"关于下达资金的通知\n青财〔2024〕9号\n各乡镇：\n请专款专用。\n{line}\n二〇二四年六月十一日\n")
    assert found.issuers == issuers
    assert found.formed_on == date(2024, 6, 11)


def test_an_order_is_signed_by_a_person_and_made_by_its_agency(read: Read) -> None:
    found = read(
        "青禾省人民政府令第12号\n《青禾省湿地保护办法》已经通过，现予公布。\n省长 林某某\n2024年7月1日\n"
        "青禾省湿地保护办法\n第一条 为了保护湿地，制定本办法。\n"
    )
    assert found.document_number == "青禾省人民政府令第12号"
    assert found.issuers == ("青禾省人民政府",)
    assert found.formed_on == date(2024, 7, 1)


def test_a_cited_number_is_not_the_documents_own(read: Read) -> None:
    found = read(
        "我市推进政务公开\n记者了解到，按照《关于公开的意见》（青政发〔2023〕1号），工作已经启动。\n各方反响热烈。\n"
    )
    assert found.kind is Kind.NEWS
    assert found.document_number == ""
    assert found.column is None


def test_headings_have_the_levels_of_official_documents(read: Read) -> None:
    found = read(
        "关于工作的意见\n青政〔2024〕3号\n各乡镇：\n如下。\n一、总体要求\n（一）坚持公开。公开是原则。\n"
        "1.及时公开。当日公布。\n（1）网站公开。放在首页。\n①首页公开。放在栏目。\n二、保障措施\n加强领导。\n"
    )
    assert [(level, number) for level, number, _ in _headings(found)] == [
        (1, "一、"),
        (2, "（一）"),
        (3, "1."),
        (4, "（1）"),
        (5, "①"),
        (1, "二、"),
    ]


def test_numbered_items_of_a_list_are_no_headings(read: Read) -> None:
    found = read(
        "关于材料的通知\n青政〔2024〕4号\n各乡镇：\n一、报送材料\n1.申请表\n2.身份证\n3.照片\n二、报送时间\n六月底前。\n"
    )
    assert _headings(found) == [(1, "一、", "报送材料"), (1, "二、", "报送时间")]


def test_lines_of_a_table_of_contents_are_no_headings(read: Read) -> None:
    found = read(
        "青禾县规划纲要\n目录\n第一章 基础\n第一节 成就\n第二章 目标\n"
        "第一章 基础\n第一节 成就\n取得成就。\n第二章 目标\n确定目标。\n"
    )
    assert _headings(found) == [(1, "第一章", "基础"), (2, "第一节", "成就"), (1, "第二章", "目标")]


def test_a_formed_date_after_the_published_date_is_doubted(read: Read) -> None:
    page = (
        "<html><head><meta content='2024-01-02 10:00' name='pubDATE'>"
        "<meta name=ArticleTitle content='关于甲的通知'></head>"
        "<body><div id=zoom><p>青政〔2024〕5号</p><p>各乡镇：</p><p>请执行,并于本月底前报告情况。</p>"
        "<p>青禾县人民政府</p><p>2024年1月5日</p></div></body></html>"
    )
    found = read(page)
    assert found.published_on == date(2024, 1, 2)
    assert "formed_on" in {doubt.field for doubt in found.doubts}


def test_half_width_punctuation_widens_beside_han_characters_only(read: Read) -> None:
    found = read(
        "比赛(决赛)于10:30开始,奖金1,000元!\n详见 https://example.cn/a?b=1,2 (English, only) ok? 完(a)\n再会。\n"
    )
    text = f"{found.title}\n{plain_text(found.body)}"
    assert "比赛（决赛）于10:30开始，奖金1,000元！" in text
    assert "https://example.cn/a?b=1,2 (English, only) ok? 完（a）" in text


def test_copies_that_differ_in_spacing_and_width_have_one_key(read: Read) -> None:
    one = read("标题甲乙\n全县共有１２座水库，（含小型）。\n另有塘坝。\n")
    other = read("标题甲乙\n\n　　全县共有 12座水库,(含小型)。\n\n　　另有塘坝。\n")
    changed = read("标题甲乙\n全县共有13座水库，（含小型）。\n另有塘坝。\n")
    assert one.text_sha256 == other.text_sha256
    assert one.text_sha256 != changed.text_sha256


@pytest.mark.parametrize(
    ("title", "column"),
    [
        ("青禾县教育局2023年政府信息公开工作年度报告", "annual-reports"),
        ("青禾县教育局政府信息公开指南", "guide"),
        ("青禾县2024年财政预算公开", "budget-accounts"),
        ("青禾县防汛应急预案", "emergency"),
        ("青禾县2024年政府集中采购目录", "procurement"),
        ("青禾县2023年国民经济和社会发展统计公报", "statistics"),
        ("青禾县行政事业性收费目录清单", "fees"),
    ],
)
def test_a_title_of_statutory_content_names_its_column_with_a_doubt(read: Read, title: str, column: str) -> None:
    found = read(f"{title}\n正文说明本机关的有关情况。\n以上。\n")
    assert (found.kind, found.column) == (Kind.DOCUMENT, column)
    assert {"kind", "column"} <= {doubt.field for doubt in found.doubts}


def test_a_text_in_articles_is_a_document_without_number_or_signature(read: Read) -> None:
    found = read("青禾县水库管护办法\n第一条 为了管好水库。\n第二条 每日巡查。\n第三条 自公布之日起施行。\n")
    assert (found.kind, found.column) == (Kind.DOCUMENT, "legal-basis")
    assert "kind" in {doubt.field for doubt in found.doubts}


@pytest.mark.parametrize(
    ("title", "genre"),
    [
        ("青禾县人民政府关于加快发展的实施意见", "意见"),
        ("青禾县人民政府关于收费年限的复函", "函"),
        ("青禾县人民政府关于撤销任命的决定（2024年修订）", "决定"),
        ("青禾县人民政府关于公开征求意见", ""),
    ],
)
def test_the_kind_of_document_is_read_from_the_titles_end(read: Read, title: str, genre: str) -> None:
    found = read(f"{title}\n青政〔2024〕6号\n各乡镇：\n请执行。\n青禾县人民政府\n2024年4月1日\n")
    assert found.genre == genre


def test_a_notice_about_annual_reports_is_no_annual_report(read: Read) -> None:
    found = read("关于编制政府信息公开工作年度报告的通知\n青政办〔2024〕8号\n各乡镇：\n请编制。\n")
    assert found.column == "legal-basis"


def test_a_headline_about_statutory_content_stays_news(read: Read) -> None:
    assert read("我县召开预算公开工作会议\n会议强调公开。\n会议指出重要。\n").kind is Kind.NEWS


def test_tabbed_lines_become_a_table(read: Read) -> None:
    found = read("村级经费\n说明如下。\n村名\t金额\n甲村\t10\n乙村\t20\n以上。\n")
    (table,) = [block for block in found.body.blocks if isinstance(block, Table)]
    assert [[cell.text for cell in row] for row in table.rows] == [["村名", "金额"], ["甲村", "10"], ["乙村", "20"]]


def test_lines_broken_at_a_margin_are_joined(read: Read) -> None:
    sentence = "这是一段很长的文字它在编辑器里被硬性折行所以每一行都恰好有四十个汉字左右直到段落结束为止"
    text = sentence * 8
    wrapped = "\n".join(text[start : start + 40] for start in range(0, len(text), 40))
    found = read(f"折行的文章\n\n{wrapped}。\n\n{wrapped}。\n")
    assert [block.text for block in found.body.blocks if isinstance(block, Paragraph)] == [f"{text}。"] * 2


def test_a_column_page_is_known_by_its_groups_not_by_its_name() -> None:
    page = (
        "甲事开始\n\n  第一段。   第二段。\n\n2024-01-02甲网\n\n"
        "乙事结束\n\n　　只有一段。\n\n2024年1月3日 来源：乙报\n\n剩下的话\n"
    )
    found = list(read_file(page.encode(), Place("x.md")))
    assert [(m.title, m.source, len(m.body.blocks)) for m in found if isinstance(m, Manuscript)] == [
        ("甲事开始", "甲网", 2),
        ("乙事结束", "乙报", 1),
    ]
    assert [(r.place.line) for r in found if isinstance(r, Refused)] == [13]


def test_one_article_with_a_date_line_is_no_column_page(read: Read) -> None:
    assert read("甲事开始\n第一段。\n2024-01-02甲网\n").title == "甲事开始"


def test_the_same_bytes_in_gbk_and_utf_16_read_as_in_utf_8(read: Read) -> None:
    bodies = {read(NOTICE.encode(code)).body for code in ("utf-8", "utf-8-sig", "gbk", "gb18030", "utf-16")}
    assert len(bodies) == 1
