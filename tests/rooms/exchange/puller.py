"""Pulls a town from its deltas, one after the other, until it is done or killed; see test_killed.py.

Arguments: the city's folder, the town's address, its log's key, the deltas in order.
"""

import sys
from dataclasses import replace
from pathlib import Path

from tests.rooms.exchange.city import City
from yangguang.exchange.commands import Delta, pull
from yangguang.exchange.types import Lower
from yangguang.ledger.queries import parse_verifier_key


def main() -> None:
    home, url, key, *deltas = sys.argv[1:]
    city = City(Path(home))
    lower = Lower("chenghe", url, parse_verifier_key(key))
    sys.stdout.write("ready\n")
    sys.stdout.flush()
    for path in deltas:
        with Delta(Path(path), url) as delta:
            done = pull(lower, replace(city.level, transport=delta, live=False))
        sys.stdout.write(f"{done.size} {done.complete} {done.reason}\n")
        sys.stdout.flush()
    city.close()


if __name__ == "__main__":
    main()
