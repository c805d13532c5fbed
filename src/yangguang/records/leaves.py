"""The one encoding of events as leaves of the log: a closed schema without free text, at most 4,096 bytes.

A leaf can never be removed, so the schema is the defence against poison: every field has a shape, unknown ones are
refused, and the text of a record is present only as salted commitments.
"""

import base64
import binascii
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date

from yangguang.kernel import canonical
from yangguang.kernel.canonical import JsonValue
from yangguang.kernel.errors import BadIdentifierError
from yangguang.kernel.identifiers import parse_record_id
from yangguang.law.queries import grounds
from yangguang.records.errors import BadValueError, LeafTooLargeError, UnknownEncodingError
from yangguang.records.labels import BODY, META, is_label
from yangguang.records.types import Event, EventType, Receipt

LEAF_VERSION = 1
MAX_LEAF_BYTES = 4_096
COMMITMENT_BYTES = 32
MAX_CLAIMED_AT = 2**40

_COMMITMENT_CHARACTERS = 44  # 32 bytes in base64
_UNIT = re.compile(r"[0-9A-Z]{18}")
_GROUND = re.compile(r"[a-z_]{1,40}")


@dataclass(frozen=True, slots=True)
class _Shape:
    """Which fields an event type must and may carry, beside ``t``, ``ts`` and ``v``."""

    required: frozenset[str]
    optional: frozenset[str] = frozenset()


_FIRST = _Shape(frozenset({"c", "id", "r", "u"}), frozenset({"f", "g"}))
_SHAPES: Mapping[EventType, _Shape] = {
    EventType.PUBLISH: _FIRST,
    EventType.IMPORT: _FIRST,
    EventType.REVISE: _Shape(frozenset({"c", "id", "p", "r", "u"}), frozenset({"f", "g"})),
    EventType.WITHDRAW: _Shape(frozenset({"id", "p", "r", "u", "why"}), frozenset({"by"})),
    EventType.RESTORE: _Shape(frozenset({"id", "p", "r", "u"}), frozenset({"by"})),
    EventType.ERASE: _Shape(frozenset({"id", "k", "p", "r", "u", "why"}), frozenset({"by"})),
    EventType.RENDER: _Shape(frozenset({"c", "id", "p", "r", "u"}), frozenset({"g"})),
    EventType.KEY: _Shape(frozenset({"key"})),
    EventType.RECEIPT: _Shape(frozenset({"h", "n", "o"})),
}
_STATES_A_REVISION = frozenset({EventType.PUBLISH, EventType.IMPORT, EventType.REVISE})


def encode_event(event: Event) -> bytes:
    """Return the leaf bytes of `event`.

    Raises:
        BadValueError: a field is missing, out of place or refused by its rule.
        LeafTooLargeError: the leaf would exceed 4,096 bytes.
    """
    fields: dict[str, JsonValue] = {"t": event.type.value, "ts": event.claimed_at, "v": LEAF_VERSION}
    present: list[tuple[str, bool, JsonValue]] = [
        ("c", bool(event.commitments), {k: _base64(v) for k, v in event.commitments.items()}),
        ("g", bool(event.national), {k: _base64(v) for k, v in event.national.items()}),
        ("f", event.formed_on is not None, event.formed_on.isoformat() if event.formed_on else None),
        ("id", event.id is not None, event.id),
        ("k", bool(event.components), list(event.components)),
        ("p", event.previous is not None, event.previous),
        ("r", event.revision is not None, event.revision),
        ("u", bool(event.unit), event.unit),
        ("why", bool(event.ground), event.ground),
        ("by", bool(event.decided_by), event.decided_by),
        ("key", bool(event.public_key), _base64(event.public_key)),
    ]
    fields.update({name: value for name, there, value in present if there})
    if event.receipt is not None:
        said = event.receipt
        fields.update({"o": _base64(said.origin_sha256), "n": said.size, "h": _base64(said.root)})
    if any(len(item) != COMMITMENT_BYTES for item in (*event.commitments.values(), *event.national.values())):
        raise BadValueError(f"{event.type} leaf has a commitment that is not of {COMMITMENT_BYTES} bytes")
    _check(event.type, fields)
    raw = canonical.encode(fields)
    if len(raw) > MAX_LEAF_BYTES:
        raise LeafTooLargeError(f"leaf of {len(raw)} bytes refused: {MAX_LEAF_BYTES} is the limit; split the record")
    return raw


def decode_event(raw: bytes) -> Event:
    """Return the event that `raw` encodes.

    Raises:
        NotCanonicalError: `raw` is not canonical JSON.
        UnknownEncodingError: another version, an unknown type or an unknown field.
        BadValueError: a field refused by its rule.
        LeafTooLargeError: more than 4,096 bytes.
    """
    if len(raw) > MAX_LEAF_BYTES:
        raise LeafTooLargeError(f"leaf of {len(raw)} bytes refused: {MAX_LEAF_BYTES} is the limit")
    fields = canonical.decode(raw)
    if not isinstance(fields, dict) or not canonical.is_integer(fields.get("v"), LEAF_VERSION):
        raise UnknownEncodingError(f"leaf is not of version {LEAF_VERSION}: a newer release may read it")
    try:
        kind = EventType(str(fields.get("t")))
    except ValueError as error:
        raise UnknownEncodingError(f"leaf has the unknown type {fields.get('t')!r}") from error
    _check(kind, fields)
    return _event(kind, fields)


def _event(kind: EventType, fields: dict[str, JsonValue]) -> Event:
    identifier, formed_on = fields.get("id"), fields.get("f")
    commitments, national, components = fields.get("c"), fields.get("g"), fields.get("k")
    return Event(
        type=kind,
        claimed_at=_int(fields["ts"]),
        id=parse_record_id(str(identifier)) if identifier is not None else None,
        revision=_int(fields["r"]) if "r" in fields else None,
        previous=_int(fields["p"]) if "p" in fields else None,
        unit=str(fields.get("u", "")),
        formed_on=date.fromisoformat(str(formed_on)) if formed_on is not None else None,
        commitments={k: _digest(v) for k, v in commitments.items()} if isinstance(commitments, dict) else {},
        national={k: _digest(v) for k, v in national.items()} if isinstance(national, dict) else {},
        components=tuple(str(k) for k in components) if isinstance(components, list) else (),
        ground=str(fields.get("why", "")),
        decided_by=str(fields.get("by", "")),
        public_key=_digest(fields["key"]) if "key" in fields else b"",
        receipt=Receipt(_digest(fields["o"]), _int(fields["n"]), _digest(fields["h"])) if "o" in fields else None,
    )


def _check(kind: EventType, fields: dict[str, JsonValue]) -> None:
    shape = _SHAPES[kind]
    names = set(fields) - {"t", "ts", "v"}
    if missing := (shape.required | {"ts"}) - fields.keys():
        raise BadValueError(f"{kind} leaf lacks {', '.join(sorted(missing))}")
    allowed = shape.required | shape.optional
    if unknown := names - allowed:
        raise UnknownEncodingError(f"{kind} leaf has the field {', '.join(sorted(unknown))}, which it cannot carry")
    for name in names | {"ts"}:
        try:
            good = _RULES[name](fields[name])
        except (ValueError, binascii.Error, BadIdentifierError):
            good = False
        if not good:
            raise BadValueError(f"{kind} leaf has {name}={str(fields[name])[:80]!r}, which its rule refuses")
    commitments = fields.get("c")
    national = fields.get("g")
    if isinstance(national, dict) and isinstance(commitments, dict) and national.keys() != commitments.keys():
        raise BadValueError(f"{kind} leaf has commitments by SM3 to other components than by SHA-256")
    if kind in _STATES_A_REVISION and isinstance(commitments, dict) and not {META, BODY} <= commitments.keys():
        raise BadValueError(f"{kind} leaf commits to {sorted(commitments)}: meta and body are required")
    if (kind in {EventType.PUBLISH, EventType.IMPORT} and fields["r"] != 1) or (
        kind is EventType.REVISE and fields["r"] == 1
    ):
        raise BadValueError(f"{kind} leaf has revision {fields['r']}: a record starts at 1 and is revised from 2")


def _int(value: JsonValue) -> int:
    if isinstance(value, bool) or not isinstance(value, int):
        raise BadValueError(f"{value!r} is not an integer")
    return value


def _within(lowest: int, highest: int) -> Callable[[JsonValue], bool]:
    return lambda value: isinstance(value, int) and not isinstance(value, bool) and lowest <= value <= highest


def _digest(value: JsonValue) -> bytes:
    try:
        raw = base64.b64decode(str(value), validate=True)
    except (binascii.Error, ValueError):
        raw = b""
    if len(raw) != COMMITMENT_BYTES or _base64(raw) != value:
        raise BadValueError(f"{value!r} is not 32 bytes in base64")
    return raw


def _base64(raw: bytes) -> str:
    return base64.b64encode(raw).decode("ascii")


def _are_commitments(value: JsonValue) -> bool:
    if not isinstance(value, dict) or not value:
        return False
    return all(
        is_label(label) and isinstance(item, str) and len(item) == _COMMITMENT_CHARACTERS
        for label, item in value.items()
    )


def _are_labels(value: JsonValue) -> bool:
    if not isinstance(value, list) or not value:
        return False
    labels = [item for item in value if isinstance(item, str) and is_label(item)]
    return len(labels) == len(value) and labels == sorted(set(labels))


def _is_date(value: JsonValue) -> bool:
    return isinstance(value, str) and date.fromisoformat(value).isoformat() == value


def _is_ground(value: JsonValue) -> bool:
    return (
        isinstance(value, str)
        and _GROUND.fullmatch(value) is not None
        and any(ground.code == value for ground in grounds())
    )


_RULES: Mapping[str, Callable[[JsonValue], bool]] = {
    "ts": _within(0, MAX_CLAIMED_AT),
    "c": _are_commitments,
    "g": _are_commitments,
    "f": _is_date,
    "id": lambda value: isinstance(value, str) and bool(parse_record_id(value)),
    "k": _are_labels,
    "p": _within(0, canonical.MAX_INTEGER),
    "r": _within(1, 1_000_000),
    "u": lambda value: isinstance(value, str) and _UNIT.fullmatch(value) is not None,
    "why": _is_ground,
    "by": lambda value: isinstance(value, str) and _UNIT.fullmatch(value) is not None,
    "key": lambda value: len(_digest(value)) == COMMITMENT_BYTES,
    "o": lambda value: len(_digest(value)) == COMMITMENT_BYTES,
    "n": _within(1, canonical.MAX_INTEGER),
    "h": lambda value: len(_digest(value)) == COMMITMENT_BYTES,
}
