"""Constrained types that several commands share. Stored events do not use them: they carry types only."""

from datetime import UTC, date, datetime
from typing import Annotated, Any
from zoneinfo import ZoneInfo

from pydantic import AfterValidator, AwareDatetime, Discriminator, Field, StringConstraints, Tag

WITHOUT_NUL = r"^[^\x00]*$"
"""PostgreSQL keeps no NUL in text or JSON."""

Title = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=200, pattern=WITHOUT_NUL)]
Reason = Annotated[
    str,
    StringConstraints(strip_whitespace=True, min_length=1, max_length=200, pattern=WITHOUT_NUL),
    Field(description="Why, in a short sentence for the coach; not the place for notes on a person's health."),
]
FocusArea = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=60, pattern=WITHOUT_NUL)]
"""What exercises are for and phases ask for: strength, power, mobility, ... in the club's own words."""

ExternalId = Annotated[str, StringConstraints(min_length=1, max_length=200, pattern=WITHOUT_NUL)]
"""Opaque: kept as it came, not even trimmed."""

MOST_LOAD = 2000.0
Load = Annotated[float, Field(ge=0, le=MOST_LOAD, allow_inf_nan=False)]
"""TSS, or the club's own points. A day-long mountain race is some 1 000 TSS; beyond 2 000 lies a slip of the key."""

EARLIEST, LATEST = date(1900, 1, 1), date(2199, 12, 31)
Day = Annotated[date, Field(ge=EARLIEST, le=LATEST)]
"""On somebody's calendar. Beyond lies a slip of the key; and some weeks more never leave what a date can hold."""


def _known_zone(zone: str) -> str:
    try:
        ZoneInfo(zone)
    except (LookupError, ValueError, OSError) as error:  # OSError: "Europe" is a folder of the zone database
        raise ValueError(f"{zone!r} is not a time zone of the IANA database; one looks like Europe/Madrid") from error
    return zone


ZoneName = Annotated[str, StringConstraints(min_length=1, max_length=60), AfterValidator(_known_zone)]


def _day_or_instant(value: Any) -> str:
    if isinstance(value, str):
        return "day" if len(value) <= len("2026-03-01") else "instant"
    return "day" if isinstance(value, date) and not isinstance(value, datetime) else "instant"


Instant = Annotated[
    AwareDatetime,
    Field(
        ge=datetime.combine(EARLIEST, datetime.min.time(), UTC), le=datetime.combine(LATEST, datetime.min.time(), UTC)
    ),
]
DayOrInstant = Annotated[
    Annotated[Day, Tag("day")] | Annotated[Instant, Tag("instant")], Discriminator(_day_or_instant)
]
"""A plain date, or an instant with its offset. Told apart by hand: pydantic takes midnight for a date, zone or not."""


def local_day(value: date | datetime, zone: str) -> date:
    """The date itself; of an instant, the date on the calendar in ``zone`` at that moment."""
    return value.astimezone(ZoneInfo(zone)).date() if isinstance(value, datetime) else value
