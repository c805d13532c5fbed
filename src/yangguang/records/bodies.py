"""The one encoding of a record's body: canonical JSON, version 1, one array a block, its kind first.

``["h",level,number,text,run_in]`` ``["p",role,text]`` ``["t",caption,rows]`` ``["l",ordered,items]``
``["i",name,alternative]``; a table cell is ``[text,rows,columns,header]``. Arrays, not objects, so that a long
regulation stays small and decodes fast.
"""

from collections.abc import Callable, Iterator, Mapping

from yangguang.kernel import canonical
from yangguang.kernel.canonical import JsonValue
from yangguang.records.errors import BadValueError, UnknownEncodingError
from yangguang.records.types import Block, Body, Cell, Heading, Image, ItemList, Paragraph, Role, Table

BODY_VERSION = 1
MAX_HEADING_LEVEL = 5
MAX_SPAN = 1_000


def encode_body(body: Body) -> bytes:
    """Return the canonical bytes of `body`.

    Raises:
        BadValueError: a heading level outside 1 to 5 or a cell span outside 1 to 1,000.
        NotCanonicalError: text that is not text (a lone surrogate).
    """
    return canonical.encode({"blocks": [_plain(block) for block in body.blocks], "v": BODY_VERSION})


def decode_body(raw: bytes) -> Body:
    """Return the body that `raw` encodes.

    Raises:
        NotCanonicalError: `raw` is not canonical.
        UnknownEncodingError: another version, an unknown field or block.
        BadValueError: a block of the wrong shape.
    """
    said = canonical.decode(raw)
    if (
        not isinstance(said, dict)
        or said.keys() != {"blocks", "v"}
        or not canonical.is_integer(said["v"], BODY_VERSION)
    ):
        raise UnknownEncodingError(f"body is not of version {BODY_VERSION}: a newer release may read it")
    blocks = said["blocks"]
    if not isinstance(blocks, list):
        raise BadValueError("body has no list of blocks")
    return Body(tuple(_block(position, block) for position, block in enumerate(blocks)))


def plain_text(body: Body) -> str:
    """Return the text of `body`, a line a paragraph, heading, item or table row (cells parted by tabs).

    A run-in heading and the paragraph it runs into share a line, as in print.
    """
    lines: list[str] = []
    running = ""
    for line, run_in in _lines(body):
        if run_in:
            running += line
        else:
            lines.append(running + line)
            running = ""
    if running:
        lines.append(running)
    return "\n".join(lines)


def _lines(body: Body) -> Iterator[tuple[str, bool]]:
    for block in body.blocks:
        match block:
            case Heading(_, number, text, run_in):
                yield number + text, run_in
            case Paragraph(text):
                yield text, False
            case Table(rows, caption):
                if caption:
                    yield caption, False
                for row in rows:
                    yield "\t".join(cell.text for cell in row), False
            case ItemList(items):
                for item in items:
                    yield item, False
            case Image(_, alternative):
                yield alternative, False


def _plain(block: Block) -> list[JsonValue]:
    match block:
        case Heading(level, number, text, run_in):
            if not 1 <= level <= MAX_HEADING_LEVEL:
                raise BadValueError(f"heading {text[:40]!r} has level {level}: 1 to {MAX_HEADING_LEVEL} is the rule")
            return ["h", level, number, text, run_in]
        case Paragraph(text, role):
            return ["p", role.value, text]
        case Table(rows, caption):
            return ["t", caption, [[_plain_cell(cell) for cell in row] for row in rows]]
        case ItemList(items, ordered):
            return ["l", ordered, list(items)]
        case Image(name, alternative):
            return ["i", name, alternative]


def _plain_cell(cell: Cell) -> list[JsonValue]:
    if not (1 <= cell.rows <= MAX_SPAN and 1 <= cell.columns <= MAX_SPAN):
        raise BadValueError(f"cell {cell.text[:40]!r} spans {cell.rows} by {cell.columns}: 1 to {MAX_SPAN} is the rule")
    return [cell.text, cell.rows, cell.columns, cell.header]


def _block(position: int, said: JsonValue) -> Block:
    if not isinstance(said, list) or not said or not isinstance(said[0], str):
        raise BadValueError(f"block {position} is not an array that starts with its kind")
    read = _READERS.get(said[0])
    if read is None:
        raise UnknownEncodingError(f"block {position} has the unknown kind {said[0][:40]!r}")
    try:
        return read(said[1:])
    except (ValueError, TypeError) as error:
        raise BadValueError(f"block {position} ({said[0]}) is not of the shape its kind has") from error


def _heading(said: list[JsonValue]) -> Heading:
    level, number, text, run_in = said
    if not 1 <= _int(level) <= MAX_HEADING_LEVEL:
        raise ValueError(level)
    return Heading(_int(level), _text(number), _text(text), _bool(run_in))


def _paragraph(said: list[JsonValue]) -> Paragraph:
    role, text = said
    return Paragraph(_text(text), Role(_text(role)))


def _table(said: list[JsonValue]) -> Table:
    caption, rows = said
    return Table(tuple(tuple(_cell(cell) for cell in _list(row)) for row in _list(rows)), _text(caption))


def _cell(said: JsonValue) -> Cell:
    text, rows, columns, header = _list(said)
    if not (1 <= _int(rows) <= MAX_SPAN and 1 <= _int(columns) <= MAX_SPAN):
        raise ValueError(said)
    return Cell(_text(text), _int(rows), _int(columns), _bool(header))


def _items(said: list[JsonValue]) -> ItemList:
    ordered, items = said
    return ItemList(tuple(_text(item) for item in _list(items)), _bool(ordered))


def _image(said: list[JsonValue]) -> Image:
    name, alternative = said
    return Image(_text(name), _text(alternative))


def _text(value: JsonValue) -> str:
    if not isinstance(value, str):
        raise TypeError(value)
    return value


def _int(value: JsonValue) -> int:
    if isinstance(value, bool) or not isinstance(value, int):
        raise TypeError(value)
    return value


def _bool(value: JsonValue) -> bool:
    if not isinstance(value, bool):
        raise TypeError(value)
    return value


def _list(value: JsonValue) -> list[JsonValue]:
    if not isinstance(value, list):
        raise TypeError(value)
    return value


_READERS: Mapping[str, Callable[[list[JsonValue]], Block]] = {
    "h": _heading,
    "p": _paragraph,
    "t": _table,
    "l": _items,
    "i": _image,
}
