"""Text of a record made safe to show: no control character, no line break, no direction left open.

Rules: WHATWG HTML, 13.2.3.5 (control characters are errors) and the Unicode Bidirectional Algorithm (UAX 9), 3.3.2, for
the directional controls, which would otherwise reorder what stands after them on the same line.
"""

import re
from unicodedata import east_asian_width

REPLACEMENT = "\N{REPLACEMENT CHARACTER}"
"""Stands for a character that may not be shown."""

_BREAKS = "\t\n\v\f\r\x1c\x1d\x1e\x1f\x85\u2028\u2029"
_CONTROLS = "".join(map(chr, [*range(0x20), *range(0x7F, 0xA0)])) + "\ufffe\uffff"
_EMBEDDINGS = "\u202a\u202b\u202d\u202e"
_ISOLATES = "\u2066\u2067\u2068"
_POP_EMBEDDING = "\u202c"
_POP_ISOLATE = "\u2069"
_DIRECTIONS = _EMBEDDINGS + _ISOLATES + _POP_EMBEDDING + _POP_ISOLATE

_SHOWN = {
    **{ord(control): REPLACEMENT for control in _CONTROLS},
    **{ord(line_break): " " for line_break in _BREAKS},
    # At the start of a file it would be read as a byte order mark and vanish.
    0xFEFF: "\N{WORD JOINER}",
}
_UNUSUAL = re.compile(f"[{re.escape(_CONTROLS)}\u2028\u2029\ufeff{_DIRECTIONS}]")


def shown(text: str) -> str:
    """Return `text` as one line that is safe to print.

    Breaks and tabs become a space, other control characters U+FFFD, U+FEFF the word joiner; directional controls stay,
    and those left open are closed at the end, so that they reorder nothing beyond `text`. Blanks at both ends go.
    """
    if _UNUSUAL.search(text) is not None:
        text = text.translate(_SHOWN)
        text += _closers(text)
    return text.strip()


def width(line: str) -> int:
    """Return the width of `line` in full-width characters, halves rounded up (Unicode UAX 11, ambiguous as wide)."""
    return (sum(2 if east_asian_width(character) in "WFA" else 1 for character in line) + 1) // 2


def _closers(text: str) -> str:
    """Return the pops that close every direction `text` leaves open, innermost first."""
    opened: list[str] = []
    for character in text:
        if character in _EMBEDDINGS:
            opened.append(_POP_EMBEDDING)
        elif character in _ISOLATES:
            opened.append(_POP_ISOLATE)
        elif character == _POP_EMBEDDING and opened[-1:] == [_POP_EMBEDDING]:
            opened.pop()
        elif character == _POP_ISOLATE and _POP_ISOLATE in opened:
            # A closed isolate closes the embeddings left open inside it.
            while opened.pop() != _POP_ISOLATE:
                pass
    return "".join(reversed(opened))
