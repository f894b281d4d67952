"""The generated pages say what the code says."""

from pathlib import Path

from domain.catalogue import EVENTS
from infra import docs


def test_the_pages_in_the_repository_are_up_to_date() -> None:
    assert docs.stale(Path(__file__).parents[2] / "docs") == []


def test_each_event_has_a_schema_and_a_section() -> None:
    pages = docs.pages()
    for name, event in EVENTS.items():
        assert Path("schemas") / f"{name}.v{event.event_version}.json" in pages
        assert f"### `{name}` version {event.event_version}" in pages[Path("events.md")]


def test_what_differs_is_missing_or_left_over_is_found_and_mended(tmp_path: Path) -> None:
    docs.write(tmp_path)
    assert docs.stale(tmp_path) == []
    (tmp_path / "events.md").write_text("by hand")
    (tmp_path / "schemas" / "team.formed.v1.json").unlink()
    (tmp_path / "schemas" / "team.dissolved.v1.json").write_text("{}")
    changed = [Path("events.md"), Path("schemas/team.dissolved.v1.json"), Path("schemas/team.formed.v1.json")]
    assert docs.stale(tmp_path) == changed
    assert docs.write(tmp_path) == changed
    assert docs.stale(tmp_path) == []


def test_personal_fields_are_marked() -> None:
    page = docs.pages()[Path("events.md")]
    row = next(line for line in page.splitlines() if line.startswith("| `name` | string or null"))
    assert "*Personal.*" in row
