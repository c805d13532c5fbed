"""How many documents a second an import reads, renders, stores, logs, catalogues and indexes, on one process.

No aim is set; the parts are told so that the slowest can be found.
Run: ``python -m benchmarks.imports [--documents N]``.
"""

import argparse
import json
import tempfile
import time
from pathlib import Path

from benchmarks import nodes, report
from yangguang.formats.queries import render
from yangguang.records.queries import plain_text
from yangguang.sources.queries import read_tree


def main() -> None:
    """Measure and report."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--documents", type=int, default=2_000)
    number: int = parser.parse_args().documents
    with tempfile.TemporaryDirectory() as folder:
        source = Path(folder) / "in"
        source.mkdir()
        characters = 0
        for position, content in enumerate(nodes.contents(number)):
            text = render(content, "md").decode()
            characters += len(plain_text(content.body))
            (source / f"{position:06}.md").write_text(text.replace("agency: home\n", ""), "utf-8")
        environment = nodes.init(Path(folder) / "node")
        start = time.perf_counter()
        said = json.loads(nodes.command(environment, "import", str(source), "--json"))
        whole = time.perf_counter() - start
        start = time.perf_counter()
        read = sum(1 for _ in read_tree([source]))
        reading = time.perf_counter() - start
    report.write(
        "imports",
        {
            "documents": number,
            "published": said["published"],
            "characters_per_document": characters / number,
            "documents_per_s": number / whole,
            "read_only_documents_per_s": read / reading,
            "share_of_reading": reading / whole,
        },
    )


if __name__ == "__main__":
    main()
