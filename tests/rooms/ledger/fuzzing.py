"""Every parser of the ledger that reads what strangers wrote, with samples and the promise it must keep for any bytes:
it refuses with `MalformedError` alone, and what it accepts it writes back as it was.

Run as ``fuzzing.py TARGET CORPUS [libFuzzer options]`` it fuzzes one of them with atheris, guided by coverage.
"""

import base64
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from importlib import import_module
from pathlib import Path
from types import FunctionType
from typing import TypeVar

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from yangguang.ledger.archive import archive_path, parse_archive_path
from yangguang.ledger.checkpoint import checkpoint_text, read_checkpoint, sign_checkpoint
from yangguang.ledger.cosignatures import cosign, cosignatures, cosigner_key, with_cosignatures
from yangguang.ledger.errors import BadSignatureError, MalformedError, NotProvenError
from yangguang.ledger.keys import (
    Ed25519Signer,
    format_private_key,
    format_verifier_key,
    parse_private_key,
    parse_verifier_key,
    verifier_key,
)
from yangguang.ledger.notes import decode_base64, format_line, format_note, parse_note, parse_signature_lines
from yangguang.ledger.policy import is_satisfied, parse_policy
from yangguang.ledger.proofs import format_proof, parse_proof, verify_proof
from yangguang.ledger.tiles import bundle_path, decode_bundle, encode_bundle, parse_path, tile_path
from yangguang.ledger.tree import leaf_hash
from yangguang.ledger.types import Checkpoint, TlogProof
from yangguang.ledger.witnessing import Request, format_request, parse_request

T = TypeVar("T")

LOG = Ed25519Signer("log.example/x", Ed25519PrivateKey.from_private_bytes(bytes(range(32))))
WITNESS = Ed25519Signer("witness.example/w", Ed25519PrivateKey.from_private_bytes(bytes(range(1, 33))))
ROOT = leaf_hash(b"an entry")
NOTE = sign_checkpoint(Checkpoint(LOG.name, 1, ROOT), LOG)
LINE = cosign(NOTE, WITNESS, now=1_785_542_400)
COSIGNED = with_cosignatures(NOTE, [LINE])
POLICY = (
    f"# 策略 policy\nlog {format_verifier_key(verifier_key(LOG))} https://log.example/\n"
    f"witness w {format_verifier_key(cosigner_key(WITNESS))}\ngroup g any w\n\nquorum g\n"
)
TRUSTED = parse_policy(POLICY)
PROOF = format_proof(TlogProof(b"{}", 0, (), COSIGNED))


@dataclass(frozen=True)
class Target:
    """Something that reads foreign bytes: samples of what it accepts, and what it must do with any."""

    samples: tuple[bytes, ...]
    check: Callable[[bytes], None]


def _writes_back(parse: Callable[[bytes], T], write: Callable[[T], bytes], *samples: bytes) -> Target:
    """Return the target for a format in which every value has one spelling."""

    def check(raw: bytes) -> None:
        try:
            value = parse(raw)
        except MalformedError:
            return
        assert write(value) == raw, f"two spellings of one thing: {raw!r}"

    return Target(samples, check)


def _any_text(parse: Callable[[str], T]) -> Callable[[bytes], T]:
    """Return `parse` for a file of unknown encoding."""
    return lambda raw: parse(raw.decode("utf-8", "surrogateescape"))


def _as_bytes(write: Callable[[T], str]) -> Callable[[T], bytes]:
    return lambda value: write(value).encode("utf-8", "surrogateescape")


def _read_path(raw: bytes) -> str:
    name = parse_path(raw.decode("latin-1"))
    return bundle_path(name.index, name.width) if name.level is None else tile_path(name.level, name.index, name.width)


def _read_bundle(raw: bytes) -> list[bytes]:
    """Read as many entries as the first byte says, from the rest."""
    return [] if not raw else [raw[:1], *decode_bundle(raw[1:], raw[0])]


def _check_checkpoint(raw: bytes) -> None:
    try:
        checkpoint = read_checkpoint(parse_note(raw))
    except MalformedError:
        return
    assert raw.startswith(checkpoint_text(checkpoint)), f"two spellings of one checkpoint: {raw!r}"


def _check_policy(raw: bytes) -> None:
    try:
        policy = parse_policy(raw.decode("utf-8", "surrogateescape"))
    except MalformedError:
        return
    assert is_satisfied(policy, [witness.name for witness in policy.witnesses])
    assert policy.quorum is None or not is_satisfied(policy, [])


def _check_proof(raw: bytes) -> None:
    try:
        proof = parse_proof(raw)
        verify_proof(proof, b"an entry", TRUSTED)
    except (MalformedError, NotProvenError):
        return
    assert read_checkpoint(parse_note(proof.checkpoint_note)).root == ROOT, "proven under a root that nobody signed"


def _check_cosignatures(raw: bytes) -> None:
    try:
        found = cosignatures(raw, TRUSTED)
    except (MalformedError, BadSignatureError):
        return
    assert not found or read_checkpoint(parse_note(raw)).root == ROOT, "a cosignature that nobody gave"


def _check_base64(raw: bytes) -> None:
    value = decode_base64(raw)
    assert value is None or base64.b64encode(value) == raw


TARGETS = {
    "note": _writes_back(parse_note, format_note, NOTE, COSIGNED),
    "signature lines": _writes_back(
        parse_signature_lines, lambda lines: b"".join(map(format_line, lines)), LINE, LINE + NOTE.rpartition(b"\n\n")[2]
    ),
    "checkpoint": Target((NOTE, COSIGNED), _check_checkpoint),
    "cosigned checkpoint": Target((NOTE, COSIGNED), _check_cosignatures),
    "proof": _writes_back(parse_proof, format_proof, PROOF, format_proof(TlogProof(None, 7, (ROOT, ROOT), NOTE))),
    "proven": Target((PROOF,), _check_proof),
    "policy": Target((POLICY.encode(),), _check_policy),
    "verifier key": _writes_back(
        _any_text(parse_verifier_key),
        _as_bytes(format_verifier_key),
        format_verifier_key(verifier_key(LOG)).encode(),
        format_verifier_key(cosigner_key(WITNESS)).encode(),
    ),
    "private key": _writes_back(
        _any_text(parse_private_key), _as_bytes(format_private_key), format_private_key(LOG).encode()
    ),
    "tile path": _writes_back(
        _read_path, str.encode, b"tile/0/000", b"tile/entries/x001/x234/067.p/255", b"tile/7/000.p/1"
    ),
    "archive path": _writes_back(
        lambda raw: parse_archive_path(raw.decode("latin-1")),
        lambda size: archive_path(size).encode(),
        b"archive/000/000/000/001",
        b"archive/9223372036/854/775/807",
    ),
    "bundle": _writes_back(
        _read_bundle,
        lambda entries: b"".join(entries[:1]) + encode_bundle(entries[1:]),
        bytes([3]) + encode_bundle([b"one", b"", b"three"]),
    ),
    "witness request": _writes_back(
        parse_request, format_request, format_request(Request(0, (), NOTE)), format_request(Request(5, (ROOT,), NOTE))
    ),
    "base64": Target((b"", b"aGk=", base64.b64encode(ROOT)), _check_base64),
}


def _functions() -> Iterator[FunctionType]:
    """Yield the ledger's own functions: measuring the coverage of all else takes longer than the fuzzing."""
    modules = [module for name, module in sys.modules.items() if name.startswith("yangguang.ledger.")]
    for module in modules:
        for value in vars(module).values():
            for function in vars(value).values() if isinstance(value, type) else (value,):
                if isinstance(function, FunctionType) and function.__module__ == module.__name__:
                    yield function


def main() -> None:
    """Fuzz one target until libFuzzer's options say enough; whatever is raised ends it with an error."""
    name, corpus, *options = sys.argv[1:]
    target = TARGETS[name]
    for number, sample in enumerate(target.samples):
        (Path(corpus) / f"sample{number}").write_bytes(sample)
    atheris = import_module("atheris")
    for function in _functions():
        atheris.instrument_func(function)
    atheris.Setup([sys.argv[0], corpus, *options], target.check)
    atheris.Fuzz()


if __name__ == "__main__":
    main()
