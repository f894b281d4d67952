"""Who plays for a team and since when. A stay is half open: the day of leaving is the first day not in the team.

So a transfer, which leaves one team and joins another on the same day, counts each day once.
"""

from dataclasses import dataclass, replace
from datetime import date

from domain.errors import DomainError
from domain.ids import AthleteId, TeamId


@dataclass(frozen=True, slots=True)
class Stay:
    """One athlete's time in the team. ``left_on`` is None while it lasts; ``transferred_to`` is where it went on."""

    athlete_id: AthleteId
    joined_on: date
    left_on: date | None = None
    transferred_to: TeamId | None = None


Roster = tuple[Stay, ...]
"""In the order of joining; an athlete who came back has several, the last of which counts."""


def last_stay(roster: Roster, athlete_id: AthleteId) -> Stay | None:
    return next((stay for stay in reversed(roster) if stay.athlete_id == athlete_id), None)


def ended(roster: Roster, athlete_id: AthleteId, left_on: date, transferred_to: TeamId | None) -> Roster:
    """The roster with the athlete's open stay closed."""
    return tuple(
        replace(stay, left_on=left_on, transferred_to=transferred_to)
        if stay.athlete_id == athlete_id and stay.left_on is None
        else stay
        for stay in roster
    )


def may_join(roster: Roster, athlete_id: AthleteId, joined_on: date) -> bool:
    """False when the athlete is in the team since then anyway. Raises StaysOverlap."""
    stay = last_stay(roster, athlete_id)
    if stay is None:
        return True
    if stay.left_on is None:
        if stay.joined_on <= joined_on:
            return False
        raise StaysOverlap(f"athlete {athlete_id} joined on {stay.joined_on}, and cannot join on {joined_on} as well")
    if joined_on < stay.left_on:
        raise StaysOverlap(f"athlete {athlete_id} was in the team until {stay.left_on}, {joined_on} is before that")
    return True


def may_leave(roster: Roster, athlete_id: AthleteId, left_on: date, transferred_to: TeamId | None) -> bool:
    """False when the athlete is out of the team by then anyway. Raises NotOnRoster, LeftBeforeJoining.

    Who has left cannot be transferred any more: their workouts were closed when they left.
    """
    stay = last_stay(roster, athlete_id)
    if stay is None:
        raise NotOnRoster(f"athlete {athlete_id} never joined the team")
    if left_on < stay.joined_on:
        raise LeftBeforeJoining(f"athlete {athlete_id} joined on {stay.joined_on} and cannot leave on {left_on}")
    if stay.left_on is None:
        return True
    if left_on < stay.left_on:
        raise NotOnRoster(f"athlete {athlete_id} left on {stay.left_on} already; {left_on} would change the past")
    if transferred_to not in (None, stay.transferred_to):
        where = "" if stay.transferred_to is None else f" for team {stay.transferred_to}"
        raise NotOnRoster(f"athlete {athlete_id} left on {stay.left_on} already{where}, not for team {transferred_to}")
    return False


class NotOnRoster(DomainError):
    code = "not-on-roster"
    hint = "Read the team's roster; only a player who is on it can leave."


class LeftBeforeJoining(DomainError):
    code = "left-before-joining"
    hint = "Send a day of leaving that is not before the day of joining."


class TransferToSameTeam(DomainError):
    code = "transfer-to-same-team"
    hint = "Name another team; without one the player just leaves."


class StaysOverlap(DomainError):
    code = "stays-overlap"
    hint = "A player rejoins on the day of leaving at the earliest."
