"""JSON: the record as data, ``yangguang-record/1``; the schema is ``docs/reference/schemas/record-1.schema.json``.

Every field is always there, an unstated one as ``null``, ``""`` or ``[]``, so that a reader needs no second look. One
line a field and one a block: readable, and two revisions compare line by line. Text is exact.
"""

import json
from dataclasses import asdict
from datetime import date

from yangguang.formats.box import VERIFY
from yangguang.records.types import Block, Cell, Content, Heading, Image, ItemList, Paragraph, Table

FORMAT = "yangguang-record/1"

# One encoder for all values: making it costs more than what it writes.
_value = json.JSONEncoder(ensure_ascii=False, default=date.isoformat).encode


def render(content: Content) -> str:
    """Return the object; the last line ends in LF."""
    metadata = ",\n".join(f'    "{name}": {_value(value)}' for name, value in asdict(content.metadata).items())
    body = ",\n".join(f"    {_value(_block(block))}" for block in content.body.blocks)
    return (
        "{\n"
        f'  "format": {_value(FORMAT)},\n'
        f'  "id": {_value(content.id)},\n'
        f'  "revision": {_value(content.revision)},\n'
        f'  "metadata": {{\n{metadata}\n  }},\n'
        f'  "body": [\n{body}\n  ],\n'
        f'  "verify": {_value(VERIFY)}\n'
        "}\n"
    )


def _block(block: Block) -> dict[str, object]:
    match block:
        case Heading(level, number, text, run_in):
            return {"type": "heading", "level": level, "number": number, "text": text, "run_in": run_in}
        case Paragraph(text, role):
            return {"type": "paragraph", "role": role, "text": text}
        case Table(rows, caption):
            return {"type": "table", "caption": caption, "rows": [[_cell(cell) for cell in row] for row in rows]}
        case ItemList(items, ordered):
            return {"type": "list", "ordered": ordered, "items": items}
        case Image(name, alternative):
            return {"type": "image", "name": name, "alternative": alternative}


def _cell(cell: Cell) -> dict[str, object]:
    return {"text": cell.text, "rows": cell.rows, "columns": cell.columns, "header": cell.header}
