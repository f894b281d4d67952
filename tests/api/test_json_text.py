"""What no parser refuses and something behind it would choke on is found in the bytes; everything else goes on."""

import json
from typing import Any

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from api.json_text import DEEPEST, MALFORMED, is_json, wrong_with

NUL, HALF = "holds the sign NUL (\\u0000)", "holds half of a surrogate pair"
DEEP = f"is nested deeper than {DEEPEST} levels"

texts = st.text(st.characters(exclude_characters="\0", codec="utf-8"))
values = st.recursive(
    st.none() | st.booleans() | st.integers() | texts,
    lambda inner: st.lists(inner) | st.dictionaries(texts, inner),
)


@given(values)
@example({"a": '[[[["\\u0000 \\\\u0000"]]]]', "b": "\\ud800", "c": "𝄞"})
def test_ordinary_json_goes_on_escaped_or_not(value: Any) -> None:
    assert wrong_with(json.dumps(value).encode()) is None
    assert wrong_with(json.dumps(value, ensure_ascii=False).encode()) is None


@given(st.text(st.characters(), min_size=1))
@example("\ud834")
@example("\udd1e\ud834")
@example("\ud834x\udd1e")
@example("\ud834\ud834\udd1e")
@example("a\0b")
def test_strings_go_on_exactly_if_a_database_can_keep_them(text: str) -> None:
    """As Python's own parser reads it back, which joins halves that stand side by side."""
    body = json.dumps({"name": text})
    read = json.loads(body)["name"]
    try:
        read.encode()
        keepable = "\0" not in read
    except UnicodeEncodeError:
        keepable = False
    assert (wrong_with(body.encode()) is None) == keepable


@pytest.mark.parametrize(
    ("body", "wrong"),
    [
        (b'"a\\u0000"', NUL),
        (b'"\\\\u0000"', None),
        (b'"\\\\\\u0000"', NUL),
        (b'"\\ud834\\udd1e"', None),
        (b'"\\uD834"', HALF),
        (b'"\\udd1e"', HALF),
        (b'"\\ud834\\n\\udd1e"', HALF),
        (b'"\xff"', MALFORMED),
        (b'"\xed\xa0\x80"', MALFORMED),
        (b"[" * 10_000, DEEP),
        (b'{"a":' * 10_000, DEEP),
        (b"[" * DEEPEST + b"]" * DEEPEST, None),
        (b"[" * (DEEPEST + 1) + b"]" * (DEEPEST + 1), DEEP),
        (b"[]" * 1_000, None),
        (b"[}" * 1_000, None),
        (b"[" * 40 + b"]" * 40 + b"{" * 70, DEEP),
        (b"]" * 1_000 + b"[" * 1_000, None),
        (b'"' + b"[" * 1_000 + b'"', None),
        (b'"\\"' + b"[" * 1_000 + b'"', None),
        (b'"' + b"[" * 1_000, None),
        (b"", None),
        (b"\\u", None),
    ],
)
def test_by_example(body: bytes, wrong: str | None) -> None:
    assert wrong_with(body) == wrong


@pytest.mark.parametrize(
    ("content_type", "json_or_not"),
    [
        ("application/json", True),
        ("application/json; charset=utf-8", True),
        ("application/cloudevents+json", True),
        ("Application/JSON", True),
        ("text/plain", False),
        ("application/octet-stream", False),
        ("", False),
        ("nonsense", False),
    ],
)
def test_what_is_json(content_type: str, json_or_not: bool) -> None:
    assert is_json(content_type) == json_or_not
