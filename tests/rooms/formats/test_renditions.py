import re
from dataclasses import replace

import pytest
from hypothesis import given, settings

from tests.rooms.formats.samples import NOTICE
from tests.strategies import contents
from yangguang.formats.errors import UnknownFormatError
from yangguang.formats.queries import MEDIA_TYPES, SUFFIXES, render
from yangguang.records.queries import RENDITIONS, decode_body, decode_metadata, encode_body, encode_metadata
from yangguang.records.types import Body, Content, Heading, Paragraph

LABELS = tuple(MEDIA_TYPES)
_ESCAPES = re.compile(r"\\([\\`*_\[\]<>&#|~$+=.)-])")


def read(content: Content, label: str) -> str:
    return render(content, label).decode("utf-8")


def decode(content: Content) -> Content:
    """Return `content` as it comes back from its encoding, sharing nothing with it."""
    metadata = decode_metadata(encode_metadata(content.metadata))
    return replace(content, metadata=metadata, body=decode_body(encode_body(content.body)))


def test_the_room_writes_every_rendition_that_is_committed_at_publication() -> None:
    assert tuple(MEDIA_TYPES) == tuple(SUFFIXES) == RENDITIONS
    assert all(media_type.endswith("; charset=utf-8") for media_type in MEDIA_TYPES.values())


def test_an_unknown_format_is_refused_by_name_with_those_that_exist() -> None:
    with pytest.raises(UnknownFormatError, match="'pdf' is not a rendition: there are html, txt, md, json, xml"):
        render(NOTICE, "pdf")


@settings(max_examples=40)
@given(content=contents())
def test_the_same_content_gives_the_same_bytes(content: Content) -> None:
    again = decode(content)
    assert [render(again, label) for label in LABELS] == [render(content, label) for label in LABELS]


@settings(max_examples=40)
@given(content=contents())
def test_every_line_ends_in_lf_and_no_rendition_begins_with_a_byte_order_mark(content: Content) -> None:
    for label in LABELS:
        raw = render(content, label)
        assert raw.endswith(b"\n"), label
        assert b"\r" not in raw, label
        assert not raw.startswith(b"\xef\xbb\xbf"), label


@settings(max_examples=40)
@given(content=contents())
def test_no_control_character_reaches_a_reader(content: Content) -> None:
    for label in ("html", "txt", "md"):
        found = re.findall("[\x00-\x08\x0b-\x1f\x7f-\x9f\u2028\u2029\ufeff\ufffe\uffff]", read(content, label))
        assert found == [], label


@pytest.mark.parametrize("label", LABELS)
def test_every_rendition_shows_what_the_record_is_and_how_to_verify_it(label: str) -> None:
    text = _ESCAPES.sub(r"\1", read(NOTICE, label))
    for shown in (
        NOTICE.metadata.title,
        NOTICE.metadata.document_number,
        NOTICE.metadata.index_number,
        NOTICE.id,
        "防汛责任表.pdf",
        "0f" * 32,
        "栏目由标题中的“防汛”推断",
        ".tlog-proof",
        "yangguang verify FILE --proof FILE",
        "各乡镇主要负责人为第一责任人。",
        "东河堤防巡查路线示意图",
    ):
        assert shown in text, shown


@pytest.mark.parametrize("label", ["html", "txt", "md"])
def test_the_box_carries_the_labels_of_live_platforms(label: str) -> None:
    text = read(NOTICE, label)
    printed = (
        "索引号",
        "主题分类",
        "发布机构",
        "发文机关",
        "成文日期",
        "标题",
        "发文字号",
        "发布日期",
        "主题词",
        "有效性",
    )
    assert [label for label in printed if label not in text] == []


@pytest.mark.parametrize("label", LABELS)
def test_no_rendition_names_a_host(label: str) -> None:
    text = read(NOTICE, label).replace("http-equiv", "")
    assert re.findall(r"https?:|//", text) == []


@pytest.mark.parametrize("label", ["html", "txt", "md"])
def test_a_direction_left_open_in_a_heading_is_closed_before_its_paragraph(label: str) -> None:
    body = Body((Heading(2, "（一）", "\u202e倒\u2067置", run_in=True), Paragraph("正文")))
    text = read(replace(NOTICE, body=body), label)
    assert "\u202e倒\u2067置\u2069\u202c" in text


@pytest.mark.parametrize(
    ("text", "closers"),
    [
        ("\u202e倒", "\u202c"),
        ("\u2067\u202e倒\u2069", ""),
        ("\u202a\u2067倒\u2069", "\u202c"),
        ("倒\u202c\u2069", ""),
    ],
)
def test_every_direction_is_closed_once(text: str, closers: str) -> None:
    lines = read(replace(NOTICE, body=Body((Paragraph(text),))), "txt").split("\n")
    assert f"　　{text}{closers}" in lines
