"""What bytes are: by their signature and content, never by name alone; and which characters they stand for.

Encodings: byte order mark, then UTF-8, then GB18030 (which reads GBK and GB 2312), each strictly; FORMATS 2.1.
"""

import re
from enum import Enum, auto

from yangguang.sources.errors import UnreadableError

_SIGNATURES = (
    (b"%PDF-", "PDF"),
    (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "DOC/XLS/WPS (OLE2)"),
    (b"{\\rtf", "RTF"),
    (b"\x89PNG\r\n\x1a\n", "PNG"),
    (b"\xff\xd8\xff", "JPEG"),
    (b"GIF87a", "GIF"),
    (b"GIF89a", "GIF"),
    (b"II*\x00", "TIFF"),
    (b"MM\x00*", "TIFF"),
    (b"BM", "BMP"),
    (b"Rar!\x1a\x07", "RAR"),
    (b"7z\xbc\xaf\x27\x1c", "7z"),
    (b"\x1f\x8b", "gzip"),
    (b"SQLite format 3\x00", "SQLite"),
    (b"\x7fELF", "ELF"),
    (b"MZ\x90\x00", "EXE"),
    (b"CAJ\x00", "CAJ"),
    (b"MIME-Version:", "MHTML"),
)
_ZIP = (b"PK\x03\x04", b"PK\x05\x06")
_ZIP_KINDS = ((b"word/", "DOCX"), (b"xl/", "XLSX"), (b"ppt/", "PPTX"), (b"OFD.xml", "OFD"), (b"Doc_0/", "OFD"))
_DATA_NAMES = {".csv": "CSV", ".tsv": "TSV", ".json": "JSON", ".jsonl": "JSON", ".xml": "XML", ".toml": "TOML"}
_DATA_NAMES |= {".yaml": "YAML", ".yml": "YAML", ".css": "CSS", ".js": "JavaScript", ".py": "Python"}
_HTML_START = re.compile(
    r"\s*+(?:<\?xml[^>]{0,200}+>\s*+)?(?:<!--(?:(?!-->).){0,2000}+-->\s*+)*+<(?:!doctype\s+html|html|head|body)\b",
    re.IGNORECASE | re.DOTALL,
)
_HTML_TAG = re.compile(r"<(?:html|head|body|div|table|p|meta|article|span|h1)\b[^<>]*>", re.IGNORECASE)
_XML_START = re.compile(r"\s*<\?xml\b")
_HEADING = re.compile(r"^#{1,6}[ \t]+\S", re.MULTILINE)
_CONTROL = re.compile("[\x00-\x06\x0e-\x19\x7f]")
_MEDIA_TYPES = {
    "PDF": "application/pdf",
    "PNG": "image/png",
    "JPEG": "image/jpeg",
    "GIF": "image/gif",
    "TIFF": "image/tiff",
    "DOCX": "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
    "XLSX": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "PPTX": "application/vnd.openxmlformats-officedocument.presentationml.presentation",
    "OFD": "application/ofd",
    "ZIP": "application/zip",
    "DOC/XLS/WPS (OLE2)": "application/x-ole-storage",
    "RTF": "application/rtf",
}
_PLAUSIBLE = 0.9
"""Least share of GB 2312 characters among what is not ASCII, for bytes that only GB18030 can read."""


class Form(Enum):
    """The forms this room reads."""

    PAGE = auto()
    MARKDOWN = auto()
    PLAIN = auto()


def binary_format(data: bytes) -> str:
    """Return the name of the format whose signature `data` has, or ""; the first 64 KiB are looked at."""
    for signature, name in _SIGNATURES:
        if data.startswith(signature) and (name != "BMP" or b"\x00" in data[:32]):
            return name
    if data.startswith(_ZIP):
        return next((name for mark, name in _ZIP_KINDS if mark in data[:65_536]), "ZIP")
    return ""


def data_format(name: str) -> str:
    """Return the name of the data or program format that a file called `name` holds as text, or ""."""
    return next((form for end, form in _DATA_NAMES.items() if name.lower().endswith(end)), "")


def media_type(name: str, data: bytes) -> str:
    """Return the media type of an attachment, by its signature first."""
    known = _MEDIA_TYPES.get(binary_format(data))
    if known:
        return known
    for end, text_type in ((".csv", "text/csv"), (".json", "application/json"), (".xml", "application/xml")):
        if name.lower().endswith(end):
            return text_type
    return "text/plain" if name.lower().endswith((".txt", ".md")) else "application/octet-stream"


def decode(data: bytes) -> str:
    """Return the characters of `data`.

    Raises:
        UnreadableError: no encoding of the ladder reads the bytes, with the offset where each gave up.
    """
    text = _decoded(data)
    if (control := _CONTROL.search(text)) is not None:
        offset = len(text[: control.start()].encode("utf-8", "replace"))
        raise UnreadableError(
            f"不是文本：有控制字符 U+{ord(control[0]):04X} not text: control character near byte {offset}",
            text.count("\n", 0, control.start()) + 1,
        )
    return text


def _decoded(data: bytes) -> str:
    for mark, encoding in ((b"\xef\xbb\xbf", "utf-8"), (b"\xff\xfe", "utf-16-le"), (b"\xfe\xff", "utf-16-be")):
        if data.startswith(mark):
            try:
                return data[len(mark) :].decode(encoding)
            except UnicodeDecodeError as error:
                raise _undecodable(f"{encoding} (byte {error.start + len(mark)})") from error
    try:
        return data.decode("utf-8")
    except UnicodeDecodeError as error:
        utf8_offset = error.start
    try:
        text = data.decode("gb18030")
    except UnicodeDecodeError as error:
        raise _undecodable(f"UTF-8 (byte {utf8_offset}), GB18030 (byte {error.start})") from error
    if not _plausible(text):
        raise _undecodable(f"UTF-8 (byte {utf8_offset}), GB18030 (rare characters only)")
    return text


def _undecodable(tried: str) -> UnreadableError:
    return UnreadableError(f"编码无法识别，按以下编码读到第几个字节失败 encoding not known; gave up: {tried}")


def _plausible(text: str) -> bool:
    """Tell whether what is not ASCII in `text` is mostly of GB 2312, as in any Chinese document."""
    beyond = [character for character in text[:200_000] if ord(character) >= 0x80]
    common = sum(len(character.encode("gb2312", "ignore")) > 0 for character in beyond)
    return common >= _PLAUSIBLE * len(beyond)


def form_of(text: str, name: str) -> Form:
    """Return the form of `text`; the name decides only between plain text and Markdown without any mark of it.

    Raises:
        UnreadableError: it is XML that is no page.
    """
    if _HTML_START.match(text):
        return Form.PAGE
    if _XML_START.match(text):
        raise UnreadableError("尚不能读取此格式 format not read yet: XML")
    tags = len(_HTML_TAG.findall(text[:20_000]))
    if tags >= 3 and text.lstrip().startswith("<"):
        return Form.PAGE
    if text.startswith("---\n") or name.lower().endswith((".md", ".markdown")) or _HEADING.search(text):
        return Form.MARKDOWN
    return Form.PLAIN
