"""A fingerprint changes with what a projection does, and with nothing else."""

from typing import Any

import pytest
from psycopg import Cursor

from projections.fingerprint import fingerprint, plain_source
from projections.registry import PROJECTIONS

INSERT = "INSERT INTO t VALUES (%s)"
UNUSED = "SELECT 1"


def doubled(value: int) -> int:
    return value * 2


def handler(cursor: Cursor[Any], batch: list[int]) -> None:
    """A docstring."""
    cursor.executemany(INSERT, [(doubled(value),) for value in batch])


def described(**names: Any) -> str:
    """The handler's fingerprint where its module's names are others."""
    before = {name: globals()[name] for name in names}
    globals().update(names)
    try:
        return fingerprint("CREATE TABLE t (n int)", {"counted": handler})
    finally:
        globals().update(before)


def test_it_follows_what_the_handler_names() -> None:
    def tripled(value: int) -> int:
        return value * 3

    usual = described()
    assert described() == usual
    assert described(INSERT="INSERT INTO t VALUES (1 + %s)") != usual
    assert described(doubled=tripled) != usual
    assert described(UNUSED="SELECT 2") == usual


def test_it_follows_ddl_and_subscriptions() -> None:
    usual = fingerprint("CREATE TABLE t (n int)", {"counted": handler})
    assert fingerprint("CREATE TABLE t (n bigint)", {"counted": handler}) != usual
    assert fingerprint("CREATE TABLE t (n int)", {"counted": handler, "added": handler}) != usual
    assert fingerprint("CREATE TABLE t (n int)", {"added": handler}) != usual


def test_comments_docstrings_and_layout_do_not_count() -> None:
    plain = "def f(a, b):\n    return a + b\n"
    dressed = 'def f(\n    a,  # the first\n    b,\n):\n    """Adds."""\n    # why\n    return (a + b)\n'
    assert plain_source(dressed) == plain_source(plain)
    assert plain_source(plain.replace("+", "-")) != plain_source(plain)


def test_a_handler_without_source_is_refused() -> None:
    with pytest.raises(TypeError, match="plain function"):
        fingerprint("", {"counted": print})


def test_every_projection_has_a_fingerprint_of_its_own() -> None:
    fingerprints = {projection.name: projection.fingerprint for projection in PROJECTIONS}
    assert len(set(fingerprints.values())) == len(PROJECTIONS)
    assert all(len(name) + len("_12345678_") + 32 <= 63 for name in fingerprints), "a schema's name has 63 bytes"
