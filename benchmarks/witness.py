"""How fast a witness cosigns and a mirror follows, and how large a cosigned proof is.

Claims: at least 1,000 cosignatures a second, each committed durably before it is given; a proof with two Ed25519
cosignatures of at most 2 kB at one million entries; a mirror that follows faster than a writer writes, in bounded
memory.
"""

import argparse
import os
import resource
import tempfile
import time
from pathlib import Path

from benchmarks import report
from yangguang.kernel.clock import system_clock
from yangguang.ledger.commands import (
    Ed25519Signer,
    Mirror,
    Witness,
    Writer,
    ask_witness,
    cosign,
    create,
    generate_key,
    open_writer,
    with_cosignatures,
)
from yangguang.ledger.queries import (
    Log,
    bracket,
    cosigner_key,
    format_verifier_key,
    open_log,
    parse_policy,
    policy_for,
    verifier_key,
    verify_proof,
)
from yangguang.ledger.queries import parse_proof as parse
from yangguang.ledger.types import Signer, WitnessAnswer
from yangguang.ledger.types import Witness as Trusted

ORIGIN = "yangguang.example/benchmark"
ENTRY_BYTES = 424
"""A leaf with three commitments."""

BATCH = 10_000


def cosigning(folder: Path, log: Log, notes: list[bytes], signer: Signer, name: str) -> dict[str, report.Value]:
    """Return how long a witness takes for each of `notes`, whole conversation apart from the network."""
    own = generate_key(folder / f"{name}.key", name=f"{name}.example/witness")
    with Witness(folder, own, clock=system_clock) as witness:
        witness.trust(format_verifier_key(verifier_key(signer)))
        seconds: list[float] = []

        def post(_url: str, body: bytes) -> tuple[int, bytes]:
            start = time.perf_counter()
            answer: WitnessAnswer = witness.add_checkpoint(body)
            seconds.append(time.perf_counter() - start)
            return answer.status, answer.body

        old = 0
        for number, note in enumerate(notes, 1):
            ask_witness("", post, log, note, key=cosigner_key(own), old=old)
            old = number
    return {"per_s": len(seconds) / sum(seconds), "each": report.as_value(report.timing(seconds))}


def small_steps(writer: Writer, count: int) -> list[bytes]:
    """Return the checkpoints of the first `count` entries, one by one."""
    return [writer.append([os.urandom(ENTRY_BYTES)]).checkpoint for _ in range(count)]


def proofs(writer: Writer, log: Log, signer: Signer, names: list[Ed25519Signer]) -> dict[str, report.Value]:
    """Return the size of a proof with cosignatures, and how long proof, verification and bracket take."""
    lines = [cosign(writer.checkpoint, own, now=1_785_542_400) for own in names]
    writer.archive_cosigned(with_cosignatures(writer.checkpoint, lines))
    trusted = [Trusted(f"w{number}", cosigner_key(own)) for number, own in enumerate(names)]
    policy = parse_policy(policy_for(verifier_key(signer), trusted, needed=len(trusted)))
    index = log.checkpoint().size // 3
    leaf = log.entry(index).data
    raw = log.prove(index, policy=policy)
    proof = parse(raw)
    return {
        "proof_bytes": len(raw),
        "prove": report.as_value(report.measure(lambda: log.prove(index, policy=policy), 200)),
        "verify": report.as_value(report.measure(lambda: verify_proof(proof, leaf, policy), 200)),
        "bracket": report.as_value(report.measure(lambda: bracket(log, index, policy), 200)),
    }


def mirroring(folder: Path, log: Log, signer: Signer) -> dict[str, report.Value]:
    """Return how fast a new mirror takes over the whole log."""
    size = log.checkpoint().size
    start = time.perf_counter()
    with Mirror(folder / "mirror", folder / "mirror.sqlite3", verifier_key(signer)) as mirror:
        mirror.extend(log.checkpoint_note(), (entry.data for entry in log.entries(0, size)))
    seconds = time.perf_counter() - start
    return {
        "entries_per_s": size / seconds,
        "head_store_mib_after": (folder / "mirror.sqlite3").stat().st_size / 2**20,
        "max_rss_mib": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024,
    }


def run(folder: Path, total: int, count: int) -> dict[str, report.Value]:
    """Grow a log to `total` entries in `folder` and measure around it."""
    place, head = folder / "log", folder / "head.sqlite3"
    signer = generate_key(folder / "log.key", name=ORIGIN)
    create(log=place, head=head, origin=ORIGIN, signer=signer)
    log = open_log(place)
    with open_writer(log=place, head=head, signer=signer) as writer:
        notes = small_steps(writer, count)
        report.note("cosigning")
        cosigned = cosigning(folder, log, notes, signer, "city")
        report.note(f"growing to {total} entries")
        while writer.size < total:
            writer.append([os.urandom(ENTRY_BYTES) for _ in range(min(BATCH, total - writer.size))])
        names = [
            generate_key(folder / f"{name}.key", name=f"{name}.example/witness") for name in ("province", "archives")
        ]
        proven = proofs(writer, log, signer, names)
    report.note("mirroring")
    return {"entry_bytes": ENTRY_BYTES, "cosign": cosigned, "proof": proven, "mirror": mirroring(folder, log, signer)}


def main() -> None:
    """Measure and report."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--entries", type=int, default=1_000_000, help="size of the log that is proven and mirrored")
    parser.add_argument("--checkpoints", type=int, default=2_000, help="checkpoints to be cosigned")
    parser.add_argument("--folder", type=Path, help="where to build the log; a temporary folder if absent")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory(dir=options.folder) as folder:
        results = run(Path(folder), options.entries, options.checkpoints)
    cosigned = results["cosign"]
    rate = float(str(cosigned["per_s"])) if isinstance(cosigned, dict) else 0.0
    report.write("witness", {**results, "aim_cosign_per_s": 1_000, "ratio_to_aim": rate / 1_000})


if __name__ == "__main__":
    main()
