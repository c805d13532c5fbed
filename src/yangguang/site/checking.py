"""The node's self-examination: log, contents, catalogue, index, each against what it was made from.

Whole, or a slice at a time: a slice costs little enough to be examined every hour, and all of them make up the whole
but for the index, which is compared in one piece.
"""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass

from yangguang.blobs.errors import BlobErasedError, BlobsError
from yangguang.blobs.queries import Blobs
from yangguang.catalogue import queries as catalogue
from yangguang.kernel.errors import YangguangError
from yangguang.ledger.commands import load_signer
from yangguang.ledger.errors import LedgerError
from yangguang.ledger.queries import (
    TILE_WIDTH,
    Log,
    bundle_path,
    fsck,
    leaf_hash,
    open_log,
    parse_checkpoint,
    verifier_key,
    verify_inclusion,
    width_at,
)
from yangguang.ledger.types import Checkpoint, Finding
from yangguang.records.queries import decode_event
from yangguang.records.types import EventType
from yangguang.search import queries as search
from yangguang.site.errors import BadSliceError
from yangguang.site.node import Node

Progress = Callable[[str, int, int], None]
"""Called with what is being examined, how far, and of how many."""

MOST_SLICES = 10_000
_SLICE = re.compile("([1-9][0-9]{0,4})/([1-9][0-9]{0,4})")


@dataclass(frozen=True, slots=True)
class Slice:
    """The `number`-th of `of` parts, counted from 1."""

    number: int
    of: int

    def bounds(self, size: int) -> tuple[int, int]:
        """Return the first entry of the part, and the first after it, of a log of `size`."""
        return size * (self.number - 1) // self.of, size * self.number // self.of


def parse_slice(text: str) -> Slice:
    """Return what ``N/M`` says.

    Raises:
        BadSliceError: `text` is not N/M with N from 1 to M.
    """
    match = _SLICE.fullmatch(text)
    if match is None or not int(match[1]) <= int(match[2]) <= MOST_SLICES:
        raise BadSliceError(f"slice {text[:40]!r} refused: N/M with N from 1 to M, M at most {MOST_SLICES}, as 3/24")
    return Slice(int(match[1]), int(match[2]))


def examine(node: Node, progress: Progress = lambda *_: None) -> Iterator[Finding]:
    """Yield everything that is wrong with `node`, by name; nothing means that all of it agrees with the log.

    If the log itself is unsound the rest is not examined: there would be nothing to compare it with.
    """
    unsound = False
    key = verifier_key(load_signer(node.key))
    for finding in fsck(
        log=node.log, head=node.head, key=key, progress=lambda done, total: progress("log", done, total)
    ):
        unsound = True
        yield finding
    if unsound:
        return
    log, blobs = open_log(node.log), Blobs(node.blobs)
    size = log.checkpoint().size
    yield from _leaves(log, blobs, progress)
    for name, findings in (
        ("catalogue", catalogue.fsck(log, blobs)),
        ("search", search.fsck(node.search, log, blobs)),
    ):
        progress(name, 0, 1)
        try:
            yield from findings
        except YangguangError as error:
            yield Finding(name, f"{name}.readable", str(error))
        progress(name, 1, 1)
    yield from _behind(node, size)


def examine_slice(node: Node, part: Slice, progress: Progress = lambda *_: None) -> Iterator[Finding]:
    """Yield what is wrong with one part of the entries, their contents, and the rows of the catalogue made from them.

    Each bundle of the part is held against its tile and the tile against the signed root, so that a part is as well
    proven as the whole.
    """
    log, blobs = open_log(node.log), Blobs(node.blobs)
    try:
        signed = parse_checkpoint(log.checkpoint_note(), verifier_key(load_signer(node.key)))
    except LedgerError as error:
        yield Finding("checkpoint", "checkpoints are signed by the log's key", str(error))
        return
    start, stop = part.bounds(signed.size)
    unsound = False
    for finding in _bundles(log, signed, start, stop):
        unsound = True
        yield finding
    if unsound:
        return
    yield from _leaves(log, blobs, progress, start=start, stop=stop)
    first, last = part.number == 1, part.number == part.of
    yield from catalogue.fsck(log, blobs, start=0 if first else start, stop=None if last else stop)


def _bundles(log: Log, signed: Checkpoint, start: int, stop: int) -> Iterator[Finding]:
    """Yield bundles that the signed root does not cover as they are."""
    for number in range(start // TILE_WIDTH, -(-stop // TILE_WIDTH)):
        width = width_at(0, number, signed.size)
        first = number * TILE_WIDTH
        try:
            leaves = b"".join(leaf_hash(entry) for entry in log.bundle(number, width))
            tile = log.hashes(0, number, width)
            # The path of one entry holds the hashes of all others in its tile, so one path proves the tile.
            path = log.inclusion(first, signed.size)
            own = tile[: len(signed.root)]
            verify_inclusion(index=first, size=signed.size, leaf_hash=own, path=path, root=signed.root)
        except LedgerError as error:
            yield Finding(bundle_path(number, width), "tiles add up to the root", str(error))
            continue
        if leaves != tile:
            message = "an entry was altered: it does not hash to its place in the tile, which the root confirms"
            yield Finding(bundle_path(number, width), "entries hash to their tile", message)


def _behind(node: Node, size: int) -> Iterator[Finding]:
    """Yield what has not reached `size`, where the log stood when the examination began: ample time for a live node."""
    for name, reached in (("catalogue", catalogue.cursor()), ("search", search.cursor(node.search))):
        if reached < size:
            yield Finding(
                name,
                f"{name}.behind",
                f"{reached} of {size} entries are projected: start the node, or `yangguang rebuild {name}`",
            )


def _leaves(
    log: Log, blobs: Blobs, progress: Progress, *, start: int = 0, stop: int | None = None
) -> Iterator[Finding]:
    end = log.checkpoint().size if stop is None else stop
    erased = _erased(log)
    for entry in log.entries(start, end):
        try:
            event = decode_event(entry.data)
        except YangguangError as error:
            yield Finding(f"entry {entry.index}", "records.schema", str(error))
            continue
        for label, commitment in event.commitments.items():
            gone = (event.id, label) in erased
            try:
                blobs.content(commitment)
            except BlobErasedError as error:
                if not gone:
                    yield Finding(f"entry {entry.index} {label}", "blobs.erased_without_entry", str(error))
            except BlobsError as error:
                yield Finding(f"entry {entry.index} {label} of record {event.id}", "blobs.content", str(error))
            else:
                if gone:
                    yield Finding(f"entry {entry.index} {label}", "blobs.not_erased", "erased in the log, still stored")
        progress("contents", entry.index + 1 - start, end - start)


def _erased(log: Log) -> set[tuple[str | None, str]]:
    return {
        (event.id, label)
        for entry in log.entries(0)
        # Leaves are canonical, so an erasure says so in these bytes; decoding every other entry would take far longer.
        if b'"t":"erase"' in entry.data and (event := decode_event(entry.data)).type is EventType.ERASE
        for label in event.components
    }
