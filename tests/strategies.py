"""Arbitrary records for property tests: everything `yangguang.records` accepts, the hostile included.

Import as ``from tests.strategies import bodies, contents, metadata``.
"""

import base64

from hypothesis import strategies as st

from yangguang.kernel.identifiers import RecordId
from yangguang.law import queries as law
from yangguang.records.types import (
    Agency,
    Attachment,
    Block,
    Body,
    Cell,
    Content,
    Disclosure,
    Doubt,
    Heading,
    Image,
    ItemList,
    Kind,
    Metadata,
    Paragraph,
    Role,
    Table,
    Validity,
)

HOSTILE = (
    "<script>alert(1)</script>",
    "</title></style></main>",
    '" onmouseover="alert(1)',
    "]]>",
    "<!-- -->",
    "&amp;&lt;&#x41;",
    "`code` ``` ~~~",
    "a|b\\|c|",
    "# 一",
    "---",
    "===",
    "- 项",
    "+ 项",
    "1. 项",
    "2) 项",
    "> 引",
    "    四格",
    "![x](javascript:alert(1))",
    "[x]: https://example.org",
    "<https://example.org>",
    "**粗**_斜_~~删~~",
    "\\",
    "{{el.src}}",
    "\ufeff零\u200b宽\u200d",
    "𠮷𪚥🏛️",
    "\u202e倒\u2067嵌",
    "\r回车\r\n换行\n\u2028",
    "\x00\x07\x1b[31m\x7f\x85",
    "\ufffe\uffff\ufdd0",
    "\t表\t",
    "\u3000\u3000缩进",
)
"""Pieces that some format or reader takes for more than text."""

_ORDINARY = st.text(alphabet="阳光县人民政府办公室关于印发通知的，。；：（）〔〕0123456789号", max_size=24)
_MIXED = st.lists(st.one_of(st.sampled_from(HOSTILE), _ORDINARY), min_size=1, max_size=4).map("".join)
_NAMES = st.text(
    alphabet=st.characters(codec="utf-8", exclude_categories=["Cc"], exclude_characters="/\\"), min_size=1, max_size=40
).filter(lambda name: name not in {".", ".."})


def texts() -> st.SearchStrategy[str]:
    """Return text of any sort without lone surrogates, empty text included."""
    return st.one_of(_ORDINARY, _MIXED, st.text(max_size=40))


def titles() -> st.SearchStrategy[str]:
    """Return one line of 1 to 500 characters."""
    return texts().map(lambda text: " ".join(text.splitlines())[:500]).filter(lambda text: len(text.splitlines()) == 1)


def record_ids() -> st.SearchStrategy[RecordId]:
    """Return any identifier."""
    raw = st.binary(min_size=16, max_size=16)
    return raw.map(lambda value: RecordId(base64.b32encode(value).decode("ascii").rstrip("=").lower()))


def metadata() -> st.SearchStrategy[Metadata]:
    """Return any metadata that has an encoding."""
    several = st.lists(texts(), max_size=3).map(tuple)
    return st.builds(
        Metadata,
        kind=st.sampled_from(Kind),
        title=titles(),
        agency=st.builds(
            Agency, code=texts(), name=texts(), uscc=st.text("0123456789ABCDEFGH", min_size=18, max_size=18)
        ),
        published_on=st.dates(),
        headline=texts(),
        index_number=texts(),
        summary=texts(),
        formed_on=st.none() | st.dates(),
        issuers=several,
        addressees=texts(),
        document_number=st.just("阳政发〔2026〕1号") | texts(),
        column=st.none() | st.sampled_from(law.columns()),
        topic=texts(),
        genre=st.just("") | st.sampled_from([genre.code for genre in law.genres()]) | texts(),
        keywords=several,
        validity=st.none() | st.sampled_from(Validity),
        effective_from=st.none() | st.dates(),
        effective_to=st.none() | st.dates(),
        disclosure=st.sampled_from(Disclosure),
        source=texts(),
        basis=texts(),
        region_code=st.just("") | st.text("0123456789", min_size=6, max_size=6),
        attachments=st.lists(_attachments(), max_size=3, unique_by=lambda attachment: attachment.name).map(tuple),
        places=several,
        doubts=st.lists(st.builds(Doubt, field=st.just("column") | texts(), reason=texts()), max_size=3).map(tuple),
    )


def bodies() -> st.SearchStrategy[Body]:
    """Return any body that has an encoding; the cells of a table tile its grid."""
    return st.builds(Body, blocks=st.lists(blocks(), max_size=8).map(tuple))


def blocks() -> st.SearchStrategy[Block]:
    """Return a block of any sort."""
    return st.one_of(
        st.builds(Paragraph, text=texts(), role=st.sampled_from(Role)),
        st.builds(
            Heading,
            level=st.integers(1, 5),
            number=st.sampled_from(("", "一、", "（一）", "1.", "（1）", "①", "第一章", "第一条")) | texts(),
            text=texts(),
            run_in=st.booleans(),
        ),
        tables(),
        st.builds(ItemList, items=st.lists(texts(), max_size=4).map(tuple), ordered=st.booleans()),
        st.builds(Image, name=_NAMES, alternative=texts()),
    )


@st.composite
def tables(draw: st.DrawFn) -> Table:
    """Draw a table of at most 4 by 4 places whose cells cover the grid without gap or overlap."""
    height, width = draw(st.integers(0, 4)), draw(st.integers(1, 4))
    free = {(row, column) for row in range(height) for column in range(width)}
    rows: list[tuple[Cell, ...]] = []
    for row in range(height):
        cells: list[Cell] = []
        for column in range(width):
            if (row, column) not in free:
                continue
            reach = next(
                (wide for wide in range(1, width - column) if (row, column + wide) not in free), width - column
            )
            columns = draw(st.integers(1, reach))
            down = draw(st.integers(1, height - row))
            free -= {(row + below, column + right) for below in range(down) for right in range(columns)}
            cells.append(Cell(draw(texts()), down, columns, draw(st.booleans())))
        rows.append(tuple(cells))
    return Table(tuple(rows), draw(texts()))


def contents() -> st.SearchStrategy[Content]:
    """Return one revision of any record."""
    return st.builds(Content, id=record_ids(), revision=st.integers(1, 10_000), metadata=metadata(), body=bodies())


def _attachments() -> st.SearchStrategy[Attachment]:
    return st.builds(
        Attachment,
        name=_NAMES,
        media_type=st.sampled_from(("application/pdf", "image/png", "text/plain; charset=utf-8")),
        size_bytes=st.integers(0, 2**53 - 1),
        sha256=st.text("0123456789abcdef", min_size=64, max_size=64),
    )
