"""Has our own log cosigned: asks witnesses, collects what content mirrors have signed, learns what they saw before.

A witness that is away stops nothing: its line is missing, proofs say so, and the next round asks again.
"""

import base64
import binascii
from collections.abc import Callable, Sequence

from yangguang.exchange.errors import NotServedError, UnreachableError
from yangguang.exchange.types import Cosigned, Transport, WitnessAt
from yangguang.ledger.commands import ask_witness, with_cosignatures
from yangguang.ledger.errors import (
    HeadForkedError,
    LedgerError,
    LogDamagedError,
    NotInLogError,
    WitnessAheadError,
)
from yangguang.ledger.queries import CONTENT_MIRROR, Log, cosignatures, origin_hash, parse_checkpoint
from yangguang.ledger.types import Policy, VerifierKey, Witness

MAX_NOTE_BYTES = 65_536
_OK = 200
_NOT_FOUND = 404


def newest_elsewhere(witnesses: Sequence[WitnessAt], origin: str, transport: Transport) -> tuple[bytes, ...]:
    """Return the newest checkpoint of the log `origin` that each witness has, as it gives it; nothing is verified.

    Witnesses that do not answer are left out: the guard holds as long as one answers.
    """
    found = []
    for witness in witnesses:
        try:
            note = _newest(witness, origin, transport)
        except (UnreachableError, NotServedError):
            continue
        if note is not None:
            found.append(note)
    return tuple(found)


def ask(
    witness: WitnessAt, log: Log, key: VerifierKey, transport: Transport, keep: Callable[[bytes], None], *, known: int
) -> Cosigned:
    """Bring home what `witness` says of our log.

    A content mirror is not asked to sign: it signs when it has pulled everything, and what it signed last is fetched.

    Args:
        witness: Whom to ask.
        log: Our log.
        key: Its key.
        transport: The way there.
        keep: Archives a cosigned checkpoint and publishes it where it is the newest; cosignatures are verified before.
        known: Up to which size it had cosigned when last asked, 0 if unknown.

    Returns:
        How far it has cosigned, and why not further.

    Raises:
        WitnessAheadError: it has cosigned more than our log has: a backup was restored.
        HeadForkedError: it has cosigned another tree.
    """
    own = log.checkpoint_note()
    size = parse_checkpoint(own, key).size
    try:
        if witness.key.name.endswith(CONTENT_MIRROR):
            theirs = _newest(witness, key.name, transport)
            if theirs is None:
                return Cosigned(witness.name, 0, "it has pulled nothing completely yet")
            note = _trimmed(theirs, key, witness.key)
        else:
            note = with_cosignatures(
                own, [ask_witness(witness.url, transport.post, log, own, key=witness.key, old=known)]
            )
        cosigned = _verified(note, key, witness)
        keep(note)
    except (WitnessAheadError, HeadForkedError):
        raise
    except NotInLogError as error:
        raise WitnessAheadError(f"{witness.name} has cosigned more entries than the log has: {error}") from error
    except (OSError, UnreachableError, NotServedError, LedgerError) as error:
        return Cosigned(witness.name, known, str(error))
    behind = f"it has cosigned {cosigned} of {size} entries" if cosigned < size else ""
    return Cosigned(witness.name, cosigned, behind)


def _newest(witness: WitnessAt, origin: str, transport: Transport) -> bytes | None:
    address = f"{witness.url}/{origin_hash(origin)}/checkpoint"
    answer = transport.get(address, limit=MAX_NOTE_BYTES)
    if answer.status == _NOT_FOUND:
        return None
    if answer.status != _OK:
        raise NotServedError(f"{address} answers {answer.status}", status=answer.status)
    return answer.body


def _verified(note: bytes, key: VerifierKey, witness: WitnessAt) -> int:
    """Return the size of the checkpoint `note`, signed by our key and cosigned by `witness`."""
    policy = Policy((key,), (Witness(witness.name, witness.key),), (), None)
    if not cosignatures(note, policy):
        raise LogDamagedError(f"what {witness.name} gives carries no cosignature by {witness.key.name}")
    return parse_checkpoint(note, key).size


def _trimmed(note: bytes, *keys: VerifierKey) -> bytes:
    """Return `note` with the lines of `keys` alone: what strangers added is nothing to archive for ever."""
    text, blank, lines = note.rpartition(b"\n\n")
    kept = [line for line in lines.splitlines(keepends=True) if any(_is_of(line, key) for key in keys)]
    return text + blank + b"".join(kept)


def _is_of(line: bytes, key: VerifierKey) -> bool:
    prefix = f"— {key.name} ".encode()
    try:
        return line.startswith(prefix) and base64.b64decode(line.removeprefix(prefix))[:4] == key.key_id
    except binascii.Error:
        return False
