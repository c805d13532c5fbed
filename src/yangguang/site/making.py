"""Makes a new node: folder, key, log, tables, trust file."""

import re
import secrets

from django.core.management import call_command

from yangguang.agencies.commands import check, register
from yangguang.agencies.types import Agency
from yangguang.ledger.commands import create, generate_key
from yangguang.ledger.queries import policy_for, verifier_key
from yangguang.site.errors import BadSettingsError, NodeExistsError
from yangguang.site.node import SETTINGS_FILE, Node

_SITE_CODE = re.compile("([0-9]{10}|bm[0-9]{8})?")
_BASE_URL = re.compile('(https?://[^/\\s"<>]+/?)?')


def make_node(node: Node, agency: Agency) -> None:
    """Make `node` in its folder, with `agency` as the one that publishes what names none.

    ``node.toml`` is written last: a folder without it is not a node, and a making that was interrupted can be deleted.

    Raises:
        NodeExistsError: something lies in the folder already.
        BadSettingsError: a setting is refused by its rule.
        BadAgencyError: the agency is refused by its rules.
    """
    home = node.home
    if home.exists() and any(home.iterdir()):
        what = "a node" if node.exists else "something that is not a node"
        raise NodeExistsError(f"{home} holds {what} already and is left untouched: choose an empty folder")
    # Before anything is written: what is refused leaves no half of a node behind.
    _check(node)
    check(agency)
    home.mkdir(parents=True, exist_ok=True)
    for private in (node.key.parent, node.head.parent, node.blobs, node.search):
        private.mkdir(mode=0o700)
    signer = generate_key(node.key, name=node.origin)
    create(log=node.log, head=node.head, origin=node.origin, signer=signer)
    call_command("migrate", verbosity=0, interactive=False)
    node.database.chmod(0o600)
    register(agency)
    node.policy.write_text(policy_for(verifier_key(signer)), "utf-8")
    settings = home / SETTINGS_FILE
    settings.touch(0o600)
    settings.write_text(_settings(node), "utf-8")


def _check(node: Node) -> None:
    host, _, path = node.origin.partition("/")
    plain = node.origin.isascii() and node.origin.isprintable()
    if not host or not path or not plain or "://" in node.origin or " " in node.origin or "+" in node.origin:
        raise BadSettingsError(
            f"origin {node.origin!r} refused: HOST/PATH in ASCII without scheme or blanks, as in county.example/xxgk"
        )
    if not node.name.isprintable():
        raise BadSettingsError(f"name {node.name!r} refused: one line of characters that can be printed")
    if _SITE_CODE.fullmatch(node.site_code) is None:
        raise BadSettingsError(f"site code {node.site_code!r} refused: 10 digits, or bm and 8 digits")
    if _BASE_URL.fullmatch(node.base_url) is None:
        raise BadSettingsError(f"base URL {node.base_url!r} refused: scheme and host, as in https://www.county.example")


def _settings(node: Node) -> str:
    said = {
        "origin": node.origin,
        "name": node.name,
        "site_code": node.site_code,
        "base_url": node.base_url,
        "agency": node.agency,
        "secret_key": secrets.token_urlsafe(48),
    }
    return "".join(f"{name} = {_toml(value)}\n" for name, value in said.items())


def _toml(text: str) -> str:
    escaped = text.replace("\\", "\\\\").replace('"', '\\"')
    return '"' + "".join(char if char >= " " else f"\\u{ord(char):04x}" for char in escaped) + '"'
