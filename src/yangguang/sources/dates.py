"""Chinese calendar dates as they are printed.

Forms: 2019年11月29日 (GB/T 9704), 2019-11-29, 2019.11.29, 2019/11/29, 二〇一九年十一月二十九日 with any of ○ 〇 零 O.
"""

import re
from datetime import date

_ARABIC = r"(?P<y>(?:1[89]|20)\d{2})\s*(?:年|[-./])\s*(?P<m>\d{1,2})\s*(?:月|[-./])\s*(?P<d>\d{1,2})(?!\d)\s*日?"
_HAN = (
    "(?P<hy>[一二][〇○ＯOo0零一二三四五六七八九]{3})年"
    "(?P<hm>[一二三四五六七八九十元]{1,3})月(?P<hd>[一二三四五六七八九十]{1,3})日"
)
_DATE = re.compile(f"(?<!\\d){_ARABIC}|{_HAN}")
_DIGITS = {han: digit for digit, han in enumerate("零一二三四五六七八九")} | dict.fromkeys("〇○ＯOo0", 0)


def find_date(text: str) -> tuple[date, int, int] | None:
    """Return the first date in `text` with the offsets where it starts and ends; None where there is none."""
    for found in _DATE.finditer(text):
        if (day := _as_date(found)) is not None:
            return day, found.start(), found.end()
    return None


def parse_date(text: str) -> date | None:
    """Return the date that the whole of `text` is (white space inside allowed), or None."""
    stripped = text.strip()
    found = _DATE.fullmatch(stripped) or _DATE.fullmatch("".join(stripped.split()))
    return _as_date(found) if found else None


def parse_moment(text: str) -> date | None:
    """Return the day of a date that may be followed by a time of day (``2019-12-03 09:30``), or None."""
    found = _DATE.match(text.strip())
    return _as_date(found) if found else None


def all_dates(text: str) -> list[date]:
    """Return every date in `text`, in its order."""
    return [day for found in _DATE.finditer(text) if (day := _as_date(found)) is not None]


def _as_date(found: re.Match[str]) -> date | None:
    try:
        if found["y"]:
            return date(int(found["y"]), int(found["m"]), int(found["d"]))
        year = int("".join(str(_DIGITS[han]) for han in found["hy"]))
        return date(year, _han_number(found["hm"]), _han_number(found["hd"]))
    except ValueError:
        return None


def _han_number(text: str) -> int:
    """Return the value of 一 … 三十一; 元 (as in 元月) is 1. Words that are no number give 0, which is no date."""
    if text == "元":
        return 1
    tens, ten, ones = text.rpartition("十")
    if not ten:
        return _DIGITS.get(text, 0) if len(text) == 1 else 0
    if len(tens) > 1 or len(ones) > 1:
        return 0
    return (_DIGITS.get(tens, 0) if tens else 1) * 10 + (_DIGITS.get(ones, 0) if ones else 0)
