"""Every route of the API's description, asked at random: it answers what it promises, and never with an error of ours.

Values are schemathesis' own, good ones and spoilt ones; ids are often those of a real club, so that requests come
beyond "not found". The seed is fixed, and told with a failure: what CI finds, everybody finds.
"""

import os
from collections.abc import Iterator
from typing import Any

import pytest
import schemathesis
from hypothesis import HealthCheck, note, seed, settings
from schemathesis.config import SchemathesisConfig
from schemathesis.python.asgi import ASGIClient, get_client

from infra.event_store.audit import broken_links
from projections.consistency import LONGEST_TIMEOUT_S
from tests.support.club import application
from tests.support.described import describing
from tests.support.postgres import PostgresServer, fresh_database
from tests.support.real_ids import IDS, found_club
from tests.support.tokens import bearing, principal

SEED = int(os.environ.get("SCHEMATHESIS_SEED", "20261121"))
EXAMPLES = int(os.environ.get("SCHEMATHESIS_EXAMPLES", "10"))
"""For each route. To look further set another seed and more of them."""

OFTEN = 0.8
"""How often an id is one of the club's."""

CONFIG = {
    "seed": SEED,
    # Who asks is always the same here: test_authentication.py asks as others. What nobody reads may come along.
    "generation": {
        "max-examples": EXAMPLES,
        "database": "none",
        "with-security-parameters": False,
        "allow-extra-parameters": False,
    },
    # What is valid by itself may be refused all the same: a cursor of another list, a phase that ends before it starts.
    "checks": {
        "positive_data_acceptance": {"enabled": False},
        "negative_data_rejection": {
            "expected-statuses": ["400", "401", "403", "404", "405", "409", "412", "414", "422"]
        },
    },
    "operations": [
        # GET /assignments/bulk is a route as well: that of the assignment with the id "bulk".
        {
            "include-path": "/api/v1/assignments/bulk",
            "checks": {"unsupported_method": {"enabled": False}, "allow_header_conformance": {"enabled": False}},
        },
        # Puts on the topic whatever names a team; what is wrong with it the listener says.
        {
            "include-path": "/api/v1/training/planning/events",
            "checks": {"negative_data_rejection": {"enabled": False}},
        },
    ],
    "dictionaries": {name: {"values": list(values)} for name, values in IDS.items()},
    "parameters": {
        f"{place}.{name}": {"dictionary": name, "probability": OFTEN}
        for name in IDS
        for place in ("path", "query", "body")
    },
}
schema = schemathesis.openapi.from_asgi("/openapi.json", describing(), config=SchemathesisConfig.from_dict(CONFIG))


@pytest.fixture(scope="module")
def session(postgres: PostgresServer, migrated_template: str) -> Iterator[ASGIClient]:
    """What the requests before did stays done; in the end every hash of the log is right."""
    unlimited: dict[str, Any] = {"rate_per_minute": 0, "writes_per_minute": 0}
    with fresh_database(postgres, template=migrated_template) as url, application(url, **unlimited) as app:
        found_club(app)
        api: Any = app.api
        with get_client(api) as client:
            client.headers.update(bearing(principal()))
            yield client
        with app.pool.connection() as connection:
            assert list(broken_links(connection)) == []


@schema.parametrize()
@seed(SEED)
@settings(deadline=None, suppress_health_check=list(HealthCheck))
def test_every_route_answers_as_described(case: schemathesis.Case[Any], session: ASGIClient) -> None:
    note(f"SCHEMATHESIS_SEED={SEED} SCHEMATHESIS_EXAMPLES={EXAMPLES}")
    if case.query and is_number(case.query.get("timeout", 1)):
        case.query["timeout"] = 0  # nobody projects here: to wait would be in vain
    case.call_and_validate(session=session)


def is_number(value: object) -> bool:
    """That the API would take: what is wrong stays as it is."""
    try:
        return 0 <= float(str(value)) <= LONGEST_TIMEOUT_S
    except ValueError:
        return False
