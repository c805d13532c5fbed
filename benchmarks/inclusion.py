"""How long an inclusion proof takes from a log of a million entries: cold, warm, and to verify.

Claim: at most 1 ms cold (no tile in memory; the operating system may have the files), at most 50 µs to verify.
"""

import argparse
import os
import random
import tempfile
import time
from hashlib import sha256
from pathlib import Path

from benchmarks import report
from yangguang.ledger.commands import create, generate_key, open_writer
from yangguang.ledger.queries import (
    leaf_hash,
    open_log,
    parse_policy,
    parse_proof,
    policy_for,
    verifier_key,
    verify_consistency,
    verify_inclusion,
    verify_proof,
)
from yangguang.ledger.types import Signer

ORIGIN = "yangguang.example/benchmark"
ENTRY_BYTES = 424
BATCH = 10_000
RUNS = 2_000


def grow(log: Path, head: Path, signer: Signer, total: int) -> None:
    """Append `total` random entries."""
    with open_writer(log=log, head=head, signer=signer) as writer:
        while writer.size < total:
            writer.append([os.urandom(ENTRY_BYTES) for _ in range(min(BATCH, total - writer.size))])


def prove(log: Path, indices: list[int]) -> dict[str, report.Value]:
    """Return the times of making proof files with a fresh reader each, and with one that has seen them all."""
    cold = []
    for index in indices:
        start = time.perf_counter()
        open_log(log).prove(index)
        cold.append(time.perf_counter() - start)
    reader = open_log(log)
    few = indices[:50]
    for index in few:
        reader.prove(index)
    warm = []
    for _ in range(len(indices) // len(few)):
        for index in few:
            start = time.perf_counter()
            reader.prove(index)
            warm.append(time.perf_counter() - start)
    cold_times, warm_times = report.timing(cold), report.timing(warm)
    return {
        "prove_cold": report.as_value(cold_times),
        "prove_warm": report.as_value(warm_times),
        "ratio_cold_to_warm": cold_times.median_s / warm_times.median_s,
        "ratio_cold_to_aim": cold_times.median_s / 0.001,
    }


def verify(log: Path, signer: Signer, indices: list[int]) -> dict[str, report.Value]:
    """Return the times of verifying a path, a whole proof file with its signature, and a consistency path."""
    reader = open_log(log)
    policy = parse_policy(policy_for(verifier_key(signer)))
    checkpoint = reader.checkpoint()
    raw = reader.prove(indices[0])
    leaf = reader.entry(indices[0]).data
    proof = parse_proof(raw)
    old = max(1, checkpoint.size * 2 // 3)
    old_root = _root_at(log, old)
    path = reader.consistency(old, checkpoint.size)
    inclusion = report.measure(
        lambda: verify_inclusion(
            index=proof.index, size=checkpoint.size, leaf_hash=leaf_hash(leaf), path=proof.path, root=checkpoint.root
        ),
        RUNS,
    )
    whole = report.measure(lambda: verify_proof(parse_proof(raw), leaf, policy), RUNS)
    consistency = report.measure(
        lambda: verify_consistency(
            old_size=old, old_root=old_root, new_size=checkpoint.size, new_root=checkpoint.root, path=path
        ),
        RUNS,
    )
    return {
        "proof_bytes": len(raw),
        "verify_inclusion_us": inclusion.median_s * 1e6,
        "verify_proof_with_signature_us": whole.median_s * 1e6,
        "verify_consistency_us": consistency.median_s * 1e6,
        "make_consistency_cold_us": report.measure(
            lambda: open_log(log).consistency(old, checkpoint.size), 200
        ).median_s
        * 1e6,
        "ratio_verify_to_aim": inclusion.median_s / 50e-6,
    }


def _root_at(log: Path, size: int) -> bytes:
    """Return the root of the first `size` entries: fold the path of the last one over its own leaf."""
    reader = open_log(log)
    path = reader.inclusion(size - 1, size)
    result = reader.entry(size - 1).leaf_hash
    # Every sibling of a tree's last leaf lies to its left.
    for sibling in path:
        result = sha256(b"\x01" + sibling + result).digest()
    return result


def main() -> None:
    """Measure and report."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--entries", type=int, default=1_000_000, help="size of the log")
    parser.add_argument("--folder", type=Path, help="where to build the log; a temporary folder if absent")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory(dir=options.folder) as name:
        folder = Path(name)
        signer = generate_key(folder / "log.key", name=ORIGIN)
        create(log=folder / "log", head=folder / "head.sqlite3", origin=ORIGIN, signer=signer)
        report.note(f"growing to {options.entries} entries")
        grow(folder / "log", folder / "head.sqlite3", signer, options.entries)
        chance = random.Random(1)
        indices = [chance.randrange(options.entries) for _ in range(1_000)]
        results = {**prove(folder / "log", indices), **verify(folder / "log", signer, indices)}
    report.write("inclusion", {"entries": options.entries, **results})


if __name__ == "__main__":
    main()
