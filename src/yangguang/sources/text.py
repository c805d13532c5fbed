"""Characters: cleaning, full-width punctuation beside Han characters, paragraphs, and the key of a text.

Width: half-width ``, : ; ? ! ( )`` become full-width where a Han character or Chinese bracket or quotation mark stands
next to them, never inside numbers (1,000; 10:30), addresses or Western words. Brackets change in pairs.
"""

import hashlib
import re
import unicodedata

HAN = "一-鿿㐀-䶿〇"
"""Han characters, as the inside of a regular expression's character class."""

_BESIDE = HAN + "、。，；：？！“”‘’《》〈〉〔〕（）【】「」…"
_CONTROLS = re.compile(
    "[\x00-\x08\x0e-\x1f\x7f-\x84\x86-\x9f\xad\u200b-\u200f\u202a-\u202e\u2060-\u206f\ufeff\ufdd0-\ufdef\ufff9-\ufffc"
    "\ufffe\uffff\ud800-\udfff]"
)
_LINE_ENDS = re.compile("\r\n?")
_ODD_SPACES = re.compile("[\x0b\x0c\x85\u2028\u2029]")
_ADDRESS = re.compile(r"[A-Za-z]{2,10}://[^\s一-鿿，。；）)》”]+|www\.[^\s一-鿿，。；）)》”]+")
_HALF_WIDTH = re.compile(rf"(?<=[{_BESIDE}])[,:;?!]|[,:;?!](?=[{_BESIDE}])")
_BRACKETED = re.compile(r"\(([^()\n]*)\)")
_LONE_BRACKET = re.compile(rf"(?<=[{_BESIDE}])[()]|[()](?=[{_BESIDE}])")
_BESIDE_ONE = re.compile(rf"[{_BESIDE}]")
_FULL_WIDTH = {",": "，", ":": "：", ";": "；", "?": "？", "!": "！", "(": "（", ")": "）"}
_ANY_HALF_WIDTH = re.compile("[,:;?!()]")
_COMMON_MARKS = re.compile("[，。；：！？（）、《》“”\\s]+")
_NOT_IN_KEY = re.compile(r"[\W_]+")
_MARKED = re.compile(r"[^\S\n]{2,}|\u3000+")
_NESTED_BRACKETS = 3
FLATTENED_LINE = 200
"""Characters above which runs of spaces inside one line are paragraph marks, not alignment."""

_LEFTOVER = re.compile(r"\s*\{\{[^{}]*\}\}\s*")


def clean(text: str) -> str:
    r"""Return `text` with ``\n`` line ends and without controls, zero-width characters and non-characters.

    No line is added or lost, so line numbers stay those of the file.
    """
    return _CONTROLS.sub("", _ODD_SPACES.sub(" ", _LINE_ENDS.sub("\n", text)))


def squeeze(text: str) -> str:
    """Return `text` as one line: every run of white space (NBSP and full-width spaces too) becomes one space."""
    return " ".join(text.split())


def widen(text: str) -> str:
    """Return `text` with full-width punctuation beside Han characters; see the module's rule."""
    if _ANY_HALF_WIDTH.search(text) is None:
        return text
    if "://" not in text and "www." not in text:
        return _widen(text)
    parts: list[str] = []
    end = 0
    for found in _ADDRESS.finditer(text):
        parts += (_widen(text[end : found.start()]), found[0])
        end = found.end()
    return "".join(parts) + _widen(text[end:])


def _widen(text: str) -> str:
    for _ in range(_NESTED_BRACKETS):
        changed = _BRACKETED.sub(_widen_pair, text)
        if changed == text:
            break
        text = changed
    # What still stands beside a Han character has no partner: pairs were settled together above.
    text = _LONE_BRACKET.sub(lambda found: _FULL_WIDTH[found[0]], text)
    return _HALF_WIDTH.sub(lambda found: _FULL_WIDTH[found[0]], text)


def _widen_pair(found: re.Match[str]) -> str:
    inside, whole = found[1], found.string
    before, after = whole[max(found.start() - 1, 0) : found.start()], whole[found.end() : found.end() + 1]
    if _BESIDE_ONE.search(f"{before}{inside[:1]}{inside[-1:]}{after}"):
        return f"（{inside}）"
    return found[0]


def marked_paragraphs(line: str) -> list[str]:
    """Return the paragraphs of a flattened line, where full-width spaces or runs of spaces mark a new paragraph."""
    return [part for part in (squeeze(part) for part in _MARKED.split(line)) if part]


def is_leftover(line: str) -> bool:
    """Tell whether `line` is nothing but a template token that the source site never filled in."""
    return "{{" in line and _LEFTOVER.fullmatch(line) is not None


def text_key(title: str, text: str) -> bytes:
    """Return SHA-256 over the letters and digits of title and text, width folded (NFKC): 32 bytes."""
    # Common marks go first: without them most Chinese text is in normal form already, and NFKC costs nothing.
    folded = _NOT_IN_KEY.sub("", unicodedata.normalize("NFKC", _COMMON_MARKS.sub("", f"{title}\n{text}")))
    return hashlib.sha256(folded.encode("utf-8")).digest()
