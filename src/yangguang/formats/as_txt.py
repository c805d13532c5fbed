"""Plain text, laid out like an official document: paragraphs indented by two full-width blanks, headings as printed.

Layout: GB/T 9704-2012, 7.3 (28 characters a line, the date four characters from the right edge). A line a paragraph, so
that the reader's own window breaks the lines. Cells are parted by tabs; a covered place is empty.
"""

from collections.abc import Iterator

from yangguang.formats.box import box, closing_lines
from yangguang.formats.characters import shown, width
from yangguang.formats.structure import Piece, RunIn, heading_line, pieces, run_in_line
from yangguang.formats.tables import grid
from yangguang.records.types import Content, Heading, Image, ItemList, Paragraph, Role, Table

INDENT = "\u3000\u3000"
LINE_CHARACTERS = 28
"""Full-width characters a line. GB/T 9704-2012, 5.2.3."""

RIGHT_MARGIN_CHARACTERS = 4
"""Full-width characters between 成文日期 and the right edge. GB/T 9704-2012, 7.3.5."""

_RULE = "─" * LINE_CHARACTERS


def render(content: Content) -> str:
    """Return the text; every line ends in LF."""
    lines = [_centred(shown(content.metadata.title)), _RULE]
    lines += [f"{label}：{value}" for label, value in box(content)]
    lines += [_RULE, ""]
    for piece in pieces(content):
        lines += _piece(piece)
    lines += ["", _RULE, *closing_lines(content), ""]
    return "\n".join(lines)


def _piece(piece: Piece) -> Iterator[str]:
    match piece:
        case Table():
            yield from _table(piece)
        case ItemList(items, ordered):
            for number, item in enumerate(items, 1):
                yield f"{INDENT}{f'{number}.' if ordered else '·'} {shown(item)}"
        case Image(name, alternative):
            yield f"{INDENT}［图：{shown(alternative) or shown(name)}，见附件 {shown(name)}］"
        case _:
            yield from filter(None, [_line(piece)])


def _line(piece: Paragraph | Heading | RunIn) -> str:
    match piece:
        case Paragraph(text, role):
            return _placed(shown(text), role)
        case Heading():
            return _placed(heading_line(piece), Role.TEXT)
        case RunIn():
            return _placed(run_in_line(piece), Role.TEXT)


def _placed(line: str, role: Role) -> str:
    """Return `line` where an official document has it; empty stays empty."""
    if not line:
        return ""
    match role:
        case Role.TITLE | Role.DOCUMENT_NUMBER:
            return _centred(line)
        case Role.ADDRESSEES:
            return line
        case Role.SIGNATURE | Role.FORMED_DATE:
            return "\u3000" * max(2, LINE_CHARACTERS - RIGHT_MARGIN_CHARACTERS - width(line)) + line
        case _:
            return INDENT + line


def _centred(line: str) -> str:
    return "\u3000" * max(0, (LINE_CHARACTERS - width(line)) // 2) + line


def _table(table: Table) -> Iterator[str]:
    if caption := shown(table.caption):
        yield INDENT + caption
    for places in grid(table):
        yield "\t".join(places)
