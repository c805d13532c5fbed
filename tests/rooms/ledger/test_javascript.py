"""A second verifier, written in JavaScript from the specifications alone, against ours: the same answers to the same
files, sound, tampered with and malformed. It lies in tests/vectors/js and needs node.
"""

import base64
import json
import random
import shutil
import subprocess
from collections.abc import Callable, Iterable
from functools import partial
from pathlib import Path
from typing import TypeAlias

import pytest

from tests.rooms.ledger.mutations import mutate
from tests.rooms.ledger.places import UNSYNCED, Place, change_byte, new_place, numbered
from yangguang.ledger.checkpoint import read_checkpoint
from yangguang.ledger.commands import cosign, with_cosignatures
from yangguang.ledger.errors import BadPathError, LedgerError
from yangguang.ledger.keys import new_signer
from yangguang.ledger.notes import parse_note, verified_keys
from yangguang.ledger.queries import (
    cosigner_key,
    format_verifier_key,
    fsck,
    leaf_hash,
    parse_policy,
    parse_proof,
    parse_verifier_key,
    root,
    verifier_key,
    verify_consistency,
    verify_inclusion,
    verify_proof,
)
from yangguang.ledger.types import Policy, SignatureType

PROGRAM = Path(__file__).resolve().parents[2] / "vectors" / "js" / "main.mjs"
SIZE = 300
WITNESSES = tuple(new_signer(f"witness{number}.example/w") for number in range(3))

Question: TypeAlias = dict[str, object]
Answer: TypeAlias = object
Ask: TypeAlias = Callable[[Iterable[Question]], list[Answer]]


@pytest.fixture(scope="module")
def ask() -> Ask:
    """Put questions to the JavaScript verifier; a refusal is the answer None."""
    node = shutil.which("node")
    if node is None:
        pytest.skip("node is not installed: ours is not compared with the JavaScript verifier")

    def ask(questions: Iterable[Question]) -> list[Answer]:
        asked = "".join(json.dumps(question) + "\n" for question in questions)
        run = subprocess.run([node, PROGRAM], input=asked, capture_output=True, text=True, check=False)
        assert run.returncode == 0, run.stderr
        return [json.loads(line).get("ok") for line in run.stdout.split("\n")[:-1]]

    return ask


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory) -> Place:
    place = new_place(tmp_path_factory.mktemp("node"), UNSYNCED)
    place.append(numbered(0, SIZE))
    with place.writer() as writer:
        lines = [cosign(writer.checkpoint, witness, now=1_785_542_400 + at) for at, witness in enumerate(WITNESSES)]
        writer.archive_cosigned(with_cosignatures(writer.checkpoint, lines[:2]))
    return place


@pytest.fixture(scope="module")
def policy(place: Place) -> bytes:
    names = ("city", "province", "archive")
    lines = [
        f"witness {name} {format_verifier_key(cosigner_key(key))}" for name, key in zip(names, WITNESSES, strict=True)
    ]
    lines.insert(0, f"log {format_verifier_key(verifier_key(place.signer))} https://yangguang.example/log")
    lines += ["# 至少一个 at least one", "group up any city province", "", "group two 2 up archive", "quorum up"]
    return "\n".join(lines).encode() + b"\n"


def b64(raw: bytes) -> str:
    return base64.b64encode(raw).decode()


def ours(answer: Callable[[], Answer]) -> Answer:
    """Return the answer as JSON has it, or None for a refusal."""
    try:
        return json.loads(json.dumps(answer()))
    except (LedgerError, UnicodeDecodeError):
        return None


def agree(ask: Ask, questions: list[Question], answers: list[Answer]) -> int:
    """Check that the other verifier gives the same answers; return how many were not refusals."""
    theirs = ask(questions)
    for question, mine, other in zip(questions, answers, theirs, strict=True):
        assert mine == other, f"{question}: {mine} here, {other} there"
    return sum(answer is not None for answer in answers)


def variants(raw: bytes, count: int, seed: int) -> list[bytes]:
    """Return `raw` itself and `count` slightly wrong ones."""
    chance = random.Random(seed)
    return [raw, *(mutate(raw, chance) for _ in range(count))]


def read_note(raw: bytes, keys: list[str]) -> Answer:
    note = parse_note(raw)
    checkpoint = read_checkpoint(note)
    found = []
    for key in verified_keys(note, [parse_verifier_key(text) for text in keys]):
        lines = [line for line in note.signatures if (line.name, line.key_id) == (key.name, key.key_id)]
        cosigns = key.type is SignatureType.COSIGNATURE
        times = [str(int.from_bytes(line.signature[:8], "big")) if cosigns else None for line in lines]
        found.append({"key": format_verifier_key(key), "times": times})
    return [checkpoint.origin, str(checkpoint.size), checkpoint.root.hex(), found]


def read_policy(raw: bytes) -> Answer:
    policy = parse_policy(raw.decode("utf-8"))
    return [
        [format_verifier_key(key) for key in policy.logs],
        [[witness.name, format_verifier_key(witness.key)] for witness in policy.witnesses],
        [[group.name, group.threshold, list(group.members)] for group in policy.groups],
        policy.quorum or "none",
    ]


def check_proof(raw: bytes, policy: bytes, leaf: bytes) -> Answer:
    trusted: Policy = parse_policy(policy.decode("utf-8"))
    proof = parse_proof(raw)
    verified = verify_proof(proof, leaf, trusted)
    extra = None if proof.extra is None else proof.extra.hex()
    return [str(verified.index), str(verified.size), verified.origin, list(verified.witnesses), extra]


def read_key(raw: bytes) -> Answer:
    key = parse_verifier_key(raw.decode("utf-8"))
    return [key.name, key.type, key.public_key.hex()]


def holds(check: Callable[[], None]) -> bool:
    try:
        check()
    except BadPathError:
        return False
    return True


def test_both_read_the_same_keys(ask: Ask, place: Place) -> None:
    texts = [
        text
        for seed, key in enumerate((verifier_key(place.signer), cosigner_key(WITNESSES[0])))
        for text in variants(format_verifier_key(key).encode(), 300, seed)
    ]
    questions: list[Question] = [{"ask": "key", "text": b64(text)} for text in texts]
    assert agree(ask, questions, [ours(partial(read_key, text)) for text in texts]) >= 2


def test_both_read_the_same_cosigned_checkpoints(ask: Ask, place: Place) -> None:
    keys = [format_verifier_key(key) for key in (verifier_key(place.signer), *map(cosigner_key, WITNESSES))]
    notes = variants(place.reader().checkpoint_note(), 1_000, 3)
    questions: list[Question] = [{"ask": "note", "note": b64(note), "keys": keys} for note in notes]
    answers = [ours(partial(read_note, note, keys)) for note in notes]
    assert [len(key["times"]) for key in answers[0][3]] == [1, 1, 1]  # type: ignore[index] # JSON
    assert agree(ask, questions, answers) > 50


def test_both_read_the_same_policies(ask: Ask, policy: bytes) -> None:
    texts = variants(policy, 1_500, 4)
    questions: list[Question] = [{"ask": "policy", "text": b64(text)} for text in texts]
    assert agree(ask, questions, [ours(partial(read_policy, text)) for text in texts]) > 50


def test_both_believe_the_same_proofs(ask: Ask, place: Place, policy: bytes) -> None:
    questions: list[Question] = []
    answers = []
    policies = [policy, policy.replace(b"quorum up", b"quorum two"), policy.replace(b"quorum up", b"quorum none")]
    for index, extra in ((0, None), (255, b""), (256, b"{}"), (299, bytes(range(256)))):
        leaf = numbered(index, index + 1)[0]
        for number, proof in enumerate(variants(place.reader().prove(index, extra=extra), 250, index)):
            trusted = policies[number % 3]
            questions.append({"ask": "proof", "proof": b64(proof), "policy": b64(trusted), "leaf": b64(leaf)})
            answers.append(ours(partial(check_proof, proof, trusted, leaf)))
    assert agree(ask, questions, answers) > 8


def test_both_follow_the_same_paths(ask: Ask, place: Place) -> None:
    chance, log, entries = random.Random(5), place.reader(), numbered(0, SIZE)
    questions: list[Question] = []
    answers: list[Answer] = []
    for number in range(600):
        old, size = sorted(chance.randrange(SIZE + 1) for _ in range(2))
        path = list(log.consistency(old, size))
        roots = root(entries[:old]), root(entries[:size])
        if number % 2:
            path, old, size = spoiled(path, old, size, chance)
        asked = {
            "old": old,
            "oldRoot": b64(roots[0]),
            "size": size,
            "root": b64(roots[1]),
            "path": list(map(b64, path)),
        }
        questions.append({"ask": "consistency", **asked})
        check = partial(
            verify_consistency, old_size=old, old_root=roots[0], new_size=size, new_root=roots[1], path=path
        )
        answers.append(holds(check))
    for number in range(600):
        size = chance.randrange(1, SIZE + 1)
        index = chance.randrange(size)
        path, leaf, head = list(log.inclusion(index, size)), leaf_hash(entries[index]), root(entries[:size])
        asked = {"leaf": b64(entries[index]), "root": b64(head)}
        if number % 2:
            path, index, size = spoiled(path, index, size, chance)
        questions.append({"ask": "inclusion", **asked, "index": index, "size": size, "path": list(map(b64, path))})
        check = partial(verify_inclusion, index=index, size=size, leaf_hash=leaf, path=path, root=head)
        answers.append(holds(check))
    agree(ask, questions, answers)
    # A path alone does not tell every size from its neighbours: the signed checkpoint does.
    assert answers.count(True) >= 600
    assert answers.count(False) > 300


def spoiled(path: list[bytes], one: int, other: int, chance: random.Random) -> tuple[list[bytes], int, int]:
    """Return a path, index and size of which one is slightly wrong."""
    match chance.randrange(4):
        case 0:
            return [*path, bytes(32)], one, other
        case 1:
            return path[:-1], one, other
        case 2:
            return path, one + chance.choice((-1, 1)), other
        case _:
            return path, one, other + chance.choice((-1, 1))


@pytest.mark.parametrize("size", [1, 255, 256, 257, 513])
def test_both_find_a_log_sound_and_the_same_changes_in_it(ask: Ask, tmp_path: Path, size: int) -> None:
    place = new_place(tmp_path / "node", UNSYNCED)
    place.append(numbered(0, size // 2 + 1), numbered(size // 2 + 1, size))
    key = verifier_key(place.signer)
    questions: list[Question] = [{"ask": "log", "folder": str(place.log), "key": format_verifier_key(key)}]
    answers: list[Answer] = [size]
    for number, path in enumerate(path for path in sorted(place.log.rglob("*")) if path.is_file()):
        copy = place.copy(tmp_path / f"copy{number}")
        change_byte(copy.log / path.relative_to(place.log))
        sound = not list(fsck(log=copy.log, head=copy.head, key=key))
        questions.append({"ask": "log", "folder": str(copy.log), "key": format_verifier_key(key)})
        answers.append(size if sound else None)
    agree(ask, questions, answers)
    assert None in answers


@pytest.mark.slow
def test_both_find_a_log_of_three_levels_sound(ask: Ask, grown: Place) -> None:
    key = format_verifier_key(verifier_key(grown.signer))
    assert ask([{"ask": "log", "folder": str(grown.log), "key": key}]) == [66_000]
