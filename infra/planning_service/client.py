"""The planning service over HTTP, as ``docs/planning-contract.md`` tells it. Threads may share one client."""

import random
import time
from collections.abc import Callable, Mapping
from contextlib import closing
from datetime import datetime
from functools import partial
from importlib.metadata import version
from typing import NamedTuple, TypeVar
from urllib.parse import quote
from uuid import UUID

import httpx2
import stamina
from limits import RateLimitItemPerMinute
from limits.storage import MemoryStorage
from limits.strategies import MovingWindowRateLimiter
from pydantic import SecretStr
from structlog.contextvars import bound_contextvars

from consumers.planning_service import (
    CompletionNotice,
    PhaseContent,
    PlanningServiceAway,
    PlanningServiceMalformed,
    PlanningServiceRefused,
    SeasonPlanContent,
    TemplateContent,
)
from domain.ports import Clock
from infra.planning_service.answers import (
    LONGEST_BODY,
    NotServed,
    phase_of,
    raise_for,
    season_plan_of,
    template_of,
)
from infra.planning_service.breaker import CircuitBreaker, State

LONGEST_CONNECT_S = 2.0
ALREADY_KNOWN = 409

T = TypeVar("T")


class RateExhausted(PlanningServiceAway):
    """Nothing was asked: this process has asked as often within a minute as it may."""


class Patience(NamedTuple):
    """How one call is repeated before it fails. A wait is doubled each time, and up to ``jitter_s`` longer.

    ``longest_wait_s`` is also how long a Retry-After may be to be waited for here; after ``at_most_s`` no other attempt
    begins. So a call with the default time-out of 5 s ends within 20 s, before a stopping service loses its patience.
    """

    attempts: int = 3
    first_wait_s: float = 0.2
    longest_wait_s: float = 3.0
    jitter_s: float = 0.3
    at_most_s: float = 10.0


class HttpPlanningService:
    """Implements the port ``PlanningService``.

    ``timeout_s`` is for one attempt, ``rate_per_minute`` for the attempts of all threads together. ``state``,
    ``last_success_at`` and ``last_error`` are for health checks; the error is None again after a success.
    """

    def __init__(
        self,
        url: str,
        *,
        token: SecretStr | None,
        timeout_s: float,
        rate_per_minute: int,
        breaker: CircuitBreaker,
        clock: Clock,
        patience: Patience | None = None,
    ) -> None:
        patience = patience or Patience()
        self._timeout_s = timeout_s
        self._breaker = breaker
        self._clock = clock
        self._patience = patience
        self._retrying = stamina.RetryingCaller(
            attempts=patience.attempts,
            timeout=patience.at_most_s,
            wait_initial=patience.first_wait_s,
            wait_max=patience.longest_wait_s,
            wait_jitter=patience.jitter_s,
        )
        self._rate = RateLimitItemPerMinute(rate_per_minute)
        self._limiter = MovingWindowRateLimiter(MemoryStorage())
        self._http = open_http(url, token, timeout_s)
        self.last_success_at: datetime | None = None
        self.last_error: str | None = None

    @property
    def state(self) -> State:
        return self._breaker.state

    def close(self) -> None:
        self._http.close()

    def current_phase(self, team: str, correlation_id: UUID) -> PhaseContent:
        path = f"/api/v1/teams/{segment(team)}/current-phase"
        return self._call("GET", path, correlation_id, partial(phase_of, team=team))

    def season_plan(self, team: str, correlation_id: UUID) -> SeasonPlanContent:
        path = f"/api/v1/teams/{segment(team)}/season-plan"
        return self._call("GET", path, correlation_id, partial(season_plan_of, team=team))

    def template(self, template_id: str, correlation_id: UUID) -> TemplateContent:
        path = f"/api/v1/templates/{segment(template_id)}"
        return self._call("GET", path, correlation_id, partial(template_of, template_id=template_id))

    def notify_completion(self, notice: CompletionNotice, correlation_id: UUID) -> None:
        # The key is the same at every attempt, which is what makes a repeated POST harmless.
        headers = {"Idempotency-Key": str(notice.notice_id), "Content-Type": "application/json"}
        content = notice.model_dump_json(by_alias=True, exclude_none=True)
        self._call("POST", "/api/v1/completions", correlation_id, accepted, headers=headers, content=content)

    def _call(
        self,
        method: str,
        path: str,
        correlation_id: UUID,
        understood: Callable[[bytes], T],
        *,
        headers: Mapping[str, str] | None = None,
        content: str | None = None,
    ) -> T:
        """Attempts until one is answered; ``understood`` makes content of the body."""
        sent = {**(headers or {}), "X-Correlation-Id": str(correlation_id)}
        request = self._http.build_request(method, path, headers=sent, content=content)
        with bound_contextvars(correlation_id=str(correlation_id)):
            try:
                result = self._retrying(self._again, self._attempt, request, f"{method} {path}", understood)
            except (NotServed, PlanningServiceMalformed) as error:
                self.last_error = str(error)
                raise
            except PlanningServiceRefused as error:
                if error.status != 404:  # that is an ordinary answer: there is no such thing
                    self.last_error = str(error)
                raise
        self.last_success_at, self.last_error = self._clock.now(), None
        return result

    def _again(self, error: Exception) -> bool | float:
        """Whether to try again, or after how many seconds, where the planning service itself said so."""
        if not isinstance(error, NotServed):
            return False
        if error.retry_after_s is None:
            return True
        if error.retry_after_s > self._patience.longest_wait_s:
            return False
        return error.retry_after_s + random.uniform(0, self._patience.jitter_s)

    def _attempt(self, request: httpx2.Request, asked: str, understood: Callable[[bytes], T]) -> T:
        with self._breaker.attempt():
            self._spend()
            status, headers, body = self._exchange(request, asked)
            if not (request.method == "POST" and status == ALREADY_KNOWN):
                raise_for(status, headers, body, asked, self._clock.now())
            return understood(body)

    def _spend(self) -> None:
        if not self._limiter.hit(self._rate):
            reset_at = self._limiter.get_window_stats(self._rate).reset_time
            raise RateExhausted(
                f"the planning service has been asked {self._rate.amount} times within a minute, "
                "which is what PLANNING_RATE_PER_MINUTE allows",
                retry_after_s=max(reset_at - time.time(), 0.0),
            )

    def _exchange(self, request: httpx2.Request, asked: str) -> tuple[int, httpx2.Headers, bytes]:
        """Status, headers and body, which is cut when it is too long.

        The library's own time-outs are for each read, so that a body which comes drop by drop would never end: hence
        the deadline.
        """
        deadline = time.monotonic() + self._timeout_s
        body = bytearray()
        try:
            response = self._http.send(request, stream=True)
            with closing(response):
                for chunk in response.iter_raw():
                    body += chunk
                    if time.monotonic() > deadline:
                        raise NotServed(f"the planning service took longer than {self._timeout_s:g} s for {asked}")
                    if len(body) > LONGEST_BODY:
                        break
        except httpx2.RequestError as error:
            raise NotServed(
                f"the planning service at {self._http.base_url} did not answer {asked}: {type(error).__name__} {error}"
            ) from error
        return response.status_code, response.headers, bytes(body)


def open_http(url: str, token: SecretStr | None, timeout_s: float) -> httpx2.Client:
    """Verifies TLS, follows no redirect, asks for uncompressed answers: their size is then what the limit counts.

    User and password leave the URL, which is logged with each request; a token goes before them.
    """
    given = httpx2.URL(url)
    headers = {
        "User-Agent": f"mesocycle/{version('mesocycle')}",
        "Accept": "application/json",
        "Accept-Encoding": "identity",
    }
    auth: httpx2.BasicAuth | None = None
    if token is not None:
        headers["Authorization"] = f"Bearer {token.get_secret_value()}"
    elif given.username or given.password:
        auth = httpx2.BasicAuth(given.username, given.password)
    return httpx2.Client(
        base_url=given.copy_with(username=None, password=None),
        auth=auth,
        follow_redirects=False,
        timeout=httpx2.Timeout(timeout_s, connect=min(timeout_s, LONGEST_CONNECT_S)),
        headers=headers,
    )


def segment(text: str) -> str:
    """An opaque id as one segment of a path; a dot alone would otherwise mean a folder."""
    return quote(text, safe="") if text.strip(".") else text.replace(".", "%2E")


def accepted(_: bytes) -> None:
    """A notice that was taken says nothing that is of use here."""
