"""What of a season plan is taken and what is not, for any phases: against days counted one by one."""

from datetime import UTC, date, datetime, time, timedelta
from itertools import combinations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from consumers.planning_service import PhaseContent, SeasonPlanContent
from domain.rules.load import LoadLevel, PhaseType

FIRST = date(2026, 3, 1)
SPANS = st.lists(st.tuples(st.integers(0, 30), st.integers(-1, 6)), max_size=6)
"""Where a phase begins, and how many days later it ends."""


def phase(number: int, start: date | datetime, end: date | datetime) -> PhaseContent:
    return PhaseContent(
        phase_id=f"p{number}", type=PhaseType.PRESEASON, start_date=start, end_date=end, load_level=LoadLevel.LOW
    )


def plan(*phases: PhaseContent) -> SeasonPlanContent:
    return SeasonPlanContent(season_plan_id="s", team_id="17", phases=phases)


@given(SPANS, st.booleans())
def test_a_plan_is_taken_just_when_no_two_phases_share_a_day(spans: list[tuple[int, int]], instants: bool) -> None:
    days = [{start + offset for offset in range(length + 1)} for start, length in spans]
    fits = all(days) and all(one.isdisjoint(other) for one, other in combinations(days, 2))

    def of(number: int) -> date | datetime:
        day = FIRST + timedelta(days=number)
        return datetime.combine(day, time(), UTC) if instants else day

    try:
        taken = plan(*(phase(number, of(start), of(start + length)) for number, (start, length) in enumerate(spans)))
    except ValidationError:
        assert not fits
    else:
        assert fits
        assert [one.phase_id for one in taken.phases] == [f"p{number}" for number in range(len(spans))]


def test_instants_are_compared_as_instants() -> None:
    """A Berlin day ends at 21:59:59 UTC in summer, and the next begins a second later, on the same UTC day."""
    end, start = datetime(2026, 4, 30, 21, 59, 59, tzinfo=UTC), datetime.fromisoformat("2026-05-01T00:00:00+02:00")
    assert end.date() == start.astimezone(UTC).date()
    earlier = phase(1, datetime(2026, 3, 31, 22, tzinfo=UTC), end)
    assert len(plan(earlier, phase(2, start, start + timedelta(days=20))).phases) == 2
    with pytest.raises(ValidationError, match="'p2' starts on"):
        plan(earlier, phase(2, end, end + timedelta(days=20)))


def test_a_phase_of_one_day_is_a_phase() -> None:
    assert phase(1, FIRST, FIRST).end_date == FIRST
