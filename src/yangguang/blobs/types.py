"""What opens a commitment, and what is known of a content."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Opening:
    """Everything needed to show that a commitment is to a content.

    Attributes:
        label: The component's name, part of the commitment.
        salt: 32 random bytes, fresh for every component of every revision.
        sha256: 32 bytes, SHA-256 of the content.
        commitment: 32 bytes, as it stands in the log.
        size_bytes: Length of the content.
    """

    label: str
    salt: bytes
    sha256: bytes
    commitment: bytes
    size_bytes: int


@dataclass(frozen=True, slots=True)
class Stored:
    """A commitment known to be to a certain content: its 32 bytes, its label, what it belongs to (may be empty)."""

    commitment: bytes
    label: str
    owner: str
