"""The page ``cli.md``: every command with its arguments, options and defaults, as the command line knows them."""

from collections.abc import Iterator, Sequence
from enum import Enum
from pathlib import Path

import typer.main
from typer.core import TyperArgument, TyperCommand, TyperGroup, TyperOption

from docs.pages.tables import generated_from, table
from yangguang.site.cli.app import app

OPENING = """所有命令读取环境变量 `YANGGUANG_HOME` 指定的目录（默认 `./var`）。
结果写到标准输出，进度和错误写到标准错误。
退出码：0 成功；1 不成立或被拒绝，原因写在一行里；2 命令写错。

Every command works on the folder named by `YANGGUANG_HOME` (default `./var`). Results go to standard output, progress
and errors to standard error. Exit codes: 0 done; 1 refused or not true, with the reason in one line; 2 mistyped."""


def cli_page() -> str:
    """Return ``cli.md``."""
    sections = [_section(words, command) for words, command in commands()]
    head = f"# 命令行 · Command line\n\n{generated_from('src/yangguang/site/cli')}\n\n{OPENING}"
    return "\n\n".join((head, *sections)) + "\n"


def commands() -> Iterator[tuple[tuple[str, ...], TyperCommand]]:
    """Yield every command that does something, with the words that call it, in the order of ``--help``."""
    root = typer.main.get_command(app)
    if not isinstance(root, TyperGroup):
        raise TypeError(f"the command line is {type(root).__name__}: a group of commands was expected")
    yield from _leaves((str(root.name),), root)


def parameters(command: TyperCommand) -> Iterator[TyperArgument | TyperOption]:
    """Yield the arguments and options of `command` in the order of its ``--help``, that one itself left out."""
    for parameter in command.params:
        if isinstance(parameter, TyperArgument | TyperOption):
            yield parameter


def spelling(parameter: TyperArgument | TyperOption) -> str:
    """Return how a person types `parameter`: ``PATHS…`` or ``-o``, ``--output``."""
    if isinstance(parameter, TyperOption):
        return ", ".join(f"`{name}`" for name in parameter.opts)
    return f"`{_placeholder(parameter)}`"


def _leaves(words: tuple[str, ...], group: TyperGroup) -> Iterator[tuple[tuple[str, ...], TyperCommand]]:
    for name, command in group.commands.items():
        if isinstance(command, TyperGroup):
            yield from _leaves((*words, name), command)
        elif isinstance(command, TyperCommand):
            yield (*words, name), command


def _section(words: Sequence[str], command: TyperCommand) -> str:
    found = list(parameters(command))
    arguments = " ".join(_usage(one) for one in found if isinstance(one, TyperArgument))
    lines = [
        f"## `{' '.join(words)}`",
        "\n\n".join(" ".join(part.split()) for part in str(command.help).split("\n\n")),
        f"```\n{' '.join((*words, '[OPTIONS]'))}{' ' if arguments else ''}{arguments}\n```",
    ]
    if found:
        rows = ((spelling(one), _values(one), _default(one), one.help or "") for one in found)
        lines.append(table(("参数 argument", "取值 value", "默认 default", "含义 meaning"), rows))
    return "\n\n".join(lines)


def _placeholder(argument: TyperArgument) -> str:
    name = str(argument.metavar or argument.name).upper()
    return f"{name}…" if argument.nargs == -1 else name


def _usage(argument: TyperArgument) -> str:
    return _placeholder(argument) if argument.required else f"[{_placeholder(argument)}]"


def _values(parameter: TyperArgument | TyperOption) -> str:
    kind = parameter.type_descriptor.annotation
    if kind is bool:
        return ""
    if isinstance(kind, type) and issubclass(kind, Enum):
        return " ".join(f"`{choice.value}`" for choice in kind)
    if parameter.min is not None:
        return f"≥ {parameter.min}" if parameter.max is None else f"{parameter.min}–{parameter.max}"
    return "路径 path" if kind in {Path, list[Path]} else "文字 text"


def _default(parameter: TyperArgument | TyperOption) -> str:
    if parameter.required:
        return "必填 required"
    if parameter.default is None or parameter.default is False or parameter.default == "":
        return ""
    return f"`{getattr(parameter.default, 'value', parameter.default)}`"
