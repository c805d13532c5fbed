"""Looks for words everywhere: in every byte of a folder, whatever holds them, and at every address of a site."""

import html
import json
import re
import sqlite3
import zlib
from collections.abc import Iterable, Iterator
from contextlib import closing
from pathlib import Path
from urllib.parse import quote, unquote, urljoin, urlsplit

from tests.flows.machine import get

_LINK = re.compile(r'(?:href|src|content)="([^"]+)"|<loc>([^<]+)</loc>')
_DEFLATED = re.compile(rb"\x78[\x01\x5e\x9c\xda]")
_MOST_INFLATED = 1 << 22


def spellings(words: str) -> tuple[bytes, ...]:
    """Return `words` in every encoding that some store or page might write them in."""
    escaped = json.dumps(words)[1:-1]
    numbered = "".join(f"&#{ord(character)};" for character in words)
    plain = (words, escaped, escaped.upper(), quote(words), quote(words).lower(), numbered)
    return tuple(dict.fromkeys([*(text.encode() for text in plain), *_wide(words)]))


def _wide(words: str) -> Iterator[bytes]:
    for encoding in ("utf-16-le", "utf-16-be", "utf-32-le", "gb18030"):
        yield words.encode(encoding)


def holds(data: bytes, words: str) -> bool:
    """Tell whether `data` holds `words`, plain or deflated."""
    wanted = spellings(words)
    return any(one in data or any(one in text for text in _inflated(data)) for one in wanted)


def _inflated(data: bytes) -> Iterator[bytes]:
    for match in _DEFLATED.finditer(data):
        try:
            yield zlib.decompressobj().decompress(data[match.start() :], _MOST_INFLATED)
        except zlib.error:
            continue


def files_with(folder: Path, words: str) -> list[str]:
    """Return the files below `folder` that hold `words`: raw, deflated, or in a cell of a database."""
    return sorted(
        path.relative_to(folder).as_posix()
        for path in folder.rglob("*")
        if path.is_file() and (_file_holds(path, words) or words in path.name)
    )


def _file_holds(path: Path, words: str) -> bool:
    try:
        raw = path.read_bytes()
    except FileNotFoundError:
        return False  # an engine's temporary file, gone since it was listed
    return holds(raw, words) or (raw.startswith(b"SQLite format 3\x00") and _cells_hold(path, words))


def _cells_hold(path: Path, words: str) -> bool:
    # Beside the raw pages: a cell longer than a page lies in pieces.
    with closing(sqlite3.connect(f"{path.as_uri()}?mode=ro", uri=True)) as connection:
        tables = [name for (name,) in connection.execute("SELECT name FROM sqlite_master WHERE type = 'table'")]
        for table in tables:
            for row in connection.execute(f'SELECT * FROM "{table}"'):  # noqa: S608 - the database's own names
                cells = (cell.encode() if isinstance(cell, str) else cell for cell in row)
                if any(isinstance(cell, bytes) and holds(cell, words) for cell in cells):
                    return True
    return False


def crawl(base: str, seeds: Iterable[str]) -> dict[str, tuple[int, bytes]]:
    """Return status and body of every address of the site `base` that `seeds` lead to, links followed to the end."""
    found: dict[str, tuple[int, bytes]] = {}
    waiting = list(seeds)
    while waiting:
        address = waiting.pop()
        if address in found or address.startswith("/language/"):
            continue
        status, body, headers = get(base + quote(unquote(address), safe="/?&=%+"))
        found[address] = (status, body)
        if status == 200 and headers.get("content-type", "").startswith(("text/html", "application/xml")):
            waiting += _links(base, address, body.decode())
    return found


def _links(base: str, address: str, page: str) -> Iterator[str]:
    for match in _LINK.finditer(page):
        target = urljoin(base + address, html.unescape(match[1] or match[2]))
        if target.startswith(base + "/"):
            parts = urlsplit(target)
            yield parts.path + (f"?{parts.query}" if parts.query else "")


def addresses_with(crawled: dict[str, tuple[int, bytes]], words: str) -> list[str]:
    """Return the crawled addresses whose bodies hold `words`."""
    return sorted(address for address, (_, body) in crawled.items() if holds(body, words))
