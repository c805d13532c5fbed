"""How text is folded before it is compared, and cut into what the index holds. Any change here is a new `ANALYZER`.

Two texts are the same to the search when their folds are: NFKC, lower case, one style of brackets, quotation marks,
dashes and dots, no white space and nothing invisible. Every step but the last composition works character by
character, so a piece of a text folds to a piece of its fold.
"""

import re
import unicodedata
from collections.abc import Iterable, Sequence
from functools import lru_cache

import rjieba

ANALYZER = "2"
"""Version of everything the index's contents depend on; it stands in the index's folder name."""

_FAMILIES = ("([{〔【〖〘〚", ")]}〕】〗〙〛", '"“”„‟〝〞〟「」『』', "'‘’‚‛", "-‐‑‒–—―−", "·•・‧∙⋅")
_ONE_STYLE = {each: family[0] for family in _FAMILIES for each in family}

_IGNORABLE = ((0x034F, 0x0350), (0x115F, 0x1161), (0x17B4, 0x17B6), (0x180B, 0x1810), (0x3164, 0x3165))
_SELECTORS = ((0xFE00, 0xFE10), (0xE0100, 0xE01F0))
_INVISIBLE = frozenset(code for first, end in (*_IGNORABLE, *_SELECTORS) for code in range(first, end))
"""Default-ignorable characters that Unicode files under letters and marks: joiners, fillers, variation selectors."""

_DROPPED = frozenset(["Cc", "Cf", "Cs", "Zs", "Zl", "Zp"])

_BREAK = 0x0A


def _folded(code: int) -> str:
    normal = unicodedata.normalize("NFKC", chr(code)).lower()
    return "".join(
        _ONE_STYLE.get(each, each)
        for each in unicodedata.normalize("NFKC", normal)
        if unicodedata.category(each) not in _DROPPED and ord(each) not in _INVISIBLE and not each.isspace()
    )


class _Folds(dict[int, str]):
    """Code point to its fold, filled as characters are met; what `str.translate` reads."""

    def __missing__(self, code: int) -> str:
        self[code] = found = _folded(code)
        return found


_FOLDS = _Folds()
_SPACED_FOLDS = _Folds({_BREAK: "\n"} | {code: " " for code in range(0x3001) if chr(code).isspace() and code != _BREAK})

_CHANGING = re.compile("[^\n 、。《》0-9a-z一-龥]+")
"""Runs of characters that may not be their own fold; most Chinese text is not looked at any closer."""

_NO_WORD = re.compile(r"[\W_]+")


_SHORT = 8
"""Longest run that is remembered; punctuation is short and comes back, words of other scripts do neither."""


@lru_cache(maxsize=65_536)
def _short_run(run: str) -> str:
    return run.translate(_SPACED_FOLDS)


def _run(found: re.Match[str]) -> str:
    run = found[0]
    return _short_run(run) if len(run) <= _SHORT else run.translate(_SPACED_FOLDS)


def _composed(text: str) -> str:
    return text if unicodedata.is_normalized("NFC", text) else unicodedata.normalize("NFC", text)


def fold(text: str) -> str:
    """Return the fold of one paragraph or query; line breaks vanish like all white space."""
    return unspaced(spaced(text)).replace("\n", "")


def spaced(text: str) -> str:
    """Return the fold of `text` with its white space left in, as spaces and line feeds: words need it."""
    return _CHANGING.sub(_run, text)


def unspaced(spaced_text: str) -> str:
    """Return the folds of the paragraphs of a `spaced` text, separated by line feeds."""
    return _composed(spaced_text.replace(" ", ""))


def mapped(text: str) -> tuple[str, Sequence[int]]:
    """Return `text` folded without composition and, for each character, which one of `text` it comes from."""
    pieces = list(map(_FOLDS.__getitem__, map(ord, text)))
    folded = "".join(pieces)
    if len(folded) == len(text) and "" not in pieces:
        return folded, range(len(text))
    return folded, [place for place, piece in enumerate(pieces) for _ in piece]


def bare(folded: str) -> str:
    """Return `folded` without punctuation and symbols."""
    return _NO_WORD.sub("", folded)


def parts(folded: str) -> list[str]:
    """Return the runs of letters and digits in `folded`."""
    return _NO_WORD.sub(" ", folded).split()


def words(spaced_text: str) -> list[str]:
    """Return the words of folded text, punctuation left out (rjieba's dictionary alone, so that they never change)."""
    return [word for word in rjieba.cut(_NO_WORD.sub(" ", spaced_text), hmm=False) if word != " "]


def word_tokens(spaced_text: str) -> str:
    """Return the words of folded text for a field split at white space."""
    return " ".join(rjieba.cut(_NO_WORD.sub(" ", spaced_text), hmm=False))


_AT_ONCE = 1 << 20
"""Characters that are woven into pairs in one go."""


def bigram_tokens(folded: str) -> str:
    """Return the overlapping pairs of characters of `folded` paragraphs, for a field split at white space.

    A pair with a line feed in it is split by the tokenizer into one lonely character, and so takes a position that no
    phrase of pairs can step over: a phrase never reaches from one paragraph into the next.
    """
    if len(folded) < 2:
        return ""
    if len(folded) > _AT_ONCE:
        # In pieces that share a character, or a large text would take thirty times its size in memory.
        starts = range(0, len(folded) - 1, _AT_ONCE - 1)
        return " ".join(bigram_tokens(folded[start : start + _AT_ONCE]) for start in starts)
    # Interleaving 32-bit units costs a quarter of joining a list of pairs, and pairs are the bulk of the index.
    units = memoryview(folded.encode("utf-32-le")).cast("I")
    woven = bytearray(b" \0\0\0" * (3 * (len(units) - 1)))
    slots = memoryview(woven).cast("I")
    slots[0::3] = units[:-1]
    slots[1::3] = units[1:]
    return woven.decode("utf-32-le")


def character_tokens(folded: str) -> str:
    """Return the distinct characters of `folded`, for a field split at white space."""
    return " ".join(set(folded))


def cover(folded: str) -> list[tuple[int, str]]:
    """Return the fewest pairs, each with its place, that together say `folded` (at least two characters).

    Every second pair and the last one touch every character, so a phrase of them is as exact as one of all pairs.
    """
    last = len(folded) - 2
    return [(place, folded[place : place + 2]) for place in dict.fromkeys([*range(0, last, 2), last])]


def bigrams(folded: Iterable[str]) -> list[str]:
    """Return the distinct pairs of characters of several folded texts, in order of appearance."""
    return list(dict.fromkeys(each[place : place + 2] for each in folded for place in range(len(each) - 1)))
