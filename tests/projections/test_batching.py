"""Grouping keeps what matters: within a scope the order, and never two events of one scope in one group."""

from uuid import UUID, uuid4

from hypothesis import given
from hypothesis import strategies as st

from domain.assignment import AssignmentStarted
from domain.athlete import AthleteForgotten
from domain.event import Event
from domain.ids import AssignmentId, AthleteId, TeamId
from domain.ports import Position, Recorded
from domain.team import AutoApplySet
from projections.batching import Scope, grouped
from tests.support.read_models import CAUSE, ORGANIZATION, START

TYPES: tuple[type[Event], ...] = (AssignmentStarted, AutoApplySet, AthleteForgotten)


def recorded(place: int, kind: int, stream: int, partition: int) -> Recorded[Event]:
    ids = UUID(int=stream)
    event: Event = (
        AssignmentStarted(assignment_id=AssignmentId(ids), team_id=TeamId(ids), athlete_id=AthleteId(ids)),
        AutoApplySet(team_id=TeamId(ids), auto_apply_adjustments=True),
        AthleteForgotten(athlete_id=AthleteId(ids)),
    )[kind]
    return Recorded(
        event=event, event_id=uuid4(), stream_id=ids, version=place + 1, position=Position(1, place, 0),
        organization_id=ORGANIZATION, partition_key=UUID(int=1000 + partition), actor="a", occurred_at=START,
        recorded_at=START, correlation_id=CAUSE, causation_id=None,
    )  # fmt: skip


batches = st.lists(st.tuples(st.integers(0, 2), st.integers(0, 4), st.integers(0, 2)), max_size=40).map(
    lambda parts: [recorded(place, *part) for place, part in enumerate(parts)]
)


@given(batches, st.sampled_from(["stream", "partition"]), st.sets(st.sampled_from(TYPES)))
def test_groups_hold_every_wanted_event_once_and_each_scope_in_order(
    batch: list[Recorded[Event]], scope: Scope, wanted: set[type[Event]]
) -> None:
    groups = grouped(batch, wanted, scope)

    def key(one: Recorded[Event]) -> UUID:
        return one.stream_id if scope == "stream" else one.partition_key

    for event_type, events in groups:
        assert {type(one.event) for one in events} == {event_type}
        assert len({key(one) for one in events}) == len(events)
    for scope_key in {key(one) for one in batch}:
        handled = [one for _, events in groups for one in events if key(one) == scope_key]
        assert handled == [one for one in batch if key(one) == scope_key and type(one.event) in wanted]


def test_a_fan_out_is_one_group_however_many_streams_it_reaches() -> None:
    batch = [recorded(place, 0, place, 0) for place in range(50)]
    assert [len(events) for _, events in grouped(batch, TYPES, "stream")] == [50]


def test_interleaved_types_of_different_streams_come_to_one_group_each() -> None:
    batch = [recorded(place, place % 3, place, place) for place in range(30)]
    assert [len(events) for _, events in grouped(batch, TYPES, "stream")] == [10, 10, 10]
