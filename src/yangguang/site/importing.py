"""Bulk import: folders of documents through sources and editorial to the log, batch by batch, resumable."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from yangguang.editorial.commands import import_all
from yangguang.editorial.types import Imported, Outcome
from yangguang.kernel.clock import Clock
from yangguang.kernel.errors import YangguangError
from yangguang.site.line import WAIT_SECONDS, settling
from yangguang.site.node import Node
from yangguang.sources.queries import read_tree
from yangguang.sources.types import Manuscript, Refused

BATCH = 100
"""Manuscripts a batch: what an interruption at most has to read again."""

NOT_SETTLED = (
    f"已排队但 {WAIT_SECONDS:.0f} 秒内未入日志，由写入进程继续 · queued, but not logged within {WAIT_SECONDS:.0f} s: "
    f"the process that writes the log goes on with it; see `yangguang status`, then run again"
)


@dataclass(slots=True)
class Summary:
    """What an import did so far.

    Attributes:
        read: Articles and refusals met.
        imported: Everything that became something, in reading order, the unchanged left out.
        counts: By outcome.
        stopped: Whether the person stopped it before the end.
        failure: Why it had to stop, or empty.
    """

    read: int = 0
    imported: list[Imported] = field(default_factory=list)
    counts: dict[Outcome, int] = field(default_factory=lambda: dict.fromkeys(Outcome, 0))
    stopped: bool = False
    failure: str = ""


@dataclass(frozen=True, slots=True)
class Step:
    """Progress: files begun so far, and articles read so far."""

    files: int
    read: int


def run_import(
    node: Node,
    paths: Sequence[Path],
    *,
    agency: str,
    clock: Clock,
    stopped: Callable[[], bool] = lambda: False,
    progress: Callable[[Step], None] = lambda _: None,
) -> Summary:
    """Import everything below `paths` and return what became of it.

    A batch is queued, logged and projected before the next one begins; `stopped` is asked between batches, so a stop
    leaves nothing half done and the next run skips what is there. A failing disk ends the import with its reason.
    """
    summary = Summary()
    names: set[str] = set()
    with settling(node) as settle:
        if not settle():  # what an interrupted run left queued
            summary.failure = NOT_SETTLED
            return summary
        for batch in _batches(read_tree(paths)):
            good = [item for item in batch if isinstance(item, Manuscript)]
            try:
                outcomes = iter(
                    import_all(good, agency=agency, blobs=node.blobs, clock=clock, national=node.sm3 == "on")
                )
                settled = settle()
            except YangguangError as error:
                summary.failure = str(error)
                return summary
            for item in batch:
                names.add(item.place.name)
                _count(summary, _refused(item) if isinstance(item, Refused) else next(outcomes))
            progress(Step(len(names), summary.read))
            if not settled:
                summary.failure = NOT_SETTLED
                return summary
            if stopped():
                summary.stopped = True
                return summary
    return summary


def _count(summary: Summary, imported: Imported) -> None:
    summary.read += 1
    summary.counts[imported.outcome] += 1
    if imported.outcome is not Outcome.ALREADY:
        summary.imported.append(imported)


def _refused(refused: Refused) -> Imported:
    return Imported(Outcome.REFUSED, refused.place.name, refused.place.line, "", None, refused.reason)


def _batches(items: Iterator[Manuscript | Refused]) -> Iterator[list[Manuscript | Refused]]:
    batch: list[Manuscript | Refused] = []
    for item in items:
        batch.append(item)
        if len(batch) == BATCH:
            yield batch
            batch = []
    if batch:
        yield batch
