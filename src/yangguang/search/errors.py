"""What can go wrong with the index.

SearchError
├── IndexBusyError      another process is writing the index
└── IndexDamagedError   files of the index that cannot be read; drop it and let it be built again
"""

from yangguang.kernel.errors import YangguangError


class SearchError(YangguangError):
    """Root of this room's errors."""


class IndexBusyError(SearchError):
    """Another process is writing this index; one process writes, any number read."""


class IndexDamagedError(SearchError):
    """The index cannot be read or written; nothing is lost, since ``yangguang rebuild search`` makes it again."""
