"""How many entries a second the writer appends, durable and published, to a log that is already large.

Claim: at least 15,000 entries/s in batches of 100 at one million entries, in bounded memory. Also measured: fsync on
this disk, without which no such number means anything; group commit; a full fsck; reading everything back.
"""

import argparse
import os
import resource
import tempfile
import threading
import time
from pathlib import Path

from benchmarks import report
from yangguang.ledger.commands import Writer, create, generate_key, open_writer
from yangguang.ledger.queries import fsck, open_log, verifier_key
from yangguang.ledger.types import Signer

ORIGIN = "yangguang.example/benchmark"
ENTRY_BYTES = 424
"""A leaf with three commitments."""

LARGE, MIDDLE, SMALL = 10_000, 100, 1


def entries(count: int) -> list[bytes]:
    """Return `count` random entries."""
    return [os.urandom(ENTRY_BYTES) for _ in range(count)]


def append(writer: Writer, size: int, batches: int) -> dict[str, report.Value]:
    """Append `batches` batches of `size` entries and return rate and latency."""
    content = [entries(size) for _ in range(min(batches, 2))]
    seconds = []
    for number in range(batches):
        start = time.perf_counter()
        writer.append(content[number % len(content)])
        seconds.append(time.perf_counter() - start)
    return {
        "batch": size,
        "at_entries": writer.size,
        "entries_per_s": size * batches / sum(seconds),
        "entries_per_s_median": size / report.timing(seconds).median_s,
        "per_batch": report.as_value(report.timing(seconds)),
    }


def submit(writer: Writer, threads: int, each: int) -> dict[str, report.Value]:
    """Submit single entries from many threads, each waiting for its own, and return the rate."""
    content = entries(each)

    def work() -> None:
        for entry in content:
            writer.submit(entry).result()

    workers = [threading.Thread(target=work) for _ in range(threads)]
    start = time.perf_counter()
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()
    return {"threads": threads, "entries_per_s": threads * each / (time.perf_counter() - start)}


def fsync(folder: Path) -> report.Timing:
    """Return how long it takes to write and sync a new file of 50 kB here."""
    block = bytes(50_000)
    numbers = iter(range(10_000))

    def act() -> None:
        descriptor = os.open(folder / f"sync{next(numbers)}", os.O_WRONLY | os.O_CREAT)
        os.write(descriptor, block)
        os.fsync(descriptor)
        os.close(descriptor)

    return report.measure(act, 200)


def check(log: Path, head: Path, signer: Signer, total: int) -> dict[str, report.Value]:
    """Run a full fsck and a full read, and return their rates."""
    start = time.perf_counter()
    findings = list(fsck(log=log, head=head, key=verifier_key(signer)))
    checked = time.perf_counter()
    count = sum(1 for _ in open_log(log).entries(0))
    read = time.perf_counter()
    if findings or count != total:
        raise SystemExit(
            f"{len(findings)} findings, {count} of {total} entries: not a sound log, the numbers mean nothing"
        )
    return {"fsck_entries_per_s": total / (checked - start), "read_entries_per_s": total / (read - checked)}


def run(folder: Path, total: int, batches: int) -> dict[str, report.Value]:
    """Grow a log to `total` entries in `folder` and measure at its end."""
    log, head = folder / "log", folder / "head.sqlite3"
    signer = generate_key(folder / "log.key", name=ORIGIN)
    create(log=log, head=head, origin=ORIGIN, signer=signer)
    sync = fsync(folder)
    with open_writer(log=log, head=head, signer=signer) as writer:
        report.note(f"growing to {total} entries in batches of {LARGE}")
        large = append(writer, LARGE, max(1, total // LARGE))
        report.note(f"batches of {MIDDLE}")
        middle = append(writer, MIDDLE, batches)
        report.note(f"batches of {SMALL}")
        small = append(writer, SMALL, batches)
        report.note("group commit")
        group = submit(writer, 64, 100)
        size = writer.size
    start = time.perf_counter()
    open_writer(log=log, head=head, signer=signer).close()
    reopened = time.perf_counter() - start
    report.note("fsck")
    return {
        "entry_bytes": ENTRY_BYTES,
        "disk_fsync_50kB": report.as_value(sync),
        "batch_10000": large,
        "batch_100": middle,
        "batch_1": small,
        "group_commit": group,
        "reopen_s": reopened,
        "max_rss_mib": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024,
        "check": check(log, head, signer, size),
    }


def main() -> None:
    """Measure and report."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--entries", type=int, default=1_000_000, help="size of the log before batches of 100 and 1")
    parser.add_argument("--batches", type=int, default=1_000, help="batches of 100, and of 1, to measure")
    parser.add_argument("--folder", type=Path, help="where to build the log; a temporary folder if absent")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory(dir=options.folder) as folder:
        results = run(Path(folder), options.entries, options.batches)
    middle = results["batch_100"]
    rate = middle["entries_per_s"] if isinstance(middle, dict) else 0.0
    report.write(
        "append", {**results, "aim_batch_100_entries_per_s": 15_000, "ratio_to_aim": float(str(rate)) / 15_000}
    )


if __name__ == "__main__":
    main()
