"""Markdown and its front matter."""

from collections.abc import Callable
from datetime import date
from pathlib import Path

import pytest

from yangguang.records.types import Cell, Heading, ItemList, Kind, Paragraph, Role, Table, Validity
from yangguang.sources.queries import FRONT_MATTER_KEYS, read_tree
from yangguang.sources.types import File, Manuscript, Refused, Withdrawal

Read = Callable[..., Manuscript]
Refuse = Callable[..., Refused]

FRONT = """---
kind: document
title: 青禾县水库管护办法
agency: shuili
document_number: 青政发[2024]7号
issuers: [青禾县人民政府, 青禾县水利局]
formed_on: 2024-03-05
published_on: 2024-03-08 09:30
column: plans
genre: tongzhi
validity: in_force
keywords: [水库, 管护]
---

# 青禾县水库管护办法

一、总则

为了管好水库。
"""


def test_front_matter_wins_over_what_rules_infer(read: Read) -> None:
    found = read(FRONT, "办法.md")
    assert (found.kind, found.title, found.agency_code) == (Kind.DOCUMENT, "青禾县水库管护办法", "shuili")
    assert found.document_number == "青政发〔2024〕7号"
    assert found.issuers == ("青禾县人民政府", "青禾县水利局")
    assert (found.formed_on, found.published_on) == (date(2024, 3, 5), date(2024, 3, 8))
    assert (found.column, found.genre, found.validity) == ("plans", "通知", Validity.IN_FORCE)
    assert found.keywords == ("水库", "管护")
    assert found.doubts == ()
    assert [block.text for block in found.body.blocks] == ["总则", "为了管好水库。"]  # type: ignore[union-attr]


def test_a_field_that_front_matter_leaves_open_keeps_its_doubt(read: Read) -> None:
    found = read(FRONT.replace("column: plans\n", "").replace("published_on: 2024-03-08 09:30\n", ""), "办法.md")
    assert {doubt.field for doubt in found.doubts} == {"column", "published_on"}


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ("colour: red", "colour"),
        ("title: again", "title"),
        ("column: nonsense", "nonsense"),
        ("genre: 小说", "小说"),
        ("formed_on: soon", "soon"),
        ("withdrawn: {ground: whim, on: 2024-05-01}", "whim"),
        ("withdrawn: yes", "ground"),
        ("summary: [a, b]", "summary"),
    ],
)
def test_front_matter_that_cannot_be_right_is_refused_by_name_and_line(refuse: Refuse, line: str, said: str) -> None:
    text = FRONT.replace("formed_on: 2024-03-05\n", "") if line.startswith("formed_on") else FRONT
    text = text.replace("column: plans\n", "") if line.startswith("column") else text
    text = text.replace("genre: tongzhi\n", "") if line.startswith("genre") else text
    refused = refuse(text.replace("validity: in_force", f"validity: in_force\n{line}"), "办法.md")
    assert said in refused.reason
    assert refused.place.line == text.split("\n").index("validity: in_force") + 2


@pytest.mark.parametrize("yaml", ["a: [", "- a", "a: &x [*x]", "? [a]\n: b", "[" * 500])
def test_yaml_that_is_no_table_of_ours_is_refused(refuse: Refuse, yaml: str) -> None:
    assert "front matter" in refuse(f"---\n{yaml}\n---\n正文。\n", "甲.md").reason


def test_a_yaml_tag_makes_nothing_but_text(read: Read) -> None:
    assert (
        read("---\ntitle: !!python/object/apply:os.getcwd []\n---\n正文。\n".replace("[]", "甲"), "甲.md").title == "甲"
    )


def test_a_record_that_is_not_proactive_is_refused(refuse: Refuse) -> None:
    assert (
        "proactive" in refuse(FRONT.replace("kind: document", "kind: document\ndisclosure: withheld"), "甲.md").reason
    )


def test_every_key_of_front_matter_is_of_the_records_vocabulary_or_of_ours() -> None:
    ours = {"document_title", "withdrawn"}
    assert ours < FRONT_MATTER_KEYS
    assert {"kind", "title", "agency", "published_on", "column", "attachments"} < FRONT_MATTER_KEYS


def test_a_withdrawal_is_read_with_its_ground(read: Read) -> None:
    found = read(FRONT.replace("kind:", "withdrawn: {ground: secret, on: 2024-05-01}\nkind:"), "甲.md")
    assert found.withdrawn == Withdrawal("secret", date(2024, 5, 1))


def test_markdown_structure_becomes_blocks(read: Read) -> None:
    found = read(
        "# 关于甲的说明\n\n## 一、概况\n\n甲**很**重要，见[附表](a.html)。\n\n"
        "| 村 | 户数 |\n|---|---|\n| 甲村 | 12 |\n\n"
        "- 第一项\n- 第二项\n\n### （一）做法\n\n1. 先做。然后检查。\n2. 再做。然后总结。\n",
        "甲.md",
    )
    assert found.title == "关于甲的说明"
    assert found.body.blocks[:4] == (
        Heading(1, "一、", "概况"),
        Paragraph("甲很重要，见附表。"),
        Table(((Cell("村", header=True), Cell("户数", header=True)), (Cell("甲村"), Cell("12")))),
        ItemList(("第一项", "第二项")),
    )
    assert found.body.blocks[4] == Heading(2, "（一）", "做法")
    assert found.body.blocks[5] == Heading(3, "1.", "先做。", run_in=True)


def test_a_table_written_as_html_keeps_its_spans(read: Read) -> None:
    found = read(
        "# 抽检结果\n\n结果如下：\n\n"
        "<table>\n<caption>附表</caption>\n<tr><th rowspan=2>场所</th><th>项目</th></tr>\n\n"
        "<tr><td>1.9</td></tr>\n</table>\n\n注：<b>均</b>合格(全部)。\n",
        "甲.md",
    )
    assert found.body.blocks == (
        Paragraph("结果如下："),
        Table(((Cell("场所", rows=2, header=True), Cell("项目", header=True)), (Cell("1.9"),)), "附表"),
        Paragraph("注：均合格（全部）。"),
    )


def test_a_regulation_keeps_the_lines_on_its_making_as_notes(read: Read) -> None:
    found = read(
        "# 水库条例\n\n2020年1月2日 中华人民共和国国务院令第701号公布\n\n"
        "2022年3月4日 《国务院关于修改部分法规的决定》第一次修订\n\n"
        "2020年5月1日 施行\n\n<!-- INFO END -->\n\n## 第一章 总则\n\n第一条 为了管好水库。\n",
        "水库条例(2022-03-04).md",
    )
    assert (found.kind, found.genre, found.document_number) == (
        Kind.DOCUMENT,
        "行政法规",
        "中华人民共和国国务院令第701号",
    )
    assert (found.formed_on, found.published_on) == (date(2020, 1, 2), date(2022, 3, 4))
    assert found.effective_from == date(2020, 5, 1)
    assert sum(isinstance(block, Paragraph) and block.role is Role.NOTE for block in found.body.blocks) == 3


def test_a_template_leftover_is_refused_with_its_line(refuse: Refuse) -> None:
    assert refuse("# 标题\n\n正文。\n\n {{ el.src }} \n", "甲.md").place.line == 5


def _folder(tmp_path: Path) -> Path:
    (tmp_path / "子").mkdir()
    (tmp_path / "子" / "甲.md").write_text("---\ntitle: 甲文\nattachments: [表.md, 图.png]\n---\n\n正文。\n")
    (tmp_path / "子" / "甲.r2.md").write_text("---\ntitle: 甲文\n---\n\n改后的正文。\n")
    (tmp_path / "子" / "甲.r10.md").write_text("---\ntitle: 甲文\n---\n\n又改的正文。\n")
    (tmp_path / "子" / "表.md").write_text("附件里的表")
    (tmp_path / "子" / "图.png").write_bytes(b"\x89PNG\r\n\x1a\n")
    (tmp_path / "agencies.toml").write_text("")
    (tmp_path / ".隐藏.md").write_text("# 甲\n\n乙\n")
    return tmp_path


def test_attachments_come_with_their_document_and_not_as_documents(tmp_path: Path) -> None:
    found = [m for m in read_tree([_folder(tmp_path)]) if isinstance(m, Manuscript)]
    assert [m.place.name for m in found] == ["子/甲.md", "子/甲.r2.md", "子/甲.r10.md"]
    assert found[0].files == (
        File("表.md", "text/plain", "附件里的表".encode()),
        File("图.png", "image/png", b"\x89PNG\r\n\x1a\n"),
    )


def test_a_revision_names_what_it_revises_and_follows_it(tmp_path: Path) -> None:
    found = [m for m in read_tree([_folder(tmp_path)]) if isinstance(m, Manuscript)]
    assert [m.revises for m in found] == ["", "子/甲", "子/甲"]


@pytest.mark.parametrize("name", ["../甲.txt", "/etc/hostname", "..", "没有.txt", "子", "a\\b"])
def test_an_attachment_outside_the_folder_or_missing_refuses_its_document(tmp_path: Path, name: str) -> None:
    (tmp_path / "子").mkdir()
    (tmp_path / "甲.md").write_text(f"---\ntitle: 甲文\nattachments: ['{name}']\n---\n\n正文。\n")
    (refused,) = read_tree([tmp_path])
    assert isinstance(refused, Refused)
    assert "attachment" in refused.reason


def test_an_attachment_that_is_a_link_refuses_its_document(tmp_path: Path) -> None:
    (tmp_path / "甲.md").write_text("---\ntitle: 甲文\nattachments: [link.txt]\n---\n\n正文。\n")
    (tmp_path / "link.txt").symlink_to("/etc/hostname")
    (refused,) = read_tree([tmp_path])
    assert isinstance(refused, Refused)
