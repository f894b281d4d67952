"""Why a command to an assignment is refused."""

from domain.errors import DomainError


class AssignmentClosed(DomainError):
    code = "assignment-closed"
    hint = "What was started, done, skipped or cancelled stays as it is; plan another assignment instead."


class DayUnknown(DomainError):
    code = "day-unknown"
    hint = "Send completedOn, the day in the athlete's zone on which the workout was done."


class OnOneDay(DomainError):
    code = "on-one-day"
    hint = "Leave weekdays out; or plan a workout that recurs, without scheduledOn, in its place."
