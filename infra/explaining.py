"""Turns a chain of events into sentences: what changed, and because of what."""

from collections.abc import Iterator, Sequence
from enum import Enum
from typing import Any, assert_never

from domain.assignment import AssignmentAdjustedByHand
from domain.event import Event, StoredModel
from domain.ports import Recorded
from domain.prescription import Adjustment, Exercise, Intensity, Prescription, Range
from infra.history import Explained

IDS = {
    "assignment_id", "team_id", "athlete_id", "season_plan_id", "workload_id", "application_id", "cause_event_id",
}  # fmt: skip
SCHEDULER, PLANNING = "scheduler", "planning:"
SHAPES = {"baseline", "adjustments", "load_before", "load_after", "shown"}
HANDS = {"load", "weekdays", "intensity", "exercises"}
WEEKDAYS = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")
NOTHING = "none"


def lines(explained: Explained) -> Iterator[str]:
    """The change, then each cause one step further in."""
    yield told(explained.change)
    effect = explained.change
    for depth, cause in enumerate(explained.causes, start=1):
        why = "because its time had come, as set by" if effect.actor == SCHEDULER else "because"
        yield f"{'  ' * depth}{why} {told(cause)}"
        effect = cause
    if explained.origin is not None:
        yield f"{'  ' * (len(explained.causes) + 1)}because of {outside(effect.actor)} ({explained.origin})"


def outside(actor: str) -> str:
    """What is not in the log: a message, where a planning source acts; of others there is no more than the id."""
    return f"a message from {actor}" if actor.startswith(PLANNING) else "what is not in the log"


def told(recorded: Recorded[Event]) -> str:
    """One event on one line: when, what, by whom, and its own fields."""
    when = recorded.occurred_at.strftime("%Y-%m-%d %H:%M:%S")
    return f"{when} {recorded.event.event_name} by {recorded.actor}: {content(recorded.event)}"


def content(event: Event) -> str:
    """What shows before and after, what was adjusted and why, and whatever else the event says."""
    fields = {name: value for name, value in event if name not in IDS and value is not None}
    parts = []
    if (planned := fields.get("baseline")) is not None:
        parts.append(f"planned {prescribed(planned)}")
    after: float | None = fields.get("load_after")  # of what was stored before more than the load could show
    shown: Prescription | None = fields.get("shown")
    after = after if shown is None else shown.load
    if after is not None:
        parts.append(f"load {fields['load_before']} → {after}")
    parts += [adjusted(adjustment, after) for adjustment in fields.get("adjustments", ())]
    if isinstance(event, AssignmentAdjustedByHand):
        parts.append(f"set by hand: {prescribed(event)}")
        fields = {name: value for name, value in fields.items() if name not in HANDS}
    elif shown is not None and (more := beside_the_load(shown)):
        parts.append(f"now {', '.join(more)}")
    parts += [f"{name.replace('_', ' ')} {plain(name, value)}" for name, value in fields.items() if name not in SHAPES]
    return "; ".join(parts)


def prescribed(whole: Prescription | AssignmentAdjustedByHand) -> str:
    """All of it that there is: ``load 60.0, on Mon, Wed, zones 2, 4``."""
    load = [] if whole.load is None else [f"load {whole.load}"]
    return ", ".join(load + beside_the_load(whole))


def beside_the_load(whole: Prescription | AssignmentAdjustedByHand) -> list[str]:
    parts = []
    if whole.weekdays is not None:
        parts.append(f"on {days(whole.weekdays)}")
    if whole.intensity is not None:
        parts += [f"{name} {value}" for name, value in targets(whole.intensity).items()]
    if whole.exercises is not None:
        parts.append(f"exercises {exercises(whole.exercises)}")
    return parts


def adjusted(adjustment: Adjustment, shown_load: float | None) -> str:
    """``Mon, Wed → Mon (why)``; of a load the reason alone, unless another layer lies above and shows another."""
    reason = adjustment.reason
    match adjustment.kind:
        case "load":
            return reason if adjustment.adjusted == shown_load else f"{reason}, is {adjustment.adjusted} beneath"
        case "frequency":
            return f"days {days(adjustment.original)} → {days(adjustment.adjusted)} ({reason})"
        case "intensity":
            before, after = targets(adjustment.original), targets(adjustment.adjusted)
            changes = [f"{name} {before[name]} → {after[name]}" for name in before if before[name] != after[name]]
            return f"{', '.join(changes)} ({reason})"
        case "exercise_selection":
            return f"exercises {exercises(adjustment.original)} → {exercises(adjustment.adjusted)} ({reason})"
        case _:
            assert_never(adjustment)


def days(weekdays: Sequence[int]) -> str:
    return ", ".join(WEEKDAYS[weekday - 1] for weekday in weekdays) or NOTHING


def targets(intensity: Intensity) -> dict[str, str]:
    """What it is measured by, and the target in that."""
    found = {"zones": ", ".join(intensity.zones)} if intensity.zones else {}
    ranges = {"power": (intensity.power_pct_ftp, "FTP"), "heart rate": (intensity.heart_rate_pct_max, "maximum")}
    return found | {name: f"{span(target)} % of {of}" for name, (target, of) in ranges.items() if target is not None}


def span(target: Range) -> str:
    return f"{target.low:g}" if target.low == target.high else f"{target.low:g}–{target.high:g}"


def exercises(chosen: Sequence[Exercise]) -> str:
    return ", ".join(map(exercise, chosen)) or NOTHING


def exercise(one: Exercise) -> str:
    match one.sets, one.reps:
        case None, None:
            return one.name
        case sets, None:
            return f"{one.name} {sets} sets"
        case None, reps:
            return f"{one.name} {reps} times"
        case sets, reps:
            return f"{one.name} {sets} × {reps}"


def plain(name: str, value: Any) -> str:
    """As a person writes it: yes and no, names of days, lists without brackets; of a template's workouts how many."""
    if isinstance(value, bool):
        return "yes" if value else "no"
    if name == "games":
        return days(value)
    if isinstance(value, tuple) and any(isinstance(one, StoredModel) for one in value):
        return str(len(value))
    if isinstance(value, tuple):
        return ", ".join(plain("", one) for one in value) or NOTHING
    return str(value.value if isinstance(value, Enum) else value)
