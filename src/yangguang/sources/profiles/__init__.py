"""Site profiles: where the text of a page stands, per maker of sites. They are data; add a file, no code."""

import tomllib
from dataclasses import dataclass
from functools import cache
from importlib import resources


@dataclass(frozen=True, slots=True)
class Profile:
    """One maker's pages: CSS selectors of the text, of what to leave out of it, and of the title in the page.

    Selectors see structure only (blocks, tables, lists, pictures with id and class): ``span``, ``font`` and links are
    gone by then (`yangguang.sources.scrub`).
    """

    name: str
    body: tuple[str, ...]
    remove: tuple[str, ...]
    title: tuple[str, ...]


@cache
def profiles() -> tuple[Profile, ...]:
    """Return the profiles in the order of their files' names."""
    folder = resources.files("yangguang.sources.profiles")
    found = []
    for entry in sorted(folder.iterdir(), key=lambda entry: entry.name):
        if entry.name.endswith(".toml"):
            said = tomllib.loads(entry.read_text("utf-8"))
            found.append(
                Profile(
                    name=str(said["name"]),
                    body=tuple(said["body"]),
                    remove=tuple(said.get("remove", ())),
                    title=tuple(said.get("title", ())),
                )
            )
    return tuple(found)
