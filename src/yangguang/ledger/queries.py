"""What can be asked of a log, or of evidence that a log once gave."""

from yangguang.kernel.sm3 import sm3
from yangguang.ledger.archive import archive_path, parse_archive_path
from yangguang.ledger.brackets import bracket
from yangguang.ledger.checkpoint import parse_checkpoint
from yangguang.ledger.cosignatures import CONTENT_MIRROR, cosignatures, cosigner_key
from yangguang.ledger.fsck import fsck
from yangguang.ledger.keys import format_verifier_key, parse_verifier_key, verifier_key
from yangguang.ledger.policy import parse_policy, policy_for
from yangguang.ledger.proofs import format_proof, parse_proof, verify_proof
from yangguang.ledger.reader import Log, open_log
from yangguang.ledger.remote import open_remote
from yangguang.ledger.sm2 import format_sm2_key, is_signed_by_sm2, parse_sm2_key, verify_sm2
from yangguang.ledger.tiles import (
    MAX_BUNDLE_BYTES,
    MAX_ENTRY_BYTES,
    TILE_WIDTH,
    bundle_path,
    decode_bundle,
    parse_path,
    width_at,
)
from yangguang.ledger.tree import leaf_hash, root, verify_consistency, verify_inclusion
from yangguang.ledger.witnessing import ADD_CHECKPOINT, MAX_REQUEST_BYTES, origin_hash

__all__ = [
    "ADD_CHECKPOINT",
    "CONTENT_MIRROR",
    "MAX_BUNDLE_BYTES",
    "MAX_ENTRY_BYTES",
    "MAX_REQUEST_BYTES",
    "TILE_WIDTH",
    "Log",
    "archive_path",
    "bracket",
    "bundle_path",
    "cosignatures",
    "cosigner_key",
    "decode_bundle",
    "format_proof",
    "format_sm2_key",
    "format_verifier_key",
    "fsck",
    "is_signed_by_sm2",
    "leaf_hash",
    "open_log",
    "open_remote",
    "origin_hash",
    "parse_archive_path",
    "parse_checkpoint",
    "parse_path",
    "parse_policy",
    "parse_proof",
    "parse_sm2_key",
    "parse_verifier_key",
    "policy_for",
    "root",
    "sm3",
    "verifier_key",
    "verify_consistency",
    "verify_inclusion",
    "verify_proof",
    "verify_sm2",
    "width_at",
]
