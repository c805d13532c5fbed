"""A writer to be killed: appends batches of seeded random sizes and says what was acknowledged, one line each.

Run as ``appender.py LOG HEAD KEY SEED BATCHES``; 0 batches means for ever. Entry bytes are ``<seed> <index>``.
"""

import base64
import random
import sys
from pathlib import Path

from yangguang.ledger.commands import load_signer, open_writer


def main() -> None:
    log, head, key, seed, batches = sys.argv[1:]
    chance = random.Random(int(seed))
    with open_writer(log=Path(log), head=Path(head), signer=load_signer(Path(key))) as writer:
        sys.stdout.write(f"open {base64.b64encode(writer.checkpoint).decode()}\n")
        done = 0
        while done != int(batches) or not int(batches):
            count = chance.choice((1, 1, 3, 40, 256, 700)) if int(batches) == 0 else 1
            first = writer.size
            appended = writer.append([f"{seed} {first + number}".encode() for number in range(count)])
            note = base64.b64encode(appended.checkpoint).decode()
            sys.stdout.write(f"{appended.first} {appended.count} {note}\n")
            sys.stdout.flush()
            done += 1


if __name__ == "__main__":
    main()
