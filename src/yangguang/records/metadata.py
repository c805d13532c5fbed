"""The one encoding of a record's metadata: canonical JSON, version 1, a field present only where it says something."""

import re
from collections.abc import Callable, Mapping
from dataclasses import fields as dataclass_fields
from datetime import date
from enum import Enum
from typing import Any, cast

from yangguang.kernel import canonical
from yangguang.kernel.canonical import JsonValue
from yangguang.records.errors import BadValueError, UnknownEncodingError
from yangguang.records.types import Agency, Attachment, Disclosure, Doubt, Kind, Metadata, Validity

METADATA_VERSION = 1
MAX_TITLE_CHARACTERS = 500
"""Longest title; one line (the metadata vocabulary)."""

MAX_FIELD_CHARACTERS = 2_000
"""Longest text of any other field; what is longer belongs in the body."""

MAX_LIST_ITEMS = 200
"""Most makers, keywords or places of one record."""

_DEFAULTS: Mapping[str, object] = {
    item.name: item.default
    for item in dataclass_fields(Metadata)
    if item.name not in {"kind", "title", "agency", "published_on"}
}
_SHA256 = re.compile(r"[0-9a-f]{64}")
_NAME = re.compile(r"[^/\\\x00-\x1f\x7f]{1,255}")


def encode_metadata(metadata: Metadata) -> bytes:
    """Return the canonical bytes of `metadata`.

    Raises:
        BadValueError: a title that is empty, longer than 500 characters or not one line, or a bad attachment.
        NotCanonicalError: text that is not text (a lone surrogate).
    """
    _check(metadata)
    said: dict[str, JsonValue] = {"v": METADATA_VERSION}
    for item in dataclass_fields(Metadata):
        value = getattr(metadata, item.name)
        if item.name not in _DEFAULTS or value != _DEFAULTS[item.name]:
            said[item.name] = _plain(value)
    return canonical.encode(said)


def decode_metadata(raw: bytes) -> Metadata:
    """Return the metadata that `raw` encodes.

    Raises:
        NotCanonicalError: `raw` is not canonical.
        UnknownEncodingError: another version or an unknown field.
        BadValueError: a field of the wrong type or refused by its rule.
    """
    said = canonical.decode(raw)
    if not isinstance(said, dict) or not canonical.is_integer(said.pop("v", None), METADATA_VERSION):
        raise UnknownEncodingError(f"metadata is not of version {METADATA_VERSION}: a newer release may read it")
    if unknown := said.keys() - _READERS.keys():
        raise UnknownEncodingError(f"metadata has the unknown field {', '.join(sorted(unknown))}")
    values: dict[str, Any] = {}  # Any: each reader returns the type of its own field
    for name, value in said.items():
        try:
            values[name] = _READERS[name](value)
        except (ValueError, TypeError, KeyError) as error:
            raise BadValueError(f"metadata has {name}={str(value)[:80]!r}, which its rule refuses") from error
    try:
        metadata = Metadata(**values)
    except TypeError as error:
        raise BadValueError("metadata lacks one of kind, title, agency, published_on") from error
    _check(metadata)
    # A field that is stated although it says nothing would be a second encoding of the same metadata.
    if empty := [name for name, value in values.items() if name in _DEFAULTS and value == _DEFAULTS[name]]:
        raise BadValueError(f"metadata states {', '.join(empty)}, which says nothing: leave it out")
    return metadata


def _check(metadata: Metadata) -> None:
    if not metadata.title or len(metadata.title) > MAX_TITLE_CHARACTERS or len(metadata.title.splitlines()) != 1:
        raise BadValueError(
            f"title {metadata.title[:40]!r} refused: one line of 1 to {MAX_TITLE_CHARACTERS} characters is the rule"
        )
    for item in dataclass_fields(Metadata):
        value = getattr(metadata, item.name)
        texts = [part for part in (value if isinstance(value, tuple) else (value,)) if isinstance(part, str)]
        if any(len(text) > MAX_FIELD_CHARACTERS for text in texts):
            raise BadValueError(f"{item.name} of more than {MAX_FIELD_CHARACTERS} characters refused")
        if isinstance(value, tuple) and len(value) > MAX_LIST_ITEMS:
            raise BadValueError(f"{item.name} of {len(value)} items refused: {MAX_LIST_ITEMS} is the limit")
    names = [attachment.name for attachment in metadata.attachments]
    for attachment in metadata.attachments:
        if (
            _NAME.fullmatch(attachment.name) is None
            or attachment.name in {".", ".."}
            or names.count(attachment.name) > 1
        ):
            raise BadValueError(f"attachment name {attachment.name!r} refused: a unique plain file name is the rule")
        if _SHA256.fullmatch(attachment.sha256) is None or attachment.size_bytes < 0:
            raise BadValueError(
                f"attachment {attachment.name!r} refused: size in bytes and SHA-256 in hex are the rule"
            )


def _plain(value: object) -> JsonValue:
    if isinstance(value, Enum):
        return cast("str", value.value)
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, tuple):
        return [_plain(item) for item in value]
    if isinstance(value, Agency | Attachment | Doubt):
        return {item.name: _plain(getattr(value, item.name)) for item in dataclass_fields(value)}
    return cast("JsonValue", value)


def _text(value: JsonValue) -> str:
    if not isinstance(value, str):
        raise TypeError(value)
    return value


def _date(value: JsonValue) -> date:
    day = date.fromisoformat(_text(value))
    if day.isoformat() != value:
        raise ValueError(value)  # 20260724 and 2026-W30-5 are the same day in other spellings
    return day


def _list(value: JsonValue) -> list[JsonValue]:
    if not isinstance(value, list):
        raise TypeError(value)
    return value


def _texts(value: JsonValue) -> tuple[str, ...]:
    return tuple(_text(item) for item in _list(value))


def _object(value: JsonValue, *names: str) -> dict[str, JsonValue]:
    if not isinstance(value, dict) or value.keys() != set(names):
        raise TypeError(value)
    return value


def _agency(value: JsonValue) -> Agency:
    said = _object(value, "code", "name", "uscc")
    return Agency(_text(said["code"]), _text(said["name"]), _text(said["uscc"]))


def _attachment(value: JsonValue) -> Attachment:
    said = _object(value, "name", "media_type", "size_bytes", "sha256")
    size = said["size_bytes"]
    if isinstance(size, bool) or not isinstance(size, int):
        raise TypeError(size)
    return Attachment(_text(said["name"]), _text(said["media_type"]), size, _text(said["sha256"]))


def _doubt(value: JsonValue) -> Doubt:
    said = _object(value, "field", "reason")
    return Doubt(_text(said["field"]), _text(said["reason"]))


_READERS: Mapping[str, Callable[[JsonValue], object]] = {
    "kind": lambda value: Kind(_text(value)),
    "title": _text,
    "agency": _agency,
    "published_on": _date,
    "headline": _text,
    "index_number": _text,
    "summary": _text,
    "formed_on": _date,
    "issuers": _texts,
    "addressees": _text,
    "document_number": _text,
    "column": _text,
    "topic": _text,
    "genre": _text,
    "keywords": _texts,
    "validity": lambda value: Validity(_text(value)),
    "effective_from": _date,
    "effective_to": _date,
    "disclosure": lambda value: Disclosure(_text(value)),
    "source": _text,
    "basis": _text,
    "region_code": _text,
    "attachments": lambda value: tuple(_attachment(item) for item in _list(value)),
    "places": _texts,
    "doubts": lambda value: tuple(_doubt(item) for item in _list(value)),
}
