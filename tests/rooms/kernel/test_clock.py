"""Moments become Chinese calendar dates."""

from datetime import UTC, date, datetime

from yangguang.kernel.clock import china_date, fixed_clock, from_unix, system_clock, unix_seconds

LATE = datetime(2026, 7, 23, 16, 30, tzinfo=UTC)


def test_an_evening_in_greenwich_is_the_next_day_in_china() -> None:
    assert china_date(LATE) == date(2026, 7, 24)


def test_seconds_give_the_moment_back() -> None:
    assert from_unix(unix_seconds(LATE)) == LATE


def test_a_fixed_clock_stands_still() -> None:
    assert fixed_clock(LATE)() == LATE


def test_the_system_clock_knows_its_zone() -> None:
    assert system_clock().tzinfo is not None
