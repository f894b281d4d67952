"""Each bench, tiny: what it times must really have happened, as the database tells. Never how long it took."""

from collections.abc import Iterator

import psycopg
import pytest
from psycopg import sql

from infra.bench import appends, bulk, fan_out, reading, sections, stages
from infra.bench.appends import Size
from infra.bench.cluster import MIGRATED, Cluster, prepared
from infra.bench.histories import planted_histories
from infra.bench.measure import Contest, MeasuredNothing, Sample, Spread, expect
from infra.bench.writers import WriterFailed, started_writers
from tests.support.postgres import PostgresServer

ROUNDS = 2


@pytest.fixture(scope="module")
def cluster(postgres: PostgresServer) -> Iterator[Cluster]:
    cluster = prepared(Cluster(postgres.url, pid=None))
    yield cluster
    with cluster.administrator() as connection:
        connection.execute(sql.SQL("DROP DATABASE {} WITH (FORCE)").format(sql.Identifier(MIGRATED)))


def stored(contest: Contest) -> dict[str, list[int]]:
    return {name: [sample.stored for sample in samples] for name, samples in contest.samples.items()}


def test_every_writers_appends_and_commands_are_in_the_database(cluster: Cluster) -> None:
    contests = appends.measure(cluster, rounds=1, sizes={6: Size(54, 12)})

    appended = {name: [54] for name in appends.APPENDING}
    commanded = {name: [12] for name in appends.COMMANDING}
    assert stored(contests[6]) == appended | commanded


def test_bulk_append_and_copy_store_the_same_rows(cluster: Cluster) -> None:
    assert stored(bulk.measure(cluster, rounds=ROUNDS, streams=50)) == {bulk.OURS: [50] * 2, bulk.COPY: [50] * 2}


def test_reading_sees_all_that_was_planted_and_profiling_finds_its_stages(cluster: Cluster) -> None:
    with planted_histories(cluster, 40) as histories:
        assert stored(reading.measure_log(histories, rounds=ROUNDS)) == {
            reading.LOG: [120] * 2,
            reading.LIBRARY_LOG: [120] * 2,
        }
        load = reading.measure_load(histories, rounds=ROUNDS, streams=30, library_streams=10)
        assert stored(load) == {reading.LOAD: [30] * 2, reading.LIBRARY_LOAD: [10] * 2}

        found = stages.measure(cluster, histories, appends=10, streams=20, assignments=40)

    assert [stage for stage in found if stage.micros_each == 0] == []
    assert {stage.measure for stage in found} == {"one append", "bulk append", "read in order", "fan-out"}


def test_fan_out_reaches_every_workout_and_every_row_of_the_board(cluster: Cluster) -> None:
    contest = fan_out.measure(cluster, rounds=1, assignments=70, library_loop=10)

    assert stored(contest) == {fan_out.COLD: [70], fan_out.WARM: [70], fan_out.SHOWN: [70], fan_out.LIBRARY: [10]}
    _, goals = sections.fan_out_sections({70: contest})
    assert [goal.target for goal in goals] == [25]


def test_a_writer_that_fails_fails_the_bench(cluster: Cluster) -> None:
    with started_writers(1) as writers, pytest.raises(WriterFailed, match="no_such_database"):
        writers.race(cluster, cluster.url("no_such_database"), appends.APPENDING[appends.PLAIN_EVENT].prepare, 1, 1)


def test_work_that_did_not_happen_is_no_measure() -> None:
    with pytest.raises(MeasuredNothing, match="holds 49, not 50"):
        expect(49, 50, "the append")


def test_ratios_are_taken_round_by_round() -> None:
    contest = Contest()
    for fast, slow in ((10, 5), (100, 25), (30, 10)):
        contest.add("fast", Sample(1.0, fast, fast))
        contest.add("slow", Sample(1.0, slow, slow))

    assert contest.ratio("fast", "slow") == Spread(median=3.0, least=2.0, greatest=4.0)


def test_databases_of_measures_are_gone_afterwards(cluster: Cluster) -> None:
    with cluster.database() as url, psycopg.connect(url) as connection:
        assert connection.execute("SELECT count(*) FROM events").fetchone() == (0,)
    with pytest.raises(psycopg.OperationalError, match="does not exist"):
        psycopg.connect(url)
