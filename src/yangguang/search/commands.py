"""The room's writing door; one process at a time."""

from yangguang.search.projection import advance, drop, purge

__all__ = ["advance", "drop", "purge"]
