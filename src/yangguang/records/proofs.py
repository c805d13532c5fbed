"""What a proof file says beyond the log's own proof, and how a file is verified offline against it.

A ``.tlog-proof`` (C2SP tlog-proof) proves that a leaf is in the log. Its ``extra`` carries the leaf itself and the salt
that opens one of its commitments, so: policy, then log signature, then path from leaf to root, then commitment to the
file.
"""

import hashlib

from yangguang.blobs.queries import commitment, national_commitment
from yangguang.kernel.errors import YangguangError
from yangguang.ledger.queries import parse_proof, verify_proof
from yangguang.ledger.types import Policy
from yangguang.records.errors import OtherFileError, ProofError
from yangguang.records.leaves import decode_event
from yangguang.records.openings import opened
from yangguang.records.types import Proven


def verify(content: bytes, proof: bytes, policy: Policy) -> Proven:
    """Return what `proof` shows of `content`, trusting nobody but the keys of `policy`.

    A commitment by SM3, where the entry makes one, must hold too.

    Raises:
        ProofError: the proof does not hold for these bytes; the message names the step that failed.
    """
    proven, salt = _prove(hashlib.sha256(content).digest(), proof, policy)
    national = proven.event.national.get(proven.label)
    if national is not None and national != national_commitment(proven.label, salt, content):
        raise ProofError(f"entry {proven.logged.index} commits to another file by SM3 than by SHA-256: do not trust it")
    return proven


def verify_digest(digest: bytes, proof: bytes, policy: Policy) -> Proven:
    """Return what `proof` shows of the file whose SHA-256 is `digest`; for files too large to hold. See `verify`.

    A digest by SHA-256 cannot be compared with a commitment by SM3.
    """
    return _prove(digest, proof, policy)[0]


def _prove(digest: bytes, proof: bytes, policy: Policy) -> tuple[Proven, bytes]:
    try:
        parsed = parse_proof(proof)
        leaf, openings = opened(parsed.extra)
        logged = verify_proof(parsed, leaf, policy)
        event = decode_event(leaf)
    except ProofError:
        raise
    except YangguangError as error:
        raise ProofError(f"the proof is not valid: {error}") from error
    for label, salt in openings.items():
        if event.commitments.get(label) == commitment(label, salt, digest):
            return Proven(label, event, logged), salt
    names = ", ".join(sorted(openings))
    raise OtherFileError(
        f"the file is not what entry {logged.index} commits to ({names} of record {event.id}): "
        "the file was changed, or the proof belongs to another one"
    )
