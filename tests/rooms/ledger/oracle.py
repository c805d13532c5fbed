"""A slow second opinion: the definitions of RFC 9162, section 2.1, written down as they stand there."""

from collections.abc import Sequence
from functools import lru_cache
from hashlib import sha256


class Oracle:
    def __init__(self, leaves: Sequence[bytes]) -> None:
        self.leaves = leaves
        self.subtree = lru_cache(maxsize=None)(self._subtree)

    def root(self, size: int) -> bytes:
        return self.subtree(0, size)

    def _subtree(self, start: int, stop: int) -> bytes:
        if stop == start:
            return sha256().digest()
        if stop - start == 1:
            return sha256(b"\0" + self.leaves[start]).digest()
        middle = start + split(stop - start)
        return sha256(b"\1" + self.subtree(start, middle) + self.subtree(middle, stop)).digest()

    def inclusion(self, index: int, size: int) -> tuple[bytes, ...]:
        return tuple(self._path(index, 0, size))

    def _path(self, index: int, start: int, stop: int) -> list[bytes]:
        if stop - start == 1:
            return []
        middle = start + split(stop - start)
        if index < middle:
            return [*self._path(index, start, middle), self.subtree(middle, stop)]
        return [*self._path(index, middle, stop), self.subtree(start, middle)]

    def consistency(self, old: int, new: int) -> tuple[bytes, ...]:
        return tuple(self._subproof(old, 0, new, known=True)) if old else ()

    def _subproof(self, old: int, start: int, stop: int, *, known: bool) -> list[bytes]:
        if old == stop:
            return [] if known else [self.subtree(start, stop)]
        middle = start + split(stop - start)
        if old <= middle:
            return [*self._subproof(old, start, middle, known=known), self.subtree(middle, stop)]
        return [*self._subproof(old, middle, stop, known=False), self.subtree(start, middle)]


def split(width: int) -> int:
    power = 1
    while power * 2 < width:
        power *= 2
    return power
