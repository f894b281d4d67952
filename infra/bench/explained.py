"""What PostgreSQL does for a query of ours: which indexes it reads, how many rows, how long; and as a generic plan."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Self

import psycopg
from psycopg.abc import Params, Query
from psycopg.rows import Row

EXPLAIN, GENERIC = "EXPLAIN (ANALYZE, BUFFERS, SUMMARY, FORMAT json) ", "EXPLAIN (GENERIC_PLAN, FORMAT json) "
PLACEHOLDER = re.compile(r"%\((\w+)\)[sbt]")
EXPLAINABLE = ("SELECT", "WITH")

Node = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Plan:
    """A plan, as PostgreSQL tells it. A generic one, made without the values, was not run: it has no numbers."""

    root: Node
    planning_ms: float = 0.0
    execution_ms: float = 0.0

    @classmethod
    def of(cls, told: Node) -> Self:
        return cls(told["Plan"], told.get("Planning Time", 0.0), told.get("Execution Time", 0.0))

    @property
    def rows(self) -> int:
        return round(float(self.root["Actual Rows"]))

    @property
    def read(self) -> int:
        """Rows that scans of tables and indexes looked at, those that a filter left out included."""
        return round(sum(looked_at(node) for node in self.nodes() if "Relation Name" in node))

    @property
    def pages(self) -> int:
        """Of 8 kB, each as often as it was looked at. An index that is read from end to end shows here alone."""
        return int(self.root["Shared Hit Blocks"] + self.root["Shared Read Blocks"])

    @property
    def indexes(self) -> set[str]:
        return {node["Index Name"] for node in self.nodes() if "Index Name" in node}

    @property
    def read_whole(self) -> set[str]:
        """The tables that a sequential scan reads."""
        return {node["Relation Name"] for node in self.nodes() if node["Node Type"] == "Seq Scan"}

    def nodes(self) -> Iterator[Node]:
        waiting = [self.root]
        while waiting:
            node = waiting.pop()
            yield node
            waiting += node.get("Plans", ())


def looked_at(node: Node) -> float:
    """PostgreSQL tells both numbers as the mean of the node's runs."""
    left_out = node.get("Rows Removed by Filter", 0) + node.get("Rows Removed by Index Recheck", 0)
    return float((node["Actual Rows"] + left_out) * node["Actual Loops"])


class Explaining(psycopg.Cursor[Row]):
    """Every statement that can be is explained twice, with its values and without, before it runs.

    Made by a connection whose ``cursor_factory`` is a subclass with lists of its own: see ``explaining``.
    """

    plans: list[Plan]
    generic: list[Plan]

    def execute(self, query: Query, params: Params | None = None, **options: Any) -> Self:
        assert isinstance(query, str), "queries of the read models are text with named parameters"
        if query.lstrip().startswith(EXPLAINABLE):
            self.plans.append(self._told(EXPLAIN + query, params))
            self.generic.append(self._told(GENERIC + numbered(query), None))
        return super().execute(query, params, **options)

    def _told(self, statement: str, params: Params | None) -> Plan:
        with psycopg.Cursor(self.connection) as aside:
            row = aside.execute(statement.encode(), params, prepare=False).fetchone()
        assert row is not None, "EXPLAIN tells something"
        return Plan.of(row[0][0])


def explaining(connection: psycopg.Connection) -> tuple[list[Plan], list[Plan]]:
    """From now on: the plans of what has run, and the generic ones."""

    class Noting(Explaining[Row]):
        plans: list[Plan] = []  # noqa: RUF012
        generic: list[Plan] = []  # noqa: RUF012

    connection.cursor_factory = Noting
    return Noting.plans, Noting.generic


def numbered(query: str) -> str:
    """With ``$1`` where psycopg has ``%(name)s``: as the server is given a statement to prepare."""
    names = list(dict.fromkeys(PLACEHOLDER.findall(query)))
    return PLACEHOLDER.sub(lambda found: f"${names.index(found[1]) + 1}", query).replace("%%", "%")
