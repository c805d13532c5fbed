"""Document numbers (发文字号) as people type them: every bracket style, no brackets, no 号.

Grammar: `yangguang.records` first, then looser forms seen in practice. Reading may be generous here, where a wrong
guess finds nothing; what a record's number is remains as its publisher wrote it.
"""

import re
from dataclasses import dataclass

from yangguang.records.queries import parse_document_number
from yangguang.search.folding import fold

# Folding has already made one style of all round, square and tortoise-shell brackets.
_CODE = r"(?P<code>[一-龥a-z()]{0,60}?)"
_YEAR = r"(?:19|20)\d\d"
_SET_OFF = rf"(?:\((?P<round>{_YEAR})年?\)|[〈<](?P<angle>{_YEAR})年?[〉>]|(?P<plain>{_YEAR})年)"
_SERIAL = r"(?:字?第)?0*(?P<number>[1-9]\d{0,5})"
_CERTAIN = re.compile(rf"{_CODE}{_SET_OFF}{_SERIAL}号(?:公告|通告)?")
_ORDER = re.compile(r"(?P<code>[一-龥()]{1,60}(?:第|令第?))0*(?P<number>[1-9]\d{0,5})号")
_LOOSE = re.compile(rf"(?P<code>[一-龥a-z()]{{1,60}}?)(?<!\()(?:{_SET_OFF}|(?P<tight>{_YEAR})){_SERIAL}号?")
_OF_ANY = re.compile(rf"(?P<code>)\((?P<round>{_YEAR})年?\){_SERIAL}")
"""No agency and no 号: only brackets tell such a number from a date."""
_BRACKETS = str.maketrans("", "", "()（）")
_STATE = "中华人民共和国"


@dataclass(frozen=True, slots=True)
class NumberKey:
    """What all spellings of one document number share; `code` or `year` is empty where the number has none."""

    code: str
    year: str
    number: str

    @property
    def key(self) -> str:
        """``code|year|number``."""
        return f"{self.code}|{self.year}|{self.number}"

    @property
    def of_year(self) -> str:
        """``year|number``, the same for all agencies."""
        return f"{self.year}|{self.number}"

    @property
    def printed(self) -> str:
        """The fold of the number as documents print it."""
        return f"{self.code}({self.year}){self.number}号" if self.year else f"{self.code}第{self.number}号"


def read_number(text: str, *, certain: bool = False) -> NumberKey | None:
    """Return the document number that the whole of `text` is, or None.

    Args:
        text: A term, a query, or the number of a record.
        certain: Accept only forms with the year set off by brackets or 年, and with 号.
    """
    if known := parse_document_number(text):
        return _key(known.code.lower(), str(known.year or ""), str(known.number))
    folded = fold(text)
    for form in (_CERTAIN, _ORDER) if certain else (_CERTAIN, _ORDER, _LOOSE, _OF_ANY):
        if found := form.fullmatch(folded):
            said = found.groupdict()
            year = next((said[name] for name in ("round", "angle", "plain", "tight") if said.get(name)), "")
            return _key(said["code"], year, said["number"])
    return None


def _key(code: str, year: str, number: str) -> NumberKey | None:
    # 国家税务总局公告2019年第12号 and 国家税务总局2019年第12号公告 are one; without 公告 the form tells nothing.
    code = code.translate(_BRACKETS).removeprefix(_STATE).removesuffix("第").removesuffix("公告").removesuffix("通告")
    return NumberKey(code, year, number) if code or year else None
