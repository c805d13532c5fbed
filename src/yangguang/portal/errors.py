"""Why a page cannot be shown.

PortalError
└── GoneError              what the address names was made public and then withdrawn or erased
"""

from yangguang.catalogue.types import LoggedEvent
from yangguang.kernel.errors import YangguangError


class PortalError(YangguangError):
    """Root of this room's errors."""


class GoneError(PortalError):
    """The record, the revision or the component was withdrawn or erased by the entry `closing`."""

    def __init__(self, closing: LoggedEvent) -> None:
        super().__init__(f"entry {closing.index} closed record {closing.event.id} on the ground {closing.event.ground}")
        self.closing = closing
