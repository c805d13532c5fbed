"""What we say of a lower log once it was verified: cosignatures by two keys, and a receipt in our own log."""

from hashlib import sha256

from yangguang.exchange.errors import FaultError
from yangguang.exchange.level import Cosigner, Level
from yangguang.exchange.places import MirrorPlace
from yangguang.exchange.types import AlarmKind, Lower
from yangguang.kernel.clock import unix_seconds
from yangguang.ledger.commands import Witness, ask_witness, with_cosignatures
from yangguang.ledger.errors import HeadForkedError, WitnessAheadError, WitnessRefusedError
from yangguang.ledger.queries import format_verifier_key, origin_hash
from yangguang.records.types import Receipt


def cosign(cosigner: Cosigner, lower: Lower, place: MirrorPlace) -> bool:
    """Have `cosigner` cosign what is held; False where it has cosigned more of that log already.

    It is asked as anybody would ask it, so one memory rules whatever way a checkpoint came to it.

    Raises:
        FaultError: it has cosigned another tree: the log showed different ones.
    """

    def post(_address: str, body: bytes) -> tuple[int, bytes]:
        answer = cosigner.witness.add_checkpoint(body)
        return answer.status, answer.body

    note = place.note
    cosigner.witness.trust(format_verifier_key(lower.key))
    try:
        line = ask_witness("", post, place.log, note, key=cosigner.key)
    except WitnessAheadError:
        return False
    except (HeadForkedError, WitnessRefusedError) as error:
        theirs = cosigner.witness.checkpoint(origin_hash(lower.key.name)) or b""
        raise FaultError(
            f"{lower.name} showed {cosigner.key.name} another tree than the one it serves: {error}",
            kind=AlarmKind.FORK,
            evidence={"ours.note": note, "theirs.note": theirs},
        ) from error
    place.mirror.archive_cosigned(with_cosignatures(note, [line]))
    return True


def refuse_contradicted(lower: Lower, level: Level, place: MirrorPlace) -> None:
    """Raise what a log itself sent to our witness since a person last looked: two trees of one size.

    Raises:
        FaultError: there is such a pair.
    """
    pairs = contradictions(level.witness.witness, lower.key.name)
    if len(pairs) > place.holdings.place("contradictions"):
        ours, theirs = pairs[-1]
        raise FaultError(
            f"{lower.key.name} asked our witness to cosign two trees of one size",
            kind=AlarmKind.FORK,
            evidence={"ours.note": ours, "theirs.note": theirs},
        )


def contradictions(witness: Witness, origin: str) -> list[tuple[bytes, bytes]]:
    """Return the pairs of contradicting checkpoints that the log `origin` sent to `witness`."""
    first = origin.encode() + b"\n"
    return [pair for pair in witness.conflicts() if pair[0].startswith(first)]


def receipt_due(level: Level, lower: Lower, place: MirrorPlace) -> Receipt | None:
    """Queue a receipt where there is news since the last one, and return it.

    Receipts alone are no news: two nodes that mirror each other would answer each other's receipts for ever.
    """
    holdings = place.holdings
    last, at, now = holdings.place("receipted"), holdings.place("receipted_at"), unix_seconds(level.clock())
    early = now - at < level.receipt_seconds and holdings.place("urgent") <= last
    if holdings.place("news") <= last or early:
        return None
    checkpoint = place.log.checkpoint()
    receipt = Receipt(sha256(lower.key.name.encode()).digest(), checkpoint.size, checkpoint.root)
    level.receipt(receipt, now)
    holdings.set_place(receipted=checkpoint.size, receipted_at=now)
    return receipt
