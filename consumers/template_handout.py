"""Plans a template's workouts for the players who get them: in chunks that can stop anywhere and go on.

One application after the other. What is left to do stands in ``template_targets``; a chunk appends its events first and
is noted down afterwards. A crash between the two repeats the chunk: the workout is there already, under the id that
follows from application, athlete and number. In the end the application records how many were planned, for how many.
"""

from collections.abc import Callable, Collection, Sequence
from datetime import date
from typing import Any, LiteralString, NamedTuple
from uuid import UUID

from psycopg import Connection
from psycopg.rows import args_row

from consumers.as_planned import as_planned
from consumers.caused import caller_of
from consumers.refusals import keep_refusals
from domain.assignment import PlanAssignment
from domain.ids import AssignmentId, TemplateApplicationId, assignment_of_template
from domain.ports import Caller, CommandRunner, Outcome, Reaction, Refusal
from domain.template_application import RecordAssignmentsCreated

REACTION = "template"

OLDEST: LiteralString = """
SELECT application_id, cause_event_id, organization_id, correlation_id, team_id
FROM template_applications ORDER BY id LIMIT 1
"""
NEXT_TARGETS: LiteralString = """
SELECT t.athlete_id, t.number, w.day, w.title, w.sport, w.prescription
FROM template_targets AS t JOIN template_workouts AS w USING (application_id, number)
WHERE t.application_id = %(application)b AND t.planned IS NULL ORDER BY t.athlete_id, t.number LIMIT %(limit)b
"""
NOTE_DOWN: LiteralString = """
UPDATE template_targets AS t SET planned = done.planned
FROM unnest(%(athlete)b::uuid[], %(number)b::int[], %(planned)b::bool[]) AS done (athlete_id, number, planned)
WHERE t.application_id = %(application)b AND t.athlete_id = done.athlete_id AND t.number = done.number
"""
COUNTED: LiteralString = """
SELECT count(*), count(DISTINCT athlete_id) FROM template_targets WHERE application_id = %(application)b AND planned
"""
DROP: LiteralString = """
WITH targets AS (DELETE FROM template_targets WHERE application_id = %(application)b),
    workouts AS (DELETE FROM template_workouts WHERE application_id = %(application)b)
DELETE FROM template_applications WHERE application_id = %(application)b
"""


class Application(NamedTuple):
    """A template that a team follows."""

    application_id: UUID
    cause_event_id: UUID
    organization_id: UUID
    correlation_id: UUID
    team_id: UUID

    def caller(self) -> Caller:
        return caller_of(REACTION, self)

    def reaction(self) -> Reaction:
        return Reaction(REACTION, self.cause_event_id)


class Target(NamedTuple):
    """The ``number``-th workout, for one player. ``prescription`` is a Prescription as JSON."""

    athlete_id: UUID
    number: int
    day: date
    title: str
    sport: str
    prescription: dict[str, Any]

    def assignment_id(self, application: Application) -> AssignmentId:
        return assignment_of_template(application.application_id, self.athlete_id, self.number)

    def planned(self, application: Application) -> PlanAssignment:
        return as_planned(
            self.assignment_id(application),
            application.team_id,
            self.athlete_id,
            title=self.title,
            sport=self.sport,
            scheduled_on=self.day,
            baseline=self.prescription,
        )


class TemplateHandout:
    """``recorded`` tells which of some event ids the store has already."""

    def __init__(
        self, runner: CommandRunner, recorded: Callable[[Collection[UUID]], Collection[UUID]], chunk: int
    ) -> None:
        self._runner = runner
        self._recorded = recorded
        self._chunk = chunk

    def drain(self, connection: Connection) -> int:
        """A chunk of the oldest application, or its end, on an autocommit connection; how much (0: nothing is left)."""
        with connection.cursor(binary=True, row_factory=args_row(Application)) as cursor:
            application = cursor.execute(OLDEST).fetchone()
        if application is None:
            return 0
        columns: dict[str, object] = {"application": application.application_id, "limit": self._chunk}
        with connection.cursor(binary=True, row_factory=args_row(Target)) as cursor:
            targets = cursor.execute(NEXT_TARGETS, columns).fetchall()
        if not targets:
            return self._finish(connection, application)
        columns["athlete"] = [target.athlete_id for target in targets]
        columns["number"] = [target.number for target in targets]
        results = self._plan(application, targets)
        columns["planned"] = self._planned(application, results)
        with connection.transaction(), connection.cursor(binary=True) as cursor:
            keep_refusals(connection, [application.cause_event_id] * len(results), results)
            cursor.execute(NOTE_DOWN, columns)
        return len(targets)

    def _plan(self, application: Application, targets: Sequence[Target]) -> list[Outcome | Refusal]:
        commands = [target.planned(application) for target in targets]
        count = len(commands)
        return self._runner.run_many(
            commands, [application.caller()] * count, reactions=[application.reaction()] * count
        )

    def _planned(self, application: Application, results: Sequence[Outcome | Refusal]) -> list[bool]:
        """Which workouts the reaction planned, now or just before a crash."""
        now = [isinstance(result, Outcome) and bool(result.events) for result in results]
        ids = [application.reaction().event_id(result.stream_id, 0) for result in results]
        unclear = [event_id for event_id, planned in zip(ids, now, strict=True) if not planned]
        before = self._recorded(unclear) if unclear else ()
        return [planned or event_id in before for event_id, planned in zip(ids, now, strict=True)]

    def _finish(self, connection: Connection, application: Application) -> int:
        columns = {"application": application.application_id}
        count = connection.execute(COUNTED, columns).fetchone()
        assert count is not None, "a count is a row"
        command = RecordAssignmentsCreated(
            application_id=TemplateApplicationId(application.application_id),
            assignments_count=count[0],
            players_count=count[1],
        )
        self._runner.run(command, application.caller(), reaction=application.reaction())
        connection.execute(DROP, columns)
        return 1
