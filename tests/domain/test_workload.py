"""Thresholds that were breached restrict for a while; several of them as much as the strictest, and no more."""

from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given as any_given
from hypothesis import strategies as st
from pydantic import ValidationError

from domain.catalogue import decider_for
from domain.event import Event
from domain.rules.workload_response import (
    ResponseType,
    Restriction,
    ThresholdType,
    days_in_force,
    restriction_for,
    strictest,
)
from domain.workload import (
    Ending,
    EndRestriction,
    RecordThresholdBreach,
    Workload,
    WorkloadRestrictionEnded,
    WorkloadThresholdBreached,
)
from tests.domain.known import ATHLETE, TEAM, WORKLOAD
from tests.domain.season import noon
from tests.support.scenario import context, given

MONDAY = date(2026, 3, 2)
DAY = timedelta(days=1)
ZONE = "Europe/Madrid"
END_EXPIRED = EndRestriction(team_id=TEAM, athlete_id=ATHLETE, zone=ZONE)


def breach(**other: Any) -> RecordThresholdBreach:
    fields: dict[str, Any] = {
        "threshold_type": ThresholdType.HIGH_LOAD,
        "current_value": 1.62,
        "threshold_value": 1.5,
        "response": ResponseType.REDUCE_LOAD,
        "magnitude": 0.3,
        "on": MONDAY,
        **other,
    }
    return RecordThresholdBreach(team_id=TEAM, athlete_id=ATHLETE, zone=ZONE, triggered_by="planner", **fields)


def breached(restriction: int = 1, **other: Any) -> WorkloadThresholdBreached:
    fields: dict[str, Any] = {
        "threshold_type": "high_load",
        "response": ResponseType.REDUCE_LOAD,
        "magnitude": 0.3,
        "skip": False,
        "fraction": 0.7,
        "easy_only": False,
        "starts_on": MONDAY,
        "ends_on": MONDAY + 6 * DAY,
        "current_value": 1.62,
        "threshold_value": 1.5,
        **other,
    }
    return WorkloadThresholdBreached(
        workload_id=WORKLOAD,
        team_id=TEAM,
        athlete_id=ATHLETE,
        restriction=restriction,
        triggered_by="planner",
        **fields,
    )


def over(restriction: int, ended_on: date, ending: Ending = Ending.BY_HAND) -> WorkloadRestrictionEnded:
    return WorkloadRestrictionEnded(
        workload_id=WORKLOAD,
        team_id=TEAM,
        athlete_id=ATHLETE,
        restriction=restriction,
        ended_on=ended_on,
        ending=ending,
    )


def end(restriction: int) -> EndRestriction:
    return EndRestriction(team_id=TEAM, athlete_id=ATHLETE, zone=ZONE, restriction=restriction)


def workload_after(*events: Event) -> Workload:
    workload = decider_for(RecordThresholdBreach).fold(events)
    assert isinstance(workload, Workload)
    return workload


def holding(workload: Workload, day: date) -> Restriction | None:
    return strictest(held.restriction for held in workload.restrictions if held.starts_on <= day <= held.ends_on)


def test_known_failure_a_workload_threshold_was_only_logged() -> None:
    given().when(breach()).then(breached())
    assert holding(workload_after(breached()), MONDAY) == Restriction(skip=False, fraction=0.7, easy_only=False)


@pytest.mark.parametrize(
    ("response", "restricts"),
    [
        (ResponseType.REDUCE_LOAD, {"skip": False, "fraction": 0.7, "easy_only": False}),
        (ResponseType.INCREASE_RECOVERY, {"skip": False, "fraction": 0.7, "easy_only": True}),
        (ResponseType.SKIP_TRAINING, {"skip": True, "fraction": 0.0, "easy_only": False}),
    ],
)
@pytest.mark.parametrize(
    ("threshold", "last"),
    [
        (ThresholdType.HIGH_LOAD, date(2026, 3, 8)),
        (ThresholdType.RECOVERY_NEEDED, date(2026, 3, 4)),
        (ThresholdType.INJURY_RISK, date(2026, 3, 15)),
    ],
)
def test_every_threshold_and_response(
    threshold: ThresholdType, last: date, response: ResponseType, restricts: dict[str, Any]
) -> None:
    given().when(breach(threshold_type=threshold, response=response)).then(
        breached(threshold_type=threshold.value, response=response, ends_on=last, **restricts)
    )


def test_an_instant_is_the_day_in_the_teams_zone() -> None:
    given().when(breach(on=datetime(2026, 3, 1, 23, 0, tzinfo=UTC))).then(breached())
    before_midnight: dict[str, Any] = {"starts_on": MONDAY - DAY, "ends_on": MONDAY + 5 * DAY}
    given().when(breach(on=datetime(2026, 3, 1, 22, 59, tzinfo=UTC))).then(breached(**before_midnight))


def test_known_failure_repeated_breaches_stacked() -> None:
    """Told again on the day it is nothing new; told on the next it holds a day longer, and no stricter."""
    given(breached()).when(breach(current_value=1.7)).then()
    tuesday = breached(2, starts_on=MONDAY + DAY, ends_on=MONDAY + 7 * DAY)
    given(breached()).when(breach(on=MONDAY + DAY)).then(tuesday)
    held = [holding(workload_after(breached(), tuesday), MONDAY + offset * DAY) for offset in range(9)]
    assert held == [Restriction(skip=False, fraction=0.7, easy_only=False)] * 8 + [None]


def test_a_lesser_later_one_does_not_loosen_and_holds_once_the_stricter_is_over() -> None:
    strict = breached(magnitude=0.6, fraction=0.4, ends_on=MONDAY + 2 * DAY, threshold_type="recovery_needed")
    given(strict).when(breach()).then(lesser := breached(2))
    held = [holding(workload_after(strict, lesser), MONDAY + offset * DAY) for offset in (0, 2, 3)]
    assert [each.fraction for each in held if each] == [0.4, 0.4, 0.7]
    assert [each.number for each in workload_after(strict, lesser, over(1, MONDAY)).restrictions] == [2]


def test_the_same_for_fewer_days_is_another() -> None:
    shorter = breached(2, threshold_type="recovery_needed", ends_on=MONDAY + 2 * DAY)
    given(breached()).when(breach(threshold_type=ThresholdType.RECOVERY_NEEDED)).then(shorter)


def test_one_that_starts_later_and_ends_alike_is_no_reason_to_leave_the_days_before_free() -> None:
    later = breached(starts_on=MONDAY + 4 * DAY, ends_on=MONDAY + 6 * DAY, threshold_type="recovery_needed")
    given(later).when(breach()).then(breached(2))


def test_a_person_ends_one_and_the_others_stay() -> None:
    second = breached(2, magnitude=0.5, fraction=0.5)
    given(breached(), second).when(end(1)).then(over(1, MONDAY))
    given(breached(), second, over(1, MONDAY)).when(end(1)).then()
    given(breached(), second).at(noon(MONDAY + 3 * DAY)).when(end(2)).then(over(2, MONDAY + 3 * DAY))


def test_it_expires_after_its_last_day() -> None:
    given(breached()).at(noon(MONDAY + 6 * DAY)).when(END_EXPIRED).then()
    given(breached()).at(noon(MONDAY + 7 * DAY)).when(END_EXPIRED).then(over(1, MONDAY + 7 * DAY, Ending.EXPIRED))


def test_found_late_it_ended_when_its_days_were_over() -> None:
    short = breached(2, ends_on=MONDAY + 2 * DAY)
    given(breached(), short).at(noon(MONDAY + 30 * DAY)).when(END_EXPIRED).then(
        over(1, MONDAY + 7 * DAY, Ending.EXPIRED), over(2, MONDAY + 3 * DAY, Ending.EXPIRED)
    )
    given(breached()).at(noon(MONDAY + 30 * DAY)).when(end(1)).then(over(1, MONDAY + 7 * DAY))


def test_midnight_in_the_teams_zone_is_when_a_day_is_over() -> None:
    just_before = datetime(2026, 3, 8, 22, 59, tzinfo=UTC)
    given(breached()).at(just_before).when(END_EXPIRED).then()
    given(breached()).at(just_before + timedelta(minutes=1)).when(END_EXPIRED).then(
        over(1, MONDAY + 7 * DAY, Ending.EXPIRED)
    )


def test_numbers_are_not_used_again() -> None:
    given(breached(), over(1, MONDAY)).when(breach()).then(breached(2))


def test_a_restriction_that_never_was() -> None:
    error = given().when(end(1)).raises("not-found", str(ATHLETE))
    assert error.hint
    given().when(END_EXPIRED).raises("not-found")
    given(breached()).when(end(2)).raises("not-found", "has had 1 restrictions, not 2")


@pytest.mark.parametrize(
    "wrong",
    [
        {"magnitude": 1.01},
        {"magnitude": -0.01},
        {"magnitude": 30},
        {"magnitude": float("nan")},
        {"current_value": float("inf")},
        {"threshold_value": float("nan")},
        {"threshold_type": "tired"},
        {"response": "rest"},
        {"on": datetime(2026, 3, 2, 8)},
        {"on": "9999-12-31"},
        {"note": "his knee"},
    ],
)
def test_what_no_breach_can_be(wrong: dict[str, Any]) -> None:
    with pytest.raises(ValidationError):
        breach(**wrong)


BREACHES = st.lists(
    st.builds(
        lambda threshold, response, tenths, day: breach(
            threshold_type=threshold, response=response, magnitude=tenths / 10, on=MONDAY + day * DAY
        ),
        st.sampled_from(ThresholdType),
        st.sampled_from(ResponseType),
        st.integers(0, 10),
        st.integers(0, 10),
    ),
    max_size=8,
)


def asked(breaches: list[RecordThresholdBreach]) -> Workload | None:
    decider, workload = decider_for(RecordThresholdBreach), None
    for each in breaches:
        workload = decider.fold(decider.decide(each, workload, context()), workload)
    return workload


@any_given(BREACHES, st.randoms(use_true_random=False))
def test_in_any_order_and_number_each_day_has_the_strictest_that_holds_on_it(breaches: Any, order: Any) -> None:
    shuffled = [*breaches, *breaches]
    order.shuffle(shuffled)
    first, second = asked(breaches), asked(shuffled)
    for offset in range(30):
        day = MONDAY + offset * DAY
        expected = strictest(
            restriction_for(each.response, each.magnitude)
            for each in breaches
            if each.on <= day < each.on + days_in_force(each.threshold_type) * DAY
        )
        assert (first and holding(first, day)) == (second and holding(second, day)) == expected


@any_given(BREACHES.filter(bool), st.integers(0, 30))
def test_what_is_over_on_a_day_ends_then_and_nothing_else_does(breaches: Any, offset: int) -> None:
    workload, today = asked(breaches), MONDAY + offset * DAY
    assert workload is not None
    decider = decider_for(EndRestriction)
    events = decider.decide(END_EXPIRED, workload, context(now=noon(today)))
    left = decider.fold(events, workload)
    assert left is not None
    assert [held for held in workload.restrictions if held.ends_on >= today] == list(left.restrictions)
    assert decider.decide(END_EXPIRED, left, context(now=noon(today))) == ()
