"""One official document with every sort of block, and the same document with any title and text."""

from dataclasses import replace
from datetime import date

from hypothesis import strategies as st

from tests.strategies import bodies, titles
from yangguang.kernel.identifiers import RecordId
from yangguang.records.types import (
    Agency,
    Attachment,
    Body,
    Cell,
    Content,
    Doubt,
    Heading,
    Image,
    ItemList,
    Kind,
    Metadata,
    Paragraph,
    Role,
    Table,
    Validity,
)

NOTICE = Content(
    id=RecordId("abcdefghijklmnopqrstuvwxya"),
    revision=2,
    metadata=Metadata(
        kind=Kind.DOCUMENT,
        title="阳光县人民政府办公室关于做好防汛工作的通知",
        agency=Agency("xzfb", "阳光县人民政府办公室", "11370112004189014X"),
        published_on=date(2026, 6, 2),
        index_number="11370112004189014X/2026-00007",
        formed_on=date(2026, 5, 28),
        issuers=("阳光县人民政府办公室",),
        addressees="各乡镇人民政府，县政府各部门：",
        document_number="阳政办发〔2026〕7号",
        column="emergency",
        topic="综合政务\\应急管理",
        genre="tongzhi",
        keywords=("防汛", "应急"),
        validity=Validity.IN_FORCE,
        source="阳光县人民政府门户网站",
        attachments=(Attachment("防汛责任表.pdf", "application/pdf", 123_456, "0f" * 32),),
        doubts=(Doubt("column", "栏目由标题中的“防汛”推断"),),
    ),
    body=Body(
        (
            Paragraph("阳光县人民政府办公室关于做好防汛工作的通知", Role.TITLE),
            Paragraph("阳政办发〔2026〕7号", Role.DOCUMENT_NUMBER),
            Paragraph("各乡镇人民政府，县政府各部门：", Role.ADDRESSEES),
            Paragraph("为做好今年防汛工作，现将有关事项通知如下。"),
            Heading(1, "一、", "落实责任"),
            Heading(2, "（一）", "明确分工。", run_in=True),
            Paragraph("各乡镇主要负责人为第一责任人。"),
            ItemList(("巡查堤防", "备足物资"), ordered=True),
            Table(
                (
                    (Cell("单位", rows=2, header=True), Cell("物资", columns=2, header=True)),
                    (Cell("沙袋", header=True), Cell("水泵", header=True)),
                    (Cell("东河乡"), Cell("500"), Cell("12")),
                ),
                "防汛物资表",
            ),
            Image("示意图.png", "东河堤防巡查路线示意图"),
            Heading(1, "二、", "附则"),
            Paragraph("附件：防汛责任表", Role.ATTACHMENT_NOTE),
            Paragraph("阳光县人民政府办公室", Role.SIGNATURE),
            Paragraph("2026年5月28日", Role.FORMED_DATE),
            Paragraph("（此件公开发布）", Role.NOTE),
        )
    ),
)


def notices() -> st.SearchStrategy[Content]:
    """Return the notice under any title with any body: quicker to draw than a whole record."""
    return st.builds(
        lambda title, body: replace(NOTICE, metadata=replace(NOTICE.metadata, title=title), body=body),
        titles(),
        bodies(),
    )
