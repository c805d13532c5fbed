"""Why a content cannot be handed out.

BlobsError
├── BlobMissingError   no opening is known for the commitment
├── BlobErasedError    content and salt were destroyed on purpose
├── BlobCorruptError   the stored bytes no longer match their commitment
└── BlobNotStoredError the disk refused the bytes; nothing of the batch is stored
"""

from yangguang.kernel.errors import YangguangError


class BlobsError(YangguangError):
    """Root of this room's errors."""


class BlobMissingError(BlobsError):
    """No opening is stored for this commitment."""


class BlobErasedError(BlobsError):
    """The content and its salt were destroyed because the law demanded it."""


class BlobCorruptError(BlobsError):
    """The stored bytes differ from what the commitment says; restore them from a backup or an upper level."""


class BlobNotStoredError(BlobsError):
    """The batch could not be stored durably; nothing of it counts as stored."""
