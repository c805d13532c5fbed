"""A process to be killed: it writes a log, and says down a pipe what it promised."""

import random
from concurrent.futures import ThreadPoolExecutor
from multiprocessing.connection import Connection
from pathlib import Path
from typing import TypeAlias

from yangguang.ledger.commands import Writer, load_signer, open_writer

Promise: TypeAlias = tuple[int, int, bytes]
"""First entry, number of entries, and the checkpoint that covers them."""


def entry(seed: int, number: int) -> bytes:
    """Return an entry that tells who wrote it; no two writers write the same."""
    return b"%d of writer %d" % (number, seed)


def publish(log: Path, head: Path, key: Path, seed: int, pipe: Connection) -> None:
    """Append until killed: batches, or single entries from several threads."""
    chance = random.Random(seed)
    with open_writer(log=log, head=head, signer=load_signer(key)) as writer:
        pipe.send((writer.size, 0, writer.checkpoint))
        number = 0
        while True:
            if seed % 3 == 0:
                number = _submit(writer, seed, number, pipe)
            else:
                batch = [entry(seed, number + place) for place in range(chance.choice((1, 2, 7, 60, 256, 300)))]
                number += len(batch)
                appended = writer.append(batch)
                pipe.send((appended.first, appended.count, appended.checkpoint))
            if chance.random() < 0.2:
                pipe.send((writer.size, 0, writer.heartbeat()))


def _submit(writer: Writer, seed: int, number: int, pipe: Connection) -> int:
    with ThreadPoolExecutor(4) as threads:
        waiting = [threads.submit(writer.submit, entry(seed, number + place)) for place in range(8)]
        for index in sorted(future.result().result() for future in waiting):
            pipe.send((index, 1, b""))
    return number + len(waiting)
