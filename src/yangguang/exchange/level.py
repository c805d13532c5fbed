"""Our own side of the exchange, as the commands take it."""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from yangguang.exchange.types import Transport
from yangguang.kernel.clock import Clock
from yangguang.ledger.commands import Witness
from yangguang.ledger.types import VerifierKey
from yangguang.records.types import Receipt

GRACE_SECONDS = 24 * 3_600
"""How long a node may be silent, or withhold what it committed to, before that is an alarm."""

RECEIPT_SECONDS = 600
"""Least time between two receipts for one log; an erasure is receipted at once."""


@dataclass(frozen=True, slots=True)
class Cosigner:
    """A witness of ours and the key it cosigns with."""

    witness: Witness
    key: VerifierKey


@dataclass(frozen=True, slots=True, kw_only=True)
class Level:
    """Our side.

    Attributes:
        mirrors: Folder of all mirrors.
        alarms: Folder of all alarms.
        witness: Cosigns what was rebuilt and verified; may answer ``add-checkpoint`` as well.
        content_mirror: Cosigns, with its own key, what is held with all its contents.
        transport: The way to other nodes.
        clock: Tells the time.
        receipt: Queues a receipt for our own log, claimed at a moment in seconds since 1970.
        live: Whether the transport tells the present; a file may end before what is held without any fault.
        grace_seconds: See `GRACE_SECONDS`.
        receipt_seconds: See `RECEIPT_SECONDS`.
    """

    mirrors: Path
    alarms: Path
    witness: Cosigner
    content_mirror: Cosigner
    transport: Transport
    clock: Clock
    receipt: Callable[[Receipt, int], None]
    live: bool = True
    grace_seconds: int = GRACE_SECONDS
    receipt_seconds: int = RECEIPT_SECONDS
