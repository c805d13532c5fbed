"""The delta of a log as one file, for one-way gateways (网闸): what a pull would ask for, under the same addresses.

A ZIP whose members are named as the public addresses are; importing it is a pull whose answers come from the file, so
the verification is the same to the last step.
"""

import os
import zipfile
from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from typing import Self

from yangguang.blobs.errors import BlobsError
from yangguang.blobs.queries import Blobs
from yangguang.exchange.addresses import CHECKPOINT, PROOF_SUFFIX, component_address, tile_address
from yangguang.exchange.errors import BadDeltaError, UnreachableError
from yangguang.exchange.holdings import Holdings
from yangguang.exchange.types import Answer, Exported, Wanted
from yangguang.ledger.queries import Log, open_remote, parse_checkpoint
from yangguang.ledger.types import VerifierKey
from yangguang.records.queries import decode_event, proof_extra
from yangguang.records.types import EventType

_MOMENT = (1980, 1, 1, 0, 0, 0)
_BATCH = 2_000


def export_delta(
    target: Path,
    *,
    log: Log,
    folder: Path,
    key: VerifierKey,
    blobs: Blobs,
    since: int,
    progress: Callable[[int, int], None] = lambda *_: None,
) -> Exported:
    """Write what changed since the first `since` entries into the new file `target`.

    Args:
        target: The file; absent.
        log: Our log.
        folder: Its public folder.
        key: Its key.
        blobs: Its contents.
        since: Entries that the receiver holds.
        progress: Told the contents written and in all.

    Raises:
        BadDeltaError: `target` exists, or the log has fewer than `since` entries.
    """
    note = log.checkpoint_note()
    size = parse_checkpoint(note, key).size
    if not 0 <= since <= size:
        raise BadDeltaError(f"since {since} asked for: the log has {size} entries")
    if target.exists():
        raise BadDeltaError(f"{target} exists: a delta is never overwritten")
    wanted = _changed(log, size, since)
    draft = target.with_name(f"{target.name}.tmp")
    with zipfile.ZipFile(draft, "w") as delta:
        _add(delta, CHECKPOINT, note)
        _add_tiles(delta, folder, note, since, size)
        absent = 0
        for number, one in enumerate(wanted):
            absent += not _add_component(delta, log, blobs, one)
            progress(number + 1, len(wanted))
    with draft.open("rb") as file:
        os.fsync(file.fileno())
    draft.rename(target)
    return Exported(since, size, len(wanted) - absent, absent)


class Delta:
    """A delta as the way to the node it came from; `Transport` by another name. Use it in a `with` block."""

    def __init__(self, path: Path, url: str) -> None:
        """Open the file `path`, which answers for the node at `url`.

        Raises:
            BadDeltaError: it is not a ZIP file.
        """
        self._url = url
        try:
            self._file = zipfile.ZipFile(path)
        except (OSError, zipfile.BadZipFile) as error:
            raise BadDeltaError(f"{path} is not a delta: {error}") from error
        if CHECKPOINT not in self._file.namelist():
            self._file.close()
            raise BadDeltaError(f"{path} is not a delta: it holds no checkpoint")

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._file.close()

    def get(self, address: str, *, limit: int) -> Answer:
        """Return the member that `address` names; 404 where there is none."""
        try:
            member = self._file.getinfo(address.removeprefix(f"{self._url}/"))
            if member.file_size > limit:
                raise UnreachableError(f"{member.filename} has {member.file_size} bytes: at most {limit} are read")
            return Answer(200, self._file.read(member))
        except KeyError:
            return Answer(404, b"")
        except (OSError, zipfile.BadZipFile, NotImplementedError, RuntimeError) as error:
            raise UnreachableError(f"{address} cannot be read from the delta: {error}") from error

    def post(self, address: str, body: bytes) -> tuple[int, bytes]:
        """Say that nothing travels that way."""
        raise OSError(f"{address}: a delta takes no {len(body)} bytes; it goes one way")


def _changed(log: Log, size: int, since: int) -> tuple[Wanted, ...]:
    """Return the components a receiver of the first `since` entries lacks, and may have, once it has all of them."""
    with closing(Holdings(None)) as holdings:
        returned = set()
        for start in range(0, size, _BATCH):
            entries = [
                (entry.index, decode_event(entry.data)) for entry in log.entries(start, min(start + _BATCH, size))
            ]
            returned |= {event.id for index, event in entries if event.type is EventType.RESTORE and index >= since}
            holdings.follow(entries)
        live = holdings.wanted(size * 100)
    return tuple(one for one in live if one.index >= since or one.record in returned)


def _add_tiles(delta: zipfile.ZipFile, folder: Path, note: bytes, since: int, size: int) -> None:
    """Add the files that a pull by a receiver of the first `since` entries reads: by reading them as it does."""
    added = set()

    def fetch(path: str) -> bytes:
        if path == "checkpoint":
            return note
        data = (folder / path).read_bytes()
        if path not in added:
            added.add(path)
            _add(delta, tile_address(path), data)
        return data

    theirs = open_remote(fetch)
    for _ in theirs.entries(since, size):
        pass
    if 0 < since < size:
        theirs.consistency(since, size)


def _add_component(delta: zipfile.ZipFile, log: Log, blobs: Blobs, wanted: Wanted) -> bool:
    """Add a component and its proof; False where its content is not to be had, which the receiver will notice."""
    try:
        content = blobs.content(wanted.commitment)
        salt = blobs.opening(wanted.commitment).salt
    except BlobsError:
        return False
    proof = log.prove(wanted.index, extra=proof_extra(log.entry(wanted.index).data, wanted.label, salt))
    _add(delta, component_address(wanted), content)
    _add(delta, component_address(wanted) + PROOF_SUFFIX, proof)
    return True


def _add(delta: zipfile.ZipFile, name: str, data: bytes) -> None:
    # One moment for all members: two deltas of the same entries are the same file.
    member = zipfile.ZipInfo(name, _MOMENT)
    member.compress_type = zipfile.ZIP_DEFLATED
    delta.writestr(member, data)
