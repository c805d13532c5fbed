"""Write the pages of the reference that are generated from the code: one function a page, named in `PAGES`.

Run ``python docs/generate.py`` to write them, ``--check`` to learn (exit 1) whether one is stale.
"""

import argparse
import sys
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))
sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "src"))

from docs.pages.addresses import addresses_page
from docs.pages.cli import cli_page
from docs.pages.law import law_page
from docs.pages.leaf import leaf_page
from docs.pages.settings import settings_page

REFERENCE = Path(__file__).resolve().parent / "reference"

PAGES: Mapping[str, Callable[[], str]] = {
    "addresses.md": addresses_page,
    "cli.md": cli_page,
    "law.md": law_page,
    "leaf.md": leaf_page,
    "settings.md": settings_page,
}
"""File name under ``docs/reference`` to the function that returns its text."""


def stale_pages(folder: Path) -> list[str]:
    """Return the names of pages under `folder` that differ from what the code says now, in order."""
    return [name for name, page in PAGES.items() if _read(folder / name) != page()]


def write_pages(folder: Path) -> None:
    """Write every page into `folder`."""
    folder.mkdir(parents=True, exist_ok=True)
    for name, page in PAGES.items():
        (folder / name).write_text(page(), encoding="utf-8")


def _read(path: Path) -> str:
    return path.read_text(encoding="utf-8") if path.exists() else ""


def main(arguments: Sequence[str] | None = None) -> int:
    """Write the pages, or with ``--check`` only compare them; return the exit status."""
    parser = argparse.ArgumentParser(description="Write or check the generated reference pages.")
    parser.add_argument("--check", action="store_true", help="write nothing; exit 1 if a page is stale")
    parser.add_argument("--folder", type=Path, default=REFERENCE, help="where the pages stand (docs/reference)")
    options = parser.parse_args(arguments)
    if not options.check:
        write_pages(options.folder)
        return 0
    stale = stale_pages(options.folder)
    for name in stale:
        print(f"{options.folder / name} is stale: run python docs/generate.py", file=sys.stderr)
    return 1 if stale else 0


if __name__ == "__main__":
    sys.exit(main())
