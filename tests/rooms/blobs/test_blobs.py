"""Contents come back verified, are changed by nobody unseen, and go for good."""

import hashlib
import sqlite3
from contextlib import closing
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from yangguang.blobs.commands import erase, keep_all, put_all
from yangguang.blobs.errors import BlobCorruptError, BlobErasedError, BlobMissingError, BlobNotStoredError
from yangguang.blobs.queries import Blobs, commitment

LARGE = bytes(range(256)) * 2_000
SECRET = "不应公开的姓名与住址".encode() * 40


def test_contents_come_back_in_order(tmp_path: Path) -> None:
    items = [("meta", b"{}"), ("body", b""), ("att.0", LARGE)]
    openings = put_all(tmp_path, items)
    blobs = Blobs(tmp_path)
    assert [blobs.content(opening.commitment) for opening in openings] == [content for _, content in items]
    assert [blobs.opening(opening.commitment) for opening in openings] == list(openings)


def test_the_same_content_has_a_fresh_commitment_each_time(tmp_path: Path) -> None:
    one, two = put_all(tmp_path, [("body", b"x"), ("body", b"x")])
    assert one.commitment != two.commitment


@given(st.sampled_from(["meta", "body", "txt"]), st.binary(min_size=32, max_size=32), st.binary())
def test_a_commitment_follows_its_formula(label: str, salt: bytes, content: bytes) -> None:
    digest = hashlib.sha256(content).digest()
    expected = hashlib.sha256(b"gid-commit-v1\n" + label.encode() + b"\n" + salt + digest).digest()
    assert commitment(label, salt, digest) == expected


def test_an_unknown_commitment_is_missing(tmp_path: Path) -> None:
    with pytest.raises(BlobMissingError):
        Blobs(tmp_path).content(bytes(32))


@pytest.mark.parametrize("content", [SECRET, LARGE])
def test_erased_bytes_are_in_no_file(tmp_path: Path, content: bytes) -> None:
    (opening,) = put_all(tmp_path, [("body", content)])
    assert erase(tmp_path, [opening.commitment]) == 1
    with pytest.raises(BlobErasedError):
        Blobs(tmp_path).content(opening.commitment)
    left = b"".join(path.read_bytes() for path in tmp_path.rglob("*") if path.is_file())
    assert content[:64] not in left
    assert opening.salt not in left


def test_contents_of_another_node_keep_their_commitment(tmp_path: Path) -> None:
    (opening,) = put_all(tmp_path / "theirs", [("body", LARGE)])
    for _ in range(2):
        assert keep_all(tmp_path / "ours", [("body", opening.salt, LARGE)]) == (opening,)
    assert Blobs(tmp_path / "ours").content(opening.commitment) == LARGE


@pytest.mark.parametrize("content", [SECRET, LARGE])
def test_what_was_erased_does_not_come_back_from_another_node(tmp_path: Path, content: bytes) -> None:
    (opening,) = put_all(tmp_path, [("body", content)])
    erase(tmp_path, [opening.commitment])
    keep_all(tmp_path, [("body", opening.salt, content)])
    with pytest.raises(BlobErasedError):
        Blobs(tmp_path).content(opening.commitment)
    assert content[:64] not in b"".join(path.read_bytes() for path in tmp_path.rglob("*") if path.is_file())


def test_erasing_one_of_two_owners_keeps_the_other(tmp_path: Path) -> None:
    one, two = put_all(tmp_path, [("body", LARGE), ("att.0", LARGE)])
    erase(tmp_path, [one.commitment])
    assert Blobs(tmp_path).content(two.commitment) == LARGE


def test_erasing_twice_counts_once(tmp_path: Path) -> None:
    (opening,) = put_all(tmp_path, [("body", b"x")])
    assert erase(tmp_path, [opening.commitment, opening.commitment, bytes(32)]) == 1


def test_a_changed_small_content_is_not_handed_out(tmp_path: Path) -> None:
    (opening,) = put_all(tmp_path, [("body", SECRET)])
    with sqlite3.connect(tmp_path / "blobs.sqlite3") as connection:
        connection.execute("UPDATE contents SET deflated = (SELECT deflated || x'00' FROM contents)")
        connection.execute("UPDATE openings SET salt = zeroblob(32)")
    connection.close()
    with pytest.raises(BlobCorruptError):
        Blobs(tmp_path).content(opening.commitment)


def test_a_changed_large_content_is_not_handed_out(tmp_path: Path) -> None:
    (opening,) = put_all(tmp_path, [("att.0", LARGE)])
    (file,) = (path for path in tmp_path.rglob("*") if path.is_file() and path.parent.parent.name == "files")
    raw = bytearray(file.read_bytes())
    raw[1000] ^= 1
    file.write_bytes(raw)
    with pytest.raises(BlobCorruptError, match="differs from its commitment"):
        Blobs(tmp_path).content(opening.commitment)


def test_a_disk_that_refuses_stores_nothing_of_the_batch(tmp_path: Path) -> None:
    put_all(tmp_path, [("meta", b"before")])
    (tmp_path / "files").write_bytes(b"a file where a folder should be")
    with pytest.raises(BlobNotStoredError, match="free disk space"):
        put_all(tmp_path, [("meta", b"small"), ("att.0", LARGE)])
    with sqlite3.connect(tmp_path / "blobs.sqlite3") as connection:
        assert connection.execute("SELECT count(*) FROM openings").fetchone() == (1,)
    connection.close()


def test_a_content_is_found_by_its_digest_with_what_it_belongs_to(tmp_path: Path) -> None:
    items = [("txt", b"same"), ("txt", b"same"), ("att.0", b"other")]
    openings = put_all(tmp_path, items, owners=["one", "two", "two"])
    digest = hashlib.sha256(b"same").digest()
    found = Blobs(tmp_path).with_digest(digest, limit=10)
    assert {(one.commitment, one.label, one.owner) for one in found} == {
        (openings[0].commitment, "txt", "one"),
        (openings[1].commitment, "txt", "two"),
    }
    assert len(Blobs(tmp_path).with_digest(digest, limit=1)) == 1
    assert Blobs(tmp_path).with_digest(bytes(32), limit=10) == ()


def test_an_erased_content_is_not_found_by_its_digest(tmp_path: Path) -> None:
    (opening,) = put_all(tmp_path, [("txt", SECRET)], owners=["one"])
    erase(tmp_path, [opening.commitment])
    assert Blobs(tmp_path).with_digest(opening.sha256, limit=10) == ()


def test_a_store_made_before_contents_had_owners_is_written_on(tmp_path: Path) -> None:
    (before,) = put_all(tmp_path, [("txt", b"before")])
    with closing(sqlite3.connect(tmp_path / "blobs.sqlite3")) as connection, connection:
        connection.execute("ALTER TABLE openings DROP COLUMN owner")
    put_all(tmp_path, [("txt", b"after")], owners=["one"])
    reader = Blobs(tmp_path)
    assert [one.owner for one in reader.with_digest(before.sha256, limit=9)] == [""]
    assert [one.owner for one in reader.with_digest(hashlib.sha256(b"after").digest(), limit=9)] == ["one"]
