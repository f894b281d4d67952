"""A writer that a test takes step by step."""

from collections.abc import Iterator

import pytest

from tests.support.open_append import OpenAppend
from tests.support.store import Store


@pytest.fixture
def slow(store: Store) -> Iterator[OpenAppend]:
    """An append on a connection of its own, not begun yet."""
    with OpenAppend(store.database_url) as append:
        yield append
