"""Walks every route of the API's description: a request for each that is as good as its schema can tell."""

from collections.abc import Iterator, Mapping
from typing import Any, NamedTuple
from uuid import UUID, uuid4

from fastapi.testclient import TestClient
from httpx2 import Response

METHODS = ("get", "post", "put", "patch", "delete")


class Operation(NamedTuple):
    """``path`` is a template. ``secured``: the description says that it asks for a token."""

    method: str
    path: str
    secured: bool
    parameters: list[Any]
    body: Any

    @property
    def names_something(self) -> bool:
        return "{" in self.path


class Description:
    """``ids``: by a parameter's or property's name, whose thing it shall name."""

    def __init__(self, document: Any, ids: Mapping[str, UUID | str]) -> None:
        self._document = document
        self._ids = ids

    def operations(self) -> Iterator[Operation]:
        for path, operations in self._document["paths"].items():
            for method, said in operations.items():
                if method in METHODS:
                    body = said.get("requestBody", {}).get("content", {})
                    schema = next((one["schema"] for one in body.values()), None)
                    yield Operation(method, path, bool(said.get("security")), said.get("parameters", []), schema)

    def ask(self, client: TestClient, operation: Operation, headers: Mapping[str, str] | None = None) -> Response:
        path, query = operation.path, {}
        for parameter in operation.parameters:
            name, schema = parameter["name"], parameter["schema"]
            if parameter["in"] == "path":
                assert name in self._ids, f"say in `ids` what {name} of {operation.path} shall name"
                path = path.replace("{" + name + "}", str(self._ids[name]))
            elif parameter["in"] == "query" and (parameter.get("required") or name in self._ids):
                query[name] = str(self._ids.get(name) or self.sample(schema, name))
        body = None if operation.body is None else self.sample(operation.body)
        return client.request(operation.method.upper(), path, params=query, json=body, headers=headers)

    def sample(self, schema: Any, name: str = "") -> Any:
        """Something that the schema allows."""
        if name in self._ids:
            kinds = [one.get("type") for one in (schema, *schema.get("anyOf", ()))]
            return [str(self._ids[name])] if "array" in kinds else str(self._ids[name])
        match schema:
            case {"$ref": str(reference)}:
                return self.sample(self._document["components"]["schemas"][reference.rsplit("/", 1)[1]], name)
            case {"examples": [first, *_]}:
                return first
            case {"const": value} | {"enum": [value, *_]}:
                return value
            case {"anyOf": options} | {"oneOf": options} | {"allOf": options}:
                return self.sample(next(one for one in options if one.get("type") != "null"), name)
            case {"type": "object"}:
                wanted = set(schema.get("required", ())) | (schema.get("properties", {}).keys() & self._ids.keys())
                return {one: self.sample(schema["properties"][one], one) for one in sorted(wanted)}
            case {"type": "array"}:
                return [self.sample(schema.get("items", {}), name) for _ in range(schema.get("minItems", 1))]
            case {"type": "string", "format": "uuid"}:
                return str(uuid4())
            case {"type": "string", "format": "date"}:
                return "2026-11-23"
            case {"type": "string", "format": "date-time"}:
                return "2026-11-23T10:00:00Z"
            case {"type": "string"}:
                return "x" * max(1, schema.get("minLength", 1))
            case {"type": "integer" | "number"}:
                return schema.get("minimum", 1)
            case {"type": "boolean"}:
                return False
            case _:
                return None
