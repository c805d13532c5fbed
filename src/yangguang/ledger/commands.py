"""What changes a log: making its key, making it, writing it, having it cosigned."""

from pathlib import Path

from yangguang.ledger.checkpoint import sign_checkpoint
from yangguang.ledger.cosignatures import cosign, with_cosignatures
from yangguang.ledger.cosigned import archive_cosigned
from yangguang.ledger.errors import AlreadyExistsError, HeadDisagreesError, MalformedKeyError
from yangguang.ledger.files import MACHINE, Files
from yangguang.ledger.guards import copy_head
from yangguang.ledger.head import create_head
from yangguang.ledger.keys import Ed25519Signer, format_private_key, new_signer, parse_private_key
from yangguang.ledger.mirror import Mirror
from yangguang.ledger.public import PublicFolder
from yangguang.ledger.sm2 import Sm2Signer, generate_sm2_key, load_sm2_signer
from yangguang.ledger.tree import EMPTY_ROOT
from yangguang.ledger.types import Checkpoint, Signer
from yangguang.ledger.witness import Witness
from yangguang.ledger.witnessing import ask_witness
from yangguang.ledger.writer import Writer, open_writer

__all__ = [
    "Ed25519Signer",
    "Mirror",
    "Sm2Signer",
    "Witness",
    "Writer",
    "archive_cosigned",
    "ask_witness",
    "copy_head",
    "cosign",
    "create",
    "generate_key",
    "generate_sm2_key",
    "load_signer",
    "load_sm2_signer",
    "open_writer",
    "with_cosignatures",
]


def generate_key(path: Path, *, name: str, files: Files = MACHINE) -> Ed25519Signer:
    """Make a fresh private key and store it in `path`, readable by its owner alone; durable on return.

    Args:
        path: Of the key file; its folder exists.
        name: Of the key, equal to the origin of the log it will sign for.
        files: The file system; another than the machine's only in tests.

    Raises:
        AlreadyExistsError: `path` is there; a key is never overwritten.
        MalformedKeyError: `name` cannot name a key.
    """
    signer = new_signer(name)
    try:
        files.create_secret(path, format_private_key(signer).encode() + b"\n")
    except FileExistsError:
        raise AlreadyExistsError(f"{path} exists: a key is never overwritten, since its log could not go on") from None
    files.sync_folder(path.parent)
    return signer


def load_signer(path: Path) -> Signer:
    """Return the signer whose private key is stored in `path`.

    Raises:
        MalformedKeyError: the file is missing, unreadable or not a private key.
    """
    try:
        text = MACHINE.read(path).decode("utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise MalformedKeyError(f"no private key can be read from {path}: {error}") from error
    return parse_private_key(text.removesuffix("\n"))


def create(*, log: Path, head: Path, origin: str, signer: Signer, files: Files = MACHINE) -> None:
    """Create an empty log: its head store, and its public folder with a checkpoint of size 0.

    Args:
        log: The public folder; absent or empty. Its parent exists.
        head: The head store; absent. Its folder exists.
        origin: What the log calls itself, ``<host>/<path>`` without scheme, for ever.
        signer: Holder of the log's key, named as the origin.
        files: The file system; another than the machine's only in tests.

    Raises:
        AlreadyExistsError: there is a log or head store already.
        HeadDisagreesError: the signer's name is not the origin.
    """
    if signer.name != origin:
        raise HeadDisagreesError(f"the key is named {signer.name}, the log {origin}: a log's key bears its origin")
    if files.is_folder(log) and files.names(log):
        raise AlreadyExistsError(f"{log} is not empty: a log is created once and never overwritten")
    note = sign_checkpoint(Checkpoint(origin, 0, EMPTY_ROOT), signer)
    create_head(head, origin, note, files)
    files.make_folder(log)
    files.sync_folder(log.parent)
    PublicFolder(log, files).replace_checkpoint(note)
