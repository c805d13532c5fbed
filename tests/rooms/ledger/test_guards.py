import shutil
import sqlite3
from collections.abc import Sequence
from pathlib import Path

import pytest

from tests.rooms.ledger.places import UNSYNCED, Place, Unsynced, change_byte, head_note, new_place, numbered
from yangguang.ledger.checkpoint import sign_checkpoint
from yangguang.ledger.commands import Writer, copy_head, cosign, open_writer, with_cosignatures
from yangguang.ledger.errors import (
    AlreadyExistsError,
    HeadDisagreesError,
    HeadForkedError,
    HeadMissingError,
    LogDamagedError,
    NotAcknowledgedError,
    WitnessAheadError,
    WriterStoppedError,
)
from yangguang.ledger.files import Files
from yangguang.ledger.keys import new_signer
from yangguang.ledger.queries import root
from yangguang.ledger.types import Checkpoint

CITY = new_signer("city.example/witness")


class Guarded:
    """A log of 300 entries whose head has a second copy, and a backup of its files taken at 200."""

    def __init__(self, folder: Path) -> None:
        self.place = new_place(folder / "node", UNSYNCED)
        (folder / "other disk").mkdir()
        self.second = folder / "other disk/head"
        copy_head(head=self.place.head, head2=self.second, origin=self.place.signer.name, files=UNSYNCED)
        with self.open() as writer:
            self.old = writer.append(numbered(0, 200)).checkpoint
        self.backup = self.place.copy(folder / "backup")
        with self.open() as writer:
            self.new = writer.append(numbered(200, 300)).checkpoint

    def open(
        self,
        place: Place | None = None,
        elsewhere: Sequence[bytes] = (),
        files: Files = UNSYNCED,
        *,
        second: bool = True,
    ) -> Writer:
        place = place or self.place
        return open_writer(
            log=place.log,
            head=place.head,
            signer=place.signer,
            head2=self.second if second else None,
            newest_elsewhere=elsewhere,
            files=files,
        )

    def forged(self, size: int) -> bytes:
        return sign_checkpoint(Checkpoint(self.place.signer.name, size, root([b"x"] * size)), self.place.signer)


@pytest.fixture
def guarded(tmp_path: Path) -> Guarded:
    return Guarded(tmp_path)


def test_a_restored_backup_is_not_written_on_while_a_witness_knows_more(guarded: Guarded) -> None:
    seen = with_cosignatures(guarded.new, [cosign(guarded.new, CITY, now=1)])
    with pytest.raises(WitnessAheadError, match="a witness has seen 300 entries"):
        guarded.open(guarded.backup, [seen], second=False)
    assert guarded.backup.findings() == []
    guarded.open(guarded.backup, [guarded.old], second=False).close()


def test_a_restored_backup_is_not_written_on_while_the_second_copy_is_newer(guarded: Guarded) -> None:
    with pytest.raises(WitnessAheadError, match="the second copy of the head has seen 300 entries"):
        guarded.open(guarded.backup)
    assert guarded.second.read_bytes() == guarded.new


@pytest.mark.parametrize("size", [1, 200, 299, 300])
def test_a_log_is_not_written_on_after_another_history_was_signed(guarded: Guarded, size: int) -> None:
    with pytest.raises(HeadForkedError):
        guarded.open(elsewhere=[guarded.old, guarded.forged(size)])
    guarded.second.write_bytes(guarded.forged(size))
    with pytest.raises(HeadForkedError):
        guarded.open()
    assert guarded.second.read_bytes() == guarded.forged(size), "the evidence"
    guarded.open(second=False).close()


def test_parts_of_the_log_and_notes_that_it_never_signed_stop_nobody(guarded: Guarded) -> None:
    thief = new_signer(guarded.place.signer.name)
    stolen = sign_checkpoint(Checkpoint(thief.name, 900, root([b"x"] * 900)), thief)
    other = sign_checkpoint(Checkpoint(CITY.name, 900, root([b"x"] * 900)), CITY)
    with guarded.open(elsewhere=[guarded.old, guarded.new, stolen, other, b"junk"]) as writer:
        assert writer.append([b"x"]).first == 300


def test_a_second_copy_that_is_missing_or_not_one_is_refused(guarded: Guarded) -> None:
    raw = guarded.second.read_bytes()
    change_byte(guarded.second, 5)
    with pytest.raises(HeadDisagreesError, match="second copy"):
        guarded.open()
    guarded.second.unlink()
    with pytest.raises(HeadMissingError, match="second copy"):
        guarded.open()
    guarded.second.write_bytes(raw)
    guarded.open().close()


def test_a_second_copy_is_begun_once(guarded: Guarded, tmp_path: Path) -> None:
    with pytest.raises(AlreadyExistsError):
        copy_head(head=guarded.place.head, head2=guarded.second, origin=guarded.place.signer.name)
    with pytest.raises(HeadMissingError):
        copy_head(head=guarded.place.head, head2=tmp_path / "new", origin=CITY.name)
    with pytest.raises(HeadMissingError):
        copy_head(head=tmp_path / "absent", head2=tmp_path / "new", origin=CITY.name)


def test_the_second_copy_is_written_after_the_commit_and_before_anything_is_shown(guarded: Guarded) -> None:
    shown: list[str] = []

    class Watched(Unsynced):
        def commit(self, connection: sqlite3.Connection) -> None:
            super().commit(connection)
            shown.append("commit")

        def rename(self, source: Path, target: Path) -> None:
            super().rename(source, target)
            shown.append("second" if target == guarded.second else "public")

    with guarded.open(files=Watched()) as writer:
        writer.append([b"x"])
    assert shown[:2] == ["commit", "second"]
    assert set(shown[2:]) == {"public"}
    assert guarded.second.read_bytes() == head_note(guarded.place)


def test_a_second_copy_that_cannot_be_written_stops_the_writer_and_loses_nothing(guarded: Guarded) -> None:
    with guarded.open() as writer:
        guarded.second.parent.rename(guarded.second.parent.with_name("unmounted"))
        with pytest.raises(NotAcknowledgedError) as error:
            writer.append([b"x"])
        assert error.value.committed is True
        with pytest.raises(WriterStoppedError):
            writer.append([b"y"])
    guarded.second.parent.with_name("unmounted").rename(guarded.second.parent)
    with guarded.open() as writer:
        assert writer.size == 301
    assert guarded.second.read_bytes() == head_note(guarded.place)


def test_older_public_files_than_the_head_are_noticed_before_readers_are_sent_there(guarded: Guarded) -> None:
    guarded.place.append(numbered(300, 600))
    with guarded.open() as writer:
        writer.append(numbered(600, 700))
        killed = guarded.place.copy(guarded.second.parent / "killed")  # with its last batch still staged
    for place in (guarded.place, killed):
        shutil.rmtree(place.log)
        shutil.copytree(guarded.backup.log, place.log)
        with pytest.raises(LogDamagedError, match="restore"):
            guarded.open(place)
        assert place.reader().checkpoint_note() == guarded.old


def test_a_heartbeat_signs_the_same_tree_and_keeps_its_cosignatures(guarded: Guarded) -> None:
    with guarded.open() as writer:
        cosigned = with_cosignatures(guarded.new, [cosign(guarded.new, CITY, now=1)])
        writer.archive_cosigned(cosigned)
        assert writer.heartbeat() == guarded.new
        assert guarded.place.reader().checkpoint_note() == cosigned
        assert writer.append([b"x"]).first == 300
    assert guarded.place.findings() == []


def test_a_heartbeat_notices_another_writer(guarded: Guarded) -> None:
    with guarded.open() as writer:
        writer._head._connection.execute("UPDATE head SET note = ?", (guarded.old,))
        with pytest.raises(HeadDisagreesError):
            writer.heartbeat()
        with pytest.raises(WriterStoppedError):
            writer.heartbeat()


def test_a_heartbeat_that_cannot_be_written_stops_the_writer(guarded: Guarded) -> None:
    class Failing(Unsynced):
        def rename(self, source: Path, target: Path) -> None:
            if target.name == "checkpoint":
                raise OSError("injected", source)
            super().rename(source, target)

    with guarded.open(files=Failing()) as writer:
        with pytest.raises(NotAcknowledgedError, match="heartbeat"):
            writer.heartbeat()
        with pytest.raises(WriterStoppedError):
            writer.archive_cosigned(guarded.new)
