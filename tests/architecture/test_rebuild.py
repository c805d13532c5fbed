"""Rebuild equals live: every projection, dropped and replayed from the log, says exactly what it said before."""

from pathlib import Path

import pytest

from tests.rooms.editorial.desk import CLOCK, Desk, manuscript
from yangguang.catalogue import commands as catalogue
from yangguang.catalogue import queries as catalogue_now
from yangguang.editorial.commands import destroy_erased, erase, restore, withdraw
from yangguang.kernel.identifiers import RecordId
from yangguang.records.queries import RENDITIONS
from yangguang.records.types import Kind
from yangguang.search import commands as search
from yangguang.search import queries as search_now

UNIT = "00000000000000000X"


def live_through(desk: Desk, index: Path) -> None:
    """Let a record meet every event there is, the projections following in small and uneven steps."""

    def follow(limit: int) -> None:
        while desk.sequence():
            destroy_erased(desk.log, desk.blobs)
        contents = desk.contents()
        while catalogue.advance(desk.log, contents, limit=limit):
            pass
        while search.advance(index, desk.log, contents, limit=limit):
            pass

    ids: list[RecordId] = []
    for number in range(12):
        kind = Kind.NEWS if number % 5 == 4 else Kind.DOCUMENT
        column = None if kind is Kind.NEWS else "legal-basis"
        (imported,) = desk.take(manuscript(f"{number}.md", f"第{number}号水渠清淤", kind=kind, column=column))
        assert imported.id
        ids.append(imported.id)
        if number % 3 == 0:
            follow(limit=1 + number % 4)
    desk.take(manuscript("1.r2.md", "改期", revises="1"), manuscript("2.r2.md", "再改", revises="2"))
    withdraw(ids[3], unit=UNIT, ground="published_in_error", clock=CLOCK)
    withdraw(ids[4], unit=UNIT, ground="published_in_error", clock=CLOCK)
    follow(limit=2)
    restore(ids[4], unit=UNIT, clock=CLOCK)
    erase(ids[5], unit=UNIT, ground="secret", components=["meta", "body", *RENDITIONS], clock=CLOCK)
    erase(ids[2], unit=UNIT, ground="secret", components=["meta", "body", *RENDITIONS], clock=CLOCK)
    follow(limit=100)


def dumps(index: Path) -> tuple[list[str], list[str]]:
    return list(catalogue_now.dump()), list(search_now.dump(index))


@pytest.mark.parametrize("limit", [1, 7, 1_000])
def test_dropped_and_replayed_projections_say_what_they_said(desk: Desk, tmp_path: Path, limit: int) -> None:
    index = tmp_path / "search"
    live_through(desk, index)
    before = dumps(index)
    assert len(before[0]) > len(before[1]) == 9
    assert not list(catalogue_now.fsck(desk.log, desk.contents()))
    assert not list(search_now.fsck(index, desk.log, desk.contents()))
    catalogue.drop()
    search.drop(index)
    assert catalogue_now.cursor() == search_now.cursor(index) == 0
    contents = desk.contents()
    while catalogue.advance(desk.log, contents, limit=limit):
        pass
    while search.advance(index, desk.log, contents, limit=limit):
        pass
    assert dumps(index) == before
