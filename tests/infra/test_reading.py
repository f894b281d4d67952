"""What a request reads with: one organization's rows, read only, and nothing of it stays on the connection."""

from collections.abc import Iterator
from functools import partial
from uuid import UUID, uuid4

import psycopg
import pytest
from psycopg import Connection

from domain.assignment import AssignmentStatus
from domain.ids import OrganizationId, TeamId
from domain.team import AddPlayer, FormTeam
from infra.event_store.database import WriterPool, writer_pool
from infra.reading import reading
from projections.assignments import of_phase
from projections.projection import Reading
from projections.season import season_plan
from projections.sync_status import set_aside, team_status
from projections.teams import teams
from projections.template_library import templates
from tests.support.club import ORGANIZATION, application, coach, day, run_all, two_phases

OURS, THEIRS = ORGANIZATION, OrganizationId(UUID(int=0xC2))
OUR_TEAM, THEIR_TEAM = TeamId(UUID(int=1)), TeamId(UUID(int=2))
STATE = """
SELECT current_user::text, current_setting('transaction_read_only'), current_setting('statement_timeout'),
       coalesce(current_setting('mesocycle.organization', true), '')
"""
AS_EVER = ("mesocycle", "off", "0", "")


@pytest.fixture
def pool(database_url: str) -> Iterator[WriterPool]:
    """Of one connection, so that whatever stays on it is met. Each of two organizations has a team in it."""
    with application(database_url) as app:
        run_all(app, *two_phases(OUR_TEAM))
        theirs = coach(THEIRS)
        app.runner.run(FormTeam(team_id=THEIR_TEAM, name="U19", zone="UTC", auto_apply_adjustments=True), theirs)
        app.runner.run(
            AddPlayer.model_validate({"team_id": THEIR_TEAM, "athlete_id": uuid4(), "joined_on": day(0)}), theirs
        )
        app.projector.process_available()
    with writer_pool(database_url, size=1, idle_timeout_ms=5000, application_name="reading") as pool:
        yield pool


@pytest.fixture
def read(pool: WriterPool) -> Reading:
    return partial(reading, pool.connection, timeout_ms=5000)


def names(connection: Connection) -> list[str]:
    """Of all teams, as of a query that asks for no organization."""
    return [team.name for team in teams(connection)]


def state(connection: Connection) -> tuple[str, ...] | None:
    return connection.execute(STATE).fetchone()


def test_everything_is_as_before_when_it_is_over(pool: WriterPool, read: Reading) -> None:
    with read(OURS) as connection:
        assert state(connection) == ("mesocycle_reader", "on", "5s", OURS.hex)
    with pool.connection() as connection:
        assert (state(connection), connection.info.transaction_status.name) == (AS_EVER, "IDLE")


@pytest.mark.parametrize("failing", ["SELECT 1 / 0", "CREATE TABLE mine (id int)", "SELECT * FROM events", "nonsense"])
def test_and_when_a_query_failed(pool: WriterPool, read: Reading, failing: str) -> None:
    with pytest.raises(psycopg.Error), read(OURS) as connection:
        connection.execute(failing.encode())
    with pool.connection() as connection:
        assert (state(connection), names(connection)) == (AS_EVER, ["U17", "U19"])


def test_and_when_the_request_failed_between_queries(pool: WriterPool, read: Reading) -> None:
    with pytest.raises(ValueError, match="nobody"), read(OURS) as connection:
        names(connection).index("nobody")
    with pool.connection() as connection:
        assert state(connection) == AS_EVER


def test_one_connection_serves_organizations_in_turns_with_statements_prepared_long_ago(
    pool: WriterPool, read: Reading
) -> None:
    """A plan that was kept from another organization's turn, or the owner's, would show what it should not."""
    for _ in range(8):
        with read(OURS) as connection:
            assert names(connection) == ["U17"]
        with read(THEIRS) as connection:
            assert names(connection) == ["U19"]
        with pool.connection() as connection:
            assert names(connection) == ["U17", "U19"]
        with read(OrganizationId(uuid4())) as connection:
            assert names(connection) == []


def test_another_organizations_things_are_not_found_by_their_ids(read: Reading) -> None:
    with read(OURS) as connection:
        assert season_plan(connection, OUR_TEAM) is not None
        assert teams(connection, organization_id=THEIRS) == []
    with read(THEIRS) as connection:
        assert season_plan(connection, OUR_TEAM) is None
        (theirs,) = teams(connection, team_id=THEIR_TEAM)
        assert theirs.players == 1


def test_a_teams_status_is_for_its_organization_and_what_was_set_aside_for_no_reader(read: Reading) -> None:
    with read(OURS) as connection:
        status = team_status(connection, OUR_TEAM)
        assert status is not None
        assert status.declaration == "season_plan.phase_added"
        with pytest.raises(psycopg.errors.InsufficientPrivilege):
            set_aside(connection, OUR_TEAM)
    with read(THEIRS) as connection:
        assert team_status(connection, OUR_TEAM) is None


def test_nothing_that_a_client_sends_leaves_the_role(read: Reading) -> None:
    hostile = "x'; RESET ROLE; SELECT set_config('role', 'mesocycle', true); --"
    with read(OURS) as connection:
        assert of_phase(connection, OUR_TEAM, hostile, AssignmentStatus.PLANNED) == []
        assert templates(connection, OURS) == []
        assert state(connection) == ("mesocycle_reader", "on", "5s", OURS.hex)


def test_a_query_may_choose_its_isolation_level(read: Reading) -> None:
    with read(OURS) as connection:
        connection.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ")
        with connection.transaction():
            assert names(connection) == ["U17"]
        level = connection.execute("SHOW transaction_isolation").fetchone()
    assert level == ("repeatable read",)


def test_a_query_that_takes_too_long_is_ended(pool: WriterPool) -> None:
    impatient = reading(pool.connection, OURS, timeout_ms=50)
    with pytest.raises(psycopg.errors.QueryCanceled), impatient as connection:
        connection.execute("SELECT pg_sleep(30)")
    with pool.connection() as connection:
        assert state(connection) == AS_EVER
