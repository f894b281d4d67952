"""How the server reads requests: what it cannot take is a problem, as all errors are, and nobody may dawdle.

uvicorn (0.54) answers everything that is not HTTP with a line of plain text, and waits for the first headers for ever.
"""

import asyncio
import sys
from http import HTTPStatus
from typing import ClassVar

import h11
from uvicorn.protocols.http.h11_impl import H11Protocol

from api.problems import problem

LONGEST_HEAD = 16 * 1024
"""Bytes of request line and headers together."""

HINTS = {
    HTTPStatus.BAD_REQUEST: ("bad-request", "this is not HTTP/1.1", "Check what stands between you and the service."),
    HTTPStatus.REQUEST_URI_TOO_LONG: ("uri-too-long", "the request line is too long", "Ask for less at once."),
    HTTPStatus.REQUEST_HEADER_FIELDS_TOO_LARGE: (
        "headers-too-large",
        f"request line and headers are longer than {LONGEST_HEAD} bytes",
        "Send fewer or shorter headers.",
    ),
}


class ProblemProtocol(H11Protocol):
    """One connection. Headers that have not come whole within ``head_timeout_s`` end it without a word.

    The server makes connections by itself, so ``patient`` gives a class for it.
    """

    head_timeout_s: ClassVar[float]
    _deadline: asyncio.TimerHandle | None = None

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        super().connection_made(transport)
        self._expect_head()

    def data_received(self, data: bytes) -> None:
        super().data_received(data)
        if self.conn.their_state is h11.IDLE and not self.transport.is_closing():
            self._expect_head()
        else:
            self._end_deadline()

    def connection_lost(self, exc: Exception | None) -> None:
        self._end_deadline()
        super().connection_lost(exc)

    def send_400_response(self, msg: str) -> None:  # noqa: ARG002  (uvicorn's own words)
        """Called while the error is handled, which says of what kind it is."""
        if self.conn.our_state in (h11.IDLE, h11.SEND_RESPONSE):
            status = status_of(sys.exception(), self.conn)
            answer = problem(status, *HINTS[status])
            headers = [*answer.raw_headers, (b"connection", b"close")]
            response = h11.Response(status_code=status, headers=headers, reason=status.phrase.encode())
            for event in (response, h11.Data(data=bytes(answer.body)), h11.EndOfMessage()):
                self.transport.write(self.conn.send(event) or b"")
        self.transport.close()

    def _expect_head(self) -> None:
        if self._deadline is None:
            self._deadline = self.loop.call_later(self.head_timeout_s, self.transport.close)

    def _end_deadline(self) -> None:
        if self._deadline is not None:
            self._deadline.cancel()
            self._deadline = None


def patient(head_timeout_s: float) -> type[ProblemProtocol]:
    class Patient(ProblemProtocol):
        pass

    Patient.head_timeout_s = head_timeout_s
    return Patient


def status_of(error: BaseException | None, connection: h11.Connection) -> HTTPStatus:
    """The library cannot tell a long request line from long headers; a line has no end yet."""
    if getattr(error, "error_status_hint", 400) != HTTPStatus.REQUEST_HEADER_FIELDS_TOO_LARGE:
        return HTTPStatus.BAD_REQUEST
    received, _ = connection.trailing_data
    too_long = b"\n" not in received
    return HTTPStatus.REQUEST_URI_TOO_LONG if too_long else HTTPStatus.REQUEST_HEADER_FIELDS_TOO_LARGE
