"""What can be wrong with the catalogue.

CatalogueError
└── BrokenHistoryError     the log tells something about a record that was never made public
"""

from yangguang.kernel.errors import YangguangError


class CatalogueError(YangguangError):
    """Root of this room's errors."""


class BrokenHistoryError(CatalogueError):
    """An entry that no history can hold: the writer let through what it must refuse. Run ``yangguang log fsck``."""
