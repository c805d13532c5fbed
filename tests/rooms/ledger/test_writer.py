import errno
import sqlite3
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from itertools import pairwise
from pathlib import Path

import pytest

from tests.rooms.ledger.places import ORIGIN, Place, Unsynced, change_byte, head_note, new_place, numbered
from yangguang.ledger.commands import create, generate_key, load_signer, open_writer
from yangguang.ledger.errors import (
    AlreadyExistsError,
    EntryRefusedError,
    HeadDisagreesError,
    HeadMissingError,
    LogDamagedError,
    MalformedKeyError,
    NotAcknowledgedError,
    NotInLogError,
    WriterBusyError,
    WriterStoppedError,
)
from yangguang.ledger.keys import Ed25519Signer
from yangguang.ledger.queries import open_log, parse_checkpoint, root, verifier_key
from yangguang.ledger.writer import MAX_BATCH_BYTES


def test_a_batch_is_readable_in_order_when_append_returns(place: Place) -> None:
    entries = numbered(0, 300)
    with place.writer() as writer:
        appended = writer.append(entries)
        assert (appended.first, appended.count, writer.size) == (0, 300, 300)
        log = place.reader()
        assert log.checkpoint_note() == appended.checkpoint == writer.checkpoint
        assert [entry.data for entry in log.entries(0)] == entries
        assert writer.append(entries[:2]).first == 300
    checkpoint = parse_checkpoint(place.reader().checkpoint_note(), verifier_key(place.signer))
    assert (checkpoint.size, checkpoint.root) == (302, root(entries + entries[:2]))


def test_the_log_is_the_same_whatever_the_batches_were(tmp_path: Path) -> None:
    entries = numbered(0, 1_100)
    one, many = new_place(tmp_path / "one"), new_place(tmp_path / "many")
    one.append(entries)
    bounds = [0, 1, 2, 250, 256, 257, 512, 900, 1_024, 1_100]
    many.append(*(entries[start:stop] for start, stop in pairwise(bounds)))
    assert many.reader().checkpoint() == one.reader().checkpoint()
    assert [entry.data for entry in many.reader().entries(0)] == entries
    assert one.findings() == many.findings() == []


def test_an_empty_batch_changes_nothing(place: Place) -> None:
    with place.writer() as writer:
        before = writer.checkpoint
        assert writer.append([]).count == 0
        assert writer.checkpoint == before == place.reader().checkpoint_note()


def test_entries_of_no_bytes_and_of_the_most_bytes_are_kept(place: Place) -> None:
    entries = [b"", b"x" * 65_535, b""]
    place.append(entries)
    assert [entry.data for entry in place.reader().entries(0)] == entries


def test_a_too_long_entry_is_refused_and_the_writer_goes_on(place: Place) -> None:
    with place.writer() as writer:
        with pytest.raises(EntryRefusedError, match="entry 1 of the batch has 65536 bytes"):
            writer.append([b"fine", b"x" * 65_536])
        with pytest.raises(EntryRefusedError):
            writer.submit(b"x" * 65_536)
        assert writer.append([b"fine"]).first == 0


def test_a_too_large_batch_is_refused(place: Place) -> None:
    with place.writer() as writer, pytest.raises(EntryRefusedError, match="split it"):
        writer.append([b"x" * 65_535] * (MAX_BATCH_BYTES // 65_535 + 1))


def test_entries_submitted_by_many_threads_get_each_their_own_index(place: Place) -> None:
    entries = numbered(0, 400)
    with place.writer() as writer, ThreadPoolExecutor(16) as pool:
        indices = list(pool.map(lambda entry: writer.submit(entry).result(), entries))
    assert sorted(indices) == list(range(400))
    log = place.reader()
    assert all(log.entry(index).data == entry for index, entry in zip(indices, entries, strict=True))


def test_waiting_entries_are_coalesced_and_finished_by_close(place: Place) -> None:
    writer = place.writer()
    futures = [writer.submit(entry) for entry in numbered(0, 2_500)]
    writer.close()
    assert [future.result() for future in futures] == list(range(2_500))
    with pytest.raises(WriterStoppedError):
        writer.submit(b"late")
    with pytest.raises(WriterStoppedError):
        writer.append([b"late"])
    writer.close()


def test_a_second_writer_is_refused_in_this_process(place: Place) -> None:
    with place.writer(), pytest.raises(WriterBusyError):
        place.writer()
    place.append([b"free again"])


def test_a_second_writer_is_refused_in_another_process(place: Place) -> None:
    script = Path(__file__).with_name("appender.py")
    command: list[str | Path] = [
        sys.executable,
        script,
        place.log,
        place.head,
        place.head.with_name("log.key"),
        "1",
        "1",
    ]
    with place.writer():
        refused = subprocess.run(command, capture_output=True, text=True, check=False)
        assert refused.returncode != 0
        assert "WriterBusyError" in refused.stderr
    assert subprocess.run(command, capture_output=True, check=False).returncode == 0
    assert place.reader().checkpoint().size == 1


def test_two_writers_on_one_head_cannot_both_commit(place: Place, tmp_path: Path) -> None:
    # The lock lies on the public folder; a second folder gets round it, and the compare-and-swap does not.
    other = tmp_path / "copy"
    other.mkdir()
    (other / "checkpoint").write_bytes(place.reader().checkpoint_note())
    with place.writer() as first, open_writer(log=other, head=place.head, signer=place.signer) as second:
        first.append([b"first"])
        with pytest.raises(HeadDisagreesError):
            second.append([b"second"])
        with pytest.raises(WriterStoppedError):
            second.append([b"again"])
        assert first.append([b"goes on"]).first == 1
    assert place.findings() == []


def test_a_log_is_created_once(place: Place, tmp_path: Path) -> None:
    for log, head in ((place.log, tmp_path / "h"), (tmp_path / "l", place.head)):
        with pytest.raises(AlreadyExistsError):
            create(log=log, head=head, origin=ORIGIN, signer=place.signer)
    assert place.reader().checkpoint().size == 0


def test_a_key_is_never_overwritten_and_belongs_to_its_owner_alone(place: Place) -> None:
    path = place.head.with_name("log.key")
    before = path.read_bytes()
    with pytest.raises(AlreadyExistsError):
        generate_key(path, name=ORIGIN)
    assert path.read_bytes() == before
    assert path.stat().st_mode & 0o777 == 0o600
    assert verifier_key(load_signer(path)) == verifier_key(place.signer)


@pytest.mark.parametrize("content", [None, b"", b"junk", b"\xff\xfe", b"PRIVATE+KEY+a+00000000+AAAA"])
def test_a_file_that_is_no_key_is_refused(tmp_path: Path, content: bytes | None) -> None:
    if content is not None:
        (tmp_path / "key").write_bytes(content)
    with pytest.raises(MalformedKeyError):
        load_signer(tmp_path / "key")


def test_a_log_is_signed_by_a_key_of_its_own_name(place: Place, tmp_path: Path) -> None:
    with pytest.raises(HeadDisagreesError):
        create(log=tmp_path / "l", head=tmp_path / "h", origin="other.example", signer=place.signer)


def test_a_missing_head_is_refused_and_not_created(place: Place) -> None:
    place.append([b"one"])
    place.head.unlink()
    with pytest.raises(HeadMissingError):
        place.writer()
    assert not place.head.exists()


@pytest.mark.parametrize("content", [b"", b"not a database" * 100])
def test_a_file_that_is_no_head_store_is_refused_and_left_alone(place: Place, content: bytes) -> None:
    place.head.write_bytes(content)
    with pytest.raises(HeadMissingError):
        place.writer()
    assert place.head.read_bytes() == content


def test_another_database_is_refused_and_left_alone(place: Place) -> None:
    place.head.unlink()
    connection = sqlite3.connect(place.head)
    connection.execute("CREATE TABLE business (id INTEGER)")
    connection.close()
    before = place.head.read_bytes()
    with pytest.raises(HeadMissingError):
        place.writer()
    assert place.head.read_bytes() == before


def test_the_key_of_another_log_is_refused(place: Place, tmp_path: Path) -> None:
    namesake = generate_key(tmp_path / "namesake", name=ORIGIN)
    stranger = generate_key(tmp_path / "stranger", name="other.example")
    with pytest.raises(HeadDisagreesError):
        open_writer(log=place.log, head=place.head, signer=namesake)
    with pytest.raises(HeadMissingError):
        open_writer(log=place.log, head=place.head, signer=stranger)


def test_a_signer_that_signs_wrongly_is_noticed_before_anything_is_committed(place: Place) -> None:
    class Broken(Ed25519Signer):
        def sign(self, message: bytes) -> bytes:
            return super().sign(message[:-1])

    assert isinstance(place.signer, Ed25519Signer)
    broken = Broken(ORIGIN, place.signer._private_key)
    before = head_note(place)
    with open_writer(log=place.log, head=place.head, signer=broken) as writer, pytest.raises(HeadDisagreesError):
        writer.append([b"x"])
    assert head_note(place) == before


def test_a_head_restored_from_a_backup_is_refused(place: Place) -> None:
    place.append(numbered(0, 10))
    backup = place.head.read_bytes()
    place.append(numbered(10, 20))
    place.head.write_bytes(backup)
    with pytest.raises(HeadDisagreesError, match="not the latest"):
        place.writer()


def test_public_files_restored_from_a_backup_are_refused(place: Place) -> None:
    place.append(numbered(0, 10))
    old = place.reader().checkpoint_note()
    place.append(numbered(10, 20))
    for path in place.log.rglob("20"):
        path.unlink()
    (place.log / "checkpoint").write_bytes(old)
    with pytest.raises(LogDamagedError, match=r"tile/0/000\.p/20 is missing"):
        place.writer()


def test_a_lost_public_folder_is_refused(place: Place, tmp_path: Path) -> None:
    with pytest.raises(LogDamagedError):
        open_writer(log=tmp_path / "nowhere", head=place.head, signer=place.signer)


def test_a_lost_checkpoint_file_is_written_again(place: Place) -> None:
    place.append(numbered(0, 10))
    note = place.reader().checkpoint_note()
    (place.log / "checkpoint").unlink()
    place.append()
    assert place.reader().checkpoint_note() == note


@pytest.mark.parametrize("path", ["tile/0/001.p/44", "tile/entries/001.p/44", "tile/1/000.p/1", "checkpoint"])
def test_an_altered_right_edge_is_refused(place: Place, path: str) -> None:
    place.append(numbered(0, 300))
    change_byte(place.log / path)
    with pytest.raises((LogDamagedError, HeadDisagreesError)):
        place.writer()


def test_the_last_full_bundle_is_checked_too(place: Place) -> None:
    place.append(numbered(0, 256))
    change_byte(place.log / "tile/entries/000")
    with pytest.raises(LogDamagedError, match="tile/entries/000"):
        place.writer()


def test_a_file_of_another_history_is_never_overwritten(place: Place) -> None:
    place.append(numbered(0, 10))
    target = place.log / "tile/entries/000.p/11"
    target.write_bytes(b"another history")
    with place.writer() as writer, pytest.raises(HeadDisagreesError, match="another history"):
        writer.append([b"x"])
    assert target.read_bytes() == b"another history"


def test_a_full_disk_is_named_and_the_next_start_goes_on(place: Place) -> None:
    class Full(Unsynced):
        def write(self, path: Path, data: bytes) -> None:
            if path.name.startswith("11"):
                raise OSError(errno.ENOSPC, "No space left on device", str(path))
            super().write(path, data)

    place.append(numbered(0, 10))
    with place.writer(Full()) as writer:
        with pytest.raises(
            NotAcknowledgedError, match="entries 10 to 10 were not acknowledged: the disk is full"
        ) as error:
            writer.append(numbered(10, 11))
        assert error.value.committed
        with pytest.raises(WriterStoppedError, match="the disk is full"):
            writer.append([b"more"])
        with pytest.raises(WriterStoppedError):
            writer.submit(b"more").result()
    place.append(numbered(11, 20))
    assert [entry.data for entry in place.reader().entries(0)] == numbered(0, 20)
    assert place.findings() == []


def test_a_head_store_on_a_full_disk_acknowledges_nothing(place: Place) -> None:
    place.append(numbered(0, 10))
    with place.writer() as writer:
        connection = writer._head._connection
        pages = connection.execute("PRAGMA page_count").fetchone()[0]
        connection.execute(f"PRAGMA max_page_count={pages}")
        with pytest.raises(NotAcknowledgedError, match="the disk is full"):
            writer.append([b"x" * 60_000])
    with place.writer() as writer:
        assert writer.append([b"after"]).first == 10
    assert place.findings() == []


def test_a_reader_follows_the_log_while_it_grows(place: Place) -> None:
    log = place.reader()
    with place.writer() as writer:
        writer.append(numbered(0, 100))
        early = log.entries(0)
        assert next(early).index == 0
        note = log.checkpoint_note()
        writer.append(numbered(100, 700))
        assert [entry.index for entry in early] == list(range(1, 100))
        assert log.checkpoint().size == 700
        # The partial bundle of 100 entries is gone; its full one has taken its place.
        (place.log / "checkpoint").write_bytes(note)
        assert [entry.data for entry in log.entries(0)] == numbered(0, 100)
        assert log.inclusion(50, 100)


def test_a_range_of_entries_is_exactly_that_range(grown: Place) -> None:
    log = grown.reader()
    for start, stop in ((0, 0), (0, 1), (255, 257), (256, 512), (65_990, 66_000), (66_000, 66_000)):
        assert [entry.data for entry in log.entries(start, stop)] == numbered(start, stop)
    for start, end in ((0, 66_001), (-1, 5), (6, 5), (66_001, None)):
        with pytest.raises(NotInLogError):
            log.entries(start, end)
    with pytest.raises(NotInLogError):
        log.inclusion(0, 66_001)


def test_a_folder_without_a_log_says_so(tmp_path: Path) -> None:
    with pytest.raises(LogDamagedError, match="no checkpoint"):
        open_log(tmp_path).checkpoint()
