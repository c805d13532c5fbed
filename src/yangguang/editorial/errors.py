"""Why something cannot be made public, or taken back.

EditorialError
├── UnknownRecordError   no such record on this node
├── NotPossibleError     the record's state does not allow the event
├── TooManyFilesError    more attachments than a leaf can commit to
└── OutboxFullError      the business database refused; nothing was queued
"""

from yangguang.kernel.errors import YangguangError


class EditorialError(YangguangError):
    """Root of this room's errors."""


class UnknownRecordError(EditorialError):
    """The node has no record with this identifier."""


class NotPossibleError(EditorialError):
    """The record's present state does not allow the event; the message says which state and since when."""


class TooManyFilesError(EditorialError):
    """More attachments than one leaf can commit to; publish them as several records."""


class OutboxFullError(EditorialError):
    """The business database refused the write, as a full disk does; nothing was queued, nothing is lost."""
