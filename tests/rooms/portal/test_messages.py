"""Every string a reader can meet has its English, and the compiled catalogue is the one in the repository."""

import polib

from tools.messages import CATALOGUE, updated, used


def test_every_translatable_string_has_its_english() -> None:
    catalogue = {entry.msgid: entry.msgstr for entry in polib.pofile(str(CATALOGUE))}
    assert [text for text in used() if not catalogue.get(text)] == []


def test_the_catalogue_holds_no_string_that_no_template_uses() -> None:
    assert {entry.msgid for entry in polib.pofile(str(CATALOGUE))} == set(used())


def test_a_translation_keeps_the_places_of_its_source() -> None:
    for entry in polib.pofile(str(CATALOGUE)):
        for place in ("%(count)s", "%(name)s", "%(number)s", "%(total)s", "%(pages)s", "%(origin)s", "%(log_size)s"):
            assert (place in entry.msgid) == (place in entry.msgstr), entry.msgid


def test_the_compiled_catalogue_is_current() -> None:
    compiled = updated(polib.pofile(str(CATALOGUE))).to_binary()
    assert CATALOGUE.with_suffix(".mo").read_bytes() == compiled, "run `python -m tools.messages`"
