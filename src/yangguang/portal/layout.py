"""A record's body as its page shows it: a kind for each block, anchors for headings, a table of contents.

Typography follows GB/T 9704-2012 as far as a screen allows; the rules stand in the style sheet, this module only names.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from urllib.parse import quote

from yangguang.records.types import Body, Heading, Image, ItemList, Paragraph, Role, Table

CONTENTS_FROM = 3
"""Headings from which on a table of contents helps more than it costs."""


@dataclass(frozen=True, slots=True)
class ShownCell:
    """A table cell ready to show."""

    text: str
    rows: int
    columns: int
    header: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class ShownBlock:
    """A block ready to show; `kind` chooses which of the other fields mean something.

    Attributes:
        kind: ``heading``, ``run_in``, ``paragraph``, ``table``, ``list`` or ``image``.
        text: A heading's line, a paragraph's text, a table's caption, an image's alternative text.
        tag: ``h2`` to ``h6`` for headings, ``ol`` or ``ul`` for lists.
        anchor: Where the table of contents leads.
        role: What a paragraph does.
        rest: The paragraph that continues on a run-in heading's line.
        address: Where an image lies.
    """

    kind: str
    text: str = ""
    tag: str = ""
    anchor: str = ""
    level: int = 0
    role: str = ""
    rest: str = ""
    address: str = ""
    items: tuple[str, ...] = ()
    rows: tuple[tuple[ShownCell, ...], ...] = ()


@dataclass(frozen=True, slots=True)
class Layout:
    """A body ready to show, and its table of contents: empty where there are fewer than `CONTENTS_FROM` headings."""

    blocks: tuple[ShownBlock, ...]
    contents: tuple[ShownBlock, ...] = field(default=())


def lay_out(body: Body, title: str, files: Mapping[str, str]) -> Layout:
    """Return `body` as its page shows it.

    Args:
        body: The text.
        title: The record's title; a title paragraph that repeats it is left out, since the page begins with it.
        files: Address of each attachment by its public name; an image that is not among them shows its text only.
    """
    blocks = tuple(_blocks(body, title, files))
    headings = tuple(block for block in blocks if block.kind in {"heading", "run_in"} and block.level <= 2)
    return Layout(blocks, headings if len(headings) >= CONTENTS_FROM else ())


def file_addresses(base: str, names: tuple[str, ...]) -> dict[str, str]:
    """Return the address of each attachment by its name, below the address `base` of its revision."""
    return {name: f"{base}/files/{quote(name, safe='')}" for name in names}


def _blocks(body: Body, title: str, files: Mapping[str, str]) -> Iterator[ShownBlock]:
    bare_title = "".join(title.split())
    waiting: Heading | None = None
    for position, block in enumerate(body.blocks):
        if waiting is not None:
            shown = _heading(waiting, position)
            if isinstance(block, Paragraph):
                yield _run_in(shown, block)
                waiting = None
                continue
            yield shown
            waiting = None
        if isinstance(block, Heading) and block.run_in:
            waiting = block
        elif isinstance(block, Paragraph) and block.role is Role.TITLE and "".join(block.text.split()) == bare_title:
            continue
        else:
            yield _block(block, position, files)
    if waiting is not None:
        yield _heading(waiting, len(body.blocks))


def _block(
    block: Heading | Paragraph | Table | ItemList | Image, position: int, files: Mapping[str, str]
) -> ShownBlock:
    match block:
        case Heading():
            return _heading(block, position)
        case Paragraph():
            return ShownBlock(kind="paragraph", text=block.text, role=block.role.value)
        case Table():
            rows = tuple(tuple(ShownCell(c.text, c.rows, c.columns, c.header) for c in row) for row in block.rows)
            return ShownBlock(kind="table", text=block.caption, rows=rows)
        case ItemList():
            return ShownBlock(kind="list", tag="ol" if block.ordered else "ul", items=block.items)
        case Image():
            return ShownBlock(kind="image", text=block.alternative, address=files.get(block.name, ""))


def _heading(block: Heading, position: int) -> ShownBlock:
    # 第一章 and 总则 stand apart in print; 一、 and 总体要求 do not.
    apart = "\u3000" if block.number and block.text and block.number[-1].isalnum() else ""
    return ShownBlock(
        kind="heading",
        text=f"{block.number}{apart}{block.text}",
        tag=f"h{min(block.level + 1, 6)}",
        anchor=f"p{position}",
        level=block.level,
    )


def _run_in(shown: ShownBlock, paragraph: Paragraph) -> ShownBlock:
    return ShownBlock(
        kind="run_in", text=shown.text, tag=shown.tag, anchor=shown.anchor, level=shown.level, rest=paragraph.text
    )
