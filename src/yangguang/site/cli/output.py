"""How commands speak: Chinese first, English beside it; JSON where another program reads."""

import json

import typer
from django.conf import settings
from rich.console import Console

from yangguang.site.node import Node

console = Console(stderr=True, highlight=False)
"""Progress and remarks go to standard error, so that standard output holds results alone."""


def say(text: str) -> None:
    """Print a result line."""
    typer.echo(text)


def say_json(value: object) -> None:
    """Print `value` as JSON for another program: UTF-8, two spaces, keys in the order given."""
    typer.echo(json.dumps(value, ensure_ascii=False, indent=2))


def blank() -> Node:
    """Return the node that the environment names, whether it was made or not."""
    found: Node = settings.NODE
    return found


def node() -> Node:
    """Return the node that the environment names.

    Raises:
        NodeMissingError: there is none yet.
    """
    return blank().required()
