"""Proof files: an entry's index, its path and the signed checkpoint, verifiable offline (C2SP tlog-proof)."""

import base64

from yangguang.ledger.checkpoint import parse_decimal, read_checkpoint
from yangguang.ledger.errors import BadSignatureError, MalformedNoteError, MalformedProofError, QuorumMissedError
from yangguang.ledger.notes import MAX_NOTE_BYTES, decode_base64, parse_note, verified_keys
from yangguang.ledger.policy import is_satisfied
from yangguang.ledger.tree import HASH_BYTES, MAX_PATH, leaf_hash, verify_inclusion
from yangguang.ledger.types import Policy, TlogProof, Verified

HEADER = b"c2sp.org/tlog-proof@v1"
MAX_EXTRA_BYTES = 65_536
MAX_PROOF_BYTES = 2 * MAX_EXTRA_BYTES + MAX_NOTE_BYTES
"""Room for the extra bytes in base64, 63 hashes and the largest note."""


def format_proof(proof: TlogProof) -> bytes:
    """Return `proof` as a file.

    Raises:
        MalformedProofError: more than 65,536 extra bytes, which no reader of ours would accept.
    """
    lines = [HEADER]
    if proof.extra is not None:
        if len(proof.extra) > MAX_EXTRA_BYTES:
            raise MalformedProofError(f"{len(proof.extra)} extra bytes: at most {MAX_EXTRA_BYTES} fit a proof")
        lines.append(b"extra " + base64.b64encode(proof.extra))
    lines.append(b"index %d" % proof.index)
    lines += map(base64.b64encode, proof.path)
    return b"\n".join([*lines, b"", proof.checkpoint_note])


def parse_proof(raw: bytes) -> TlogProof:
    """Return the parts of a proof file, verifying nothing.

    Raises:
        MalformedProofError: `raw` is not a proof file; its checkpoint is checked by `verify_proof`.
    """
    if len(raw) > MAX_PROOF_BYTES:
        raise MalformedProofError(f"a proof of {len(raw)} bytes: at most {MAX_PROOF_BYTES} are read")
    head, blank, note = raw.partition(b"\n\n")
    lines = head.split(b"\n")
    if not blank or lines.pop(0) != HEADER:
        raise MalformedProofError(f"not a proof: it begins with {raw[:40]!r}, {HEADER.decode()!r} expected")
    extra = None
    if lines and lines[0].startswith(b"extra "):
        extra = decode_base64(lines.pop(0).removeprefix(b"extra "))
        if extra is None or len(extra) > MAX_EXTRA_BYTES:
            raise MalformedProofError(f"the proof's extra is not base64 of at most {MAX_EXTRA_BYTES} bytes")
    if not lines or not lines[0].startswith(b"index "):
        raise MalformedProofError("the proof has no index line where one belongs: after the header or the extra line")
    index = parse_decimal(lines.pop(0).removeprefix(b"index "))
    if index is None:
        raise MalformedProofError("the proof's index is not ASCII digits without leading zeros")
    return TlogProof(extra, index, _parse_path(lines), note)


def verify_proof(proof: TlogProof, leaf: bytes, policy: Policy) -> Verified:
    """Check that the entry `leaf` is in a log that `policy` trusts.

    Args:
        proof: As `parse_proof` gives it.
        leaf: The entry's bytes as stored in the log.
        policy: Whose signatures count.

    Raises:
        MalformedProofError: the checkpoint in the proof is not one.
        BadSignatureError: no log of the policy signed the checkpoint, or a trusted key's signature does not verify.
        QuorumMissedError: too few witnesses of the policy cosigned it.
        BadPathError: the entry is not at that index of that tree.
    """
    try:
        note = parse_note(proof.checkpoint_note)
        checkpoint = read_checkpoint(note)
    except MalformedNoteError as error:
        raise MalformedProofError(f"the checkpoint in the proof is malformed: {error}") from error
    logs = [key for key in policy.logs if key.name == checkpoint.origin]
    if not verified_keys(note, logs):
        raise BadSignatureError(f"the policy trusts no key that signed for the log {checkpoint.origin}")
    signed = verified_keys(note, [witness.key for witness in policy.witnesses])
    witnesses = tuple(witness.name for witness in policy.witnesses if witness.key in signed)
    if not is_satisfied(policy, witnesses):
        raise QuorumMissedError(
            f"cosigned by {', '.join(witnesses) or 'no witness'}: the policy asks for the quorum {policy.quorum}"
        )
    verify_inclusion(
        index=proof.index, size=checkpoint.size, leaf_hash=leaf_hash(leaf), path=proof.path, root=checkpoint.root
    )
    return Verified(proof.index, checkpoint.size, checkpoint.origin, witnesses)


def _parse_path(lines: list[bytes]) -> tuple[bytes, ...]:
    if len(lines) > MAX_PATH:
        raise MalformedProofError(f"the proof's path has {len(lines)} hashes: no tree needs more than {MAX_PATH}")
    path = []
    for line in lines:
        value = decode_base64(line)
        if value is None or len(value) != HASH_BYTES:
            raise MalformedProofError(f"{line[:60]!r} is not base64 of a {HASH_BYTES}-byte hash")
        path.append(value)
    return tuple(path)
