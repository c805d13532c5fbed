"""What passes through the ledger's doors: immutable, bytes and integers only."""

from collections.abc import Callable
from dataclasses import dataclass
from enum import IntEnum
from hashlib import sha256
from typing import Protocol, TypeAlias

from yangguang.ledger.tree import leaf_hash

Progress: TypeAlias = Callable[[int, int], None]
"""Called now and then with the entries done and the entries in all."""

Post: TypeAlias = Callable[[str, bytes], tuple[int, bytes]]
"""Posts a body to an address and returns the answer's status and body; OSError where there is no answer."""


class SignatureType(IntEnum):
    """Signature type bytes of C2SP signed-note that this room verifies."""

    ED25519 = 0x01
    COSIGNATURE = 0x04


@dataclass(frozen=True, slots=True)
class VerifierKey:
    """A trusted public key: key name, what it may sign, 32 bytes of Ed25519 public key."""

    name: str
    type: SignatureType
    public_key: bytes

    @property
    def key_id(self) -> bytes:
        """Four bytes that, with the name, say which key made a signature line (C2SP signed-note)."""
        return sha256(self.name.encode() + b"\n" + bytes([self.type]) + self.public_key).digest()[:4]


SM2_TYPE = b"\xffgid/sm2-sm3/v1"
"""Signature type of our own under C2SP signed-note's 0xff: SM2 with SM3 over the note text, default identity."""


@dataclass(frozen=True, slots=True)
class Sm2Key:
    """A trusted SM2 public key: key name, and x and y in 32 bytes each."""

    name: str
    public_key: bytes

    @property
    def key_id(self) -> bytes:
        """Four bytes that, with the name, say which key made a signature line (C2SP signed-note)."""
        return sha256(self.name.encode() + b"\n" + SM2_TYPE + self.public_key).digest()[:4]


class Signer(Protocol):
    """Whatever holds the log's Ed25519 private key: a file, another process, a device."""

    @property
    def name(self) -> str:
        """Key name, equal to the log's origin."""

    @property
    def public_key(self) -> bytes:
        """32 bytes."""

    def sign(self, message: bytes) -> bytes:
        """Return the 64-byte Ed25519 signature of `message`."""


class LineSigner(Protocol):
    """Whatever adds a signature line of another kind to the log's checkpoints, as SM2 does."""

    def line(self, text: bytes) -> bytes:
        """Return the line, with its newline, that signs the note text `text`."""


@dataclass(frozen=True, slots=True)
class Checkpoint:
    """What a log says of itself: origin, number of entries, 32-byte root."""

    origin: str
    size: int
    root: bytes


@dataclass(frozen=True, slots=True)
class Entry:
    """One entry: index in the log, from 0, and its bytes as stored."""

    index: int
    data: bytes

    @property
    def leaf_hash(self) -> bytes:
        """32 bytes that stand for the entry in the tree."""
        return leaf_hash(self.data)


@dataclass(frozen=True, slots=True)
class Appended:
    """An acknowledged batch: index of its first entry, how many, and the signed checkpoint that covers them."""

    first: int
    count: int
    checkpoint: bytes


@dataclass(frozen=True, slots=True)
class TlogProof:
    """A parsed proof file: unauthenticated extra bytes, entry index, path from leaf to root, signed checkpoint."""

    extra: bytes | None
    index: int
    path: tuple[bytes, ...]
    checkpoint_note: bytes


@dataclass(frozen=True, slots=True)
class Witness:
    """A witness of a policy: its name there, and the key it cosigns with."""

    name: str
    key: VerifierKey


@dataclass(frozen=True, slots=True)
class Group:
    """A group of a policy: satisfied when `threshold` of its `members` (witnesses or earlier groups) are."""

    name: str
    threshold: int
    members: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Policy:
    """Whom to believe: any one of the logs, cosigned by `quorum` (a witness, a group, or None for no cosignature)."""

    logs: tuple[VerifierKey, ...]
    witnesses: tuple[Witness, ...]
    groups: tuple[Group, ...]
    quorum: str | None


@dataclass(frozen=True, slots=True)
class Verified:
    """What a proof has proven: the entry is at this index of the log `origin`, as the witnesses named saw it."""

    index: int
    size: int
    origin: str
    witnesses: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Cosignature:
    """A verified cosignature: the witness as the policy names it, its 4-byte key id, seconds since 1970."""

    name: str
    key_id: bytes
    timestamp: int


@dataclass(frozen=True, slots=True)
class Bracket:
    """When an entry was logged, as others saw it; seconds since 1970, None where nobody can say yet.

    Attributes:
        not_before: A quorum cosigned a checkpoint without the entry at this time or later.
        no_later_than: By this time a quorum had cosigned one with it.
        readable_by: By this time a content mirror held the entry and all that it commits to.
        witnesses: Who cosigned the checkpoint behind `no_later_than`, as the policy names them.
    """

    not_before: int | None
    no_later_than: int | None
    readable_by: int | None
    witnesses: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class WitnessAnswer:
    """What a witness answers over HTTP: status, media type, body."""

    status: int
    content_type: str
    body: bytes


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing `fsck` found wrong: the file or store, the rule it breaks, and the particulars."""

    where: str
    rule: str
    message: str
