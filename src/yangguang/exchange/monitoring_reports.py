"""What a monitor leaves behind: a report signed by its own key, and a folder of evidence for every concern.

``report.json`` is what one round found, ``report.json.sig`` the Ed25519 signature of exactly those bytes, in base64;
the newest pair lies in the state folder, every pair in ``reports/``. The key signs nothing else.
"""

import base64
import binascii
import json
import os
from collections.abc import Sequence
from datetime import UTC
from pathlib import Path

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

from yangguang.exchange.alarms import raise_alarm
from yangguang.exchange.monitoring_types import Concern, Found, LogReport, Monitoring, MonitorReport
from yangguang.exchange.types import Alarm
from yangguang.ledger.commands import generate_key, load_signer
from yangguang.ledger.queries import format_verifier_key, verifier_key
from yangguang.ledger.types import Signer, VerifierKey

KEY = "monitor.key"
REPORT = "report.json"
SIGNATURE = "report.json.sig"
EVIDENCE = "evidence"
REPORTS = "reports"
KEY_NAME = "monitor"

FORM = 1
"""Version of the report's form."""


def monitor_key(state: Path) -> Signer:
    """Return the monitor's key, made on the first visit.

    Raises:
        MalformedKeyError: the file there is not a key.
    """
    path = state / KEY
    return load_signer(path) if path.exists() else generate_key(path, name=KEY_NAME)


def keep_evidence(how: Monitoring, url: str, origin: str, concern: Concern) -> str:
    """Write the evidence of `concern` and return its folder, relative to the state folder."""
    alarm = Alarm(concern.kind, url, origin, f"{concern.place}: {concern.message}", concern.evidence)
    return str(raise_alarm(how.state / EVIDENCE, alarm, how.clock).relative_to(how.state))


def write_report(logs: Sequence[LogReport], how: Monitoring, signer: Signer) -> MonitorReport:
    """Sign and write the report of a round; durable on return."""
    now = how.clock().astimezone(UTC)
    key = format_verifier_key(verifier_key(signer))
    said = {
        "yangguang_monitor_report": FORM,
        "made_at": now.isoformat(timespec="seconds"),
        "key": key,
        "sound": not any(log.found for log in logs),
        "logs": [_log(log) for log in logs],
    }
    report = json.dumps(said, ensure_ascii=False, indent=2).encode() + b"\n"
    signature = base64.b64encode(signer.sign(report)) + b"\n"
    kept = how.state / REPORTS
    kept.mkdir(exist_ok=True)
    name = f"{now:%Y%m%dT%H%M%SZ}.json"
    for path, data in (
        (kept / name, report),
        (kept / f"{name}.sig", signature),
        (how.state / SIGNATURE, signature),
        (how.state / REPORT, report),
    ):
        _replace(path, data)
    return MonitorReport(tuple(logs), how.state / REPORT, key)


def is_report_signed(report: bytes, signature: bytes, key: VerifierKey) -> bool:
    """Say whether `signature`, the bytes of a ``.sig`` file, is by the monitor's `key` over the file `report`."""
    try:
        raw = base64.b64decode(signature.removesuffix(b"\n"), validate=True)
        Ed25519PublicKey.from_public_bytes(key.public_key).verify(raw, report)
    except (InvalidSignature, binascii.Error, ValueError):
        return False
    return True


def _log(log: LogReport) -> dict[str, object]:
    return {
        "url": log.url,
        "origin": log.origin,
        "size": log.size,
        "root": log.root,
        "trust": log.trust,
        "added": log.added,
        "looked_at": dict(log.counts),
        "remarks": list(log.remarks),
        "found": [_found(found) for found in log.found],
    }


def _found(found: Found) -> dict[str, object]:
    return {
        "kind": found.kind.value,
        "place": found.place,
        "message": found.message,
        "since": found.since,
        "new": found.new,
        "evidence": found.evidence,
    }


def _replace(path: Path, data: bytes) -> None:
    draft = path.with_name(f"{path.name}.tmp")
    with draft.open("wb") as file:
        file.write(data)
        file.flush()
        os.fsync(file.fileno())
    draft.replace(path)
