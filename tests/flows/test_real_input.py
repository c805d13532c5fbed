"""The whole way on documents nobody here wrote: import, find, read, download, prove; then break each thing in turn."""

import json
import sqlite3
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.flows.machine import CORPUS, Machine, get

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(not CORPUS.is_dir(), reason="the real documents are not on this machine (../shared/corpus)"),
]
PLATFORM_NOTICE = "国务院办公厅政府信息与政务公开办公室关于规范政府信息公开平台有关事项的通知"
NUMBERS = {"闽数字办〔2019〕13号", "发改高技〔2019〕1903号", "国办公开办函〔2019〕61号"}
FORMATS = ("html", "txt", "md", "json", "xml")


@pytest.fixture(scope="module")
def machine(tmp_path_factory: pytest.TempPathFactory) -> Machine:
    machine = Machine(tmp_path_factory.mktemp("real") / "node")
    machine.run("init", "--origin", "county.example/xxgk", "--name", "澄禾县人民政府")
    return machine


@pytest.fixture(scope="module")
def summary(machine: Machine) -> dict[str, object]:
    said = machine.json("import", CORPUS / "source-page.txt")
    assert isinstance(said, dict)
    return said


@pytest.fixture(scope="module")
def laws(machine: Machine, summary: dict[str, object]) -> dict[str, object]:  # noqa: ARG001 - the order matters
    said = machine.json("import", CORPUS / "laws")
    assert isinstance(said, dict)
    return said


@pytest.fixture(scope="module")
def address(machine: Machine, laws: dict[str, object]) -> Iterator[str]:  # noqa: ARG001 - served once all is there
    with machine.serving() as address:
        yield address


def found(machine: Machine, *words: str) -> list[dict[str, str]]:
    hits = machine.json("search", *words)["hits"]
    assert isinstance(hits, list)
    return hits


def test_the_column_page_gives_ten_articles_ten_duplicates_and_two_leftovers(summary: dict[str, object]) -> None:
    assert (summary["read"], summary["published"], summary["duplicates"]) == (22, 10, 10)
    assert [item["where"] for item in summary["refused"]] == ["source-page.txt:121", "source-page.txt:123"]  # type: ignore[attr-defined]
    places = [item["where"] for item in summary["duplicate_places"]]  # type: ignore[attr-defined]
    assert len(set(places)) == 10


def test_a_second_run_imports_nothing_and_says_so(machine: Machine, laws: dict[str, object]) -> None:
    again = machine.json("import", CORPUS / "source-page.txt", CORPUS / "laws")
    assert (again["published"], again["revised"], again["duplicates"]) == (0, 0, 0)
    assert again["already"] == 20 + laws["published"] + laws["duplicates"]  # type: ignore[operator]
    assert "nothing was imported" in machine.run("import", CORPUS / "source-page.txt", CORPUS / "laws")


def test_every_regulation_is_published_or_said_why_not(laws: dict[str, object]) -> None:
    files = len(list((CORPUS / "laws").glob("*.md")))
    refused = laws["refused"]
    assert isinstance(refused, list)
    assert laws["published"] + laws["duplicates"] + len(refused) == files == laws["read"]  # type: ignore[operator]
    assert [item["where"] for item in refused] == ["_index.md"]


@pytest.mark.parametrize("number", sorted(NUMBERS))
def test_a_document_is_found_by_its_number_in_other_brackets(
    machine: Machine, laws: dict[str, object], number: str
) -> None:
    assert laws
    for style in (number, number.replace("〔", "[").replace("〕", "]"), number.replace("〔", "（").replace("〕", "）")):
        assert found(machine, style)[0]["document_number"] == number


def test_three_are_documents_of_the_column_and_seven_are_news(machine: Machine, laws: dict[str, object]) -> None:
    assert laws
    news = machine.json("search", "--kind", "news")
    assert news["total"] == 7
    assert {hit["item"] for hit in news["hits"]} == {None}
    documents = [found(machine, number)[0] for number in NUMBERS]
    assert {hit["document_number"] for hit in documents} == NUMBERS
    assert all(hit["item"] for hit in documents)


def test_the_platform_notice_has_its_fields(machine: Machine, laws: dict[str, object]) -> None:
    assert laws
    hit = found(machine, "国办公开办函〔2019〕61号")[0]
    record = json.loads(machine.run("show", hit["id"], "--format", "json"))
    metadata = record["metadata"]
    assert metadata["title"] == PLATFORM_NOTICE
    assert metadata["issuers"] == ["国务院办公厅政府信息与政务公开办公室"]
    assert (metadata["formed_on"], metadata["published_on"]) == ("2019-11-29", "2019-12-03")
    assert metadata["source"] == "国务院办公厅"
    assert any(doubt["field"] == "column" for doubt in metadata["doubts"])


def test_a_quoted_phrase_is_in_exactly_the_documents_that_contain_it(machine: Machine, laws: dict[str, object]) -> None:
    assert laws
    phrase = "政府信息公开工作主管部门"
    expected = set()
    for file in (CORPUS / "laws").glob("*.md"):
        if phrase in "".join(file.read_text("utf-8").split()):
            expected.add(file.stem.split("(")[0])
    hits = machine.json("search", f'"{phrase}"', "--size", "100")
    titles = {hit["title"] for hit in hits["hits"] if hit["item"] == "legal-basis"}
    assert {name for name in expected if any(name in title for title in titles)} == expected
    assert hits["total"] >= len(expected) > 0


def test_a_rebuilt_catalogue_and_index_agree_with_the_log(machine: Machine, laws: dict[str, object]) -> None:
    assert laws
    before = machine.json("search", "信息公开")
    machine.run("rebuild")
    assert machine.json("search", "信息公开") == before
    assert "everything agrees" in machine.run("log", "fsck")


@pytest.mark.parametrize("form", FORMATS)
def test_each_download_is_proven_offline_and_a_changed_one_is_not(
    machine: Machine, address: str, tmp_path: Path, form: str
) -> None:
    identifier = found(machine, "国办公开办函〔2019〕61号")[0]["id"]
    status, content, headers = get(f"{address}/records/{identifier}.{form}")
    assert status == 200
    assert headers["x-content-type-options"] == "nosniff"
    _, proof, _ = get(f"{address}/records/{identifier}.{form}.tlog-proof")
    file, beside = tmp_path / f"notice.{form}", tmp_path / f"notice.{form}.tlog-proof"
    file.write_bytes(content)
    beside.write_bytes(proof)
    assert "genuine" in machine.run("verify", file, "--proof", beside, "--policy", machine.home / "policy")
    file.write_bytes(content[:100] + bytes([content[100] ^ 1]) + content[101:])
    failed = machine.attempt("verify", file, "--proof", beside, "--policy", machine.home / "policy")
    assert failed.returncode == 1
    assert b"the file was changed" in failed.stderr


def test_the_command_line_and_the_page_give_the_same_bytes(machine: Machine, address: str) -> None:
    identifier = found(machine, "国办公开办函〔2019〕61号")[0]["id"]
    assert get(f"{address}/records/{identifier}.txt")[1].decode() == machine.run("show", identifier)


def test_the_page_lists_what_the_command_line_finds(machine: Machine, address: str) -> None:
    _, page, _ = get(f"{address}/search?q=%E4%BF%A1%E6%81%AF%E5%85%AC%E5%BC%80")
    order = [hit["id"] for hit in found(machine, "信息公开")]
    places = [page.decode().find(f"/records/{identifier}") for identifier in order]
    assert -1 not in places
    assert places == sorted(places)


def test_importing_while_the_node_is_served_reaches_the_public(machine: Machine, address: str, tmp_path: Path) -> None:
    (tmp_path / "新通知.md").write_text("# 关于澄禾湖夏季开放时间的通告\n\n每日八时至二十时开放。\n", "utf-8")
    said = machine.json("import", tmp_path)
    assert said["published"] == 1
    identifier = said["records"][0]["id"]
    status, page, _ = get(f"{address}/records/{identifier}")
    assert status == 200
    assert "每日八时至二十时开放" in page.decode()
    assert found(machine, "澄禾湖")[0]["id"] == identifier


def test_while_the_node_is_served_no_second_process_writes(machine: Machine, address: str) -> None:
    assert address
    refused = machine.attempt("rebuild")
    assert refused.returncode == 1
    assert b"yangguang:" in refused.stderr


class TestOneChangedByte:
    """Each is detected, by the name of what is wrong; and mended, everything agrees again."""

    @pytest.fixture(autouse=True)
    def mended(self, machine: Machine, laws: dict[str, object]) -> Iterator[None]:
        assert laws
        yield
        assert "everything agrees" in machine.run("log", "fsck")

    def broken(self, machine: Machine, path: Path, place: int) -> list[dict[str, str]]:
        before = path.read_bytes()
        changed = bytearray(before)
        changed[place] ^= 1
        mode = path.stat().st_mode
        path.chmod(0o644)
        path.write_bytes(changed)
        findings = machine.json("log", "fsck", code=1)
        path.write_bytes(before)
        path.chmod(mode)
        assert isinstance(findings, list)
        return findings

    def test_of_a_tile(self, machine: Machine) -> None:
        tile = next(path for path in sorted((machine.home / "log" / "tile" / "0").rglob("*")) if path.is_file())
        findings = self.broken(machine, tile, 40)
        assert any("tile/0/" in item["where"] for item in findings)

    def test_of_an_entry_bundle(self, machine: Machine) -> None:
        bundle = next(path for path in sorted((machine.home / "log" / "tile" / "entries").rglob("*")) if path.is_file())
        findings = self.broken(machine, bundle, 100)
        assert any("entries" in item["where"] for item in findings)

    def test_of_a_content(self, machine: Machine) -> None:
        with sqlite3.connect(machine.home / "blobs" / "blobs.sqlite3") as store:
            key, raw = store.execute("SELECT sha256, deflated FROM contents LIMIT 1 OFFSET 7").fetchone()
            store.execute("UPDATE contents SET deflated = ? WHERE sha256 = ?", (raw[:-1] + bytes([raw[-1] ^ 1]), key))
            store.commit()
            findings = machine.json("log", "fsck", code=1)
            store.execute("UPDATE contents SET deflated = ? WHERE sha256 = ?", (raw, key))
        store.close()
        assert any(item["rule"] == "blobs.content" for item in findings)

    def test_of_a_catalogue_row(self, machine: Machine) -> None:
        with sqlite3.connect(machine.home / "node.sqlite3") as store:
            key, title = store.execute("SELECT id, title FROM catalogue_record LIMIT 1 OFFSET 3").fetchone()
            store.execute("UPDATE catalogue_record SET title = ? WHERE id = ?", (title + "。", key))
            store.commit()
            findings = machine.json("log", "fsck", code=1)
            store.execute("UPDATE catalogue_record SET title = ? WHERE id = ?", (title, key))
        store.close()
        assert [(item["where"], item["rule"]) for item in findings] == [(f"catalogue record {key}", "catalogue.title")]
