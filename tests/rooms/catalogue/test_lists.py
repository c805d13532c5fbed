"""Lists show what the public may read, newest publication first."""

from datetime import date

import pytest

from tests.rooms.catalogue.archive import BUREAU, UNIT, Archive, body, metadata
from yangguang.catalogue.queries import (
    all_live,
    count_live,
    counts_by_agency,
    counts_by_column,
    latest,
    latest_for,
    listing,
)
from yangguang.records.types import Agency, Kind

pytestmark = pytest.mark.django_db

OTHER = Agency("ys-fin", "云溪县财政局", UNIT)


def test_a_list_is_paged_newest_first(archive: Archive) -> None:
    days = [metadata(f"第{day}件", published_on=date(2026, 1, day)) for day in range(1, 26)]
    archive.publish_all(days, body())
    archive.project()
    first = listing(BUREAU.code, "legal-basis", page=1, size=20)
    second = listing(BUREAU.code, "legal-basis", page=2, size=20)
    assert (first.total, first.pages, len(first.rows), len(second.rows)) == (25, 2, 20, 5)
    assert [row.title for row in first.rows[:2]] == ["第25件", "第24件"]
    assert second.rows[-1].title == "第1件"


def test_an_empty_list_has_one_page_without_rows(archive: Archive) -> None:
    archive.project()
    page = listing(BUREAU.code, "plans")
    assert (page.rows, page.total, page.pages) == ((), 0, 1)


def test_news_never_stands_in_a_column_nor_among_the_newest_documents(archive: Archive) -> None:
    archive.publish(metadata("一条新闻", kind=Kind.NEWS, column=None))
    archive.publish(metadata("错放的新闻", kind=Kind.NEWS, column="legal-basis"))
    identifier = archive.publish()
    archive.project()
    assert [row.id for row in listing(BUREAU.code, "legal-basis").rows] == [identifier]
    assert [row.id for row in latest(10)] == [identifier]
    assert counts_by_column(BUREAU.code) == {"legal-basis": 1}
    assert count_live() == 3


def test_lists_keep_agencies_and_columns_apart(archive: Archive) -> None:
    mine = archive.publish()
    plan = archive.publish(metadata(column="plans"))
    theirs = archive.publish(metadata(agency=OTHER))
    archive.project()
    assert [row.id for row in listing(OTHER.code, "legal-basis").rows] == [theirs]
    assert {row.id for row in latest_for(BUREAU.code)} == {mine, plan}
    assert counts_by_column(BUREAU.code) == {"legal-basis": 1, "plans": 1}
    assert counts_by_agency() == {BUREAU.code: 2, OTHER.code: 1}


def test_withdrawn_records_leave_every_list(archive: Archive) -> None:
    identifier = archive.publish()
    archive.project()
    archive.withdraw(identifier)
    archive.project()
    assert listing(BUREAU.code, "legal-basis").total == 0
    assert latest(10) == ()
    assert latest_for(BUREAU.code) == ()
    assert counts_by_column(BUREAU.code) == {}
    assert list(all_live()) == []


def test_all_live_lists_addresses_in_log_order_and_in_slices(archive: Archive) -> None:
    identifiers = archive.publish_all([metadata(f"第{n}件") for n in range(5)], body())
    archive.project()
    assert [address.id for address in all_live()] == identifiers
    assert [address.id for address in all_live(start=2, stop=4)] == identifiers[2:4]
