"""The plan of every list query of the read models, with a million assignments in them.

A query that reads a big table whole, or very many rows, fails the bench. A new list query has its line in ``QUERIES``,
and what fills its tables stands in ``plan_rows.py``.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import LiteralString, NamedTuple
from uuid import UUID

import psycopg

from domain.assignment import AssignmentStatus
from infra.bench import season_queries
from infra.bench.cluster import Cluster
from infra.bench.explained import Plan, explaining
from infra.bench.plan_rows import Size, fill, id_of
from infra.bench.report import number
from projections import adjustments, assignments, compliance
from projections.adjustments import HistoryCursor
from projections.assignments import AdjustedCursor
from projections.board import BoardCursor, board
from projections.compliance import SessionCursor
from projections.teams import teams
from projections.tenancy import READER, SETTING

MILLION = Size(teams=400, players=25, workouts=100)
PAGE = 200
ROUNDS = 3
BIG = 10_000
"""Rows from which on a table is not to be read whole; and the most rows, and pages, that one query may look at."""


class Asked(NamedTuple):
    """Whom the queries ask about: a team in the middle, one of its players, one of that player's workouts.

    On behalf of its club they are asked.
    """

    team: UUID
    athlete: UUID
    assignment: UUID
    season_plan: UUID
    club: UUID
    template: UUID

    @classmethod
    def of(cls, size: Size) -> "Asked":
        middle = size.teams // 2
        return cls(
            team=id_of(f"team-{middle}"),
            athlete=id_of(f"athlete-{middle}-3"),
            assignment=id_of(f"assignment-{middle}-3-{size.workouts // 2}"),
            season_plan=id_of(f"plan-{middle}"),
            club=id_of(f"club-{middle // 20}"),
            template=id_of(f"template-{middle // 20}-7"),
        )


IN_SEASON = "in-season"
FIRST, LAST = date(2026, 9, 14), date(2026, 9, 20)
SEASON = (date(2026, 7, 1), date(2027, 6, 30))
TODAY = date(2026, 12, 28)
NOON = datetime(2026, 9, 17, 12, tzinfo=UTC)
NEXT = UUID(int=1 << 127)
"""Between the ids of two rows, somewhere in the middle: where a later page goes on."""

Query = Callable[[psycopg.Connection, Asked], object]
QUERIES: Mapping[str, Query] = {
    "board of a team, from its first day": lambda c, a: board(c, a.team, limit=PAGE),
    "board of a team, a week": lambda c, a: board(c, a.team, first=FIRST, last=LAST, limit=PAGE),
    "board of a team, a later page": lambda c, a: board(c, a.team, after=BoardCursor(LAST, NEXT, NEXT), limit=PAGE),
    "of a phase, planned": lambda c, a: assignments.of_phase(
        c, a.team, IN_SEASON, AssignmentStatus.PLANNED, limit=PAGE
    ),
    "of a phase, completed, a later page": lambda c, a: assignments.of_phase(
        c, a.team, IN_SEASON, AssignmentStatus.COMPLETED, after=BoardCursor(LAST, NEXT, NEXT), limit=PAGE
    ),
    "of a season plan": lambda c, a: assignments.of_season_plan(c, a.season_plan, limit=PAGE),
    "of a season plan, a later page": lambda c, a: assignments.of_season_plan(
        c, a.season_plan, after=BoardCursor(LAST, NEXT, NEXT), limit=PAGE
    ),
    "of an athlete, all days": lambda c, a: assignments.of_athlete(c, a.athlete, limit=PAGE),
    "of an athlete, a week": lambda c, a: assignments.of_athlete(c, a.athlete, first=FIRST, last=LAST, limit=PAGE),
    "adjusted since": lambda c, a: assignments.adjusted_since(c, a.team, NOON, limit=PAGE),
    "adjusted since, a later page": lambda c, a: assignments.adjusted_since(
        c, a.team, NOON, after=AdjustedCursor(NOON, NEXT), limit=PAGE
    ),
    "adjustments of a team": lambda c, a: adjustments.of_team(c, a.team, limit=PAGE),
    "adjustments of a team, a later page": lambda c, a: adjustments.of_team(
        c, a.team, after=HistoryCursor(NOON, NEXT, 3, 0), limit=PAGE
    ),
    "adjustments of an assignment": lambda c, a: adjustments.of_assignment(c, a.assignment, limit=PAGE),
    "planning metadata of an assignment": lambda c, a: adjustments.planning_metadata(c, a.assignment),
    "compliance of an athlete, a season": lambda c, a: compliance.sessions(c, a.athlete, *SEASON, TODAY, limit=PAGE),
    "compliance of an athlete, a later page": lambda c, a: compliance.sessions(
        c, a.athlete, *SEASON, TODAY, after=SessionCursor(LAST, NEXT), limit=PAGE
    ),
    "compliance of a team, a week": lambda c, a: compliance.team_shares(c, a.team, FIRST, LAST, TODAY),
    "compliance of a team, a season": lambda c, a: compliance.team_shares(c, a.team, *SEASON, TODAY),
    "teams of a club": lambda c, a: teams(c, organization_id=a.club),
    **season_queries.QUERIES,
}
"""Every list query, by what it lists."""

AS_READER: LiteralString = """
SELECT set_config('role', %(role)s, true), set_config(%(setting)s, %(club)s, true)
"""
BIG_TABLES: LiteralString = """
SELECT c.relname FROM pg_class AS c JOIN projection_versions AS v ON v.schema_name = c.relnamespace::regnamespace::text
WHERE c.relkind = 'r' AND c.reltuples >= %(big)s
"""


@dataclass(frozen=True, slots=True)
class Found:
    """A query's statements, each with its plan; ``generic`` as the server makes them without the values."""

    query: str
    plans: Sequence[Plan]
    generic: Sequence[Plan]

    def total(self, value: Callable[[Plan], float]) -> float:
        return sum(map(value, self.plans))

    @property
    def indexes(self) -> list[str]:
        return sorted({index for plan in self.plans for index in plan.indexes})

    def wrong(self, big_tables: set[str]) -> list[str]:
        """What is wrong with it, in sentences; nothing when all is well."""
        wrong = [
            f"{self.query}: {kind} reads {table} whole"
            for kind, plans in (("its plan", self.plans), ("its generic plan", self.generic))
            for table in sorted({table for plan in plans for table in plan.read_whole} & big_tables)
        ]
        looked_at = {"rows": self.total(lambda plan: plan.read), "pages": self.total(lambda plan: plan.pages)}
        wrong += [f"{self.query}: looks at {number(most)} {what}" for what, most in looked_at.items() if most > BIG]
        return wrong


class BadPlans(Exception):
    """Queries that would not stand a bigger club."""


def measure(cluster: Cluster, size: Size = MILLION) -> list[Found]:
    """Raises BadPlans when a query reads a big table whole, or looks at too many rows."""
    with cluster.database() as url:
        fill(url, size)
        with psycopg.connect(url, autocommit=True) as connection:
            found = explained(connection, Asked.of(size))
            refuse(found, big_tables(connection))
    return found


def refuse(found: Iterable[Found], big_tables: set[str]) -> None:
    """Raises BadPlans where anything is wrong."""
    if wrong := [sentence for one in found for sentence in one.wrong(big_tables)]:
        raise BadPlans("\n".join(wrong))


def explained(connection: psycopg.Connection, asked: Asked) -> list[Found]:
    """As readers of the club have it, policies and all. The last of some rounds: then what is read is in memory."""
    found = []
    with connection.transaction(force_rollback=True):
        connection.execute(AS_READER, {"role": READER, "setting": SETTING, "club": str(asked.club)})
        plans, generic = explaining(connection)
        for query, ask in QUERIES.items():
            for _ in range(ROUNDS):
                plans.clear()
                generic.clear()
                ask(connection, asked)
            found.append(Found(query, tuple(plans), tuple(generic)))
    return found


def big_tables(connection: psycopg.Connection) -> set[str]:
    return {name for (name,) in connection.execute(BIG_TABLES, {"big": BIG})}
