"""The plans of the list queries, as PostgreSQL really makes them; and that a bad one would be seen."""

from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest
from psycopg import sql

from infra.bench import plans
from infra.bench.cluster import MIGRATED, Cluster, prepared
from infra.bench.explained import Plan, explaining, numbered
from infra.bench.plan_rows import FILLING, Size, fill, id_of
from infra.bench.plans import BIG, QUERIES, Asked, BadPlans, Found, refuse
from infra.bench.report import MARKER, with_plans, written_by_hand
from infra.bench.sections import plans_section
from projections import versions
from projections.assignments import of_season_plan
from projections.registry import PROJECTIONS
from tests.support.postgres import PostgresServer, fresh_database

SIZE = Size(teams=20, players=25, workouts=60)
"""Large enough that PostgreSQL would not rather read the table whole: some 20 MB, of which a team has a 20th."""


@pytest.fixture(scope="module")
def filled(postgres: PostgresServer) -> Iterator[str]:
    cluster = prepared(Cluster(postgres.url, pid=None))
    with fresh_database(postgres, template=MIGRATED) as url:
        fill(url, SIZE)
        yield url
    with cluster.administrator() as connection:
        connection.execute(sql.SQL("DROP DATABASE {} WITH (FORCE)").format(sql.Identifier(MIGRATED)))


def found_in(url: str, dropped: tuple[str, str] | None = None) -> tuple[list[Found], list[str]]:
    """What is found, and what is wrong with it; ``dropped``: where an index of a projection is missing."""
    with psycopg.connect(url) as connection:
        if dropped is not None:
            live = versions.live(connection, dropped[0])
            assert live is not None
            connection.execute(sql.SQL("DROP INDEX {}").format(sql.Identifier(live.schema_name, dropped[1])))
        found = plans.explained(connection, Asked.of(SIZE))
        big = plans.big_tables(connection)
        connection.rollback()
    return found, [sentence for one in found for sentence in one.wrong(big)]


def test_no_list_query_reads_a_big_table_whole_and_each_finds_something(filled: str) -> None:
    found, wrong = found_in(filled)
    assert wrong == []
    assert [one.query for one in found] == list(QUERIES)
    assert [one.query for one in found if one.total(lambda plan: plan.rows) == 0] == []
    assert [one.query for one in found if not one.indexes] == []
    refuse(found, {"assignment_board"})


@pytest.mark.parametrize(
    ("table", "index", "query"),
    [
        ("assignment_board", "assignment_board_team", "compliance of a team, a week"),
        ("assignment_board", "assignment_board_season_plan", "of a season plan"),
        ("adjustment_history", "adjustment_history_team", "adjusted since"),
    ],
)
def test_where_an_index_is_missing_the_bench_fails_and_names_the_query(
    filled: str, table: str, index: str, query: str
) -> None:
    found, wrong = found_in(filled, dropped=(table, index))
    assert f"{query}: its plan reads {table} whole" in wrong
    assert f"{query}: its generic plan reads {table} whole" in wrong
    with pytest.raises(BadPlans, match=f"{query}: its plan reads {table} whole"):
        refuse(found, {table})


def test_an_index_that_is_read_from_end_to_end_is_no_better(filled: str) -> None:
    with psycopg.connect(filled) as connection:
        noted, _ = explaining(connection)
        connection.execute("SET enable_seqscan = off")
        connection.execute("SELECT assignment_id FROM read_models.assignment_board ORDER BY assignment_id")
        connection.rollback()
    [plan] = noted
    assert plan.read_whole == set()
    assert plan.indexes == {"assignment_board_pkey"}
    assert plan.read == SIZE.assignments > BIG
    assert Found("all", noted, ()).wrong(set())[0] == "all: looks at 30 000 rows"


def test_the_plans_are_those_of_the_statement_that_runs(filled: str) -> None:
    with psycopg.connect(filled) as connection:
        noted, generic = explaining(connection)
        rows = of_season_plan(connection, Asked.of(SIZE).season_plan, limit=7)
    assert [(plan.rows, plan.indexes) for plan in noted] == [
        (7, {"assignment_board_season_plan", "athlete_directory_pkey"})
    ]
    assert [plan.indexes for plan in generic] == [plan.indexes for plan in noted]
    assert len(rows) == 7
    assert noted[0].execution_ms > 0


def test_a_statement_is_given_to_the_server_as_psycopg_would_prepare_it() -> None:
    asked = "SELECT %(a)s::int, %(b)b::text[] WHERE x LIKE 'a%%' AND y = %(a)s"
    assert numbered(asked) == "SELECT $1::int, $2::text[] WHERE x LIKE 'a%' AND y = $1"


def test_what_is_filled_is_a_projection_of_ours() -> None:
    assert FILLING.keys() <= {projection.name for projection in PROJECTIONS}
    assert id_of("team-1") != id_of("team-2")


def test_the_page_keeps_what_stands_around_the_plans(tmp_path: Path) -> None:
    scan = {"Node Type": "Index Scan", "Relation Name": "t", "Index Name": "t_day"}
    numbers = {"Actual Rows": 2.0, "Actual Loops": 3, "Shared Hit Blocks": 4, "Shared Read Blocks": 5}
    plan = Plan(scan | numbers, planning_ms=0.1, execution_ms=0.25)
    section = plans_section([Found("a week", [plan], ())], SIZE)
    path = tmp_path / "performance.md"
    path.write_text(f"tables\n{MARKER}\n\n## Why\nBecause.\n", encoding="utf-8")

    once = with_plans(path.read_text(encoding="utf-8"), section)
    assert "| a week | 2 | 6 | 9 | 0.10 | 0.25 | t_day |" in once
    assert once.startswith(f"tables\n{MARKER}\n\n## Why\nBecause.\n")
    assert with_plans(f"{once}\n## More\n", section) == f"{once}\n## More\n"
    path.write_text(once, encoding="utf-8")
    assert "| a week |" in written_by_hand(path), "`make bench` keeps it"
