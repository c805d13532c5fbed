"""``init``, ``status``, ``agency``: the node itself."""

import shutil
from dataclasses import asdict, replace
from pathlib import Path
from typing import Annotated

import typer

from yangguang.agencies.commands import register_file
from yangguang.agencies.queries import agencies as all_agencies
from yangguang.agencies.types import NO_USCC, Agency
from yangguang.catalogue import queries as catalogue
from yangguang.editorial.queries import backlog
from yangguang.ledger.queries import open_log
from yangguang.search import queries as search
from yangguang.site.cli.output import blank, node, say, say_json
from yangguang.site.making import make_node

agencies = typer.Typer(help="行政机关 · The agencies of this node.", no_args_is_help=True)


def init(
    origin: Annotated[str, typer.Option(help="日志名称，HOST/PATH · The log's name for ever.")] = "localhost/xxgk",
    name: Annotated[str, typer.Option(help="网站名称 · The site's name.")] = "政府信息公开平台",
    agency: Annotated[str, typer.Option(help="默认机关代码 · Code of the default agency.")] = "home",
    agency_name: Annotated[str, typer.Option(help="默认机关名称 · Its full name; the site's name without one.")] = "",
    uscc: Annotated[str, typer.Option(help="统一社会信用代码 · Its unified social credit code.")] = "",
    level: Annotated[str, typer.Option(help="层级 · central, province, city, county or township.")] = "county",
    site_code: Annotated[str, typer.Option(help="网站标识码 · Site code.")] = "",
    base_url: Annotated[str, typer.Option(help="公网地址 · Public scheme and host, for site maps.")] = "",
) -> None:
    """新建节点 · Make a new node in $YANGGUANG_HOME (default ./var); what exists is never overwritten."""
    made = replace(blank(), origin=origin, name=name, agency=agency, site_code=site_code, base_url=base_url)
    make_node(made, Agency(agency, agency_name or name, uscc.upper() or NO_USCC, level=level, kind=f"gov_{level}"))
    say(f"节点已建立 · node made: {made.home}")
    say(f"日志 · log: {origin}")
    say("下一步 · next: yangguang import PATH…, yangguang serve")


def status(
    as_json: Annotated[bool, typer.Option("--json", help="供程序读取 · For another program.")] = False,  # noqa: FBT002
) -> None:
    """节点现状 · What the node holds, and whether anything waits."""
    home = node()
    size = open_log(home.log).checkpoint().size
    waiting = backlog()
    said = {
        "home": str(home.home),
        "name": home.name,
        "origin": home.origin,
        "entries": size,
        "records": catalogue.count_live(),
        "agencies": len(all_agencies()),
        "waiting": waiting.waiting,
        "refused": waiting.refused,
        "catalogue_behind": size - catalogue.cursor(),
        "search_behind": size - search.cursor(home.search),
        "disk_free_bytes": shutil.disk_usage(home.home).free,
    }
    if as_json:
        say_json(said)
        return
    labels = {
        "home": "目录 · folder",
        "name": "名称 · name",
        "origin": "日志 · log",
        "entries": "日志条目 · entries",
        "records": "公开信息 · records",
        "agencies": "机关 · agencies",
        "waiting": "待入日志 · waiting",
        "refused": "未能入日志 · refused",
        "catalogue_behind": "目录滞后 · catalogue behind",
        "search_behind": "检索滞后 · search behind",
        "disk_free_bytes": "磁盘可用字节 · disk free, bytes",
    }
    for key, value in said.items():
        say(f"{labels[key]}: {value}")


@agencies.command("list")
def list_agencies(
    as_json: Annotated[bool, typer.Option("--json", help="供程序读取 · For another program.")] = False,  # noqa: FBT002
) -> None:
    """列出机关 · List the agencies."""
    node()
    known = all_agencies()
    if as_json:
        say_json([asdict(agency) for agency in known])
        return
    for agency in known:
        say(f"{agency.code}\t{agency.name}\t{agency.uscc}\t{agency.level}")


@agencies.command("register")
def register_agencies(
    file: Annotated[Path, typer.Argument(help="TOML，每个机关一个 [[agency]] · TOML, one [[agency]] each.")],
) -> None:
    """登记机关 · Register the agencies of a TOML file; a code that exists is updated."""
    node()
    say(f"已登记 · registered: {len(register_file(file))}")
