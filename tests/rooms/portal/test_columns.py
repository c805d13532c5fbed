"""The node's home and an agency's column: 国办公开办函〔2019〕61号 on position, name and parts."""

import re

import pytest
from django.test import Client

from tests.rooms.catalogue.archive import UNIT, body, metadata
from tests.rooms.portal.site import FINANCE, LONG_TITLE, County
from yangguang.agencies.commands import register
from yangguang.agencies.types import Agency
from yangguang.law.queries import items, parts
from yangguang.records.types import Kind

pytestmark = pytest.mark.django_db


def _text(client: Client, address: str) -> str:
    response = client.get(address)
    assert response.status_code == 200
    return response.content.decode()


def test_the_home_page_links_each_agency_with_the_words_of_the_law(client: Client, county: County) -> None:
    county.settle()
    page = _text(client, "/")
    for code in ("ys-edu", "ys-fin"):
        assert re.search(rf'<a class="column" href="/xxgk/{code}/"[^>]*>政府信息公开</a>', page)
    assert '<input id="find" name="q"' in page


def test_the_home_page_lists_the_newest_documents_and_no_news(client: Client, county: County) -> None:
    county.document()
    county.news()
    county.settle()
    page = _text(client, "/")
    assert metadata().title in page
    assert "运动会" not in page


def test_a_home_page_without_any_record_says_so(client: Client, county: County) -> None:
    county.settle()
    assert "还没有公开的文件。" in _text(client, "/")


def test_a_column_has_the_four_parts_in_order_and_then_the_request_entry(client: Client, county: County) -> None:
    county.settle()
    page = _text(client, "/xxgk/ys-edu/")
    side = page[page.index('<nav class="side"') : page.index("</nav>", page.index('<nav class="side"'))]
    places = [side.index(f'"/xxgk/ys-edu/{part.slug}/"') for part in parts()]
    assert places == sorted(places)
    assert [part.name for part in parts()][-1] == "依申请公开"


def test_every_agency_has_the_same_parts_and_items(client: Client, county: County) -> None:
    county.settle()
    links = [
        re.findall(r'href="/xxgk/[^/]+/([^"]*)"', _text(client, f"/xxgk/{code}/")) for code in ("ys-edu", "ys-fin")
    ]
    assert links[0] == links[1]


@pytest.mark.parametrize("part", ["guide", "rules", "statutory", "annual-reports", "request"])
def test_each_part_has_its_address(client: Client, county: County, part: str) -> None:
    county.settle()
    name = next(found.name for found in parts() if found.slug == part)
    assert f"<h1>{name}</h1>" in _text(client, f"/xxgk/ys-edu/{part}/")


def test_the_guide_states_the_facts_of_the_office_and_admits_those_it_lacks(client: Client, county: County) -> None:
    county.settle()
    page = _text(client, "/xxgk/ys-edu/guide/")
    for fact in ("县教育体育局办公室", "云溪县文昌路12号", "工作日 9:00—17:00", "0531-12345678", "edu@example.org"):
        assert fact in page
    assert page.count("尚未填写") == 1


def test_part_three_shows_every_item_of_article_twenty_in_order(client: Client, county: County) -> None:
    county.settle()
    page = _text(client, "/xxgk/ys-edu/statutory/")
    catalogue = page[page.index('<ol class="catalogue">') :]
    places = [catalogue.index(f'statutory/{item.slug}/"') for item in items()]
    assert places == sorted(places)


def test_a_list_shows_title_number_and_both_dates_twenty_a_page(client: Client, county: County) -> None:
    county.many(25)
    county.settle()
    first = _text(client, "/xxgk/ys-edu/statutory/plans/")
    assert first.count('<tr role="row"><td') == 20
    for word in (
        LONG_TITLE,
        "云教规〔2026〕25号",
        "2026-02-27",
        "2026-01-25",
        "第 1 页，共 2 页",
        '?page=2" rel="next"',
    ):
        assert word in first
    second = _text(client, "/xxgk/ys-edu/statutory/plans/?page=2")
    assert second.count('<tr role="row"><td') == 5
    assert "公告" in second


@pytest.mark.parametrize("page", ["0", "3", "-1", "x", "１", "99999999", ""])
def test_a_page_that_a_list_does_not_have_is_not_found(client: Client, county: County, page: str) -> None:
    county.many(25)
    county.settle()
    assert client.get(f"/xxgk/ys-edu/statutory/plans/?page={page}").status_code == 404


def test_an_empty_list_says_so_and_leads_to_a_request(client: Client, county: County) -> None:
    county.settle()
    page = _text(client, "/xxgk/ys-edu/statutory/fees/")
    assert "本栏目暂无信息" in page
    assert '/xxgk/ys-edu/request/">依申请公开</a></p>' in page


def test_news_filed_under_an_item_stays_out_of_the_column(client: Client, county: County) -> None:
    county.archive.publish_all([metadata("混进来的新闻", kind=Kind.NEWS)], body())
    county.settle()
    assert "混进来的新闻" not in _text(client, "/xxgk/ys-edu/statutory/legal-basis/")


def test_an_item_of_another_level_exists_only_where_it_holds_something(client: Client, county: County) -> None:
    county.settle()
    assert client.get("/xxgk/ys-fin/statutory/rural-policy/").status_code == 404
    county.archive.publish(metadata("农业农村政策", agency=FINANCE, column="rural-policy"))
    county.settle()
    assert "农业农村政策" in _text(client, "/xxgk/ys-fin/statutory/rural-policy/")


@pytest.mark.parametrize("address", ["/xxgk/nobody/", "/xxgk/ys-edu/statutory/nothing/", "/xxgk/ys-edu/news/"])
def test_what_no_column_has_is_not_found(client: Client, county: County, address: str) -> None:
    county.settle()
    response = client.get(address)
    assert response.status_code == 404
    assert 'action="/search"' in response.content.decode()


def test_a_name_with_markup_is_shown_as_it_is_written(client: Client, county: County) -> None:
    register(Agency("odd", "<b>奇怪</b>的机关", UNIT))
    county.settle()
    assert "&lt;b&gt;奇怪&lt;/b&gt;的机关" in _text(client, "/xxgk/odd/")
