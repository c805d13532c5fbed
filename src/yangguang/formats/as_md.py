"""Markdown: CommonMark 0.31 with GFM tables, headed by front matter that `yangguang import` reads back.

Front matter: a line a field, ``key: value``, each value in JSON, which is YAML 1.2 as well, with the printed label as a
comment. What a platform gives a record (identifier, revision, proof …) and no importer may take stands in comments.
Text is escaped so that reading the Markdown gives the record's characters: one paragraph is one line.
"""

import json
import re
from collections.abc import Iterator
from datetime import date
from urllib.parse import quote

from yangguang.formats.box import closing_lines, label, values
from yangguang.formats.characters import shown
from yangguang.formats.structure import Piece, RunIn, heading_line, pieces, run_in_line
from yangguang.formats.tables import grid, has_spans, header_rows, html_table
from yangguang.records.types import Content, Heading, Image, ItemList, Paragraph, Table

_KEYS = (
    "title",
    "kind",
    "column",
    "index_number",
    "document_number",
    "issuers",
    "addressees",
    "formed_on",
    "published_on",
    "genre",
    "topic",
    "summary",
    "keywords",
    "validity",
    "effective_from",
    "effective_to",
    "disclosure",
    "source",
    "basis",
)
"""Fields a file to be imported may state; the agency is stated by its code."""

_UNSTATED = (None, "", ())
_SPECIAL = re.compile(r"[\\`*_\[\]<>&#|~$]")
_LEADING_MARK = re.compile(r"[-+=]")
_LEADING_NUMBER = re.compile(r"(\d{1,9})([.)])")
_json = json.JSONEncoder(ensure_ascii=False, default=date.isoformat).encode
# What JSON leaves bare and a YAML reader refuses, folds or takes for the start of a file.
_BARE_IN_JSON = re.compile("[\x7f-\x9f\u2028\u2029\ufeff\ufffe\uffff]")


def render(content: Content) -> str:
    """Return the text; every line ends in LF."""
    blocks = [f"# {_inline(content.metadata.title)}"]
    previous: Piece | None = None
    mark = 0
    for piece in pieces(content):
        # A list right after a list of the same sort would continue it; the other mark begins a new one.
        turned = 1 - mark if _continues(previous, piece) else 0
        if text := _piece(piece, turned):
            blocks.append(text)
            previous, mark = piece, turned
    return _front_matter(content) + "\n\n".join(blocks) + "\n"


def _continues(previous: Piece | None, piece: Piece) -> bool:
    return isinstance(previous, ItemList) and isinstance(piece, ItemList) and previous.ordered == piece.ordered


def _front_matter(content: Content) -> str:
    metadata = content.metadata
    said = {"agency": metadata.agency.code} | {key: getattr(metadata, key) for key in _KEYS}
    lines = [
        *(f"{key}: {_value(value)}  # {label(key, metadata)}" for key, value in said.items() if value not in _UNSTATED),
        *(f"# {label(key, metadata)}：{value}" for key, value in values(content).items() if key not in _KEYS),
        *(f"# {line}" for line in closing_lines(content)),
    ]
    return "\n".join(["---", *lines, "---", "", ""])


def _value(value: object) -> str:
    return _BARE_IN_JSON.sub(lambda found: f"\\u{ord(found[0]):04x}", _json(value))


def _inline(text: str) -> str:
    """Return `text` as one line of Markdown that reads as `text` in any block."""
    return _escaped(shown(text))


def _escaped(line: str) -> str:
    line = _SPECIAL.sub(r"\\\g<0>", line)
    if _LEADING_MARK.match(line):
        return "\\" + line
    return _LEADING_NUMBER.sub(r"\1\\\2", line, count=1) if _LEADING_NUMBER.match(line) else line


def _piece(piece: Piece, mark: int) -> str:
    match piece:
        case Paragraph(text):
            return _inline(text)
        case Heading(level):
            line = _escaped(heading_line(piece))
            return f"{'#' * (level + 1)} {line}" if line else ""
        case RunIn():
            return _escaped(run_in_line(piece))
        case Table():
            return "\n\n".join(_table(piece))
        case ItemList(items, ordered):
            return "\n".join(_items(items, ordered=ordered, mark=mark))
        case Image(name, alternative):
            return f"![{_inline(alternative)}]({quote(name, safe='')})"


def _items(items: tuple[str, ...], *, ordered: bool, mark: int) -> Iterator[str]:
    for number, item in enumerate(items, 1):
        yield f"{number}{'.)'[mark]} {_inline(item)}" if ordered else f"{'-*'[mark]} {_inline(item)}"


def _table(table: Table) -> Iterator[str]:
    if not any(table.rows):
        yield from filter(None, [_inline(table.caption)])
    elif _is_plain(table):
        yield from filter(None, [_inline(table.caption)])
        yield "\n".join(_pipe_rows(table))
    else:
        yield html_table(table).rstrip()


def _is_plain(table: Table) -> bool:
    """Tell whether pipes can say `table`: no spans, rows of one length, header cells nowhere or the whole first row."""
    headers = [cell.header for row in table.rows[1:] for cell in row]
    one_length = len({len(row) for row in table.rows}) == 1
    first = {cell.header for cell in table.rows[0]}
    return one_length and len(first) == 1 and not any(headers) and not has_spans(table)


def _pipe_rows(table: Table) -> Iterator[str]:
    rows = [[_inline(text) for text in places] for places in grid(table)]
    if not header_rows(table):
        # Pipes need a head: an empty one promotes no row of the record.
        rows.insert(0, [""] * len(rows[0]))
    rows.insert(1, ["---"] * len(rows[0]))
    for row in rows:
        yield f"| {' | '.join(row)} |"
