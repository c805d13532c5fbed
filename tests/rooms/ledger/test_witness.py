import base64
import sqlite3
import threading
from collections.abc import Callable, Iterator
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.rooms.ledger.oracle import Oracle
from tests.rooms.ledger.places import UNSYNCED, Place, Unsynced, new_place, numbered
from yangguang.kernel.clock import fixed_clock
from yangguang.ledger.checkpoint import sign_checkpoint
from yangguang.ledger.commands import Witness, ask_witness, cosign, with_cosignatures
from yangguang.ledger.errors import (
    BadSignatureError,
    HeadForkedError,
    MalformedKeyError,
    MalformedNoteError,
    WitnessAheadError,
    WitnessRefusedError,
)
from yangguang.ledger.keys import new_signer
from yangguang.ledger.notes import parse_note, verified_keys
from yangguang.ledger.queries import (
    cosignatures,
    cosigner_key,
    format_verifier_key,
    origin_hash,
    parse_policy,
    parse_verifier_key,
    root,
    verifier_key,
)
from yangguang.ledger.types import Checkpoint, WitnessAnswer
from yangguang.ledger.witnessing import Request, format_request, parse_request

NOW = 1_785_542_400
CITY = new_signer("city.example/witness")
CITY_KEY = cosigner_key(CITY)

SPECIFICATION = (
    "example.com/behind-the-sofa\n20852163\nCsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2I=\n\n"
    "— example.com/behind-the-sofa "
    "Az3grlgtzPICa5OS8npVmf1Myq/5IZniMp+ZJurmRDeOoRDe4URYN7u5/Zhcyv2q1gGzGku9nTo+zyWE+xeMcTOAYQ8=\n"
    "— witness.example.com/w1 "
    "jWbPPwAAAABkGFDLEZMHwSRaJNiIDoe9DYn/zXcrtPHeolMI5OWXEhZCB9dlrDJsX3b2oyin1nPZqhf5nNo0xUe+mbIUBkBIfZ+qnA==\n"
).encode()
"""The example note of tlog-cosignature."""


class Asked:
    """A log of 300 entries, a witness that trusts it, and what the log sends."""

    def __init__(self, place: Place, witness: Witness) -> None:
        self.place = place
        self.log = place.reader()
        self.witness = witness

    def note(self, size: int) -> bytes:
        return sign_checkpoint(Checkpoint(self.place.signer.name, size, self.log.root(size)), self.place.signer)

    def add(self, old: int, size: int) -> WitnessAnswer:
        return self.send(Request(old, self.log.consistency(min(old, size), size), self.note(size)))

    def send(self, request: Request) -> WitnessAnswer:
        return self.witness.add_checkpoint(format_request(request))

    def post(self, url: str, body: bytes) -> tuple[int, bytes]:
        assert url == "https://city.example/w/add-checkpoint"
        answer = self.witness.add_checkpoint(body)
        return answer.status, answer.body

    def ask(self, size: int, old: int = 0) -> bytes:
        return ask_witness("https://city.example/w/", self.post, self.log, self.note(size), key=CITY_KEY, old=old)


@pytest.fixture(scope="module")
def long(tmp_path_factory: pytest.TempPathFactory) -> Place:
    place = new_place(tmp_path_factory.mktemp("long") / "node", UNSYNCED)
    place.append(numbered(0, 300))
    return place


def new_witness(folder: Path) -> Witness:
    return Witness(folder, CITY, clock=fixed_clock(datetime.fromtimestamp(NOW, UTC)), files=UNSYNCED)


@pytest.fixture
def asked(long: Place, tmp_path: Path) -> Iterator[Asked]:
    with new_witness(tmp_path) as witness:
        witness.trust(format_verifier_key(verifier_key(long.signer)))
        yield Asked(long, witness)


def conflict(size: int) -> WitnessAnswer:
    return WitnessAnswer(409, "text/x.tlog.size", b"%d\n" % size)


def test_the_example_of_the_specification_is_read_as_a_cosignature_of_its_time() -> None:
    line = parse_note(SPECIFICATION).signatures[1]
    assert int.from_bytes(line.signature[:8], "big") == 1679315147


def test_a_cosignature_covers_time_and_checkpoint(long: Place) -> None:
    note = long.reader().checkpoint_note()
    policy = parse_policy(f"witness city {format_verifier_key(CITY_KEY)}\nquorum city\n")
    cosigned = with_cosignatures(note, [cosign(note, CITY, now=NOW), cosign(note, CITY, now=NOW + 5)])
    assert [(mark.name, mark.timestamp) for mark in cosignatures(cosigned, policy)] == [
        ("city", NOW),
        ("city", NOW + 5),
    ]
    assert cosigned.startswith(note)
    assert with_cosignatures(cosigned, [cosign(note, CITY, now=NOW)]) == cosigned
    with pytest.raises(BadSignatureError):
        cosignatures(cosigned.replace(b"300", b"301"), policy)


def test_only_a_checkpoint_is_cosigned(long: Place) -> None:
    note = long.reader().checkpoint_note()
    with pytest.raises(MalformedNoteError):
        cosign(note.replace(b"\n300\n", b"\nmany\n"), CITY, now=NOW)


@pytest.mark.parametrize("line", [b"", b"\n", b"x\n", b"\n\n\xe2\x80\x94 a AAAAAAAA\n", "— a AAAAAAAA".encode()])
def test_no_signature_line_can_change_what_a_note_says(long: Place, line: bytes) -> None:
    with pytest.raises(MalformedNoteError):
        with_cosignatures(long.reader().checkpoint_note(), [line])


def test_a_log_is_cosigned_from_nothing_and_as_it_grows(asked: Asked) -> None:
    for old, size in ((0, 0), (0, 1), (1, 1), (1, 255), (255, 256), (256, 300), (300, 300)):
        answer = asked.add(old, size)
        assert answer.status == 200
        note = with_cosignatures(asked.note(size), [answer.body])
        assert verified_keys(parse_note(note), [CITY_KEY]) == (CITY_KEY,)
        assert asked.witness.checkpoint(origin_hash(asked.place.signer.name)) == note


def test_an_unknown_log_is_not_found(asked: Asked, tmp_path: Path) -> None:
    (tmp_path / "other").mkdir()
    with new_witness(tmp_path / "other") as other:
        asked.witness = other
        assert asked.add(0, 5).status == 404
        assert other.checkpoint(origin_hash(asked.place.signer.name)) is None
        assert other.checkpoint("junk") is None


def test_a_log_no_longer_trusted_is_not_found_and_not_forgotten(asked: Asked) -> None:
    asked.add(0, 5)
    asked.witness.distrust(asked.place.signer.name)
    assert asked.add(5, 6).status == 404
    asked.witness.trust(format_verifier_key(verifier_key(asked.place.signer)))
    assert asked.add(0, 6) == conflict(5)


def test_a_checkpoint_without_a_trusted_signature_is_forbidden(asked: Asked) -> None:
    thief = new_signer(asked.place.signer.name)
    forged = sign_checkpoint(Checkpoint(thief.name, 5, asked.log.root(5)), thief)
    assert asked.send(Request(0, (), forged)).status == 403
    altered = asked.note(5).replace(b"\n5\n", b"\n6\n")
    assert asked.send(Request(0, (), altered)).status == 403
    assert asked.send(Request(0, (), with_cosignatures(asked.note(5), [forged.rpartition(b"\n\n")[2]]))).status == 200


def test_what_is_remembered_holds_no_signatures_of_strangers(asked: Asked) -> None:
    stranger = cosign(asked.note(5), new_signer("stranger.example/w"), now=NOW)
    answer = asked.send(Request(0, (), with_cosignatures(asked.note(5), [stranger])))
    assert answer.status == 200
    assert asked.witness.checkpoint(origin_hash(asked.place.signer.name)) == asked.note(5) + answer.body


def test_an_old_size_beyond_the_checkpoint_is_a_bad_request(asked: Asked) -> None:
    assert asked.send(Request(6, (), asked.note(5))).status == 400


def test_an_old_size_that_is_not_the_last_cosigned_is_a_conflict_that_names_it(asked: Asked) -> None:
    assert asked.add(5, 300) == conflict(0)
    assert asked.add(0, 100).status == 200
    for old, size in ((0, 200), (99, 200), (101, 200), (0, 100), (50, 50)):
        assert asked.add(old, size) == conflict(100)
    assert asked.add(100, 200).status == 200


def test_another_root_of_the_same_size_is_a_conflict_and_both_notes_are_kept(asked: Asked) -> None:
    first = asked.add(0, 100)
    fork = sign_checkpoint(Checkpoint(asked.place.signer.name, 100, root([b"x"] * 100)), asked.place.signer)
    for _ in range(3):
        assert asked.send(Request(100, (), fork)) == conflict(100)
    assert asked.witness.conflicts() == ((asked.note(100) + first.body, fork),)
    assert asked.add(100, 101).status == 200


def test_a_tree_that_does_not_extend_the_last_is_unprocessable(asked: Asked) -> None:
    assert asked.add(0, 100).status == 200
    fork = sign_checkpoint(Checkpoint(asked.place.signer.name, 300, root([b"x"] * 300)), asked.place.signer)
    path = asked.log.consistency(100, 300)
    assert asked.send(Request(100, path, fork)).status == 422
    for wrong in (path[:-1], (*path, bytes(32)), (bytes(32), *path[1:]), ()):
        assert asked.send(Request(100, wrong, asked.note(300))).status == 422
    assert asked.send(Request(100, (bytes(32),), asked.note(100))).status == 422
    assert asked.add(100, 300).status == 200


def test_a_proof_from_nothing_is_empty(asked: Asked) -> None:
    assert asked.send(Request(0, (bytes(32),), asked.note(5))).status == 422


def test_an_empty_tree_with_a_root_of_its_own_is_unprocessable(asked: Asked) -> None:
    text = f"{asked.place.signer.name}\n0\n{base64.b64encode(bytes(32)).decode()}\n".encode()
    line = base64.b64encode(verifier_key(asked.place.signer).key_id + asked.place.signer.sign(text))
    note = text + f"\n— {asked.place.signer.name} ".encode() + line + b"\n"
    assert asked.send(Request(0, (), note)).status == 422


@pytest.mark.parametrize(
    "change",
    [
        lambda body: body[:0],
        lambda body: b"\n" + body,
        lambda body: body.replace(b"old 0", b"old 00"),
        lambda body: body.replace(b"old 0", b"old -1"),
        lambda body: body.replace(b"old 0", b"old  0"),
        lambda body: body.replace(b"old 0", b"Old 0"),
        lambda body: body.replace(b"old 0", "old ０".encode()),
        lambda body: body.replace(b"old 0\n", b"old 0\r\n"),
        lambda body: body.replace(b"old 0\n", b"old 0\nAAAA\n"),
        lambda body: body.replace(b"old 0\n", b"old 0\n" + base64.b64encode(bytes(32)) + b" \n"),
        lambda body: body.replace(b"old 0\n", b"old 0\n" + (base64.b64encode(bytes(32)) + b"\n") * 64),
        lambda body: body.replace(b"old 0\n", b""),
        lambda body: body.replace(b"old 0\n\n", b"old 0\n"),
        lambda body: body[:-1],
        lambda body: body + b"\0",
        lambda body: body + b"x" * 80_000,
        lambda body: body.partition(b"\n\n")[0],
        lambda body: body.replace(b"\n5\n", b"\n05\n"),
    ],
)
def test_a_malformed_request_is_a_bad_request(asked: Asked, change: Callable[[bytes], bytes]) -> None:
    assert asked.witness.add_checkpoint(change(format_request(Request(0, (), asked.note(5))))).status == 400
    assert asked.add(0, 5).status == 200


@given(st.binary(max_size=300) | st.lists(st.sampled_from(SPECIFICATION.splitlines(keepends=True))).map(b"".join))
def test_any_bytes_are_a_request_or_malformed(body: bytes) -> None:
    try:
        request = parse_request(b"old 7\n" + body)
    except MalformedNoteError:
        return
    assert format_request(request) == b"old 7\n" + body


@given(st.integers(0, 2**63 - 1), st.lists(st.binary(min_size=32, max_size=32), max_size=63), st.binary(max_size=99))
def test_a_request_is_read_as_it_was_written(old: int, path: list[bytes], note: bytes) -> None:
    assert parse_request(format_request(Request(old, tuple(path), note))) == Request(old, tuple(path), note)


def test_a_cosignature_leaves_only_when_it_is_committed(asked: Asked) -> None:
    class Failing(Unsynced):
        def commit(self, connection: sqlite3.Connection) -> None:
            raise sqlite3.OperationalError("disk I/O error", connection)

    asked.witness._files = Failing()
    with pytest.raises(sqlite3.OperationalError):
        asked.add(0, 5)
    asked.witness._files = UNSYNCED
    assert asked.add(5, 5) == conflict(0)


def test_what_was_cosigned_survives_closing(asked: Asked, tmp_path: Path) -> None:
    assert asked.add(0, 5).status == 200
    asked.witness.close()
    with new_witness(tmp_path) as witness:
        asked.witness = witness
        assert asked.add(0, 6) == conflict(5)
        assert witness.trusted() == (verifier_key(asked.place.signer),)


def test_of_two_requests_at_once_none_rolls_the_other_back(asked: Asked) -> None:
    answers: dict[int, WitnessAnswer] = {}

    def run(size: int) -> None:
        answers[size] = asked.add(0, size)

    threads = [threading.Thread(target=run, args=(size,)) for size in range(1, 17)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    (winner,) = (size for size, answer in answers.items() if answer.status == 200)
    assert all(answer == conflict(winner) for size, answer in answers.items() if size != winner)


def test_a_witness_trusts_the_keys_of_logs_only(asked: Asked) -> None:
    with pytest.raises(MalformedKeyError):
        asked.witness.trust(format_verifier_key(CITY_KEY))
    with pytest.raises(MalformedKeyError):
        asked.witness.trust("junk")


def test_a_log_whose_key_was_replaced_is_cosigned_under_both(asked: Asked) -> None:
    new = new_signer(asked.place.signer.name)
    asked.witness.trust(format_verifier_key(verifier_key(new)))
    assert asked.add(0, 5).status == 200
    note = sign_checkpoint(Checkpoint(new.name, 6, asked.log.root(6)), new)
    assert asked.send(Request(5, asked.log.consistency(5, 6), note)).status == 200


def test_a_client_that_knows_nothing_learns_the_size_and_is_cosigned(asked: Asked) -> None:
    first = asked.ask(100)
    assert verified_keys(parse_note(with_cosignatures(asked.note(100), [first])), [CITY_KEY]) == (CITY_KEY,)
    assert asked.ask(300).startswith("— city.example/witness ".encode())
    assert asked.ask(300, old=300)
    with pytest.raises(WitnessAheadError, match="300"):
        asked.ask(299)
    with pytest.raises(WitnessAheadError, match="300"):
        asked.ask(200, old=300)


def test_a_client_hears_of_its_own_fork(asked: Asked, tmp_path: Path) -> None:
    asked.ask(300)
    other = new_place(tmp_path / "fork", UNSYNCED)
    fork = Place(other.log, other.head, asked.place.signer)
    other.append([b"x"] * 300)
    asked.log = other.reader()
    with pytest.raises(HeadForkedError):
        asked.place, _ = fork, asked.ask(300)
    assert len(asked.witness.conflicts()) == 1


@pytest.mark.parametrize(
    ("status", "body"),
    [
        (404, b"no\n"),
        (500, b"\xff"),
        (409, b"x\n"),
        (409, b"5\n"),
        (200, b""),
        (200, b"x\n"),
        (200, "— city.example/witness AAAAAAAA\n".encode()),
    ],
)
def test_any_other_answer_is_a_refusal(asked: Asked, status: int, body: bytes) -> None:
    with pytest.raises(WitnessRefusedError):
        ask_witness("http://w", lambda *_: (status, body), asked.log, asked.note(9), key=CITY_KEY, old=5)


def test_a_cosignature_of_another_checkpoint_is_a_refusal(asked: Asked) -> None:
    other = cosign(asked.note(8), CITY, now=NOW)
    with pytest.raises(WitnessRefusedError) as error:
        ask_witness("http://w", lambda *_: (200, other), asked.log, asked.note(9), key=CITY_KEY)
    assert error.value.status == 0


def test_lines_of_strangers_in_an_answer_are_dropped(asked: Asked) -> None:
    own = cosign(asked.note(9), CITY, now=NOW)
    stranger = cosign(asked.note(9), new_signer("stranger.example/w"), now=NOW)
    answer = ask_witness("http://w", lambda *_: (200, stranger + own), asked.log, asked.note(9), key=CITY_KEY)
    assert answer == own


def test_a_store_of_another_kind_is_not_taken_for_a_witness(tmp_path: Path) -> None:
    with closing(sqlite3.connect(tmp_path / "witness.sqlite3")) as connection:
        connection.execute("CREATE TABLE latest (x)")
    with pytest.raises(sqlite3.DatabaseError), new_witness(tmp_path) as witness:
        witness.checkpoint("")


def test_a_verifier_key_of_a_witness_is_written_as_the_specification_says() -> None:
    assert parse_verifier_key(format_verifier_key(CITY_KEY)) == CITY_KEY


TREES = [Oracle(numbered(0, 12) + tail) for tail in (numbered(12, 24), [b"forged"] * 12)]
LYING = new_signer("liar.example/log")


@settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(st.tuples(st.integers(0, 24), st.integers(0, 24), st.integers(0, 1), st.integers(0, 1)), max_size=25))
def test_no_sequence_of_requests_makes_a_witness_cosign_two_trees(
    tmp_path_factory: pytest.TempPathFactory, requests: list[tuple[int, int, int, int]]
) -> None:
    cosigned: list[tuple[int, bytes]] = []
    with new_witness(tmp_path_factory.mktemp("witness")) as witness:
        witness.trust(format_verifier_key(verifier_key(LYING)))
        for guess, size, signed, proven in requests:
            old = cosigned[-1][0] if cosigned and guess % 3 else guess
            tree = TREES[signed]
            path = TREES[proven].consistency(old, size) if 0 < old < size else ()
            note = sign_checkpoint(Checkpoint(LYING.name, size, tree.root(size)), LYING)
            answer = witness.add_checkpoint(format_request(Request(old, path, note)))
            known, root_then = cosigned[-1] if cosigned else (0, tree.root(0))
            is_right = old == known <= size and tree.root(known) == root_then and (old in (0, size) or signed == proven)
            if answer.status == 200:
                assert old == known <= size
                assert tree.root(known) == root_then
                cosigned.append((size, tree.root(size)))
            else:
                assert not is_right
                assert answer.status in (400, 409, 422)
