"""Every setting of the service: read from the environment under its bare name, checked once, at the start."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Annotated, Any, Literal
from urllib.parse import urlsplit

import platformdirs
import psycopg
from psycopg import conninfo
from pydantic import AfterValidator, BeforeValidator, Field, SecretStr, ValidationError
from pydantic_settings import BaseSettings, SettingsConfigDict

from infra.logging import LogFormat

LogLevel = Literal["debug", "info", "warning", "error", "critical"]


class InvalidSettingsError(ValueError):
    """Settings that cannot be used; the message names each variable and what to do."""


def default_data_dir() -> Path:
    """As root a folder that the database's system user can reach too, which root's home is not."""
    return Path("/var/lib/mesocycle") if os.geteuid() == 0 else platformdirs.user_data_path("mesocycle")


def _checked_database_url(url: SecretStr) -> SecretStr:
    try:
        conninfo.conninfo_to_dict(url.get_secret_value())
    except psycopg.ProgrammingError:
        # The driver's own words would repeat a part of the text, password and all.
        raise ValueError("not a connection URL like postgresql://user:password@host:5432/name") from None
    return url


def _checked_http_url(url: str) -> str:
    parts = urlsplit(url)
    if parts.scheme not in ("http", "https") or not parts.hostname:
        raise ValueError("not a URL like http://host:3006")
    return url.rstrip("/")


def _checked_jwks_url(url: str) -> str:
    parts = urlsplit(_checked_http_url(url))
    if parts.scheme == "http" and parts.hostname not in ("localhost", "127.0.0.1", "::1"):
        raise ValueError("not an https:// URL: over http whoever is on the way may put keys of their own there")
    return url


def _checked_servers(servers: str) -> str:
    for server in servers.split(","):
        host, colon, port = server.strip().rpartition(":")
        if not (host and colon and port.isdecimal()):
            raise ValueError("not a list like host:9092,other:9092")
    return servers


def _checked_token(token: SecretStr) -> SecretStr:
    text = token.get_secret_value()
    if not (text.isascii() and text.isprintable() and " " not in text):
        raise ValueError("not a token of printable ASCII without spaces, which is all that an HTTP header takes")
    return token


def _checked_secret(secret: SecretStr) -> SecretStr:
    if len(secret.get_secret_value().encode()) < 32:
        raise ValueError("shorter than 32 bytes; `openssl rand -hex 32` makes a good one")
    return secret


def _lower(value: object) -> object:
    return value.lower() if isinstance(value, str) else value


class Settings(BaseSettings):
    """One field per environment variable, called the same in lower case."""

    model_config = SettingsConfigDict(
        case_sensitive=False, env_ignore_empty=True, extra="ignore", frozen=True, hide_input_in_errors=True
    )

    database_url: Annotated[SecretStr, AfterValidator(_checked_database_url)] | None = Field(
        None, description="PostgreSQL to use; unset: one of our own, kept in DATA_DIR"
    )
    data_dir: Annotated[Path, AfterValidator(lambda path: path.expanduser().absolute())] = Field(
        default_factory=default_data_dir, description="Folder for what the service keeps"
    )
    host: str = Field("127.0.0.1", description="Address that the HTTP API listens on")
    port: int = Field(8000, ge=0, le=65535, description="Port that the HTTP API listens on; 0: any free one")
    log_level: Annotated[LogLevel, BeforeValidator(_lower)] = Field(
        "info", description="Least severe log line shown: debug, info, warning, error or critical"
    )
    log_format: Annotated[LogFormat, BeforeValidator(_lower)] = Field(
        "auto", description="Log lines as json, or for a person (console); auto: for a person on a terminal"
    )
    max_body_bytes: int = Field(
        1024 * 1024, ge=1024, le=64 * 1024 * 1024, description="A request's body at most, in bytes"
    )
    body_timeout_s: float = Field(
        20, ge=0.1, le=600, description="How long a request's body may take to come, in seconds"
    )
    rate_per_minute: int = Field(
        600, ge=0, le=10_000_000, description="Reads that one caller may ask for within a minute; 0: any number"
    )
    writes_per_minute: int = Field(
        240, ge=0, le=10_000_000, description="Changes that one caller may ask for within a minute; 0: any number"
    )
    planning_service_url: Annotated[str, AfterValidator(_checked_http_url)] = Field(
        "http://localhost:3006", description="Where the planning service answers"
    )
    planning_service_token: Annotated[SecretStr, AfterValidator(_checked_token)] | None = Field(
        None, description="Service token sent to the planning service as a bearer; unset: none"
    )
    planning_timeout_ms: int = Field(
        5000, ge=50, le=60_000, description="How long the planning service may take for one answer, in milliseconds"
    )
    planning_rate_per_minute: int = Field(
        600, ge=1, le=1_000_000, description="Requests to the planning service within a minute, at most"
    )
    planning_breaker_failures: int = Field(
        5, ge=1, le=1000, description="Failures in a row after which the planning service is left alone for a while"
    )
    planning_breaker_reset_s: float = Field(
        30, ge=0.1, le=3600, description="How long the planning service is then left alone, in seconds"
    )
    auth_jwks_url: Annotated[str, AfterValidator(_checked_jwks_url)] | None = Field(
        None, description="Public keys (JWKS) of whoever issues tokens for the API, signed with RS256"
    )
    auth_secret: Annotated[SecretStr, AfterValidator(_checked_secret)] | None = Field(
        None,
        description="Secret that tokens for the API are signed with, HS256; unset, and without DATABASE_URL: made at "
        "the first start, kept in DATA_DIR",
    )
    auth_issuer: str = Field("mesocycle", min_length=1, description="Issuer (iss) that tokens for the API must name")
    auth_audience: str = Field("mesocycle", min_length=1, description="Audience (aud) that they must be meant for")
    kafka_bootstrap_servers: Annotated[str, AfterValidator(_checked_servers)] | None = Field(
        None, description="Kafka to use, as host:port,host:port; unset: topics are kept in PostgreSQL"
    )
    planning_topic: str = Field(
        "planning.events", pattern=r"^[A-Za-z0-9._-]{1,249}$", description="Topic that the planning service writes to"
    )
    integration_topic: str = Field(
        "training.integration",
        pattern=r"^[A-Za-z0-9._-]{1,249}$",
        description="Topic on which other services are told of adjustments",
    )
    poll_interval_ms: int = Field(
        20, ge=1, le=60_000, description="How long a reader sleeps when no signal of new events came, in milliseconds"
    )
    fanout_chunk: int = Field(
        1000, ge=1, le=100_000, description="Assignments that one step of a phase change's fan-out adjusts"
    )
    cached_states: int = Field(
        100_000, ge=0, description="Aggregates whose latest state a process keeps in memory, some 500 bytes each"
    )
    projector_batch: int = Field(
        2000, ge=1, le=100_000, description="Events that a projection takes in one transaction, at most"
    )
    read_timeout_ms: int = Field(
        5000, ge=50, le=600_000, description="How long one query of a request may take, in milliseconds"
    )
    writer_idle_timeout_ms: int = Field(
        5000, ge=100, le=600_000, description="A write transaction idle for longer is ended, in milliseconds"
    )


def load_settings() -> Settings:
    """Read the environment; InvalidSettingsError with one line for each variable that is wrong."""
    try:
        return Settings()
    except ValidationError as error:
        lines = [_explain(str(detail["loc"][0]), detail["msg"]) for detail in error.errors(include_input=False)]
        raise InvalidSettingsError("\n".join(lines)) from None


def shown_values(settings: Settings) -> list[tuple[str, str, str, str]]:
    """Name, value without secrets, where it comes from, and description of every setting."""
    return [
        (
            name.upper(),
            _without_secrets(name, getattr(settings, name)),
            "environment" if name in settings.model_fields_set else "default",
            field.description or "",
        )
        for name, field in Settings.model_fields.items()
    ]


def _explain(name: str, message: str) -> str:
    variable, field = name.upper(), Settings.model_fields[name]
    default = field.get_default(call_default_factory=True, validated_data={})
    fallback = "unset it" if default is None else f"unset it for the default, {default}"
    value = os.environ.get(variable, os.environ.get(name, ""))
    given = "" if _is_secret(name, value) else f" (it is {value!r})"
    reason = message.removeprefix("Value error, ")
    return f"{variable}: {reason}{given}. {field.description}. Correct it, or {fallback}."


def _is_secret(name: str, value: str) -> bool:
    return name in ("database_url", "planning_service_token", "auth_secret") or "@" in value


def _without_secrets(name: str, value: Any) -> str:
    match value:
        case None:
            return ""
        case SecretStr() if name != "database_url":
            return "***"
        case SecretStr():
            parts = conninfo.conninfo_to_dict(value.get_secret_value())
            return conninfo.make_conninfo(
                "", **{key: "***" if "password" in key or "secret" in key else part for key, part in parts.items()}
            )
        case str() if "://" in value and (password := urlsplit(value).password):
            return value.replace(f":{password}@", ":***@")
        case _:
            return str(value)
