"""HTML: one file that reads alone, on a phone, on paper and aloud; no script, nothing fetched.

Page meta tags: 政府网站发展指引 (国办发〔2017〕47号), annex on page tags, content page. Headings one below the title:
level 1 一、 is ``h2``. Every character of the record goes through `_text`.
"""

from collections.abc import Iterator
from html import escape

from yangguang.formats.box import LABELS, VERIFY, VERIFY_ENGLISH, box, column_name, doubts, size
from yangguang.formats.characters import shown, width
from yangguang.formats.structure import Piece, RunIn, heading_line, pieces
from yangguang.formats.style import CONTENT_SECURITY_POLICY, STYLE
from yangguang.formats.tables import html_table
from yangguang.records.types import Content, Heading, Image, ItemList, Metadata, Paragraph, Role, Table

_LONG_VALUE_WIDTH = 16
"""Full-width characters above which a value takes the whole width of the box."""


def render(content: Content) -> str:
    """Return the page."""
    return "".join(
        [
            '<!DOCTYPE html>\n<html lang="zh-CN">\n<head>\n<meta charset="utf-8">\n',
            *_head(content.metadata),
            "</head>\n<body>\n<main>\n",
            f"<h1>{_text(content.metadata.title)}</h1>\n",
            *_box(content),
            "<article>\n",
            *(_piece(piece) for piece in pieces(content)),
            "</article>\n",
            *_meta(content),
            "</main>\n</body>\n</html>\n",
        ]
    )


def _text(text: str) -> str:
    return escape(shown(text))


def _head(metadata: Metadata) -> Iterator[str]:
    yield '<meta name="viewport" content="width=device-width, initial-scale=1">\n'
    yield f'<meta http-equiv="Content-Security-Policy" content="{escape(CONTENT_SECURITY_POLICY)}">\n'
    yield f"<title>{_text(metadata.title)}</title>\n"
    tags = {
        "ColumnName": column_name(metadata.column),
        "ArticleTitle": metadata.title,
        # The tag's format asks for a time of day; a record knows its day of publication only.
        "PubDate": f"{metadata.published_on.isoformat()} 00:00",
        "ContentSource": metadata.source or metadata.agency.name,
        "Keywords": ",".join(metadata.keywords),
        "Author": "、".join(metadata.issuers) or metadata.agency.name,
        "Description": metadata.summary,
    }
    for name, value in tags.items():
        if value:
            yield f'<meta name="{name}" content="{_text(value)}">\n'
    yield f"<style>{STYLE}</style>\n"


def _box(content: Content) -> Iterator[str]:
    yield '<dl class="box">\n'
    for label, value in box(content):
        long = ' class="long"' if width(value) > _LONG_VALUE_WIDTH else ""
        yield f"<div{long}><dt>{label}</dt><dd>{escape(value)}</dd></div>\n"
    yield "</dl>\n"


def _meta(content: Content) -> Iterator[str]:
    yield '<footer class="meta">\n'
    if content.metadata.attachments:
        yield f"<h2>{LABELS['attachments']} Attachments</h2>\n<ul>\n"
        for attachment in content.metadata.attachments:
            digest = f"SHA-256 <code>{_text(attachment.sha256)}</code>"
            yield f"<li>{_text(attachment.name)}（{size(attachment)}）<br>{digest}</li>\n"
        yield "</ul>\n"
    if content.metadata.doubts:
        yield f"<h2>{LABELS['doubts']} Doubts</h2>\n<ul>\n"
        for label, reason in doubts(content):
            yield f"<li>{escape(label)}：{escape(reason)}</li>\n"
        yield "</ul>\n"
    yield f"<h2>{LABELS['verify']} Verification</h2>\n"
    yield f'<p>{escape(VERIFY)}</p>\n<p lang="en">{escape(VERIFY_ENGLISH)}</p>\n</footer>\n'


def _piece(piece: Piece) -> str:
    match piece:
        case Paragraph():
            return _paragraph(piece)
        case Heading():
            return _heading(piece)
        case RunIn():
            return (
                f'<div class="run-in">{_heading(piece.heading).rstrip()}{_paragraph(piece.paragraph).rstrip()}</div>\n'
            )
        case Table():
            return _table(piece)
        case ItemList():
            return _list(piece)
        case Image():
            return _image(piece)


def _paragraph(paragraph: Paragraph) -> str:
    text = _text(paragraph.text)
    if not text:
        return ""
    role = "" if paragraph.role is Role.TEXT else f' class="{paragraph.role.value}"'
    return f"<p{role}>{text}</p>\n"


def _heading(heading: Heading) -> str:
    line = heading_line(heading)
    return f"<h{heading.level + 1}>{escape(line)}</h{heading.level + 1}>\n" if line else ""


def _list(listed: ItemList) -> str:
    tag = "ol" if listed.ordered else "ul"
    items = "".join(f"<li>{_text(item)}</li>\n" for item in listed.items)
    return f"<{tag}>\n{items}</{tag}>\n" if items else ""


def _image(image: Image) -> str:
    name = _text(image.name)
    described = _text(image.alternative) or name
    shows = f"图：{described}<br>（见附件 {name}）"
    return f'<figure role="img" aria-label="{described}"><figcaption>{shows}</figcaption></figure>\n'


def _table(table: Table) -> str:
    """Return a table that scrolls by itself on a narrow screen."""
    name = _text(table.caption) or "表格"
    return f'<div class="wide" role="region" tabindex="0" aria-label="{name}">\n{html_table(table)}</div>\n'
