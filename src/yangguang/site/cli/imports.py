"""``import``: folders of documents become records."""

import signal
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from types import FrameType
from typing import Annotated

import typer
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

from yangguang.editorial.types import Imported, Outcome
from yangguang.kernel.clock import system_clock
from yangguang.site.cli.output import console, node, say, say_json
from yangguang.site.importing import Step, Summary, run_import
from yangguang.sources.queries import count_files

_NEW = (Outcome.PUBLISHED, Outcome.REVISED, Outcome.DUPLICATE)

SHOWN = 20
"""Refusals shown without ``--json``; all of them are in the JSON."""


def import_paths(
    paths: Annotated[list[Path], typer.Argument(help="文件或文件夹 · Files or folders.", exists=True)],
    agency: Annotated[str, typer.Option(help="公开机关代码 · Publishing agency; the node's own without one.")] = "",
    as_json: Annotated[bool, typer.Option("--json", help="供程序读取 · For another program.")] = False,  # noqa: FBT002
) -> None:
    """导入文件 · Import documents: read, merge duplicates, publish, report what was refused and why.

    按 Ctrl-C 在批次之间停止，再次运行从中断处继续 · Ctrl-C stops between batches; the next run goes on from there.
    """
    home = node()
    stop = threading.Event()
    with _stopping(stop), _progress(paths) as advance:
        summary = run_import(
            home,
            paths,
            agency=agency or home.agency,
            clock=system_clock,
            stopped=stop.is_set,
            progress=advance,
        )
    if as_json:
        say_json(_plain(summary))
    else:
        _tell(summary)
    nothing_good = summary.read > 0 and summary.counts[Outcome.REFUSED] == summary.read
    if summary.failure or nothing_good:
        raise typer.Exit(1)


@contextmanager
def _stopping(stop: threading.Event) -> Iterator[None]:
    def ask(_signal: int, _frame: FrameType | None) -> None:
        if stop.is_set():
            raise KeyboardInterrupt
        stop.set()
        console.print("正在完成本批，再按一次立即退出 · finishing this batch; press again to leave at once")

    before = signal.signal(signal.SIGINT, ask)
    try:
        yield
    finally:
        signal.signal(signal.SIGINT, before)


@contextmanager
def _progress(paths: list[Path]) -> "Iterator[_Advance]":
    columns = (
        TextColumn("{task.description}"),
        BarColumn(),
        MofNCompleteColumn(),
        TextColumn("{task.fields[rate]}"),
        TimeRemainingColumn(),
    )
    with Progress(*columns, console=console, disable=not console.is_terminal) as bar:
        yield _Advance(bar, count_files(paths))


class _Advance:
    """Moves the bar: files begun, with the rate over the whole run."""

    def __init__(self, bar: Progress, files: int) -> None:
        self._bar = bar
        self._start = time.monotonic()
        self._task = bar.add_task("导入 · importing", total=files, rate="")

    def __call__(self, step: Step) -> None:
        rate = step.read / max(time.monotonic() - self._start, 1e-6)
        self._bar.update(self._task, completed=step.files, rate=f"{rate:.0f}/s")


def _place(item: Imported) -> str:
    return item.name if item.line is None else f"{item.name}:{item.line}"


def _plain(summary: Summary) -> dict[str, object]:
    def of(outcome: Outcome) -> list[Imported]:
        return [item for item in summary.imported if item.outcome is outcome]

    return {
        "read": summary.read,
        "published": summary.counts[Outcome.PUBLISHED],
        "revised": summary.counts[Outcome.REVISED],
        "duplicates": summary.counts[Outcome.DUPLICATE],
        "already": summary.counts[Outcome.ALREADY],
        "refused": [{"where": _place(item), "reason": item.reason} for item in of(Outcome.REFUSED)],
        "records": [
            {"where": _place(item), "id": item.id, "title": item.title, "outcome": item.outcome.value}
            for item in summary.imported
            if item.outcome in {Outcome.PUBLISHED, Outcome.REVISED}
        ],
        "duplicate_places": [{"where": _place(item), "of": item.id} for item in of(Outcome.DUPLICATE)],
        "stopped": summary.stopped,
        "failure": summary.failure,
    }


def _tell(summary: Summary) -> None:
    counts = summary.counts
    say(
        f"读取 read {summary.read}"
        f" · 公开 published {counts[Outcome.PUBLISHED]} · 更正 revised {counts[Outcome.REVISED]}"
        f" · 重复 duplicates {counts[Outcome.DUPLICATE]} · 已有 already {counts[Outcome.ALREADY]}"
        f" · 拒绝 refused {counts[Outcome.REFUSED]}"
    )
    if counts[Outcome.ALREADY] and not any(counts[outcome] for outcome in _NEW):
        say("没有新内容，未导入任何信息 · nothing new: nothing was imported")
    refused = [item for item in summary.imported if item.outcome is Outcome.REFUSED]
    for item in refused[:SHOWN]:
        say(f"拒绝 refused {_place(item)}: {item.reason}")
    if len(refused) > SHOWN:
        say(f"另有 {len(refused) - SHOWN} 项，用 --json 查看 · {len(refused) - SHOWN} more: see --json")
    if summary.stopped:
        say("已停止；再次运行从中断处继续 · stopped; run again to go on from here")
    if summary.failure:
        say(f"中断 · interrupted: {summary.failure}")
