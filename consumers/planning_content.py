"""What the planning service has said, in the words of the domain's commands; what those do not take is malformed."""

from typing import TypeVar

from pydantic import BaseModel, ValidationError

from consumers.cloud_events import Malformed, explained
from consumers.planning_service import IntensityContent, PhaseContent, SeasonPlanContent, TemplateContent

M = TypeVar("M", bound=BaseModel)


def refuse_missing(plan: SeasonPlanContent, phase_ids: tuple[str, ...]) -> None:
    there = [phase.phase_id for phase in plan.phases]
    if missing := sorted(set(phase_ids).difference(there)):
        raise Malformed(
            f"it names what the planning service's season plan does not have: phase {', '.join(missing)} "
            f"(it has: {', '.join(there) or 'none'})"
        )


def content_of(phase: PhaseContent) -> dict[str, object]:
    """What it is, without its days."""
    return {
        "phase_type": phase.type,
        "load_level": phase.load_level,
        "sessions_per_week": phase.sessions_per_week,
        "intensity": phase.intensity,
        "focus_areas": phase.focus_areas,
    }


def declared(phase: PhaseContent) -> dict[str, object]:
    return {"phase_id": phase.phase_id, "starts": phase.start_date, "ends": phase.end_date, **content_of(phase)}


def fixtures(plan: SeasonPlanContent) -> list[dict[str, object]] | None:
    """None where it says nothing of games: those that coaches have added stay."""
    if "fixtures" not in plan.model_fields_set:
        return None
    return [{"fixture_id": each.fixture_id, "on": each.date, "title": each.title} for each in plan.fixtures]


def workouts(template: TemplateContent) -> list[dict[str, object]]:
    """Where the template says nothing, there is none: an empty list would be something."""
    return [
        {
            **each.model_dump(include={"week", "weekday", "title", "sport", "load"}, by_alias=False),
            "intensity": intensity(each.intensity),
            "exercises": [exercise.model_dump(by_alias=False) for exercise in each.exercises] or None,
        }
        for each in template.workouts
    ]


def intensity(content: IntensityContent | None) -> dict[str, object] | None:
    if content is None or content == IntensityContent():
        return None
    power, heart_rate = content.power_pct_ftp, content.heart_rate_pct_max
    return {
        "zones": content.zones,
        "power_pct_ftp": power and {"low": power[0], "high": power[1]},
        "heart_rate_pct_max": heart_rate and {"low": heart_rate[0], "high": heart_rate[1]},
    }


def built(kind: type[M], of: str, **values: object) -> M:
    """Raises Malformed where that is more than the domain takes; the text names fields and no values."""
    try:
        return kind.model_validate(values)
    except ValidationError as error:
        raise Malformed(f"the {of} has what cannot be taken: {explained(error)}") from error
