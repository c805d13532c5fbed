"""Names of a record's independently erasable components, as they stand in a leaf's commitments.

Source: the ledger's design: ``meta``, ``body``, ``att.N`` and each rendition carry a salted commitment of their own.
"""

import re

META = "meta"
BODY = "body"
RENDITIONS = ("html", "txt", "md", "json", "xml")
"""Formats rendered at publication, in the order the public sees them."""

MAX_ATTACHMENTS = 40
"""More commitments than this would not fit a leaf of 4,096 bytes beside the rest."""

_SHAPE = re.compile(r"meta|body|att\.(?:0|[1-9][0-9]?)|html|txt|md|json|xml|pdf|ofd|docx|epub")


def attachment_label(position: int) -> str:
    """Return the label of the attachment at `position`, counted from 0."""
    return f"att.{position}"


def is_label(text: str) -> bool:
    """Tell whether `text` names a component."""
    return _SHAPE.fullmatch(text) is not None
