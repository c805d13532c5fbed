"""The room's reading door: one revision of one record as the bytes of a rendition.

Rendering asks neither the time nor the place: equal content gives equal bytes, so that a rendition can be committed to
in the log. The names of columns and genres come from `yangguang.law`; a change of theirs changes later renditions, not
those already published.
"""

from collections.abc import Callable, Mapping

from yangguang.formats import as_html, as_json, as_md, as_txt, as_xml
from yangguang.formats.errors import UnknownFormatError
from yangguang.records.types import Content

__all__ = ["MEDIA_TYPES", "SUFFIXES", "render"]

_WRITERS: Mapping[str, Callable[[Content], str]] = {
    "html": as_html.render,
    "txt": as_txt.render,
    "md": as_md.render,
    "json": as_json.render,
    "xml": as_xml.render,
}

MEDIA_TYPES: Mapping[str, str] = {
    "html": "text/html; charset=utf-8",
    "txt": "text/plain; charset=utf-8",
    "md": "text/markdown; charset=utf-8",
    "json": "application/json; charset=utf-8",
    "xml": "application/xml; charset=utf-8",
}
"""Media type of each rendition, with its character encoding, by label."""

SUFFIXES: Mapping[str, str] = {label: f".{label}" for label in MEDIA_TYPES}
"""File name suffix of each rendition, dot included, by label."""


def render(content: Content, label: str) -> bytes:
    """Return `content` as the rendition `label` in UTF-8 without byte order mark, lines ended by LF.

    Raises:
        UnknownFormatError: `label` is none of the keys of `MEDIA_TYPES`.
    """
    write = _WRITERS.get(label)
    if write is None:
        raise UnknownFormatError(f"{label[:40]!r} is not a rendition: there are {', '.join(_WRITERS)}")
    return write(content).encode("utf-8")
