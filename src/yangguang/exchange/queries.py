"""The room's reading door: where mirrors stand, and what a log says it received."""

from collections.abc import Sequence
from contextlib import closing
from pathlib import Path

from yangguang.exchange.holdings import Holdings
from yangguang.exchange.monitoring_reports import is_report_signed
from yangguang.exchange.places import blobs_folder, holdings_file, is_place_name, log_folder
from yangguang.exchange.types import Lower, MirrorState
from yangguang.ledger.errors import LogDamagedError
from yangguang.ledger.queries import open_log

__all__ = ["blobs_folder", "is_place_name", "is_report_signed", "log_folder", "mirror_states"]


def mirror_states(mirrors: Path, lowers: Sequence[Lower]) -> tuple[MirrorState, ...]:
    """Return where the mirror of each lower log stands, also while it is being pulled."""
    return tuple(_state(mirrors, lower) for lower in lowers)


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
