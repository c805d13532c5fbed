"""When an entry was logged, told by others than the log: the bracket of cosignatures around it (LEDGER design 2.8)."""

from itertools import chain

from yangguang.ledger.cosignatures import CONTENT_MIRROR, seen_by, still_seen_by
from yangguang.ledger.errors import NotInLogError
from yangguang.ledger.evidence import archived, marks
from yangguang.ledger.reader import Log
from yangguang.ledger.types import Bracket, Policy


def bracket(log: Log, index: int, policy: Policy) -> Bracket:
    """Return when entry `index` of `log` was logged, as the witnesses of `policy` saw it.

    Each time is one that a quorum stands for. Checkpoints whose signatures do not verify count for nothing; fsck names
    them.

    Raises:
        NotInLogError: the log does not have the entry.
        LogDamagedError: the published checkpoint is missing or malformed.
    """
    size = log.checkpoint().size
    newest = log.checkpoint_note()  # read second, so that it covers what the first one does
    if not 0 <= index < size:
        raise NotInLogError(f"entry {index} asked for: the log has {size}")
    mirrors = {witness.name for witness in policy.witnesses if witness.key.name.endswith(CONTENT_MIRROR)}
    no_later_than: int | None = None
    readable_by: int | None = None
    witnesses: tuple[str, ...] = ()
    for note in chain(archived(log.archive, index + 1, size), [newest]):
        found = marks(note, policy)
        if no_later_than is None:
            no_later_than = seen_by(policy, found)
            witnesses = tuple(dict.fromkeys(mark.name for mark in found)) if no_later_than is not None else ()
        if readable_by is None:
            readable_by = min((mark.timestamp for mark in found if mark.name in mirrors), default=None)
        if no_later_than is not None and (readable_by is not None or not mirrors):
            break
    return Bracket(_not_before(log, index, policy, no_later_than), no_later_than, readable_by, witnesses)


def _not_before(log: Log, index: int, policy: Policy, no_later_than: int | None) -> int | None:
    """Return until when the log was known to end before entry `index`.

    A witness that was asked late may still cosign the smaller tree after others have seen the entry: what it had not
    seen by then says nothing about when it was logged.
    """
    for note in archived(log.archive, 0, index, newest_first=True):
        found = marks(note, policy)
        in_time = [mark for mark in found if no_later_than is None or mark.timestamp <= no_later_than]
        for some in (found, in_time):
            time = still_seen_by(policy, some)
            if time is not None and (no_later_than is None or time <= no_later_than):
                return time
    return None
