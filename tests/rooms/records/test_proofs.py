"""A proof holds for one file under one policy, and for nothing else."""

from datetime import date
from pathlib import Path

import pytest

from yangguang.blobs.commands import put_all
from yangguang.blobs.queries import national_commitment
from yangguang.kernel.identifiers import new_record_id
from yangguang.ledger.commands import create, generate_key, open_writer
from yangguang.ledger.queries import open_log, parse_policy, policy_for, verifier_key
from yangguang.ledger.types import Policy
from yangguang.records.errors import ProofError
from yangguang.records.queries import encode_event, proof_extra, verify
from yangguang.records.types import Event, EventType

UNIT = "11370112004189014X"
TEXT = "关于公开的通知".encode()


def proven(tmp_path: Path, national: bytes | None = None) -> tuple[bytes, Policy]:
    """Return the proof of `TEXT` and whom to trust; `national` is what the entry says of it by SM3, if anything."""
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
            national={
                opening.label: national_commitment("txt", opening.salt, TEXT) if national == b"" else national
                for opening in openings
                if national is not None
            },
        )
    )
    with open_writer(log=tmp_path / "log", head=tmp_path / "head.sqlite3", signer=signer) as writer:
        writer.append([b"another entry", leaf])
    log = open_log(tmp_path / "log")
    proof = log.prove(1, extra=proof_extra(leaf, "txt", openings[2].salt))
    return proof, parse_policy(policy_for(verifier_key(signer)))


@pytest.fixture
def genuine(tmp_path: Path) -> tuple[bytes, Policy]:
    return proven(tmp_path)


def test_a_commitment_by_sm3_must_hold_as_well(tmp_path: Path) -> None:
    (tmp_path / "true").mkdir()
    (tmp_path / "false").mkdir()
    assert verify(TEXT, *proven(tmp_path / "true", b"")).event.national
    with pytest.raises(ProofError, match="SM3"):
        verify(TEXT, *proven(tmp_path / "false", bytes(32)))


def test_a_genuine_file_is_proven(genuine: tuple[bytes, Policy]) -> None:
    shown = verify(TEXT, *genuine)
    assert (shown.label, shown.event.unit, shown.logged.index, shown.logged.size) == ("txt", UNIT, 1, 2)


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
