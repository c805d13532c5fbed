"""The room's writing door: follow the log, or forget."""

from yangguang.catalogue.projector import advance, drop

__all__ = ["advance", "drop"]
