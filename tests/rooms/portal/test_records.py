"""A record's page: what it shows, what proves it, and that a withdrawn text is never shown again."""

import re

import pytest
from django.test import Client
from pytest_django import DjangoAssertNumQueries

from tests.rooms.catalogue.archive import body, metadata
from tests.rooms.portal.site import County
from yangguang.catalogue.queries import record
from yangguang.kernel.identifiers import new_record_id
from yangguang.portal.pagecache import PageCache, PageKey
from yangguang.portal.times import Stamp
from yangguang.records.queries import BODY, META
from yangguang.records.types import Kind, Validity

pytestmark = pytest.mark.django_db


def _text(client: Client, address: str, status: int = 200) -> str:
    response = client.get(address)
    assert response.status_code == status
    return response.content.decode()


def test_the_box_shows_the_fields_of_the_vocabulary_with_doubts_beside_them(client: Client, county: County) -> None:
    identifier = county.document()
    county.settle()
    page = _text(client, f"/records/{identifier}")
    box = page[page.index('<dl class="box"') : page.index("</dl>")]
    for label in ("索引号", "主题分类", "发文机关", "成文日期", "标题", "发文字号", "发布日期", "有效性", "信息来源"):
        assert f"<dt>{label}</dt>" in box
    assert re.search(r"<dt>信息分类</dt>.*按标题推断，请核对", box)
    assert re.search(r"<dt>成文日期</dt>.*落款日期只有年月", box)
    assert "现行有效" in box


def test_the_text_is_structured_and_every_character_of_it_is_text(client: Client, county: County) -> None:
    identifier = county.document()
    county.settle()
    page = _text(client, f"/records/{identifier}")
    assert '<h2 id="p2">一、总体要求</h2>' in page
    assert '<div class="run-in"><h3 id="p5">（一）登记。</h3><p>三月十日' in page
    assert "&lt;b&gt;不得&lt;/b&gt;" in page
    assert '<td colspan="2">合计</td>' in page
    assert '<p class="signature">云溪县教育体育局</p>' in page
    assert re.search(r'<img src="/records/[a-z2-7]{26}/r1/files/[^"]+" alt="招生计划示意图">', page)


def test_three_headings_give_a_table_of_contents_and_fewer_none(client: Client, county: County) -> None:
    long, short = county.document(), county.archive.publish()
    county.settle()
    assert '<a href="#p4">二、工作安排</a>' in _text(client, f"/records/{long}")
    assert 'class="contents"' not in _text(client, f"/records/{short}")


def test_the_page_tells_what_proves_it(client: Client, county: County) -> None:
    identifier = county.document()
    county.archive.publish()
    county.settle()
    page = _text(client, f"/records/{identifier}")
    assert county.archive.log.entry(0).leaf_hash.hex() in page
    assert "（生成本页时日志共 2 条）" in page
    assert f'href="/records/{identifier}/r1.html.tlog-proof"' in page
    assert "yangguang verify" in page


def test_a_page_carries_the_meta_tags_of_the_guideline(client: Client, county: County) -> None:
    identifier = county.document()
    county.settle()
    page = _text(client, f"/records/{identifier}")
    for name, content in (
        ("SiteName", "云溪县政府信息公开平台"),
        ("SiteDomain", "testserver"),
        ("SiteIDCode", "3700000001"),
        ("ColumnName", "履职依据"),
        ("ColumnType", "政策文件"),
        ("ArticleTitle", metadata().title),
        ("PubDate", "2026-03-02 00:00"),
        ("ContentSource", "云溪县人民政府网"),
        ("Keywords", "义务教育,招生"),
        ("Description", "部署2026年春季义务教育学校招生工作。"),
        ("Url", f"http://testserver/records/{identifier}"),
    ):
        assert f'<meta name="{name}" content="{content}">' in page


@pytest.mark.parametrize("address", ["/", "/xxgk/ys-edu/", "/xxgk/ys-edu/statutory/plans/", "/search", "/nothing"])
def test_every_page_carries_site_and_column_tags(client: Client, county: County, address: str) -> None:
    county.settle()
    page = client.get(address).content.decode()
    for name in ("SiteName", "SiteDomain", "SiteIDCode", "ColumnName", "ColumnDescription", "ColumnKeywords"):
        assert re.search(rf'<meta name="{name}" content="[^"]+">', page)


def test_an_old_revision_stays_at_its_address_and_says_that_it_is_old(client: Client, county: County) -> None:
    identifier = county.archive.publish()
    county.archive.revise(identifier, metadata("更正后的通知"), body("更正如下。"))
    county.settle()
    newest, oldest = _text(client, f"/records/{identifier}"), _text(client, f"/records/{identifier}/r1")
    assert "更正如下。" in newest
    assert f'href="/records/{identifier}/r1"' in newest
    assert metadata().title in oldest
    assert "这是第 1 版" in oldest
    assert 'name="robots" content="noindex"' in oldest


def test_news_has_a_page_of_its_own_outside_the_column(client: Client, county: County) -> None:
    identifier = county.news()
    county.settle()
    page = _text(client, f"/records/{identifier}")
    assert '<meta name="ColumnType" content="工作动态">' in page
    assert "法定主动公开内容" not in page


def test_a_record_of_an_agency_that_is_not_registered_is_shown_without_a_link(client: Client, county: County) -> None:
    stranger = metadata().agency.__class__("gone", "已撤并的机关", metadata().agency.uscc)
    identifier = county.archive.publish(metadata(agency=stranger, kind=Kind.RECORD, validity=Validity.EXPIRED))
    county.settle()
    page = _text(client, f"/records/{identifier}")
    assert "已撤并的机关" in page
    assert "/xxgk/gone/" not in page
    assert "<dt>生成日期</dt>" in page


@pytest.mark.parametrize("suffix", ["", "/r1", ".html", ".txt", ".md", ".json", ".xml", "/r1.txt", ".tlog-proof",
                                    ".html.tlog-proof", "/files/a.png", "/r1/files/a.png.tlog-proof"])  # fmt: skip
def test_every_address_of_a_withdrawn_record_tells_ground_and_date_and_no_text(
    client: Client, county: County, suffix: str
) -> None:
    identifier = county.archive.publish(
        metadata("绝不再显示的标题"), body("绝不再显示的正文"), [("a.png", "image/png", b"x")]
    )
    county.settle()
    assert client.get(f"/records/{identifier}{suffix}").status_code == 200
    county.archive.withdraw(identifier)
    county.settle()
    page = _text(client, f"/records/{identifier}{suffix}", 410)
    assert "这份信息已经撤回" in page
    assert "涉及商业秘密、个人隐私等" in page
    assert '<time datetime="2025-10-09T' in page
    assert "绝不再显示" not in page
    assert identifier not in page.replace(f"%2Frecords%2F{identifier}", "")


def test_a_page_is_kept_until_the_record_changes(
    client: Client, county: County, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    identifier = county.document()
    county.settle()
    first = client.get(f"/records/{identifier}")
    with django_assert_num_queries(1):
        again = client.get(f"/records/{identifier}")
    assert again.content == first.content
    county.archive.revise(identifier, metadata("更正后的通知"))
    county.settle()
    assert "更正后的通知" in _text(client, f"/records/{identifier}")
    county.archive.withdraw(identifier)
    county.settle()
    _text(client, f"/records/{identifier}", 410)
    county.archive.restore(identifier)
    county.settle()
    assert "更正后的通知" in _text(client, f"/records/{identifier}")


def test_a_kept_page_carries_nothing_of_who_asked_first(client: Client, county: County) -> None:
    identifier = county.document()
    county.settle()
    assert "secret=1" not in _text(client, f"/records/{identifier}?secret=1")
    assert "secret=1" not in _text(client, f"/records/{identifier}")


def test_an_unchanged_page_is_not_sent_again(client: Client, county: County) -> None:
    identifier = county.document()
    county.settle()
    etag = client.get(f"/records/{identifier}")["ETag"]
    assert client.get(f"/records/{identifier}", headers={"if-none-match": etag}).status_code == 304
    county.archive.revise(identifier, metadata("更正后的通知"))
    county.settle()
    assert client.get(f"/records/{identifier}", headers={"if-none-match": etag}).status_code == 200
    county.archive.withdraw(identifier)
    county.settle()
    assert client.get(f"/records/{identifier}", headers={"if-none-match": etag}).status_code == 410


def test_an_erased_text_is_gone_and_an_erased_old_revision_leaves_the_newest(client: Client, county: County) -> None:
    identifier = county.archive.publish()
    county.settle()
    state = record(identifier)
    assert state is not None
    county.archive.revise(identifier, metadata("更正后的通知"))
    county.archive.erase(identifier, [state.meta_commitment, state.body_commitment], [META, BODY])
    county.settle()
    assert "这份信息已经删除" in _text(client, f"/records/{identifier}/r1", 410)
    newest = _text(client, f"/records/{identifier}")
    assert "已撤回或删除" in newest
    assert f'href="/records/{identifier}/r1"' not in newest


def test_a_text_the_store_has_lost_is_not_shown_and_the_fault_is_ours(
    client: Client, county: County, caplog: pytest.LogCaptureFixture
) -> None:
    identifier = county.archive.publish()
    county.settle()
    (county.node.blobs / "blobs.sqlite3").rename(county.home / "lost.sqlite3")
    county.node.blobs.mkdir(exist_ok=True)
    county.forget_readers()
    assert "内容暂时无法读取" in _text(client, f"/records/{identifier}", 503)
    assert "content cannot be read" in caplog.text


@pytest.mark.parametrize("address", ["/records/x", "/records/" + "a" * 26, "/records/" + "z" * 26, "/records/"])
def test_what_is_no_record_is_not_found(client: Client, county: County, address: str) -> None:
    county.settle()
    assert client.get(address).status_code == 404


def test_a_revision_that_never_was_is_not_found(client: Client, county: County) -> None:
    identifier = county.document()
    county.settle()
    assert client.get(f"/records/{identifier}/r2").status_code == 404
    assert client.get(f"/records/{identifier}/r01").status_code == 404
    assert client.get(f"/records/{identifier}.meta").status_code == 404
    assert client.get(f"/records/{identifier}.pdf").status_code == 404


def test_a_page_can_be_read_only(client: Client, county: County) -> None:
    identifier = county.document()
    county.settle()
    assert client.post(f"/records/{identifier}").status_code == 405
    assert client.head(f"/records/{identifier}").status_code == 200


def test_the_cache_drops_the_page_that_was_used_least_recently() -> None:
    pages = PageCache(max_bytes=20)
    keys = [PageKey(new_record_id(), 1, 0, "zh-hans", "", Stamp(1, 0)) for _ in range(3)]
    pages.put(keys[0], b"x" * 8)
    pages.put(keys[1], b"x" * 8)
    assert pages.get(keys[0]) is not None
    pages.put(keys[2], b"x" * 8)
    assert [pages.get(key) is not None for key in keys] == [True, False, True]
    pages.put(keys[1], b"x" * 21)
    assert pages.get(keys[1]) is None
