"""``search``, ``show``, ``prove``, ``verify``, ``withdraw``, ``restore``, ``erase``: records one by one."""

import re
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Annotated

import typer
from rich.text import Text

from yangguang.blobs.queries import Blobs
from yangguang.catalogue import queries as catalogue
from yangguang.catalogue.types import Component, Revision, Status
from yangguang.editorial import commands as editorial
from yangguang.editorial.errors import NotPossibleError, UnknownRecordError
from yangguang.kernel.clock import from_unix, system_clock
from yangguang.kernel.identifiers import RecordId, parse_record_id
from yangguang.ledger.queries import CONTENT_MIRROR, cosignatures, open_log, parse_policy, parse_proof
from yangguang.ledger.types import Cosignature, Policy
from yangguang.records.queries import RENDITIONS, proof_extra, verify
from yangguang.records.types import Kind, Proven
from yangguang.search.queries import open_index
from yangguang.search.types import Filters, Hit, Results, Segment, Sort
from yangguang.site.cli.output import node, say, say_json
from yangguang.site.errors import SiteError
from yangguang.site.line import settling
from yangguang.site.node import home_folder, load

_YEAR = re.compile("[0-9]{4}")

RecordArgument = Annotated[str, typer.Argument(metavar="ID", help="信息标识 · The record's identifier.")]
GroundOption = Annotated[str, typer.Option(help="法定理由代码 · Code of the legal ground; see docs/reference/law.md.")]
DecidedBy = Annotated[str, typer.Option(help="决定机关信用代码 · Credit code of the deciding authority.")]


def search(  # noqa: PLR0913, PLR0917 - each is an option of the command
    words: Annotated[
        list[str] | None, typer.Argument(help='词、"短语"、-排除、发文字号 · Words, "phrase", -not.')
    ] = None,
    agency: Annotated[str, typer.Option(help="机关代码 · Agency code.")] = "",
    item: Annotated[str, typer.Option(help="栏目 · Slug of the item.")] = "",
    year: Annotated[str, typer.Option(help="年份，2019 或 2015..2020 · Year or range.")] = "",
    kind: Annotated[Kind | None, typer.Option(help="类别 · Kind.")] = None,
    sort: Annotated[Sort, typer.Option(help="排序 · Order.")] = Sort.RELEVANCE,
    page: Annotated[int, typer.Option(min=1, help="页码 · Page.")] = 1,
    size: Annotated[int, typer.Option(min=1, max=100, help="每页条数 · Results a page.")] = 20,
    as_json: Annotated[bool, typer.Option("--json", help="供程序读取 · For another program.")] = False,  # noqa: FBT002
) -> None:
    """检索 · Search: the same engine and order as the web page."""
    first, last = _years(year)
    filters = Filters(agency=agency, item=item, first_year=first, last_year=last, kind=kind)
    index = open_index(node().search)
    results = index.search(" ".join(words or []), filters, page=page, size=size, sort=sort)
    if as_json:
        say_json(_plain(results))
        return
    say(f"{results.total} 条 · results")
    for hit in results.hits:
        _tell(hit)
    if results.related:
        say("—— 相关结果 · related ——")
        for hit in results.related:
            _tell(hit)


def show(
    record: RecordArgument,
    form: Annotated[str, typer.Option("--format", help=" ".join(RENDITIONS))] = "txt",
    revision: Annotated[int, typer.Option(min=0, help="版本，0 为最新 · Revision, 0 for the newest.")] = 0,
) -> None:
    """显示 · Print a record in one of its formats, byte for byte as downloaded."""
    home = node()
    component = _component(_revision(parse_record_id(record), revision), form)
    sys.stdout.buffer.write(Blobs(home.blobs).content(component.commitment))


def prove(
    record: RecordArgument,
    form: Annotated[str, typer.Option("--format", help=f"{' '.join(RENDITIONS)} meta body att.0 …")] = "txt",
    revision: Annotated[int, typer.Option(min=0, help="版本，0 为最新 · Revision, 0 for the newest.")] = 0,
    output: Annotated[Path | None, typer.Option("-o", "--output", help="写入文件 · Write to this file.")] = None,
) -> None:
    """出具证明 · Give the .tlog-proof of one downloadable file of a record."""
    home = node()
    component = _component(_revision(parse_record_id(record), revision), form)
    log = open_log(home.log)
    opening = Blobs(home.blobs).opening(component.commitment)
    extra = proof_extra(log.entry(component.index).data, component.label, opening.salt)
    trust = parse_policy(home.policy.read_text("utf-8")) if home.policy.is_file() else None
    proof = log.prove(component.index, extra=extra, policy=trust)
    if output is None:
        sys.stdout.buffer.write(proof)
    else:
        output.write_bytes(proof)


def verify_file(
    file: Annotated[Path, typer.Argument(help="下载的文件 · The downloaded file.", exists=True, dir_okay=False)],
    proof: Annotated[Path, typer.Option(help="证明文件 · Its .tlog-proof.", exists=True, dir_okay=False)],
    policy: Annotated[Path | None, typer.Option(help="信任策略 · Trust file; the node's own without one.")] = None,
) -> None:
    """核验真伪 · Verify a file offline: says what was proven; exit code 1 if it is not genuine."""
    trusted = policy or load(home_folder()).policy
    if not trusted.is_file():
        raise SiteError(
            f"no trust file at {trusted}: name one with --policy; the publisher and its upper levels give it"
        )
    try:
        text = trusted.read_text("utf-8")
    except UnicodeDecodeError as error:
        raise SiteError(f"{trusted} is not a trust file: it is not UTF-8 text") from error
    trust, evidence = parse_policy(text), proof.read_bytes()
    proven = verify(file.read_bytes(), evidence, trust)
    for line in (*_proven(proven), *_seen(cosignatures(parse_proof(evidence).checkpoint_note, trust), trust)):
        say(line)


def withdraw(record: RecordArgument, ground: GroundOption, decided_by: DecidedBy = "") -> None:
    """撤回 · Withdraw a record: the public no longer reads it, the bytes are kept, the log says so."""
    identifier, unit = _publisher(record)
    with settling(node()) as settle:
        editorial.withdraw(identifier, unit=unit, ground=ground, clock=system_clock, decided_by=decided_by)
        _done("已撤回 · withdrawn", identifier, settled=settle())


def restore(record: RecordArgument, decided_by: DecidedBy = "") -> None:
    """恢复 · Restore a withdrawn record."""
    identifier, unit = _publisher(record)
    with settling(node()) as settle:
        editorial.restore(identifier, unit=unit, clock=system_clock, decided_by=decided_by)
        _done("已恢复 · restored", identifier, settled=settle())


def erase(
    record: RecordArgument,
    ground: GroundOption,
    decided_by: DecidedBy = "",
    yes: Annotated[bool, typer.Option("--yes", help="不再询问 · Do not ask.")] = False,  # noqa: FBT002
) -> None:
    """删除 · Erase a record: every byte and salt of it is destroyed for good; the log stays valid."""
    identifier, unit = _publisher(record)
    if not yes:
        typer.confirm(f"{identifier}: 内容将永久销毁 · its content will be destroyed for good", abort=True)
    labels = {label for revision in catalogue.revisions(identifier) for label in revision.components}
    with settling(node()) as settle:
        editorial.erase(
            identifier,
            unit=unit,
            ground=ground,
            components=sorted(labels),
            clock=system_clock,
            decided_by=decided_by,
        )
        _done("已删除 · erased", identifier, settled=settle())


def _revision(record: RecordId, number: int) -> Revision:
    state = catalogue.record(record)
    if state is None:
        raise UnknownRecordError(f"{record} is not a record of this node")
    if state.status is not Status.LIVE:
        raise NotPossibleError(
            f"{record} is {state.status} since entry {state.newest_index}: its text is not given out"
        )
    found = catalogue.revision(record, number or state.revision)
    if found is None:
        raise UnknownRecordError(f"{record} has no revision {number}: the newest is {state.revision}")
    return found


def _component(revision: Revision, label: str) -> Component:
    component = revision.components.get(label)
    if component is None:
        raise UnknownRecordError(
            f"{revision.id} r{revision.number} has no {label!r}: there are {', '.join(sorted(revision.components))}"
        )
    return component


def _publisher(record: str) -> tuple[RecordId, str]:
    node()
    identifier = parse_record_id(record)
    state = catalogue.record(identifier)
    if state is None:
        raise UnknownRecordError(f"{identifier} is not a record of this node")
    return identifier, state.unit


def _done(what: str, record: RecordId, *, settled: bool) -> None:
    say(f"{what}: {record}" if settled else f"已排队，由运行中的节点执行 · queued for the running node: {record}")


def _years(text: str) -> tuple[int | None, int | None]:
    if not text:
        return None, None
    first, dots, last = text.partition("..")
    if not (first or last) or any(_YEAR.fullmatch(part) is None for part in (first, last) if part):
        raise SiteError(f"year {text!r} refused: 2019, 2015..2020, 2015.. or ..2020")
    low = int(first) if first else None
    return low, (int(last) if last else None) if dots else low


def _marked(segments: tuple[Segment, ...]) -> str:
    return "".join(f"【{part.text}】" if part.is_hit else part.text for part in segments)


def _tell(hit: Hit) -> None:
    record = hit.record
    facts = [record.document_number, record.agency_name, record.published_on.isoformat()]
    say(Text(f"\n{_marked(hit.title)}").plain)
    say(f"  {' · '.join(fact for fact in facts if fact)}")
    say(f"  /records/{record.id}")
    if hit.snippet:
        say(f"  {_marked(hit.snippet)}")


def _plain(results: Results) -> dict[str, object]:
    facets = results.facets
    return {
        "total": results.total,
        "page": results.page,
        "size": results.size,
        "hits": [_plain_hit(hit) for hit in results.hits],
        "related": [_plain_hit(hit) for hit in results.related],
        "facets": {
            name: {item.value: item.count for item in counted}
            for name, counted in (
                ("agency", facets.agency),
                ("item", facets.item),
                ("year", facets.year),
                ("kind", facets.kind),
            )
        },
    }


def _plain_hit(hit: Hit) -> dict[str, object]:
    record = hit.record
    return {
        "id": record.id,
        "revision": record.revision,
        "title": record.title,
        "document_number": record.document_number,
        "agency": record.agency_code,
        "item": record.column,
        "kind": record.kind.value,
        "formed_on": record.formed_on.isoformat() if record.formed_on else None,
        "published_on": record.published_on.isoformat(),
        "snippet": "".join(part.text for part in hit.snippet),
    }


def _proven(proven: Proven) -> tuple[str, ...]:
    event, logged = proven.event, proven.logged
    return (
        "真实 · genuine",
        f"信息 record: {event.id} r{event.revision}（{proven.label}）",
        f"公开机关信用代码 publisher: {event.unit}",
        f"声明时间 claimed time: {from_unix(event.claimed_at).isoformat()}",
        f"日志 log: {logged.origin} 第 {logged.index} 条，共 {logged.size} 条 · entry {logged.index} of {logged.size}",
    )


def _seen(marks: Sequence[Cosignature], policy: Policy) -> tuple[str, ...]:
    """Say who saw the entry when, by other clocks than the publisher's."""
    if not marks:
        return ("见证 witnesses: 尚无见证方 none yet",)
    mirrors = {witness.name for witness in policy.witnesses if witness.key.name.endswith(CONTENT_MIRROR)}
    readable = [mark.timestamp for mark in marks if mark.name in mirrors]
    each = "，".join(f"{mark.name} {from_unix(mark.timestamp).isoformat()}" for mark in marks)
    earliest = from_unix(min(mark.timestamp for mark in marks)).isoformat()
    lines = (f"见证 witnesses: {each}", f"入日志不晚于 logged no later than: {earliest}")
    return (*lines, f"当时已可阅读 readable by: {from_unix(min(readable)).isoformat()}") if readable else lines
