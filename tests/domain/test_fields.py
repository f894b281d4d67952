"""The constrained types that commands share."""

from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from pydantic import TypeAdapter, ValidationError

from domain.fields import DayOrInstant, ZoneName, local_day

DAY_OR_INSTANT: TypeAdapter[date | datetime] = TypeAdapter(DayOrInstant)
ZONE: TypeAdapter[str] = TypeAdapter(ZoneName)
MIDNIGHT = datetime(2026, 3, 1, tzinfo=UTC)


@pytest.mark.parametrize(
    ("given", "read"),
    [
        (date(2026, 3, 1), date(2026, 3, 1)),
        ("2026-03-01", date(2026, 3, 1)),
        (MIDNIGHT, MIDNIGHT),  # not a date, though pydantic would take it for one
        ("2026-03-01T00:00:00Z", MIDNIGHT),
        (1_772_323_200_000, MIDNIGHT),  # milliseconds, as JavaScript counts
    ],
)
def test_a_day_is_told_from_an_instant(given: Any, read: date | datetime) -> None:
    value = DAY_OR_INSTANT.validate_python(given)
    assert value == read
    assert type(value) is type(read)


@pytest.mark.parametrize("given", [datetime(2026, 3, 1), "2026-03-01T00:00:00", "2026-02-30", "", None, [], {}])
def test_what_is_neither(given: Any) -> None:
    with pytest.raises(ValidationError):
        DAY_OR_INSTANT.validate_python(given)


@pytest.mark.parametrize(
    "given", ["0001-01-01", "1899-12-31", "2200-01-01", "9999-12-31", "0001-01-01T00:00:00Z", "9999-12-31T23:59:59Z"]
)
def test_beyond_the_bounds_of_days(given: str) -> None:
    with pytest.raises(ValidationError):
        DAY_OR_INSTANT.validate_python(given)


def test_every_instant_within_the_bounds_has_a_day_in_every_zone() -> None:
    for given in ("1900-01-01T00:00:00Z", "2199-12-31T00:00:00Z"):
        instant = DAY_OR_INSTANT.validate_python(given)
        for zone in ("Pacific/Apia", "Pacific/Pago_Pago"):
            assert abs(local_day(instant, zone) - local_day(instant, "UTC")) <= timedelta(days=1)


def test_the_day_of_an_instant_is_the_one_on_the_wall_there() -> None:
    late = datetime(2026, 7, 1, 22, 30, tzinfo=UTC)
    assert local_day(late, "Europe/Madrid") == date(2026, 7, 2)
    assert local_day(late, "America/New_York") == date(2026, 7, 1)
    assert local_day(date(2026, 7, 1), "Asia/Tokyo") == date(2026, 7, 1)


@pytest.mark.parametrize("zone", ["Europe/Madrid", "UTC", "America/Argentina/Buenos_Aires", "Asia/Kolkata"])
def test_zones(zone: str) -> None:
    assert ZONE.validate_python(zone) == zone


@pytest.mark.parametrize("zone", ["Europe", "Mars/Olympus", "", "../etc/passwd", "/etc/localtime", "CEST+2", "\0"])
def test_no_zones(zone: str) -> None:
    with pytest.raises(ValidationError):
        ZONE.validate_python(zone)
