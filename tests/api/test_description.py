"""The API's description names every status that a route may answer, as a problem, and none that it never would."""

from typing import Any

from tests.api.conftest import Served

ANY = {"400", "401", "403", "404", "414", "422", "429", "503"}
CHANGING = ANY | {"408", "409", "412", "413"}


def operations(described: Any) -> list[tuple[str, str, Any]]:
    return [(path, method, each) for path, methods in described["paths"].items() for method, each in methods.items()]


def test_each_route_that_asks_for_a_token_names_what_it_may_refuse(served: Served) -> None:
    described = served.client.get("/openapi.json").json()
    secured = [one for one in operations(described) if "security" in one[2]]
    assert {path for path, _, _ in operations(described)} - {path for path, _, _ in secured} == {
        "/health/live",
        "/health/ready",
    }
    for path, method, operation in secured:
        refused = {status for status in operation["responses"] if int(status) >= 400}
        assert (ANY if method == "get" else CHANGING) <= refused, (method, path)
        assert "500" not in refused


def test_a_refusal_is_described_as_a_problem_with_the_headers_that_it_comes_with(served: Served) -> None:
    described = served.client.get("/openapi.json").json()
    components = described["components"]
    for status in CHANGING:
        [media_type] = components["responses"][f"Problem{status}"]["content"]
        assert media_type == "application/problem+json"
    assert list(components["responses"]["Problem429"]["headers"]) == ["Retry-After"]
    for _, _, operation in operations(described):
        for status, response in operation["responses"].items():
            if reference := response.get("$ref"):
                assert reference == f"#/components/responses/Problem{status}"
            elif int(status) >= 400 and "security" in operation:
                assert list(response["content"]) == ["application/problem+json"], "a route's own words"


def test_the_description_is_made_once(served: Served) -> None:
    assert served.app.api.openapi() is served.app.api.openapi()
