"""The witness protocol as bytes: the request that asks for a cosignature, and the log's side of the conversation.

From C2SP tlog-witness v1.0.0.
"""

import base64
from dataclasses import dataclass
from hashlib import sha256

from yangguang.ledger.checkpoint import parse_decimal, read_checkpoint
from yangguang.ledger.cosignatures import require_cosignature
from yangguang.ledger.errors import (
    BadSignatureError,
    HeadForkedError,
    MalformedError,
    MalformedNoteError,
    WitnessAheadError,
    WitnessRefusedError,
)
from yangguang.ledger.notes import MAX_NOTE_BYTES, Note, decode_base64, format_note, parse_note, parse_signature_lines
from yangguang.ledger.reader import Log
from yangguang.ledger.tree import HASH_BYTES, MAX_PATH
from yangguang.ledger.types import Post, VerifierKey

ADD_CHECKPOINT = "add-checkpoint"
"""Last part of the address that takes requests."""

MAX_REQUEST_BYTES = MAX_NOTE_BYTES + 64 * (MAX_PATH + 2)
"""Room for the largest note, 63 hashes in base64 and the size line."""

_ATTEMPTS = 3
"""Another request of ours may overtake this one, and then the size just learned is old again."""

_OK = 200
_CONFLICT = 409


@dataclass(frozen=True, slots=True)
class Request:
    """A parsed request: the size the log believes the witness knows, the path from there, the signed checkpoint."""

    old: int
    path: tuple[bytes, ...]
    note: bytes


def origin_hash(origin: str) -> str:
    """Return the 64 hexadecimal digits under which a witness or a mirror serves what it holds of the log `origin`."""
    return sha256(origin.encode()).hexdigest()


def format_request(request: Request) -> bytes:
    """Return `request` as the body of an HTTP POST."""
    lines = [b"old %d" % request.old, *map(base64.b64encode, request.path), b""]
    return b"".join(line + b"\n" for line in lines) + request.note


def parse_request(body: bytes) -> Request:
    """Return the parts of a request, its checkpoint not read.

    Raises:
        MalformedNoteError: `body` is not an add-checkpoint request.
    """
    if len(body) > MAX_REQUEST_BYTES:
        raise MalformedNoteError(f"a request of {len(body)} bytes: at most {MAX_REQUEST_BYTES} are read")
    head, blank, note = body.partition(b"\n\n")
    first, *lines = head.split(b"\n")
    old = parse_decimal(first.removeprefix(b"old ")) if first.startswith(b"old ") else None
    if not blank or old is None:
        raise MalformedNoteError("the request does not begin with `old <size>`, hashes and a blank line")
    if len(lines) > MAX_PATH:
        raise MalformedNoteError(f"{len(lines)} proof lines: at most {MAX_PATH} are read")
    path = tuple(decode_base64(line) or b"" for line in lines)
    if any(len(value) != HASH_BYTES for value in path):
        raise MalformedNoteError(f"a proof line is not base64 of a {HASH_BYTES}-byte hash")
    return Request(old, path, note)


def ask_witness(url: str, post: Post, log: Log, note: bytes, *, key: VerifierKey, old: int = 0) -> bytes:
    """Ask a witness to cosign and return its signature line, verified; other lines of its answer are dropped.

    Args:
        url: The witness's submission prefix.
        post: How to reach it.
        log: The log, which has at least as many entries as `note` says.
        note: The signed checkpoint.
        key: The witness's key, as it cosigns.
        old: Size of the last checkpoint it cosigned, as far as known; it tells, if that is wrong.

    Raises:
        OSError: no answer, as `post` says it.
        WitnessAheadError: it has cosigned more of this log than `note` covers.
        HeadForkedError: it has cosigned another tree of the same size.
        WitnessRefusedError: any other answer than a cosignature by `key`.
    """
    size = read_checkpoint(parse_note(note)).size
    old = min(old, size)
    for _ in range(_ATTEMPTS):
        path = log.consistency(old, size)
        status, body = post(f"{url.rstrip('/')}/{ADD_CHECKPOINT}", format_request(Request(old, path, note)))
        if status == _OK:
            return _own_line(note, body, key)
        if status != _CONFLICT:
            raise WitnessRefusedError(f"the witness {key.name} answered {status} {_said(body)}", status=status)
        known = parse_decimal(body.removesuffix(b"\n"))
        if known is None:
            raise WitnessRefusedError(f"the witness {key.name} answered 409 without a size: {_said(body)}", status=0)
        if known > size:
            raise WitnessAheadError(
                f"the witness {key.name} has cosigned {known} entries of {log.checkpoint().origin}, this checkpoint "
                f"has {size}: an older checkpoint was sent, or the log was restored from a backup"
            )
        if known == size == old:
            raise HeadForkedError(
                f"the witness {key.name} has cosigned another tree of {known} entries of {log.checkpoint().origin}"
            )
        old = known
    raise WitnessRefusedError(f"the witness {key.name} named another size {_ATTEMPTS} times", status=_CONFLICT)


def _own_line(note: bytes, body: bytes, key: VerifierKey) -> bytes:
    """Return the line by `key` in a witness's answer."""
    try:
        lines = [line for line in parse_signature_lines(body) if (line.name, line.key_id) == (key.name, key.key_id)]
        answer = format_note(Note(parse_note(note).text, tuple(lines[:1])))
        require_cosignature(answer, key)
    except (MalformedError, BadSignatureError) as error:
        raise WitnessRefusedError(
            f"the witness {key.name} sent no cosignature of its own: {error}", status=0
        ) from error
    return answer.rpartition(b"\n\n")[2]


def _said(body: bytes) -> str:
    """Return the beginning of an answer, fit for a message."""
    return repr(body[:120].decode("utf-8", "replace"))
