import sqlite3
from collections.abc import Iterator
from itertools import pairwise
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.rooms.ledger.places import UNSYNCED, Place, Unsynced, change_byte, new_place, numbered
from yangguang.ledger import public
from yangguang.ledger.checkpoint import sign_checkpoint
from yangguang.ledger.commands import Mirror, cosign, with_cosignatures
from yangguang.ledger.errors import (
    BadSignatureError,
    EntryRefusedError,
    ForkError,
    HeadDisagreesError,
    HeadForkedError,
    HeadMissingError,
    LogDamagedError,
    MirrorError,
    NotAcknowledgedError,
    RollbackError,
    StaleError,
    WriterBusyError,
    WriterStoppedError,
)
from yangguang.ledger.files import Files
from yangguang.ledger.keys import new_signer
from yangguang.ledger.queries import fsck, root, verifier_key
from yangguang.ledger.types import Checkpoint, Finding

PROVINCE = new_signer("province.example/mirror")


class Copy:
    """A mirror's folder, and the log it follows."""

    def __init__(self, folder: Path, source: Place) -> None:
        folder.mkdir(exist_ok=True)
        self.log = folder / "log"
        self.head = folder / "head.sqlite3"
        self.source = source

    def open(self, files: Files = UNSYNCED) -> Mirror:
        return Mirror(self.log, self.head, verifier_key(self.source.signer), files=files)

    def note(self, size: int, fork: bytes | None = None) -> bytes:
        tree = self.source.reader().root(size) if fork is None else fork
        return sign_checkpoint(Checkpoint(self.source.signer.name, size, tree), self.source.signer)

    def pull(self, mirror: Mirror, size: int) -> None:
        served = self.source.reader()
        mirror.extend(self.note(size), (entry.data for entry in served.entries(mirror.size, size)))

    def findings(self) -> list[Finding]:
        return list(fsck(log=self.log, head=self.head, key=verifier_key(self.source.signer)))

    def files(self) -> dict[str, bytes]:
        return {str(path.relative_to(self.log)): path.read_bytes() for path in self.log.rglob("*") if path.is_file()}


@pytest.fixture(scope="module")
def source(tmp_path_factory: pytest.TempPathFactory) -> Place:
    place = new_place(tmp_path_factory.mktemp("source") / "node", UNSYNCED)
    place.append(numbered(0, 5_000))
    return place


@pytest.fixture
def copy(source: Place, tmp_path: Path) -> Copy:
    return Copy(tmp_path / "copy", source)


@pytest.fixture
def mirror(copy: Copy) -> Iterator[Mirror]:
    with copy.open() as mirror:
        yield mirror


def test_a_mirror_of_the_whole_log_has_its_files_byte_for_byte(copy: Copy, mirror: Mirror) -> None:
    copy.pull(mirror, 5_000)
    theirs = {
        str(path.relative_to(copy.source.log)): path.read_bytes()
        for path in copy.source.log.rglob("*")
        if path.is_file()
    }
    assert copy.files() == theirs
    assert mirror.note == copy.note(5_000)
    assert copy.findings() == []


@settings(max_examples=15, suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(st.lists(st.integers(0, 1_300) | st.sampled_from([255, 256, 257, 512, 1_024, 1_280]), min_size=1, max_size=5))
def test_a_mirror_that_pulls_by_and_by_has_what_one_that_pulls_at_once_has(
    source: Place, tmp_path_factory: pytest.TempPathFactory, sizes: list[int]
) -> None:
    steps, whole = (Copy(tmp_path_factory.mktemp("copies") / name, source) for name in ("steps", "whole"))
    with steps.open() as mirror:
        for size in sorted(sizes):
            steps.pull(mirror, size)
    with whole.open() as mirror:
        whole.pull(mirror, max(sizes))
    assert steps.findings() == whole.findings() == []
    assert list(mirror.log.entries(0)) == list(source.reader().entries(0, max(sizes)))
    full = {name: data for name, data in steps.files().items() if ".p/" not in name}
    assert full == {name: data for name, data in whole.files().items() if ".p/" not in name}


def test_a_mirror_goes_on_where_it_was_closed(copy: Copy) -> None:
    for before, size in pairwise([0, 0, 1, 300, 300, 3_000]):
        with copy.open() as mirror:
            assert mirror.size == before
            copy.pull(mirror, size)
            assert mirror.size == mirror.log.checkpoint().size == size
    assert copy.findings() == []


def test_a_mirror_that_has_taken_nothing_has_no_checkpoint(copy: Copy, mirror: Mirror) -> None:
    assert mirror.note is None
    assert mirror.size == 0
    assert not (copy.log / "checkpoint").exists()


def test_a_tree_that_contradicts_the_copy_is_a_fork_and_both_notes_are_the_evidence(copy: Copy, mirror: Mirror) -> None:
    copy.pull(mirror, 300)
    before = copy.files()
    forged = [*numbered(0, 299), b"forged", *numbered(300, 700)]
    for size, entries in ((300, []), (200, []), (700, numbered(300, 700))):
        note = copy.note(size, root(forged[:size] if size != 200 else [b"x"] * 200))
        with pytest.raises(ForkError) as error:
            mirror.extend(note, entries)
        assert error.value.evidence == (copy.note(300), note)
    assert copy.files() == before
    copy.pull(mirror, 800)
    assert copy.findings() == []


def test_a_smaller_part_of_the_copy_is_a_rollback(copy: Copy, mirror: Mirror) -> None:
    copy.pull(mirror, 300)
    with pytest.raises(RollbackError) as error:
        mirror.extend(copy.note(299), [])
    assert error.value.evidence == (copy.note(300), copy.note(299))
    assert mirror.size == 300


def test_a_checkpoint_whose_entries_are_not_there_yet_is_stale(copy: Copy, mirror: Mirror) -> None:
    copy.pull(mirror, 300)
    with pytest.raises(StaleError):
        mirror.extend(copy.note(2_000), numbered(300, 1_999))
    assert mirror.size == 300
    copy.pull(mirror, 2_000)
    assert copy.findings() == []


def test_entries_damaged_on_the_way_are_no_fork_where_the_tiles_say_so(copy: Copy, mirror: Mirror) -> None:
    entries = numbered(0, 900)
    entries[850] = b"damaged"
    with pytest.raises(LogDamagedError, match="fetch them again"):
        mirror.extend(copy.note(900), entries)
    copy.pull(mirror, 300)
    path = copy.source.reader().consistency(300, 900)
    with pytest.raises(LogDamagedError, match="fetch them again"):
        mirror.extend(copy.note(900), entries[300:], path=path)
    for other in ((), path[1:], None):
        with pytest.raises(ForkError):
            mirror.extend(copy.note(900), entries[300:], path=other)
    mirror.extend(copy.note(900), numbered(300, 900), path=path)
    assert copy.findings() == []


def test_only_the_logs_key_is_believed(copy: Copy, mirror: Mirror) -> None:
    thief = new_signer(copy.source.signer.name)
    with pytest.raises(BadSignatureError):
        mirror.extend(sign_checkpoint(Checkpoint(thief.name, 0, root([])), thief), [])
    with pytest.raises(BadSignatureError):
        mirror.extend(copy.note(5).replace(b"\n5\n", b"\n6\n"), numbered(0, 6))
    other = sign_checkpoint(Checkpoint(PROVINCE.name, 1, root([b"x"])), PROVINCE)
    with pytest.raises(BadSignatureError):
        mirror.extend(other, [b"x"])
    assert mirror.note is None


def test_what_reading_the_entries_raises_is_raised_and_nothing_is_kept(copy: Copy, mirror: Mirror) -> None:
    def broken() -> Iterator[bytes]:
        yield from numbered(0, 2_000)
        raise ConnectionResetError("the line is down")

    with pytest.raises(ConnectionResetError):
        mirror.extend(copy.note(3_000), broken())
    with pytest.raises(EntryRefusedError):
        mirror.extend(copy.note(3_000), [b"x" * 65_536])
    copy.pull(mirror, 3_000)
    assert copy.findings() == []


def test_entries_beyond_the_checkpoint_are_not_read(copy: Copy, mirror: Mirror) -> None:
    entries = iter(numbered(0, 400))
    mirror.extend(copy.note(300), entries)
    assert next(entries) == numbered(300, 301)[0]


def test_a_copy_has_one_writer(copy: Copy, mirror: Mirror) -> None:
    assert mirror.size == 0
    with pytest.raises(WriterBusyError):
        copy.open()


def test_half_a_copy_is_refused(copy: Copy, tmp_path: Path) -> None:
    with copy.open() as mirror:
        copy.pull(mirror, 300)
    head, log = copy.head, copy.log
    copy.head = tmp_path / "absent.sqlite3"
    with pytest.raises(HeadMissingError):
        copy.open()
    copy.head, copy.log = head, tmp_path / "absent"
    with pytest.raises(HeadMissingError):
        copy.open()
    copy.log = log
    change_byte(copy.log / "tile/0/001.p/44")
    with pytest.raises(LogDamagedError):
        copy.open()


def test_a_head_from_a_backup_is_refused(copy: Copy) -> None:
    copy.open().close()
    backup = copy.head.read_bytes()
    with copy.open() as mirror:
        copy.pull(mirror, 300)
    copy.head.write_bytes(backup)
    with pytest.raises(HeadDisagreesError):
        copy.open()


def test_a_mirror_of_another_log_does_not_open_the_copy(copy: Copy, tmp_path: Path) -> None:
    copy.open().close()
    copy.source = Place(tmp_path, tmp_path, PROVINCE)
    with pytest.raises(HeadMissingError):
        copy.open()


def test_a_closed_mirror_takes_nothing(copy: Copy) -> None:
    mirror = copy.open()
    mirror.close()
    mirror.close()
    with pytest.raises(WriterStoppedError):
        copy.pull(mirror, 5)
    with pytest.raises(WriterStoppedError):
        mirror.archive_cosigned(copy.note(5))


def test_our_cosignature_is_served_with_the_copys_checkpoint(copy: Copy, mirror: Mirror) -> None:
    copy.pull(mirror, 300)
    first = with_cosignatures(copy.note(300), [cosign(copy.note(300), PROVINCE, now=1)])
    mirror.archive_cosigned(first)
    assert mirror.log.checkpoint_note() == first
    copy.pull(mirror, 400)
    late = with_cosignatures(copy.note(300), [cosign(copy.note(300), PROVINCE, now=9)])
    mirror.archive_cosigned(late)
    assert mirror.log.checkpoint_note() == copy.note(400)
    assert mirror.log.archive.note(300) == with_cosignatures(first, [late.rpartition(b"\n\n")[2]])
    with pytest.raises(HeadForkedError):
        mirror.archive_cosigned(copy.note(100, root([b"x"] * 100)))
    mirror.close()
    with copy.open() as again:
        assert again.size == 400


class Failing(Unsynced):
    """Files whose operation number `at` fails."""

    def __init__(self, at: int) -> None:
        super().__init__()
        self.left = at

    def _step(self) -> None:
        self.left -= 1
        if self.left == 0:
            raise OSError("injected")

    def write(self, path: Path, data: bytes) -> None:
        self._step()
        super().write(path, data)

    def rename(self, source: Path, target: Path) -> None:
        self._step()
        super().rename(source, target)

    def make_folder(self, path: Path) -> None:
        self._step()
        super().make_folder(path)

    def sync_folder(self, path: Path) -> None:
        self._step()
        super().sync_folder(path)

    def remove(self, path: Path) -> None:
        self._step()
        super().remove(path)

    def commit(self, connection: sqlite3.Connection) -> None:
        self._step()
        super().commit(connection)


def test_a_mirror_failing_at_any_file_operation_goes_on_and_never_shows_what_it_lacks(
    source: Place, tmp_path: Path
) -> None:
    at = 0
    failed = True
    while failed:
        at += 1
        copy = Copy(tmp_path / f"at{at}", source)
        failed = False
        try:
            with copy.open(Failing(at)) as mirror:
                for size in (200, 700):
                    copy.pull(mirror, size)
        except (OSError, NotAcknowledgedError):
            failed = True
        if (copy.log / "checkpoint").exists():
            log = Place(copy.log, copy.head, source.signer).reader()
            assert len(list(log.entries(0))) == log.checkpoint().size
        with copy.open() as mirror:
            copy.pull(mirror, 900)
        assert copy.findings() == []
    assert at > 30


def test_a_mirror_that_failed_takes_nothing_more_until_it_is_opened_again(copy: Copy) -> None:
    copy.open().close()
    with copy.open(Failing(2)) as mirror:
        with pytest.raises(NotAcknowledgedError, match="entries 0 to 299"):
            copy.pull(mirror, 300)
        with pytest.raises(WriterStoppedError, match="injected"):
            copy.pull(mirror, 300)


def test_a_whole_log_is_taken_over_in_slices_and_the_head_store_stays_small(
    copy: Copy, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(public, "SLICE_BYTES", 5_000)
    monkeypatch.setattr("yangguang.ledger.head.MAX_FREE_BYTES", 20_000)
    with copy.open() as mirror:
        copy.pull(mirror, 5_000)
        assert copy.head.stat().st_size < 50_000
    assert copy.findings() == []


def test_every_complaint_about_a_log_carries_two_notes() -> None:
    for error in (ForkError, RollbackError, StaleError):
        assert issubclass(error, MirrorError)
        assert error("x", evidence=(b"a", b"b")).evidence == (b"a", b"b")
