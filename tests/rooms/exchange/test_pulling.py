"""A pull takes over nothing unverified, says what it holds, and leaves what was erased nowhere."""

from pathlib import Path

import pytest

from tests.rooms.catalogue.archive import body, metadata
from tests.rooms.exchange.city import City
from tests.rooms.exchange.town import Town
from yangguang.blobs.errors import BlobErasedError
from yangguang.blobs.queries import Blobs
from yangguang.exchange.commands import pull
from yangguang.ledger.queries import cosignatures, open_log, origin_hash
from yangguang.records.queries import decode_event
from yangguang.records.types import Receipt

PICTURE = bytes(range(256)) * 1_500
NAMES = "某某，身份证号码三七〇一一二，住云溪县东街九号"


def mirrored(city: City, town: Town) -> Blobs:
    return Blobs(city.home / "mirrors" / town.name / "blobs")


def commitments(town: Town, index: int) -> dict[str, bytes]:
    return dict(decode_event(town.log.entry(index).data).commitments)


def everything(folder: Path) -> bytes:
    return b"".join(path.read_bytes() for path in sorted(folder.rglob("*")) if path.is_file())


def test_a_pull_holds_entries_and_contents_and_says_so_in_three_ways(city: City, town: Town) -> None:
    town.publish(files=[("图.png", "image/png", PICTURE)])
    town.publish(metadata("第二份"))
    done = pull(town.lower, city.level)
    assert (done.size, done.added, done.fetched, done.missing, done.complete) == (2, 2, 15, 0, True)
    assert [entry.data for entry in open_log(city.home / "mirrors/chenghe/log").entries(0)] == [
        entry.data for entry in town.log.entries(0)
    ]
    for label, commitment in commitments(town, 0).items():
        assert mirrored(city, town).content(commitment) == town.blobs.content(commitment), label
    hashed = origin_hash(town.lower.key.name)
    for cosigner in (city.level.witness, city.level.content_mirror):
        note = cosigner.witness.checkpoint(hashed)
        assert note is not None
        assert [one.key_id for one in cosignatures(note, city.policy(town))] == [cosigner.key.key_id]
    ((receipt, _),) = city.receipts
    assert (receipt.origin_sha256.hex(), receipt.size, receipt.root) == (hashed, 2, town.log.checkpoint().root)


def test_a_second_pull_fetches_only_what_is_new(city: City, town: Town) -> None:
    first = town.publish()
    pull(town.lower, city.level)
    town.asked.clear()
    assert pull(town.lower, city.level).fetched == 0
    assert town.asked == ["log/checkpoint"]
    town.revise(first, metadata("更正"))
    assert pull(town.lower, city.level).fetched == 7
    assert not [path for path in town.asked if path.startswith(f"records/{first}/r1")]


def test_pulls_follow_a_log_over_many_bundles(city: City, town: Town) -> None:
    for count in (1, 300, 600, 123):
        town.say(*(Receipt(bytes(32), number + 1, bytes(32)) for number in range(count)))
        done = pull(town.lower, city.level)
        assert (done.size, done.added, done.complete, done.alarm) == (town.log.checkpoint().size, count, True, None)
    assert open_log(city.home / "mirrors/chenghe/log").checkpoint() == town.log.checkpoint()


def test_a_withdrawn_record_is_not_asked_for_and_comes_once_it_is_restored(city: City, town: Town) -> None:
    kept, gone = town.publish(), town.publish(metadata("撤回的"))
    town.withdraw(gone)
    done = pull(town.lower, city.level)
    assert (done.fetched, done.missing, done.complete) == (7, 0, True)
    assert not [path for path in town.asked if gone in path]
    town.restore(gone)
    assert pull(town.lower, city.level).fetched == 7
    assert kept != gone


def test_what_is_not_given_out_yet_keeps_the_content_mirror_silent(city: City, town: Town) -> None:
    gone = town.publish(metadata("撤回在途"))
    stale = (town.home / "log/checkpoint").read_bytes()
    town.withdraw(gone)
    town.tampered["log/checkpoint"] = stale
    done = pull(town.lower, city.level)
    assert (done.cosigned, done.complete, done.missing, done.alarm) == (True, False, 7, None)
    assert city.level.content_mirror.witness.checkpoint(origin_hash(town.lower.key.name)) is None
    assert city.receipts == []
    town.tampered.clear()
    assert pull(town.lower, city.level).complete


def test_an_erasure_destroys_the_copies_of_every_revision_and_is_receipted_at_once(city: City, town: Town) -> None:
    record = town.publish(text=body(NAMES), files=[("名单.bin", "application/octet-stream", PICTURE)])
    town.revise(record, metadata("更正"), body(NAMES, "已更正。"))
    assert pull(town.lower, city.level).complete
    assert mirrored(city, town).content(commitments(town, 0)["att.0"]) == PICTURE
    copies = city.home / "mirrors"
    doomed = [*commitments(town, 0).values(), *commitments(town, 1).values()]
    salts = [mirrored(city, town).opening(commitment).salt for commitment in doomed]
    town.erase(record, doomed, sorted({*commitments(town, 0), *commitments(town, 1)}), revision=2)
    city.clock.pass_by(1)
    done = pull(town.lower, city.level)
    assert (done.destroyed, done.complete) == (15, True)
    for commitment in doomed:
        with pytest.raises(BlobErasedError):
            mirrored(city, town).content(commitment)
    left = everything(copies)
    assert PICTURE[:256] not in left
    assert not [salt for salt in salts if salt in left]
    assert [receipt.size for receipt, _ in city.receipts] == [2, 3]


def test_a_mirror_that_comes_late_never_asks_for_what_is_erased(city: City, town: Town) -> None:
    record = town.publish(text=body(NAMES))
    town.erase(record, list(commitments(town, 0).values()), sorted(commitments(town, 0)))
    done = pull(town.lower, city.level)
    assert (done.fetched, done.missing, done.complete) == (0, 0, True)
    assert not [path for path in town.asked if record in path]


def test_a_lost_memory_of_holdings_is_worked_out_again_without_fetching(city: City, town: Town) -> None:
    town.publish()
    pull(town.lower, city.level)
    for path in (city.home / "mirrors/chenghe").glob("holdings.sqlite3*"):
        path.unlink()
    town.asked.clear()
    done = pull(town.lower, city.level)
    assert (done.fetched, done.complete) == (0, True)
    assert town.asked == ["log/checkpoint"]


def test_receipts_wait_and_two_nodes_do_not_answer_each_others_receipts(city: City, town: Town) -> None:
    town.publish()
    pull(town.lower, city.level)
    town.publish(metadata("再一份"))
    assert pull(town.lower, city.level).receipt is None
    city.clock.pass_by(601)
    assert pull(town.lower, city.level).receipt is not None
    from_elsewhere = city.receipts[-1][0]
    town.say(from_elsewhere)
    city.clock.pass_by(601)
    done = pull(town.lower, city.level)
    assert (done.added, done.complete, done.receipt) == (1, True, None)


def test_an_empty_log_is_mirrored_without_a_receipt(city: City, town: Town) -> None:
    done = pull(town.lower, city.level)
    assert (done.size, done.complete, done.receipt, done.alarm) == (0, True, None, None)
