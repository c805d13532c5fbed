"""The check of the archive: every archived checkpoint is one of this log, of the size under which it lies."""

from collections.abc import Iterator

from yangguang.ledger.archive import archive_path
from yangguang.ledger.checkpoint import parse_checkpoint, read_checkpoint
from yangguang.ledger.errors import BadSignatureError, LogDamagedError, MalformedNoteError, NotInLogError
from yangguang.ledger.notes import parse_note
from yangguang.ledger.reader import Log
from yangguang.ledger.types import Finding, VerifierKey

ARCHIVED = "archived checkpoints are of this log"


def check_archive(log: Log, origin: str, key: VerifierKey | None) -> Iterator[Finding]:
    """Yield what is wrong with the archived checkpoints of `log`; whoever wrote them, and what they say.

    Cosignatures are left to whoever has a policy: the log itself need not know the keys of its witnesses.

    Args:
        log: The log, whose tiles have been checked: where they are damaged, nothing is said here.
        origin: What the log calls itself.
        key: The log's key; without it signatures are not verified.
    """
    for size in log.archive.sizes():
        note = log.archive.note(size)
        reason = _what_is_wrong(log, origin, size, note or b"", key)
        if reason:
            yield Finding(archive_path(size), ARCHIVED, reason)


def _what_is_wrong(log: Log, origin: str, size: int, note: bytes, key: VerifierKey | None) -> str | None:
    try:
        checkpoint = read_checkpoint(parse_note(note)) if key is None else parse_checkpoint(note, key)
        root = log.root(size)
    except (MalformedNoteError, BadSignatureError, NotInLogError) as error:
        return str(error)
    except LogDamagedError:
        return None
    if (checkpoint.origin, checkpoint.size, checkpoint.root) != (origin, size, root):
        return (
            f"it says {checkpoint.size} entries of {checkpoint.origin}, root {checkpoint.root.hex()}; "
            f"the log has {root.hex()} for {size}"
        )
    return None
