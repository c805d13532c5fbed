"""The other nodes that ``node.toml`` names: witnesses of our log, lower logs that we mirror."""

from collections.abc import Mapping
from pathlib import Path

from yangguang.exchange.queries import is_place_name
from yangguang.exchange.types import Lower, WitnessAt
from yangguang.ledger.errors import MalformedKeyError
from yangguang.ledger.queries import parse_verifier_key
from yangguang.ledger.types import SignatureType, VerifierKey
from yangguang.site.errors import BadSettingsError

KEYS = ("name", "url", "key")


def read_witnesses(path: Path, said: object) -> tuple[WitnessAt, ...]:
    """Return the ``[[witness]]`` tables of the settings file `path`.

    Raises:
        BadSettingsError: one is not a name, an address and the key of a cosigner.
    """
    tables = _tables(path, "witness", said)
    return tuple(
        WitnessAt(name, url, _key(path, "witness", name, key, SignatureType.COSIGNATURE)) for name, url, key in tables
    )


def read_lowers(path: Path, said: object) -> tuple[Lower, ...]:
    """Return the ``[[lower]]`` tables of the settings file `path`.

    Raises:
        BadSettingsError: one is not a name, an address and the key of a log.
    """
    tables = _tables(path, "lower", said)
    return tuple(Lower(name, url, _key(path, "lower", name, key, SignatureType.ED25519)) for name, url, key in tables)


def _tables(path: Path, kind: str, said: object) -> list[tuple[str, str, str]]:
    if not isinstance(said, list):
        raise BadSettingsError(f"{path} has {kind} = {said!r}: [[{kind}]] tables with {', '.join(KEYS)} are the rule")
    found = [_table(path, kind, table) for table in said]
    if len({name for name, _, _ in found}) < len(found):
        raise BadSettingsError(f"{path} names two [[{kind}]] tables alike: each has a name of its own")
    return found


def _table(path: Path, kind: str, table: object) -> tuple[str, str, str]:
    if not isinstance(table, Mapping) or table.keys() != set(KEYS):
        raise BadSettingsError(f"{path} has a [[{kind}]] table other than {', '.join(KEYS)}: {table!r}")
    name, url, key = (table[one] for one in KEYS)
    if not isinstance(name, str) or not is_place_name(name):
        raise BadSettingsError(f"{path} names a [[{kind}]] {name!r}: ASCII letters, digits, dot, dash are the rule")
    if not isinstance(url, str) or not url.startswith(("http://", "https://")) or not url.isascii() or " " in url:
        raise BadSettingsError(f"{path} has the [[{kind}]] {name} at {url!r}: an http or https address is the rule")
    if not isinstance(key, str):
        raise BadSettingsError(f"{path} has the [[{kind}]] {name} without a key in text: NAME+ID+BASE64 is the rule")
    return name, url.rstrip("/"), key


def _key(path: Path, kind: str, name: str, text: str, expected: SignatureType) -> VerifierKey:
    try:
        key = parse_verifier_key(text)
    except MalformedKeyError as error:
        raise BadSettingsError(f"{path}, [[{kind}]] {name}: {error}") from error
    if key.type is not expected:
        role = "a log's key signs with type 0x01, a witness's cosigns with 0x04"
        raise BadSettingsError(f"{path}, [[{kind}]] {name}: {key.name} has a key of type {key.type:#04x}; {role}")
    return key
