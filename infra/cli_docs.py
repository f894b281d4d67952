"""`mesocycle docs`: writes the generated pages, or checks that they are up to date."""

from typing import Annotated

import typer

from infra import docs


def docs_command(
    check: Annotated[bool, typer.Option("--check", help="Write nothing; exit 1 where a page is out of date.")] = False,
) -> None:
    """Write docs/events.md, docs/asyncapi.json and the JSON Schemas anew, in the checkout that one is in."""
    if not docs.DOCS.is_dir():
        typer.echo("mesocycle: there is no docs/ here; run this in the checkout", err=True)
        raise typer.Exit(2)
    changed = docs.stale() if check else docs.write()
    for path in changed:
        print(f"{'out of date' if check else 'wrote'}: docs/{path}")
    if check and changed:
        typer.echo("run `make docs` and commit what it writes", err=True)
        raise typer.Exit(1)


docs_command.__name__ = "docs"
