import random
import zlib
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from tests.rooms.search.world import World
from yangguang.records.queries import BODY, META
from yangguang.search.commands import advance, drop, purge
from yangguang.search.errors import IndexBusyError, IndexDamagedError
from yangguang.search.folding import ANALYZER
from yangguang.search.queries import cursor, dump, fsck, open_index
from yangguang.search.store import write_cursor, writing

if TYPE_CHECKING:
    from yangguang.kernel.identifiers import RecordId

SECRET = "".join(chr(0x4E00 + 37 * place % 20_000) for place in range(400))
"""A text that compresses badly, so that the index's files hold its compressed bytes in one run."""


def files_with(folder: Path, text: str) -> list[str]:
    """Return the files under `folder` that hold `text` as the index keeps it."""
    run = zlib.compress(text.encode(), 1)[40:72]
    return [path.name for path in folder.rglob("*") if path.is_file() and run in path.read_bytes()]


def segment_files(folder: Path) -> set[str]:
    return {path.name.split(".")[0] for path in folder.rglob("*.store")}


def rules(world: World) -> list[str]:
    return [finding.rule for finding in fsck(world.folder, world, world)]


def test_the_cursor_moves_by_the_limit_until_nothing_is_left(world: World) -> None:
    for place in range(7):
        world.publish(f"公开{place}", "甲")
    assert cursor(world.folder) == 0
    assert [world.advance(limit=3) for _ in range(4)] == [3, 3, 1, 0]
    assert cursor(world.folder) == 7
    assert world.search("公开").total == 7


def test_a_revision_replaces_what_was_indexed(world: World) -> None:
    record = world.publish("旧标题", "旧文")
    world.settle()
    world.revise(record, "新标题", "新文")
    assert world.titles("旧文") == []
    assert world.titles("新文") == ["新标题"]
    assert world.search("").total == 1
    assert world.search("").hits[0].record.revision == 2


def test_a_withdrawn_record_is_not_found_until_it_is_restored(world: World) -> None:
    record = world.publish("公开", "甲文")
    world.settle()
    world.withdraw(record)
    assert world.titles("甲文") == []
    world.restore(record)
    assert world.titles("甲文") == ["公开"]
    world.withdraw(record)
    world.revise(record, "公开", "乙文")
    assert world.titles("乙文") == ["公开"]
    world.withdraw(record, revision=1)
    assert world.titles("乙文") == ["公开"]
    world.withdraw(record, revision=2)
    assert world.titles("乙文") == []


def test_an_erased_record_is_never_found_again_unless_published_anew(world: World) -> None:
    record = world.publish("公开", "甲文")
    world.erase(record, BODY)
    assert world.titles("公开") == []
    world.withdraw(record)
    world.restore(record)
    assert world.titles("公开") == []
    world.revise(record, "公开", "乙文")
    assert world.titles("公开") == ["公开"]


def test_erasing_only_an_attachment_or_an_older_revision_leaves_the_record(world: World) -> None:
    record = world.publish("公开", "甲文")
    world.erase(record, "att.0")
    assert world.titles("公开") == ["公开"]
    world.revise(record, "公开", "乙文")
    world.erase(record, BODY, META, revision=1)
    assert world.titles("乙文") == ["公开"]


def test_a_component_destroyed_before_it_was_indexed_leaves_nothing(world: World) -> None:
    gone = world.publish("公开甲", "甲文")
    world.publish("公开乙", "乙文")
    world.destroy(gone)
    assert world.titles("公开") == ["公开乙"]
    world.contents.clear()
    drop(world.folder)
    assert world.titles("公开") == []


@pytest.mark.parametrize("closing", ["withdraw", "erase"])
def test_text_of_a_closed_record_is_gone_from_the_files_once_the_index_is_up_to_date(
    world: World, closing: str
) -> None:
    for place in range(40):
        world.publish(f"公开{place}", "普通的正文")
        if place % 10 == 9:
            world.advance()
    record = world.publish("标题", SECRET)
    world.settle()
    world.publish("后来的", "正文")
    world.settle()
    assert files_with(world.folder, SECRET)
    before = segment_files(world.folder)
    if closing == "withdraw":
        world.withdraw(record)
    else:
        world.erase(record, BODY, META)
    world.settle()
    assert files_with(world.folder, SECRET) == []
    assert segment_files(world.folder) != before
    assert world.search("公开").total == 40
    assert rules(world) == []


def test_a_purge_can_be_asked_for_and_is_reported_while_it_is_due(world: World) -> None:
    record = world.publish("公开", SECRET)
    world.publish("公开", "正文")
    world.settle()
    world.withdraw(record)
    assert world.advance() == 1
    assert rules(world) == ["search.purged"]
    assert files_with(world.folder, SECRET)
    purge(world.folder)
    assert rules(world) == []
    assert files_with(world.folder, SECRET) == []


def random_life(world: World, seed: int, steps: int) -> None:
    chance = random.Random(seed)
    revisions: dict[RecordId, int] = {}
    withdrawn: set[RecordId] = set()
    for step in range(steps):
        action = chance.choice(["publish", "publish", "revise", "withdraw", "restore", "erase"])
        known = sorted(revisions)
        if action == "publish" or not known:
            revisions[world.publish(f"公开第{step}号", f"正文{step}", "第二段")] = 1
            continue
        record = chance.choice(known)
        if action == "revise":
            revisions[record] += 1
            withdrawn.discard(record)
            world.revise(record, f"更正第{step}号", f"正文{step}", revision=revisions[record])
        elif action == "withdraw" and record not in withdrawn:
            withdrawn.add(record)
            world.withdraw(record, revision=revisions[record])
        elif action == "restore" and record in withdrawn:
            withdrawn.discard(record)
            world.restore(record, revision=revisions[record])
        elif action == "erase":
            world.erase(record, BODY, META, revision=revisions[record])


@pytest.mark.parametrize("seed", range(4))
def test_a_rebuilt_index_equals_the_one_that_lived(world: World, seed: int) -> None:
    chance = random.Random(seed)
    random_life(world, seed, 80)
    while world.advance(limit=chance.choice([1, 2, 5, 30])):
        pass
    lived = list(dump(world.folder))
    answers = [world.titles(query) for query in ("公开", "更正", "正文1", "")]
    assert rules(world) == []
    drop(world.folder)
    assert list(dump(world.folder)) == []
    world.settle()
    assert list(dump(world.folder)) == lived
    assert [sorted(world.titles(query)) for query in ("公开", "更正", "正文1", "")] == [sorted(a) for a in answers]
    assert rules(world) == []


class CrashError(Exception):
    """The process dies here."""


@pytest.mark.parametrize("seed", range(3))
def test_a_crash_between_commit_and_cursor_changes_nothing(
    world: World, seed: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    random_life(world, seed, 40)
    crashes = iter([True, False, True, True, False] * 50)

    def dying(folder: Path, index: int) -> None:
        if next(crashes):
            raise CrashError
        write_cursor(folder, index)

    monkeypatch.setattr("yangguang.search.projection.write_cursor", dying)
    for _ in range(100):
        try:
            if world.advance(limit=7) == 0:
                break
        except CrashError:
            continue
    monkeypatch.undo()
    assert cursor(world.folder) == len(world.leaves)
    assert rules(world) == []
    lived = list(dump(world.folder))
    drop(world.folder)
    world.settle()
    assert list(dump(world.folder)) == lived


def test_a_crash_before_the_commit_leaves_the_index_as_it_was(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    world.publish("公开甲", "甲")
    world.settle()
    before = list(dump(world.folder))
    world.publish("公开乙", "乙")

    def dying(_: object) -> None:
        raise CrashError

    monkeypatch.setattr("yangguang.search.projection._commit", dying)
    with pytest.raises(CrashError):
        world.advance()
    monkeypatch.undo()
    assert list(dump(world.folder)) == before
    world.settle()
    assert world.search("公开").total == 2


def test_an_entry_that_cannot_be_read_stops_the_index_before_it(world: World) -> None:
    world.publish("公开甲", "甲")
    world.settle()
    world.publish("公开乙", "乙")
    key = next(key for key, raw in world.contents.items() if raw and "乙" in raw.decode())
    world.contents[key] = b"{}"
    with pytest.raises(Exception, match="version"):
        world.advance()
    assert cursor(world.folder) == 1
    assert open_index(world.folder).search("").total == 1


def test_a_second_writer_is_refused(world: World) -> None:
    world.publish("公开", "甲")
    with writing(world.folder):
        for act in (world.advance, lambda: drop(world.folder), lambda: purge(world.folder)):
            with pytest.raises(IndexBusyError, match="one writer"):
                act()
    assert world.advance() == 1


def test_a_damaged_index_says_so_and_can_be_dropped(world: World) -> None:
    world.publish("公开", "甲")
    world.settle()
    (world.folder / f"v{ANALYZER}" / "engine" / "meta.json").write_text("broken")
    with pytest.raises(IndexDamagedError, match="rebuild"):
        open_index(world.folder).search("公开")
    with pytest.raises(IndexDamagedError, match="rebuild"):
        world.advance()
    drop(world.folder)
    assert world.titles("公开") == ["公开"]


def test_a_damaged_cursor_is_not_guessed(world: World) -> None:
    world.publish("公开", "甲")
    world.settle()
    (world.folder / f"v{ANALYZER}" / "cursor").write_text("１２")
    with pytest.raises(IndexDamagedError, match="not a number"):
        world.advance()


def test_an_open_index_sees_new_commits_drops_and_rebuilds(world: World) -> None:
    now = iter(range(1_000_000))
    index = open_index(world.folder)
    index._timer = lambda: float(next(now))
    assert index.search("公开").total == 0
    world.publish("公开", "甲")
    world.settle()
    assert index.search("公开").total == 1
    world.publish("公开", "乙")
    world.settle()
    assert index.search("公开").total == 2
    drop(world.folder)
    assert index.search("公开").total == 0
    world.settle()
    assert index.search("公开").total == 2


def test_fsck_names_what_differs_from_the_log(world: World, tmp_path: Path) -> None:
    first = world.publish("公开甲", "甲")
    world.publish("公开乙", "乙")
    world.settle()
    empty = World(world.folder)
    expected = ["search.cursor", "search.public", "search.public"]
    assert [f.rule for f in fsck(world.folder, empty, empty)] == expected
    shorter = World(tmp_path / "other")
    shorter.publish("公开甲", "另一文本")
    shorter.publish("公开乙", "乙")
    found = list(fsck(world.folder, shorter, shorter))
    assert [(f.where, f.rule) for f in found] == [(f"record {first}", "search.fields")]
    shorter.publish("公开丙", "丙")
    assert advance(shorter.folder, shorter, shorter) == 3
    missing = [f.rule for f in fsck(shorter.folder, world, world)]
    assert sorted(missing) == ["search.cursor", "search.fields", "search.public"]


def test_fsck_finds_a_public_record_that_is_not_indexed(world: World) -> None:
    record = world.publish("公开甲", "甲")
    world.settle()
    lost = dict(world.contents)
    world.contents.clear()
    drop(world.folder)
    world.settle()
    world.contents = lost
    assert [(f.where, f.rule) for f in fsck(world.folder, world, world)] == [(f"record {record}", "search.complete")]
