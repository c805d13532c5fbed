"""A proof holds for one file under one policy, and for nothing else."""

from datetime import date
from pathlib import Path

import pytest

from yangguang.blobs.commands import put_all
from yangguang.kernel.identifiers import new_record_id
from yangguang.ledger.commands import create, generate_key, open_writer
from yangguang.ledger.queries import open_log, parse_policy, policy_for, verifier_key
from yangguang.ledger.types import Policy
from yangguang.records.errors import ProofError
from yangguang.records.queries import encode_event, proof_extra, verify
from yangguang.records.types import Event, EventType

UNIT = "11370112004189014X"
TEXT = "关于公开的通知".encode()


@pytest.fixture
def genuine(tmp_path: Path) -> tuple[bytes, Policy]:
    signer = generate_key(tmp_path / "log.key", name="county.example/xxgk")
    create(log=tmp_path / "log", head=tmp_path / "head.sqlite3", origin=signer.name, signer=signer)
    openings = put_all(tmp_path / "blobs", [("meta", b"{}"), ("body", b"{}"), ("txt", TEXT)])
    leaf = encode_event(
        Event(
            type=EventType.PUBLISH,
            claimed_at=1,
            id=new_record_id(),
            revision=1,
            unit=UNIT,
            formed_on=date(2026, 1, 1),
            commitments={opening.label: opening.commitment for opening in openings},
        )
    )
    with open_writer(log=tmp_path / "log", head=tmp_path / "head.sqlite3", signer=signer) as writer:
        writer.append([b"another entry", leaf])
    log = open_log(tmp_path / "log")
    proof = log.prove(1, extra=proof_extra(leaf, "txt", openings[2].salt))
    return proof, parse_policy(policy_for(verifier_key(signer)))


def test_a_genuine_file_is_proven(genuine: tuple[bytes, Policy]) -> None:
    proven = verify(TEXT, *genuine)
    assert (proven.label, proven.event.unit, proven.logged.index, proven.logged.size) == ("txt", UNIT, 1, 2)


@pytest.mark.parametrize("place", range(len(TEXT)))
def test_a_file_changed_in_one_byte_is_not(genuine: tuple[bytes, Policy], place: int) -> None:
    changed = bytearray(TEXT)
    changed[place] ^= 1
    with pytest.raises(ProofError, match="the file was changed"):
        verify(bytes(changed), *genuine)


def test_a_proof_changed_in_one_byte_never_holds(genuine: tuple[bytes, Policy]) -> None:
    proof, policy = genuine
    for place in range(len(proof)):
        changed = bytearray(proof)
        changed[place] ^= 1
        with pytest.raises(ProofError):
            verify(TEXT, bytes(changed), policy)


def test_a_proof_under_another_key_does_not_hold(genuine: tuple[bytes, Policy], tmp_path: Path) -> None:
    other = generate_key(tmp_path / "other.key", name="county.example/xxgk")
    with pytest.raises(ProofError):
        verify(TEXT, genuine[0], parse_policy(policy_for(verifier_key(other))))
