"""The production writer on a simulated disk, crashed at every step (LEDGER design, sections 2.5 and 4).

A crash is a kill, after which the kernel still holds what was not synced, or a power cut, after which the disk holds
any part of it. Every disk that results is opened by the production writer, which must find all that was promised and
go on; of some, that start is crashed again. Campaigns are seeded and print what they tried.
"""

import os
from collections.abc import Callable
from pathlib import Path
from typing import TypeAlias

import pytest

from tests.rooms.ledger.crash.broken import BROKEN, RARELY, Broken
from tests.rooms.ledger.crash.campaign import PRODUCTION, Campaign, Count, Sampling, Variant
from tests.rooms.ledger.crash.disk import Disk
from tests.rooms.ledger.crash.guarded import BEAT, COSIGN, GuardedCampaign
from tests.rooms.ledger.crash.invariants import check_public, read_checkpoint
from tests.rooms.ledger.crash.machine import Moment, SimulatedFiles, Told
from tests.rooms.ledger.crash.mirrored import MirrorCampaign
from tests.rooms.ledger.places import Place, Unsynced
from yangguang.ledger import public
from yangguang.ledger.commands import Writer, open_writer
from yangguang.ledger.errors import HeadDisagreesError, WriterStoppedError
from yangguang.ledger.files import Files, Lock

EDGES = (2, 252, 1, 1, 3)
"""Batches that begin, fill and pass a tile."""

IN_SLICES = Variant(patches=((public, "SLICE_BYTES", 3_000),))
"""What was staged is published in several runs, as a whole log is when a mirror first pulls it."""

Tell: TypeAlias = Callable[[Count], None]


@pytest.fixture
def tell(capsys: pytest.CaptureFixture[str]) -> Tell:
    """Print what a campaign tried, also when the test passes."""

    def tell(count: Count) -> None:
        with capsys.disabled():
            print(f"\n  {count}")  # noqa: T201 - a sample is worth nothing without its size

    return tell


def test_every_operation_that_the_ledger_has_is_simulated() -> None:
    operations = {name for name in vars(Files) if not name.startswith("_")}
    assert operations <= vars(SimulatedFiles).keys()


def test_no_crash_at_any_step_loses_or_contradicts_anything(tmp_path: Path, tell: Tell) -> None:
    count = Campaign(tmp_path / "node", Sampling(seed=1, cuts=8, again=6, cuts_again=3)).run(*EDGES)
    tell(count)
    assert count.violations == []
    assert count.starts > 800
    assert count.double > 300


@pytest.mark.slow
@pytest.mark.parametrize("seed", range(3))
def test_no_second_crash_during_recovery_loses_or_contradicts_anything(tmp_path: Path, tell: Tell, seed: int) -> None:
    count = Campaign(tmp_path / "node", Sampling(seed, cuts=60, again=110, cuts_again=5)).run(*EDGES, 260)
    tell(count)
    assert count.violations == []
    assert count.double > 4_000


@pytest.mark.slow
def test_no_crash_where_a_third_level_of_tiles_begins_loses_or_contradicts_anything(tmp_path: Path, tell: Tell) -> None:
    campaign = Campaign(tmp_path / "node", Sampling(seed=5, cuts=5, again=5, cuts_again=1))
    campaign.grow(30_000, 65_534 - 30_000)
    count = campaign.run(1, 1, 3)
    tell(count)
    assert count.violations == []
    assert count.starts > 500


@pytest.mark.slow
def test_no_crash_after_many_unsynced_checkpoints_loses_or_contradicts_anything(tmp_path: Path, tell: Tell) -> None:
    """The name `checkpoint` is not synced with each batch: after a power cut any earlier one may be back."""
    count = Campaign(tmp_path / "node", Sampling(seed=6, cuts=60, again=40, cuts_again=4)).run(*[1] * 30)
    tell(count)
    assert count.violations == []


def test_no_crash_of_a_guarded_writer_loses_what_its_guards_rely_on(tmp_path: Path, tell: Tell) -> None:
    campaign = GuardedCampaign(tmp_path / "node", Sampling(seed=8, cuts=3, again=1, cuts_again=1))
    count = campaign.run(2, COSIGN, BEAT, 254, COSIGN)
    tell(count)
    assert count.violations == []
    assert count.starts > 200


@pytest.mark.slow
@pytest.mark.parametrize("seed", [9, 10])
def test_no_second_crash_of_a_guarded_writer_loses_what_its_guards_rely_on(
    tmp_path: Path, tell: Tell, seed: int
) -> None:
    campaign = GuardedCampaign(tmp_path / "node", Sampling(seed, cuts=16, again=30, cuts_again=3))
    count = campaign.run(2, COSIGN, BEAT, COSIGN, 254, COSIGN, 300, BEAT)
    tell(count)
    assert count.violations == []
    assert count.double > 1_500


def test_no_crash_of_a_mirror_loses_or_contradicts_anything(tmp_path: Path, tell: Tell) -> None:
    sampling = Sampling(seed=11, cuts=3, again=2, cuts_again=1)
    count = MirrorCampaign(tmp_path / "node", sampling, IN_SLICES).run(2, 254, 300)
    tell(count)
    assert count.violations == []
    assert count.starts > 200


@pytest.mark.slow
@pytest.mark.parametrize("variant", [PRODUCTION, IN_SLICES], ids=["at once", "in slices"])
def test_no_second_crash_of_a_mirror_loses_or_contradicts_anything(
    tmp_path: Path, tell: Tell, variant: Variant
) -> None:
    campaign = MirrorCampaign(tmp_path / "node", Sampling(seed=12, cuts=30, again=60, cuts_again=4), variant)
    count = campaign.run(2, 252, 1, 1, 3, 600)
    tell(count)
    assert count.violations == []
    assert count.double > 1_500


@pytest.mark.parametrize(
    "broken",
    [
        *(pytest.param(broken, id=rule) for rule, broken in BROKEN.items()),
        *(pytest.param(broken, id=rule, marks=pytest.mark.slow) for rule, broken in RARELY.items()),
    ],
)
def test_a_writer_that_breaks_a_rule_is_caught(tmp_path: Path, broken: Broken) -> None:
    sampling = Sampling(seed=2, cuts=8, again=broken.again, cuts_again=8, stop_at=broken.falls)
    count = broken.kind(tmp_path / "node", sampling, broken.variant).run(*broken.acts)
    assert count.invariants >= broken.falls, f"{count}: the model is blind to this"


def test_an_earlier_checkpoint_that_a_power_cut_brings_back_is_replaced_from_the_head(tmp_path: Path) -> None:
    campaign = Campaign(tmp_path / "node", Sampling(seed=3, cuts=64))
    with campaign.lab.installed():
        end = campaign._record(campaign.start, (2, 298, 300))[-2]
        assert len(end.told.acknowledged) == 600
        sizes = set()
        for disk in end.disk.power_cuts(campaign._chance, 64):
            sizes.add(visible_size(campaign, disk))
            machine = campaign.lab.start(Moment(disk, end.told))
            with writer(campaign) as opened:
                assert opened.size == 600
            assert visible_size(campaign, machine.disk) == 600
            assert len(check_public(machine.disk.files, campaign.key, end.told).entries) == 600
    assert campaign.count.violations == []
    assert sizes == {0, 2, 300, 600}


def test_after_a_crash_while_a_log_is_created_it_begins_as_soon_as_both_parts_are_there(tmp_path: Path) -> None:
    campaign = Campaign(tmp_path / "node", Sampling(seed=4, cuts=64))
    begun = 0
    with campaign.lab.installed():
        for moment in campaign.created:
            for disk in (moment.disk, *moment.disk.power_cuts(campaign._chance, 64)):
                if "log" not in disk.files or not disk.stores:
                    continue  # the start says what is missing: test_writer asks
                machine = campaign.lab.start(Moment(disk, Told()))
                with writer(campaign) as opened:
                    opened.append([b"the first"])
                assert visible_size(campaign, machine.disk) == 1
                for again in machine.disk.power_cuts(campaign._chance, 16):
                    assert "log/tile/entries/000.p/1" in again.files, "I1: an acknowledged entry is lost"
                begun += 1
    assert begun > 10


def test_of_two_writers_that_no_lock_keeps_apart_the_second_stops(place: Place) -> None:
    class Unlocked(Unsynced):
        def lock(self, folder: Path) -> Lock:
            return Lock(os.open(folder, os.O_RDONLY))

    with place.writer(Unlocked()) as first, place.writer(Unlocked()) as second:
        first.append([b"of the first"])
        with pytest.raises(HeadDisagreesError, match="another writer has been at work"):
            second.append([b"of the second"])
        with pytest.raises(WriterStoppedError):
            second.append([b"of the second"])
        first.append([b"of the first again"])
    assert [entry.data for entry in place.reader().entries(0)] == [b"of the first", b"of the first again"]
    assert place.findings() == []


def visible_size(campaign: Campaign, disk: Disk) -> int:
    note = disk.files["log/checkpoint"]
    assert note is not None
    return read_checkpoint(note, campaign.key).size


def writer(campaign: Campaign) -> Writer:
    lab = campaign.lab
    return open_writer(log=lab.log, head=lab.head, signer=campaign.signer, files=SimulatedFiles(lab.machine))
