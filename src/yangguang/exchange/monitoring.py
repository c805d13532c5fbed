"""One round of a monitor: visits logs from outside, holds them to what they said before, reports and keeps evidence.

Order: LEDGER design 2.10. The copy of the tree is rebuilt from the entries as a mirror's is, so a log that ever shows
this monitor two histories convicts itself; nothing the node says of itself is believed, only what its keys signed.
"""

import re
from collections.abc import Sequence
from contextlib import closing
from dataclasses import dataclass, field, replace
from pathlib import Path

from yangguang.exchange.addresses import CHECKPOINT
from yangguang.exchange.errors import ExchangeError, NotServedError, UntrustedError
from yangguang.exchange.monitoring_entries import follow, judge_times
from yangguang.exchange.monitoring_pages import Site, compare
from yangguang.exchange.monitoring_reports import keep_evidence, monitor_key, write_report
from yangguang.exchange.monitoring_state import Knowledge
from yangguang.exchange.monitoring_types import Concern, LogReport, Monitoring, MonitorReport, Target
from yangguang.exchange.pulling import MAX_NOTE_BYTES, claimed_path, remote_log
from yangguang.exchange.types import AlarmKind, Lower
from yangguang.kernel.clock import unix_seconds
from yangguang.ledger.commands import Mirror
from yangguang.ledger.errors import (
    BadSignatureError,
    ForkError,
    HeadDisagreesError,
    LogDamagedError,
    MalformedNoteError,
    MalformedPolicyError,
    RollbackError,
    StaleError,
)
from yangguang.ledger.queries import cosignatures, parse_checkpoint, parse_policy
from yangguang.ledger.types import Policy, VerifierKey

POLICY = "log/policy"
MAX_POLICY_BYTES = 1 << 20

PATIENCE = 3
"""How often a difference between pages and entries is looked at again before it counts."""

PATIENCE_SECONDS = 3.0
"""How long a node may take to show what it has just logged, each time."""

MOST_EVIDENCE = 50
"""Folders of evidence written for one log in one round; further concerns are reported without."""

_OK = 200
_NOT_PLAIN = re.compile(r"[^A-Za-z0-9.-]+")


@dataclass
class _Visit:
    """A visit while it goes on."""

    target: Target
    how: Monitoring
    now: int
    concerns: list[Concern] = field(default_factory=list)
    remarks: list[str] = field(default_factory=list)
    counts: dict[str, int] = field(default_factory=dict)
    complete: bool = False
    """Whether everything was looked at, so that what was not found again has ended."""


@dataclass(frozen=True, slots=True)
class _Trusted:
    """Whom a visit believes: the trust file, and the key in it of the log visited."""

    policy: Policy
    key: VerifierKey


def monitor(targets: Sequence[Target], how: Monitoring) -> MonitorReport:
    """Visit every target once and return the signed report; what is wrong with a log is reported, never raised.

    Raises:
        WriterBusyError: another process of this monitor visits one of them at the moment.
        OSError: the state folder cannot be written.
        MalformedKeyError: the monitor's own key is damaged.
    """
    how.state.mkdir(parents=True, exist_ok=True)
    signer = monitor_key(how.state)
    return write_report([_report(target, how) for target in targets], how, signer)


def _report(target: Target, how: Monitoring) -> LogReport:
    folder = how.state / _NOT_PLAIN.sub("_", target.url.partition("://")[2])
    folder.mkdir(exist_ok=True)
    visit = _Visit(target, how, unix_seconds(how.clock()))
    with closing(Knowledge(folder / "knowledge.sqlite3")) as knowledge:
        said = LogReport(url=target.url)
        try:
            policy, trust = _trust(visit, folder)
            note = _checkpoint(visit)
            key = _key(visit, policy, note)
            said = replace(said, origin=key.name, trust=trust)
            with Mirror(folder / "log", folder / "head.sqlite3", key) as mirror:
                before = mirror.size
                _visit(visit, mirror, knowledge, _Trusted(policy, key), note)
                said = replace(said, size=mirror.size, root=mirror.log.root(mirror.size).hex() if mirror.size else "")
                said = replace(said, added=mirror.size - before)
        except UntrustedError as error:
            visit.concerns.append(Concern(AlarmKind.SIGNATURE, "checkpoint", str(error)))
        except ExchangeError as error:
            visit.concerns.append(Concern(AlarmKind.SILENT, "checkpoint", str(error)))
        except HeadDisagreesError as error:
            visit.concerns.append(Concern(AlarmKind.SIGNATURE, "checkpoint", str(error)))
        return _settled(visit, knowledge, said)


def _visit(visit: _Visit, mirror: Mirror, knowledge: Knowledge, trusted: _Trusted, note: bytes) -> None:
    since = knowledge.next_index
    if not _extend(visit, mirror, trusted, note):
        return
    visit.concerns += follow(mirror.log, mirror.size, knowledge, visit.now, visit.how.progress)
    visit.concerns += judge_times(mirror.log, mirror.size, knowledge, trusted.policy)
    _judge_age(visit, knowledge, trusted.policy, note)
    differences: list[Concern] = []
    for attempt in range(PATIENCE):
        if attempt:
            visit.how.pause(PATIENCE_SECONDS)
            if not _extend(visit, mirror, trusted, _checkpoint(visit)):
                return
            visit.concerns += follow(mirror.log, mirror.size, knowledge, visit.now, visit.how.progress)
        site = Site(visit.target.url, mirror.log, knowledge, since)
        differences = list(compare(site, visit.how, visit.counts))
        if not differences:
            break
    visit.concerns += differences
    visit.complete = True


def _trust(visit: _Visit, folder: Path) -> tuple[Policy, str]:
    """Return whom to believe, and since when; what the node names is pinned on the first visit."""
    pinned = folder / "policy"
    if visit.how.policy is not None:
        return visit.how.policy, "given"
    if pinned.exists():
        text = pinned.read_text("utf-8")
        _compare_policies(visit, text)
        return parse_policy(text), f"pinned in {pinned.relative_to(visit.how.state)} on an earlier visit"
    text = _fetch(visit, POLICY, MAX_POLICY_BYTES).decode("utf-8", "surrogateescape")
    try:
        policy = parse_policy(text)
    except MalformedPolicyError as error:
        raise UntrustedError(
            f"{visit.target.url}/{POLICY} is no trust file: {error}; give one with --policy"
        ) from error
    pinned.write_text(text, "utf-8", "surrogateescape")
    visit.remarks.append(
        f"首次访问，已固定对方给出的信任策略，请另行核对 · pinned on first use: compare {pinned} with a copy from "
        "elsewhere"
    )
    return policy, f"pinned in {pinned.relative_to(visit.how.state)} on this visit: nobody else has vouched for it"


def _compare_policies(visit: _Visit, pinned: str) -> None:
    """Remark where the node now names other keys: that is how keys rotate, and how a thief would begin."""
    served = visit.how.transport.get(f"{visit.target.url}/{POLICY}", limit=MAX_POLICY_BYTES)
    if served.status == _OK and served.body != pinned.encode("utf-8", "surrogateescape"):
        visit.remarks.append(
            "对方的信任策略与已固定的不同，仍按已固定的核验 · the node names another trust file than the pinned one, "
            "which still holds; if the change is genuine, give the new one with --policy"
        )


def _key(visit: _Visit, policy: Policy, note: bytes) -> VerifierKey:
    """Return the key of the log that `note` claims to be of; the only key there is, whatever it claims."""
    if len(policy.logs) == 1 and not visit.target.origin:
        return policy.logs[0]
    claimed = visit.target.origin or note.partition(b"\n")[0].decode("utf-8", "replace")
    for key in policy.logs:
        if key.name == claimed:
            return key
    known = ", ".join(key.name for key in policy.logs) or "none"
    raise UntrustedError(f"the trust file knows no log {claimed[:80]!r}: it knows {known}")


def _checkpoint(visit: _Visit) -> bytes:
    return _fetch(visit, CHECKPOINT, MAX_NOTE_BYTES)


def _fetch(visit: _Visit, path: str, limit: int) -> bytes:
    address = f"{visit.target.url}/{path}"
    answer = visit.how.transport.get(address, limit=limit)
    if answer.status != _OK:
        raise NotServedError(f"{address} answers {answer.status}", status=answer.status)
    return answer.body


def _extend(visit: _Visit, mirror: Mirror, trusted: _Trusted, note: bytes) -> bool:
    """Bring the monitor's copy up to `note`; say whether it may be gone on from."""
    lower = Lower("", visit.target.url, trusted.key)
    try:
        size = parse_checkpoint(note, lower.key).size
        theirs = remote_log(lower, visit.how.transport, note)
        entries = (entry.data for entry in theirs.entries(mirror.size, size)) if mirror.size < size else ()
        mirror.extend(note, entries, path=claimed_path(theirs, mirror.size, size))
        if cosignatures(note, trusted.policy):
            mirror.archive_cosigned(note)
    except (BadSignatureError, MalformedNoteError) as error:
        message = f"what stands there is not signed as it must be: {error}"
        visit.concerns.append(Concern(AlarmKind.SIGNATURE, "checkpoint", message, {"theirs.note": note}))
    except (ForkError, RollbackError) as error:
        ours, served = error.evidence
        evidence = {"ours.note": ours, "theirs.note": served}
        kind = AlarmKind.FORK if isinstance(error, ForkError) else AlarmKind.ROLLBACK
        visit.concerns.append(Concern(kind, "checkpoint", str(error), evidence, lasting=kind is AlarmKind.FORK))
    except (LogDamagedError, StaleError) as error:
        message = f"the node does not give the entries it signed: {error}"
        visit.concerns.append(Concern(AlarmKind.MISSING, "entries", message, {"theirs.note": note}))
    else:
        return True
    return False


def _judge_age(visit: _Visit, knowledge: Knowledge, policy: Policy, note: bytes) -> None:
    """Find out when anybody but the log last saw this checkpoint as its newest."""
    if not policy.witnesses:
        visit.remarks.append(
            "信任策略中没有见证方，新鲜程度无从证明 · no witness: how fresh the log is cannot be proven"
        )
        return
    marks = cosignatures(note, policy)
    since = max((mark.timestamp for mark in marks), default=0)
    since = since or knowledge.unmarked_since(visit.now)
    if marks:
        knowledge.unmarked_since(None)
    age = visit.now - since
    visit.counts["checkpoint_age_seconds"] = max(age, 0)
    if age > visit.how.stale_seconds:
        message = f"no witness has cosigned for {age} s, {visit.how.stale_seconds} s are allowed: it stands still"
        visit.concerns.append(Concern(AlarmKind.STALE, "checkpoint", message, {"theirs.note": note}))


def _settled(visit: _Visit, knowledge: Knowledge, said: LogReport) -> LogReport:
    """Write the evidence of what is new, and return the whole report."""
    kept: list[tuple[Concern, str]] = []
    written = 0
    for concern in visit.concerns:
        new = not knowledge.is_known(concern) and written < MOST_EVIDENCE
        written += new
        kept.append((concern, keep_evidence(visit.how, said.url, said.origin, concern) if new else ""))
    found = knowledge.settle(kept, visit.now, complete=visit.complete)
    return replace(said, counts=visit.counts, remarks=tuple(visit.remarks), found=found)
