"""Where the hits are in a text, and the piece of it worth showing. Segments out, never markup."""

from collections.abc import Iterable, Sequence

from yangguang.search.folding import bare, fold, mapped, words
from yangguang.search.types import Contains, Query, Segment

SNIPPET_CHARACTERS = 120
"""Length of the piece of text under a result."""

MOST_FOLDED = 20_000
"""Characters of a text that are folded to find a hit that the quick look did not see."""

_LEAD = 24
"""Characters shown before the first hit."""


def needles(query: Query) -> tuple[str, ...]:
    """Return the folds to mark for records that match, longest first."""
    asked = [each for each in query.required if isinstance(each, Contains)]
    found = {each.folded for each in asked} | {each.number.printed for each in asked if each.number is not None}
    return _longest_first(found)


def related_needles(query: Query) -> tuple[str, ...]:
    """Return the words to mark for records that only share words, longest first."""
    asked = [each for each in query.required if isinstance(each, Contains)]
    return _longest_first({word for each in asked for word in words(each.folded)})


def mark(text: str, wanted: Sequence[str]) -> tuple[Segment, ...]:
    """Return the whole of `text` with every hit marked; a title also where only its punctuation differs."""
    folded, origins = mapped(text)
    spans = _spans(folded, origins, wanted)
    plain = [bare(each) for each in wanted]
    if not spans and any(each in bare(folded) for each in plain):
        kept = [(each, origin) for each, origin in zip(folded, origins, strict=True) if each.isalnum()]
        spans = _spans("".join(each for each, _ in kept), [at for _, at in kept], plain)
    return tuple(_segments(text, 0, len(text), spans))


def snippet(text: str, wanted: Sequence[str]) -> tuple[Segment, ...]:
    """Return about 120 characters of `text` around the first hit of its best paragraph, else its beginning."""
    paragraph, spans = _best(text, wanted)
    first = spans[0][0] if spans else 0
    start = max(0, min(first - _LEAD, len(paragraph) - SNIPPET_CHARACTERS))
    end = min(len(paragraph), start + SNIPPET_CHARACTERS)
    found = list(_segments(paragraph, start, end, spans))
    if start > 0:
        found.insert(0, Segment("…", is_hit=False))
    if end < len(paragraph):
        found.append(Segment("…", is_hit=False))
    return tuple(found)


def _best(text: str, wanted: Sequence[str]) -> tuple[str, list[tuple[int, int]]]:
    """Return the paragraph to show and where its hits are: the one with the most different hits among first ones."""
    # Han text without punctuation folds to itself, so most hits are found without folding a long text.
    near = {_line_at(text, at) for each in wanted if (at := text.find(each)) != -1}
    if near:
        line = max(sorted(near), key=lambda line: sum(each in line for each in wanted))
        if spans := _spans(*mapped(line), wanted):
            return line, spans
    looked = 0
    lines = [line for line in text[: MOST_FOLDED * 2].split("\n") if line.strip()]
    for line in lines:
        folded = fold(line)
        if any(each in folded for each in wanted) and (spans := _spans(*mapped(line), wanted)):
            return line, spans
        looked += len(line)
        if looked > MOST_FOLDED:
            break
    return (lines[0] if lines else ""), []


def _line_at(text: str, place: int) -> str:
    end = text.find("\n", place)
    return text[text.rfind("\n", 0, place) + 1 : end if end != -1 else len(text)]


def _spans(folded: str, origins: Sequence[int], wanted: Iterable[str]) -> list[tuple[int, int]]:
    """Return where the hits are in the unfolded text, in order and merged."""
    found: list[tuple[int, int]] = []
    for needle in wanted:
        at = folded.find(needle) if needle else -1
        while at != -1:
            found.append((origins[at], origins[at + len(needle) - 1] + 1))
            at = folded.find(needle, at + len(needle))
    merged: list[tuple[int, int]] = []
    for start, end in sorted(found):
        if merged and start <= merged[-1][1]:
            merged[-1] = (merged[-1][0], max(end, merged[-1][1]))
        else:
            merged.append((start, end))
    return merged


def _segments(text: str, start: int, end: int, spans: Iterable[tuple[int, int]]) -> Iterable[Segment]:
    place = start
    for first, after in spans:
        low, high = max(first, start), min(after, end)
        if low >= high:
            continue
        if low > place:
            yield Segment(text[place:low], is_hit=False)
        yield Segment(text[low:high], is_hit=True)
        place = high
    if place < end:
        yield Segment(text[place:end], is_hit=False)


def _longest_first(found: Iterable[str]) -> tuple[str, ...]:
    return tuple(sorted(found, key=lambda each: (-len(each), each)))
