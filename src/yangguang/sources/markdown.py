"""Markdown, with or without front matter.

Block structure: CommonMark with tables (markdown-it-py); a table with spans is written as HTML. Numbers of Chinese
documents are text, not list syntax: ``1. `` keeps its number and becomes a heading or an item as in any document. A
line break inside a paragraph starts a new paragraph unless the line before it runs to a margin.
"""

import itertools
import re
from collections.abc import Iterator, Sequence

from markdown_it import MarkdownIt
from markdown_it.token import Token

from yangguang.records.types import Cell, Heading, Image, ItemList, Table
from yangguang.sources.errors import UnreadableError
from yangguang.sources.outline import Piece
from yangguang.sources.pageblocks import page_pieces, tree_of
from yangguang.sources.plain import plain_pieces
from yangguang.sources.scrub import scrub
from yangguang.sources.text import clean, is_leftover, squeeze, widen

_PARSER = MarkdownIt("commonmark", {"maxNesting": 20}).enable("table").disable(["code", "lheading", "reference"])
_NUMBERED_LINE = re.compile(r"^([^\S\n]{0,3}\d{1,9})([.)])(?=\s)", re.MULTILINE)
_INDENT = re.compile(r"^[^\S\n]+", re.MULTILINE)
_SPECIAL = re.compile(r"^[^\S\n]{0,3}(?:[-*+|>`~<]|\[|!\[)|[*_`\[\]<>|&\\~]", re.MULTILINE)
_COMMENT = re.compile(r"<!--.*?(?:-->|\Z)", re.DOTALL)
_RULE = re.compile(r"[-*_=\s]{3,}")
_MAX_LEVEL = 5
_DEPTH = 256
"""Deepest nesting of HTML inside Markdown."""

_MOST_BRACKETS = 2_000
"""Opening brackets above which none opens a link: the parser looks for an end after each."""

_MOST_PARSED = 300_000
"""Characters above which only headings and paragraphs are looked for: a parser may linger over more."""


def markdown_pieces(text: str) -> tuple[str, list[Piece]]:
    """Return the title (text of the first heading of depth 1, or "") and the pieces of the Markdown `text`."""
    bare = _COMMENT.sub("", text)
    is_simple = len(bare) > _MOST_PARSED or _SPECIAL.search(bare) is None
    pieces = list(_simple(bare) if is_simple else _parsed(bare))
    for position, piece in enumerate(pieces):
        if isinstance(piece, Heading) and piece.level == 0:
            rest = [_lowered(other) for other in pieces[:position] + pieces[position + 1 :]]
            return piece.text, rest
    return "", [_lowered(piece) for piece in pieces]


def _lowered(piece: Piece) -> Piece:
    """Return a second title as a heading of the first level: depth 0 stands for the title alone."""
    return Heading(1, "", piece.text) if isinstance(piece, Heading) and piece.level == 0 else piece


def _simple(text: str) -> Iterator[Piece]:
    """Yield the pieces of Markdown that uses headings and paragraphs alone: most documents, many times faster."""
    block: list[str] = []
    for line in widen(text).split("\n"):
        if line.startswith("#") and line.lstrip("#")[:1] in ("", " ", "\t", "\u3000"):
            yield from plain_pieces(block)
            block = []
            bare = squeeze(line.lstrip("#")).rstrip("# ")
            if bare:
                yield Heading(min(len(line) - len(line.lstrip("#")) - 1, _MAX_LEVEL), "", bare)
        elif not _RULE.fullmatch(line):
            block.append(line)
    yield from plain_pieces(block)


def _parsed(text: str) -> Iterator[Piece]:
    if text.count("[") > _MOST_BRACKETS:
        text = text.replace("[", "\\[")
    escaped = _NUMBERED_LINE.sub(r"\1\\\2", _INDENT.sub(lambda found: found[0][:3], text))
    html: list[str] = []
    for token, inside in _groups(_PARSER.parse(escaped)):
        if token.type == "html_block":
            # A blank line inside a table ends Markdown's block, not the table: the blocks are read together.
            html.append(token.content)
            continue
        yield from _html_pieces(html)
        yield from _understood(token, inside)
    yield from _html_pieces(html)


def _groups(tokens: Sequence[Token]) -> Iterator[tuple[Token, Sequence[Token]]]:
    """Yield each block's opening token with the tokens inside it; a quotation's blocks come one by one."""
    position = 0
    while position < len(tokens):
        closing = _closing(tokens, position)
        yield tokens[position], tokens[position + 1 : closing]
        position = position + 1 if tokens[position].type == "blockquote_open" else closing + 1


def _understood(token: Token, inside: Sequence[Token]) -> Iterator[Piece]:
    if token.type == "heading_open":
        yield Heading(min(int(token.tag[1]) - 1, _MAX_LEVEL), "", widen(squeeze(_inline(inside))))
    elif token.type == "table_open":
        yield _table(inside)
    elif token.type in {"bullet_list_open", "ordered_list_open"}:
        yield ItemList(tuple(_items(inside)), ordered=token.type == "ordered_list_open")
    elif token.type == "fence":
        yield from plain_pieces(token.content.split("\n"))
    elif token.type == "paragraph_open":
        yield from _paragraphs(inside)


def _html_pieces(html: list[str]) -> list[Piece]:
    """Return the pieces of the HTML blocks held so far, and hold none."""
    source = "".join(html)
    html.clear()
    return page_pieces(tree_of(scrub(source, depth=_DEPTH))) if source else []


def _closing(tokens: Sequence[Token], position: int) -> int:
    """Return the position of the token that closes the one at `position`; itself where it opens nothing."""
    depth = 0
    for at in range(position, len(tokens)):
        depth += tokens[at].nesting
        if depth <= 0:
            return at
    return len(tokens) - 1


def _paragraphs(tokens: Sequence[Token]) -> Iterator[Piece]:
    for token in tokens:
        for child in token.children or ():
            if child.type == "image":
                name = str(child.attrs.get("src", ""))
                yield Image(name.rsplit("/", 1)[-1], squeeze(clean(child.content)))
    yield from plain_pieces(widen(_inline(tokens)).split("\n"))


def _inline(tokens: Sequence[Token]) -> str:
    return "\n".join(_inline_text(token) for token in tokens if token.type == "inline")


def _inline_text(token: Token) -> str:
    parts: list[str] = []
    for child in token.children or ():
        if child.type in {"text", "code_inline"}:
            parts.append(child.content)
        elif child.type in {"softbreak", "hardbreak"} or (
            child.type == "html_inline" and child.content.lower().startswith("<br")
        ):
            parts.append("\n")
    return clean("".join(parts))


def _items(tokens: Sequence[Token]) -> Iterator[str]:
    for token in tokens:
        if token.type == "inline" and (text := widen(squeeze(_inline_text(token)))):
            yield text


def _table(tokens: Sequence[Token]) -> Table:
    rows: list[tuple[Cell, ...]] = []
    row: list[Cell] = []
    for before, token in itertools.pairwise(tokens):
        if before.type == "tr_open":
            row = []
        if token.type == "inline" and before.type in {"th_open", "td_open"}:
            row.append(Cell(widen(squeeze(_inline_text(token))), header=before.type == "th_open"))
        if token.type == "tr_close":
            rows.append(tuple(row))
    return Table(tuple(rows))


def refuse_leftovers(text: str, first_line: int) -> None:
    """Refuse `text` where a whole line of it is a template token.

    Raises:
        UnreadableError: with the line, `first_line` being that of the text's first.
    """
    if "{{" not in text:
        return
    for number, line in enumerate(text.split("\n"), start=first_line):
        if is_leftover(line):
            raise UnreadableError(f"模板残留，不是内容 template leftover, not content: {squeeze(line)[:80]}", number)
