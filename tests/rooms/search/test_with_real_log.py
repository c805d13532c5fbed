"""The projection against the real log and store, as a node runs it."""

import json
import subprocess
import sys
import threading
from dataclasses import replace
from pathlib import Path

from tests.rooms.search.world import World
from yangguang.blobs.commands import erase, put_all
from yangguang.blobs.queries import Blobs
from yangguang.ledger.commands import create, generate_key, open_writer
from yangguang.ledger.queries import open_log
from yangguang.records.queries import decode_event, encode_event
from yangguang.search.commands import advance, drop
from yangguang.search.queries import dump, fsck, open_index


class Node:
    """A log and a store on disk, filled from what a world in memory says."""

    def __init__(self, home: Path) -> None:
        home.mkdir()
        self.home = home
        self.said = 0
        signer = generate_key(home / "log.key", name="node.example/log")
        create(log=home / "log", head=home / "head.sqlite3", origin="node.example/log", signer=signer)
        self.signer = signer
        self.log = open_log(home / "log")
        self.blobs = Blobs(home / "blobs")
        self.commitments: dict[bytes, bytes] = {}

    def follow(self, world: World) -> None:
        """Write the entries of `world` that are not written yet, with real commitments."""
        leaves = []
        for raw in world.leaves[self.said :]:
            event = decode_event(raw)
            labels = list(event.commitments)
            contents = [world.content(event.commitments[label]) for label in labels]
            stored = put_all(self.home / "blobs", list(zip(labels, contents, strict=True))) if labels else ()
            self.commitments |= {event.commitments[each.label]: each.commitment for each in stored}
            leaves.append(encode_event(replace(event, commitments={each.label: each.commitment for each in stored})))
        with open_writer(log=self.home / "log", head=self.home / "head.sqlite3", signer=self.signer) as writer:
            writer.append(leaves)
        self.said = len(world.leaves)

    def settle(self) -> None:
        while advance(self.home / "search", self.log, self.blobs):
            pass


def test_a_node_is_indexed_erased_and_rebuilt(tmp_path: Path, world: World) -> None:
    node = Node(tmp_path / "node")
    first = world.publish("公开甲", "甲的正文")
    world.publish("公开乙", "乙的正文")
    node.follow(world)
    node.settle()
    index = open_index(node.home / "search")
    assert index.search("公开").total == 2
    world.erase(first, "body", "meta")
    node.follow(world)
    erase(node.home / "blobs", [node.commitments[key] for key in world.contents if key.startswith(first.encode()[:8])])
    node.settle()
    assert open_index(node.home / "search").search("甲的正文").total == 0
    assert list(fsck(node.home / "search", node.log, node.blobs)) == []
    lived = list(dump(node.home / "search"))
    assert len(lived) == 1
    drop(node.home / "search")
    node.settle()
    assert list(dump(node.home / "search")) == lived


READER = """
import json, sys, time
from pathlib import Path
from yangguang.search.queries import open_index

index = open_index(Path(sys.argv[1]))
for line in sys.stdin:
    wanted, deadline = int(line), time.monotonic() + 20
    while index.search("公开").total != wanted and time.monotonic() < deadline:
        time.sleep(0.02)
    print(json.dumps(index.search("公开").total), flush=True)
"""


def test_another_process_sees_what_is_committed(world: World) -> None:
    world.publish("公开甲", "甲")
    world.settle()
    reading = subprocess.Popen(
        [sys.executable, "-c", READER, str(world.folder)], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    )
    assert reading.stdin is not None
    assert reading.stdout is not None
    for count in range(1, 4):
        reading.stdin.write(f"{count}\n")
        reading.stdin.flush()
        assert json.loads(reading.stdout.readline()) == count
        world.publish("公开乙", "乙")
        world.settle()
    reading.stdin.close()
    assert reading.wait() == 0
    reading.stdout.close()


def test_one_index_answers_many_threads_while_it_is_written(world: World) -> None:
    for place in range(30):
        world.publish(f"公开{place}", "正文")
    index = world.index()
    wrong: list[object] = []

    def ask() -> None:
        for _ in range(20):
            results = index.search("公开", size=100)
            if results.total < 30 or len(results.hits) != results.total:
                wrong.append(results)

    threads = [threading.Thread(target=ask) for _ in range(3)]
    for each in threads:
        each.start()
    for place in range(5):
        world.publish(f"公开新{place}", "正文")
        world.settle()
    for each in threads:
        each.join()
    assert wrong == []
