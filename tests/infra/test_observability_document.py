"""The page about metrics names every metric that there is, and no other; and of the limits the defaults."""

import re
from pathlib import Path

from fastapi.testclient import TestClient

from infra.settings import Settings
from tests.support.club import application

PAGE = Path(__file__).parents[2] / "docs" / "observability.md"


def test_each_metric_is_on_the_page_and_each_on_the_page_is_there(database_url: str) -> None:
    with application(database_url) as app:
        app.prepare()
        rendered = TestClient(app.api).get("/metrics").text
    kinds = dict(re.findall(r"^# TYPE (mesocycle_\w+) (\w+)$", rendered, re.MULTILINE))
    there = {name for name in kinds if not name.endswith("_created")}
    assert set(re.findall(r"^\| `(mesocycle_\w+)`", PAGE.read_text(), re.MULTILINE)) == there


def test_the_defaults_are_those_of_the_settings() -> None:
    said = dict(re.findall(r"^\| `([A-Z_]+)` \| ([\d ]+\d)", PAGE.read_text(), re.MULTILINE))
    assert said == {
        name.upper(): f"{Settings.model_fields[name].default:,}".replace(",", " ")
        for name in ("rate_per_minute", "writes_per_minute", "max_body_bytes", "body_timeout_s")
    }
