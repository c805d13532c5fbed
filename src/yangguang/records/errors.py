"""What can be wrong with a record.

RecordsError
├── UnknownEncodingError   a version, event type or field this code does not know
├── BadValueError          a known field with a value its rule refuses
├── LeafTooLargeError      a leaf beyond 4,096 bytes
└── ProofError             a proof that does not prove what it was offered for
    └── OtherFileError     a good proof, of other bytes
"""

from yangguang.kernel.errors import YangguangError


class RecordsError(YangguangError):
    """Root of this room's errors."""


class UnknownEncodingError(RecordsError):
    """A version, type or field outside the closed schema; a newer reader may know it, this one must not guess."""


class BadValueError(RecordsError):
    """A field of the schema holds a value that its rule refuses."""


class LeafTooLargeError(RecordsError):
    """A leaf of more than 4,096 bytes: publish fewer attachments in one record."""


class ProofError(RecordsError):
    """The proof does not prove what it was offered for; the message names the step that failed."""


class OtherFileError(ProofError):
    """The proof holds, but for other bytes: the file was changed, or the proof belongs to another one."""
