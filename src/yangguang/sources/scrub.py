"""Foreign HTML made safe before any tree is built: only tags that carry structure pass, at a bounded depth.

HTML parsers cost the square of the nesting depth (a page of 100,000 nested ``div`` takes them minutes; FORMATS 9), so
depth is counted in one linear scan. The scan writes out exactly the tags it counted: what the parser then sees is what
was counted, whatever tricks the page plays with quotes, comments and scripts. Tokens: HTML Living Standard, 13.2.5.
Scripts, styles, comments, forms, frames, formatting and every attribute that is not needed are left behind; the two
comments of ``<!--[if !supportLists]-->`` go, the list number between them stays.
"""

import html
import re
from collections import Counter
from dataclasses import dataclass, field

from yangguang.sources.errors import UnreadableError
from yangguang.sources.text import clean, squeeze

_TAG = re.compile(
    r"<(?P<close>/?)(?P<name>[A-Za-z][^\s/>]*+)"
    r"(?P<attributes>(?:[\s/]++|(?:=[^\s/>=]*+|[^\s/>=]++)(?:\s*+=\s*+(?:\"[^\"]*+\"|'[^']*+'|[^\s>\"'][^\s>]*+))?+)*+)"
    r"(?:>|\Z)"
)
_ATTRIBUTE = re.compile(r"([^\s/>=]+)\s*=\s*(?:\"([^\"]*)\"|'([^']*)'|([^\s>\"']+))")
_COMMENT_END = re.compile(r"--!?>")
_RAW = frozenset(
    {"script", "style", "noscript", "template", "textarea", "title", "xmp", "iframe", "noembed", "noframes"}
)
_RAW |= {"svg", "math", "select", "object", "applet", "audio", "video", "canvas", "xml"}
_BLOCKS = frozenset({"div", "section", "article", "main", "header", "footer", "nav", "aside", "center", "blockquote"})
_BLOCKS |= {"ul", "ol", "dl", "pre", "figure", "figcaption", "h1", "h2", "h3", "h4", "h5", "h6"}
_LEAVES = frozenset({"p", "li", "dt", "dd"})
"""Elements that the parser itself closes before the next of their kind: they do not nest."""

_ROWS = frozenset({"tr", "tbody", "thead", "tfoot"})
_CELLS = frozenset({"td", "th", "caption"})
_VOID = frozenset({"br", "hr", "img"})
_STRUCTURE = _BLOCKS | _LEAVES | _ROWS | _CELLS | {"table"}
_RAW_ENDS = {name: re.compile(f"</{name}[^<>]*>", re.IGNORECASE | re.ASCII) for name in _RAW}
_KEPT = frozenset({"id", "class", "rowspan", "colspan", "src", "alt"})
_LONGEST_ATTRIBUTE = 2_000
_HIDDEN = re.compile(r"display\s*:\s*none", re.IGNORECASE)
LINK = "x-link"
"""Element written for ``a``: a link is known by it, without the special rules that HTML has for ``a``."""


@dataclass(slots=True)
class Scrubbed:
    """A page made safe: its head's metas (lower-case names, first one wins), its title, and its body."""

    body: str = ""
    title: str = ""
    metas: dict[str, str] = field(default_factory=dict)


@dataclass(slots=True)
class _Depth:
    """Counts open blocks, never fewer than the parser will have open.

    A segment begins at a table and at a cell, since an end tag inside a cell closes nothing outside it.
    """

    limit: int
    segments: list[tuple[str, Counter[str]]] = field(default_factory=lambda: [("root", Counter())])
    total: int = 0

    def open(self, name: str) -> bool:
        """Count the start tag `name`; return whether the parser would heed it.

        Raises:
            UnreadableError: the limit is passed.
        """
        if name in _CELLS or name in _ROWS:
            self._leave_cell()
            if self.segments[-1][0] != "table":
                return False
            if name in _CELLS:
                self.segments.append(("cell", Counter()))
                self._add(1)
            return True
        if name == "table":
            self.segments.append(("table", Counter()))
        elif name not in _LEAVES:
            self.segments[-1][1][name] += 1
        self._add(0 if name in _LEAVES else 1)
        return True

    def close(self, name: str) -> bool:
        """Count the end tag `name`; return whether the parser would heed it."""
        if name in _LEAVES:
            return True
        if name in _CELLS or name in _ROWS:
            self._leave_cell()
            return self.segments[-1][0] == "table"
        if name == "table":
            self._leave_cell()
            if self.segments[-1][0] != "table":
                return False
            self._leave_segment()
            return True
        counted = self.segments[-1][1]
        if counted[name] < 1:
            return False
        counted[name] -= 1
        self.total -= 1
        return True

    def _add(self, count: int) -> None:
        self.total += count
        if self.total > self.limit:
            raise UnreadableError(f"网页嵌套超过 {self.limit} 层 page nested deeper than {self.limit}")

    def _leave_cell(self) -> None:
        if self.segments[-1][0] == "cell":
            self._leave_segment()

    def _leave_segment(self) -> None:
        _, counted = self.segments.pop()
        self.total -= counted.total() + 1


def scrub(page: str, *, depth: int) -> Scrubbed:
    """Return what of `page` carries structure and text.

    Raises:
        UnreadableError: the page is nested deeper than `depth` blocks.
    """
    return _Scanner(page, _Depth(depth)).run()


@dataclass(slots=True)
class _Scanner:
    """Goes through a page once, from ``<`` to ``<``."""

    page: str
    depth: _Depth
    parts: list[str] = field(default_factory=list)
    result: Scrubbed = field(default_factory=Scrubbed)
    endless: set[str] = field(default_factory=set)
    in_link: bool = False

    def run(self) -> Scrubbed:
        """Return the page made safe."""
        position = 0
        while (start := self.page.find("<", position)) >= 0:
            self.parts.append(self.page[position:start])
            tag = _TAG.match(self.page, start)
            if tag is None:
                position = self._no_tag(start)
            elif tag["close"]:
                self._end_tag(tag["name"].lower())
                position = tag.end()
            else:
                position = self._start_tag(tag, tag["name"].lower())
        self.parts.append(self.page[position:])
        self.result.body = "".join(self.parts)
        return self.result

    def _no_tag(self, start: int) -> int:
        """Skip a comment, a declaration or an instruction; keep a ``<`` that is text."""
        page = self.page
        if page.startswith("<!--", start):
            end = _COMMENT_END.search(page, start + 2)
            return end.end() if end else len(page)
        if page[start + 1 : start + 2] in {"!", "?", "/"}:
            stop = page.find(">", start)
            return stop + 1 if stop >= 0 else len(page)
        self.parts.append("&lt;")
        return start + 1

    def _end_tag(self, name: str) -> None:
        if name == "a":
            self._end_link()
        elif name in _STRUCTURE and self.depth.close(name):
            self._end_link()
            self.parts.append(f"</{name}>")

    def _start_tag(self, tag: re.Match[str], name: str) -> int:
        attributes = tag["attributes"]
        if name in _RAW:
            return self._raw(tag, name)
        if name == "meta":
            _meta(attributes, self.result)
        elif name in _VOID:
            self.parts.append(f"<{name}{_attributes(attributes)}>")
        elif name == "a":
            self._end_link()
            self.parts.append(f"<{LINK}>")
            self.in_link = True
        elif name in _STRUCTURE and self.depth.open(name):
            self._end_link()
            hidden = " hidden" if _HIDDEN.search(attributes) else ""
            self.parts.append(f"<{name}{_attributes(attributes)}{hidden}>")
        return tag.end()

    def _end_link(self) -> None:
        """End an open link: a link holds no block, so that links never nest whatever the page says."""
        if self.in_link:
            self.parts.append(f"</{LINK}>")
            self.in_link = False

    def _raw(self, tag: re.Match[str], name: str) -> int:
        """Skip an element with all it holds; keep the text of the page's first title."""
        if tag["attributes"].endswith("/") or name in self.endless:
            return tag.end()
        end = _RAW_ENDS[name].search(self.page, tag.end())
        if end is None:
            # Without its end tag the rest is script to a browser; a template or a list box is not worth a page.
            self.endless.add(name)
            return len(self.page) if name in {"script", "style", "textarea", "xmp"} else tag.end()
        if name == "title" and not self.result.title:
            self.result.title = _line(self.page[tag.end() : end.start()])
        return end.end()


def _meta(attributes: str, result: Scrubbed) -> None:
    said = _said(attributes)
    name = said.get("name") or said.get("property") or ""
    content = _line(said.get("content", ""))
    if name and content:
        result.metas.setdefault(name.strip().lower(), content)


def _line(text: str) -> str:
    """Return the beginning of `text` on one line: no title or meta of a real page is longer."""
    return squeeze(clean(html.unescape(text[:_LONGEST_ATTRIBUTE])))


def _said(attributes: str) -> dict[str, str]:
    said: dict[str, str] = {}
    for found in _ATTRIBUTE.finditer(attributes):
        value = next(group for group in (*found.groups()[1:], "") if group is not None)
        said.setdefault(found[1].lower(), html.unescape(value))
    return said


def _attributes(attributes: str) -> str:
    if not attributes or attributes.isspace():
        return ""
    return "".join(
        f' {name}="{html.escape(value)}"'
        for name, value in _said(attributes).items()
        if name in _KEPT and len(value) <= _LONGEST_ATTRIBUTE
    )
