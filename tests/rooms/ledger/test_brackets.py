import shutil
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.rooms.ledger.places import UNSYNCED, Place, change_byte, new_place, numbered
from yangguang.ledger.archive import Archive
from yangguang.ledger.checkpoint import sign_checkpoint
from yangguang.ledger.commands import Writer, archive_cosigned, cosign, with_cosignatures
from yangguang.ledger.errors import (
    HeadForkedError,
    LogDamagedError,
    MalformedNoteError,
    MalformedTileError,
    NotInLogError,
    QuorumMissedError,
    WriterBusyError,
)
from yangguang.ledger.evidence import EXAMINED
from yangguang.ledger.keys import Ed25519Signer, new_signer
from yangguang.ledger.queries import (
    CONTENT_MIRROR,
    archive_path,
    bracket,
    cosigner_key,
    format_verifier_key,
    fsck,
    open_remote,
    parse_archive_path,
    parse_policy,
    parse_proof,
    root,
    verifier_key,
    verify_proof,
)
from yangguang.ledger.types import Bracket, Checkpoint, Policy, Verified

CITY = new_signer("city.example/witness")
ARCHIVES = new_signer("archives.example/witness")
MIRROR = new_signer(f"province.example/mirror{CONTENT_MIRROR}")
STRANGER = new_signer("stranger.example/witness")


@dataclass
class Town:
    """A log with its writer, whose checkpoints are cosigned as told."""

    place: Place
    writer: Writer
    notes: dict[int, bytes] = field(default_factory=dict)

    def grow(self, size: int) -> bytes:
        self.notes[size] = self.writer.append(numbered(self.writer.size, size)).checkpoint
        return self.notes[size]

    def cosigned(self, size: int, *by: tuple[Ed25519Signer, int]) -> bytes:
        """Let the witnesses cosign the checkpoint of `size` at their times, and take in what they signed."""
        lines = [cosign(self.notes[size], signer, now=now) for signer, now in by]
        note = with_cosignatures(self.notes[size], lines)
        self.writer.archive_cosigned(note)
        return note

    def policy(self, quorum: str = "both") -> Policy:
        return parse_policy(
            f"log {format_verifier_key(verifier_key(self.place.signer))}\n"
            f"witness city {format_verifier_key(cosigner_key(CITY))}\n"
            f"witness archives {format_verifier_key(cosigner_key(ARCHIVES))}\n"
            f"witness copy {format_verifier_key(cosigner_key(MIRROR))}\n"
            f"group {'any_one any' if quorum == 'any_one' else 'both all'} city archives\n"
            f"quorum {quorum}\n"
        )

    def bracket(self, index: int, quorum: str = "both") -> Bracket:
        return bracket(self.place.reader(), index, self.policy(quorum))


@pytest.fixture
def town(tmp_path: Path) -> Iterator[Town]:
    place = new_place(tmp_path / "node", UNSYNCED)
    with place.writer() as writer:
        yield Town(place, writer, {0: writer.checkpoint})


@given(st.integers(0, 2**63 - 1))
def test_an_archived_checkpoint_lies_under_the_digits_of_its_size(size: int) -> None:
    path = archive_path(size)
    assert int(path.removeprefix("archive").replace("/", "")) == size
    assert [len(part) for part in path.split("/")[2:]] == [3, 3, 3]
    assert parse_archive_path(path) == size


@given(
    st.text(alphabet="archive/0123456789x.", max_size=40) | st.from_regex(r"archive(/[0-9]{3,4}){4}", fullmatch=True)
)
def test_a_path_is_that_of_an_archived_checkpoint_in_one_spelling_only(path: str) -> None:
    try:
        size = parse_archive_path(path)
    except MalformedTileError:
        return
    assert archive_path(size) == path


def test_sizes_are_told_in_order_from_both_ends(tmp_path: Path) -> None:
    sizes = [0, 7, 999, 1_000, 1_001, 999_999, 1_000_000, 10**9, 10**12, 2**63 - 1]
    for size in sizes:
        path = tmp_path / archive_path(size)
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(b"")
    (tmp_path / "archive/000/000/000/008.tmp").write_bytes(b"")
    archive = Archive(tmp_path)
    assert list(archive.sizes()) == sizes
    assert list(archive.sizes(newest_first=True)) == sizes[::-1]
    for bound in (0, 1, 7, 8, 1_000, 1_002, 10**12, 2**63 - 1):
        assert list(archive.sizes(bound)) == [size for size in sizes if size >= bound]
        assert list(archive.sizes(0, bound, newest_first=True)) == [size for size in sizes[::-1] if size <= bound]
    assert list(Archive(tmp_path / "absent").sizes()) == []


def test_an_entry_is_bracketed_by_what_a_quorum_cosigned_without_it_and_with_it(town: Town) -> None:
    town.cosigned(0, (CITY, 100), (ARCHIVES, 101))
    town.grow(10)
    assert town.bracket(9) == Bracket(100, None, None, ())
    town.cosigned(10, (CITY, 200))
    assert town.bracket(9) == Bracket(100, None, None, ())
    assert town.bracket(9, "city") == Bracket(100, 200, None, ("city",))
    town.cosigned(10, (ARCHIVES, 260))
    assert town.bracket(9) == Bracket(100, 260, None, ("city", "archives"))
    town.grow(20)
    assert town.bracket(10) == Bracket(200, None, None, ())
    town.cosigned(20, (CITY, 300), (ARCHIVES, 301), (MIRROR, 305))
    assert town.bracket(10) == Bracket(200, 301, 305, ("city", "archives", "copy"))
    assert town.bracket(0) == Bracket(100, 260, 305, ("city", "archives"))


def test_a_heartbeat_narrows_the_bracket_of_the_next_entry_and_not_of_the_last(town: Town) -> None:
    town.cosigned(0, (CITY, 100))
    town.grow(1)
    for now in (200, 300, 400):
        town.cosigned(1, (CITY, now))
    town.grow(2)
    town.cosigned(2, (CITY, 500))
    assert town.bracket(0, "city") == Bracket(100, 200, None, ("city",))
    assert town.bracket(1, "city") == Bracket(400, 500, None, ("city",))


def test_one_witness_with_a_wrong_clock_does_not_move_a_bracket_that_takes_two(town: Town) -> None:
    town.cosigned(0, (CITY, 100), (ARCHIVES, 100_000))
    town.grow(1)
    town.cosigned(1, (CITY, 200), (ARCHIVES, 1))
    assert town.bracket(0) == Bracket(100, 200, None, ("archives", "city"))


def test_a_witness_asked_late_does_not_turn_a_bracket_inside_out(town: Town) -> None:
    town.cosigned(0, (CITY, 50), (ARCHIVES, 50))
    town.grow(1)
    town.cosigned(1, (CITY, 100))
    town.cosigned(0, (ARCHIVES, 150))
    assert bracket(town.place.reader(), 0, town.policy("any_one")) == Bracket(50, 100, None, ("city",))


def test_a_log_elsewhere_has_no_archive_to_look_through(town: Town) -> None:
    town.grow(5)
    town.cosigned(5, (CITY, 100))
    remote = open_remote(lambda path: (town.place.log / path).read_bytes())
    assert list(remote.archive.sizes()) == []
    assert parse_proof(remote.prove(0, policy=town.policy("city"))).checkpoint_note == remote.checkpoint_note()


def test_strangers_and_altered_checkpoints_count_for_nothing(town: Town) -> None:
    town.cosigned(0, (STRANGER, 100))
    town.grow(1)
    town.cosigned(1, (CITY, 200))
    town.grow(2)
    town.cosigned(2, (CITY, 300))
    change_byte(town.place.log / archive_path(1), -10)
    assert town.bracket(0, "city") == Bracket(None, 300, None, ("city",))


def test_nothing_is_told_of_an_entry_that_is_not_there(town: Town) -> None:
    with pytest.raises(NotInLogError):
        town.bracket(0)


def test_a_proof_holds_the_earliest_checkpoint_that_its_policy_accepts(town: Town) -> None:
    for size in (300, 400, 500):
        town.grow(size)
    town.cosigned(300, (CITY, 50))
    town.cosigned(400, (CITY, 100), (ARCHIVES, 100))
    town.cosigned(500, (CITY, 200), (ARCHIVES, 200))
    log = town.place.reader()
    for index, quorum, size in ((0, "both", 400), (0, "city", 300), (399, "both", 400), (400, "both", 500)):
        proof = parse_proof(log.prove(index, policy=town.policy(quorum)))
        verified = verify_proof(proof, log.entry(index).data, town.policy(quorum))
        assert (verified.index, verified.size) == (index, size)
    assert parse_proof(log.prove(0)).checkpoint_note == log.checkpoint_note()


def test_a_proof_without_enough_cosignatures_yet_holds_the_newest_checkpoint_and_does_not_verify(town: Town) -> None:
    town.grow(300)
    town.cosigned(300, (CITY, 50))
    log = town.place.reader()
    proof = parse_proof(log.prove(7, policy=town.policy()))
    assert proof.checkpoint_note == log.checkpoint_note()
    with pytest.raises(QuorumMissedError):
        verify_proof(proof, log.entry(7).data, town.policy())
    assert isinstance(verify_proof(proof, log.entry(7).data, town.policy("none")), Verified)


def test_a_proof_carries_of_each_witness_the_oldest_cosignature_only(town: Town) -> None:
    town.grow(5)
    for now in (100, 200, 300):
        town.cosigned(5, (CITY, now), (STRANGER, now))
    log = town.place.reader()
    note = parse_proof(log.prove(0, policy=town.policy("city"))).checkpoint_note
    expected = [
        cosign(town.notes[5], signer, now=now) for signer, now in ((CITY, 100), (STRANGER, 100), (STRANGER, 300))
    ]
    assert note == with_cosignatures(town.notes[5], expected)


def test_the_published_checkpoint_bears_the_latest_cosignatures(town: Town) -> None:
    town.grow(5)
    for now in (100, 300, 200):
        town.cosigned(5, (CITY, now))
    assert town.place.reader().checkpoint_note() == with_cosignatures(
        town.notes[5], [cosign(town.notes[5], CITY, now=300)]
    )
    town.grow(6)
    town.cosigned(5, (CITY, 400))
    assert town.place.reader().checkpoint_note() == town.notes[6]


def test_cosignatures_on_the_published_checkpoint_survive_the_next_start(town: Town, tmp_path: Path) -> None:
    town.grow(5)
    note = town.cosigned(5, (CITY, 100))
    killed = town.place.copy(tmp_path / "killed")  # the batch is still staged
    with killed.writer() as writer:
        assert killed.reader().checkpoint_note() == note
        writer.append([b"x"])


def test_only_checkpoints_of_the_log_are_archived(town: Town) -> None:
    town.grow(5)
    signer = town.place.signer
    with pytest.raises(HeadForkedError):
        town.writer.archive_cosigned(sign_checkpoint(Checkpoint(signer.name, 5, root([b"x"] * 5)), signer))
    with pytest.raises(HeadForkedError):
        town.writer.archive_cosigned(sign_checkpoint(Checkpoint(CITY.name, 5, town.place.reader().root(5)), CITY))
    with pytest.raises(NotInLogError):
        town.writer.archive_cosigned(sign_checkpoint(Checkpoint(signer.name, 6, root([b"x"] * 6)), signer))
    with pytest.raises(MalformedNoteError):
        town.writer.archive_cosigned(b"junk")
    assert list(town.place.reader().archive.sizes()) == []
    town.grow(6)


def test_an_archived_checkpoint_of_another_text_is_not_overwritten(town: Town) -> None:
    town.grow(5)
    town.cosigned(5, (CITY, 100))
    archived = town.place.log / archive_path(5)
    archived.write_bytes(archived.read_bytes().replace(b"\n5\n", b"\n6\n"))
    with pytest.raises(LogDamagedError):
        town.cosigned(5, (CITY, 200))


def test_cosignatures_that_come_back_by_another_way_wait_for_the_writer_to_close(town: Town) -> None:
    town.grow(5)
    note = with_cosignatures(town.notes[5], [cosign(town.notes[5], CITY, now=7)])
    with pytest.raises(WriterBusyError):
        archive_cosigned(town.place.log, note)
    town.writer.close()
    archive_cosigned(town.place.log, note)
    assert town.place.reader().checkpoint_note() == town.place.reader().archive.note(5) == note


def test_a_log_with_very_many_unsatisfying_checkpoints_answers_after_a_bounded_search(town: Town) -> None:
    for size in range(1, EXAMINED + 5):
        town.grow(size)
        town.cosigned(size, (CITY, size))
    log = town.place.reader()
    town.cosigned(size, (ARCHIVES, size))
    assert parse_proof(log.prove(0, policy=town.policy())).checkpoint_note == log.checkpoint_note()
    assert town.bracket(0).no_later_than == size


def test_fsck_names_every_archived_checkpoint_that_is_not_one_of_the_log(town: Town) -> None:
    for size in (5, 6, 7, 300):
        town.grow(size)
        town.cosigned(size, (CITY, size))
    assert town.place.findings() == []
    signer, log = town.place.signer, town.place.log
    change_byte(log / archive_path(5), 40)
    (log / archive_path(6)).write_bytes(b"")
    shutil.copy(log / archive_path(300), log / archive_path(7))
    forged = sign_checkpoint(Checkpoint(signer.name, 300, root([b"x"] * 300)), signer)
    (log / archive_path(300)).write_bytes(forged)
    ahead = sign_checkpoint(Checkpoint(signer.name, 400, root([b"x"] * 400)), signer)
    (log / archive_path(400)).write_bytes(ahead)
    assert [finding.where for finding in town.place.findings()] == [archive_path(size) for size in (5, 6, 7, 300, 400)]
    without_key = [finding.where for finding in fsck(log=log, head=town.place.head)]
    assert [archive_path(size) for size in (6, 7, 300, 400)] == [where for where in without_key if where[-3:] != "005"]
