"""Collect the portal's translatable strings into its English catalogue and compile it; gettext's tools are not needed.

    python -m tools.messages           # update django.po (new strings come out empty) and write django.mo

Source strings are Chinese and stand in templates; see docs of Django's `templatize` for what counts as translatable.
"""

import ast
import re
from pathlib import Path

import polib
from django.utils.translation.template import templatize

ROOM = Path(__file__).parent.parent / "src" / "yangguang" / "portal"
CATALOGUE = ROOM / "locale" / "en" / "LC_MESSAGES" / "django.po"

_CALL = re.compile(r"""\b(?:_|gettext)\(\s*u?('(?:\\.|[^'\\])*'|"(?:\\.|[^"\\])*")\s*\)""")


def used() -> dict[str, list[str]]:
    """Return every translatable string of the templates with the files it stands in."""
    found: dict[str, list[str]] = {}
    for path in sorted((ROOM / "templates").rglob("*.html")):
        for literal in _CALL.findall(templatize(path.read_text("utf-8"))):
            places = found.setdefault(ast.literal_eval(literal), [])
            name = path.relative_to(ROOM).as_posix()
            if name not in places:
                places.append(name)
    return found


def updated(catalogue: polib.POFile) -> polib.POFile:
    """Return `catalogue` with exactly the strings in use, translations kept, sorted so that changes stay small."""
    known = {entry.msgid: entry.msgstr for entry in catalogue}
    fresh = polib.POFile(wrapwidth=110)
    fresh.metadata = {
        "Project-Id-Version": "yangguang",
        "Language": "en",
        "MIME-Version": "1.0",
        "Content-Type": "text/plain; charset=UTF-8",
        "Content-Transfer-Encoding": "8bit",
    }
    for text, places in sorted(used().items()):
        flags = ["python-format"] if "%(" in text else []
        occurrences = [(place, "") for place in places]
        fresh.append(polib.POEntry(msgid=text, msgstr=known.get(text, ""), occurrences=occurrences, flags=flags))
    return fresh


def main() -> None:
    """Write both files and say what has no translation yet."""
    CATALOGUE.parent.mkdir(parents=True, exist_ok=True)
    catalogue = updated(polib.pofile(str(CATALOGUE)) if CATALOGUE.exists() else polib.POFile())
    catalogue.save(str(CATALOGUE))
    catalogue.save_as_mofile(str(CATALOGUE.with_suffix(".mo")))
    for entry in catalogue:
        if not entry.msgstr:
            print(f"no English yet: {entry.msgid}")


if __name__ == "__main__":
    main()
