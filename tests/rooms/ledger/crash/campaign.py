"""Runs of the production writer, cut off at every moment, started again, and cut off once more."""

import random
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TypeAlias

import pytest

from tests.rooms.ledger.crash.disk import EMPTY_DISK, Disk
from tests.rooms.ledger.crash.invariants import (
    Invariant,
    ViolationError,
    check_public,
    check_recovered,
    read_checkpoint,
)
from tests.rooms.ledger.crash.machine import Laboratory, Machine, Moment, SimulatedConnection, SimulatedFiles, Told
from yangguang.ledger.commands import Writer, create, generate_key, open_writer
from yangguang.ledger.queries import verifier_key
from yangguang.ledger.types import Signer

ORIGIN = "yangguang.example/xxgk"
Act: TypeAlias = int | str
"""Append so many entries; or what a kind of campaign calls its own."""

Patch: TypeAlias = tuple[object, str, object]


@dataclass(frozen=True)
class Variant:
    """What of the writer is replaced; as it stands, nothing: the production writer."""

    files: type[SimulatedFiles] = SimulatedFiles
    connection: type[SimulatedConnection] = SimulatedConnection
    patches: tuple[Patch, ...] = ()


PRODUCTION = Variant()


@dataclass(frozen=True)
class Sampling:
    """How much of what is possible is tried, and with which seed."""

    seed: int
    cuts: int
    """Most power cuts after each step of the first run; more possibilities than that are sampled."""
    again: int = 0
    """Crashed disks whose next start is crashed once more."""
    cuts_again: int = 0
    """Most power cuts after each step of that next start."""
    stop_at: frozenset[Invariant] = frozenset()
    """Violations after which nothing more is tried."""


@dataclass
class Count:
    """What was tried, and what was found."""

    moments: int = 0
    crashes: int = 0
    starts: int = 0
    double: int = 0
    violations: list[ViolationError] = field(default_factory=list)

    @property
    def invariants(self) -> set[Invariant]:
        return {violation.invariant for violation in self.violations}

    def __str__(self) -> str:
        return (
            f"{self.crashes} crashes at {self.moments} moments, {self.starts} distinct starts after them, "
            f"{self.double} after a second crash, {len(self.violations)} violations"
        )


class Campaign:
    """A log on simulated disks, and what becomes of it in crashes."""

    after: tuple[Act, ...] = (2,)
    """What is done after each crash."""

    def __init__(self, root: Path, sampling: Sampling, variant: Variant = PRODUCTION) -> None:
        self.variant = variant
        self.sampling = sampling
        self.count = Count()
        root.mkdir()
        self.lab = Laboratory(root)
        self.signer: Signer = generate_key(root / "log.key", name=ORIGIN)
        self.key = verifier_key(self.signer)
        self._chance = random.Random(sampling.seed)
        self._tried: set[int] = set()
        self._runs = 0
        machine = self.lab.start(Moment(EMPTY_DISK, Told()))
        with self.lab.installed():
            files = SimulatedFiles(machine)
            create(log=self.lab.log, head=self.lab.head, origin=ORIGIN, signer=self.signer, files=files)
        self.lab.log.mkdir()
        self.lab.head.touch()
        self.lab.connection = variant.connection
        self.created = machine.moments
        self.start = Moment(machine.disk, Told())

    def grow(self, *acts: Act) -> None:
        """Do `acts` without any crash, and begin with that log."""
        with self.lab.installed():
            last = self._record(self.start, acts)[-1]
        self.start = Moment(settled(last.disk), last.told)

    def run(self, *acts: Act) -> Count:
        """Do `acts`, crash after each step, and go on from every distinct disk that results."""
        with self._broken():
            crashed = list(self._crashes(self._record(self.start, acts), self.sampling.cuts))
            again = set(self._chance.sample(range(len(crashed)), min(self.sampling.again, len(crashed))))
            for place, moment in enumerate(crashed):
                if self.sampling.stop_at and self.sampling.stop_at <= self.count.invariants:
                    break
                moments = self._record(moment, self.after)
                if place in again:
                    self._crash_again(moments)
        return self.count

    def _crash_again(self, moments: list[Moment]) -> None:
        for crashed in self._crashes(moments, self.sampling.cuts_again):
            self.count.double += 1
            self._record(crashed, self.after)

    @contextmanager
    def _broken(self) -> Iterator[None]:
        """Put the variant's patches in place."""
        with self.lab.installed(), pytest.MonkeyPatch.context() as patch:
            for target, name, replacement in self.variant.patches:
                patch.setattr(target, name, replacement)
            yield

    @contextmanager
    def _collecting(self) -> Iterator[None]:
        try:
            yield
        except ViolationError as violation:
            self.count.violations.append(violation)

    def _crashes(self, moments: list[Moment], cuts: int) -> Iterator[Moment]:
        """Yield what is left after each moment: by a kill, with all that waits to be synced, and by power cuts."""
        for moment in moments:
            self.count.moments += 1
            self.count.crashes += 1
            self.count.starts += 1
            yield moment
            for disk in moment.disk.power_cuts(self._chance, cuts):
                self.count.crashes += 1
                mark = _mark(Moment(disk, moment.told))
                if mark not in self._tried:
                    self._tried.add(mark)
                    self.count.starts += 1
                    yield Moment(disk, moment.told)

    def _record(self, start: Moment, acts: Sequence[Act]) -> list[Moment]:
        """Start a writer on a disk, let it do `acts`, check every moment, and return them all."""
        machine = self.lab.start(start)
        with self._collecting():
            try:
                self._runs += 1
                self._work(machine, acts)
            except (ViolationError, AssertionError):
                raise
            except Exception as error:
                raise ViolationError("I4", f"the log does not go on: {error!r}") from error
        self._check(machine)
        return machine.moments

    def _work(self, machine: Machine, acts: Sequence[Act]) -> None:
        with self._open(machine) as writer:
            self._release(machine, writer.checkpoint)
            self._entries(machine)
            for act in acts:
                self._do(machine, writer, act)
                self._entries(machine)

    def _open(self, machine: Machine) -> Writer:
        files = self.variant.files(machine)
        return open_writer(log=self.lab.log, head=self.lab.head, signer=self.signer, files=files)

    def _do(self, machine: Machine, writer: Writer, act: Act) -> None:
        assert isinstance(act, int)
        # No two runs append the same: only so does a lost commit show as a fork.
        batch = [b"run %d, entry %d" % (self._runs, writer.size + number) for number in range(act)]
        machine.appending = (*self._entries(machine), *batch)
        appended = writer.append(batch)
        machine.tell(replace(machine.told, acknowledged=machine.appending))
        self._release(machine, appended.checkpoint)

    def _entries(self, machine: Machine) -> tuple[bytes, ...]:
        """Return the entries of a log that is open for writing, having checked it."""
        tree = check_public(machine.disk.files, self.key, machine.told)
        check_recovered(machine.disk.files, tree, machine.told)
        return tree.entries

    def _release(self, machine: Machine, note: bytes) -> None:
        """Show a checkpoint to the world."""
        checkpoint = read_checkpoint(note, self.key)
        if machine.told.released.get(checkpoint.size, checkpoint.root) != checkpoint.root:
            raise ViolationError("I2", f"two roots of {checkpoint.size} entries were released")
        machine.tell(replace(machine.told, released={**machine.told.released, checkpoint.size: checkpoint.root}))

    def _check(self, machine: Machine) -> None:
        """Check each moment as a reader sees it, and take the checkpoints it shows as released from then on."""
        shown: dict[int, bytes] = {}
        before = None
        for place, moment in enumerate(machine.moments):
            files = moment.disk.files
            with self._collecting():
                if files != before:
                    before = files
                    self._look(moment)
                checkpoint = read_checkpoint(files.get("log/checkpoint") or b"", self.key)
                shown[checkpoint.size] = checkpoint.root
            told = replace(moment.told, released={**shown, **moment.told.released})
            machine.moments[place] = Moment(moment.disk, told)

    def _look(self, moment: Moment) -> None:
        """Check what a reader finds at this moment, a writer being at work or not."""
        check_public(moment.disk.files, self.key, moment.told)


def settled(disk: Disk) -> Disk:
    """Return the disk with everything synced."""
    return next(disk.power_cuts(random.Random(0), 1))


def _mark(moment: Moment) -> int:
    disk, told = moment.disk, moment.told
    stores = tuple(store.now for store in disk.stores.values())
    said = len(told.acknowledged), tuple(told.released.items()), tuple(told.archived.items())
    return hash((frozenset(disk.files.items()), stores, said))
