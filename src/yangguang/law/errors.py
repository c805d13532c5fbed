"""What can be wrong with a question about the law, or with the data that answers it.

LawError
├── UnknownItemError       a slug that is no item of articles 20 and 21
├── UnknownSubItemError    a slug that is no part of that item
├── UnknownPartError       a slug that is no part of the column 政府信息公开
├── UnknownGenreError      neither code, name nor alias of a genre
├── UnknownGroundError     a code that is no legal ground
├── UnknownLevelError      a word that is no level of government
└── LawDataError           a data file with an unknown key, a missing key or a value its rule refuses
"""

from yangguang.kernel.errors import YangguangError


class LawError(YangguangError):
    """Root of this room's errors."""


class UnknownItemError(LawError):
    """A slug that no item of articles 20 and 21 has; the message lists those that exist."""


class UnknownSubItemError(LawError):
    """A slug that no sub-item of the item has; the message lists those that exist."""


class UnknownPartError(LawError):
    """A slug that no part of the column has; the message lists those that exist."""


class UnknownGenreError(LawError):
    """Neither code, name nor alias of a genre; the message lists the names that exist."""


class UnknownGroundError(LawError):
    """A code that is no ground for refusing, withdrawing or erasing; the message lists those that exist."""


class UnknownLevelError(LawError):
    """A word that is no level of government; the message lists those that exist."""


class LawDataError(LawError):
    """A data file of this room breaks its own schema; the message names file, entry and key."""
