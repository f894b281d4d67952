"""The same assignment by the library's own means, unmodified: Aggregate, Application, JSON mapper, PostgreSQL recorder.

Events carry the same fields as ours, in the types that the library's transcoder knows by default.
"""
# The parameters of an event's method are the event's fields, whether the state needs them or not.
# ruff: noqa: ARG002

from collections.abc import Iterator
from contextlib import contextmanager
from typing import LiteralString
from uuid import UUID

from eventsourcing.application import Application
from eventsourcing.domain import Aggregate, event
from psycopg import conninfo

from domain.assignment.commands import PhaseRef
from domain.assignment.layers import load_adjustment
from domain.prescription import Prescription
from domain.rules.load import LoadLevel, adjusted_load
from infra.clock import new_id

Prescribed = dict[str, float | None]


def of_load(load: float) -> Prescribed:
    """A prescription of nothing but a load, as ours is stored."""
    return Prescription(load=load).model_dump()


class Workout(Aggregate):
    """What ``domain/assignment`` is, as far as the measures need it."""

    @staticmethod
    def create_id() -> UUID:
        """The same kind of id as ours, so that the indexes fill alike."""
        return new_id()

    @event("Planned")
    def __init__(
        self, team_id: UUID, athlete_id: UUID, title: str, sport: str, scheduled_on: str, baseline: Prescribed
    ) -> None:
        self.team_id = team_id
        self.athlete_id = athlete_id
        self.title = title
        self.sport = sport
        self.scheduled_on = scheduled_on
        self.baseline_load = baseline["load"] or 0.0
        self.phase_load: float | None = None
        self.season_revision = 0
        self.started = False

    @property
    def shown_load(self) -> float:
        return self.baseline_load if self.phase_load is None else self.phase_load

    def adjust_for_phase(self, phase: PhaseRef, season_plan_id: UUID, season_revision: int) -> None:
        if self.season_revision >= season_revision:
            return
        adjustment = load_adjustment(self.baseline_load, phase.phase_id, phase.load_level, eve_of_game=False)
        self._adjust(
            team_id=self.team_id,
            athlete_id=self.athlete_id,
            phase_id=phase.phase_id,
            season_plan_id=season_plan_id,
            season_revision=season_revision,
            load_level=phase.load_level.value,
            adjustments=[adjustment.model_dump()],
            load_before=self.shown_load,
            shown=of_load(adjustment.adjusted),
        )

    @event("PhaseAdjusted")
    def _adjust(
        self,
        team_id: UUID,
        athlete_id: UUID,
        phase_id: str,
        season_plan_id: UUID,
        season_revision: int,
        load_level: str,
        adjustments: list[dict[str, str | float]],
        load_before: float,
        shown: Prescribed,
    ) -> None:
        self.phase_load = adjusted_load(self.baseline_load, LoadLevel(load_level))
        self.season_revision = season_revision

    def start(self) -> None:
        if not self.started:
            self._start(team_id=self.team_id, athlete_id=self.athlete_id)

    @event("Started")
    def _start(self, team_id: UUID, athlete_id: UUID) -> None:
        self.started = True


class Workouts(Application[UUID]):
    """Its events are in the table ``workouts_events``."""


COUNT: LiteralString = "SELECT count(*) FROM workouts_events"


@contextmanager
def open_library(database_url: str, *, connections: int = 1, create: bool = False) -> Iterator[Workouts]:
    """``create`` makes its table; by one process at a time, as two at once fail.

    All else is default, but for as many connections as there are writers.
    """
    parts = {name: str(value) for name, value in conninfo.conninfo_to_dict(database_url).items()}
    application = Workouts(
        {
            "PERSISTENCE_MODULE": "eventsourcing.postgres",
            "POSTGRES_DBNAME": parts["dbname"],
            "POSTGRES_HOST": parts["host"],
            "POSTGRES_PORT": parts.get("port", "5432"),
            "POSTGRES_USER": parts["user"],
            "POSTGRES_PASSWORD": parts.get("password", "unused"),
            "POSTGRES_POOL_SIZE": str(connections),
            "CREATE_TABLE": "yes" if create else "no",
        }
    )
    try:
        yield application
    finally:
        application.close()


def create_tables(database_url: str) -> None:
    with open_library(database_url, create=True):
        pass
