"""The browser's verifier and the command line's give one answer: on genuine proofs, and on broken ones by the thousand.

The two were written from the same specifications in two languages, so a parser that is lenient in one place shows here.
"""

import base64
import hashlib
import json
import random
import shutil
import subprocess
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

from tests.rooms.ledger.oracle import Oracle
from yangguang.blobs.queries import commitment
from yangguang.kernel.errors import YangguangError
from yangguang.ledger.checkpoint import sign_checkpoint
from yangguang.ledger.keys import Ed25519Signer, new_signer
from yangguang.ledger.notes import cosigned_message, parse_note, signature_line
from yangguang.ledger.queries import format_proof, format_verifier_key, parse_policy, verifier_key
from yangguang.ledger.types import Checkpoint, SignatureType, TlogProof, VerifierKey
from yangguang.records.queries import encode_event, proof_extra, verify_digest
from yangguang.records.types import Event, EventType

HERE = Path(__file__).parent
ORIGIN = "阳光.example/xxgk"
RECORD = "abcdefghijklmnopqrstuvwxya"
CONTENT = "关于公开的通知".encode()
DIGEST = hashlib.sha256(CONTENT).digest()
SALT = bytes(range(32))
MOMENT = 1_785_542_400
SIZE = 1000
INDEX = 300
TABLE = str.maketrans("ABCDEFGHIJKLMNOPQRSTUVWXYZ", "BCDEFGHIJKLMNOPQRSTUVWXYZA")


@dataclass(frozen=True)
class Case:
    """What is to be judged."""

    proof: bytes
    policy: bytes
    digest: bytes = DIGEST


def _node(script: str, question: object) -> Any:  # noqa: ANN401 - whatever JSON holds
    node = shutil.which("node")
    if node is None:
        pytest.skip("node is missing: the browser tests run the same verifier")
    done = subprocess.run([node, HERE / script], input=json.dumps(question).encode(), capture_output=True, check=False)
    assert done.returncode == 0, done.stderr.decode()
    return json.loads(done.stdout)


def _text(raw: bytes) -> str:
    return base64.b64encode(raw).decode()


def _in_the_browser(cases: list[Case]) -> list[Any]:
    asked = [{"digest": _text(c.digest), "proof": _text(c.proof), "policy": _text(c.policy)} for c in cases]
    answers: list[Any] = _node("judge.js", asked)
    assert len(answers) == len(cases)
    return answers


def _on_the_command_line(case: Case) -> dict[str, object] | None:
    try:
        proven = verify_digest(case.digest, case.proof, parse_policy(case.policy.decode()))
    except (YangguangError, UnicodeDecodeError):
        return None
    return {
        "label": proven.label,
        "id": proven.event.id,
        "revision": proven.event.revision,
        "index": str(proven.logged.index),
        "size": str(proven.logged.size),
        "witnesses": list(proven.logged.witnesses),
    }


def _agree(cases: list[Case]) -> int:
    """Check that both give every case one answer; return how many were proven."""
    proven = 0
    for case, answer in zip(cases, _in_the_browser(cases), strict=True):
        expected = _on_the_command_line(case)
        got = None if "refused" in answer else {**answer, "witnesses": [name for name, _ in answer["witnesses"]]}
        assert got == expected, f"{answer} in the browser, {expected} on the command line: {case}"
        proven += expected is not None
    return proven


class World:
    """A log of a thousand entries, two witnesses and a mirror, all signing what the tests ask for."""

    def __init__(self) -> None:
        self.log = new_signer(ORIGIN)
        self.witnesses = [new_signer(f"{name}.example/witness") for name in ("city", "archive", "province")]
        self.leaf = leaf()
        self.tree = Oracle([self.leaf if place == INDEX else b"%d" % place for place in range(SIZE)])
        self.checkpoint = Checkpoint(ORIGIN, SIZE, self.tree.root(SIZE))
        self.path = self.tree.inclusion(INDEX, SIZE)

    def policy(self, quorum: str = "quorum both\n") -> bytes:
        lines = [f"log {format_verifier_key(verifier_key(self.log))}\n"]
        for name, signer in zip(("city", "archive", "province"), self.witnesses, strict=True):
            lines.append(f"witness {name} {format_verifier_key(witness_key(signer))}\n")
        lines += ["group up any city province\n", "group both all up archive\n", quorum]
        return "".join(lines).encode()

    def note(self, *seconds: int | None) -> bytes:
        note = sign_checkpoint(self.checkpoint, self.log)
        for signer, moment in zip(self.witnesses, seconds, strict=False):
            if moment is not None:
                note += cosignature(note, signer, moment)
        return note

    def proof(self, note: bytes | None = None, **fields: Any) -> bytes:  # noqa: ANN401 - fields of TlogProof
        said: dict[str, Any] = {
            "extra": proof_extra(self.leaf, "txt", SALT),
            "index": INDEX,
            "path": self.path,
            "checkpoint_note": self.note(MOMENT, MOMENT + 9) if note is None else note,
        }
        return format_proof(TlogProof(**{**said, **fields}))

    def of(self, other: bytes, label: str = "txt") -> bytes:
        """Return a proof of a log whose entry is `other`."""
        tree = Oracle([b"first", other, b"third"])
        note = sign_checkpoint(Checkpoint(ORIGIN, 3, tree.root(3)), self.log)
        note += b"".join(cosignature(note, signer, MOMENT) for signer in self.witnesses)
        extra = proof_extra(other, label, SALT)
        return format_proof(TlogProof(extra, 1, tree.inclusion(1, 3), note))


def leaf(**fields: Any) -> bytes:  # noqa: ANN401 - fields of Event
    commitments = {label: commitment(label, SALT, DIGEST) for label in ("meta", "body", "txt")}
    said: dict[str, Any] = {
        "type": EventType.PUBLISH,
        "claimed_at": 7,
        "id": RECORD,
        "revision": 1,
        "unit": "113701120041890146",
        "formed_on": date(2026, 2, 27),
        "commitments": commitments,
    }
    return encode_event(Event(**{**said, **fields}))


def witness_key(signer: Ed25519Signer) -> VerifierKey:
    return VerifierKey(signer.name, SignatureType.COSIGNATURE, signer.public_key)


def cosignature(note: bytes, signer: Ed25519Signer, seconds: int) -> bytes:
    signature = signer.sign(cosigned_message(parse_note(note).text, seconds))
    return signature_line(witness_key(signer), seconds.to_bytes(8, "big") + signature)


@pytest.fixture(scope="module")
def world() -> World:
    return World()


def test_hashes_are_those_of_the_library() -> None:
    chance = random.Random(1)
    messages = [chance.randbytes(size) for size in [*range(270), 1000, 9_999]]
    answer = _node("hashes.js", {"messages": [_text(m) for m in messages], "signatures": []})
    for message, (whole, pieces, long) in zip(messages, answer["digests"], strict=True):
        assert whole == pieces == hashlib.sha256(message).hexdigest()
        assert long == hashlib.sha512(message).hexdigest()


def _signatures() -> Iterator[tuple[bytes, bytes, bytes]]:
    chance = random.Random(2)
    order = 2**252 + 27742317777372353535851937790883648493
    for size in range(40):
        key = Ed25519PrivateKey.from_private_bytes(chance.randbytes(32))
        public, message = key.public_key().public_bytes_raw(), chance.randbytes(size * 9)
        good = key.sign(message)
        yield good, message, public
        yield good, message + b"x", public
        yield bytes([good[0] ^ 1]) + good[1:], message, public
        # The same signature with its scalar written in a second way must not verify: proofs have one spelling.
        scalar = int.from_bytes(good[32:], "little")
        yield good[:32] + (scalar + order).to_bytes(32, "little"), message, public
        yield good[:63], message, public
        yield good, message, chance.randbytes(32)
        yield chance.randbytes(64), message, public
    # Encodings at the edge: the neutral point, y beyond the prime, x = 0 with a sign, points of small order.
    edges = [1, 0, 2**255 - 19, 2**255 - 18, 2**255 - 1, 1 | 1 << 255, 2**255 - 20, (2**255 - 20) | 1 << 255]
    encodings = [(value % 2**256).to_bytes(32, "little") for value in edges]
    for public in encodings:
        for first in encodings:
            yield first + bytes(32), b"message", public


def test_signatures_are_judged_as_the_library_judges_them() -> None:
    asked = list(_signatures())
    question = {"messages": [], "signatures": [[_text(part) for part in one] for one in asked]}
    verdicts = _node("hashes.js", question)["verdicts"]
    expected = [_verifies(*one) for one in asked]
    assert verdicts == expected
    assert 40 <= sum(expected) < len(expected)


def _verifies(signature: bytes, message: bytes, key: bytes) -> bool:
    try:
        Ed25519PublicKey.from_public_bytes(key).verify(signature, message)
    except InvalidSignature:
        return False
    return True


def test_a_genuine_proof_is_proven_with_the_moments_of_its_witnesses(world: World) -> None:
    note = world.note(MOMENT, MOMENT + 9, None)
    (answer,) = _in_the_browser([Case(world.proof(note), world.policy())])
    assert answer == {
        "label": "txt",
        "id": RECORD,
        "revision": 1,
        "index": "300",
        "size": "1000",
        "witnesses": [["city", [MOMENT]], ["archive", [MOMENT + 9]]],
    }


@pytest.mark.parametrize(
    ("step", "case"),
    [
        ("file", lambda w: Case(w.proof(), w.policy(), hashlib.sha256(CONTENT + b" ").digest())),
        ("file", lambda w: Case(w.of(leaf(), "html"), w.policy())),
        ("quorum", lambda w: Case(w.proof(w.note(MOMENT)), w.policy())),
        ("signature", lambda w: Case(w.proof(), World().policy())),
        ("signature", lambda w: Case(w.proof(w.note(MOMENT, 1).replace(b"\xe2\x80\x94 city", b"\xe2\x80\x94 c")), b"")),
        ("path", lambda w: Case(w.proof(index=INDEX + 1), w.policy())),
        ("path", lambda w: Case(w.proof(index=2**63 - 1), w.policy())),
        ("path", lambda w: Case(w.proof(path=w.path[:-1]), w.policy())),
        ("leaf", lambda w: Case(w.proof(extra=None), w.policy())),
        ("leaf", lambda w: Case(w.proof(extra=b"{}"), w.policy())),
        ("proof", lambda w: Case(w.proof() + b"x", w.policy())),
        ("policy", lambda w: Case(w.proof(), w.policy()[:-1])),
    ],
)
def test_the_step_that_failed_is_named(world: World, step: str, case: Callable[[World], Case]) -> None:
    asked = case(world)
    (answer,) = _in_the_browser([asked if asked.policy else Case(asked.proof, World().policy())])
    assert answer == {"refused": step}


def test_every_changed_byte_of_a_proof_and_of_a_policy_gets_one_answer(world: World) -> None:
    chance = random.Random(3)
    proof, policy = world.proof(), world.policy()
    cases = [Case(proof, policy)]
    for _ in range(400):
        cases.append(Case(_flipped(proof, chance), policy))
        cases.append(Case(proof, _flipped(policy, chance)))
    assert 1 <= _agree(cases) < len(cases) / 5


def _flipped(raw: bytes, chance: random.Random) -> bytes:
    place = chance.randrange(len(raw))
    match chance.randrange(4):
        case 0:
            return raw[:place] + bytes([raw[place] ^ (1 << chance.randrange(8))]) + raw[place + 1 :]
        case 1:
            return raw[:place] + raw[place + 1 :]
        case 2:
            return raw[:place] + chance.choice([b"\n", b" ", b"\r\n", b"\t", b"=", b"\x85", b"\xc2\x85"]) + raw[place:]
        case _:
            return raw[:place]


def test_lines_moved_doubled_and_left_out_get_one_answer(world: World) -> None:
    chance = random.Random(4)
    cases = []
    for whole, is_proof in ((world.proof(), True), (world.policy("quorum up\n"), False)):
        lines = whole.split(b"\n")
        for _ in range(150):
            changed = list(lines)
            place, other = chance.randrange(len(lines)), chance.randrange(len(lines))
            match chance.randrange(4):
                case 0:
                    changed[place], changed[other] = changed[other], changed[place]
                case 1:
                    changed.insert(place, lines[other])
                case 2:
                    del changed[place]
                case _:
                    changed.insert(place, chance.choice([b"", b"# said", b"\xe2\x80\x94 a b", b"quorum none", b"x"]))
            raw = b"\n".join(changed)
            cases.append(Case(raw, world.policy("quorum up\n")) if is_proof else Case(world.proof(), raw))
    assert _agree(cases) > 0


SPELLINGS: list[Callable[[bytes], bytes]] = [
    lambda raw: raw,
    lambda raw: raw + b"\n",
    lambda raw: raw.replace(b'"r":1', b'"r":1.0'),
    lambda raw: raw.replace(b'"r":1', b'"r":1e0'),
    lambda raw: raw.replace(b'"r":1', b'"r":true'),
    lambda raw: raw.replace(b'"r":1', b'"r":"1"'),
    lambda raw: raw.replace(b'"r":1', b'"r":0'),
    lambda raw: raw.replace(b'"r":1', b'"r":2'),
    lambda raw: raw.replace(b'"r":1', b'"r":-1'),
    lambda raw: raw.replace(b'"r":1', b'"r":01'),
    lambda raw: raw.replace(b'"r":1', b'"r":1,"r":1'),
    lambda raw: raw.replace(b'"ts":7', b'"ts":-0'),
    lambda raw: raw.replace(b'"ts":7', b'"ts":1099511627776'),
    lambda raw: raw.replace(b'"ts":7', b'"ts":1099511627777'),
    lambda raw: raw.replace(b'"ts":7', b'"ts":9007199254740993'),
    lambda raw: raw.replace(b'"ts":7', b'"ts":NaN'),
    lambda raw: raw.replace(b'"v":1', b'"v":2'),
    lambda raw: raw.replace(b'"v":1', b'"v":true'),
    lambda raw: raw.replace(b'"v":1', b'"v":1,"z":1'),
    lambda raw: raw.replace(b'"v":1', '"v":1,"é":1'.encode()),
    lambda raw: raw.replace(b'"v":1', b'"v":1,"why":"third_party"'),
    lambda raw: raw.replace(b'"t":"publish"', b'"t":"import"'),
    lambda raw: raw.replace(b'"t":"publish"', b'"t":"revise"'),
    lambda raw: raw.replace(b'"t":"publish"', b'"t":"render"'),
    lambda raw: raw.replace(b'"t":"publish"', b'"t":"toString"'),
    lambda raw: raw.replace(b'"t":"publish"', b'"t":"\\u0070ublish"'),
    lambda raw: raw.replace(b'"r":1,"t":"publish"', b'"p":0,"r":2,"t":"revise"'),
    lambda raw: raw.replace(b'"r":1,"t":"publish"', b'"p":0,"r":1,"t":"render"').replace(b'"f":"2026-02-27",', b""),
    lambda raw: raw.replace(b'"r":1,"t":"publish"', b'"p":-1,"r":2,"t":"revise"'),
    lambda raw: raw.replace(b"2026-02-27", b"2026-02-29"),
    lambda raw: raw.replace(b"2026-02-27", b"2024-02-29"),
    lambda raw: raw.replace(b"2026-02-27", b"1900-02-29"),
    lambda raw: raw.replace(b"2026-02-27", b"0000-01-01"),
    lambda raw: raw.replace(b"2026-02-27", b"0001-01-01"),
    lambda raw: raw.replace(b"2026-02-27", b"20260227"),
    lambda raw: raw.replace(b"2026-02-27", b"2026-W09-5"),
    lambda raw: raw.replace(b"2026-02-27", "２０26-02-27".encode()),
    lambda raw: raw.replace(b"xya", b"xyb"),
    lambda raw: raw.replace(b"xya", b"xy4"),
    lambda raw: raw.replace(b"xya", b"xy1"),
    lambda raw: raw.replace(b"xya", b"XYA"),
    lambda raw: raw.replace(b"xya", b"xya\\n"),
    lambda raw: raw.replace(b"113701120041890146", b"11370112004189014a"),
    lambda raw: raw.replace(b"113701120041890146", b"1137011200418901460"),
    lambda raw: raw.replace(b'"txt":', b'"tar":'),
    lambda raw: raw.replace(b'"txt":', b'"att.0":'),
    lambda raw: raw.replace(b'"meta":', b'"att.00":'),
    lambda raw: raw.replace(b'"meta":', b'"html":'),
    lambda raw: raw.replace(b'="', b'"'),
    lambda raw: raw.replace(b"{", b"{ "),
    lambda _: b"[" * 70 + b"]" * 70,
    lambda _: b"[" * 60 + b"]" * 60,
    lambda _: b'"\\ud800"',
    lambda _: b'"\\ud83d\\ude00"',
    lambda _: b'"\xed\xa0\x80"',
    lambda raw: b"\xef\xbb\xbf" + raw,
    lambda _: b"null",
    lambda _: b"",
    lambda raw: raw + b" " * 4096,
]


def test_each_second_spelling_of_a_leaf_gets_one_answer(world: World) -> None:
    leaves = [spelling(raw) for spelling in SPELLINGS for raw in (leaf(), leaf(formed_on=None))]
    cases = [Case(world.of(raw, label), world.policy()) for raw in leaves for label in ("txt", "att.0")]
    assert 2 <= _agree(cases) < len(cases) / 5


def test_each_second_spelling_of_an_extra_line_gets_one_answer(world: World) -> None:
    good = proof_extra(world.leaf, "txt", SALT)
    salt = base64.b64encode(SALT)
    extras = [
        good.replace(b'"open":{', b'"open":{"meta":"AA==",'),
        good.replace(b'"open":{', b'"open":{"other":7,'),
        good.replace(b'"open":{', b'"open":{"body":7,'),
        good.replace(b'"entry"', b'"Entry"'),
        good[:-1] + b',"z":1}',
        good.replace(salt, salt[:-1]),
        good.replace(salt, b""),
        good.replace(salt, salt.rstrip(b"=") + b"\\n"),
        good.replace(salt, salt.translate(bytes.maketrans(b"8", b"9"))),
        good.replace(b'"txt"', b'"__proto__"'),
        good.replace(b'"open":{"txt":', b'"open":{"__proto__":"AA==","txt":'),
        b'{"entry":1,"open":{}}',
        b'{"entry":"","open":{}}',
        b'{"entry,open":1}',
        b'{"entry":"AA==","open":[]}',
        b'{"entry":"AA==","open":null}',
    ]
    cases = [Case(world.proof(extra=extra), world.policy()) for extra in extras]
    raw = world.proof()
    line = raw.split(b"\n")[1]
    cases += [
        Case(raw.replace(line, changed), world.policy())
        for changed in (b"extra ", line + b"=", line + b" ", b"extra  " + line[6:], line[:-1], b"Extra " + line[6:])
    ]
    cases.append(Case(world.proof(path=(bytes(32),) * 63), world.policy()))
    cases.append(Case(raw.replace(b"index 300", b"index 0300"), world.policy()))
    cases.append(Case(raw.replace(b"index 300", "index ３00".encode()), world.policy()))
    cases.append(Case(raw.replace(b"index 300", b"index 9223372036854775808"), world.policy()))
    assert _agree(cases) == 3


def _policies(world: World) -> Iterator[bytes]:
    good = world.policy().decode()
    log, city = good.split("\n")[:2]
    yield from (
        (good + extra).encode()
        for extra in (
            "",
            "\n",
            "# said\n",
            " \t#\n",
            "quorum none\n",
            f"{log}\n",
            f"{city}\n",
            "group up any x\n",
            "x\n",
        )
    )
    yield from (
        good.replace(old, new).encode()
        for old, new in (
            ("quorum both", "quorum none"),
            ("quorum both", "quorum up"),
            ("quorum both", "quorum province"),
            ("quorum both", "quorum"),
            ("quorum both", "quorum both both"),
            ("any city", "1 city"),
            ("any city", "2 city"),
            ("any city", "3 city"),
            ("any city", "0 city"),
            ("any city", "01 city"),
            ("any city", "toString city"),
            ("any city province", "any city city"),
            ("any city province", "any"),
            ("group up", "group none"),
            ("group up", "group city"),
            ("witness city", "witness none"),
            ("witness city ", "witness\tcity\t"),
            ("witness city ", "witness city　"),
            (log, f"{log} https://county.example/"),
            (log, f"{log} a b"),
            (log, log.replace("+", "++", 1)),
            (log, log.upper()),
            (log, log.translate(TABLE)),
            ("\n", "\r\n"),
            ("\n", "\u2028"),
        )
    )
    for name in ("a\u0085b", "a\u00a0b", "a\ufeffb", "a\u180eb", "a\u200bb", "a\u2028b", "a\x1fb", "é", "\U0001f600"):
        key = format_verifier_key(VerifierKey(name, SignatureType.COSIGNATURE, bytes(32)))
        yield (good + f"witness {name} {key}\n").encode()
        yield good.replace("witness city", f"witness {name}").replace("city province", f"{name} province").encode()
    for kind in (0, 2, 5, 6, 255):
        raw = bytes([kind]) + bytes(32)
        identifier = hashlib.sha256(b"x\n" + raw).hexdigest()[:8]
        yield (good + f"witness x x+{identifier}+{_text(raw)}\n").encode()
    yield b""
    yield b"\n"
    yield b"\xff\n"
    yield "\ufeff".encode() + good.encode()


def test_policies_get_one_answer(world: World) -> None:
    assert _agree([Case(world.proof(), policy) for policy in _policies(world)]) > 10


def test_names_with_rare_white_space_get_one_answer(world: World) -> None:
    note = world.note(MOMENT, MOMENT)
    names = ["a\u0085b", "a\ufeffb", "a\u180eb", "a\u2028b", "a\u3000b", "a+b", "", "é", "\U0001f600"]
    cases = []
    for name in names:
        line = signature_line(VerifierKey(name, SignatureType.COSIGNATURE, bytes(32)), bytes(72))
        cases.append(Case(world.proof(note + line), world.policy()))
        renamed = note.replace("阳光.example/xxgk".encode(), name.encode())
        cases.append(Case(world.proof(renamed), world.policy()))
    for moment in (2**63 - 1, 2**63, 2**53 + 1, 0):
        signed = sign_checkpoint(world.checkpoint, world.log)
        line = cosignature(signed, world.witnesses[0], moment)
        cases.append(Case(world.proof(signed + line), world.policy("quorum city\n")))
    for tail in (b"extension\n", b"\n", b"\xc2\x85\n"):
        text = parse_note(note).text + tail
        signed = text + b"\n" + signature_line(verifier_key(world.log), world.log.sign(text))
        cases.append(Case(world.proof(signed), world.policy("quorum none\n")))
    assert 6 <= _agree(cases) < len(cases)
