"""How commands speak: Chinese first, English beside it; JSON where another program reads."""

import json
from typing import Any

import typer
from django.conf import settings
from rich.console import Console

from yangguang.site.node import Node

console = Console(stderr=True, highlight=False)
"""Progress and remarks go to standard error, so that standard output holds results alone."""


def say(text: str) -> None:
    """Print a result line."""
    typer.echo(text)


def say_json(value: Any) -> None:  # Any: what json.dumps takes
    """Print `value` as JSON for another program: UTF-8, two spaces, keys in the order given."""
    typer.echo(json.dumps(value, ensure_ascii=False, indent=2))


def node() -> Node:
    """Return the node that the environment names.

    Raises:
        NodeMissingError: there is none yet.
    """
    found: Node = settings.NODE
    return found.required()
