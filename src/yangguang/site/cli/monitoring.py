"""``monitor``: logs of others, followed from outside; needs no node of one's own."""

import random
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Annotated

import typer

from yangguang.exchange.commands import LogReport, Monitoring, MonitorReport, Target, Web, monitor
from yangguang.kernel.clock import from_unix, system_clock
from yangguang.ledger.queries import parse_policy
from yangguang.site.cli.logs import bars
from yangguang.site.cli.output import console, say
from yangguang.site.errors import BadTargetError

HOUR = 3_600


def monitor_logs(
    origins: Annotated[
        list[str],
        typer.Argument(
            metavar="ORIGIN",
            help="日志名称（县.example/xxgk，按 https 访问）或公开网址 · A log's origin (by https) or an address.",
        ),
    ],
    state: Annotated[Path, typer.Option(help="监测者自己的目录 · The monitor's own folder.")] = Path("monitor"),
    policy: Annotated[
        Path | None,
        typer.Option(
            help="信任策略；没有则首次访问时固定对方给出的 · Trust file; without one, what the node gives is pinned.",
            exists=True,
            dir_okay=False,
        ),
    ] = None,
    sample: Annotated[int, typer.Option(min=0, help="新增之外抽查的条数 · Records looked at beside new ones.")] = 100,
    stale_hours: Annotated[float, typer.Option(min=0, help="见证签名最长间隔，小时 · Oldest cosignature, hours.")] = 26,
    as_json: Annotated[bool, typer.Option("--json", help="供程序读取 · For another program.")] = False,  # noqa: FBT002
) -> None:
    """外部监测 · Follow logs from outside: signatures, history, entries, times, pages, erasures; exit code 1 if wrong.

    Static GETs only, no account; fit for cron. Leaves a signed report and the evidence of every concern.
    """
    trusted = parse_policy(policy.read_text("utf-8", "surrogateescape")) if policy else None
    targets = [_target(one) for one in origins]
    with bars() as progress:
        report = monitor(
            targets,
            Monitoring(
                state=state,
                transport=Web(),
                clock=system_clock,
                pause=time.sleep,
                chance=random.SystemRandom(),
                policy=trusted,
                sample=sample,
                stale_seconds=int(stale_hours * HOUR),
                progress=progress,
            ),
        )
    if as_json:
        typer.echo(report.file.read_text("utf-8"), nl=False)
    else:
        _tell(report)
    if not report.sound:
        raise typer.Exit(1)


def _target(text: str) -> Target:
    if text.startswith(("http://", "https://")):
        return Target(text.rstrip("/"))
    host, slash, _ = text.partition("/")
    if not host or not slash or " " in text:
        raise BadTargetError(f"{text!r} refused: an origin is HOST/PATH, an address begins with http:// or https://")
    return Target(f"https://{host}", text)


def _tell(report: MonitorReport) -> None:
    for log in report.logs:
        for line in _lines(log):
            say(line)
    console.print(f"报告 · report: {report.file}（{report.key}）", soft_wrap=True)


def _lines(log: LogReport) -> Sequence[str]:
    looked = ", ".join(f"{name} {number}" for name, number in log.counts.items())
    return (
        f"{log.origin or log.url}: {log.size} 条 · entries, 新增 · new {log.added}",
        *([f"  已查 · looked at: {looked}"] if looked else []),
        *([f"  信任 · trust: {log.trust}"] if log.trust else []),
        *(f"  注意 · note: {remark}" for remark in log.remarks),
        *(
            f"  异常 · {found.kind} {found.place}: {found.message}"
            f"（{from_unix(found.since).isoformat()}{f', {found.evidence}' if found.evidence else ''}）"
            for found in log.found
        ),
        f"  发现问题 {len(log.found)} · problems: {len(log.found)}" if log.found else "  未见异常 · nothing wrong",
    )
