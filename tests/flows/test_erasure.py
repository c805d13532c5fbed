"""What was withdrawn or erased is nowhere: no address gives it, no store but the one meant for it keeps it.

Each search is tried first on the text while it is public, so that a search that finds nothing cannot pass for a proof.
"""

import hashlib
import os
import shutil
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import quote

import pytest

from tests.flows.machine import Machine, get
from tests.flows.traces import addresses_with, crawl, files_with

LABELS = ("html", "txt", "md", "json", "xml")
IDLE_SECONDS = 30
"""How long the last traces may take to go, once the line is idle."""

OTHERS = 12


@dataclass(frozen=True)
class Secret:
    """A record in two revisions with a small and a large attachment; `words` stand in every part of it."""

    stem: str
    words: str

    def write(self, folder: Path) -> None:
        for suffix, more in ((".md", ""), (".r2.md", "更正：联系电话有误。\n")):
            (folder / f"{self.stem}{suffix}").write_text(
                f"---\nkind: document\ncolumn: plans\ntitle: 关于{self.words}的通知\n"
                f"summary: {self.words}概述\nkeywords:\n  - {self.words}\n"
                f"attachments:\n  - {self.stem}-small.csv\n  - {self.stem}-large.csv\n---\n\n"
                f"各单位：\n\n现将{self.words}有关情况通知如下。\n\n{more}",
                "utf-8",
            )
        line = f"{self.words},1\n"
        (folder / f"{self.stem}-small.csv").write_text(line, "utf-8")
        # Incompressible, so that it lies in a file of its own as well as in no database page.
        (folder / f"{self.stem}-large.csv").write_bytes(line.encode() + os.urandom(400_000))


ERASED = Secret("one", "龘靐齉爩涉密管线")
WITHDRAWN = Secret("two", "灪麤彠馫处罚当事人")


class Site:
    """A node with two secrets among other records, being served, and what a reader kept of it while all was public."""

    def __init__(self, machine: Machine, base: str, ids: dict[str, str]) -> None:
        self.machine = machine
        self.base = base
        self.ids = ids
        self.digests: list[str] = []

    def seeds(self) -> list[str]:
        """Return where a search of the site begins: its entrances, and every address the secrets ever had."""
        found = ["/", "/sitemap.xml", "/robots.txt", "/verify", "/search", "/log/checkpoint", "/log/policy"]
        found += [f"/feeds/{name}" for name in ("", "all.atom", "latest.atom")] + ["/api/v1/", "/api/v1/records"]
        for secret in (ERASED, WITHDRAWN):
            found += [f"/search?q={quote(secret.words[:3])}", f"/search?q={quote(secret.words[-3:])}"]
            for record in (f"/records/{self.ids[secret.stem]}{number}" for number in ("", "/r1", "/r2")):
                files = [f"{record}/files/{secret.stem}-{size}.csv" for size in ("small", "large")]
                parts = [f"{record}/{label}" for label in ("meta", "body", "att.0", "att.1")]
                downloads = [*(f"{record}.{label}" for label in LABELS), *files, *parts]
                found += [record, f"{record}.zip", f"{record}.tlog-proof", *downloads]
                found += [f"{download}.tlog-proof" for download in downloads]
            found.append(f"/records/{self.ids[secret.stem]}/status.json")
        found += [f"/verify/proofs/{digest}" for digest in self.digests]
        tiles = (self.machine.home / "log").rglob("*")
        return found + [f"/{path.relative_to(self.machine.home)}" for path in tiles if path.is_file()]

    def crawl(self) -> dict[str, tuple[int, bytes]]:
        """Ask for everything."""
        return crawl(self.base, self.seeds())

    def until_idle(self, words: str, may_stay: Callable[[str], bool]) -> list[str]:
        """Return the files that hold `words` although they may not, once the line has had time to clear them."""
        deadline = time.monotonic() + IDLE_SECONDS
        while True:
            held = [name for name in files_with(self.machine.home, words) if not may_stay(name)]
            if not held or time.monotonic() > deadline:
                return held
            time.sleep(0.3)


@pytest.fixture
def site(tmp_path: Path) -> Iterator[Site]:
    machine = Machine(tmp_path / "node")
    machine.run("init")
    folder = tmp_path / "in"
    folder.mkdir()
    for secret in (ERASED, WITHDRAWN):
        secret.write(folder)
    for number in range(OTHERS):
        (folder / f"zz{number}.md").write_text(f"# 第{number}号公告\n\n第{number}号公告的内容。\n", "utf-8")
    records = machine.json("import", folder)["records"]
    ids = {Path(record["where"]).name.partition(".")[0]: record["id"] for record in records}
    with machine.serving() as base:
        yield Site(machine, base, ids)


def _in_blobs(name: str) -> bool:
    return name.startswith("blobs/")


def _nowhere(_name: str) -> bool:
    return False


@pytest.mark.slow
def test_no_file_and_no_address_gives_what_was_erased_or_withdrawn(site: Site, tmp_path: Path) -> None:
    machine = site.machine
    before = site.crawl()
    for secret in (ERASED, WITHDRAWN):
        found = addresses_with(before, secret.words)
        record = f"/records/{site.ids[secret.stem]}"
        for address in ("/", record, f"{record}/r1", f"{record}/r1.txt", f"{record}.zip", f"{record}/meta"):
            assert address in found, f"the search of addresses does not see {address}: it proves nothing"
        stores = {name.partition("/")[0] for name in files_with(machine.home, secret.words)}
        assert {"blobs", "node.sqlite3", "search"} <= stores, "the search of files does not see every store"
    kept = [body for address, (status, body) in before.items() if status == 200 and "/records/" in address]
    site.digests = [hashlib.sha256(body).hexdigest() for body in kept]
    other = f"/records/{site.ids['zz0']}.txt"
    proof = get(f"{site.base}{other}.tlog-proof")[1]

    machine.run("erase", site.ids[ERASED.stem], "--ground", "secret", "--yes")
    assert get(f"{site.base}/records/{site.ids[ERASED.stem]}/r1")[0] == 410, "blocked as soon as the command returns"
    machine.run("withdraw", site.ids[WITHDRAWN.stem], "--ground", "third_party")
    assert get(f"{site.base}/records/{site.ids[WITHDRAWN.stem]}/r1")[0] == 410

    assert site.until_idle(ERASED.words, _nowhere) == []
    assert site.until_idle(WITHDRAWN.words, _in_blobs) == []
    after = site.crawl()
    for secret in (ERASED, WITHDRAWN):
        assert addresses_with(after, secret.words) == []
    gone = [address for address, (status, _) in after.items() if status == 410]
    assert len(gone) > 60, "every address that the two records had is answered with 410"
    assert after[f"/records/{site.ids['zz0']}"][0] == 200

    # The log is what it was, and every other proof holds, those from before and those from now.
    (tmp_path / "other.txt").write_bytes(get(site.base + other)[1])
    for one in (proof, get(f"{site.base}{other}.tlog-proof")[1]):
        (tmp_path / "proof").write_bytes(one)
        said = machine.run(
            "verify", tmp_path / "other.txt", "--proof", tmp_path / "proof", "--policy", machine.home / "policy"
        )
        assert "genuine" in said
    machine.run("log", "fsck")


def test_what_was_withdrawn_comes_back_byte_for_byte_and_what_was_erased_never(site: Site) -> None:
    record = f"{site.base}/records/{site.ids[WITHDRAWN.stem]}"
    before = {label: get(f"{record}.{label}")[1] for label in LABELS}
    site.machine.run("withdraw", site.ids[WITHDRAWN.stem], "--ground", "third_party")
    site.machine.run("restore", site.ids[WITHDRAWN.stem])
    assert {label: get(f"{record}.{label}")[1] for label in LABELS} == before
    site.machine.run("erase", site.ids[WITHDRAWN.stem], "--ground", "third_party", "--yes")
    site.machine.run("restore", site.ids[WITHDRAWN.stem], code=1)
    assert get(record)[0] == 410
    assert site.until_idle(WITHDRAWN.words, _nowhere) == []


def test_an_erasure_survives_a_rebuild_and_contents_from_a_backup(tmp_path: Path) -> None:
    machine = Machine(tmp_path / "node")
    machine.run("init")
    folder = tmp_path / "in"
    folder.mkdir()
    ERASED.write(folder)
    (record, *_) = machine.json("import", folder)["records"]
    shutil.copytree(machine.home / "blobs", tmp_path / "backup")
    machine.run("erase", record["id"], "--ground", "secret", "--yes")
    assert files_with(machine.home, ERASED.words) == []
    shutil.rmtree(machine.home / "blobs")
    shutil.copytree(tmp_path / "backup", machine.home / "blobs")
    assert files_with(machine.home, ERASED.words) != []
    machine.run("rebuild")
    assert files_with(machine.home, ERASED.words) == []
