"""JSON lines as messages: the bytes unchanged, the key of the team, and the line that is wrong by its number."""

import pytest

from domain.ports import OutgoingMessage
from infra.publishing import BadLine, messages_of

JSON = {"content-type": "application/json"}
CLOUD_EVENT = {"content-type": "application/cloudevents+json"}


def test_each_line_is_a_message_byte_for_byte() -> None:
    event = b'{"specversion": "1.0", "data": {"teamId": "18"},  "teamId": 7}'
    keyed = b'{"specversion":"1.0","partitionkey":"race-1"}'
    lines = ['{"teamId":"17", "name":"Zoë"}\n'.encode(), b"\n", b"  \r\n", event + b"\r\n", keyed, b"{}"]
    assert messages_of(lines, "other") == [
        OutgoingMessage("17", '{"teamId":"17", "name":"Zoë"}'.encode(), JSON),
        OutgoingMessage("18", event, CLOUD_EVENT),
        OutgoingMessage("race-1", keyed, CLOUD_EVENT),
        OutgoingMessage("other", b"{}", JSON),
    ]


@pytest.mark.parametrize(
    ("line", "reason"),
    [
        (b'{"teamId": "17"', "line 3 is not JSON: EOF"),
        (b"\xff", "line 3 is not JSON"),
        (b"[1]", "line 3 is not a JSON object"),
        (b'{"teamId": ""}', "line 3 has no teamId to be its key; name one for such lines with --key"),
    ],
)
def test_a_bad_line_is_named(line: bytes, reason: str) -> None:
    with pytest.raises(BadLine, match=f"^{reason}"):
        messages_of([b'{"teamId":"1"}', b"", line])
