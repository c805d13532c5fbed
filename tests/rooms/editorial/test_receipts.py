"""What this node received of a lower log goes into its own, once, among everything else."""

from tests.rooms.editorial.desk import Desk, manuscript
from yangguang.editorial.commands import receipt
from yangguang.editorial.queries import backlog
from yangguang.records.types import EventType, Receipt

HEAD = Receipt(bytes(32), 7, bytes(range(32)))


def test_a_receipt_is_logged_in_its_turn(desk: Desk) -> None:
    desk.take(manuscript("a"))
    receipt(HEAD, claimed_at=1_800_000_000)
    desk.take(manuscript("b"))
    desk.sequence()
    assert [event.type for event in desk.events()] == [EventType.IMPORT, EventType.RECEIPT, EventType.IMPORT]
    logged = desk.events()[1]
    assert (logged.receipt, logged.claimed_at, logged.id) == (HEAD, 1_800_000_000, None)


def test_a_receipt_found_in_the_log_after_a_restart_is_not_logged_again(desk: Desk) -> None:
    receipt(HEAD, claimed_at=1_800_000_000)
    desk.sequence()
    desk.restart()
    desk.sequence()
    assert len(desk.events()) == 1
    assert backlog().waiting == 0
