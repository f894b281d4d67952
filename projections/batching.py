"""Sorts a mixed batch of events into few groups of one type each, without changing what they do.

Events of different scopes write different rows, so their order does not matter; within a scope it does. Each event
goes into the earliest group of its type that comes after the group of its scope's event before it. A fan-out's
10 000 adjustments of 10 000 assignments are one group; ten adjustments of one assignment are ten.
"""

from bisect import bisect_right
from collections.abc import Collection, Sequence
from typing import Literal
from uuid import UUID

from domain.event import Event
from domain.ports import Recorded

Scope = Literal["stream", "partition"]
Group = tuple[type[Event], list[Recorded[Event]]]


def grouped(batch: Sequence[Recorded[Event]], wanted: Collection[type[Event]], scope: Scope) -> list[Group]:
    """The events of ``wanted`` types, to be handled group by group. No group has two events of one scope."""
    by_stream = scope == "stream"
    groups: list[Group] = []
    places: dict[type[Event], list[int]] = {event_type: [] for event_type in wanted}
    last: dict[UUID, int] = {}
    for recorded in batch:
        event_type = type(recorded.event)
        of_type = places.get(event_type)
        if of_type is None:
            continue
        key = recorded.stream_id if by_stream else recorded.partition_key
        next_place = bisect_right(of_type, last.get(key, -1))
        if next_place == len(of_type):
            of_type.append(len(groups))
            groups.append((event_type, []))
        place = of_type[next_place]
        groups[place][1].append(recorded)
        last[key] = place
    return groups
