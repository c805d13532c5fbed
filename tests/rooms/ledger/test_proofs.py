import base64
from collections.abc import Callable
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.rooms.ledger.oracle import Oracle
from tests.rooms.ledger.places import Place, numbered
from yangguang.ledger.checkpoint import sign_checkpoint
from yangguang.ledger.errors import (
    BadPathError,
    BadSignatureError,
    LedgerError,
    MalformedProofError,
    NotInLogError,
    QuorumMissedError,
)
from yangguang.ledger.keys import Ed25519Signer, new_signer
from yangguang.ledger.notes import cosigned_message, parse_note, signature_line
from yangguang.ledger.proofs import MAX_EXTRA_BYTES, MAX_PROOF_BYTES
from yangguang.ledger.queries import (
    format_proof,
    format_verifier_key,
    parse_policy,
    parse_proof,
    policy_for,
    verifier_key,
    verify_proof,
)
from yangguang.ledger.types import Checkpoint, SignatureType, TlogProof, Verified, VerifierKey

ORIGIN = "yangguang.example/log"
SIGNER = new_signer(ORIGIN)
LEAVES = numbered(0, 1000)
ORACLE = Oracle(LEAVES)
NOTE = sign_checkpoint(Checkpoint(ORIGIN, 1000, ORACLE.root(1000)), SIGNER)
PROOF = TlogProof(b"extra", 300, ORACLE.inclusion(300, 1000), NOTE)
RAW = format_proof(PROOF)
POLICY = parse_policy(policy_for(verifier_key(SIGNER)))
HASHES = st.binary(min_size=32, max_size=32)


def witness_key(signer: Ed25519Signer) -> VerifierKey:
    return VerifierKey(signer.name, SignatureType.COSIGNATURE, signer.public_key)


def cosign(note: bytes, signer: Ed25519Signer, seconds: int = 1_785_542_400) -> bytes:
    signature = signer.sign(cosigned_message(parse_note(note).text, seconds))
    return note + signature_line(witness_key(signer), seconds.to_bytes(8, "big") + signature)


def test_a_proof_proves_its_entry() -> None:
    assert verify_proof(parse_proof(RAW), LEAVES[300], POLICY) == Verified(300, 1000, ORIGIN, ())


@given(st.none() | st.binary(max_size=100), st.integers(0, 2**63 - 1), st.lists(HASHES, max_size=63))
def test_a_proof_is_read_back(extra: bytes | None, index: int, path: list[bytes]) -> None:
    proof = TlogProof(extra, index, tuple(path), NOTE)
    assert parse_proof(format_proof(proof)) == proof


@given(st.integers(0, len(RAW) - 1), st.integers(1, 255))
def test_no_byte_of_a_proof_can_change_unnoticed(position: int, change: int) -> None:
    raw = bytearray(RAW)
    raw[position] ^= change
    try:
        proof = parse_proof(bytes(raw))
        verify_proof(proof, LEAVES[300], POLICY)
    except LedgerError:
        return
    # The extra bytes are carried, not authenticated: they alone may differ.
    assert proof.extra != PROOF.extra
    assert (proof.index, proof.path, proof.checkpoint_note) == (PROOF.index, PROOF.path, PROOF.checkpoint_note)


HASH = base64.b64encode(bytes(32))


@pytest.mark.parametrize(
    "raw",
    [
        b"",
        b"c2sp.org/tlog-proof@v1",
        b"c2sp.org/tlog-proof@v1\n\n" + NOTE,
        b"c2sp.org/tlog-proof@v2\nindex 1\n\n" + NOTE,
        b" c2sp.org/tlog-proof@v1\nindex 1\n\n" + NOTE,
        b"c2sp.org/tlog-proof@v1\r\nindex 1\n\n" + NOTE,
        b"\xef\xbb\xbfc2sp.org/tlog-proof@v1\nindex 1\n\n" + NOTE,
        b"c2sp.org/tlog-proof@v1\n\nindex 1\n\n" + NOTE,
        b"c2sp.org/tlog-proof@v1\nindex 1\n" + NOTE.split(b"\n\n")[0],
        b"c2sp.org/tlog-proof@v1\nindex 01\n\n" + NOTE,
        b"c2sp.org/tlog-proof@v1\nindex -1\n\n" + NOTE,
        b"c2sp.org/tlog-proof@v1\nindex  1\n\n" + NOTE,
        b"c2sp.org/tlog-proof@v1\nindex 1 \n\n" + NOTE,
        b"c2sp.org/tlog-proof@v1\nindex 1_0\n\n" + NOTE,
        b"c2sp.org/tlog-proof@v1\nindex \xef\xbc\x91\n\n" + NOTE,
        b"c2sp.org/tlog-proof@v1\nindex 9223372036854775808\n\n" + NOTE,
        b"c2sp.org/tlog-proof@v1\nindex\n\n" + NOTE,
        b"c2sp.org/tlog-proof@v1\nIndex 1\n\n" + NOTE,
        b"c2sp.org/tlog-proof@v1\nindex 1\nextra eA==\n\n" + NOTE,
        b"c2sp.org/tlog-proof@v1\nextra eA==\nextra eA==\nindex 1\n\n" + NOTE,
        b"c2sp.org/tlog-proof@v1\nextra eA\nindex 1\n\n" + NOTE,
        b"c2sp.org/tlog-proof@v1\nextra eB==\nindex 1\n\n" + NOTE,
        b"c2sp.org/tlog-proof@v1\nextra  eA==\nindex 1\n\n" + NOTE,
        b"c2sp.org/tlog-proof@v1\nextra\nindex 1\n\n" + NOTE,
        b"c2sp.org/tlog-proof@v1\nindex 1\n" + HASH[:-1] + b"\n\n" + NOTE,
        b"c2sp.org/tlog-proof@v1\nindex 1\n" + HASH[:-2] + b"B=\n\n" + NOTE,
        b"c2sp.org/tlog-proof@v1\nindex 1\n" + HASH + b" \n\n" + NOTE,
        b"c2sp.org/tlog-proof@v1\nindex 1\n" + HASH + b"\r\n\n" + NOTE,
        b"c2sp.org/tlog-proof@v1\nindex 1\nAAAA\n\n" + NOTE,
        b"c2sp.org/tlog-proof@v1\nindex 1\n" + (HASH + b"\n") * 64 + b"\n" + NOTE,
        b"c2sp.org/tlog-proof@v1\nextra " + base64.b64encode(bytes(MAX_EXTRA_BYTES + 1)) + b"\nindex 1\n\n" + NOTE,
        b"c2sp.org/tlog-proof@v1\nindex 1\n\n" + b"x" * MAX_PROOF_BYTES,
    ],
)
def test_a_malformed_proof_is_refused(raw: bytes) -> None:
    with pytest.raises(MalformedProofError):
        parse_proof(raw)


@pytest.mark.parametrize("note", [b"", b"junk", NOTE[:-1], NOTE + b"\n", b"a\nb\nc\n\n" + NOTE.split(b"\n\n")[1]])
def test_a_malformed_checkpoint_in_a_proof_is_refused(note: bytes) -> None:
    with pytest.raises(MalformedProofError, match="checkpoint"):
        verify_proof(TlogProof(None, 300, PROOF.path, note), LEAVES[300], POLICY)


@pytest.mark.parametrize(
    "change",
    [
        lambda proof: TlogProof(None, 301, proof.path, NOTE),
        lambda proof: TlogProof(None, 1000, proof.path, NOTE),
        lambda proof: TlogProof(None, 300, proof.path[:-1], NOTE),
        lambda proof: TlogProof(None, 300, (*proof.path, bytes(32)), NOTE),
        lambda proof: replace(proof, path=()),
    ],
)
def test_a_proof_of_another_place_is_refused(change: Callable[[TlogProof], TlogProof]) -> None:
    with pytest.raises(BadPathError):
        verify_proof(change(PROOF), LEAVES[300], POLICY)


def test_a_proof_does_not_prove_another_entry() -> None:
    with pytest.raises(BadPathError):
        verify_proof(PROOF, LEAVES[300] + b" ", POLICY)


def test_a_log_that_the_policy_does_not_list_is_not_believed() -> None:
    other = parse_policy(policy_for(verifier_key(new_signer(ORIGIN))))
    with pytest.raises(BadSignatureError):
        verify_proof(PROOF, LEAVES[300], other)


def test_a_listed_log_cannot_speak_for_another_origin() -> None:
    text = NOTE.replace(ORIGIN.encode(), b"another.example/log", 1).split(b"\n\n")[0] + b"\n"
    forged = text + b"\n" + signature_line(verifier_key(SIGNER), SIGNER.sign(text))
    with pytest.raises(BadSignatureError):
        verify_proof(TlogProof(None, 300, PROOF.path, forged), LEAVES[300], POLICY)


def test_a_quorum_of_witnesses_is_counted_by_their_cosignatures() -> None:
    city, province, archive = (new_signer(f"{name}.example/w") for name in ("city", "province", "archive"))
    lines = [f"log {format_verifier_key(verifier_key(SIGNER))}"]
    lines += [f"witness {one.name} {format_verifier_key(witness_key(one))}" for one in (city, province, archive)]
    lines += [f"group up any {city.name} {province.name}", f"group both all up {archive.name}", "quorum both", ""]
    policy = parse_policy("\n".join(lines))
    for note, names in ((cosign(NOTE, city), "city"), (cosign(NOTE, archive), "archive"), (NOTE, "no witness")):
        with pytest.raises(QuorumMissedError, match=names):
            verify_proof(TlogProof(None, 300, PROOF.path, note), LEAVES[300], policy)
    enough = TlogProof(None, 300, PROOF.path, cosign(cosign(NOTE, province), archive))
    assert verify_proof(enough, LEAVES[300], policy).witnesses == (province.name, archive.name)


@pytest.mark.parametrize("seconds", [2**63, 2**64 - 1])
def test_a_cosignature_dated_beyond_63_bits_is_refused(seconds: int) -> None:
    city = new_signer("city.example/w")
    text = f"witness w {format_verifier_key(witness_key(city))}\nquorum w\n"
    policy = parse_policy(f"log {format_verifier_key(verifier_key(SIGNER))}\n{text}")
    with pytest.raises(BadSignatureError):
        verify_proof(TlogProof(None, 300, PROOF.path, cosign(NOTE, city, seconds)), LEAVES[300], policy)


def test_a_witness_cannot_sign_as_a_log_nor_a_log_as_its_witness() -> None:
    city = new_signer("city.example/w")
    text = parse_note(NOTE).text
    plain = NOTE + signature_line(witness_key(city), city.sign(text))
    policy = parse_policy(
        f"log {format_verifier_key(verifier_key(SIGNER))}\n"
        f"witness w {format_verifier_key(witness_key(city))}\nquorum w\n"
    )
    with pytest.raises(BadSignatureError):
        verify_proof(TlogProof(None, 300, PROOF.path, plain), LEAVES[300], policy)


def test_the_log_proves_every_entry_it_is_asked_for(grown: Place) -> None:
    log = grown.reader()
    policy = parse_policy(policy_for(verifier_key(grown.signer)))
    for index in (0, 255, 256, 65_535, 65_536, 65_999):
        raw = log.prove(index, extra=b"x")
        verified = verify_proof(parse_proof(raw), log.entry(index).data, policy)
        assert (verified.index, verified.size) == (index, 66_000)
        assert len(raw) < 2_048


@pytest.mark.parametrize("index", [-1, 66_000, 10**9])
def test_there_is_no_proof_of_an_entry_outside_the_log(grown: Place, index: int) -> None:
    with pytest.raises(NotInLogError):
        grown.reader().prove(index)


def test_a_proof_carries_at_most_64_kib_of_extra_bytes() -> None:
    with pytest.raises(MalformedProofError):
        format_proof(TlogProof(bytes(MAX_EXTRA_BYTES + 1), 0, (), NOTE))
    assert parse_proof(format_proof(TlogProof(bytes(MAX_EXTRA_BYTES), 0, (), NOTE))).extra == bytes(MAX_EXTRA_BYTES)
