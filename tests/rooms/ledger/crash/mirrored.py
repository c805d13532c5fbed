"""A mirror of a log that only grows: it must find after any crash all that it ever cosigned, and go on."""

from collections.abc import Sequence
from dataclasses import replace
from itertools import islice

from tests.rooms.ledger.crash.campaign import Act, Campaign
from tests.rooms.ledger.crash.invariants import root_of
from tests.rooms.ledger.crash.machine import Machine
from yangguang.ledger.checkpoint import sign_checkpoint
from yangguang.ledger.commands import Mirror
from yangguang.ledger.types import Checkpoint

SOURCE = tuple(b"entry %d of the source" % index for index in range(2_000))


class MirrorCampaign(Campaign):
    """Each act pulls so many entries more. It begins with the copy of an empty log."""

    def _work(self, machine: Machine, acts: Sequence[Act]) -> None:
        with Mirror(self.lab.log, self.lab.head, self.key, files=self.variant.files(machine)) as mirror:
            self._entries(machine)
            for act in acts:
                assert isinstance(act, int)
                size = mirror.size + act
                checkpoint = Checkpoint(self.signer.name, size, root_of(SOURCE[:size]))
                note = sign_checkpoint(checkpoint, self.signer)
                mirror.extend(note, islice(SOURCE, mirror.size, None))
                machine.tell(replace(machine.told, acknowledged=SOURCE[:size]))
                self._release(machine, note)
                self._entries(machine)
