"""The room's reading door: encodings, plain text, document numbers, component labels. Pure functions all."""

from yangguang.records.bodies import decode_body, encode_body, plain_text
from yangguang.records.labels import BODY, MAX_ATTACHMENTS, META, RENDITIONS, attachment_label, is_label
from yangguang.records.leaves import MAX_LEAF_BYTES, decode_event, encode_event
from yangguang.records.metadata import MAX_TITLE_CHARACTERS, decode_metadata, encode_metadata
from yangguang.records.numbers import parse_document_number
from yangguang.records.openings import opened, proof_extra
from yangguang.records.proofs import verify, verify_digest

__all__ = [
    "BODY",
    "MAX_ATTACHMENTS",
    "MAX_LEAF_BYTES",
    "MAX_TITLE_CHARACTERS",
    "META",
    "RENDITIONS",
    "attachment_label",
    "decode_body",
    "decode_event",
    "decode_metadata",
    "encode_body",
    "encode_event",
    "encode_metadata",
    "is_label",
    "opened",
    "parse_document_number",
    "plain_text",
    "proof_extra",
    "verify",
    "verify_digest",
]
