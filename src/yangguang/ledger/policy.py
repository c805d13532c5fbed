"""Policy files: which logs and witnesses a verifier trusts, and how many of them it takes (C2SP tlog-policy)."""

import re
from collections.abc import Collection, Sequence
from dataclasses import dataclass, field

from yangguang.ledger.errors import MalformedKeyError, MalformedPolicyError
from yangguang.ledger.keys import format_verifier_key, parse_verifier_key
from yangguang.ledger.types import Group, Policy, SignatureType, VerifierKey, Witness

MAX_POLICY_BYTES = 1 << 20
NONE = "none"
"""Predefined name: no cosignature is asked for."""

QUORUM = "enough"
"""Name of the group that a policy of our own making asks for."""

_FORBIDDEN = re.compile(r"[\x00-\x08\x0b-\x1f\x7f]")
_ITEM = re.compile(r"[^ \t]+")
_THRESHOLD = re.compile(r"[1-9][0-9]{0,5}")


@dataclass
class _Draft:
    """A policy while its lines are read."""

    logs: list[VerifierKey] = field(default_factory=list)
    witnesses: list[Witness] = field(default_factory=list)
    groups: list[Group] = field(default_factory=list)
    free: dict[str, bool] = field(default_factory=dict)
    """Every defined name, and whether no group has taken it as a member yet."""
    quorum: list[str] = field(default_factory=list)


def parse_policy(text: str) -> Policy:
    """Return the policy in `text`.

    Names are compared character by character, never normalised. Text read from a file of unknown encoding may be
    decoded with ``surrogateescape``: names then stay the octet strings they are in the specification.

    Raises:
        MalformedPolicyError: a line breaks the format; the message gives its number.
    """
    if len(text) > MAX_POLICY_BYTES:
        raise MalformedPolicyError(f"a policy of {len(text)} characters: at most {MAX_POLICY_BYTES} are read")
    if not text.endswith("\n"):
        raise MalformedPolicyError("the policy's last line does not end with a newline: it may have been cut off")
    draft = _Draft()
    for number, line in enumerate(text[:-1].split("\n"), 1):
        try:
            _read_line(draft, line)
        except (MalformedPolicyError, MalformedKeyError) as error:
            raise MalformedPolicyError(f"policy line {number}: {error}") from error
    if not draft.quorum:
        raise MalformedPolicyError("the policy has no quorum line: write `quorum none` to ask for no cosignature")
    quorum = draft.quorum[0]
    return Policy(tuple(draft.logs), tuple(draft.witnesses), tuple(draft.groups), None if quorum == NONE else quorum)


def is_satisfied(policy: Policy, witnesses: Collection[str]) -> bool:
    """Say whether cosignatures by `witnesses` (names of the policy) meet its quorum."""
    seen = set(witnesses)
    for group in policy.groups:
        if sum(member in seen for member in group.members) >= group.threshold:
            seen.add(group.name)
    return policy.quorum is None or policy.quorum in seen


def policy_for(key: VerifierKey, witnesses: Sequence[Witness] = (), *, needed: int = 0) -> str:
    """Return the policy file of a node whose log signs with `key`.

    Args:
        key: Of the log.
        witnesses: Who cosigns it, under the names by which verifiers will see them.
        needed: How many of them it takes to believe a checkpoint; 0 to believe the log alone.

    Raises:
        MalformedPolicyError: fewer witnesses than `needed`, or names that a policy cannot hold.
    """
    lines = [
        "# 信任下列日志，以及为其共同签名的见证者。" if witnesses else "# 信任下列日志；尚无见证者共同签名。",
        "# Trust this log, and the witnesses that cosign it."
        if witnesses
        else "# Trust this log; no witness cosigns it yet.",
        f"log {format_verifier_key(key)}",
        *(f"witness {witness.name} {format_verifier_key(witness.key)}" for witness in witnesses),
    ]
    if needed:
        lines.append(f"group {QUORUM} {needed} {' '.join(witness.name for witness in witnesses)}")
    text = "\n".join([*lines, f"quorum {QUORUM if needed else NONE}", ""])
    if parse_policy(text).witnesses != tuple(witnesses):
        raise MalformedPolicyError("a witness's name holds a blank: names in a policy are single words")
    return text


def _read_line(draft: _Draft, line: str) -> None:
    if _FORBIDDEN.search(line):
        raise MalformedPolicyError("a control character: only tabs and newlines are allowed")
    match _ITEM.findall(line):
        case []:
            return
        case [first, *_] if first.startswith("#"):
            return
        case ["log", key] | ["log", key, _]:
            _read_log(draft, key)
        case ["witness", name, key] | ["witness", name, key, _]:
            _read_witness(draft, name, key)
        case ["group", name, threshold, *members]:
            _read_group(draft, name, threshold, members)
        case ["quorum", name]:
            _read_quorum(draft, name)
        case _:
            raise MalformedPolicyError(f"{line[:80]!r} is not a log, witness, group or quorum line")


def _read_log(draft: _Draft, text: str) -> None:
    key = parse_verifier_key(text)
    if key.type is not SignatureType.ED25519:
        raise MalformedPolicyError(f"the key of {key.name} makes cosignatures: a log signs with type 0x01")
    if any(other.public_key == key.public_key for other in draft.logs):
        raise MalformedPolicyError(f"the public key of {key.name} is that of an earlier log")
    draft.logs.append(key)


def _read_witness(draft: _Draft, name: str, text: str) -> None:
    key = parse_verifier_key(text)
    if key.type is not SignatureType.COSIGNATURE:
        raise MalformedPolicyError(f"the key of witness {name} signs notes: a witness cosigns with type 0x04")
    if any(other.key.public_key == key.public_key for other in draft.witnesses):
        raise MalformedPolicyError(f"the public key of witness {name} is that of an earlier one")
    _define(draft, name)
    draft.witnesses.append(Witness(name, key))


def _read_group(draft: _Draft, name: str, threshold: str, members: list[str]) -> None:
    for member in members:
        if not draft.free.get(member, False):
            reason = "is already a member of a group" if member in draft.free else "is not defined above"
            raise MalformedPolicyError(f"group {name} lists {member!r}, which {reason}")
        draft.free[member] = False
    needed = {"any": 1, "all": len(members)}.get(threshold)
    if needed is None:
        needed = int(threshold) if _THRESHOLD.fullmatch(threshold) else 0
    if not 1 <= needed <= len(members):
        raise MalformedPolicyError(f"group {name} asks for {threshold!r} of {len(members)} members: any, all or 1 to n")
    _define(draft, name)
    draft.groups.append(Group(name, needed, tuple(members)))


def _read_quorum(draft: _Draft, name: str) -> None:
    if draft.quorum:
        raise MalformedPolicyError("a second quorum line: a policy has exactly one")
    if name != NONE and name not in draft.free:
        raise MalformedPolicyError(f"the quorum {name!r} is not a witness or group defined above")
    draft.quorum.append(name)


def _define(draft: _Draft, name: str) -> None:
    if name == NONE or name in draft.free:
        raise MalformedPolicyError(f"the name {name!r} is taken: names of witnesses and groups are distinct")
    draft.free[name] = True
