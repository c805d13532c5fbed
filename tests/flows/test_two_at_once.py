"""Two processes of one node at once: nothing that was reported as published is left waiting."""

import subprocess
import sys
import time
from pathlib import Path

import pytest

from tests.flows.machine import Machine

HOLD = """
import sys
from pathlib import Path
from yangguang.ledger.commands import load_signer, open_writer
home = Path(sys.argv[1])
with open_writer(log=home / "log", head=home / "head" / "head.sqlite3", signer=load_signer(home / "keys" / "log.key")):
    print("held", flush=True)
    sys.stdin.read()
"""


@pytest.fixture
def machine(tmp_path: Path) -> Machine:
    machine = Machine(tmp_path / "node")
    machine.run("init")
    return machine


def test_an_import_goes_on_by_itself_when_the_writer_it_waits_for_ends(machine: Machine, tmp_path: Path) -> None:
    notice = tmp_path / "通知.md"
    notice.write_text("# 关于道路养护的通知\n\n道路养护按规定办理。\n", "utf-8")
    with subprocess.Popen(
        [sys.executable, "-c", HOLD, str(machine.home)],
        env=machine.environment,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
    ) as writer:
        assert writer.stdout is not None
        assert writer.stdout.readline() == b"held\n"
        importing = subprocess.Popen(machine.command("import", notice), env=machine.environment)
        wait_for_the_queue(machine)
        writer.communicate()
    assert importing.wait() == 0
    said = machine.json("status")
    assert (said["entries"], said["waiting"]) == (1, 0)


def test_a_port_that_another_node_serves_is_refused(machine: Machine) -> None:
    with machine.serving() as address:
        port = address.rpartition(":")[2]
        refused = machine.attempt("serve", "--port", port)
    assert refused.returncode == 1
    assert f"cannot listen on 127.0.0.1 port {port}" in refused.stderr.decode()
    assert "Traceback" not in refused.stderr.decode()


def test_an_address_that_this_machine_does_not_have_is_refused(machine: Machine) -> None:
    refused = machine.attempt("serve", "--host", "999.1.1.1")
    assert refused.returncode == 1
    assert "999.1.1.1" in refused.stderr.decode()
    assert "Traceback" not in refused.stderr.decode()


def wait_for_the_queue(machine: Machine) -> None:
    deadline = time.monotonic() + 50
    while machine.json("status")["waiting"] == 0:
        assert time.monotonic() < deadline, "the import queued nothing"
