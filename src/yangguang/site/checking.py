"""The node's self-examination: log, contents, catalogue, index, each against what it was made from."""

from collections.abc import Callable, Iterator

from yangguang.blobs.errors import BlobErasedError, BlobsError
from yangguang.blobs.queries import Blobs
from yangguang.catalogue import queries as catalogue
from yangguang.kernel.errors import YangguangError
from yangguang.ledger.commands import load_signer
from yangguang.ledger.queries import Log, fsck, open_log, verifier_key
from yangguang.ledger.types import Finding
from yangguang.records.queries import decode_event
from yangguang.records.types import EventType
from yangguang.search import queries as search
from yangguang.site.node import Node

Progress = Callable[[str, int, int], None]
"""Called with what is being examined, how far, and of how many."""


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


def _behind(node: Node, size: int) -> Iterator[Finding]:
    """Yield what has not reached `size`, where the log stood when the examination began: ample time for a live node."""
    for name, reached in (("catalogue", catalogue.cursor()), ("search", search.cursor(node.search))):
        if reached < size:
            yield Finding(
                name,
                f"{name}.behind",
                f"{reached} of {size} entries are projected: start the node, or `yangguang rebuild {name}`",
            )


def _leaves(log: Log, blobs: Blobs, progress: Progress) -> Iterator[Finding]:
    size = log.checkpoint().size
    erased = _erased(log)
    for entry in log.entries(0, size):
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
        progress("contents", entry.index + 1, size)


def _erased(log: Log) -> set[tuple[str | None, str]]:
    return {
        (event.id, label)
        for entry in log.entries(0)
        if (event := decode_event(entry.data)).type is EventType.ERASE
        for label in event.components
    }
