"""XML: the record as data in the namespace ``urn:yangguang:record:1``; schema: ``docs/reference/schemas/record-1.xsd``.

Characters that XML 1.0 cannot say become U+FFFD; every other character is exact, blanks and breaks too (2.11 and 3.3.3:
a reader folds carriage returns, and tabs and breaks in attributes, unless they are written as references). Unstated
fields are left out.
"""

import re
from collections.abc import Iterator
from dataclasses import fields
from datetime import date

from yangguang.formats.box import VERIFY
from yangguang.formats.characters import REPLACEMENT
from yangguang.records.types import (
    Agency,
    Attachment,
    Block,
    Cell,
    Content,
    Doubt,
    Heading,
    Image,
    ItemList,
    Metadata,
    Paragraph,
    Table,
)

NAMESPACE = "urn:yangguang:record:1"

_MARKUP = re.compile('[&<>"\t\n\r\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff]')
_REFERENCES = {"&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;", "\t": "&#9;", "\n": "&#10;", "\r": "&#13;"}


def render(content: Content) -> str:
    """Return the document; the last line ends in LF."""
    return "".join(
        [
            '<?xml version="1.0" encoding="UTF-8"?>\n',
            f'<record xmlns="{NAMESPACE}" id="{_text(content.id)}" revision="{content.revision}">\n',
            "<metadata>\n",
            *_metadata(content.metadata),
            "</metadata>\n<body>\n",
            *map(_block, content.body.blocks),
            f"</body>\n<verify>{_text(VERIFY)}</verify>\n</record>\n",
        ]
    )


def _text(text: str) -> str:
    return _MARKUP.sub(lambda found: _REFERENCES.get(found[0], REPLACEMENT), text)


def _metadata(metadata: Metadata) -> Iterator[str]:
    for item in fields(metadata):
        value = getattr(metadata, item.name)
        if value not in {None, "", ()}:
            yield _field(item.name, value)


def _field(name: str, value: object) -> str:
    match value:
        case Agency():
            return f'<{name} code="{_text(value.code)}" uscc="{_text(value.uscc)}">{_text(value.name)}</{name}>\n'
        case tuple():
            return f"<{name}>\n{''.join(map(_item, value))}</{name}>\n"
        case date():
            return f"<{name}>{value.isoformat()}</{name}>\n"
        case _:
            return f"<{name}>{_text(str(value))}</{name}>\n"


def _item(value: str | Attachment | Doubt) -> str:
    match value:
        case Attachment():
            attributes = f'name="{_text(value.name)}" media_type="{_text(value.media_type)}"'
            return f'<attachment {attributes} size_bytes="{value.size_bytes}" sha256="{_text(value.sha256)}"/>\n'
        case Doubt():
            return f'<doubt field="{_text(value.field)}">{_text(value.reason)}</doubt>\n'
        case str():
            return f"<item>{_text(value)}</item>\n"


def _block(block: Block) -> str:
    match block:
        case Heading(level, number, text, run_in):
            attributes = f'level="{level}" number="{_text(number)}" run_in="{_boolean(run_in)}"'
            return f"<heading {attributes}>{_text(text)}</heading>\n"
        case Paragraph(text, role):
            return f'<paragraph role="{role.value}">{_text(text)}</paragraph>\n'
        case Table(rows, caption):
            said = f"<caption>{_text(caption)}</caption>\n" if caption else ""
            return f"<table>\n{said}{''.join(map(_row, rows))}</table>\n"
        case ItemList(items, ordered):
            return f'<list ordered="{_boolean(ordered)}">\n{"".join(map(_item, items))}</list>\n'
        case Image(name, alternative):
            return f'<image name="{_text(name)}">{_text(alternative)}</image>\n'


def _row(row: tuple[Cell, ...]) -> str:
    return f"<row>{''.join(map(_cell, row))}</row>\n"


def _cell(cell: Cell) -> str:
    attributes = f'rows="{cell.rows}" columns="{cell.columns}" header="{_boolean(cell.header)}"'
    return f"<cell {attributes}>{_text(cell.text)}</cell>"


def _boolean(value: bool) -> str:  # noqa: FBT001 - the value is what it writes
    return "true" if value else "false"
