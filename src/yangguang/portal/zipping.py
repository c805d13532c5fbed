"""ZIP files whose members are stored as they are, written member by member (PKWARE APPNOTE 6.3, sections 4.3 and 4.4).

Stored and not compressed: the same members give the same bytes whatever the compressor's version, a package of
gigabytes needs no more memory than its largest member, and thirty lines of script can open it.
"""

import struct
import zlib
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime

MAX_BYTES = 2**32 - 2**24
"""Largest archive: beyond it the format needs its 64-bit extension. The margin is the directory's."""

_LOCAL = struct.Struct("<4s5H3L2H")
_ENTRY = struct.Struct("<4s4B4H3L5H2L")
_END = struct.Struct("<4s4H2LH")
_VERSION = 20
_UNIX = 3
_UTF8_NAMES = 0x0800
_READABLE_FILE = 0o100644 << 16


@dataclass(frozen=True, slots=True)
class Member:
    """A file of an archive: its path with slashes, its size in bytes, and how its bytes are had when its turn comes."""

    name: str
    size_bytes: int
    read: Callable[[], bytes]


def archive_size(members: Iterable[Member]) -> int:
    """Return how many bytes the archive of `members` has."""
    each = (_LOCAL.size + _ENTRY.size + 2 * len(member.name.encode()) + member.size_bytes for member in members)
    return sum(each) + _END.size


def archive(members: Iterable[Member], moment: datetime) -> Iterator[bytes]:
    """Yield the archive of `members` piece by piece; every member bears the time `moment`."""
    directory = b""
    count = offset = 0
    time = moment.hour << 11 | moment.minute << 5 | moment.second // 2
    day = max(0, moment.year - 1980) << 9 | moment.month << 5 | moment.day
    for member in members:
        name, data = member.name.encode(), member.read()
        common = (_UTF8_NAMES, 0, time, day, zlib.crc32(data), len(data), len(data))
        local = _LOCAL.pack(b"PK\x03\x04", _VERSION, *common, len(name), 0) + name
        entry = _ENTRY.pack(
            b"PK\x01\x02", _VERSION, _UNIX, _VERSION, 0, *common, len(name), 0, 0, 0, 0, _READABLE_FILE, offset
        )
        directory += entry + name
        offset += len(local) + len(data)
        count += 1
        yield local
        yield data
    yield directory
    yield _END.pack(b"PK\x05\x06", 0, 0, count, count, len(directory), offset, 0)
