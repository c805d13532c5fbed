"""What can go wrong while reading foreign bytes.

YangguangError
└── SourcesError
    └── UnreadableError    one file or article cannot be read: the reason, and the line where there is one

`UnreadableError` never leaves the doors: a reader turns it into a `Refused`, so that bad input never loses good input.
"""

from yangguang.kernel.errors import YangguangError


class SourcesError(YangguangError):
    """The root of this room's errors."""


class UnreadableError(SourcesError):
    """A file or article that cannot be read.

    Attributes:
        reason: Why, for the person who named the file: Chinese first, English beside it.
        line: Line of the file, from 1, where one is to blame.
    """

    def __init__(self, reason: str, line: int | None = None) -> None:
        super().__init__(reason)
        self.reason = reason
        self.line = line
