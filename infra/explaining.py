"""Turns a chain of events into sentences: what changed, and because of what."""

from collections.abc import Iterator

from domain.event import Event
from domain.ports import Recorded
from infra.history import Explained

SKIPPED = {"assignment_id", "team_id", "athlete_id", "season_plan_id", "cause_event_id", "adjustments", "baseline"}


def lines(explained: Explained) -> Iterator[str]:
    """The change, then each cause one step further in."""
    yield told(explained.change)
    depth = 0
    for depth, cause in enumerate(explained.causes, start=1):
        yield f"{'  ' * depth}because {told(cause)}"
    if explained.origin is not None:
        last = explained.causes[-1] if explained.causes else explained.change
        yield f"{'  ' * (depth + 1)}because of a message to {last.actor} ({explained.origin})"


def told(recorded: Recorded[Event]) -> str:
    """One event on one line: when, what, by whom, and its own fields."""
    when = recorded.occurred_at.strftime("%Y-%m-%d %H:%M:%S")
    return f"{when} {recorded.event.event_name} by {recorded.actor}: {content(recorded.event)}"


def content(event: Event) -> str:
    fields = {name: value for name, value in event if name not in SKIPPED and value is not None}
    before, after = fields.pop("load_before", None), fields.pop("load_after", None)
    parts = [f"load {before} → {after}"] if after is not None else []
    if baseline := getattr(event, "baseline", None):
        parts.append(f"load {baseline.load}")
    parts += [adjustment.reason for adjustment in getattr(event, "adjustments", ())]
    parts += [f"{name.replace('_', ' ')} {value}" for name, value in fields.items()]
    return ", ".join(parts)
