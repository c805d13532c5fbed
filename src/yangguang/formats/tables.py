"""Tables: the grid under the spans, and the one HTML spelling that HTML and Markdown share.

Spans: HTML, 4.9.12 (forming a table). Scope: WCAG 2.1, technique H63.
"""

from collections.abc import Iterator
from html import escape

from yangguang.formats.characters import shown
from yangguang.records.types import Cell, Table

_MAX_COLUMNS = 1_000


def grid(table: Table) -> Iterator[list[str]]:
    """Yield the rows of `table` with every place of the grid filled: a covered place holds empty text.

    At most 1,000 covered places a row are filled, so that absurd spans cannot grow without bound.
    """
    covered: dict[int, int] = {}
    for row in table.rows:
        covered = {column: rows - 1 for column, rows in covered.items() if rows > 1}
        yield _filled(row, covered)


def _filled(row: tuple[Cell, ...], covered: dict[int, int]) -> list[str]:
    """Return one row of the grid; `covered` (column to rows still covered, this one counted) gains this row's cells."""
    places: list[str] = []
    above = set(covered)
    for cell in row:
        while len(places) in above:
            places.append("")
        start = len(places)
        width = max(1, min(cell.columns, _MAX_COLUMNS - start))
        places.append(shown(cell.text))
        places.extend([""] * (width - 1))
        if cell.rows > 1:
            covered.update(dict.fromkeys(range(start, start + width), cell.rows))
    while len(places) in above:
        places.append("")
    return places


def header_rows(table: Table) -> int:
    """Return how many rows at the top hold header cells only and are covered by no cell that reaches below them."""
    deepest = count = 0
    for position, row in enumerate(table.rows):
        if not row or not all(cell.header for cell in row):
            break
        deepest = max(deepest, position + max(cell.rows for cell in row))
        if deepest <= position + 1:
            count = position + 1
    return count


def has_spans(table: Table) -> bool:
    """Tell whether any cell of `table` covers more than its own place."""
    return any(cell.rows > 1 or cell.columns > 1 for row in table.rows for cell in row)


def html_table(table: Table) -> str:
    """Return the ``table`` element, a row a line and no blank line inside; empty for a table without cells."""
    heads = header_rows(table)
    rows = [_html_row(row, in_head=position < heads) for position, row in enumerate(table.rows) if row]
    caption = escape(shown(table.caption))
    return "".join(
        [
            "<table>\n",
            f"<caption>{caption}</caption>\n" if caption else "",
            *(["<thead>\n", *rows[:heads], "</thead>\n"] if heads else []),
            *(["<tbody>\n", *rows[heads:], "</tbody>\n"] if rows[heads:] else []),
            "</table>\n",
        ]
    )


def _html_row(row: tuple[Cell, ...], *, in_head: bool) -> str:
    return "<tr>" + "".join(_html_cell(cell, "col" if in_head else "row") for cell in row) + "</tr>\n"


def _html_cell(cell: Cell, scope: str) -> str:
    spans = f' rowspan="{cell.rows}"' if cell.rows > 1 else ""
    spans += f' colspan="{cell.columns}"' if cell.columns > 1 else ""
    text = escape(shown(cell.text))
    return f'<th scope="{scope}"{spans}>{text}</th>' if cell.header else f"<td{spans}>{text}</td>"
