"""``log`` and ``rebuild``: the one source of truth, and what is made from it."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from enum import StrEnum
from typing import Annotated

import typer
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

from yangguang.blobs.queries import Blobs
from yangguang.catalogue import commands as catalogue
from yangguang.editorial.commands import destroy_erased
from yangguang.ledger.queries import open_log
from yangguang.search import commands as search
from yangguang.site.checking import examine, examine_slice, parse_slice
from yangguang.site.cli.output import console, node, say, say_json
from yangguang.site.line import BATCH, hold

log = typer.Typer(help="公开日志 · The append-only log.", no_args_is_help=True)


class Projection(StrEnum):
    """What can be rebuilt."""

    CATALOGUE = "catalogue"
    SEARCH = "search"


@log.command("checkpoint")
def checkpoint() -> None:
    """显示签名检查点 · Print the log's signed checkpoint."""
    typer.echo(open_log(node().log).checkpoint_note().decode("utf-8"), nl=False)


@log.command("fsck")
def fsck(
    part: Annotated[
        str, typer.Option("--slice", metavar="N/M", help="只查 M 份中的第 N 份 · Only the N-th of M parts, as 3/24.")
    ] = "",
    as_json: Annotated[bool, typer.Option("--json", help="供程序读取 · For another program.")] = False,  # noqa: FBT002
) -> None:
    """全面自检 · Examine log, contents, catalogue and index; exit code 1 and a list by name if anything is wrong.

    With a slice: that part of the entries, their contents and catalogue rows; the index is compared as a whole only.
    """
    home = node()
    chosen = parse_slice(part) if part else None
    with bars() as progress:
        findings = list(examine_slice(home, chosen, progress) if chosen else examine(home, progress))
    if as_json:
        say_json([{"where": item.where, "rule": item.rule, "message": item.message} for item in findings])
    else:
        for item in findings:
            say(f"{item.where}: {item.message} [{item.rule}]")
        say(f"发现问题 {len(findings)} · problems: {len(findings)}" if findings else "一切相符 · everything agrees")
    if findings:
        raise typer.Exit(1)


def rebuild(
    what: Annotated[Projection | None, typer.Argument(help="只重建其一 · Only this one; both without.")] = None,
) -> None:
    """重建投影 · Drop a projection and replay it; what was erased and came back is destroyed again."""
    home = node()
    blobs = Blobs(home.blobs)
    with hold(home), bars() as progress:
        entries = open_log(home.log)
        size = entries.checkpoint().size
        destroy_erased(entries, home.blobs, again=True)
        if what in {None, Projection.CATALOGUE}:
            catalogue.drop()
            _replay("catalogue", size, progress, lambda: catalogue.advance(entries, blobs, limit=BATCH))
        if what in {None, Projection.SEARCH}:
            search.drop(home.search)
            _replay("search", size, progress, lambda: search.advance(home.search, entries, blobs, limit=BATCH))
    say(f"已重建 · rebuilt from {size} entries")


def _replay(name: str, size: int, progress: Callable[[str, int, int], None], advance: Callable[[], int]) -> None:
    done = 0
    while step := advance():
        done += step
        progress(name, done, size)


@contextmanager
def bars() -> Iterator[Callable[[str, int, int], None]]:
    """Yield what draws progress on a terminal: called with what is examined, how far, of how many."""
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
    with Progress(*columns, console=console, disable=not console.is_terminal) as bars:
        tasks: dict[str, int] = {}

        def progress(name: str, done: int, total: int) -> None:
            if name not in tasks:
                tasks[name] = bars.add_task(name, total=total)
            bars.update(tasks[name], completed=done, total=total)  # type: ignore[arg-type]  # rich's TaskID is an int

        yield progress
