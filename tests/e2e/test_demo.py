"""`mesocycle demo` as a person runs it: the story it tells, every command beside it, Ctrl-C, and the next start."""

import json
import re
import shlex
import socket
from collections.abc import Callable, Iterator
from datetime import date, timedelta
from pathlib import Path
from subprocess import CompletedProcess
from typing import Any
from urllib.error import HTTPError
from urllib.request import Request, urlopen

import pytest

from infra.demo.club import game_days, team_id
from infra.postmaster import running_postmaster
from projections.registry import PROJECTIONS
from tests.e2e.service import Service, mesocycle, ran
from tests.support.postgres import cluster_folder
from tests.support.waiting import eventually

ALL = len(PROJECTIONS)
ACTS = 5
TOLD_LAST = "Ctrl-C stops; the next start goes on with the same data."
ADJUSTED = re.compile(r"^  \w{3} \d\d \w{3} +\w+ \w+ +.* load +60\.0 → +72\.0$", re.MULTILINE)


@pytest.fixture
def data_dir() -> Iterator[Path]:
    with cluster_folder() as folder:
        yield folder / "data"


def get(url: str, token: str = "") -> Any:
    with urlopen(Request(url, headers={"Authorization": f"Bearer {token}"} if token else {}), timeout=20) as answer:
        return json.load(answer)


def test_the_demo_from_first_start_to_the_second(data_dir: Path, tmp_path: Path) -> None:
    def start() -> Any:
        return mesocycle(tmp_path / "demo.log", "demo", DATA_DIR=str(data_dir), PORT="0")

    def beside(*arguments: str, stdin: str = "") -> CompletedProcess[str]:
        """A command of another process, on the same data, while the demo runs."""
        done = ran(*arguments, stdin=stdin, DATA_DIR=str(data_dir))
        assert (done.returncode, done.stderr) == (0, "")
        return done

    with start() as demo:
        demo.until_said(TOLD_LAST)
        assert "3 teams, 75 players, a season of 5 phases, 975 open assignments" in demo.said
        assert "U17: preseason → in-season" in demo.said
        assert ADJUSTED.search(demo.said), demo.said
        each_act_is_told(demo.said)
        answers_for(demo, beside)
        every_command_works_beside(demo, beside)
        a_line_from_outside_reaches_the_board(demo, beside)
        ends_by_ctrl_c(demo, data_dir)

    with start() as demo:
        demo.until_said(TOLD_LAST)
        assert "(0 new events today)" in demo.said
        assert "First team: preseason → in-season" in demo.said, "the team whose turn it is"
        each_act_is_told(demo.said)
        assert beside("projections", "verify").stdout.count("rebuilt and live are equal, row for row") == ALL
        assert "every hash is right" in beside("store", "audit").stdout
        ends_by_ctrl_c(demo, data_dir)


def each_act_is_told(said: str) -> None:
    assert re.search(r"set by hand, and still so: .* → +40\.0", said), said
    assert re.search(r"has a high load: \d+ workouts of the next seven days at 70 %", said), said
    assert "225 assignments for 25 players; asked for again, 0 more" in said
    assert "1 message is parked: the update of" in said
    assert re.search(r"has \d sessions a week now; team training: (.+) → (?!\1$)", said, re.MULTILINE), said
    assert "the notice of the completed workout is accepted, once" in said
    assert re.search(r"^  \w+ \w+( +-?\d+\.\d+){5} +\d+ +\d\.\d\d", said, re.MULTILINE), "readiness"
    verified = f"verified: {ALL} read models made anew from the log and compared with the live ones: equal, row for row"
    assert said.count(verified) == ACTS


def answers_for(demo: Service, beside: Callable[..., CompletedProcess[str]]) -> None:
    """To the very line that the demo proposes, and to others of the same coach."""
    assert get(f"{demo.url}/health/ready")["status"] == "ready"
    [proposed] = re.findall(r"\$\(\S*mesocycle (token .*)\)\" \\\n +(\S+)$", demo.said, re.MULTILINE)
    token = beside(*shlex.split(proposed[0])).stdout.strip()
    team = team_id("u17")
    assert proposed[1] == f"{demo.url}/api/v1/teams/{team}/assignment-board"
    for path, sent, status in ((f"teams/{team}", "", 401), (f"teams/{team_id('u19')}", token, 404)):
        with pytest.raises(HTTPError, match=str(status)):
            get(f"{demo.url}/api/v1/{path}/assignment-board", sent)
    phase = get(f"{demo.url}/api/v1/training/planning/current-phase/{team}", token)
    assert (phase["phaseId"], phase["loadLevel"], phase["adjustmentsCount"]) == ("in-season", "high", 325)
    board = get(f"{proposed[1]}?limit=1000", token)
    entries = [entry for entry in board["entries"] if entry["status"] == "planned"]
    assert len(entries) == 325
    assert [entry["load"] for entry in entries if entry["setByHand"]] == [40.0]
    eves = {str(day - timedelta(days=1)) for day in game_days(date.fromisoformat(phase["startsOn"]))}
    factors: dict[bool, set[float]] = {False: set(), True: set()}
    for entry in entries:
        if not entry["setByHand"]:
            factors[entry["scheduledOn"] in eves].add(round(entry["load"] / entry["plannedLoad"], 3))
    assert factors == {False: {1.2}, True: {0.6}}
    first = next(entry for entry in entries if entry["load"] == 72.0)
    history = get(f"{demo.url}/api/v1/assignments/{first['assignmentId']}/history", token)
    changes = [change["event"] for change in history["changes"]]
    assert changes == ["assignment.planned", "assignment.phase_adjusted", "assignment.phase_adjusted"]
    assert [cause["event"] for cause in history["changes"][-1]["causes"]] == ["season_plan.phase_changed"]


def every_command_works_beside(demo: Service, beside: Callable[..., CompletedProcess[str]]) -> None:
    [why] = re.findall(r"^Why\? mesocycle (why \S+)$", demo.said, re.MULTILINE)
    told = beside(*shlex.split(why)).stdout
    assert re.search(r"load \d+\.\d → \d+\.\d; phase in-season: high load, planned × 1\.2", told)
    assert "because of a message from planning:planning-service" in told
    assert beside("projections", "list").stdout.count("live") == ALL
    assert beside("projections", "rebuild", "assignment_board").stdout.endswith("are equal, row for row\n")
    assert beside("projections", "verify").stdout.count("rebuilt and live are equal, row for row") == ALL
    assert beside("store", "audit").stdout.endswith("every hash is right\n")
    assert beside("dead-letters", "list").stdout == "no dead letters\n"
    assert "DATA_DIR" in beside("config").stdout
    unknown = ran("projections", "rebuild", "no_such")
    assert (unknown.returncode, "there is no projection no_such" in unknown.stderr) == (2, True)


def a_line_from_outside_reaches_the_board(demo: Service, beside: Callable[..., CompletedProcess[str]]) -> None:
    """The very line that the demo proposes."""
    [line] = re.findall(r"^  echo '(.*)' \| \S*mesocycle publish -$", demo.said, re.MULTILINE)
    assert json.loads(line)["teamId"] == "u19"
    assert beside("publish", "-", stdin=line + "\n").stdout == "published 1 message on planning.events\n"
    board = f"{demo.url}/api/v1/teams/{team_id('u19')}/assignment-board?limit=1000"
    token = beside("token", "--role", "admin", "--organization", "SV Mesocycle").stdout.strip()

    def phases() -> set[str]:
        return {entry["phaseId"] for entry in get(board, token)["entries"] if entry["status"] == "planned"}

    eventually(lambda: phases() == {"in-season"})


def ends_by_ctrl_c(demo: Service, data_dir: Path) -> None:
    server = running_postmaster(data_dir / "postgresql")
    assert server is not None
    assert demo.ctrl_c() == 0
    assert demo.said.endswith("mesocycle: stopped\n")
    assert "Traceback" not in demo.said
    assert running_postmaster(data_dir / "postgresql") is None


@pytest.mark.parametrize("command", ["run", "demo"])
def test_a_port_in_use_is_a_message_and_not_a_traceback(command: str, data_dir: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        done = ran(command, DATA_DIR=str(data_dir), PORT=str(port))
    assert done.returncode == 1
    assert done.stderr.startswith(f"mesocycle: the API cannot listen on 127.0.0.1:{port}: Address already in use. ")
    assert len(done.stderr.splitlines()) == 1
    assert not data_dir.exists(), "nothing was started for nothing"


@pytest.mark.parametrize("command", ["run", "demo"])
def test_on_a_database_of_somebodys_it_asks_whom_to_trust_before_it_does_anything(
    command: str, data_dir: Path, tmp_path: Path
) -> None:
    done = ran(command, DATABASE_URL=f"postgresql:///club?host={tmp_path}", DATA_DIR=str(data_dir), PORT="0")
    assert done.returncode == 2
    assert "AUTH_JWKS_URL and AUTH_SECRET are not set" in done.stderr
    assert "Traceback" not in done.stderr
    assert not data_dir.exists()


def test_ctrl_c_while_it_starts_ends_it_cleanly(data_dir: Path, tmp_path: Path) -> None:
    with mesocycle(tmp_path / "demo.log", "demo", DATA_DIR=str(data_dir), PORT="0") as demo:
        demo.until_said("starting PostgreSQL")
        assert demo.ctrl_c() == 0
        assert demo.said.endswith("mesocycle: stopped\n")
        assert "Traceback" not in demo.said
        assert running_postmaster(data_dir / "postgresql") is None
