"""Writers that are broken on purpose, one rule of LEDGER design 2.5 each: the crash model must catch them."""

import sqlite3
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from tests.rooms.ledger.crash.campaign import Act, Campaign, Variant
from tests.rooms.ledger.crash.guarded import BEAT, COSIGN, GuardedCampaign
from tests.rooms.ledger.crash.invariants import Invariant
from tests.rooms.ledger.crash.machine import SimulatedConnection, SimulatedFiles
from yangguang.ledger.archive import Archive
from yangguang.ledger.checkpoint import read_checkpoint
from yangguang.ledger.cosignatures import merged
from yangguang.ledger.edge import StagedFile
from yangguang.ledger.guards import SecondHead
from yangguang.ledger.head import HeadStore
from yangguang.ledger.notes import parse_note
from yangguang.ledger.public import PublicFolder


class NoFileSync(SimulatedFiles):
    """Content is never synced."""

    def _sync(self, name: str) -> None:
        self.machine.disk.file(name)


class NoFolderSync(SimulatedFiles):
    """Names are never synced."""

    def sync_folder(self, path: Path) -> None:
        assert self.is_folder(path)


class AcknowledgeFirst(SimulatedFiles):
    """Whoever waits for a batch is told before the commit."""

    def commit(self, connection: sqlite3.Connection) -> None:
        self.machine.tell(replace(self.machine.told, acknowledged=self.machine.appending))
        super().commit(connection)


class WitnessFirst(SimulatedFiles):
    """A witness sees the new checkpoint before the commit."""

    def commit(self, connection: sqlite3.Connection) -> None:
        checkpoint = read_checkpoint(parse_note(_new_note(connection)))
        told = self.machine.told
        self.machine.tell(replace(told, released={**told.released, checkpoint.size: checkpoint.root}))
        super().commit(connection)


class CheckpointBeforeCommit(SimulatedFiles):
    """The public checkpoint is replaced before the commit."""

    def commit(self, connection: sqlite3.Connection) -> None:
        PublicFolder(self.machine.root / "log", self).replace_checkpoint(_new_note(connection))
        super().commit(connection)


class InPlace(SimulatedFiles):
    """Files are written under their own name at once."""

    def write(self, path: Path, data: bytes) -> None:
        super().write(path.with_name(path.name.removesuffix(".tmp")), data)

    def rename(self, source: Path, target: Path) -> None:
        assert source.name == f"{target.name}.tmp"


class DropBeforeFolderSync(SimulatedFiles):
    """The staged bytes are dropped when the files are written, before their names are synced."""

    connection: sqlite3.Connection | None = None

    def commit(self, connection: sqlite3.Connection) -> None:
        super().commit(connection)
        self.connection = connection

    def sync_folder(self, path: Path) -> None:
        if self.connection is not None:
            self.connection.execute("DELETE FROM staged")
        super().sync_folder(path)


class CopyBeforeCommit(SimulatedFiles):
    """The second copy of the head is written before the commit."""

    def commit(self, connection: sqlite3.Connection) -> None:
        SecondHead(self.machine.root / "elsewhere" / "head", self).replace(_new_note(connection))
        super().commit(connection)


class NormalConnection(SimulatedConnection):
    """SQLite is asked for synchronous=NORMAL."""

    def execute(self, sql: str, parameters: object = (), /) -> sqlite3.Cursor:
        return super().execute(sql.replace("FULL", "NORMAL"), parameters)


def _new_note(connection: sqlite3.Connection) -> bytes:
    """Return the checkpoint in the open transaction."""
    return bytes(connection.execute("SELECT note FROM head").fetchone()[0])


_publish = PublicFolder.publish
_store = Archive.store
_commit = HeadStore.commit


def _publish_checkpoint_first(public: PublicFolder, staged: Iterable[StagedFile], note: bytes) -> None:
    public.replace_checkpoint(note)
    _publish(public, staged, note)


def _publish_after_dropping_partials(public: PublicFolder, staged: Sequence[StagedFile], note: bytes) -> None:
    full = [path for path, _ in staged if ".p/" not in path]
    public._drop_partials([public._folder / f"{path}.p" for path in full])
    _publish(public, staged, note)


def _commit_and_drop(head: HeadStore) -> None:
    _commit(head)
    head.drop_staged()


def _copy_nothing(_: SecondHead, __: bytes) -> None:
    return


def _store_nothing(_: Archive, note: bytes) -> bytes:
    return note


def _bring_up_what_differs(second: SecondHead, note: bytes) -> bytes | None:
    before = second.note()
    if before == note:
        return None
    second.replace(note)
    return before


def _store_what_differs(archive: Archive, note: bytes) -> bytes:
    present = archive.note(read_checkpoint(parse_note(note)).size)
    whole = merged(present or note, note)
    return whole if whole == present else _store(archive, note)


def _nothing_staged(_: HeadStore) -> Iterator[StagedFile]:
    return iter(())


def _settle_what_is_there(public: PublicFolder, folder: Path, unsynced: dict[Path, None]) -> None:
    if folder not in public._settled and not public._files.is_folder(folder):
        _settle_what_is_there(public, folder.parent, unsynced)
        public._files.make_folder(folder)
        unsynced[folder.parent] = None


@dataclass(frozen=True)
class Broken:
    """A writer that breaks a rule, the invariants that fall with it, and the acts that show it."""

    variant: Variant
    falls: frozenset[Invariant]
    acts: tuple[Act, ...] = (2, 253, 1, 3)
    kind: type[Campaign] = Campaign
    again: int = 40


def _broken(*falls: Invariant, variant: Variant) -> Broken:
    return Broken(variant, frozenset(falls))


def _unguarded(*falls: Invariant, variant: Variant) -> Broken:
    """Return a writer whose guards do not guard."""
    return Broken(variant, frozenset(falls), (2, COSIGN, BEAT, 1), GuardedCampaign)


BROKEN = {
    "content is not synced": _broken("I3", "I4", variant=Variant(NoFileSync)),
    "names are not synced": _broken("I3", "I4", variant=Variant(NoFolderSync)),
    "a batch is acknowledged before the commit": _broken("I1", variant=Variant(AcknowledgeFirst)),
    "a witness sees the checkpoint before the commit": _broken("I2", variant=Variant(WitnessFirst)),
    # It does not fork: the next start finds the public files ahead of the head and refuses to write.
    "the checkpoint is public before the commit": _broken("I3", "I4", variant=Variant(CheckpointBeforeCommit)),
    "the checkpoint is public before the tiles": _broken(
        "I3", variant=Variant(patches=((PublicFolder, "publish", _publish_checkpoint_first),))
    ),
    "partial tiles are dropped before the full ones are there": _broken(
        "I3", "I4", variant=Variant(patches=((PublicFolder, "publish", _publish_after_dropping_partials),))
    ),
    "staged bytes are dropped with the commit": _broken(
        "I4", variant=Variant(patches=((HeadStore, "commit", _commit_and_drop),))
    ),
    "staged bytes are dropped before names are synced": _broken("I4", variant=Variant(DropBeforeFolderSync)),
    "staged bytes are not written at the start": _broken(
        "I4", variant=Variant(patches=((HeadStore, "staged", _nothing_staged),))
    ),
    # Killed between making a folder and syncing its name, started again, then cut off.
    "folders that are there are taken for synced": Broken(
        Variant(patches=((PublicFolder, "_settle", _settle_what_is_there),)), frozenset({"I3"}), (2,)
    ),
    # A reader meets half a checkpoint, and what is torn is refused at the start as another history.
    "files are written in place": _broken("I3", "I4", variant=Variant(InPlace)),
    # The next start believes that its head was restored from a backup.
    "the second copy of the head is written before the commit": _unguarded("I4", variant=Variant(CopyBeforeCommit)),
    "the second copy of the head is not kept up": _unguarded(
        "I2", variant=Variant(patches=((SecondHead, "replace", _copy_nothing),))
    ),
    "cosignatures are shown and not archived": _unguarded(
        "I1", "I3", variant=Variant(patches=((Archive, "store", _store_nothing),))
    ),
    "SQLite does not sync its commits": _broken("I1", "I2", variant=Variant(connection=NormalConnection)),
}
"""By the rule of LEDGER design 2.5 that is broken."""

RARELY = {
    "a second head that is there is taken for synced": Broken(
        Variant(patches=((SecondHead, "bring_up", _bring_up_what_differs),)),
        frozenset({"I2"}),
        (2,),
        GuardedCampaign,
        again=1_000,
    ),
    "an archived checkpoint that is there is taken for synced": Broken(
        Variant(patches=((Archive, "store", _store_what_differs),)),
        frozenset({"I3"}),
        (2, COSIGN),
        GuardedCampaign,
        again=1_000,
    ),
}
"""Those that show only in a power cut after the start that follows a kill at the right moment."""
