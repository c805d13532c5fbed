"""The claim: at 100,000 documents one request (count, facets, 20 snippets) takes at most 20 ms at the 99th percentile.

Documents come from ../shared/tools/make_corpus.py where it stands beside this repository, else from a text generator
here. They are published into a log and a store in memory, followed by the real projection, and searched by the real
engine, one request after the other. Run: ``nice python -m benchmarks.search [--documents N]``.
"""

import argparse
import hashlib
import json
import random
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
import zlib
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date
from pathlib import Path

import rjieba

from benchmarks.report import Value, write
from yangguang.kernel.identifiers import new_record_id
from yangguang.ledger.types import Entry
from yangguang.records.queries import BODY, META, encode_body, encode_event, encode_metadata
from yangguang.records.types import Agency, Body, Event, EventType, Kind, Metadata, Paragraph
from yangguang.search.commands import advance
from yangguang.search.queries import Index, open_index
from yangguang.search.types import Filters

ROOT = Path(__file__).parents[1]
SHARED = ROOT.parent / "shared"
SEED = 7
QUERIES = 1_000
ROUNDS = 3
COLUMNS = ("legal-basis", "plans", "statistics", "budget-accounts", "procurement", "fees", None)
BRACKETS = ("〔〕", "[]", "()", "（）", "【】", "")
CODES = ("国办发", "鲁政发", "清政办", "财建", "环办")


@dataclass(frozen=True, slots=True)
class Given:
    """A document as generated."""

    title: str
    number: str
    agency: str
    formed_on: date
    published_on: date
    text: str


@dataclass(frozen=True, slots=True)
class Asked:
    """A query of the benchmark and what it is narrowed to."""

    text: str
    filters: Filters


class Archive:
    """A log and a store in memory, contents deflated as the real store keeps them."""

    def __init__(self) -> None:
        self.leaves: list[bytes] = []
        self.contents: dict[bytes, bytes] = {}

    def entries(self, start: int, stop: int | None = None) -> Iterator[Entry]:
        """Yield entries in order."""
        for index in range(start, len(self.leaves) if stop is None else stop):
            yield Entry(index, self.leaves[index])

    def entry(self, index: int) -> Entry:
        """Return one entry."""
        return Entry(index, self.leaves[index])

    def content(self, key: bytes, /) -> bytes:
        """Return one content."""
        return zlib.decompress(self.contents[key])

    def publish(self, serial: int, given: Given) -> None:
        """Append the entry of one document."""
        code = hashlib.sha256(given.agency.encode()).hexdigest()[:8]
        metadata = Metadata(
            kind=Kind.DOCUMENT if serial % 9 else Kind.NEWS,
            title=given.title,
            agency=Agency(code, given.agency, "11370112004189014X"),
            published_on=given.published_on,
            formed_on=given.formed_on,
            document_number=given.number,
            column=COLUMNS[serial % len(COLUMNS)],
        )
        body = Body(tuple(Paragraph(line) for line in given.text.split("\n")))
        commitments = {}
        for label, raw in ((META, encode_metadata(metadata)), (BODY, encode_body(body))):
            key = hashlib.sha256(f"{serial} {label}".encode()).digest()
            self.contents[key] = zlib.compress(raw, 1)
            commitments[label] = key
        event = Event(
            type=EventType.PUBLISH,
            claimed_at=1_785_542_400,
            id=new_record_id(lambda size: hashlib.sha256(str(serial).encode()).digest()[:size]),
            revision=1,
            unit="11370112004189014X",
            formed_on=given.formed_on,
            commitments=commitments,
        )
        self.leaves.append(encode_event(event))


def documents(count: int, folder: Path) -> Iterator[Given]:
    """Yield `count` documents, the same ones on every machine that has the same inputs."""
    maker = SHARED / "tools" / "make_corpus.py"
    if not maker.exists():
        yield from invented(count)
        return
    out = folder / "corpus.jsonl"
    laws, titles = str(SHARED / "corpus" / "laws"), str(SHARED / "corpus" / "titles.tsv")
    inputs = ["--text", laws, "--titles", titles, "--n", str(count), "--seed", str(SEED)]
    subprocess.run([sys.executable, str(maker), *inputs, "--out", str(out)], check=True)
    with out.open(encoding="utf-8") as lines:
        for line in lines:
            said = json.loads(line)
            yield Given(
                said["title"],
                said["doc_number"],
                said["agency"],
                date.fromisoformat(said["date_written"]),
                date.fromisoformat(said["date_published"]),
                said["body"],
            )


def invented(count: int) -> Iterator[Given]:
    """Yield documents of random words, for machines without the generator; ratios there are not comparable."""
    chance = random.Random(SEED)
    characters = [chr(0x4E00 + place) for place in range(3_000)]
    words = ["".join(chance.choices(characters, k=chance.choice((2, 2, 2, 3, 4)))) for _ in range(40_000)]
    weights = [1 / (rank + 5) for rank in range(len(words))]
    for _ in range(count):
        picked = chance.choices(words, weights, k=700)
        lines = ["".join(picked[place : place + 25]) + "。" for place in range(0, 700, 25)]
        day = date(chance.randrange(2000, 2026), chance.randrange(1, 13), chance.randrange(1, 29))
        number = f"{chance.choice(CODES)}〔{day.year}〕{chance.randrange(1, 300)}号"
        title = "关于" + "".join(picked[:6]) + "的通知"
        yield Given(title, number, "清河县" + chance.choice(words[:200]) + "局", day, day, "\n".join(lines))


def questions(sample: list[Given]) -> dict[str, list[Asked]]:
    """Return the queries by class, made from `sample`."""
    chance = random.Random(SEED)
    seen = Counter(word for given in sample for word in set(rjieba.cut(given.text, hmm=False)) if is_word(word))
    ranked = [word for word, _ in seen.most_common()]
    common = ranked[:200]
    middle = [word for word in ranked[200:] if seen[word] >= len(sample) / 500]

    def two() -> str:
        words = [word for word in set(rjieba.cut(chance.choice(sample).text, hmm=False)) if is_word(word)]
        return " ".join(chance.sample(sorted(words), min(2, len(words))))

    def filtered() -> Asked:
        first = chance.randrange(2000, 2022)
        kind = chance.choice((None, Kind.DOCUMENT))
        item = chance.choice(("", "plans"))
        return Asked(two(), Filters(first_year=first, last_year=first + 4, kind=kind, item=item))

    makers: dict[str, Callable[[], Asked]] = {
        "one common word": lambda: Asked(chance.choice(common), Filters()),
        "one middling word": lambda: Asked(chance.choice(middle), Filters()),
        "two words": lambda: Asked(two(), Filters()),
        "quoted phrase": lambda: Asked(f'"{piece(chance, chance.choice(sample).text, 4, 12)}"', Filters()),
        "title fragment": lambda: Asked(piece(chance, chance.choice(sample).title, 6, 14), Filters()),
        "document number": lambda: Asked(restyled(chance, chance.choice(sample).number), Filters()),
        "two words, filters": filtered,
    }
    each = QUERIES // len(makers) + 1
    return {name: [make() for _ in range(each)] for name, make in makers.items()}


def is_word(text: str) -> bool:
    """Tell whether people would type `text` as a word."""
    return len(text) > 1 and text.isalpha()


def piece(chance: random.Random, text: str, shortest: int, longest: int) -> str:
    """Return a piece of one paragraph of `text`."""
    line = chance.choice([line for line in text.split("\n") if len(line) >= shortest] or [text])
    length = min(len(line), chance.randint(shortest, longest))
    start = chance.randint(0, len(line) - length)
    return line[start : start + length].replace('"', "")


def restyled(chance: random.Random, number: str) -> str:
    """Return `number` with other brackets, or none."""
    style = chance.choice(BRACKETS)
    opening, closing = (style[0], style[1]) if style else ("", "")
    return number.replace("〔", opening).replace("〕", closing) or "国办发〔2019〕61号"


def measure(index: Index, asked: dict[str, list[Asked]]) -> dict[str, list[float]]:
    """Return the milliseconds of every query by class: the median of its rounds."""
    times: dict[str, list[list[float]]] = {name: [[] for _ in queries] for name, queries in asked.items()}
    for _ in range(ROUNDS):
        for name, queries in asked.items():
            for place, query in enumerate(queries):
                began = time.perf_counter()
                index.search(query.text, query.filters)
                times[name][place].append((time.perf_counter() - began) * 1000)
    return {name: [statistics.median(each) for each in found] for name, found in times.items()}


def percentile(values: list[float], share: float) -> float:
    """Return the value that `share` of the values do not exceed."""
    return sorted(values)[min(len(values) - 1, int(len(values) * share))]


def figures(values: list[float]) -> dict[str, float]:
    """Return what is reported of a class."""
    return {
        "p50_ms": round(statistics.median(values), 2),
        "p99_ms": round(percentile(values, 0.99), 2),
        "max_ms": round(max(values), 2),
    }


def run(count: int, work: Path) -> dict[str, Value]:
    """Index and search `count` documents in `work`, and return the figures."""
    archive = Archive()
    sample: list[Given] = []
    characters = 0
    for serial, given in enumerate(documents(count, work)):
        archive.publish(serial, given)
        characters += len(given.text)
        if serial % max(1, count // 4_000) == 0:
            sample.append(given)
    index_folder = work / "index"
    began, began_cpu = time.perf_counter(), time.process_time()
    advance(index_folder, archive, archive, limit=count)
    wall, cpu = time.perf_counter() - began, time.process_time() - began_cpu
    size = sum(path.stat().st_size for path in index_folder.rglob("*") if path.is_file())
    asked = questions(sample)
    index = open_index(index_folder)
    totals = {name: [index.search(each.text, each.filters).total for each in found] for name, found in asked.items()}
    times = measure(index, asked)
    return {
        "documents": count,
        "characters": characters,
        "index_documents_per_s": round(count / wall),
        "index_cpu_ms_per_document": round(cpu / count * 1000, 3),
        "index_bytes": size,
        "index_bytes_per_character": round(size / characters, 2),
        "classes": {
            name: {**figures(values), "median_hits": statistics.median(totals[name])} for name, values in times.items()
        },
        "overall": figures([value for values in times.values() for value in values]),
    }


def main() -> None:
    """Run, and write ``results/search.json``."""
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--documents", type=int, default=100_000)
    options.add_argument("--work", type=Path, help="folder to keep the index in")
    chosen = options.parse_args()
    work = chosen.work or Path(tempfile.mkdtemp(prefix="yangguang-search-"))
    work.mkdir(parents=True, exist_ok=True)
    try:
        results = run(chosen.documents, work)
    finally:
        if chosen.work is None:
            shutil.rmtree(work)
    write("search", results)


if __name__ == "__main__":
    main()
