"""Merkle trees over SHA-256: hashes, roots, inclusion and consistency paths and their verification.

From RFC 6962, section 2.1, and the verification algorithms of RFC 9162, sections 2.1.3.2 and 2.1.4.2. A *node*
(level, index) is the root of the complete subtree over leaves ``index * 2**level`` up to ``(index + 1) * 2**level``.
Runs of hashes are one byte string, 32 bytes each: two neighbours are then hashed without being copied together.
"""

from collections.abc import Callable, Iterable, Sequence
from hashlib import sha256
from typing import TypeAlias

from yangguang.ledger.errors import BadPathError, NotInLogError

HASH_BYTES = 32
EMPTY_ROOT = sha256(b"").digest()
"""Root of the tree without leaves (RFC 6962, 2.1)."""

MAX_SIZE = 2**63 - 1
"""Largest tree: sizes fit a signed 64-bit integer everywhere."""

MAX_PATH = 63
"""Longest inclusion path that a tree of `MAX_SIZE` leaves can have."""

Node: TypeAlias = Callable[[int, int], bytes]
"""Returns the 32-byte hash of the complete subtree (level, index)."""


def leaf_hash(data: bytes) -> bytes:
    """Return the 32 bytes that stand for the entry `data` in the tree."""
    return sha256(b"\x00" + data).digest()


def leaf_hashes(entries: Iterable[bytes]) -> bytes:
    """Return the hashes of `entries`, concatenated."""
    return b"".join([sha256(b"\x00" + data).digest() for data in entries])


def node_hash(left: bytes, right: bytes) -> bytes:
    """Return the hash of the node over `left` and `right`."""
    return sha256(b"\x01" + left + right).digest()


def pyramid(hashes: bytes) -> tuple[bytes, ...]:
    """Return every level of complete nodes over `hashes`.

    Args:
        hashes: Concatenated 32-byte hashes, at least one.

    Returns:
        Level 0 is `hashes`; level k holds one 32-byte hash for each complete run of ``2**k`` of them.
    """
    levels = [hashes]
    while len(levels[-1]) >= 2 * HASH_BYTES:
        below = levels[-1]
        pairs = range(0, len(below) - HASH_BYTES, 2 * HASH_BYTES)
        levels.append(b"".join([sha256(b"\x01" + below[at : at + 2 * HASH_BYTES]).digest() for at in pairs]))
    return tuple(levels)


def edge_hashes(levels: Sequence[bytes]) -> list[bytes]:
    """Return the roots of the largest complete subtrees that together cover a pyramid, left (largest) first."""
    width = len(levels[0]) // HASH_BYTES
    found = []
    for level in range(len(levels) - 1, -1, -1):
        if width >> level & 1:
            last = ((width >> level) - 1) * HASH_BYTES
            found.append(levels[level][last : last + HASH_BYTES])
    return found


def fold(edge: Sequence[bytes]) -> bytes:
    """Return the root over `edge`, the complete subtrees of a tree from left (largest) to right."""
    if not edge:
        return EMPTY_ROOT
    result = edge[-1]
    for left in reversed(edge[:-1]):
        result = node_hash(left, result)
    return result


def root(leaves: Iterable[bytes]) -> bytes:
    """Return the Merkle tree head of `leaves`.

    Args:
        leaves: Entry bytes in log order, not yet hashed.

    Returns:
        32 bytes; SHA-256 of the empty string for no leaves (RFC 6962, 2.1).
    """
    hashes = leaf_hashes(leaves)
    return fold(edge_hashes(pyramid(hashes))) if hashes else EMPTY_ROOT


def inclusion_path(index: int, size: int, node: Node) -> tuple[bytes, ...]:
    """Return the hashes that lead from leaf `index` to the root of the first `size` leaves (RFC 9162, 2.1.3.1).

    Raises:
        NotInLogError: the tree of `size` leaves has no leaf `index`.
    """
    if not 0 <= index < size:
        raise NotInLogError(f"entry {index} is not in a tree of {size} entries: the first is 0, the last {size - 1}")
    siblings = []
    start, stop = 0, size
    while stop - start > 1:
        middle = start + _split(stop - start)
        if index < middle:
            siblings.append((middle, stop))
            stop = middle
        else:
            siblings.append((start, middle))
            start = middle
    return tuple(range_hash(first, last, node) for first, last in reversed(siblings))


def consistency_path(old: int, new: int, node: Node) -> tuple[bytes, ...]:
    """Return the hashes proving that the first `old` leaves are a prefix of the first `new` (RFC 9162, 2.1.4.1).

    Empty when `old` is 0 or equals `new`: there is then nothing to prove.

    Raises:
        NotInLogError: `old` is negative or larger than `new`.
    """
    if not 0 <= old <= new:
        raise NotInLogError(
            f"no consistency from {old} to {new} entries: a log only grows, give the smaller size first"
        )
    if old in (0, new):
        return ()
    ranges = []
    start, stop = 0, new
    while stop != old:
        middle = start + _split(stop - start)
        if old <= middle:
            ranges.append((middle, stop))
            stop = middle
        else:
            ranges.append((start, middle))
            start = middle
    if start:
        # The verifier knows the old root itself only when the old tree is one complete subtree from the left.
        ranges.append((start, stop))
    return tuple(range_hash(first, last, node) for first, last in reversed(ranges))


def verify_inclusion(*, index: int, size: int, leaf_hash: bytes, path: Sequence[bytes], root: bytes) -> None:
    """Check that the entry hashed to `leaf_hash` is entry `index` of the tree of `size` entries under `root`.

    Raises:
        BadPathError: the path does not lead to `root` (RFC 9162, 2.1.3.2).
    """
    if not 0 <= index < size:
        raise BadPathError(f"entry {index} cannot be in a tree of {size} entries")
    position, last, result = index, size - 1, leaf_hash
    for sibling in path:
        if last == 0:
            raise BadPathError(f"the inclusion path has {len(path)} hashes: too many for entry {index} of {size}")
        if position & 1 or position == last:
            result = node_hash(sibling, result)
            while not position & 1 and position:
                position, last = position >> 1, last >> 1
        else:
            result = node_hash(result, sibling)
        position, last = position >> 1, last >> 1
    if last:
        raise BadPathError(f"the inclusion path has {len(path)} hashes: too few for entry {index} of {size}")
    if result != root:
        raise BadPathError(
            f"the path of entry {index} leads to {result.hex()}, the checkpoint of {size} says {root.hex()}"
        )


def verify_consistency(
    *, old_size: int, old_root: bytes, new_size: int, new_root: bytes, path: Sequence[bytes]
) -> None:
    """Check that the tree of `old_size` entries is a prefix of the tree of `new_size`.

    Raises:
        BadPathError: the path does not lead to both roots (RFC 9162, 2.1.4.2).
    """
    if not 0 <= old_size <= new_size:
        raise BadPathError(f"a tree of {new_size} entries cannot extend one of {old_size}: a log only grows")
    if old_size in (0, new_size):
        expected = EMPTY_ROOT if old_size == 0 else new_root
        if path or old_root != expected:
            raise BadPathError(f"{old_size} and {new_size} entries: an empty path and root {expected.hex()} expected")
        return
    hashes = list(path)
    if old_size & (old_size - 1) == 0:
        hashes.insert(0, old_root)
    if not hashes:
        raise BadPathError(f"the consistency path from {old_size} to {new_size} entries is empty")
    old_result, new_result = _climb(old_size, new_size, hashes)
    if old_result != old_root:
        raise BadPathError(f"the path leads to {old_result.hex()} for {old_size} entries, not to {old_root.hex()}")
    if new_result != new_root:
        raise BadPathError(f"the path leads to {new_result.hex()} for {new_size} entries, not to {new_root.hex()}")


def _climb(old_size: int, new_size: int, hashes: Sequence[bytes]) -> tuple[bytes, bytes]:
    """Return the roots that a consistency path gives for the old and the new tree."""
    position, last = old_size - 1, new_size - 1
    while position & 1:
        position, last = position >> 1, last >> 1
    old_result = new_result = hashes[0]
    for sibling in hashes[1:]:
        if last == 0:
            raise BadPathError(f"the consistency path from {old_size} to {new_size} entries is too long")
        if position & 1 or position == last:
            old_result, new_result = node_hash(sibling, old_result), node_hash(sibling, new_result)
            while not position & 1 and position:
                position, last = position >> 1, last >> 1
        else:
            new_result = node_hash(new_result, sibling)
        position, last = position >> 1, last >> 1
    if last:
        raise BadPathError(f"the consistency path from {old_size} to {new_size} entries is too short")
    return old_result, new_result


def _split(width: int) -> int:
    """Return the largest power of two smaller than `width`."""
    return 1 << (width - 1).bit_length() - 1


def range_hash(start: int, stop: int, node: Node) -> bytes:
    """Return the root over the leaves from `start` to `stop`; `start` is 0 or where a subtree of the tree begins."""
    edge = []
    while start < stop:
        level = (stop - start).bit_length() - 1
        edge.append(node(level, start >> level))
        start += 1 << level
    return fold(edge)
