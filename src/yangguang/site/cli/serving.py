"""``serve``: the whole node; ``follow``: the half of it that writes."""

from typing import Annotated

import typer

from yangguang.site.cli.output import console, node
from yangguang.site.serving import follow_until_told, serve


def serve_node(
    host: Annotated[str, typer.Option(help="监听地址 · Address to listen on.")] = "127.0.0.1",
    port: Annotated[int, typer.Option(help="端口 · Port.", min=1, max=65_535)] = 8000,
    workers: Annotated[int, typer.Option(help="网页进程数 · Web processes.", min=1, max=256)] = 1,
) -> None:
    """启动节点 · Serve the node: web pages, sequencer and projectors, until Ctrl-C."""
    serve(node(), host=host, port=port, workers=workers, report=console.print)


def follow_node(
    parent: Annotated[int, typer.Option(help="父进程号，其结束则本进程结束 · End when this process does.", min=0)] = 0,
) -> None:
    """只运行写入部分 · Run sequencer and projectors alone, for sites whose web processes run elsewhere."""
    follow_until_told(node(), parent=parent or None, complain=console.print)
