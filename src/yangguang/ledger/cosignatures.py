"""Cosignatures: what a witness adds to a checkpoint, and by when enough of them had (C2SP tlog-cosignature, Ed25519).

A cosignature says: at this time, the largest tree of this log that I had seen was the one in this checkpoint.
"""

from collections.abc import Iterable, Sequence
from itertools import groupby

from yangguang.ledger.checkpoint import read_checkpoint
from yangguang.ledger.errors import BadSignatureError, MalformedNoteError
from yangguang.ledger.notes import (
    ED25519_SIGNATURE_BYTES,
    TIMESTAMP_BYTES,
    Note,
    SignatureLine,
    cosigned_message,
    format_note,
    parse_note,
    parse_signature_lines,
    signature_line,
    verified_keys,
)
from yangguang.ledger.policy import is_satisfied
from yangguang.ledger.types import Cosignature, Policy, SignatureType, Signer, VerifierKey

CONTENT_MIRROR = "/content-mirror"
"""End of the name of a key whose cosignature says also: I hold all entries, and all contents not erased, up to here."""

_COSIGNATURE_BYTES = TIMESTAMP_BYTES + ED25519_SIGNATURE_BYTES


def cosigner_key(signer: Signer) -> VerifierKey:
    """Return the key that verifies what `signer` cosigns."""
    return VerifierKey(signer.name, SignatureType.COSIGNATURE, signer.public_key)


def cosign(note: bytes, signer: Signer, *, now: int) -> bytes:
    """Return the signature line by which `signer` cosigns the checkpoint `note`.

    The caller answers for what it says: that the checkpoint was verified, and extends every one cosigned before.

    Args:
        note: A signed checkpoint; only its text is cosigned.
        signer: The witness's key, used for nothing else.
        now: Seconds since 1970.

    Raises:
        MalformedNoteError: `note` is not a checkpoint.
        BadSignatureError: the signer returned a signature that its public key does not verify.
    """
    parsed = parse_note(note)
    read_checkpoint(parsed)
    key = cosigner_key(signer)
    signature = now.to_bytes(TIMESTAMP_BYTES, "big") + signer.sign(cosigned_message(parsed.text, now))
    verified_keys(Note(parsed.text, (SignatureLine(key.name, key.key_id, signature),)), [key])
    return signature_line(key, signature)


def with_cosignatures(note: bytes, lines: Sequence[bytes]) -> bytes:
    """Return `note` with the signature `lines` after its own, those it carries already left out.

    Raises:
        MalformedNoteError: one of `lines` is not a signature line, or they are too many for a note.
    """
    parsed = parse_note(note)
    added = (line for raw in lines for line in parse_signature_lines(raw))
    return format_note(Note(parsed.text, tuple(dict.fromkeys((*parsed.signatures, *added)))))


def cosignatures(note: bytes, policy: Policy) -> tuple[Cosignature, ...]:
    """Return the cosignatures on `note` by witnesses of `policy`, all verified, the oldest first.

    Raises:
        MalformedNoteError: `note` is not a signed note.
        BadSignatureError: a line names a witness of the policy and does not verify.
    """
    parsed = parse_note(note)
    found = []
    for witness in policy.witnesses:
        verified_keys(parsed, [witness.key])
        found += [
            Cosignature(witness.name, line.key_id, _timestamp(line))
            for line in parsed.signatures
            if line.name == witness.key.name and line.key_id == witness.key.key_id
        ]
    return tuple(sorted(found, key=lambda cosignature: (cosignature.timestamp, cosignature.name)))


def is_signed_by_log(note: bytes, policy: Policy) -> bool:
    """Say whether a log that `policy` trusts signed the checkpoint `note`.

    Raises:
        MalformedNoteError: `note` is not a checkpoint.
        BadSignatureError: a line names the log's key and does not verify.
    """
    parsed = parse_note(note)
    origin = read_checkpoint(parsed).origin
    return bool(verified_keys(parsed, [key for key in policy.logs if key.name == origin]))


def seen_by(policy: Policy, marks: Iterable[Cosignature]) -> int | None:
    """Return the earliest time by which a quorum of `policy` had made one of `marks`; None if it never had.

    One witness alone, its clock wrong or its key stolen, cannot move it where the policy asks for more.
    """
    return _quorum_time(policy, sorted(marks, key=lambda mark: mark.timestamp))


def still_seen_by(policy: Policy, marks: Iterable[Cosignature]) -> int | None:
    """Return the latest time at which, or after which, a quorum of `policy` made `marks`; None if none did."""
    return _quorum_time(policy, sorted(marks, key=lambda mark: -mark.timestamp))


def earliest_only(note: bytes, policy: Policy) -> bytes:
    """Return `note` with the oldest line of each witness of `policy`, and every line of others."""
    keys = {(witness.key.name, witness.key.key_id) for witness in policy.witnesses}
    parsed = parse_note(note)
    kept: list[SignatureLine] = []
    for key, lines in _by_key(parsed.signatures):
        kept += [min(lines, key=_timestamp)] if key in keys else lines
    return format_note(Note(parsed.text, tuple(kept)))


def merged(older: bytes, newer: bytes) -> bytes:
    """Return one note with the lines of two of the same text: of each cosigner its earliest and its latest line.

    Both matter: the earliest tells since when the last entry is there, the latest until when the next was not.

    Raises:
        MalformedNoteError: one is not a note, or their texts differ.
    """
    one, other = parse_note(older), parse_note(newer)
    if one.text != other.text:
        raise MalformedNoteError("two checkpoints that say different things cannot share their signatures")
    kept: list[SignatureLine] = []
    for _, lines in _by_key((*one.signatures, *other.signatures)):
        timed = sorted((line for line in lines if _is_timed(line)), key=_timestamp)
        kept += [line for line in lines if not _is_timed(line)][:1]
        kept += dict.fromkeys(timed[:1] + timed[-1:])
    return format_note(Note(one.text, tuple(kept)))


def latest_only(note: bytes) -> bytes:
    """Return `note` with the latest line of each cosigner only."""
    parsed = parse_note(note)
    kept: list[SignatureLine] = []
    for _, lines in _by_key(parsed.signatures):
        timed = [line for line in lines if _is_timed(line)]
        kept += [max(timed, key=_timestamp)] if timed else lines
    return format_note(Note(parsed.text, tuple(kept)))


def require_cosignature(note: bytes, key: VerifierKey) -> None:
    """Check that `note` carries a cosignature by `key`.

    Raises:
        MalformedNoteError: `note` is not a signed note.
        BadSignatureError: it carries none, or one that does not verify.
    """
    if not verified_keys(parse_note(note), [key]):
        raise BadSignatureError(f"the note carries no cosignature by {key.name} ({key.key_id.hex()})")


def _quorum_time(policy: Policy, marks: Sequence[Cosignature]) -> int | None:
    names = []
    for mark in marks:
        names.append(mark.name)
        if is_satisfied(policy, names):
            return mark.timestamp
    return None


def _by_key(lines: Iterable[SignatureLine]) -> list[tuple[tuple[str, bytes], list[SignatureLine]]]:
    """Return `lines` by key, the keys in the order of their first line."""
    distinct = tuple(dict.fromkeys(lines))
    order = {key: place for place, key in reversed(list(enumerate(map(_key, distinct))))}
    arranged = sorted(distinct, key=lambda line: order[_key(line)])
    return [(key, list(some)) for key, some in groupby(arranged, key=_key)]


def _key(line: SignatureLine) -> tuple[str, bytes]:
    return line.name, line.key_id


def _is_timed(line: SignatureLine) -> bool:
    return len(line.signature) == _COSIGNATURE_BYTES


def _timestamp(line: SignatureLine) -> int:
    return int.from_bytes(line.signature[:TIMESTAMP_BYTES], "big")
