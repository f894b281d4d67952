"""The bench of HTTP: what it asks is really answered, what it counts is in the database, and no wrk is said loudly.

A small program stands in for wrk: it sends some requests by the same command line and prints in wrk's words.
"""

import os
import re
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from psycopg import sql
from rich.console import Console

from infra.bench import http
from infra.bench.__main__ import measure_http
from infra.bench.cluster import MIGRATED, Cluster, counted, prepared
from infra.bench.measure import MeasuredNothing
from infra.bench.report import MARKER
from tests.support.postgres import PostgresServer

SIZE = http.Size(workouts=120, seconds=1, commands=200)
ASKED = 7
STAND_IN = f"""#!{sys.executable}
import re, sys, urllib.request
options, url = sys.argv[1:-1], sys.argv[-1]
headers = dict([options[options.index("-H") + 1].split(": ", 1)])
paths = [""] * {ASKED}
if "-s" in options:
    ids = re.findall(r'"([0-9a-f-]{{36}})"', open(options[options.index("-s") + 1]).read())
    paths = [f"/api/v1/assignments/{{one}}/start" for one in ids[:{ASKED}]]
for path in paths:
    request = urllib.request.Request(url + path, headers=headers, method="POST" if path else "GET")
    with urllib.request.urlopen(request, timeout=30) as answer:
        assert answer.status == 200
print(f"  {ASKED} requests in 500.00ms, 1.00MB read")
"""


@pytest.fixture(scope="module")
def cluster(postgres: PostgresServer) -> Iterator[Cluster]:
    cluster = prepared(Cluster(postgres.url, pid=None))
    yield cluster
    with cluster.administrator() as connection:
        connection.execute(sql.SQL("DROP DATABASE {} WITH (FORCE)").format(sql.Identifier(MIGRATED)))


@pytest.fixture
def program(tmp_path: Path) -> str:
    path = tmp_path / "wrk"
    path.write_text(STAND_IN, encoding="utf-8")
    path.chmod(0o755)
    return str(path)


def test_both_servers_answer_what_is_measured(cluster: Cluster, program: str) -> None:
    with cluster.database() as url:
        team_id, ids = http.filled(url, SIZE)
        with http.served(http.ours, url) as api, http.served(http.passing_through, url) as through:
            row = http.asked(f"{api}/api/v1/assignments/{ids[0]}")
            assert row["assignmentId"] == http.asked(f"{through}/one/{ids[0]}")["assignment_id"] == str(ids[0])
            page = http.asked(f"{api}/api/v1/teams/{team_id}/assignment-board?limit={http.PAGE}")["entries"]
            passed_on = http.asked(f"{through}/many/{team_id}")
            assert [one["assignmentId"] for one in page] == [one["assignment_id"] for one in passed_on]
            assert len(page) == http.PAGE
            sample = http.run_wrk(program, f"{through}/one/{ids[0]}", 1)
            assert (sample.items, sample.rate) == (ASKED, ASKED * 2)
        assert counted(url, http.STARTED) == 0


def test_commands_over_http_are_counted_in_the_database(cluster: Cluster, program: str) -> None:
    assert http.over_http(cluster, program, SIZE).stored == ASKED


def test_answers_that_are_no_success_are_no_measure(tmp_path: Path) -> None:
    failing = tmp_path / "wrk"
    failing.write_text("#!/bin/sh\necho '  9 requests in 1.00s, 1KB read'\necho '  Non-2xx or 3xx responses: 9'\n")
    failing.chmod(0o755)
    with pytest.raises(MeasuredNothing, match="Non-2xx"):
        http.run_wrk(str(failing), "http://127.0.0.1:1/", 1)


def test_without_wrk_the_page_says_so(tmp_path: Path) -> None:
    page, path = tmp_path / "performance.md", os.environ["PATH"]
    page.write_text(f"tables\n{MARKER}\n\n## Why\nBecause.\n", encoding="utf-8")
    console = Console(record=True)
    os.environ["PATH"] = str(tmp_path)
    try:
        measure_http(console, page, rounds=1)
    finally:
        os.environ["PATH"] = path
    assert "HTTP was not measured: no wrk on PATH" in re.sub(r"\s+", " ", console.export_text())
    text = page.read_text(encoding="utf-8")
    assert text.startswith(f"tables\n{MARKER}\n\n## Why\nBecause.\n")
    assert "Not measured: no wrk on PATH" in text
