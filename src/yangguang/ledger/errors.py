"""Everything the ledger refuses, on one screen.

LedgerError
├── MalformedError              bytes that are not what their format says
│   ├── MalformedKeyError       a key line
│   ├── MalformedNoteError      a signed note, or the checkpoint in one
│   ├── MalformedProofError     a tlog-proof file
│   ├── MalformedPolicyError    a tlog-policy file
│   └── MalformedTileError      a tile, an entry bundle, or the path of one
├── NotProvenError              well-formed, but it does not prove what was asked
│   ├── BadSignatureError       no trusted signature, or a trusted key with a wrong one
│   ├── BadPathError            an inclusion or consistency path leads to another root
│   └── QuorumMissedError       too few of the policy's witnesses cosigned
├── NotInLogError               an index or size beyond the log
├── LogDamagedError             a file of the log is missing or is not what the tree says
├── AlreadyExistsError          a key or a log is there; nothing is ever overwritten
├── Sm2UnavailableError         this machine has no libcrypto that signs with SM2
├── WitnessRefusedError         a witness answered, and did not cosign
├── MirrorError                 what a log serves cannot extend our copy of it
│   ├── StaleError              it serves a checkpoint and not all of its entries: ask again later
│   ├── RollbackError           it serves a smaller checkpoint than before, consistent with our copy
│   └── ForkError               it signed two trees that contradict each other; holds the evidence
└── WriterError
    ├── EntryRefusedError       an entry or batch too large; nothing happened, the writer goes on
    ├── WriterBusyError         another process writes this log
    ├── HeadMissingError        no head store: it is created once, never silently
    ├── HeadDisagreesError      head store, key, public files contradict each other: writing on would fork the log
    │   ├── WitnessAheadError   a witness, or the second copy of the head, has seen more of this log than the head has
    │   └── HeadForkedError     somebody holds a signed checkpoint of this log that is not a part of it
    ├── NotAcknowledgedError    a batch that may not be counted on; says whether it was committed
    └── WriterStoppedError      an earlier error stopped this writer; open a new one
"""

from yangguang.kernel.errors import YangguangError


class LedgerError(YangguangError):
    """The root of the ledger's errors."""


class MalformedError(LedgerError):
    """Bytes that are not what their format says."""


class MalformedKeyError(MalformedError):
    """A verifier key or private key that is not one."""


class MalformedNoteError(MalformedError):
    """A signed note or checkpoint that is not one."""


class MalformedProofError(MalformedError):
    """A tlog-proof file that is not one."""


class MalformedPolicyError(MalformedError):
    """A tlog-policy file that is not one; the message gives the line."""


class MalformedTileError(MalformedError):
    """A tile, entry bundle or tile path that is not one."""


class NotProvenError(LedgerError):
    """Well-formed evidence that does not prove what was asked."""


class BadSignatureError(NotProvenError):
    """No signature by a trusted key, or one that does not verify."""


class BadPathError(NotProvenError):
    """An inclusion or consistency path that leads to another root."""


class QuorumMissedError(NotProvenError):
    """Fewer cosignatures than the policy's quorum asks for."""


class NotInLogError(LedgerError):
    """An index or size that the log, or the tree asked about, does not have."""


class LogDamagedError(LedgerError):
    """A file of the log that is missing or is not what the tree says; the message names it."""


class AlreadyExistsError(LedgerError):
    """A key or log that is already there."""


class Sm2UnavailableError(LedgerError):
    """No libcrypto of this machine offers SM2; verification goes on without it, signing does not."""


class WitnessRefusedError(LedgerError):
    """A witness that answered and did not cosign.

    Attributes:
        status: The HTTP status of its answer; 0 where the answer broke the protocol.
    """

    def __init__(self, message: str, *, status: int) -> None:
        super().__init__(message)
        self.status = status


class MirrorError(LedgerError):
    """What a log serves cannot extend our copy of it; nothing was changed.

    Attributes:
        evidence: The signed checkpoint of our copy and the one the log serves now, both as signed.
    """

    def __init__(self, message: str, *, evidence: tuple[bytes, bytes]) -> None:
        super().__init__(message)
        self.evidence = evidence


class StaleError(MirrorError):
    """A log that serves a checkpoint and not yet all entries under it."""


class RollbackError(MirrorError):
    """A log that serves a smaller checkpoint than before; the smaller one is a part of our copy."""


class ForkError(MirrorError):
    """A log that signed two trees of which neither contains the other."""


class WriterError(LedgerError):
    """Something that keeps a writer from writing."""


class EntryRefusedError(WriterError):
    """An entry or batch beyond the limits; nothing was written."""


class WriterBusyError(WriterError):
    """Another process, or another writer of this one, holds the log."""


class HeadMissingError(WriterError):
    """The head store is absent or holds another log."""


class HeadDisagreesError(WriterError):
    """Head store, key and public files contradict each other: writing on would fork the log."""


class WitnessAheadError(HeadDisagreesError):
    """A witness, or the second copy of the head, has seen more of this log than the head has: a restored backup."""


class HeadForkedError(HeadDisagreesError):
    """Somebody holds a signed checkpoint of this log that is not a part of what the head stands for."""


class NotAcknowledgedError(WriterError):
    """A batch that was not acknowledged.

    Attributes:
        committed: False: not in the log. True: in the log, its public files follow at the next start. None: the commit
            itself failed, the next start tells.
    """

    def __init__(self, message: str, *, committed: bool | None) -> None:
        super().__init__(message)
        self.committed = committed


class WriterStoppedError(WriterError):
    """An earlier error stopped this writer: what the disk holds can no longer be known from memory."""
