"""The tree of commands, and how an error of ours reaches the person: one line, exit code 1, no traceback."""

import sys

import typer
from django.db import DatabaseError

from yangguang.kernel.errors import YangguangError
from yangguang.site.cli import exchanging, imports, logs, monitoring, national, nodes, records, serving

app = typer.Typer(
    name="yangguang",
    help="政府信息公开平台 · Publish, find, read, download and prove government information.",
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
    context_settings={"help_option_names": ["-h", "--help"]},
)
app.command("init")(nodes.init)
app.command("status")(nodes.status)
app.add_typer(nodes.agencies, name="agency")
app.command("import")(imports.import_paths)
app.command("serve")(serving.serve_node)
app.command("follow")(serving.follow_node)
app.command("search")(records.search)
app.command("show")(records.show)
app.command("prove")(records.prove)
app.command("verify")(records.verify_file)
app.command("withdraw")(records.withdraw)
app.command("restore")(records.restore)
app.command("erase")(records.erase)
app.add_typer(logs.log, name="log")
logs.log.command("witnesses")(exchanging.list_witnesses)
logs.log.command("export-delta")(exchanging.write_delta)
logs.log.command("import-delta")(exchanging.read_delta)
logs.log.command("copy-head")(exchanging.begin_second_head)
logs.log.command("sm2-key")(national.sm2_key)
app.command("rebuild")(logs.rebuild)
app.command("monitor")(monitoring.monitor_logs)
app.add_typer(exchanging.witness, name="witness")
app.add_typer(exchanging.mirror, name="mirror")


def main() -> None:
    """Run the command line; an error of ours, of the tables or of the system ends it with its message and code 1."""
    try:
        app()
    except (YangguangError, OSError) as error:
        sys.exit(f"yangguang: {error}")
    except DatabaseError as error:
        sys.exit(f"yangguang: node.sqlite3 cannot be used: {error}; free the disk, or restore it from a backup")
