"""Fetches what a lower log commits to: bytes and salts from public addresses, checked against the commitments."""

import hashlib
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from yangguang.blobs.commands import keep_all
from yangguang.blobs.errors import BlobsError
from yangguang.blobs.queries import Blobs, commitment
from yangguang.exchange.addresses import PROOF_SUFFIX, component_address
from yangguang.exchange.errors import FaultError
from yangguang.exchange.holdings import Holdings
from yangguang.exchange.types import AlarmKind, Transport, Wanted
from yangguang.kernel.errors import YangguangError
from yangguang.ledger.queries import parse_proof
from yangguang.records.queries import opened

MAX_CONTENT_BYTES = 512 * 1024 * 1024
"""Longest content fetched."""

MAX_PROOF_BYTES = 1 << 18

BATCH = 32
"""Contents fetched side by side, `TOGETHER` at a time, and then stored in one transaction."""

TOGETHER = 4

_OK = 200


@dataclass(frozen=True, slots=True)
class Fetched:
    """What came for a component: its salt and bytes, or None where it is not given out."""

    wanted: Wanted
    found: tuple[bytes, bytes] | None


def fetch_contents(url: str, transport: Transport, holdings: Holdings, folder: Path) -> int:
    """Fetch every component that is wanted and given out, and return how many came.

    Args:
        url: The lower node's address.
        transport: The way there.
        holdings: What is wanted; told what came.
        folder: The contents' store of this mirror.

    Raises:
        UnreachableError: the node stopped answering; what came before is kept.
        FaultError: it gave other bytes than its log commits to; what came before is kept.
        BlobNotStoredError: the disk refused.
    """
    fetched = 0
    with ThreadPoolExecutor(TOGETHER, thread_name_prefix="exchange contents") as pool:
        for batch in _batches(holdings):
            held = _already_held(batch, Blobs(folder))
            missing = [one for one in batch if one not in held]
            came = [one for one in pool.map(partial(fetch, url, transport), missing) if one.found is not None]
            keep_all(folder, [(one.wanted.label, *one.found) for one in came if one.found is not None])
            holdings.held([one.commitment for one in held] + [one.wanted.commitment for one in came])
            fetched += len(came)
    return fetched


def _batches(holdings: Holdings) -> Iterator[tuple[Wanted, ...]]:
    """Yield what is wanted, each component once, whether or not it came meanwhile."""
    batch = holdings.wanted(BATCH)
    while batch:
        yield batch
        batch = holdings.wanted(BATCH, after=batch[-1])


def _already_held(batch: Sequence[Wanted], blobs: Blobs) -> set[Wanted]:
    """Return those of `batch` that are stored, as after a crash or when the holdings were worked out anew."""
    held = set()
    for wanted in batch:
        try:
            blobs.content(wanted.commitment)
        except BlobsError:
            continue
        held.add(wanted)
    return held


def fetch(url: str, transport: Transport, wanted: Wanted) -> Fetched:
    """Return what the node at `url` gives for a component, checked against its commitment.

    Raises:
        UnreachableError: the node did not answer.
        FaultError: it gave other bytes than its log commits to.
    """
    address = f"{url}/{component_address(wanted)}"
    content = transport.get(address, limit=MAX_CONTENT_BYTES)
    proof = transport.get(address + PROOF_SUFFIX, limit=MAX_PROOF_BYTES)
    if content.status != _OK or proof.status != _OK:
        # Withdrawn, erased or lost since: the next entries of the log say which.
        return Fetched(wanted, None)
    try:
        _, salts = opened(parse_proof(proof.body).extra)
    except YangguangError as error:
        raise _fault(wanted, f"{address} has no proof that can be read: {error}", proof.body) from error
    salt = salts.get(wanted.label, b"")
    digest = hashlib.sha256(content.body).digest()
    if commitment(wanted.label, salt, digest) != wanted.commitment:
        raise _fault(
            wanted,
            f"{address} gives {len(content.body)} bytes with SHA-256 {digest.hex()}, which are not what entry "
            f"{wanted.index} commits to",
            proof.body,
        )
    return Fetched(wanted, (salt, content.body))


def _fault(wanted: Wanted, message: str, proof: bytes) -> FaultError:
    # The bytes themselves are not kept: they may be what the law wants erased. Their digest stands in the message.
    evidence = {"proof.tlog-proof": proof, "commitment": wanted.commitment.hex().encode() + b"\n"}
    return FaultError(message, kind=AlarmKind.CONTENT, evidence=evidence)
