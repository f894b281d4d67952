"""What parsers let through, and what comes after them chokes on: looked for in a body's bytes, in one pass.

A database keeps no NUL, no encoding has a half of a surrogate pair, and what is nested without end ends some stack.
"""

import re
from email.message import Message as MimeMessage

MALFORMED = "is not UTF-8"
DEEPEST = 64
"""Levels. Nothing in the API's description has more than ten."""

STRING = re.compile(rb'"[^"\\]*(?:\\.[^"\\]*)*"?', re.DOTALL)
NO_BRACKETS = bytes(sign for sign in range(256) if sign not in b"[]{}")
ESCAPE = re.compile(rb"\\(?:u([0-9a-fA-F]{4})|.)", re.DOTALL)


def is_json(content_type: str) -> bool:
    """As FastAPI tells it, which takes a body without a type for JSON too."""
    parsed = MimeMessage()
    parsed["content-type"] = content_type
    subtype = parsed.get_content_subtype()
    return parsed.get_content_maintype() == "application" and (subtype == "json" or subtype.endswith("+json"))


def wrong_with(body: bytes) -> str | None:
    """None for what may go on to a parser; whether it is JSON is that one's to say."""
    try:
        body.decode()
    except UnicodeDecodeError:
        return MALFORMED
    if body.count(b"[") + body.count(b"{") > DEEPEST and is_too_deep(body):
        return f"is nested deeper than {DEEPEST} levels"
    return wrong_escape(body) if b"\\u" in body else None


def is_too_deep(body: bytes) -> bool:
    """Takes off the innermost pairs, level by level, which costs little; counts only where something is left then."""
    brackets = left = STRING.sub(b"", body).translate(None, NO_BRACKETS)
    for _ in range(DEEPEST):
        left = left.replace(b"[]", b"").replace(b"{}", b"")
        if not left:
            return False
    depth = 0
    for bracket in brackets:
        depth += 1 if bracket in b"[{" else -1
        if depth > DEEPEST:
            return True
    return False


def wrong_escape(body: bytes) -> str | None:
    """A high half must stand right before a low one."""
    expected_at = -1
    for escape in ESCAPE.finditer(body):
        code = int(escape[1], 16) if escape[1] else -1
        if expected_at >= 0 and not (escape.start() == expected_at and 0xDC00 <= code <= 0xDFFF):
            return "holds half of a surrogate pair"
        if code == 0:
            return "holds the sign NUL (\\u0000)"
        if expected_at < 0 and 0xDC00 <= code <= 0xDFFF:
            return "holds half of a surrogate pair"
        expected_at = escape.end() if 0xD800 <= code <= 0xDBFF else -1
    return "holds half of a surrogate pair" if expected_at >= 0 else None
