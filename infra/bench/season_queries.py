"""What is asked of the read models that ``season_rows.py`` fills."""

from collections.abc import Callable, Mapping
from datetime import date
from typing import Protocol
from uuid import UUID

from psycopg import Connection

from projections.readiness import player_readiness, team_readiness
from projections.season import season_plan
from projections.template_library import ApplicationCursor, TemplateCursor, applications, template, templates
from projections.training_load import daily_loads
from projections.workload_restrictions import RestrictionCursor, athlete_restrictions, team_restrictions


class AskedAbout(Protocol):
    """A team, one of its players, their club, and a template of that."""

    @property
    def team(self) -> UUID: ...

    @property
    def athlete(self) -> UUID: ...

    @property
    def club(self) -> UUID: ...

    @property
    def template(self) -> UUID: ...


TODAY = date(2026, 12, 28)
FIRST = date(2026, 7, 1)
NEXT = UUID(int=1 << 127)

QUERIES: Mapping[str, Callable[[Connection, AskedAbout], object]] = {
    "season plan of a team": lambda c, a: season_plan(c, a.team),
    "daily loads of an athlete, a season": lambda c, a: daily_loads(c, [a.athlete], FIRST, TODAY),
    "readiness of a team": lambda c, a: team_readiness(c, a.team, TODAY),
    "readiness of an athlete": lambda c, a: player_readiness(c, a.athlete, TODAY),
    "restrictions of a team": lambda c, a: team_restrictions(c, a.team),
    "restrictions of a team, that hold on a day": lambda c, a: team_restrictions(c, a.team, on=date(2026, 10, 1)),
    "restrictions of a team, a later page": lambda c, a: team_restrictions(
        c, a.team, before=RestrictionCursor(date(2026, 10, 1), NEXT, 2)
    ),
    "restrictions of an athlete": lambda c, a: athlete_restrictions(c, a.athlete),
    "templates of a club": lambda c, a: templates(c, a.club),
    "templates of a club, a later page": lambda c, a: templates(c, a.club, after=TemplateCursor("Template 5", NEXT)),
    "a template with its workouts": lambda c, a: template(c, a.template),
    "templates that a team follows": lambda c, a: applications(c, a.team),
    "templates that a team follows, a later page": lambda c, a: applications(
        c, a.team, before=ApplicationCursor(date(2026, 10, 1), NEXT)
    ),
}
