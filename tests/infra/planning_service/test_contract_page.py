"""What docs/planning-contract.md shows is what the client understands and sends."""

import json
import re
from pathlib import Path
from typing import Any
from uuid import UUID

import infra
from consumers.planning_service import CompletionNotice, PhaseContent, SeasonPlanContent
from infra.planning_service.answers import HINTS, PASSING, detail_of, template_of
from infra.planning_service.client import Patience
from infra.settings import Settings

PAGE = (Path(infra.__file__).parents[1] / "docs" / "planning-contract.md").read_text()
EXAMPLES = re.findall(r"```json\n(.*?)```", PAGE, re.DOTALL)


def camel_fields(model: Any) -> set[str]:
    return {str(field.alias) for field in model.model_fields.values()}


def test_its_examples_are_understood() -> None:
    phase, plan, template, notice, problem = EXAMPLES
    assert PhaseContent.model_validate_json(phase).phase_id == "pre-26"
    assert camel_fields(PhaseContent) == set(json.loads(phase)), "the example has every field"
    assert [one.phase_id for one in SeasonPlanContent.model_validate_json(plan).phases] == ["pre-26", "in-26"]
    assert camel_fields(SeasonPlanContent) == set(json.loads(plan))
    assert len(template_of(template.encode(), "base-3").workouts) == 2
    assert CompletionNotice.model_validate_json(notice).notice_id == UUID("0199c0de-0000-7000-8000-000000000001")
    assert camel_fields(CompletionNotice) == set(json.loads(notice))
    assert detail_of(problem.encode()) == " (team 18 has no season plan)"


def test_it_names_the_settings_and_statuses_that_there_are() -> None:
    named = set(re.findall(r"PLANNING_[A-Z_]+", PAGE))
    assert named == {name.upper() for name in Settings.model_fields if name.startswith("planning_")} - {
        "PLANNING_TOPIC"
    }
    errors = PAGE.partition("## Errors")[2]
    assert {int(code) for code in re.findall(r"`(4\d\d)`", errors)} == {*PASSING, *HINTS}
    assert f"up to {Patience().longest_wait_s:g} s the client waits itself" in errors
    assert Patience().attempts == 3, "the page says three attempts"
