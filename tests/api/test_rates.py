"""Who asks too often is told when to come back; reads and writes, principals and addresses are counted apart."""

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import PlainTextResponse
from starlette.routing import Route
from starlette.testclient import TestClient
from starlette.types import Scope

from api.rates import Policy, RateLimited, Verdict

READS, WRITES = Policy("reads", 600), Policy("writes", 60)


class Counting:
    """Answers what it is told to, and keeps what it was asked."""

    def __init__(self, verdict: Verdict | None) -> None:
        self.verdict = verdict
        self.asked: list[tuple[str, str]] = []

    def __call__(self, principal: str, policy: Policy) -> Verdict | None:
        self.asked.append((principal, policy.name))
        return self.verdict


async def whoever_says(scope: Scope) -> str | None:
    return Request(scope).headers.get("x-name")


def client(counting: Counting, *, reads: Policy = READS) -> TestClient:
    async def answer(request: Request) -> PlainTextResponse:
        return PlainTextResponse(str(request.scope.get("mesocycle.principal_id")))

    paths = ("/", "/health/live", "/metrics", "/healthy")
    app = Starlette(routes=[Route(path, answer, methods=["GET", "POST", "DELETE"]) for path in paths])
    app.add_middleware(RateLimited, take=counting, principal_of=whoever_says, reads=reads, writes=WRITES)
    return TestClient(app)


def test_an_answer_tells_what_is_left() -> None:
    answer = client(Counting(Verdict(True, 17, 42.2, 0.0))).get("/")
    assert answer.status_code == 200
    assert answer.headers["ratelimit-policy"] == '"reads";q=600;w=60'
    assert answer.headers["ratelimit"] == '"reads";r=17;t=43'


def test_a_refusal_tells_when_to_come_back() -> None:
    answer = client(Counting(Verdict(False, 0, 60.0, 2.1))).post("/")
    assert answer.status_code == 429
    assert answer.headers["content-type"] == "application/problem+json"
    assert answer.headers["retry-after"] == "3"
    assert answer.headers["ratelimit"] == '"writes";r=0;t=60'
    body = answer.json()
    assert body["type"] == "urn:mesocycle:problem:too-many-requests"
    assert "60 writes" in body["detail"]
    assert "3 s" in body["hint"]
    soon = client(Counting(Verdict(False, 0, 60.0, 0.001))).get("/")
    assert soon.headers["retry-after"] == "1", "at once would be refused again"


def test_counted_is_who_has_proved_to_be_somebody_and_else_the_address() -> None:
    counting = Counting(Verdict(True, 1, 1.0, 0.0))
    asking = client(counting)
    asking.get("/", headers={"X-Name": "ana"})
    asking.delete("/", headers={"X-Name": "ana"})
    asking.get("/healthy")
    assert counting.asked == [("ana", "reads"), ("ana", "writes"), ("address testclient", "reads")]


def test_the_log_gets_an_id_that_is_nobodys_name() -> None:
    asking = client(Counting(None))
    first, again, other = (asking.get("/", headers={"X-Name": name}).text for name in ("ana", "ana", "ben"))
    assert first == again != other
    assert "ana" not in first
    assert len(first) == 16


def test_probes_are_not_counted_and_nobody_is_where_there_is_no_limit() -> None:
    counting = Counting(Verdict(False, 0, 60.0, 60.0))
    asking, unlimited = client(counting), client(counting, reads=Policy("reads", 0))
    answers = [asking.get("/health/live"), asking.get("/metrics"), unlimited.get("/")]
    assert [answer.status_code for answer in answers] == [200] * 3
    assert counting.asked == []
    assert not any("ratelimit" in answer.headers for answer in answers)


def test_where_nobody_can_count_the_answer_comes_without_numbers() -> None:
    answer = client(Counting(None)).get("/")
    assert (answer.status_code, "ratelimit" in answer.headers) == (200, False)
