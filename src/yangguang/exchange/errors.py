"""What can go wrong between nodes.

ExchangeError
├── UnreachableError     the other node did not answer: nothing is known, ask again
├── NotServedError       it answered, and did not give what was asked for
├── FaultError           it gave what no honest node gives: an alarm, with evidence
├── StoppedError         this lower log forked; a person must look before it is mirrored again
├── UntrustedError       whose log it is, nobody whom the trust file names has signed
├── BadDeltaError        a file that is not a delta, or lacks what the pull needs
└── NoSuchLowerError     no lower log of this name is configured
"""

from collections.abc import Mapping

from yangguang.exchange.types import AlarmKind
from yangguang.kernel.errors import YangguangError


class ExchangeError(YangguangError):
    """Root of this room's errors."""


class UnreachableError(ExchangeError):
    """No answer, or one that broke off."""


class NotServedError(ExchangeError):
    """An answer other than the thing asked for.

    Attributes:
        status: HTTP status.
    """

    def __init__(self, message: str, *, status: int) -> None:
        super().__init__(message)
        self.status = status


class FaultError(ExchangeError):
    """What another node gave convicts it, or whoever sits between; nothing of it was taken over.

    Attributes:
        kind: Which alarm it is.
        evidence: File name to bytes as they were received.
    """

    def __init__(self, message: str, *, kind: AlarmKind, evidence: Mapping[str, bytes]) -> None:
        super().__init__(message)
        self.kind = kind
        self.evidence = evidence


class StoppedError(ExchangeError):
    """A log that contradicted itself is not followed until a person has looked at the evidence."""


class UntrustedError(ExchangeError):
    """A log of which the trust file knows nothing, or that gives no trust file to begin with."""


class BadDeltaError(ExchangeError):
    """A file that is not a delta, or does not hold what the pull asks it for."""


class NoSuchLowerError(ExchangeError):
    """No lower log of this name is configured in node.toml."""
