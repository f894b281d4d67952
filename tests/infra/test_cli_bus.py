"""The commands around messages, as a person types them."""

import json
import os
import subprocess
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path

import pytest
import typer
from psycopg import Connection
from typer.testing import CliRunner

from consumers.dead_letter_queue import Process
from consumers.dead_letters import Unprocessable, queue_behind, set_aside
from consumers.parking import Incomplete, park
from domain.ports import Bus, Message
from infra.bus.embedded import EmbeddedBus
from infra.cli_bus import dead_letters_app, publish_command
from infra.event_store.database import WriterPool, writer_pool
from infra.wake import Waker
from tests.support.messages import message


@dataclass(frozen=True)
class Topics:
    planning_topic: str = "planning.events"


@dataclass
class Desk:
    """The part of the application that these commands use, with one consumer that takes all but ``refused``."""

    pool: WriterPool
    bus: Bus
    settings: Topics = Topics()
    refused: set[int] = field(default_factory=set)
    processed: list[int] = field(default_factory=list)

    @property
    def consumers(self) -> Mapping[str, Process]:
        return {"listener": self.process}

    def process(self, _: Connection, message: Message, /) -> None:
        if message.offset in self.refused:
            raise Unprocessable("there is no phase p9. Add it, then retry.")
        self.processed.append(message.offset)

    def run(self, *arguments: str, stdin: str | bytes = "") -> tuple[int, str]:
        app = typer.Typer()

        @contextmanager
        def opened() -> Iterator[Desk]:
            yield self

        app.command()(publish_command(opened))
        app.add_typer(dead_letters_app(opened), name="dead-letters")
        result = CliRunner(env={"COLUMNS": "240"}).invoke(app, list(arguments), input=stdin)
        assert result.exception is None or isinstance(result.exception, SystemExit), result.exception
        return result.exit_code, result.output

    def topic(self, topic: str = "planning.events") -> list[tuple[str | None, bytes]]:
        with self.bus.subscribe("test", [topic]) as member:
            return [(message.key, message.value) for message in member.poll(100, 0)]


@pytest.fixture
def desk(database_url: str) -> Iterator[Desk]:
    pool = writer_pool(database_url, size=3, idle_timeout_ms=5_000, application_name="mesocycle-test")
    with pool:
        yield Desk(pool, EmbeddedBus(pool, database_url, Waker(), 0.01))


def test_the_installed_command_publishes(database_url: str) -> None:
    program = Path(sys.executable).with_name("mesocycle")
    done = subprocess.run(
        [program, "publish", "-", "--topic", "t"],
        input=b'{"teamId":"17"}\n',
        env={**os.environ, "DATABASE_URL": database_url},
        capture_output=True,
        timeout=60,
    )
    assert (done.returncode, done.stdout, done.stderr) == (0, b"published 1 message on t\n", b"")


@pytest.fixture
def stuck(desk: Desk) -> Desk:
    """Message 1 of team 17 is dead (as letter 1), 2 waits behind it; message 3, without a key, is dead (letter 3)."""
    first, second = (message({"n": n}, {"ce_id": f"m-{n}"}, key="17", offset=n) for n in (1, 2))
    strange = message(b"\x1b[2J\xff [bold]", key=None, offset=3)
    with desk.pool.connection() as connection, connection.transaction():
        set_aside(connection, "listener", first, Unprocessable("there is no phase p9. Add it, then retry."))
        queue_behind(connection, "listener", second)
        set_aside(connection, "listener", strange, KeyError("x"))
    return desk


def test_publish_a_file_and_standard_input(desk: Desk, tmp_path: Path) -> None:
    (tmp_path / "lines.jsonl").write_bytes(b'{"teamId":"17"}\n{"teamId":"18"}\n')
    assert desk.run("publish", str(tmp_path / "lines.jsonl")) == (0, "published 2 messages on planning.events\n")
    assert desk.run("publish", "-", "--topic", "t", "--key", "k", stdin="{}\n") == (0, "published 1 message on t\n")
    assert desk.topic() == [("17", b'{"teamId":"17"}'), ("18", b'{"teamId":"18"}')]
    assert desk.topic("t") == [("k", b"{}")]


def test_one_bad_line_and_nothing_is_published(desk: Desk) -> None:
    lines = json.dumps({"teamId": "17"}) + "\n{\n"
    code, output = desk.run("publish", "-", stdin=lines)
    assert code == 1
    assert output.startswith("mesocycle: line 2 is not JSON: ")
    assert output.endswith("; nothing was published\n")
    assert desk.topic() == []
    code, output = desk.run("publish", "no-such-file.jsonl")
    assert (code, "No such file" in output) == (1, True)
    code, output = desk.run("publish", "-", "--topic", "training.events", "--key", "k", stdin="{}")
    assert (code, "run a command instead" in output) == (1, True)


def test_a_parked_one_is_shown_with_its_next_attempt_and_a_person_may_go_ahead(desk: Desk) -> None:
    first, second = (message({"n": n}, key="17", offset=n) for n in (1, 2))
    with desk.pool.connection() as connection, connection.transaction():
        park(connection, "listener", first, Incomplete("the planning service is to be asked", lambda: desk.process))
        queue_behind(connection, "listener", second)
    header, waiting, parked = desk.run("dead-letters", "list")[1].splitlines()
    assert "next attempt" in header
    assert waiting.split()[:2] == ["2", "waiting"]
    assert parked.split()[:2] == ["1", "parked"]
    assert parked.count(f"{datetime.now(UTC):%Y-}") == 2, "when it was set aside, and when it will be tried"
    assert waiting.count(f"{datetime.now(UTC):%Y-}") == 1
    assert "next attempt  20" in desk.run("dead-letters", "show", "1")[1]
    assert desk.run("dead-letters", "retry", "1") == (0, "processed 2 messages\n")
    assert desk.processed == [1, 2]


def test_list_and_show(stuck: Desk) -> None:
    _, listing = stuck.run("dead-letters", "list")
    header, *rows = listing.splitlines()
    assert header.split()[:3] == ["id", "status", "consumer"]
    assert [row.split()[:3] for row in rows] == [
        ["3", "dead", "listener"], ["2", "waiting", "listener"], ["1", "dead", "listener"]
    ]  # fmt: skip
    assert rows[0].rstrip().endswith("unexpected KeyError: 'x'")
    assert rows[1].rstrip().endswith("waits behind 1")
    assert rows[2].rstrip().endswith("there is no phase p9. Add it, then retry.")

    code, shown = stuck.run("dead-letters", "show", "1")
    assert code == 0
    for part in ("1 message", "planning.events, partition 0, offset 1", "m-1", '{"n": 1}', "Add it, then retry."):
        assert part in shown
    assert "\\x1b[2J\\xff [bold]" in stuck.run("dead-letters", "show", "3")[1]
    assert stuck.run("dead-letters", "show", "9") == (1, "mesocycle: there is no dead letter 9\n")
    assert stuck.run("dead-letters", "list", "--consumer", "other") == (0, "no dead letters\n")


def test_retry_goes_on_to_the_next_failure(stuck: Desk) -> None:
    assert stuck.run("dead-letters", "retry", "2")[1].endswith("retry or discard 1 instead\n")
    stuck.refused = {2}
    code, output = stuck.run("dead-letters", "retry", "1")
    assert code == 1
    assert output == "processed 1 message\nmesocycle: stopped at 2: there is no phase p9. Add it, then retry.\n"
    stuck.refused = set()
    assert stuck.run("dead-letters", "retry", "2") == (0, "processed 1 message\n")
    assert stuck.processed == [1, 2]
    assert [row.split()[1] for row in stuck.run("dead-letters", "list", "--settled")[1].splitlines()[1:]] == [
        "dead", "retried", "retried"
    ]  # fmt: skip


def test_discard_asks_first_and_works_off_what_waited(stuck: Desk) -> None:
    assert stuck.run("dead-letters", "discard", "1", stdin="n\n")[0] == 1
    assert stuck.processed == []
    assert stuck.run("dead-letters", "discard", "1", "--yes") == (0, "processed 1 message\n")
    assert stuck.processed == [2]


def test_a_consumer_that_this_program_does_not_have(desk: Desk) -> None:
    with desk.pool.connection() as connection:
        set_aside(connection, "gone", message(b""), Unprocessable("no"))
    assert desk.run("dead-letters", "retry", "1") == (
        1, "mesocycle: this program has no consumer gone (it has: listener)\n"
    )  # fmt: skip
