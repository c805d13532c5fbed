"""What can be wrong with asking for a rendition.

FormatsError
└── UnknownFormatError     a rendition label outside the closed list
"""

from yangguang.kernel.errors import YangguangError


class FormatsError(YangguangError):
    """Root of this room's errors."""


class UnknownFormatError(FormatsError):
    """No rendition has this label; the message names those that exist."""
