"""The room's reading door."""

from yangguang.editorial.models import OutboxRow
from yangguang.editorial.outbox import head_of
from yangguang.editorial.types import Backlog

__all__ = ["backlog", "head_of"]


def backlog() -> Backlog:
    """Return how many events wait for the log, and how many were refused when their turn came."""
    waiting = OutboxRow.objects.filter(logged_index=None, refusal="").count()
    return Backlog(waiting, OutboxRow.objects.exclude(refusal="").count())
