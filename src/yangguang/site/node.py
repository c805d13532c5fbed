"""One node: its settings and where its parts lie. Everything it owns is in one folder, so backup is copying a folder.

Settings are read from ``node.toml``; docs/reference/settings.md is generated from `SETTINGS`.
"""

import os
import tomllib
from dataclasses import dataclass, fields
from pathlib import Path

from yangguang.exchange.types import Lower, WitnessAt
from yangguang.site.errors import BadSettingsError, NodeMissingError
from yangguang.site.peers import read_lowers, read_witnesses

HOME_VARIABLE = "YANGGUANG_HOME"
PARENT_VARIABLE = "YANGGUANG_PARENT"
"""Set by ``serve`` for its web workers: the process whose end is theirs."""

DEFAULT_HOME = "var"
SETTINGS_FILE = "node.toml"


@dataclass(frozen=True, slots=True)
class Setting:
    """A line of ``node.toml``: its name, what it means, what stands without it."""

    name: str
    meaning: str
    default: str


SETTINGS = (
    Setting("origin", "The log's name for ever, HOST/PATH without scheme; also the name of its key.", "localhost/xxgk"),
    Setting("name", "The site's name as the public reads it (网站名称).", "政府信息公开平台"),
    Setting("site_code", "网站标识码: 10 digits, or bm and 8 digits; empty until one is assigned.", ""),
    Setting("base_url", "Scheme and host of the public address, for site maps; empty follows each request.", ""),
    Setting("agency", "Code of the agency that publishes what names none.", "home"),
    Setting("secret_key", "Random text that signs nothing public; made by init.", ""),
    Setting("head2", "Second copy of the log's head: a file on another disk; begun with `log copy-head`.", ""),
    Setting("sm2_key", "SM2 private key that signs every checkpoint too, as keys/sm2.key; made by `log sm2-key`.", ""),
    Setting("sm3", "`on`: commit to every component by SM3 as well, beside SHA-256.", ""),
)
"""Every setting of a node; an unknown one is refused at start."""

TABLES = (
    Setting("[[witness]]", "A witness of this log: `name`, `url` of its submission prefix, `key` it cosigns with.", ""),
    Setting("[[lower]]", "A lower node that this one mirrors: `name`, public `url`, `key` of its log.", ""),
)
"""Tables of ``node.toml``, each as often as needed."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Node:
    """Settings and folders of one node.

    Attributes:
        home: The folder that holds all of it.
        origin: Name of the log.
        name: Name of the site.
        site_code: 网站标识码, or empty.
        base_url: Public scheme and host, or empty.
        agency: Code of the default agency.
        secret_key: Django's secret.
        head2: Path of the second copy of the head, or empty.
        sm2_key: Path of the SM2 private key from the home, or empty.
        sm3: ``on`` for commitments by SM3 as well, or empty.
        witnesses: Who is asked to cosign the log.
        lowers: Whose logs are mirrored.
    """

    home: Path
    origin: str = "localhost/xxgk"
    name: str = "政府信息公开平台"
    site_code: str = ""
    base_url: str = ""
    agency: str = "home"
    secret_key: str = ""
    head2: str = ""
    sm2_key: str = ""
    sm3: str = ""
    witnesses: tuple[WitnessAt, ...] = ()
    lowers: tuple[Lower, ...] = ()

    @property
    def exists(self) -> bool:
        """Whether a node was made here."""
        return (self.home / SETTINGS_FILE).is_file()

    @property
    def key(self) -> Path:
        """The log's private key."""
        return self.home / "keys" / "log.key"

    @property
    def head(self) -> Path:
        """The head store: the log's commit point."""
        return self.home / "head" / "head.sqlite3"

    @property
    def log(self) -> Path:
        """The public files of the log."""
        return self.home / "log"

    @property
    def blobs(self) -> Path:
        """Contents and salts."""
        return self.home / "blobs"

    @property
    def database(self) -> Path:
        """Business tables and the catalogue."""
        return self.home / "node.sqlite3"

    @property
    def search(self) -> Path:
        """The full-text index."""
        return self.home / "search"

    @property
    def second_head(self) -> Path | None:
        """The second copy of the head, None where none is kept."""
        return Path(self.head2) if self.head2 else None

    @property
    def sm2(self) -> Path | None:
        """The SM2 private key, None where checkpoints are signed with Ed25519 alone."""
        return self.home / self.sm2_key if self.sm2_key else None

    @property
    def mirrors(self) -> Path:
        """Copies of lower logs."""
        return self.home / "mirrors"

    @property
    def alarms(self) -> Path:
        """What a person must look at, a folder each."""
        return self.home / "alarms"

    @property
    def witness(self) -> Path:
        """Keys and memories with which this node cosigns others' logs."""
        return self.home / "witness"

    @property
    def policy(self) -> Path:
        """The trust file shipped to verifiers."""
        return self.home / "policy"

    def required(self) -> "Node":
        """Return itself.

        Raises:
            NodeMissingError: nothing was made here yet.
        """
        if not self.exists:
            raise NodeMissingError(
                f"there is no node in {self.home}: run `yangguang init`, or set {HOME_VARIABLE} to the folder of one"
            )
        return self


def home_folder() -> Path:
    """Return the folder named by the environment, ``./var`` without one."""
    return Path(os.environ.get(HOME_VARIABLE) or DEFAULT_HOME).absolute()


def load(home: Path) -> Node:
    """Return the node in `home`; one with default settings where none was made.

    Raises:
        BadSettingsError: node.toml cannot be read, is not TOML, or says what no setting knows.
    """
    path = home / SETTINGS_FILE
    try:
        if not path.is_file():
            return Node(home=home)
        said = tomllib.loads(path.read_text("utf-8"))
    except OSError as error:
        raise BadSettingsError(f"{path} cannot be read: {error.strerror}") from error
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise BadSettingsError(f"{path} is not TOML: {error}") from error
    witnesses, lowers = read_witnesses(path, said.pop("witness", [])), read_lowers(path, said.pop("lower", []))
    known = {item.name for item in fields(Node)} - {"home", "witnesses", "lowers"}
    for name, value in said.items():
        if name not in known or not isinstance(value, str):
            raise BadSettingsError(
                f"{path} has {name} = {value!r}: texts named {', '.join(sorted(known))} are the rule"
            )
    return Node(home=home, witnesses=witnesses, lowers=lowers, **said)
