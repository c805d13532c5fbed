"""发文字号 in any of the styles found in the wild, read into one normal form.

Grammar: 党政机关公文格式 (GB/T 9704) and copies of its rule: agency code, full year in 〔〕, serial number
without 第 and without leading zeros, 号. Orders (…令第N号) and announcements (…公告YYYY年第N号) have shapes of
their own. The raw string is never guessed at: what the grammar does not know is None.
"""

import re

from yangguang.records.types import DocumentNumber

_OPENING = "\\[［【﹝(（〈<〔〖"
_CLOSING = "\\]］】﹞)）〉>〕〗"
_FULL_WIDTH_DIGITS = str.maketrans("０１２３４５６７８９", "0123456789")
_BLANK = re.compile(r"[\s\u200b-\u200f\u2060\ufeff]+")
_YEAR = re.compile(rf"[{_OPENING}]((?:19|20)\d{{2}})年?[{_CLOSING}]")
_SERIAL = re.compile(r"〕(?:第|字第)?0*(?=[1-9])")
_STANDARD = re.compile(r"(?P<code>[一-龥][一-龥（）A-Za-z]{0,19})〔(?P<year>(?:19|20)\d{2})〕(?P<seq>[1-9]\d{0,5})号")
_ORDER = re.compile(r"(?P<issuer>[一-龥、]{2,60})令(?:(?P<year>(?:19|20)\d{2})年)?第(?P<seq>[1-9]\d{0,4})号")
_ANNOUNCEMENT = re.compile(
    r"(?P<issuer>[一-龥、]{0,60}?)(?:公告|通告)?(?P<year>(?:19|20)\d{2})年第(?P<seq>[1-9]\d{0,4})号(?:公告|通告)?"
)


def parse_document_number(text: str) -> DocumentNumber | None:
    """Return the document number that the whole of `text` is, or None.

    ``国办发[2017]第047号`` and ``国办发 〔2017〕 47 号`` give ``国办发〔2017〕47号``.
    """
    folded = _BLANK.sub("", text).translate(_FULL_WIDTH_DIGITS)
    folded = _SERIAL.sub("〕", _YEAR.sub(r"〔\1〕", folded))
    if found := _STANDARD.fullmatch(folded):
        return DocumentNumber(found["code"], int(found["year"]), int(found["seq"]), folded)
    if found := _ORDER.fullmatch(folded):
        year = int(found["year"]) if found["year"] else None
        return DocumentNumber(found["issuer"] + "令", year, int(found["seq"]), folded)
    if found := _ANNOUNCEMENT.fullmatch(folded):
        return DocumentNumber(found["issuer"] + "公告", int(found["year"]), int(found["seq"]), folded)
    return None
