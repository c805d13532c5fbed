"""How a body is laid out, whatever the rendition: a run-in heading on the line of its paragraph, the title said once.

Headings: GB/T 9704-2012, 7.3.3 (一、 then （一） then 1. then （1）).
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import TypeAlias

from yangguang.formats.characters import shown
from yangguang.records.types import Block, Content, Heading, Paragraph, Role

_JOINS_TEXT = "、.．。:：)）〕】 \u3000"
_CIRCLED = range(0x2460, 0x2500)


@dataclass(frozen=True, slots=True)
class RunIn:
    """A heading and the paragraph that continues on its line."""

    heading: Heading
    paragraph: Paragraph


Piece: TypeAlias = Block | RunIn


def pieces(content: Content) -> Iterator[Piece]:
    """Yield the blocks of `content` in order, a run-in heading joined to its paragraph.

    A title paragraph that repeats the record's title is left out: every rendition begins with the title anyway. A
    run-in heading without a paragraph after it is a heading like any other.
    """
    title = _bare(content.metadata.title)
    running: Heading | None = None
    for block in content.body.blocks:
        if running is not None:
            if isinstance(block, Paragraph):
                yield RunIn(running, block)
                running = None
                continue
            yield running
            running = None
        if isinstance(block, Heading) and block.run_in:
            running = block
        elif not (isinstance(block, Paragraph) and block.role is Role.TITLE and _bare(block.text) == title):
            yield block
    if running is not None:
        yield running


def heading_line(heading: Heading) -> str:
    """Return a heading as printed: ``一、总体要求``, ``第一章　总则``."""
    number, text = shown(heading.number), shown(heading.text)
    if not number or not text or number[-1] in _JOINS_TEXT or ord(number[-1]) in _CIRCLED:
        return number + text
    return f"{number}\u3000{text}"


def run_in_line(piece: RunIn) -> str:
    """Return a run-in heading and its paragraph on one line."""
    return heading_line(piece.heading) + shown(piece.paragraph.text)


def _bare(text: str) -> str:
    return "".join(text.split())
