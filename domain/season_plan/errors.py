"""Why a command to a season plan is refused."""

from datetime import date

from domain.errors import AlreadyExists, DomainError, NotFound


class SeasonPlanUnknown(NotFound):
    code = "season-plan-unknown"
    hint = "Open the team's season plan (and see that the team is known under this id), then send it again."


class PhaseUnknown(NotFound):
    code = "phase-unknown"
    hint = "Add the phase to the team's season plan, then send it again."


class PhaseExists(AlreadyExists):
    code = "phase-exists"
    hint = "Use another phase id, or modify the phase that is there."


class PhasesOverlap(DomainError):
    code = "phases-overlap"
    hint = "Choose dates that no other phase of the plan covers; a gap between two phases is no error."


class PhaseEndsBeforeStart(DomainError):
    code = "phase-ends-before-start"
    hint = "Both dates belong to the phase: the end is on the day of the start at the earliest."


class NoCurrentPhase(DomainError):
    code = "no-current-phase"
    hint = "Name a phase; the team is in none at present."


class FixtureUnknown(NotFound):
    code = "fixture-unknown"
    hint = "Add the fixture to the team's season plan first."


class FixtureExists(AlreadyExists):
    code = "fixture-exists"
    hint = "Use another fixture id, or move the fixture that is there."


class FixtureOutsideSeason(DomainError):
    code = "fixture-outside-season"
    hint = "Add or move a phase so that it covers the day of the game and the day before."


def refuse_backwards(phase_id: str, first: date, last: date) -> None:
    if last < first:
        raise PhaseEndsBeforeStart(f"phase {phase_id} would end on {last}, before it starts on {first}")
