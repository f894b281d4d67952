"""Retry-After and problem documents, as servers write them."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from infra.planning_service.answers import LONGEST_RETRY_AFTER_S, detail_of, retry_after_s
from tests.support.planning_client import NOW


@pytest.mark.parametrize(
    ("value", "seconds"),
    [
        (None, None),
        ("0", 0.0),
        ("120", 120.0),
        (" 7 ", 7.0),
        ("9" * 5000, LONGEST_RETRY_AFTER_S),
        ("Tue, 10 Mar 2026 09:00:30 GMT", 30.0),
        ("Tue, 10 Mar 2026 08:00:00 GMT", 0.0),
        ("Tue, 10 Mar 2099 09:00:30 GMT", LONGEST_RETRY_AFTER_S),
        ("Tue, 10 Mar 2026 09:00:30 -0000", None),
        ("soon", None),
        ("-5", None),
        ("1.5", None),
        ("", None),
        ("٣", None),
    ],
)
def test_retry_after_is_seconds_or_a_date_or_nothing(value: str | None, seconds: float | None) -> None:
    assert retry_after_s(value, NOW) == seconds


@given(st.text())
def test_no_retry_after_breaks_anything(value: str) -> None:
    seconds = retry_after_s(value, NOW)
    assert seconds is None or 0 <= seconds <= LONGEST_RETRY_AFTER_S


@pytest.mark.parametrize(
    ("problem", "said"),
    [
        ({"title": "Conflict", "detail": "load is missing"}, " (load is missing)"),
        ({"title": "Conflict"}, " (Conflict)"),
        ({"detail": "two\nlines\x1b[31m"}, " (twolines[31m)"),
        ({"detail": "x" * 1000}, f" ({'x' * 300})"),
        ({"detail": 7}, ""),
        (["detail"], ""),
    ],
)
def test_a_problem_document_says_why_in_one_short_line(problem: object, said: str) -> None:
    assert detail_of(json.dumps(problem).encode()) == said


@given(st.binary())
def test_no_body_of_an_error_breaks_anything(body: bytes) -> None:
    assert detail_of(body).isprintable()
