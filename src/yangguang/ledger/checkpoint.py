"""Checkpoints: origin, size and root as three lines of a signed note (C2SP tlog-checkpoint)."""

import base64
import re
from collections.abc import Sequence

from yangguang.ledger.errors import BadSignatureError, HeadDisagreesError, MalformedNoteError
from yangguang.ledger.keys import verifier_key
from yangguang.ledger.notes import Note, decode_base64, parse_note, signature_line, verified_keys
from yangguang.ledger.tree import EMPTY_ROOT, HASH_BYTES, MAX_SIZE
from yangguang.ledger.types import Checkpoint, LineSigner, Signer, VerifierKey

_DECIMAL = re.compile(rb"0|[1-9][0-9]{0,18}")


def parse_decimal(text: bytes) -> int | None:
    """Return the integer up to 2**63 - 1 that `text` spells in ASCII digits without leading zeros, else None."""
    if _DECIMAL.fullmatch(text) is None or int(text) > MAX_SIZE:
        return None
    return int(text)


def checkpoint_text(checkpoint: Checkpoint) -> bytes:
    """Return the note text that says `checkpoint`."""
    return b"%s\n%d\n%s\n" % (checkpoint.origin.encode(), checkpoint.size, base64.b64encode(checkpoint.root))


def read_checkpoint(note: Note) -> Checkpoint:
    """Return the checkpoint in the text of `note`; extension lines are allowed and not read.

    Raises:
        MalformedNoteError: the text is not a checkpoint.
    """
    checkpoint = read_statement(note)
    if checkpoint.size == 0 and checkpoint.root != EMPTY_ROOT:
        raise MalformedNoteError("the checkpoint has size 0 and a root that is not the empty tree's")
    return checkpoint


def read_statement(note: Note) -> Checkpoint:
    """Return what `note` says in a checkpoint's form, be it impossible: a witness answers the two cases differently.

    Raises:
        MalformedNoteError: the text has not the form of a checkpoint.
    """
    lines = note.text[:-1].split(b"\n")
    if len(lines) < 3 or not all(lines):
        raise MalformedNoteError("a checkpoint has at least three lines, none of them empty: origin, size, root")
    size, root = parse_decimal(lines[1]), decode_base64(lines[2])
    if size is None:
        raise MalformedNoteError(
            f"the checkpoint's size is {lines[1][:40]!r}: ASCII digits without leading zeros expected"
        )
    if root is None or len(root) != HASH_BYTES:
        raise MalformedNoteError(f"the checkpoint's root is {lines[2][:60]!r}: base64 of {HASH_BYTES} bytes expected")
    return Checkpoint(lines[0].decode("utf-8"), size, root)


def parse_checkpoint(note: bytes, key: VerifierKey) -> Checkpoint:
    """Return the checkpoint that `key` signed.

    Raises:
        MalformedNoteError: `note` is not a checkpoint.
        BadSignatureError: `key` did not sign it, or is not the key of its origin.
    """
    parsed = parse_note(note)
    checkpoint = read_checkpoint(parsed)
    if checkpoint.origin != key.name:
        raise BadSignatureError(f"the checkpoint is of the log {checkpoint.origin}, the key of {key.name}")
    if not verified_keys(parsed, [key]):
        raise BadSignatureError(f"the checkpoint carries no signature by {key.name} ({key.key_id.hex()})")
    return checkpoint


def sign_checkpoint(checkpoint: Checkpoint, signer: Signer, also: Sequence[LineSigner] = ()) -> bytes:
    """Return `checkpoint` as a note signed by `signer`, and after it by each of `also`.

    Raises:
        HeadDisagreesError: the signer returned a signature that its public key does not verify.
    """
    text = checkpoint_text(checkpoint)
    note = text + b"\n" + signature_line(verifier_key(signer), signer.sign(text))
    note += b"".join(other.line(text) for other in also)
    try:
        # A device that signs wrongly must be noticed before anything is committed under its signature.
        parse_checkpoint(note, verifier_key(signer))
    except BadSignatureError as error:
        raise HeadDisagreesError(f"the signer of {signer.name} gave a signature that its own key refuses") from error
    return note
