"""Bad input: refused with a place and a reason, and nothing else is lost."""

import os
import tracemalloc
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from yangguang.law import queries as law
from yangguang.records.queries import decode_body, encode_body, plain_text
from yangguang.records.types import Kind
from yangguang.sources import columns
from yangguang.sources.queries import count_files, read_file, read_tree
from yangguang.sources.types import Limits, Manuscript, Place, Refused

Refuse = Callable[..., Refused]


@pytest.mark.parametrize("data", [b"", b" \n\t ", b"\xef\xbb\xbf"])
def test_an_empty_file_is_refused(refuse: Refuse, data: bytes) -> None:
    assert "empty" in refuse(data).reason or "no t" in refuse(data).reason


def test_garbage_is_refused_with_the_offset_where_each_encoding_gave_up(refuse: Refuse) -> None:
    reason = refuse("开头".encode() + b"\xff\xff\xfe\x80\x81 garbage").reason
    assert "UTF-8 (byte 6)" in reason
    assert "GB18030 (byte" in reason


def test_bytes_that_are_only_by_chance_gb18030_are_refused(refuse: Refuse) -> None:
    big5 = "臺灣省政府關於辦理資訊公開業務應行注意事項之規定".encode("big5")
    assert "encoding" in refuse(big5).reason


def test_control_characters_are_refused_with_their_line(refuse: Refuse) -> None:
    refused = refuse("第一行\n第二行\x00\n")
    assert refused.place.line == 2
    assert "U+0000" in refused.reason


@pytest.mark.parametrize(
    ("data", "name"),
    [
        (b"%PDF-1.7\n", "PDF"),
        (b"PK\x03\x04....word/document.xml", "DOCX"),
        (b"PK\x03\x04....OFD.xml", "OFD"),
        (b"PK\x03\x04....", "ZIP"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "OLE2"),
        (b"\x89PNG\r\n\x1a\n", "PNG"),
        (b"{\\rtf1", "RTF"),
        (b"<?xml version='1.0'?><a/>", "XML"),
    ],
)
def test_a_format_that_is_not_read_is_named_whatever_the_file_is_called(refuse: Refuse, data: bytes, name: str) -> None:
    assert name in refuse(data, "甲.txt").reason


def test_a_title_without_text_and_a_text_too_long_for_a_title_are_told_apart(refuse: Refuse) -> None:
    assert "no text" in refuse("# 只有标题\n", "甲.md").reason
    assert "501" in refuse(f"# {'长' * 501}\n\n正文。\n", "甲.md").reason


def test_a_hundred_megabytes_are_refused_without_being_loaded(tmp_path: Path) -> None:
    for name in ("大.txt", "大.html"):
        with (tmp_path / name).open("wb") as file:
            file.truncate(100_000_000)
    tracemalloc.start()
    found = list(read_tree([tmp_path]))
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert all(isinstance(one, Refused) and "100000000" in one.reason for one in found)
    assert peak < 10_000_000


def test_one_broken_file_among_many_loses_none_of_them(tmp_path: Path) -> None:
    for number in range(50):
        (tmp_path / f"{number:02}.txt").write_text(f"第{number}件事\n正文如此。\n完。\n")
    (tmp_path / "25.txt").write_bytes(b"\xff\xff\xff\xff")
    found = list(read_tree([tmp_path]))
    assert [one.place.name for one in found if isinstance(one, Refused)] == ["25.txt"]
    assert len(found) == count_files([tmp_path]) == 50


def test_a_name_with_a_newline_stays_on_one_line(tmp_path: Path) -> None:
    (tmp_path / "甲\n乙\\.txt").write_text("标题\n正文。\n完。\n")
    os.close(os.open(os.fsencode(tmp_path) + b"/\xff.txt", os.O_CREAT | os.O_WRONLY))
    names = [found.place.name for found in read_tree([tmp_path])]
    assert sorted(names) == ["\\udcff.txt", "甲\\n乙\\\\.txt"]
    assert all("\n" not in str(found.place) for found in read_tree([tmp_path]))


def test_places_tell_paths_below_the_named_root_only(tmp_path: Path) -> None:
    (tmp_path / "甲" / "乙").mkdir(parents=True)
    (tmp_path / "甲" / "乙" / "丙.txt").write_text("标题\n正文。\n完。\n")
    assert [found.place.name for found in read_tree([tmp_path / "甲"])] == ["乙/丙.txt"]
    assert [found.place.name for found in read_tree([tmp_path / "甲" / "乙" / "丙.txt"])] == ["丙.txt"]


def test_links_are_followed_inside_the_root_only(tmp_path: Path) -> None:
    root = tmp_path / "根"
    root.mkdir()
    (tmp_path / "外.txt").write_text("外面\n秘密。\n完。\n")
    (root / "一.txt").write_text("里面\n公开。\n完。\n")
    (root / "二.txt").symlink_to(root / "一.txt")
    (root / "三.txt").symlink_to(tmp_path / "外.txt")
    (root / "四").symlink_to(root)
    (root / "五.txt").symlink_to(root / "没有")
    (root / "六").symlink_to(root / "六")
    found = list(read_tree([root]))
    assert sorted(one.place.name for one in found if isinstance(one, Manuscript)) == ["一.txt", "二.txt"]
    assert sorted(one.place.name for one in found if isinstance(one, Refused)) == ["三.txt", "五.txt", "六", "四"]


def test_a_pipe_named_like_a_document_does_not_hold_the_import_up(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "甲.txt")
    (refused,) = read_tree([tmp_path])
    assert isinstance(refused, Refused)
    assert "regular" in refused.reason


def test_a_path_that_is_not_there_is_refused(tmp_path: Path) -> None:
    (refused,) = read_tree([tmp_path / "没有"])
    assert isinstance(refused, Refused)
    assert "No such file" in refused.reason


def test_folders_and_files_without_permission_are_refused_with_the_systems_reason(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "锁").mkdir()
    (tmp_path / "锁" / "甲.txt").write_text("标题\n正文。\n完。\n")
    (tmp_path / "乙.txt").write_text("标题\n正文。\n完。\n")
    (tmp_path / "丙.txt").write_text("标题\n正文。\n完。\n")
    _deny(monkeypatch, {tmp_path / "锁", tmp_path / "乙.txt"})
    found = list(read_tree([tmp_path]))
    refused = [one for one in found if isinstance(one, Refused)]
    assert sorted(one.place.name for one in refused) == ["乙.txt", "锁"]
    assert all("Permission denied" in one.reason for one in refused)
    assert [one.place.name for one in found if isinstance(one, Manuscript)] == ["丙.txt"]


def _deny(monkeypatch: pytest.MonkeyPatch, paths: set[Path]) -> None:
    """Refuse access as the system would: the tests may run as root, who may read everything."""
    for path in paths:
        path.chmod(0)
    real_open, real_scan = os.open, os.scandir

    def guarded_open(path: Path, flags: int) -> int:
        if path in paths:
            raise PermissionError(13, "Permission denied")
        return real_open(path, flags)

    def guarded_scan(path: Path) -> object:
        if path in paths:
            raise PermissionError(13, "Permission denied")
        return real_scan(path)

    monkeypatch.setattr(os, "open", guarded_open)
    monkeypatch.setattr(os, "scandir", guarded_scan)


def test_a_document_cannot_hide_another_one_or_itself_by_naming_it_as_an_attachment(tmp_path: Path) -> None:
    for name, named in (("甲", "乙"), ("乙", "甲"), ("丙", "丙")):
        (tmp_path / f"{name}.md").write_text(f"---\ntitle: {name}文\nattachments: [{named}.md]\n---\n\n{name}。\n")
    found = list(read_tree([tmp_path]))
    assert {each.title for each in found if isinstance(each, Manuscript)} == {"甲文", "乙文", "丙文"}
    assert len(found) == count_files([tmp_path]) == 3


def test_reading_is_lazy_and_in_one_order(tmp_path: Path) -> None:
    for name in ("b.txt", "a.txt", "a.r2.txt", "c.txt"):
        (tmp_path / name).write_text("标题\n正文。\n完。\n")
    reading = read_tree([tmp_path])
    first = next(reading)
    (tmp_path / "c.txt").write_bytes(b"")
    assert [first.place.name, *(found.place.name for found in reading)] == ["a.txt", "a.r2.txt", "b.txt", "c.txt"]


def test_every_column_a_rule_names_is_a_column_of_the_law() -> None:
    assert set(columns.inferable_columns()) <= set(law.columns())


_SEEDS = st.sampled_from(
    [
        *(
            "---\n",
            "title: 甲\n",
            "attachments: [a]\n",
            "# 标题\n",
            "<!-- INFO END -->\n",
            "第一条 甲\n",
            "第一章 总则\n",
        ),
        *(
            "一、甲。乙\n",
            "（一）",
            "1. ",
            "①",
            "2024年1月2日\n",
            "2024-01-02甲网\n",
            "青政〔2024〕1号\n",
            "青禾县人民政府\n",
        ),
        *(
            "附件：1.甲\n",
            "{{a}}\n",
            "<html>",
            "<div id=zoom>",
            "</div>",
            "<table>",
            "<tr><td rowspan=2>",
            "<p>",
            "<!--",
        ),
        *(
            "-->",
            "<script>",
            "<a href=x>",
            "<meta name=pubdate content=",
            "\t",
            "  ",
            "\u3000",
            "：\n",
            "各县：\n",
            "- ",
        ),
        *("| a | b |\n|---|---|\n", "> ", "```\n", "![a](b)", "[", "&#x0;", "&#1;", "\r", "\u2028", "\ufeff"),
    ]
)
_TEXTS = st.lists(_SEEDS | st.text(max_size=12), max_size=30).map("".join)
_NAMES = st.sampled_from(["a.txt", "a.md", "a.html", "a.r2.md", "a(2024-01-02).md"])


def _is_sound(found: Manuscript | Refused) -> None:
    if isinstance(found, Refused):
        assert found.reason
        return
    assert found.title
    assert len(found.title.splitlines()) == 1
    assert (found.column is None) == (found.kind is Kind.NEWS)
    assert len(found.text_sha256) == 32
    assert decode_body(encode_body(found.body)) == found.body
    text = found.title + found.source + found.summary + plain_text(found.body)
    assert not any(letter < " " and letter not in "\n\t" for letter in text)


@given(_TEXTS, _NAMES)
def test_any_text_gives_sound_manuscripts_or_refusals(text: str, name: str) -> None:
    for found in read_file(text.encode("utf-8", "replace"), Place(name)):
        _is_sound(found)


@given(_TEXTS)
def test_any_page_gives_sound_manuscripts_or_refusals(text: str) -> None:
    for found in read_file(f"<html><body><div id=zoom>{text}".encode("utf-8", "replace"), Place("a.html")):
        _is_sound(found)


@given(st.binary(max_size=200), _NAMES)
def test_any_bytes_give_sound_manuscripts_or_refusals(data: bytes, name: str) -> None:
    for found in read_file(data, Place(name), limits=Limits(text_bytes=150)):
        _is_sound(found)


@given(_TEXTS)
def test_reading_twice_gives_the_same(text: str) -> None:
    data = text.encode("utf-8", "replace")
    assert list(read_file(data, Place("a.md"))) == list(read_file(data, Place("a.md")))
