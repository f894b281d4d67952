"""What counts as a message of which kind; whatever else comes is malformed, and says where."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from consumers.cloud_events import Inbound, Malformed
from consumers.planning_messages import (
    KINDS,
    PHASE_CHANGE,
    SEASON_PLAN_UPDATE,
    TEMPLATE_APPLICATION,
    WORKLOAD_THRESHOLD,
    Kind,
    PhaseChange,
    SeasonPlanUpdate,
    TemplateApplication,
    WorkloadThreshold,
    kind_of,
    read,
)
from tests.support.planning import change_to
from tests.support.planning_desk import breach, follow, update

GOOD: list[tuple[Kind, dict[str, Any], type[Any]]] = [
    (PHASE_CHANGE, change_to("p1"), PhaseChange),
    (SEASON_PLAN_UPDATE, update("p1"), SeasonPlanUpdate),
    (WORKLOAD_THRESHOLD, breach(), WorkloadThreshold),
    (TEMPLATE_APPLICATION, follow(customizations={"loadMultiplier": 1.2, "trainingFrequency": 4}), TemplateApplication),
]


def said(data: dict[str, Any], of_type: str | None = None) -> Inbound:
    return Inbound(None, None, of_type, data, None)


@pytest.mark.parametrize(("kind", "data", "shape"), GOOD)
def test_each_kind_by_its_type_and_by_its_mark(kind: Kind, data: dict[str, Any], shape: type[Any]) -> None:
    assert isinstance(read(said(data)), shape)
    for ending in kind.endings:
        assert isinstance(read(said(data, f"org.planning.{ending}")), shape)
        assert [other for other in KINDS if ending.endswith(other.endings)] == [kind]


def test_the_type_tells_where_the_marks_would_not() -> None:
    both = {**change_to("p1"), **follow()}
    with pytest.raises(Malformed, match="newPhaseId and templateId"):
        kind_of(said(both))
    assert kind_of(said(both, "phase_change")) is PHASE_CHANGE


BAD: list[tuple[dict[str, Any], str]] = [
    (update(kind="phase_removed"), "it names no phase that would be removed"),
    (update("p1", kind="phase_lost"), "updateType: Input should be 'phase_added'"),
    (update("p1", updatedPhases="p1"), "updatedPhases"),
    (update("p1", updatedPhases=[1]), "updatedPhases.0"),
    (update("p1", updatedPhases=["p"] * 201), "updatedPhases"),
    (update("p1", triggeredBy=""), "triggeredBy"),
    (breach(magnitude=1.1), "recommendedAdjustment.magnitude: Input should be less than or equal to 1"),
    (breach(magnitude=-0.1), "magnitude"),
    (breach(currentValue="812"), "currentValue: Input should be a valid number"),
    (breach(currentValue=True), "currentValue"),
    (breach(currentValue=10**400), "currentValue"),
    (breach(thresholdValue=None), "thresholdValue"),
    (breach(thresholdType="boredom"), "thresholdType: Input should be 'high_load'"),
    (breach(recommendedAdjustment={"type": "cheer_up", "magnitude": 1}), "recommendedAdjustment.type"),
    (breach(recommendedAdjustment=None), "recommendedAdjustment"),
    (breach(playerId=""), "playerId"),
    (breach(occurredAt="2026-02-30"), "occurredAt"),
    (breach(occurredAt="2026-02-20T10:00:00"), "occurredAt"),
    (follow(startDate=None), "startDate"),
    (follow(startDate="0001-01-01"), "startDate"),
    (follow(templateId=""), "templateId"),
    (follow(customizations={"loadMultiplier": 0}), "customizations.loadMultiplier"),
    (follow(customizations={"trainingFrequency": 8}), "customizations.trainingFrequency"),
    (follow(customizations={"trainingFrequency": 3.0}), "customizations.trainingFrequency"),
    (follow(customizations=[]), "customizations"),
]


@pytest.mark.parametrize(("data", "reason"), BAD)
def test_what_is_wrong_is_named(data: dict[str, Any], reason: str) -> None:
    with pytest.raises(Malformed, match="it is no valid") as raised:
        read(said(data))
    assert reason in str(raised.value)


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text() | st.dates().map(str),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
    max_leaves=6,
)


@given(st.sampled_from([data for _, data, _ in GOOD]), st.data())
def test_any_value_in_any_field_is_understood_or_malformed(good: dict[str, Any], draw: st.DataObject) -> None:
    fields = draw.draw(st.lists(st.sampled_from(sorted(good)), min_size=1, max_size=3))
    data = {**good, **{field: draw.draw(JSON) for field in fields}}
    for missing in draw.draw(st.sets(st.sampled_from(sorted(good)), max_size=1)):
        del data[missing]
    try:
        message = read(said(data))
    except Malformed:
        return
    assert isinstance(message.team_id, str)
