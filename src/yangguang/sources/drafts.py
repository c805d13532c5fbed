"""From what a reader of one format found to a manuscript: kind, title, dates, issuers, column, and every doubt.

Precedence: what the front matter says, then what the page's machine-readable head says, then what the text shows.
Whatever a rule inferred gets a `Doubt` that names the rule in Chinese, for the officer who looks at it.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import date

from yangguang.records.queries import MAX_TITLE_CHARACTERS, plain_text
from yangguang.records.types import Block, Body, Doubt, Heading, Kind, Paragraph, Role, Table
from yangguang.sources.columns import infer_column, is_statutory_title
from yangguang.sources.elements import Elements, find_elements, own_number
from yangguang.sources.errors import UnreadableError
from yangguang.sources.frontmatter import FrontMatter
from yangguang.sources.labels import Labels
from yangguang.sources.outline import Piece, is_article, outline
from yangguang.sources.text import squeeze, text_key
from yangguang.sources.types import Manuscript, Place
from yangguang.sources.words import genre_in_title, issuers_in_title, organisations

_RECORD_TITLE = re.compile("处罚|许可|强制|抽检|抽查")
_ARTICLES = 3
"""Articles (第…条) that make a text a rule even without number and signature."""

_OF_DOCUMENTS = frozenset({"document_number", "issuers"})
_BRACKETED_NUMBER = re.compile(r"[（(]([^（）()]{2,20}[〔\[［【][^〔〕]{4,6}[〕\]］】][^（）()]{1,8}号)[)）]\s*$")


@dataclass(frozen=True, slots=True, kw_only=True)
class LawHeader:
    """What the lines under a regulation's title say of its making; see `yangguang.sources.regulations`."""

    number: str = ""
    issuers: tuple[str, ...] = ()
    formed_on: date | None = None
    published_on: date | None = None
    effective_from: date | None = None
    genre: str = ""
    doubts: tuple[Doubt, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Draft:
    """What a reader of one format hands over: a title, the text in pieces, and the fields its format states.

    `title_guessed` says that `title` is a line of the text, or the name of a window: a title printed in the document
    is better.
    """

    place: Place
    title: str
    pieces: Sequence[Piece]
    published_on: date | None = None
    source: str = ""
    summary: str = ""
    keywords: tuple[str, ...] = ()
    title_guessed: bool = False
    labels: Labels = field(default_factory=Labels)
    law: LawHeader | None = None
    said: FrontMatter = field(default_factory=FrontMatter)
    doubts: tuple[Doubt, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class _Facts:
    """What tells a document: its printed title, number, kind of document and makers."""

    title: str
    number: str
    genre: str
    issuers: tuple[str, ...]


def manuscript(draft: Draft) -> Manuscript:
    """Return `draft` as a manuscript.

    Raises:
        UnreadableError: the draft has no text, or no title that could be one.
    """
    title = checked_title(draft.title)
    found = find_elements(draft.pieces, title)
    if draft.title_guessed and found.title:
        title = checked_title(found.title)
    body = _body(found, title)
    if not any(_says_something(block) for block in body.blocks):
        raise UnreadableError("没有正文 no text below the title", draft.place.line)
    doubts = [doubt for doubt in draft.doubts if doubt.field != "title" or title == checked_title(draft.title)]
    facts = _facts(found, draft, title, doubts)
    kind, doubt = _kind(found, draft, facts, body)
    bare = Manuscript(
        kind=kind,
        title=title,
        body=body,
        place=draft.place,
        text_sha256=text_key(title, plain_text(body)),
        published_on=draft.published_on,
        source=draft.source,
        summary=draft.summary,
        keywords=draft.keywords,
        index_number=draft.labels.index_number,
    )
    if kind is Kind.NEWS:
        # News has no number and no maker: a doubt about them would ask a person about nothing.
        doubts = [doubt for doubt in doubts if doubt.field not in _OF_DOCUMENTS]
        return replace(bare, doubts=(*doubts, *_undated(draft)))
    return _document(bare, found, draft, facts, doubts + doubt)


def _undated(draft: Draft) -> tuple[Doubt, ...]:
    return () if draft.published_on else (Doubt("published_on", "没有找到发布日期"),)


def _document(bare: Manuscript, found: Elements, draft: Draft, facts: _Facts, doubts: list[Doubt]) -> Manuscript:
    """Return `bare` with what documents and structured records have beyond news."""
    formed_on = _formed_on(found, draft, doubts)
    column = draft.said.column
    if not column:
        column, doubt = infer_column(facts.title, facts.genre, facts.number)
        doubts.append(doubt)
    return replace(
        bare,
        document_title="" if found.title == bare.title else found.title,
        document_number=facts.number,
        issuers=facts.issuers,
        addressees=found.addressees,
        formed_on=formed_on,
        published_on=_published_on(draft, formed_on, doubts),
        genre=facts.genre,
        column=column,
        effective_from=draft.law.effective_from if draft.law else None,
        doubts=tuple(doubts),
    )


def _facts(found: Elements, draft: Draft, title: str, doubts: list[Doubt]) -> _Facts:
    by_header = draft.law.genre if draft.law else ""
    by_title = genre_in_title(found.title) or genre_in_title(title)
    return _Facts(
        title=found.title or title,
        number=_number(found, draft, title, doubts),
        genre=draft.said.genre or by_header or by_title,
        issuers=_issuers(found, draft, title, doubts),
    )


def checked_title(text: str) -> str:
    """Return `text` as a title of one line.

    Raises:
        UnreadableError: nothing is left, or more than a title can hold.
    """
    title = squeeze(text)
    if not title:
        raise UnreadableError("没有标题 no title found")
    if len(title) > MAX_TITLE_CHARACTERS:
        raise UnreadableError(
            f"标题有 {len(title)} 字，最多 {MAX_TITLE_CHARACTERS} 字 "
            f"title of {len(title)} characters: at most {MAX_TITLE_CHARACTERS}"
        )
    return title


def _body(found: Elements, title: str) -> Body:
    """Return the text as blocks, without the printed title where it only repeats the manuscript's."""
    blocks = outline(found.pieces)
    for position, block in enumerate(blocks):
        if isinstance(block, Paragraph) and block.role is Role.TITLE:
            if "".join(block.text.split()) == "".join(title.split()):
                return Body(blocks[:position] + blocks[position + 1 :])
            break
    return Body(blocks)


def _says_something(block: Block) -> bool:
    return not isinstance(block, Heading | Paragraph) or bool(block.text)


def _number(found: Elements, draft: Draft, title: str, doubts: list[Doubt]) -> str:
    if draft.said.document_number or found.number:
        return draft.said.document_number or found.number
    if draft.law and draft.law.number:
        return draft.law.number
    in_title = _BRACKETED_NUMBER.search(title)
    if in_title and (number := own_number(in_title[1])):
        doubts.append(Doubt("document_number", "文号取自标题末尾的括号"))
        return number
    if number := own_number(draft.labels.number):
        doubts.append(Doubt("document_number", "文号取自页面的信息表"))
        return number
    return ""


def _issuers(found: Elements, draft: Draft, title: str, doubts: list[Doubt]) -> tuple[str, ...]:
    if draft.said.issuers or found.issuers:
        return draft.said.issuers or found.issuers
    if draft.law and draft.law.issuers:
        return draft.law.issuers
    code, order, _ = found.number.partition("令")
    if order and code:
        return tuple(code.split("、"))
    if draft.labels.issuer and (names := organisations(draft.labels.issuer)):
        doubts.append(Doubt("issuers", "发文机关取自页面的信息表"))
        return names
    issuers = issuers_in_title(found.title) or issuers_in_title(title)
    if issuers:
        doubts.append(Doubt("issuers", "正文没有落款，发文机关取自标题"))
    return issuers


def _kind(found: Elements, draft: Draft, facts: _Facts, body: Body) -> tuple[Kind, list[Doubt]]:
    """Return the kind, with a doubt where it rests on the title or on the text's form alone."""
    if draft.said.kind:
        return draft.said.kind, []
    if draft.law or found.number or (found.signed and found.issuers):
        return Kind.DOCUMENT, []
    statutory = is_statutory_title(facts.title)
    if statutory and _RECORD_TITLE.search(facts.title) and any(isinstance(block, Table) for block in body.blocks):
        return Kind.RECORD, [Doubt("kind", "标题为行政行为信息且正文为表格，视为结构化记录")]
    reason = ""
    if facts.number or statutory:
        reason = "没有版头和落款，依标题视为公文"
    elif sum(isinstance(piece, str) and is_article(piece) for piece in found.pieces) >= _ARTICLES:
        reason = "没有文号，正文分条，视为规章或规范性文件"
    elif facts.genre and (facts.issuers or found.passed):
        reason = "没有文号，依标题中的发文机关和文种视为公文"
    return (Kind.DOCUMENT, [Doubt("kind", reason)]) if reason else (Kind.NEWS, [])


def _formed_on(found: Elements, draft: Draft, doubts: list[Doubt]) -> date | None:
    formed_on = found.formed_on or (draft.law.formed_on if draft.law else None)
    if formed_on is None and draft.labels.formed_on:
        formed_on = draft.labels.formed_on
        doubts.append(Doubt("formed_on", "成文日期取自页面的信息表"))
    if draft.law:
        doubts.extend(draft.law.doubts)
    if found.passed and not draft.law:
        doubts.append(Doubt("formed_on", "没有落款日期，取自题注中的通过或公布日期"))
    if formed_on and draft.published_on and formed_on > draft.published_on:
        doubts.append(Doubt("formed_on", f"成文日期 {formed_on} 晚于发布日期 {draft.published_on}"))
    return formed_on


def _published_on(draft: Draft, formed_on: date | None, doubts: list[Doubt]) -> date | None:
    if draft.published_on:
        return draft.published_on
    if draft.law and draft.law.published_on:
        doubts.append(Doubt("published_on", "没有发布日期，采用题注或文件名中最近一次公布或修订的日期"))
        return draft.law.published_on
    if formed_on:
        doubts.append(Doubt("published_on", "没有发布日期，采用成文日期"))
        return formed_on
    doubts.extend(_undated(draft))
    return None
