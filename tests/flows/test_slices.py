"""An hourly slice of the self-examination finds what lies in it, and only that; all slices find all of it."""

import sqlite3

import pytest

from tests.flows.machine import Machine

DOCUMENTS = 300


@pytest.fixture(scope="module")
def whole(tmp_path_factory: pytest.TempPathFactory) -> Machine:
    folder = tmp_path_factory.mktemp("slices")
    machine = Machine(folder / "node")
    machine.run("init")
    (folder / "in").mkdir()
    for number in range(DOCUMENTS):
        (folder / "in" / f"{number:03}.md").write_text(f"# 关于第{number}号水渠的通知\n\n请配合清淤。\n", "utf-8")
    machine.run("import", folder / "in")
    return machine


def rules(machine: Machine, *arguments: str) -> set[str]:
    done = machine.attempt("log", "fsck", *arguments, "--json")
    return {
        rule
        for rule in ("entries hash to their tile", "catalogue.title", "blobs.content")
        if rule.encode() in done.stdout
    }


def test_every_slice_of_a_sound_node_is_sound(whole: Machine) -> None:
    for number in range(1, 4):
        assert "everything agrees" in whole.run("log", "fsck", "--slice", f"{number}/3")
    assert whole.attempt("log", "fsck", "--slice", "4/3").returncode == 1


def test_a_row_a_content_and_an_entry_are_found_by_the_slice_they_lie_in(whole: Machine) -> None:
    with sqlite3.connect(whole.home / "node.sqlite3") as tables:
        tables.execute("UPDATE catalogue_record SET title = '改过' WHERE content_index = 10")
    tables.close()
    assert [rules(whole, "--slice", f"{number}/3") for number in (1, 2, 3)] == [{"catalogue.title"}, set(), set()]
    (bundle,) = (whole.home / "log" / "tile" / "entries").glob("001.p/*")
    raw = bundle.read_bytes()
    bundle.write_bytes(raw[:100] + bytes([raw[100] ^ 1]) + raw[101:])
    assert [rules(whole, "--slice", f"{number}/3") for number in (1, 2, 3)] == [
        {"catalogue.title"},
        set(),
        {"entries hash to their tile"},
    ]
