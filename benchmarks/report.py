"""What every benchmark shares: which machine it was, medians and ratios, one JSON file a claim."""

import json
import os
import platform
import sqlite3
import statistics
import sys
import time
from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import TypeAlias

RESULTS = Path(__file__).resolve().parent / "results"

Value: TypeAlias = "str | int | float | list[Value] | Mapping[str, Value] | None"


@dataclass(frozen=True, slots=True)
class Timing:
    """Seconds of repeated runs: fastest, median, and the one that 99 in 100 do not exceed."""

    runs: int
    fastest_s: float
    median_s: float
    p99_s: float


def machine() -> dict[str, str]:
    """Return what a reader must know of this machine to compare numbers; no name and no path of it."""
    return {
        "processor": _processor(),
        "cores": str(os.cpu_count()),
        "memory": f"{os.sysconf('SC_PAGE_SIZE') * os.sysconf('SC_PHYS_PAGES') / 2**30:.0f} GiB",
        "system": f"{platform.system()} {platform.release()}",
        "python": platform.python_version(),
        "sqlite": sqlite3.sqlite_version,
    }


def measure(act: Callable[[], object], repeat: int) -> Timing:
    """Run `act` `repeat` times and return how long it took."""
    seconds = []
    for _ in range(repeat):
        start = time.perf_counter()
        act()
        seconds.append(time.perf_counter() - start)
    return timing(seconds)


def timing(seconds: list[float]) -> Timing:
    """Return the summary of measured `seconds`, at least one."""
    ordered = sorted(seconds)
    p99 = ordered[min(len(ordered) - 1, len(ordered) * 99 // 100)]
    return Timing(len(ordered), ordered[0], statistics.median(ordered), p99)


def write(name: str, payload: Mapping[str, Value]) -> Path:
    """Print `payload` with the machine it was measured on, and keep both in ``results/<name>.json``."""
    content = {"benchmark": name, "machine": machine(), **payload}
    RESULTS.mkdir(exist_ok=True)
    path = RESULTS / f"{name}.json"
    path.write_text(json.dumps(content, indent=2, ensure_ascii=False) + "\n", encoding="utf-8")
    _show(content, 0)
    return path


def as_value(summary: Timing) -> dict[str, Value]:
    """Return `summary` for a payload."""
    return dict(asdict(summary))


def note(text: str) -> None:
    """Say on standard error how far a long benchmark is."""
    print(text, file=sys.stderr, flush=True)


def _show(content: Mapping[str, Value], depth: int) -> None:
    for key, value in content.items():
        if isinstance(value, Mapping):
            print(f"{'  ' * depth}{key}")
            _show(value, depth + 1)
        else:
            shown = f"{value:,.6g}" if isinstance(value, float) else f"{value}"
            print(f"{'  ' * depth}{key:<34}{shown}")


def _processor() -> str:
    information = Path("/proc/cpuinfo")
    if information.is_file():
        for line in information.read_text(encoding="utf-8").splitlines():
            if line.startswith("model name"):
                return line.partition(":")[2].strip()
    return platform.machine()
