import errno
import sqlite3
from pathlib import Path

import pytest

from tests.rooms.ledger.places import UNSYNCED, Place, Unsynced, change_byte, new_place, numbered
from yangguang.ledger.checkpoint import sign_checkpoint
from yangguang.ledger.errors import NotAcknowledgedError
from yangguang.ledger.queries import fsck
from yangguang.ledger.tiles import encode_bundle
from yangguang.ledger.tree import EMPTY_ROOT, leaf_hash
from yangguang.ledger.types import Checkpoint

SIZE = 700


@pytest.fixture
def sound(tmp_path: Path) -> Place:
    """A log of 700 entries: two full tiles, a partial one, a partial one above."""
    place = new_place(tmp_path / "node", UNSYNCED)
    place.append(numbered(0, SIZE))
    return place


def test_a_sound_log_has_no_findings_and_progress_is_told(grown: Place) -> None:
    told: list[tuple[int, int]] = []
    assert list(fsck(log=grown.log, head=grown.head, progress=lambda done, total: told.append((done, total)))) == []
    assert told[0] == (256, 66_000)
    assert told[-1] == (66_000, 66_000)


def test_an_empty_log_is_sound(place: Place) -> None:
    assert place.findings() == []


@pytest.mark.parametrize(
    ("path", "position", "says"),
    [
        ("tile/entries/000", 12, "entry 2 was altered"),
        ("tile/entries/001", -1, "entry 511 was altered"),
        ("tile/entries/002.p/188", -1, "entry 699 was altered"),
        ("tile/0/000", 70, "hash 2 of the tile was altered"),
        ("tile/0/001", -1, "hash 255 of the tile was altered"),
        ("tile/0/002.p/188", 0, "hash 0 of the tile was altered"),
        ("tile/1/000.p/2", 33, "hash 1 of the tile was altered"),
    ],
)
def test_an_altered_byte_is_found_in_its_file_and_no_other(sound: Place, path: str, position: int, says: str) -> None:
    change_byte(sound.log / path, position)
    (finding,) = sound.findings()
    assert finding.where == path
    assert says in finding.message


@pytest.mark.parametrize(
    "path",
    ["tile/entries/000", "tile/entries/002.p/188", "tile/0/000", "tile/0/002.p/188", "tile/1/000.p/2"],
)
@pytest.mark.parametrize("damage", ["missing", "cut", "longer"])
def test_a_lost_or_cut_file_is_found_by_name(sound: Place, path: str, damage: str) -> None:
    target = sound.log / path
    raw = target.read_bytes()
    target.unlink()
    if damage != "missing":
        target.write_bytes(raw[:-1] if damage == "cut" else raw + b"\0")
    assert [finding.where for finding in sound.findings()] == [path]


def test_a_bundle_and_its_tile_altered_together_are_found(sound: Place) -> None:
    forged = [b"forged", *numbered(1, 256)]
    (sound.log / "tile/entries/000").write_bytes(encode_bundle(forged))
    (sound.log / "tile/0/000").write_bytes(b"".join(map(leaf_hash, forged)))
    (finding,) = sound.findings()
    assert finding.where == "tile/0/000"
    assert "altered together" in finding.message


def test_a_partial_bundle_and_its_tile_altered_together_miss_the_root(sound: Place) -> None:
    forged = [b"forged", *numbered(513, SIZE)]
    (sound.log / "tile/entries/002.p/188").write_bytes(encode_bundle(forged))
    (sound.log / "tile/0/002.p/188").write_bytes(b"".join(map(leaf_hash, forged)))
    (finding,) = sound.findings()
    assert (finding.where, finding.rule) == ("checkpoint", "tiles add up to the root")


def test_every_one_of_several_altered_files_is_found(sound: Place) -> None:
    paths = ["tile/0/001", "tile/0/002.p/188", "tile/entries/000"]
    for path in paths:
        change_byte(sound.log / path)
    assert sorted(finding.where for finding in sound.findings()) == paths


def test_a_bundle_altered_together_with_the_hash_that_could_tell_is_still_found(sound: Place) -> None:
    change_byte(sound.log / "tile/entries/001")
    change_byte(sound.log / "tile/1/000.p/2")
    first, *_ = sound.findings()
    assert first.where == "tile/0/001"
    assert "neither fits" in first.message


def test_a_bundle_and_its_tile_both_lost_are_both_named(sound: Place) -> None:
    for path in ("tile/0/002.p/188", "tile/entries/002.p/188", "tile/0/000", "tile/entries/000"):
        (sound.log / path).unlink()
    assert len(sound.findings()) == 4


@pytest.mark.parametrize("content", [None, b"", b"junk\n"])
def test_a_lost_checkpoint_is_found_and_the_tree_is_checked_against_the_head(
    sound: Place, content: bytes | None
) -> None:
    (sound.log / "checkpoint").unlink()
    if content is not None:
        (sound.log / "checkpoint").write_bytes(content)
    change_byte(sound.log / "tile/entries/000")
    assert [finding.where for finding in sound.findings()] == ["checkpoint", "tile/entries/000"]


def test_a_checkpoint_with_a_wrong_signature_is_found(sound: Place) -> None:
    path = sound.log / "checkpoint"
    path.write_bytes(path.read_bytes().replace(b"\n700\n", b"\n512\n"))
    assert "checkpoints are signed by the log's key" in {finding.rule for finding in sound.findings()}


def test_a_rolled_back_head_is_found(sound: Place) -> None:
    backup = sound.head.read_bytes()
    sound.append(numbered(SIZE, SIZE + 1))
    sound.head.write_bytes(backup)
    (finding,) = sound.findings()
    assert (finding.where, finding.rule) == (sound.head.name, "the public checkpoint is the head")
    assert "backup" in finding.message


def test_a_fork_between_head_and_checkpoint_is_found(sound: Place) -> None:
    other = sign_checkpoint(Checkpoint(sound.signer.name, SIZE, EMPTY_ROOT), sound.signer)
    connection = sqlite3.connect(sound.head)
    connection.execute("UPDATE head SET note = ?", (other,))
    connection.commit()
    connection.close()
    assert any("two roots" in finding.message for finding in sound.findings())


@pytest.mark.parametrize("content", [None, b"not a database" * 100])
def test_a_lost_head_is_found(sound: Place, content: bytes | None) -> None:
    sound.head.unlink()
    if content is not None:
        sound.head.write_bytes(content)
    (finding,) = sound.findings()
    assert finding.where == sound.head.name


def test_what_was_committed_and_not_published_is_found_until_the_next_start(sound: Place) -> None:
    class Stuck(Unsynced):
        def rename(self, source: Path, target: Path) -> None:
            raise OSError(errno.EIO, "stuck", f"{source} {target}")

    with sound.writer(Stuck()) as writer, pytest.raises(NotAcknowledgedError):
        writer.append([b"x"])
    assert {finding.where for finding in sound.findings()} == {
        "checkpoint",
        "tile/0/002.p/189",
        "tile/entries/002.p/189",
    }
    sound.append()
    assert sound.findings() == []


def test_a_log_being_written_is_checked_without_false_alarm(sound: Place) -> None:
    with sound.writer() as writer:
        findings = []
        for number in range(30):
            walk = fsck(log=sound.log, head=sound.head)
            writer.append(numbered(SIZE + number, SIZE + number + 1))
            findings += list(walk)
        assert findings == []
