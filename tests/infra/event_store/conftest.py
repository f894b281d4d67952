"""What every test of the event store starts from."""

from collections.abc import Iterator

import pytest

from tests.support.store import Store, open_test_store


@pytest.fixture
def store(database_url: str) -> Iterator[Store]:
    """An empty store, opened, with the counter's events."""
    with open_test_store(database_url) as opened:
        yield opened
