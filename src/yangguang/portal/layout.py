"""A record's body as its page shows it: markup for each block, anchors for headings, a table of contents.

Typography follows GB/T 9704-2012 as far as a screen allows; the rules stand in the style sheet, this module only names.
Markup is written here and not in a template because a regulation has hundreds of blocks: a template takes ten times as
long for each. Every character of the record goes through `escape`.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from html import escape
from urllib.parse import quote

from django.utils.safestring import SafeString, mark_safe

from yangguang.records.types import Body, Cell, Heading, Image, ItemList, Paragraph, Role, Table

CONTENTS_FROM = 3
"""Headings from which on a table of contents helps more than it costs."""

CONTENTS_LEVELS = 2


@dataclass(frozen=True, slots=True)
class ContentsEntry:
    """A line of the table of contents: the heading's line, its level from 1, where it leads."""

    text: str
    level: int
    anchor: str


@dataclass(frozen=True, slots=True)
class Layout:
    """A body ready to show, and its table of contents: empty where there are fewer than `CONTENTS_FROM` headings."""

    text: SafeString
    contents: tuple[ContentsEntry, ...]


def lay_out(body: Body, title: str, files: Mapping[str, str]) -> Layout:
    """Return `body` as its page shows it.

    Args:
        body: The text.
        title: The record's title; a title paragraph that repeats it is left out, since the page begins with it.
        files: Address of each attachment by its public name; an image that is not among them shows its text only.
    """
    headings = tuple(
        ContentsEntry(_line(block), block.level, _anchor(position))
        for position, block in enumerate(body.blocks)
        if isinstance(block, Heading) and block.level <= CONTENTS_LEVELS
    )
    text = "\n".join(_blocks(body, title, files))
    contents = headings if len(headings) >= CONTENTS_FROM else ()
    return Layout(mark_safe(text), contents)  # noqa: S308 - made of tags of ours and of escaped text


def file_addresses(base: str, names: tuple[str, ...]) -> dict[str, str]:
    """Return the address of each attachment by its name, below the address `base` of its revision."""
    return {name: f"{base}/files/{quote(name, safe='')}" for name in names}


def _blocks(body: Body, title: str, files: Mapping[str, str]) -> Iterator[str]:
    bare_title = "".join(title.split())
    running = ""
    for position, block in enumerate(body.blocks):
        if running and isinstance(block, Paragraph):
            yield f'<div class="run-in">{running}<p>{escape(block.text)}</p></div>'
            running = ""
            continue
        if running:
            yield running
            running = ""
        if isinstance(block, Heading) and block.run_in:
            running = _heading(block, position)
        elif not (isinstance(block, Paragraph) and block.role is Role.TITLE and _bare(block.text) == bare_title):
            yield _block(block, position, files)
    if running:
        yield running


def _block(block: Heading | Paragraph | Table | ItemList | Image, position: int, files: Mapping[str, str]) -> str:
    match block:
        case Heading():
            return _heading(block, position)
        case Paragraph():
            role = "" if block.role is Role.TEXT else f' class="{block.role.value}"'
            return f"<p{role}>{escape(block.text)}</p>"
        case Table():
            return _table(block)
        case ItemList():
            tag = "ol" if block.ordered else "ul"
            return f"<{tag}>{''.join(f'<li>{escape(item)}</li>' for item in block.items)}</{tag}>"
        case Image():
            shown = escape(block.alternative)
            if block.name in files:
                shown = f'<img src="{escape(files[block.name])}" alt="{shown}">'
            return f'<p class="picture">{shown}</p>'


def _heading(block: Heading, position: int) -> str:
    # The page's title is h1, so 一、 is h2.
    tag = f"h{min(block.level + 1, 6)}"
    return f'<{tag} id="{_anchor(position)}">{escape(_line(block))}</{tag}>'


def _table(table: Table) -> str:
    caption = escape(table.caption)
    named = f' role="region" aria-label="{caption}"' if caption else ""
    head = f"<caption>{caption}</caption>" if caption else ""
    rows = "".join(f"<tr>{''.join(map(_cell, row))}</tr>" for row in table.rows)
    # Scrolls by itself on a narrow screen, and by keyboard too: hence the tab stop.
    return f'<div class="scroll" tabindex="0"{named}><table>{head}{rows}</table></div>'


def _cell(cell: Cell) -> str:
    tag = "th" if cell.header else "td"
    spans = f' rowspan="{cell.rows}"' if cell.rows > 1 else ""
    spans += f' colspan="{cell.columns}"' if cell.columns > 1 else ""
    return f"<{tag}{spans}>{escape(cell.text)}</{tag}>"


def _line(block: Heading) -> str:
    # 第一章 and 总则 stand apart in print; 一、 and 总体要求 do not.
    apart = "\u3000" if block.number and block.text and block.number[-1].isalnum() else ""
    return f"{block.number}{apart}{block.text}"


def _anchor(position: int) -> str:
    return f"p{position}"


def _bare(text: str) -> str:
    return "".join(text.split())
