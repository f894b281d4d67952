"""The API on a test's database, with a projector that a test runs when it wants to."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import pytest
from fastapi.testclient import TestClient
from psycopg import conninfo

from api.principal import Role
from domain.decider import Command
from domain.ports import Caller, Outcome
from infra.main import Application
from projections.consistency import Token
from tests.support.club import application, coach
from tests.support.postgres import PostgresServer, fresh_database
from tests.support.tokens import bearing, principal


@dataclass
class Served:
    """The service behind ``client``, which asks as an administrator."""

    app: Application
    client: TestClient

    def run(self, *commands: Command, caller: Caller | None = None) -> Outcome:
        """One after the other; what the last one did."""
        outcomes = [self.app.runner.run(command, caller or coach()) for command in commands]
        return outcomes[-1]

    def client_for(self, role: Role, **who: Any) -> TestClient:
        """Another client, that asks as somebody else: see ``principal``."""
        return TestClient(self.app.api, headers=bearing(principal(role, **who)))

    def settle(self) -> None:
        """Until nothing is left to do."""
        while self.app.reactions.process_available() + self.app.projector.process_available():
            pass


def token(outcome: Outcome) -> str:
    assert outcome.position is not None
    return str(Token(outcome.position, outcome.partition_key))


@pytest.fixture(scope="session")
def prepared_template(postgres: PostgresServer, migrated_template: str) -> Iterator[str]:
    """The name of a database in which every read model has its tables, to copy from."""
    with fresh_database(postgres, template=migrated_template) as url:
        with application(url) as app, app.pool.connection() as connection:
            app.projector.prepare(connection)
        yield str(conninfo.conninfo_to_dict(url)["dbname"])


@pytest.fixture
def database_url(postgres: PostgresServer, prepared_template: str) -> Iterator[str]:
    """As everywhere, but that the read models are there: to make them takes longer than most tests."""
    with fresh_database(postgres, template=prepared_template) as url:
        yield url


@pytest.fixture
def bare_database_url(postgres: PostgresServer, migrated_template: str) -> Iterator[str]:
    """Of one in which no projector has run."""
    with fresh_database(postgres, template=migrated_template) as url:
        yield url


@pytest.fixture
def served(database_url: str) -> Iterator[Served]:
    with application(database_url) as app, TestClient(app.api, headers=bearing(principal())) as client:
        yield Served(app, client)
