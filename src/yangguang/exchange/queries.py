"""The room's reading door: where mirrors stand, and how far our own log is cosigned."""

from collections.abc import Sequence
from contextlib import closing
from itertools import islice
from pathlib import Path

from yangguang.exchange.holdings import Holdings
from yangguang.exchange.monitoring_reports import is_report_signed
from yangguang.exchange.places import blobs_folder, holdings_file, is_place_name, log_folder
from yangguang.exchange.types import Cosigned, Lower, MirrorState, WitnessAt
from yangguang.ledger.errors import BadSignatureError, LogDamagedError, MalformedNoteError
from yangguang.ledger.queries import Log, cosignatures, open_log
from yangguang.ledger.types import Policy, VerifierKey, Witness

LOOKED_AT = 1_000
"""Archived checkpoints looked at, the newest first, for the last that a witness signed."""

__all__ = ["blobs_folder", "cosigned", "is_place_name", "is_report_signed", "log_folder", "mirror_states"]


def mirror_states(mirrors: Path, lowers: Sequence[Lower]) -> tuple[MirrorState, ...]:
    """Return where the mirror of each lower log stands, also while it is being pulled."""
    return tuple(_state(mirrors, lower) for lower in lowers)


def cosigned(log: Log, key: VerifierKey, witnesses: Sequence[WitnessAt]) -> tuple[Cosigned, ...]:
    """Return how far each witness has cosigned our log, as its archive shows; size 0 for one that never did.

    Args:
        log: Our log.
        key: Its key.
        witnesses: Those asked.
    """
    return tuple(_newest_by(log, key, witness) for witness in witnesses)


def _newest_by(log: Log, key: VerifierKey, witness: WitnessAt) -> Cosigned:
    policy = Policy((key,), (Witness(witness.name, witness.key),), (), None)
    for size in islice(log.archive.sizes(newest_first=True), LOOKED_AT):
        try:
            found = cosignatures(log.archive.note(size) or b"", policy)
        except (MalformedNoteError, BadSignatureError):
            continue  # fsck names it
        if found:
            return Cosigned(witness.name, size, at=found[-1].timestamp)
    return Cosigned(witness.name, 0)


def _state(mirrors: Path, lower: Lower) -> MirrorState:
    path = holdings_file(mirrors, lower.name)
    if not path.is_file():
        return MirrorState(lower.name)
    try:
        size = open_log(log_folder(mirrors, lower.name)).checkpoint().size
    except LogDamagedError:
        size = 0
    with closing(Holdings(path)) as holdings:
        return MirrorState(
            lower.name,
            size,
            holdings.place("cosigned"),
            holdings.place("complete"),
            holdings.place("receipted"),
            holdings.count_wanted(),
            holdings.place("stopped"),
        )
