"""What a reader of a rendition must find, said a second time and without the room's own code."""

import unicodedata

from yangguang.records.types import Content, Heading, Image, ItemList, Paragraph, Role, Table

_INVISIBLE = {"\ufeff", "\u2060", "\ufffd", "\ufffe", "\uffff", "\u202c", "\u2069"}


def bare(text: str) -> str:
    """Return what of `text` every rendition keeps: no blanks, no control characters, no closing of a direction."""
    return "".join(
        character
        for character in text
        if not character.isspace() and character not in _INVISIBLE and unicodedata.category(character) != "Cc"
    )


def texts_of(content: Content) -> list[str]:
    """Return the bare text of every place in the body that holds any, in reading order."""
    found: list[str] = []
    for block in content.body.blocks:
        match block:
            case Heading():
                found += [block.number, block.text]
            case Paragraph():
                found.append(block.text)
            case Table():
                found += [block.caption, *(cell.text for row in block.rows for cell in row)]
            case ItemList():
                found += block.items
            case Image():
                found += [block.alternative, block.name]
    return [text for text in map(bare, found) if text]


def paragraphs_of(content: Content) -> list[str]:
    """Return the bare lines of headings, paragraphs and items in order, run-in headings joined, the title once."""
    lines = [bare(content.metadata.title)]
    running = ""
    for block in content.body.blocks:
        if not isinstance(block, Paragraph) and running:
            lines.append(running)
            running = ""
        match block:
            case Heading():
                running = bare(block.number + block.text)
                if not block.run_in:
                    lines.append(running)
                    running = ""
            case Paragraph():
                repeats = block.role is Role.TITLE and "".join(block.text.split()) == "".join(
                    content.metadata.title.split()
                )
                if running or not repeats:
                    lines.append(running + bare(block.text))
                running = ""
            case ItemList():
                lines += map(bare, block.items)
            case Table() | Image():
                pass
    return [line for line in [*lines, running] if line]
