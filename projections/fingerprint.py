"""Tells whether a projection's tables must be filled anew: a fingerprint of its DDL and of what its handlers do.

Followed are the handlers, the functions of ours that they call, and the constants (SQL above all) that they name.
Comments, docstrings and layout do not count, nor do the queries beside the handlers.
"""

import ast
import inspect
from collections.abc import Callable, Iterator, Mapping
from hashlib import sha256
from textwrap import dedent
from types import CodeType, FunctionType
from typing import Any

LENGTH = 8
"""Hexadecimal digits: enough to tell a projection's versions apart, and short in the name of a schema."""

DOCUMENTED = ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef | ast.Module


def fingerprint(ddl: str, handlers: Mapping[str, Callable[..., Any]]) -> str:
    """``handlers`` by the stored name of the event that each handles."""
    digest = sha256(ddl.encode())
    described: dict[str, str] = {}
    for event_name, handler in sorted(handlers.items()):
        digest.update(f"\0{event_name}\0{handler.__qualname__}".encode())
        describe(handler, described)
    for name, text in sorted(described.items()):
        digest.update(f"\0{name}\0{text}".encode())
    return digest.hexdigest()[:LENGTH]


def describe(function: Callable[..., Any], described: dict[str, str]) -> None:
    """Adds the function, and what it names, to ``described``."""
    if not isinstance(function, FunctionType):
        raise TypeError(f"{function!r}: a handler is a plain function, so that its source can be read")
    name = f"{function.__module__}.{function.__qualname__}"
    if name in described:
        return
    described[name] = plain_source(inspect.getsource(function))
    ours = {function.__module__.partition(".")[0], "domain", "projections"}
    for used in sorted(set(names_in(function.__code__))):
        value = function.__globals__.get(used)
        if isinstance(value, FunctionType):
            if value.__module__.partition(".")[0] in ours:
                describe(value, described)
        elif is_constant(value):
            described[f"{function.__module__}.{used}"] = repr(value)


def names_in(code: CodeType) -> Iterator[str]:
    """Of globals (and attributes, which are told apart by nothing), those of inner functions too."""
    yield from code.co_names
    for constant in code.co_consts:
        if isinstance(constant, CodeType):
            yield from names_in(constant)


def is_constant(value: object) -> bool:
    match value:
        case tuple():
            return all(map(is_constant, value))
        case dict():
            return all(is_constant(key) and is_constant(item) for key, item in value.items())
        case _:
            return isinstance(value, str | bytes | int | float)


def plain_source(source: str) -> str:
    """The code, without comments and docstrings, in one layout."""
    tree = ast.parse(dedent(source))
    for node in ast.walk(tree):
        if isinstance(node, DOCUMENTED) and ast.get_docstring(node, clean=False) is not None:
            node.body = node.body[1:] or [ast.Pass()]
    return ast.unparse(tree)
