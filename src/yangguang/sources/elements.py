"""The elements of an official document (公文格式要素): number, title, addressees, signature, formed date, notes.

Order and form: GB/T 9704-2012. A signature need not be at the end: in a notice that issues another text (印发 …) it
precedes that text. A line of 版记 (印发 with a date) is never a signature.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date

from yangguang.records.queries import parse_document_number
from yangguang.records.types import Paragraph, Role
from yangguang.sources.dates import find_date, parse_date
from yangguang.sources.outline import Piece, is_article, is_numbered
from yangguang.sources.text import squeeze
from yangguang.sources.words import MAX_ORGANISATION, ends_title, is_signer, is_title, organisations

HEAD_PARAGRAPHS = 8
"""A document's own number stands among its first paragraphs; further down it is a citation."""

_TITLE_LINES = 5
_TITLE_LINE = 60
_DATE_LINE = 24
_MOST_SIGNERS = 60
_DATE_ENDS = "日0123456789 "
_PASSED_LINE = 300
_LABELLED_NUMBER = re.compile(r"^(?:发文字号|发布文号|文件编号|文号)\s*[:：]\s*")
_LETTERHEAD = re.compile(r"(?:文件|令)$")
_ADDRESSEE = re.compile(r"部|委|局|厅|办|府|院|会|公司|单位|中心|区|县|市|省|校|机构|处|站|所|银行|企业|军|社|^各")
_NOT_ADDRESSEES = re.compile(r"如下|以下|下列|。|通知|公告|通告|决定")
_MAX_ADDRESSEES = 600
_SIGNED_AND_DATED = re.compile(
    rf"(.{{2,{MAX_ORGANISATION}}}?)[ 　]*"
    r"((?:19|20)\d{2}\s*年.{2,10}日|[一二][〇○ＯOo零一二三四五六七八九]{3}年.{2,7}日)"
)
_ATTACHMENT_ITEM = re.compile(r"\d{1,2}[.．、]")
_NOTE_STARTS = frozenset("附（(抄")
_ATTACHMENT_NOTE = re.compile(r"^附\s*件\s*(?:[:：]|\d{1,2}\s*[.．、:：])")
_NOTE = re.compile(r"^[（(]\s*(?:此件|联系人|联系电话|本文有删减|此页无正文|信息公开形式|公开属性)")
_IMPRINT = re.compile(r"^抄\s*送\s*[:：]|印发$")
_PASSED = re.compile(r"^[（(].*\d{4}\s*年.*(?:通过|公布|发布|修订|修正|批准|施行).*[)）]$")
_ISSUES_ANOTHER = re.compile("印发|转发|批转|公布|发布")


@dataclass(slots=True)
class Elements:
    """What was found in a document.

    `pieces` are the document's pieces, each element a paragraph with its role. Empty text and None mean "not found".
    """

    pieces: list[Piece]
    number: str = ""
    title: str = ""
    addressees: str = ""
    issuers: tuple[str, ...] = ()
    formed_on: date | None = None
    signed: bool = False
    passed: bool = False
    roles: dict[int, Role] = field(default_factory=dict)


def find_elements(pieces: Sequence[Piece], page_title: str) -> Elements:
    """Return the elements of the document that `pieces` are; `page_title` helps to know the printed title again."""
    found = Elements(list(pieces))
    start = _find_head(found, page_title)
    start = _find_addressees(found, start)
    _find_notes(found, start)
    signed_at = _find_signature(found, start)
    if signed_at is None:
        _find_passage(found)
    elif _ISSUES_ANOTHER.search(found.title or page_title):
        _find_attached_title(found, signed_at + 1)
    found.pieces = _with_roles(found)
    return found


def _text(found: Elements, position: int) -> str:
    """Return the paragraph at `position` while nothing is known about it, else ""."""
    if not 0 <= position < len(found.pieces) or position in found.roles:
        return ""
    piece = found.pieces[position]
    return piece if isinstance(piece, str) else ""


def own_number(text: str) -> str:
    """Return the normal form of the document number that the whole of `text` is, with or without a label, or ""."""
    bare = _LABELLED_NUMBER.sub("", text.strip())
    if len(bare) > _TITLE_LINE or "号" not in bare:
        return ""
    number = parse_document_number(bare) or parse_document_number(bare.strip("（）()"))
    return number.text if number else ""


def _find_head(found: Elements, page_title: str) -> int:
    """Find number and title; return the position after them."""
    for position in range(min(HEAD_PARAGRAPHS, len(found.pieces))):
        number = own_number(_text(found, position))
        if number:
            found.number = number
            found.roles[position] = Role.DOCUMENT_NUMBER
            if _find_title(found, _title_start(found, position), position, page_title) is not None:
                return position + 1
            after = _find_title(found, position + 1, position + 1 + _TITLE_LINES, page_title)
            return after if after is not None else position + 1
    after = _find_title(found, _title_start(found, _TITLE_LINES), _TITLE_LINES + 2, page_title)
    return after if after is not None else 0


def _title_start(found: Elements, stop: int) -> int:
    """Return the position after a letterhead (发文机关标志) above `stop`.

    Its lines end in 文件 or 令; names of further makers may follow.
    """
    start = 0
    for position in range(min(stop, len(found.pieces))):
        if _LETTERHEAD.search(_text(found, position)) and len(_text(found, position)) <= _TITLE_LINE:
            start = position + 1
    while start and start < stop and organisations(_text(found, start)):
        start += 1
    return start


def _find_title(found: Elements, start: int, stop: int, page_title: str) -> int | None:
    """Find the printed title in the lines from `start` on, before `stop`; return the position after it."""
    lines: list[str] = []
    for position in range(start, min(stop, start + _TITLE_LINES)):
        line = _text(found, position)
        if not line or len(line) > max(_TITLE_LINE, len(page_title)) or line[-1] in "。：:；" or is_numbered(line):
            break
        if parse_date(line) is not None:
            break
        lines.append(line)
    for count in range(len(lines), 0, -1):
        joined = _join(lines[:count])
        if _same(joined, page_title) or (is_title(joined) and ends_title(joined)):
            found.title = joined
            found.roles.update(dict.fromkeys(range(start, start + count), Role.TITLE))
            return start + count
    return None


def _join(lines: Sequence[str]) -> str:
    return squeeze("".join(lines)) if all(not line.isascii() for line in lines) else squeeze(" ".join(lines))


def _same(one: str, other: str) -> bool:
    return "".join(one.split()) == "".join(other.split())


def _find_addressees(found: Elements, start: int) -> int:
    for position in range(start, min(start + 2, len(found.pieces))):
        line = _text(found, position)
        if (
            line[-1:] in ("：", ":")
            and len(line) <= _MAX_ADDRESSEES
            and _ADDRESSEE.search(line)
            and not _NOT_ADDRESSEES.search(line)
            and not is_numbered(line)
        ):
            found.roles[position] = Role.ADDRESSEES
            found.addressees = line[:-1]
            return position + 1
    return start


def _find_notes(found: Elements, start: int) -> None:
    attachments = False
    for position in range(start, len(found.pieces)):
        line = _text(found, position)
        if not attachments and line[:1] not in _NOTE_STARTS and not line.endswith("印发"):
            continue
        if _ATTACHMENT_NOTE.match(line):
            attachments = True
            found.roles[position] = Role.ATTACHMENT_NOTE
        elif attachments and _ATTACHMENT_ITEM.match(line) and len(line) <= _TITLE_LINE * 2:
            found.roles[position] = Role.ATTACHMENT_NOTE
        else:
            attachments = False
            if _NOTE.match(line) or (len(line) <= _TITLE_LINE * 2 and _IMPRINT.search(line)):
                found.roles[position] = Role.NOTE


def _find_signature(found: Elements, start: int) -> int | None:
    """Find the first date that stands alone under its signers; return the position of the date."""
    for position in range(max(start, 1), len(found.pieces)):
        line = _text(found, position)
        if not line or line[-1] not in _DATE_ENDS or len(line) > _DATE_LINE + MAX_ORGANISATION:
            continue
        if len(line) <= _DATE_LINE and (day := parse_date(line)) is not None:
            if _collect_signers(found, position):
                found.formed_on, found.signed = day, True
                found.roles[position] = Role.FORMED_DATE
                return position
        elif (both := _SIGNED_AND_DATED.fullmatch(line)) and (names := organisations(both[1])):
            day_of_line = parse_date(both[2])
            if day_of_line is not None:
                found.issuers, found.formed_on, found.signed = names, day_of_line, True
                found.roles[position] = Role.SIGNATURE
                return position
    return None


def _collect_signers(found: Elements, position: int) -> bool:
    names: list[str] = []
    signers = position - 1
    while signers >= 0 and position - signers <= _MOST_SIGNERS:
        line = _text(found, signers)
        named = organisations(line)
        if not named and not (found.number and is_signer(line)):
            break
        names = [*named, *names]
        found.roles[signers] = Role.SIGNATURE
        signers -= 1
    found.issuers = tuple(dict.fromkeys(names))
    return signers < position - 1


def _find_passage(found: Elements) -> None:
    """Take the day a meeting passed the text, printed in brackets under the title, where nobody signed."""
    for position in range(min(HEAD_PARAGRAPHS, len(found.pieces))):
        line = _text(found, position)
        if len(line) <= _PASSED_LINE and _PASSED.match(line) and (dated := find_date(line)) is not None:
            found.formed_on, found.passed = dated[0], True
            found.roles[position] = Role.NOTE
            return


def _find_attached_title(found: Elements, start: int) -> None:
    while start < len(found.pieces) and found.roles.get(start) in (Role.NOTE, Role.ATTACHMENT_NOTE):
        start += 1
    lines: list[str] = []
    for position in range(start, min(start + 3, len(found.pieces))):
        line = _text(found, position)
        if not line or len(line) > _TITLE_LINE or line[-1] in "。：；，" or is_numbered(line) or is_article(line):
            return
        lines.append(line)
        if ends_title(_join(lines)):
            found.roles.update(dict.fromkeys(range(start, position + 1), Role.TITLE))
            return


def _with_roles(found: Elements) -> list[Piece]:
    """Return the pieces with each element a paragraph of its role; the lines of one title become one paragraph."""
    pieces: list[Piece] = []
    for position, piece in enumerate(found.pieces):
        role = found.roles.get(position)
        if role is None or not isinstance(piece, str):
            pieces.append(piece)
            continue
        last = pieces[-1] if pieces else None
        if role is Role.TITLE and isinstance(last, Paragraph) and last.role is Role.TITLE:
            pieces[-1] = Paragraph(_join([last.text, piece]), role)
        else:
            pieces.append(Paragraph(piece, role))
    return pieces
