"""A record's life as a state machine: which event may follow which, and what it leaves behind. Pure.

Source: 条例 (2019) 第十四至十八条 (what may be taken back) and the design's list of events.
"""

from collections.abc import Mapping
from dataclasses import replace

from yangguang.editorial.types import Head, State
from yangguang.law.queries import ground, grounds
from yangguang.law.types import Use
from yangguang.records.queries import BODY, META
from yangguang.records.types import Event, EventType

_ALLOWED: Mapping[EventType, frozenset[State]] = {
    EventType.REVISE: frozenset({State.LIVE}),
    EventType.WITHDRAW: frozenset({State.LIVE}),
    EventType.RESTORE: frozenset({State.WITHDRAWN}),
    EventType.ERASE: frozenset({State.LIVE, State.WITHDRAWN}),
    EventType.RENDER: frozenset({State.LIVE, State.WITHDRAWN}),
}
_USES: Mapping[EventType, Use] = {EventType.WITHDRAW: Use.WITHDRAW, EventType.ERASE: Use.ERASE}
_BEGINS = frozenset({EventType.PUBLISH, EventType.IMPORT})


def why_not(event: Event, head: Head | None) -> str:
    """Return why `event` cannot follow `head`, or an empty string when it can."""
    if event.type in _BEGINS:
        return "" if head is None else f"{event.id} is a record already: revise it"
    if head is None:
        return f"{event.id} is not a record of this node"
    if head.state not in _ALLOWED[event.type]:
        return f"{event.id} is {head.state} since entry {head.last_index}: {event.type} is not possible"
    expected = head.revision + 1 if event.type is EventType.REVISE else head.revision
    if event.revision != expected:
        return f"{event.id} is at revision {head.revision}: {event.type} of revision {event.revision} comes too late"
    return _ground_forbids(event)


def _ground_forbids(event: Event) -> str:
    use = _USES.get(event.type)
    if use is None or use in ground(event.ground).uses:
        return ""
    fit = ", ".join(item.code for item in grounds() if use in item.uses)
    return f"ground {event.ground} does not bear a {event.type}: one of {fit} does"


def after(event: Event, head: Head | None, index: int) -> Head:
    """Return what `event`, logged at `index`, leaves behind; `head` is what stood before."""
    if head is None:
        return Head(event.revision or 1, index, State.LIVE)
    match event.type:
        case EventType.REVISE:
            return Head(event.revision or head.revision, index, State.LIVE)
        case EventType.WITHDRAW:
            return replace(head, last_index=index, state=State.WITHDRAWN)
        case EventType.RESTORE:
            return replace(head, last_index=index, state=State.LIVE)
        case EventType.ERASE if {META, BODY} & set(event.components):
            return replace(head, last_index=index, state=State.ERASED)
        case _:
            return replace(head, last_index=index)
