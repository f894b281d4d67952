"""The database that the settings ask for: the one that DATABASE_URL names, or one of our own in DATA_DIR."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from infra.embedded_postgres import EmbeddedPostgres
from infra.settings import Settings

DATABASE = "mesocycle"


@contextmanager
def open_database(settings: Settings) -> Iterator[str]:
    """The connection URL of a database that is there for as long as the block runs; its schema is the caller's part."""
    if settings.database_url is not None:
        yield settings.database_url.get_secret_value()
        return
    with EmbeddedPostgres(settings.data_dir / "postgresql") as server:
        yield server.ensure_database(DATABASE)
