"""Settings: their names and defaults, what is refused and how that is said, and that secrets stay hidden."""

from __future__ import annotations

import os
from pathlib import Path

import platformdirs
import pytest
from pydantic import SecretStr

from infra.settings import InvalidSettingsError, Settings, load_settings, shown_values

PASSWORD = "open-sesame"


@pytest.fixture(autouse=True)
def environment(monkeypatch: pytest.MonkeyPatch) -> pytest.MonkeyPatch:
    """An environment without settings, to be filled by a test."""
    for name in Settings.model_fields:
        monkeypatch.delenv(name.upper(), raising=False)
        monkeypatch.delenv(name, raising=False)
    return monkeypatch


def test_defaults() -> None:
    data_dir = Path("/var/lib/mesocycle") if os.geteuid() == 0 else platformdirs.user_data_path("mesocycle")
    assert load_settings().model_dump() == {
        "database_url": None,
        "data_dir": data_dir,
        "host": "127.0.0.1",
        "port": 8000,
        "log_level": "info",
        "log_format": "auto",
        "max_body_bytes": 1024 * 1024,
        "body_timeout_s": 20.0,
        "rate_per_minute": 600,
        "writes_per_minute": 240,
        "auth_jwks_url": None,
        "auth_issuer": "mesocycle",
        "auth_audience": "mesocycle",
        "auth_secret": None,
        "read_timeout_ms": 5000,
        "planning_service_url": "http://localhost:3006",
        "planning_service_token": None,
        "planning_timeout_ms": 5000,
        "planning_rate_per_minute": 600,
        "planning_breaker_failures": 5,
        "planning_breaker_reset_s": 30.0,
        "kafka_bootstrap_servers": None,
        "integration_topic": "training.integration",
        "planning_topic": "planning.events",
        "poll_interval_ms": 20,
        "fanout_chunk": 1000,
        "cached_states": 100_000,
        "projector_batch": 2000,
        "writer_idle_timeout_ms": 5000,
    }


def test_every_setting_says_what_it_is_for() -> None:
    assert [name for name, field in Settings.model_fields.items() if not field.description] == []


def test_names_stand_bare_in_the_environment(environment: pytest.MonkeyPatch) -> None:
    given = {
        "DATABASE_URL": f"postgresql://coach:{PASSWORD}@db/club",
        "DATA_DIR": "/srv/club",
        "PORT": "9000",
        "LOG_LEVEL": "WARNING",
        "PLANNING_SERVICE_URL": "https://planning.example/",
        "KAFKA_BOOTSTRAP_SERVERS": "one:9092,two:9092",
    }
    for name, value in given.items():
        environment.setenv(name, value)
    settings = load_settings()
    assert settings.model_dump(include=set(map(str.lower, given))) == {
        "database_url": SecretStr(given["DATABASE_URL"]),
        "data_dir": Path("/srv/club"),
        "port": 9000,
        "log_level": "warning",
        "planning_service_url": "https://planning.example",
        "kafka_bootstrap_servers": "one:9092,two:9092",
    }


def test_an_empty_variable_is_an_unset_one(environment: pytest.MonkeyPatch) -> None:
    environment.setenv("DATABASE_URL", "")
    environment.setenv("PORT", "")
    assert (load_settings().database_url, load_settings().port) == (None, 8000)


def test_a_file_named_env_is_not_read(environment: pytest.MonkeyPatch, tmp_path: Path) -> None:
    (tmp_path / ".env").write_text("PORT=1234\n")
    environment.chdir(tmp_path)
    assert load_settings().port == 8000


@pytest.mark.parametrize(
    ("name", "value", "said"),
    [
        ("PORT", "70000", "(it is '70000')"),
        ("PORT", "abc", "unset it for the default, 8000"),
        ("LOG_LEVEL", "loud", "'debug', 'info', 'warning', 'error' or 'critical'"),
        ("PLANNING_SERVICE_URL", "planning:3006", "not a URL like http://host:3006"),
        ("PLANNING_SERVICE_TOKEN", "two words", "not a token of printable ASCII"),
        ("PLANNING_TIMEOUT_MS", "0", "greater than or equal to 50"),
        ("PLANNING_RATE_PER_MINUTE", "0", "greater than or equal to 1"),
        ("PLANNING_BREAKER_FAILURES", "0", "greater than or equal to 1"),
        ("PLANNING_BREAKER_RESET_S", "0", "greater than or equal to 0.1"),
        ("KAFKA_BOOTSTRAP_SERVERS", "broker", "not a list like host:9092"),
        ("PLANNING_TOPIC", "a topic", "Topic that the planning service writes to"),
        ("POLL_INTERVAL_MS", "0", "greater than or equal to 1"),
        ("FANOUT_CHUNK", "-1", "greater than or equal to 1"),
        ("PROJECTOR_BATCH", "many", "valid integer"),
        ("WRITER_IDLE_TIMEOUT_MS", "1", "greater than or equal to 100"),
    ],
)
def test_a_wrong_value_is_named_with_what_to_do(
    environment: pytest.MonkeyPatch, name: str, value: str, said: str
) -> None:
    environment.setenv(name, value)
    with pytest.raises(InvalidSettingsError) as raised:
        load_settings()
    (line,) = str(raised.value).splitlines()
    assert line.startswith(f"{name}: ")
    assert said in line
    assert "Correct it, or unset it" in line


def test_all_that_is_wrong_is_said_at_once(environment: pytest.MonkeyPatch) -> None:
    environment.setenv("PORT", "abc")
    environment.setenv("LOG_LEVEL", "loud")
    with pytest.raises(InvalidSettingsError) as raised:
        load_settings()
    assert len(str(raised.value).splitlines()) == 2


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("DATABASE_URL", f"postgresql://coach:{PASSWORD}@db:5432/club"),
        ("DATABASE_URL", f"postgresql://db/club?user=coach&password={PASSWORD}"),
        ("DATABASE_URL", f"host=db dbname=club user=coach password={PASSWORD}"),
        ("PLANNING_SERVICE_URL", f"http://mesocycle:{PASSWORD}@planning:3006"),
        ("PLANNING_SERVICE_TOKEN", PASSWORD),
    ],
)
def test_a_password_is_not_shown(environment: pytest.MonkeyPatch, name: str, value: str) -> None:
    environment.setenv(name, value)
    shown = {row[0]: row[1:3] for row in shown_values(load_settings())}
    assert PASSWORD not in str(shown)
    assert "***" in shown[name][0]
    assert shown[name][1] == "environment"
    assert shown["HOST"] == ("127.0.0.1", "default")


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("DATABASE_URL", f"host=db password={PASSWORD} {PASSWORD}"),
        ("PLANNING_SERVICE_URL", f"ftp://mesocycle:{PASSWORD}@planning"),
        ("PLANNING_SERVICE_TOKEN", f"{PASSWORD} with spaces"),
    ],
)
def test_a_password_is_not_in_an_error_either(environment: pytest.MonkeyPatch, name: str, value: str) -> None:
    environment.setenv(name, value)
    with pytest.raises(InvalidSettingsError) as raised:
        load_settings()
    assert PASSWORD not in str(raised.value)
    assert name in str(raised.value)


def test_a_secret_is_not_in_the_settings_own_text(environment: pytest.MonkeyPatch) -> None:
    environment.setenv("DATABASE_URL", f"postgresql://coach:{PASSWORD}@db/club")
    environment.setenv("PLANNING_SERVICE_TOKEN", PASSWORD)
    assert PASSWORD not in repr(load_settings())
