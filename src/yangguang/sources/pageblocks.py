"""The blocks of an HTML container in reading order: paragraphs, headings, tables with their spans, lists, pictures."""

from collections.abc import Iterator

from selectolax.lexbor import LexborHTMLParser, LexborNode

from yangguang.records.types import Cell, Heading, Image, ItemList, Table
from yangguang.sources.errors import UnreadableError
from yangguang.sources.outline import Piece
from yangguang.sources.scrub import Scrubbed
from yangguang.sources.text import FLATTENED_LINE, clean, marked_paragraphs, squeeze, widen

_HEADINGS = {"h1": 1, "h2": 1, "h3": 2, "h4": 3, "h5": 4, "h6": 5}
_BREAKS = frozenset({"br", "hr"})
_INLINE = frozenset({"x-link"})
_MAX_SPAN = 1_000
_LABEL = 20
_TEXT = "-text"


def tree_of(scrubbed: Scrubbed) -> LexborNode:
    """Return the body of the page whose safe form is `scrubbed`, without what it hides.

    Raises:
        UnreadableError: the page has no body.
    """
    body = LexborHTMLParser(f"<!DOCTYPE html><html><body>{scrubbed.body}</body></html>").body
    if body is None:
        raise UnreadableError("没有正文 no text on the page")
    for hidden in body.css("[hidden]"):
        hidden.decompose()
    return body


def page_pieces(container: LexborNode) -> list[Piece]:
    """Return the pieces of `container`; text between block elements becomes paragraphs, ``br`` ends one."""
    pieces: list[Piece] = []
    line: list[str] = []
    # A stack instead of recursion: a page within the depth limit must not depend on Python's.
    waiting: list[LexborNode | None] = [container]
    while waiting:
        node = waiting.pop()
        if node is not None and node.tag == _TEXT:
            line.append(node.text_content or "")
        elif node is not None and node.tag in _INLINE:
            waiting.extend(_children(node))
        else:
            _flush(line, pieces)
            if node is not None and node.tag not in _BREAKS:
                understood = _block(node)
                if understood is None:
                    waiting += [None, *_children(node)]
                else:
                    pieces += understood
    _flush(line, pieces)
    return pieces


def _block(node: LexborNode) -> list[Piece] | None:
    """Return what `node` is as a whole, or None where its children are to be looked at."""
    if node.tag == "img":
        return _image(node)
    if node.tag in _HEADINGS:
        text = _text(node)
        return [Heading(_HEADINGS[node.tag], "", text)] if text else []
    found: Piece | None = None
    if node.tag == "table":
        found = _table(node)
    elif node.tag in {"ul", "ol"}:
        found = _list(node)
    return None if found is None else [found]


def visible_length(node: LexborNode) -> int:
    """Return how many characters of `node` stand outside links, white space not counted."""
    if node.tag == _TEXT:
        return len("".join((node.text_content or "").split()))
    total = len("".join(node.text(separator="").split()))
    links = sum(len("".join(link.text(separator="").split())) for link in node.css("x-link"))
    return total - links


def _children(node: LexborNode) -> list[LexborNode]:
    """Return the children of `node`, last first."""
    return list(node.iter(include_text=True))[::-1]


def _flush(line: list[str], pieces: list[Piece]) -> None:
    text = clean("".join(line))
    line.clear()
    if len(text) > FLATTENED_LINE:
        pieces += [widen(part) for part in marked_paragraphs(text.replace("\n", " " if "\n " in text else "\n"))]
    elif paragraph := squeeze(text):
        pieces.append(widen(paragraph))


def _text(node: LexborNode) -> str:
    return widen(squeeze(clean(node.text(separator=""))))


def _image(node: LexborNode) -> list[Piece]:
    name = (node.attributes.get("src") or "").split("?")[0].rsplit("/", 1)[-1]
    alternative = widen(squeeze(clean(node.attributes.get("alt") or "")))
    return [Image(name[:255], alternative)] if alternative and name else []


def _list(node: LexborNode) -> ItemList | None:
    """Return a list whose items are single paragraphs; None for a list that only lays the page out."""
    items = [child for child in node.iter() if child.tag == "li"]
    if not items or any(item.css_first("p + p, div, table, ul, ol") is not None for item in items):
        return None
    texts = tuple(text for text in (_text(item) for item in items) if text)
    return ItemList(texts, ordered=node.tag == "ol") if texts else None


def _table(node: LexborNode) -> Table | None:
    """Return `node` as a table; None where it is one cell or holds tables: then it only lays the page out."""
    if node.css_first("table table") is not None:
        return None
    rows = tuple(row for row in (_row(child) for child in node.css("tr")) if row)
    if sum(len(row) for row in rows) < 2:
        return None
    caption = node.css_first("caption")
    return Table(rows, _text(caption) if caption is not None else "")


def _row(node: LexborNode) -> tuple[Cell, ...]:
    return tuple(_cells(node))


def _cells(node: LexborNode) -> Iterator[Cell]:
    for child in node.iter():
        if child.tag in {"td", "th"}:
            texts = _cell_texts(child)
            # A label broken over two lines is one word; paragraphs of a longer text stay apart.
            text = ("" if sum(map(len, texts)) <= _LABEL else " ").join(texts)
            yield Cell(text, _span(child, "rowspan"), _span(child, "colspan"), header=child.tag == "th")


def _cell_texts(cell: LexborNode) -> list[str]:
    """Return the paragraphs of a table cell as texts."""
    texts: list[str] = []
    for piece in page_pieces(cell):
        if isinstance(piece, str):
            texts.append(piece)
        elif isinstance(piece, Heading):
            texts.append(piece.text)
        elif isinstance(piece, ItemList):
            texts += piece.items
    return texts


def _span(node: LexborNode, name: str) -> int:
    said = (node.attributes.get(name) or "").strip()
    return min(max(int(said), 1), _MAX_SPAN) if said.isascii() and said.isdigit() and len(said) <= 6 else 1
