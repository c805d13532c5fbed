"""``witness``, ``mirror`` and the file for one-way gateways: the node among others."""

import signal
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from types import FrameType
from typing import Annotated

import typer

from yangguang.blobs.queries import Blobs
from yangguang.exchange.commands import Delta, Face, Server, Web, export_delta, pull, raise_alarm, resume
from yangguang.exchange.queries import cosigned, log_folder, mirror_states
from yangguang.exchange.types import Alarm, AlarmKind, Pulled
from yangguang.kernel.clock import from_unix, system_clock
from yangguang.ledger.commands import Witness, copy_head, load_signer
from yangguang.ledger.queries import format_verifier_key, open_log, origin_hash, verifier_key
from yangguang.site.cli.output import blank, console, node, say, say_json
from yangguang.site.errors import BadSettingsError
from yangguang.site.exchanging import cosigners, find_lower, make_witness, mirror_round, mirror_until, standing

witness = typer.Typer(help="见证他人的日志 · Cosign the logs of others.", no_args_is_help=True)
mirror = typer.Typer(help="镜像下级日志 · Mirror lower logs.", no_args_is_help=True)

FolderOption = Annotated[
    Path | None, typer.Option("--folder", help="见证方目录，默认 $YANGGUANG_HOME/witness · Folder of the witness.")
]
JsonOption = Annotated[bool, typer.Option("--json", help="供程序读取 · For another program.")]
ReceiptOption = Annotated[
    int, typer.Option("--receipt-seconds", min=0, help="两次收讫的最短间隔，秒 · Least seconds between receipts.")
]


def _folder(folder: Path | None) -> Path:
    return (folder or blank().witness).absolute()


@witness.command("init")
def init_witness(
    name: Annotated[str, typer.Argument(help="名称，HOST/PATH，默认为本节点日志名 · Name; the node's origin.")] = "",
    folder: FolderOption = None,
) -> None:
    """生成密钥 · Make the keys of a witness and of its content mirror, and print them for others to trust."""
    cosigning, mirroring = make_witness(_folder(folder), name or node().origin)
    say(cosigning)
    say(mirroring)


@witness.command("keys")
def witness_keys(folder: FolderOption = None) -> None:
    """显示公钥 · Print the keys of the witness and of its content mirror, for others to trust."""
    with cosigners(_folder(folder), system_clock) as both:
        for cosigner in both:
            say(format_verifier_key(cosigner.key))


@witness.command("trust")
def trust_log(
    key: Annotated[str, typer.Argument(help="日志公钥 NAME+ID+BASE64 · Verifier key of the log.")],
    folder: FolderOption = None,
) -> None:
    """信任日志 · Cosign this log from now on."""
    with cosigners(_folder(folder), system_clock) as (cosigner, _):
        trusted = cosigner.witness.trust(key)
    say(f"已信任 · trusted: {trusted.name}")


@witness.command("list")
def list_trusted(folder: FolderOption = None, as_json: JsonOption = False) -> None:  # noqa: FBT002
    """列出所信任的日志 · List the logs trusted, and how far each is cosigned."""
    with cosigners(_folder(folder), system_clock) as (cosigner, _):
        said = [
            {"origin": key.name, "key": format_verifier_key(key), "size": _size(cosigner.witness, key.name)}
            for key in cosigner.witness.trusted()
        ]
    if as_json:
        say_json(said)
        return
    for one in said:
        say(f"{one['origin']}\t{one['size']}\t{one['key']}")


@witness.command("serve")
def serve_witness(
    host: Annotated[str, typer.Option(help="监听地址 · Address to listen on.")] = "127.0.0.1",
    port: Annotated[int, typer.Option(help="端口 · Port.", min=1, max=65_535)] = 8100,
    folder: FolderOption = None,
) -> None:
    """启动见证服务 · Answer requests to cosign, and give out mirrored logs, until Ctrl-C."""
    home, own = blank(), _folder(folder)
    # A witness alone, without a node, keeps its alarms beside its keys.
    alarms = home.alarms if own == home.witness else own / "alarms"
    logs = {origin_hash(lower.key.name): log_folder(home.mirrors, lower.name) for lower in home.lowers}
    with cosigners(own, system_clock) as (cosigner, mirroring):
        face = Face(
            witness=cosigner.witness,
            content_mirror=mirroring.witness,
            logs=logs,
            contradicted=_Contradictions(cosigner.witness, alarms),
        )
        server = Server(host, port, face)
        with _told_to_stop() as ended:
            thread = threading.Thread(target=server.serve_forever, daemon=True)
            thread.start()
            console.print(f"http://{host}:{port}/")
            ended.wait()
            server.shutdown()
            thread.join()
            server.server_close()


@mirror.command("run")
def run_mirror(
    once: Annotated[bool, typer.Option("--once", help="只拉取一轮 · Pull each once.")] = False,  # noqa: FBT002
    every: Annotated[float, typer.Option(help="每轮间隔，秒 · Seconds between rounds.", min=10.0)] = 60.0,
    receipt_seconds: ReceiptOption = 600,
) -> None:
    """镜像 · Pull every lower log: verify, cosign, fetch contents, write receipts; alarms by name."""
    home = node()
    bad: list[Pulled] = []

    def tell(done: Pulled) -> None:
        if not done.complete:
            bad.append(done)
        say(_line(done))

    with standing(home, Web(), receipt_seconds=receipt_seconds) as level:
        if once:
            mirror_round(home, level, tell)
            raise typer.Exit(1 if bad else 0)
        with _told_to_stop() as ended:
            mirror_until(home, level, tell, ended=ended, every=every)


@mirror.command("list")
def list_mirrors(as_json: JsonOption = False) -> None:  # noqa: FBT002
    """列出镜像 · List the lower logs mirrored, and how far."""
    home = node()
    states = mirror_states(home.mirrors, home.lowers)
    if as_json:
        say_json([{name: getattr(state, name) for name in state.__slots__} for state in states])
        return
    for state in states:
        stopped = f"，已停止 stopped: {state.stopped}" if state.stopped else ""
        say(
            f"{state.name}: {state.size} 条 entries，共签至 cosigned {state.cosigned}，内容完整至 complete "
            f"{state.complete}，缺 missing {state.missing}{stopped}"
        )


@mirror.command("resume")
def resume_mirror(name: Annotated[str, typer.Argument(help="下级名称 · Name of the lower node.")]) -> None:
    """查明分叉证据后继续 · Follow a lower log again, once a person has looked at the evidence of its fork."""
    home = node()
    resume(home.mirrors, find_lower(home, name))
    say(f"已恢复 · followed again: {name}")


def list_witnesses(as_json: JsonOption = False) -> None:  # noqa: FBT002
    """本日志的见证方 · How far each witness has cosigned this log, and when it last did."""
    home = node()
    log = open_log(home.log)
    size = log.checkpoint().size
    found = cosigned(log, verifier_key(load_signer(home.key)), home.witnesses)
    if as_json:
        say_json([{"name": one.name, "size": one.size, "of": size, "at": one.at} for one in found])
        return
    for one in found:
        when = from_unix(one.at).isoformat() if one.at is not None else "尚未 not yet"
        say(f"{one.name}: {one.size} / {size} 条 entries，{when}")


def write_delta(
    file: Annotated[Path, typer.Argument(help="新文件 · The new file.")],
    since: Annotated[int, typer.Option(min=0, help="对方已有的条目数 · Entries the receiver holds.")] = 0,
) -> None:
    """导出增量 · Write what changed since N entries into a file, for a one-way gateway (网闸)."""
    home = node()
    key = verifier_key(load_signer(home.key))
    done = export_delta(file, log=open_log(home.log), folder=home.log, key=key, blobs=Blobs(home.blobs), since=since)
    say(f"条目 entries {done.since}–{done.size} · 内容 contents {done.contents}")
    if done.absent:
        say(f"本机缺少的内容 · contents missing here: {done.absent}")
        raise typer.Exit(1)


def read_delta(
    file: Annotated[Path, typer.Argument(help="增量文件 · The delta.", exists=True, dir_okay=False)],
    lower: Annotated[str, typer.Option(help="来自哪个下级 · Which lower node it comes from.")],
    receipt_seconds: ReceiptOption = 600,
) -> None:
    """导入增量 · Take over a lower node's delta: verified exactly as a pull over the network is."""
    home = node()
    found = find_lower(home, lower)
    with (
        Delta(file, found.url) as delta,
        standing(home, delta, receipt_seconds=receipt_seconds, live=False) as level,
    ):
        done = pull(found, level)
    say(_line(done))
    if not done.complete:
        raise typer.Exit(1)


def begin_second_head() -> None:
    """建立日志之首的第二份副本 · Begin the second copy of the head where the setting head2 says."""
    home = node()
    if home.second_head is None:
        raise BadSettingsError("node.toml has no head2: name a file on another disk first")
    copy_head(head=home.head, head2=home.second_head, origin=home.origin)
    say(f"已建立 · begun: {home.second_head}")


def _line(done: Pulled) -> str:
    said = [
        f"{done.name}: {done.size} 条 entries (+{done.added})",
        f"内容 contents +{done.fetched}",
        f"销毁 destroyed {done.destroyed}" if done.destroyed else "",
        "收讫 receipted" if done.receipt else "",
        "" if done.complete else f"未完整 incomplete: {done.reason}",
        f"警报 ALARM {done.alarm}" if done.alarm else "",
    ]
    return " · ".join(part for part in said if part)


def _size(witness: Witness, origin: str) -> int:
    note = witness.checkpoint(origin_hash(origin))
    return int(note.split(b"\n")[1]) if note else 0


class _Contradictions:
    """Leaves the evidence of a log that sends two trees of one size, and has it cosigned no more.

    What was there before it began is known to somebody: a log trusted again in spite of it stays trusted.
    """

    def __init__(self, witness: Witness, alarms: Path) -> None:
        self._witness = witness
        self._alarms = alarms
        self._known = len(witness.conflicts())

    def __call__(self) -> None:
        """Look for new ones."""
        new = self._witness.conflicts()[self._known :]
        self._known += len(new)
        for ours, theirs in new:
            origin = ours.partition(b"\n")[0].decode()
            evidence = {"ours.note": ours, "theirs.note": theirs}
            message = f"{origin} asked this witness to cosign two trees of one size"
            raise_alarm(self._alarms, Alarm(AlarmKind.FORK, origin, origin, message, evidence), system_clock)
            self._witness.distrust(origin)


@contextmanager
def _told_to_stop() -> Iterator[threading.Event]:
    """Yield an event that SIGTERM and SIGINT set."""
    ended = threading.Event()

    def stop(_signal: int, _frame: FrameType | None) -> None:
        ended.set()

    before = {number: signal.signal(number, stop) for number in (signal.SIGTERM, signal.SIGINT)}
    try:
        yield ended
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
