"""Time as an argument: nothing outside this module asks the machine what time it is.

Dates of the law are Chinese calendar dates, so a moment becomes a date only through `china_date`.
"""

from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta, timezone

CHINA = timezone(timedelta(hours=8), "UTC+8")
"""China Standard Time; no daylight saving since 1991."""

Clock = Callable[[], datetime]
"""Returns the present moment, with its time zone."""


def system_clock() -> datetime:
    """Return the machine's present moment in UTC."""
    return datetime.now(UTC)  # noqa: TID251 - the one place that may ask


def fixed_clock(moment: datetime) -> Clock:
    """Return a clock that always says `moment`, for tests and reproducible samples."""
    return lambda: moment


def unix_seconds(moment: datetime) -> int:
    """Return whole seconds since 1970-01-01T00:00:00Z, rounded down."""
    return int(moment.timestamp())


def from_unix(seconds: int) -> datetime:
    """Return the moment `seconds` after 1970-01-01T00:00:00Z, in China Standard Time."""
    return datetime.fromtimestamp(seconds, CHINA)


def china_date(moment: datetime) -> date:
    """Return the calendar date in China at `moment`."""
    return moment.astimezone(CHINA).date()
