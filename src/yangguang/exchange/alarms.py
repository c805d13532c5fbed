"""Alarms: a folder each, with a report and the evidence, written once and never changed.

Two signed notes that contradict each other convict a log before anybody who has its key, so they are kept as received.
"""

import json
import os
from datetime import UTC
from hashlib import sha256
from pathlib import Path

from yangguang.exchange.types import Alarm
from yangguang.kernel.clock import Clock

REPORT = "report.json"


def raise_alarm(folder: Path, alarm: Alarm, clock: Clock, *, once: bool = False) -> Path:
    """Write `alarm` into a new folder of `folder` and return it; durable on return.

    Args:
        folder: Of all alarms; made if absent.
        alarm: What happened.
        clock: Tells when.
        once: Return the folder of an earlier alarm of the same kind with the same evidence, if there is one.
    """
    earlier = _earlier(folder, alarm) if once else None
    if earlier is not None:
        return earlier
    now = clock().astimezone(UTC)
    folder.mkdir(parents=True, exist_ok=True)
    name = f"{now:%Y%m%dT%H%M%SZ}-{alarm.kind}"
    number = 1
    while True:
        target = folder / (name if number == 1 else f"{name}-{number}")
        try:
            target.mkdir()
            break
        except FileExistsError:
            number += 1
    for file, data in alarm.evidence.items():
        _write(target / file, data)
    # The report comes last: a folder without one is an alarm that was interrupted while it was written.
    _write(target / REPORT, _report(alarm, now.isoformat()))
    for path in (target, folder):
        _sync(path)
    return target


def _earlier(folder: Path, alarm: Alarm) -> Path | None:
    for path in sorted(folder.glob(f"*-{alarm.kind}*")):
        kept = {file.name: file.read_bytes() for file in path.iterdir() if file.name != REPORT}
        if kept == alarm.evidence and (path / REPORT).is_file():
            return path
    return None


def _report(alarm: Alarm, found_at: str) -> bytes:
    said = {
        "kind": alarm.kind.value,
        "name": alarm.name,
        "origin": alarm.origin,
        "found_at": found_at,
        "message": alarm.message,
        "evidence": {file: sha256(data).hexdigest() for file, data in sorted(alarm.evidence.items())},
    }
    return json.dumps(said, ensure_ascii=False, indent=2).encode() + b"\n"


def _write(path: Path, data: bytes) -> None:
    with path.open("xb") as file:
        file.write(data)
        file.flush()
        os.fsync(file.fileno())


def _sync(folder: Path) -> None:
    descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
