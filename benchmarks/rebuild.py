"""How many records a second a dropped projection is rebuilt from the log: the catalogue, and the full-text index.

Aim: catalogue at least 5,000 records/s. Run: ``python -m benchmarks.rebuild [--records N] [--rounds R]``.
"""

import argparse
import tempfile
import time
from pathlib import Path

from benchmarks import nodes, report

AIM = 5_000


def main() -> None:
    """Measure and report."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--records", type=int, default=20_000)
    parser.add_argument("--rounds", type=int, default=3)
    asked = parser.parse_args()
    number: int = asked.records
    results: dict[str, report.Value] = {"records": number}
    with tempfile.TemporaryDirectory() as folder:
        home = Path(folder) / "node"
        environment = nodes.init(home)
        nodes.publish(home, nodes.contents(number), renditions=False)
        start = time.perf_counter()
        nodes.command(environment, "--help")
        started = time.perf_counter() - start
        for projection in ("catalogue", "search"):
            rounds = asked.rounds if projection == "catalogue" else 1
            seconds = []
            for _ in range(rounds):
                start = time.perf_counter()
                nodes.command(environment, "rebuild", projection)
                seconds.append(time.perf_counter() - start - started)
            median = report.timing(seconds).median_s
            results[projection] = {"seconds": median, "records_per_s": number / median}
            if projection == "catalogue":
                results["catalogue_ratio_to_aim"] = number / median / AIM
    report.write("rebuild", results)


if __name__ == "__main__":
    main()
