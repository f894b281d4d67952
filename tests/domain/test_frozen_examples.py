"""What was ever stored can be read for ever: one frozen example an event name and version.

A file in ``examples/`` is never changed. Whoever changes an event's shape raises its version, writes the upcaster, and
adds the new version's example.
"""

import json
from pathlib import Path
from typing import Any, NamedTuple

import pytest

from domain.assignment import AssignmentPlanned
from domain.catalogue import EVENTS
from domain.event import Event
from domain.rules.intensity import IntensityLevel
from domain.season_plan import PhaseAdded, PhaseChanged
from domain.upcasting import upcast

EXAMPLES = Path(__file__).parent / "examples"


class Example(NamedTuple):
    event_type: type[Event]
    version: int

    @property
    def path(self) -> Path:
        return EXAMPLES / f"{self.event_type.event_name}.v{self.version}.json"

    def payload(self) -> dict[str, Any]:
        payload: dict[str, Any] = json.loads(self.path.read_text(encoding="utf-8"))
        return payload

    def decoded(self) -> Event:
        payload = upcast(self.event_type, self.version, self.payload())
        return self.event_type.model_validate_json(json.dumps(payload))


EVERY = [
    Example(event_type, version) for event_type in EVENTS.values() for version in range(1, event_type.event_version + 1)
]
CURRENT = [example for example in EVERY if example.version == example.event_type.event_version]


def file_name(example: Example) -> str:
    return example.path.stem


def test_each_version_of_each_event_has_its_example_and_no_other_file_lies_there() -> None:
    assert {path.name for path in EXAMPLES.iterdir()} == {example.path.name for example in EVERY}


@pytest.mark.parametrize("example", EVERY, ids=file_name)
def test_it_decodes(example: Example) -> None:
    assert isinstance(example.decoded(), example.event_type)


@pytest.mark.parametrize("example", CURRENT, ids=file_name)
def test_the_current_version_is_written_just_so(example: Example) -> None:
    assert json.loads(example.decoded().model_dump_json(by_alias=True)) == example.payload()


@pytest.mark.parametrize("example", CURRENT, ids=file_name)
def test_a_field_that_a_later_version_may_bring_is_ignored(example: Example) -> None:
    payload = {**example.payload(), "broughtLater": 1}
    assert example.event_type.model_validate_json(json.dumps(payload)) == example.decoded()


def test_the_first_two_versions_of_a_planned_assignment_tell_the_same() -> None:
    first, second = (Example(AssignmentPlanned, version) for version in (1, 2))
    assert first.payload() != second.payload()
    assert first.decoded() == second.decoded()


@pytest.mark.parametrize("event_type", [PhaseAdded, PhaseChanged])
def test_a_phase_of_old_prescribes_no_more_than_its_load(event_type: type[PhaseAdded | PhaseChanged]) -> None:
    old, new = Example(event_type, 1).decoded(), Example(event_type, 2).decoded()
    assert isinstance(old, event_type)
    assert isinstance(new, event_type)
    assert (old.sessions_per_week, old.intensity, old.focus_areas) == (None, None, ())
    assert (new.sessions_per_week, new.intensity, new.focus_areas) == (3, IntensityLevel.HIGH, ("power", "agility"))
