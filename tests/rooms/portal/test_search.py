"""The search page: same engine as the command line, usable with a plain form."""

import re
from urllib.parse import quote

import pytest
from django.test import Client

from tests.rooms.catalogue.archive import body, metadata
from tests.rooms.portal.site import FINANCE, County

pytestmark = pytest.mark.django_db


def _text(client: Client, address: str) -> str:
    response = client.get(address)
    assert response.status_code == 200
    return response.content.decode()


def _titles(page: str) -> list[str]:
    links = re.findall(r'<li[^>]*>\s*<a href="/records/[a-z2-7]{26}" lang="zh-CN">(.*?)</a>', page)
    return [re.sub(r"</?mark>", "", link) for link in links]


def test_a_document_number_in_any_style_finds_its_document_first(client: Client, county: County) -> None:
    county.document()
    county.many(3)
    county.settle()
    for style in ("云教发〔2026〕3号", "云教发[2026]3号", "云教发（2026）第03号"):
        page = _text(client, f"/search?q={quote(style)}")
        assert _titles(page)[0] == metadata().title
        assert "文号相符" in page


def test_hits_are_marked_and_markup_in_a_text_stays_text(client: Client, county: County) -> None:
    county.archive.publish(metadata("关于<i>水库</i>安全的通告"), body("水库<script>alert(1)</script>安全第一。"))
    county.settle()
    page = _text(client, "/search?q=水库")
    assert "<mark>水库</mark>" in page
    assert "<script>" not in page
    assert "&lt;script&gt;" in page


def test_facets_count_and_lead_to_the_narrowed_list_and_back(client: Client, county: County) -> None:
    county.many(3)
    county.archive.publish(metadata("财政规划公告", agency=FINANCE, column="budget-accounts"))
    county.settle()
    page = _text(client, "/search?q=公告")
    assert re.search(r"云溪县教育体育局</span>\s*<span class=\"count\">2<", page)
    narrowed = _text(client, "/search?q=公告&agency=ys-fin")
    assert _titles(narrowed) == ["财政规划公告"]
    assert re.search(r'class="chosen"[^>]*><span>云溪县财政局</span>', narrowed)
    assert f'href="/search?q={quote("公告")}"' in narrowed
    assert '<input type="hidden" name="agency" value="ys-fin">' in narrowed


@pytest.mark.parametrize("narrow", ["year=2026", "item=plans", "kind=document", "agency=ys-edu", "year=x&kind=x"])
def test_a_filter_keeps_what_it_names(client: Client, county: County, narrow: str) -> None:
    county.many(3)
    county.settle()
    assert len(_titles(_text(client, f"/search?q=公告&{narrow}"))) == 2


@pytest.mark.parametrize("narrow", ["year=2025", "item=fees", "kind=news", "agency=ys-fin"])
def test_a_filter_drops_what_it_does_not_name(client: Client, county: County, narrow: str) -> None:
    county.many(3)
    county.settle()
    page = _text(client, f"/search?q=公告&{narrow}")
    assert _titles(page) == []
    assert 'class="chosen"' in page


def test_results_are_paged_and_sorted_by_date_on_request(client: Client, county: County) -> None:
    county.many(25)
    county.settle()
    first = _text(client, "/search?q=规划&sort=date")
    assert _titles(first)[0].endswith("第24号公告")
    assert "sort=date&amp;page=2" in first or "page=2" in first
    assert len(_titles(_text(client, "/search?q=规划&sort=date&page=2"))) == 4


def test_nothing_found_explains_what_to_try(client: Client, county: County) -> None:
    county.many(2)
    county.settle()
    page = _text(client, "/search?q=量子纠缠&agency=ys-fin")
    assert "没有一件信息符合全部条件" in page
    assert "去掉筛选条件再找一次" in page


def test_an_empty_search_explains_how_to_search(client: Client, county: County) -> None:
    county.settle()
    assert "怎样检索" in _text(client, "/search")
    assert "怎样检索" in _text(client, "/search?q=+++")


def test_a_filter_alone_lists_what_it_leaves(client: Client, county: County) -> None:
    county.many(3)
    county.settle()
    assert len(_titles(_text(client, "/search?agency=ys-edu"))) == 3


def test_a_withdrawn_record_is_not_found(client: Client, county: County) -> None:
    county.closed()
    county.settle()
    assert "没有找到" in _text(client, "/search?q=已经撤回的通知")


@pytest.mark.parametrize(
    "query", ["%00", "a" * 5000, '"', "-", "(((", "*", "\\", "%F0%9F%98%80", "title:", "“”", "year:x"]
)
def test_no_query_is_an_error(client: Client, county: County, query: str) -> None:
    county.many(2)
    county.settle()
    assert client.get(f"/search?q={query}&year=%00&agency=%27&item=..&sort=x").status_code == 200


@pytest.mark.parametrize("page", ["0", "x", "51", "-1", "１"])
def test_a_page_beyond_the_last_is_not_found(client: Client, county: County, page: str) -> None:
    county.settle()
    assert client.get(f"/search?q=a&page={page}").status_code == 404


def test_a_damaged_index_is_said_and_the_rest_goes_on(client: Client, county: County) -> None:
    county.document()
    county.settle()
    for path in county.node.search.rglob("*"):
        if path.is_file():
            path.write_bytes(b"damaged")
    response = client.get("/search?q=招生")
    assert response.status_code == 503
    assert "检索暂时不能使用" in response.content.decode()
    assert client.get("/").status_code == 200
