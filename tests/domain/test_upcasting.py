"""Old payloads become what today's classes read."""

from typing import ClassVar

import pytest

from domain.assignment import AssignmentPlanned
from domain.event import Event, Payload
from domain.upcasting import upcast


class Grown(Event):
    """In its third version."""

    event_name = "test.grown"
    event_version = 3
    upcasters: ClassVar = {
        1: lambda payload: {**payload, "b": 2},
        2: lambda payload: {**payload, "c": payload["b"] + 1},
    }


def test_each_version_takes_its_remaining_steps() -> None:
    assert upcast(Grown, 1, {"a": 1}) == {"a": 1, "b": 2, "c": 3}
    assert upcast(Grown, 2, {"a": 1, "b": 7}) == {"a": 1, "b": 7, "c": 8}
    assert upcast(Grown, 3, {"a": 1}) == {"a": 1}


@pytest.mark.parametrize("version", [0, 4])
def test_a_version_that_never_was(version: int) -> None:
    with pytest.raises(LookupError, match="versions 1 to 3"):
        upcast(Grown, version, {})


def test_a_missing_step() -> None:
    class Gap(Event):
        event_name = "test.gap"
        event_version = 2

    with pytest.raises(LookupError, match="no upcaster from version 1 to 2"):
        upcast(Gap, 1, {})


def test_a_flat_base_load_moves_into_the_baseline() -> None:
    old: Payload = {"title": "Intervals", "baseLoad": 80.5}
    baseline = {"load": 80.5, "weekdays": None, "intensity": None, "exercises": None}
    assert upcast(AssignmentPlanned, 1, old) == {"title": "Intervals", "baseline": baseline}
    assert old == {"title": "Intervals", "baseLoad": 80.5}
