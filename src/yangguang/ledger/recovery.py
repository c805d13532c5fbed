"""What a writer does before its first batch: finish what was committed, and refuse to write what would fork the log."""

from itertools import chain

from yangguang.ledger.checkpoint import parse_checkpoint
from yangguang.ledger.edge import RightEdge, StagedFile
from yangguang.ledger.errors import BadSignatureError, HeadDisagreesError, LogDamagedError, MalformedNoteError
from yangguang.ledger.head import HeadStore
from yangguang.ledger.public import PublicFolder
from yangguang.ledger.tiles import TILE_WIDTH, parse_path
from yangguang.ledger.types import Checkpoint, VerifierKey


def recover(head: HeadStore, public: PublicFolder, key: VerifierKey) -> tuple[bytes, RightEdge]:
    """Bring the public files up to the head and return the head's checkpoint and the right edge under it.

    Raises:
        HeadDisagreesError: the head is not signed by `key`, or the public checkpoint is ahead of it or contradicts it.
        LogDamagedError: public files are missing or do not add up to the head's root.
    """
    note = head.note()
    committed = verified(note, key, "the head store")
    published = public.checkpoint()
    present = verified(published, key, "the public checkpoint") if published is not None else None
    is_behind = present is None or _is_behind(present, committed)
    staged = head.staged()
    first = next(staged, None)
    if first is not None:
        _refuse_gap(first, present.size if present else 0, public)
        # Also when the checkpoint is up to date: a kill may have come before the last partial tiles were dropped.
        # That checkpoint stays as it is: it may bear cosignatures that the head's does not.
        public.publish(chain([first], staged), note if published is None or is_behind else published)
    edge = public.load_edge(committed.size)
    if edge.root() != committed.root:
        raise LogDamagedError(
            f"the tiles at the right edge give the root {edge.root().hex()} for {committed.size} entries, "
            f"the head says {committed.root.hex()}: run fsck, restore what it names"
        )
    if first is None and is_behind:
        # Last, so that what an older copy of the public files lacks is noticed before readers are sent there.
        public.replace_checkpoint(note)
    head.drop_staged()
    return note, edge


def _refuse_gap(first: StagedFile, size: int, public: PublicFolder) -> None:
    """Refuse to publish staged files when batches between them and `size` public entries are missing.

    A published checkpoint older than the batch says nothing by itself: its name is not synced with each batch, and a
    power cut may bring back one long before it. The files tell.

    Args:
        first: The first file staged, which is the bundle in which the batch begins.
        size: Entries of the public checkpoint.
        public: Where the files should be.

    Raises:
        LogDamagedError: a bundle or tile filled between the two is missing or malformed.
    """
    begins = parse_path(first[0]).index * TILE_WIDTH
    try:
        public.check_filled(size, begins)
    except LogDamagedError as error:
        raise LogDamagedError(
            f"{size} entries are public, the batch to be published begins after {begins}, and what lies between is "
            f"not there: the public files are an older copy; restore them up to the head, then start again ({error})"
        ) from error


def verified(note: bytes, key: VerifierKey, where: str) -> Checkpoint:
    """Return the checkpoint `note`, found at `where`.

    Raises:
        HeadDisagreesError: it is not one that `key` signed.
    """
    try:
        return parse_checkpoint(note, key)
    except (MalformedNoteError, BadSignatureError) as error:
        raise HeadDisagreesError(f"{where} does not hold a checkpoint signed by {key.name}: {error}") from error


def _is_behind(published: Checkpoint, committed: Checkpoint) -> bool:
    """Say whether the published checkpoint is older than the head.

    Raises:
        HeadDisagreesError: it is newer, or another tree of the same size: the head store was restored from a backup.
    """
    if published.size > committed.size or (published.size == committed.size and published.root != committed.root):
        raise HeadDisagreesError(
            f"the public checkpoint has {published.size} entries, root {published.root.hex()}; the head store "
            f"{committed.size}, root {committed.root.hex()}: the head is not the latest, writing on would fork the log"
        )
    return published.size < committed.size
