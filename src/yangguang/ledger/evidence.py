"""What archived checkpoints prove to whoever holds a policy."""

from collections.abc import Iterator

from yangguang.ledger.archive import Archive
from yangguang.ledger.cosignatures import cosignatures, earliest_only, is_signed_by_log
from yangguang.ledger.errors import BadSignatureError, MalformedNoteError
from yangguang.ledger.policy import is_satisfied
from yangguang.ledger.types import Cosignature, Policy

EXAMINED = 200
"""Most archived checkpoints looked at in one direction: each costs a file read and a signature check or two."""


def marks(note: bytes, policy: Policy) -> tuple[Cosignature, ...]:
    """Return the cosignatures on `note` that count under `policy`, the oldest first.

    None count where the note is damaged, or no log of the policy signed it: what cannot be verified proves nothing.
    """
    try:
        return cosignatures(note, policy) if is_signed_by_log(note, policy) else ()
    except (MalformedNoteError, BadSignatureError):
        return ()


def archived(archive: Archive, first: int, last: int, *, newest_first: bool = False) -> Iterator[bytes]:
    """Yield at most `EXAMINED` archived checkpoints of `first` to `last` entries, in order of size."""
    sizes = archive.sizes(first, last, newest_first=newest_first)
    for size, _ in zip(sizes, range(EXAMINED), strict=False):
        note = archive.note(size)
        if note is not None:
            yield note


def earliest_proven(archive: Archive, index: int, size: int, policy: Policy) -> bytes | None:
    """Return the smallest archived checkpoint with entry `index` that satisfies `policy`, None if none does.

    Args:
        archive: Of the log.
        index: Of the entry.
        size: Entries the log has; larger checkpoints cannot be proven from its tiles yet.
        policy: Whose signatures count.
    """
    for note in archived(archive, index + 1, size):
        found = marks(note, policy)
        if found and is_satisfied(policy, [mark.name for mark in found]):
            return earliest_only(note, policy)
    return None
