"""A body as markup: whatever the text is, it stays text."""

import re

from hypothesis import given
from hypothesis import strategies as st

from yangguang.portal.layout import lay_out
from yangguang.records.types import Body, Cell, Heading, Image, ItemList, Paragraph, Role, Table

TEXT = st.text(max_size=30)
BLOCKS = st.one_of(
    st.builds(Heading, st.integers(1, 5), TEXT, TEXT, st.booleans()),
    st.builds(Paragraph, TEXT, st.sampled_from(Role)),
    st.builds(
        Table,
        st.lists(st.lists(st.builds(Cell, TEXT, st.integers(1, 3), st.integers(1, 3), st.booleans())).map(tuple)).map(
            tuple
        ),
        TEXT,
    ),
    st.builds(ItemList, st.lists(TEXT).map(tuple), st.booleans()),
    st.builds(Image, TEXT, TEXT),
)
TAGS = "a|caption|div|h[2-6]|img|li|ol|p|table|td|th|tr|ul"


@given(st.lists(BLOCKS).map(tuple), TEXT)
def test_no_text_becomes_markup(blocks: tuple[object, ...], title: str) -> None:
    shown = lay_out(Body(blocks), title, {"a": "/files/a"}).text  # type: ignore[arg-type] # the strategies give blocks
    rest = re.sub(
        rf'</?(?:{TAGS})(?: (?:class|id|role|aria-label|tabindex|src|alt|rowspan|colspan)="[^"<>]*")*>', "", shown
    )
    assert "<" not in rest
    assert ">" not in rest


def test_the_title_is_said_once() -> None:
    shown = lay_out(Body((Paragraph("关于 做好工作的通知", Role.TITLE), Paragraph("正文"))), "关于做好工作的通知", {})
    assert shown.text == "<p>正文</p>"
    assert "另一个" in lay_out(Body((Paragraph("另一个", Role.TITLE),)), "关于做好工作的通知", {}).text


def test_a_run_in_heading_without_a_paragraph_is_a_heading() -> None:
    table = Table(((Cell("甲"),),))
    shown = lay_out(
        Body((Heading(2, "（一）", "登记", run_in=True), table, Heading(1, "一、", "末", run_in=True))), "", {}
    )
    assert shown.text.startswith('<h3 id="p0">（一）登记</h3>\n<div class="scroll"')
    assert shown.text.endswith('<h2 id="p2">一、末</h2>')


def test_a_chapter_stands_apart_from_its_name() -> None:
    assert "第一章\u3000总则" in lay_out(Body((Heading(1, "第一章", "总则"),)), "", {}).text


def test_an_image_that_is_no_attachment_shows_its_text() -> None:
    assert lay_out(Body((Image("b.png", "示意图"),)), "", {}).text == '<p class="picture">示意图</p>'


def test_deep_headings_stay_out_of_the_table_of_contents() -> None:
    blocks = (Heading(1, "一、", "甲"), Heading(2, "（一）", "乙"), Heading(3, "1.", "丙"), Heading(1, "二、", "丁"))
    assert [entry.text for entry in lay_out(Body(blocks), "", {}).contents] == ["一、甲", "（一）乙", "二、丁"]
    assert lay_out(Body(blocks[:2]), "", {}).contents == ()
