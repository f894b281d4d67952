"""Two databases alike, ours and the library's: streams of three events each, for what is read."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from uuid import UUID

import psycopg

from infra.bench.cluster import Cluster
from infra.bench.library import Workouts, create_tables, open_library
from infra.bench.planted import history, library_history, planted_in_library, planted_in_store
from infra.main import Application, open_application
from infra.settings import Settings

EVENTS_EACH = 3


@dataclass(frozen=True, slots=True)
class Histories:
    cluster: Cluster
    application: Application
    library: Workouts
    ids: Sequence[UUID]
    library_ids: Sequence[UUID]


@contextmanager
def planted_histories(cluster: Cluster, streams: int) -> Iterator[Histories]:
    with cluster.database() as url, cluster.database() as library_url:
        create_tables(library_url)
        with open_application(Settings(), url) as application, open_library(library_url) as library:
            ids = planted_in_store(application, map(history, range(streams)))
            library_ids = planted_in_library(library, map(library_history, range(streams)))
            for each in (url, library_url):
                with psycopg.connect(each, autocommit=True) as connection:
                    connection.execute("VACUUM ANALYZE")
            yield Histories(cluster, application, library, ids, library_ids)
