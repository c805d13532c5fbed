"""A writer with all that guards a log: a second copy of the head, heartbeats, and a witness whose word is archived."""

from dataclasses import replace
from pathlib import Path

from tests.rooms.ledger.crash.campaign import PRODUCTION, Act, Campaign, Sampling, Variant
from tests.rooms.ledger.crash.disk import File, Folder
from tests.rooms.ledger.crash.invariants import ViolationError, read_checkpoint
from tests.rooms.ledger.crash.machine import Machine, Moment
from yangguang.ledger.commands import Writer, cosign, open_writer, with_cosignatures
from yangguang.ledger.keys import new_signer
from yangguang.ledger.queries import archive_path

BEAT = "beat"
COSIGN = "cosign"


class GuardedCampaign(Campaign):
    """The same log, guarded. The other disk fails with the same power; it keeps what was synced like the first."""

    after = (COSIGN, 1, COSIGN, BEAT)

    def __init__(self, root: Path, sampling: Sampling, variant: Variant = PRODUCTION) -> None:
        super().__init__(root, sampling, variant)
        self._witness = new_signer("city.example/witness")
        note = self.start.disk.files["log/checkpoint"]
        assert note is not None
        disk = self.start.disk.added("elsewhere", Folder({}, {})).added("elsewhere/head", File(note, note))
        self.start = replace(self.start, disk=next(disk.power_cuts(self._chance, 1)))

    def _open(self, machine: Machine) -> Writer:
        return open_writer(
            log=self.lab.log,
            head=self.lab.head,
            head2=self.lab.second,
            signer=self.signer,
            files=self.variant.files(machine),
        )

    def _do(self, machine: Machine, writer: Writer, act: Act) -> None:
        if act == BEAT:
            self._release(machine, writer.heartbeat())
        elif act == COSIGN:
            self._cosign(machine, writer)
        else:
            super()._do(machine, writer, act)

    def _cosign(self, machine: Machine, writer: Writer) -> None:
        line = cosign(writer.checkpoint, self._witness, now=1_000)  # the same line, where a crashed run gave it before
        writer.archive_cosigned(with_cosignatures(writer.checkpoint, [line]))
        archived = machine.told.archived
        path = archive_path(writer.size)
        machine.tell(replace(machine.told, archived={**archived, path: archived.get(path, frozenset()) | {line}}))

    def _look(self, moment: Moment) -> None:
        """Check also that the second copy has all that anybody saw: else it would not notice a restored backup.

        And that whatever a reader sees cosigned is archived.
        """
        super()._look(moment)
        copy = moment.disk.files.get("elsewhere/head")
        if copy is None:
            raise ViolationError("I2", "the second copy of the head is gone")
        size = read_checkpoint(copy, self.key).size
        newest = max(moment.told.released, default=0)
        note = moment.disk.files["log/checkpoint"] or b""
        visible = read_checkpoint(note, self.key).size
        if size < max(newest, visible):
            raise ViolationError("I2", f"{max(newest, visible)} entries were shown, the second copy says {size}")
        archived = moment.disk.files.get(f"log/{archive_path(visible)}") or b""
        seen = {line for line in note.splitlines(keepends=True) if self._witness.name.encode() in line}
        if not seen <= set(archived.splitlines(keepends=True)):
            raise ViolationError("I3", f"a cosignature of {visible} entries is visible and not archived")
