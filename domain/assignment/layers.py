"""What the layers make of a workout: pure, and always from the baseline.

The phase computes from what was planned; the workload takes a share of what lies beneath; the hand is absolute.
"""

from functools import lru_cache

from domain.assignment.commands import AdjustForPhase, PhaseRef
from domain.assignment.state import HandLayer, PhaseLayer, WorkloadLayer
from domain.ids import PhaseId
from domain.prescription import (
    Adjustment,
    Exercise,
    ExerciseAdjustment,
    FrequencyAdjustment,
    Intensity,
    IntensityAdjustment,
    LoadAdjustment,
    Prescription,
    Range,
)
from domain.rules import exercise_selection, game_day, intensity
from domain.rules.frequency import moved_days, sessions_in
from domain.rules.game_day import EVE_FRACTION, eve_load
from domain.rules.load import MULTIPLIERS, LoadLevel, adjusted_load
from domain.rules.sports import concerns
from domain.rules.workload_response import Restriction, restricted_load

LARGEST_PCT_OF_MAXIMUM = 100.0
EASY_PCT_OF_MAXIMUM = 80.0
"""Zone 2 ends at 89 % of the threshold, which lies near 90 % of the maximum (Friel gives no table by the maximum)."""


def stacked(
    baseline: Prescription, phase: PhaseLayer | None, workload: WorkloadLayer | None, hand: HandLayer | None
) -> Prescription:
    """What is shown: the baseline, and each layer upon what lies beneath it."""
    shown = baseline if phase is None else overlaid(baseline, phase)
    if workload is not None:
        shown = under(workload, shown)
    return shown if hand is None else overlaid(shown, hand)


def overlaid(beneath: Prescription, layer: PhaseLayer | HandLayer) -> Prescription:
    return Prescription(
        load=beneath.load if layer.load is None else layer.load,
        weekdays=beneath.weekdays if layer.weekdays is None else layer.weekdays,
        intensity=beneath.intensity if layer.intensity is None else layer.intensity,
        exercises=beneath.exercises if layer.exercises is None else layer.exercises,
    )


def under(workload: WorkloadLayer, beneath: Prescription) -> Prescription:
    """In any sport, as ``workload_response.SPORTS`` says."""
    restriction = Restriction(workload.skip, workload.fraction, workload.easy_only)
    planned = beneath.intensity
    return Prescription(
        load=restricted_load(beneath.load, restriction),
        weekdays=beneath.weekdays,
        intensity=eased(planned) if planned is not None and workload.easy_only else planned,
        exercises=beneath.exercises,
    )


def workload_adjustments(beneath: Prescription, workload: WorkloadLayer) -> tuple[Adjustment, ...]:
    """What the workload changes in what lies beneath it."""
    after = under(workload, beneath)
    restriction = "no training" if workload.skip else f"load × {workload.fraction:g}"
    adjustments: list[Adjustment] = [
        LoadAdjustment(original=beneath.load, adjusted=after.load, reason=f"workload: {restriction}")
    ]
    if beneath.intensity is not None and after.intensity is not None and after.intensity != beneath.intensity:
        reason = "workload: more recovery, easy zones only"
        adjustments.append(IntensityAdjustment(original=beneath.intensity, adjusted=after.intensity, reason=reason))
    return tuple(adjustments)


def phase_adjustments(
    baseline: Prescription, sport: str, command: AdjustForPhase, phase: PhaseRef
) -> tuple[Adjustment, ...]:
    """What the phase changes, each computed from the baseline. The load is always among them, even at × 1.0."""
    load = load_adjustment(baseline.load, phase.phase_id, phase.load_level, command.eve_of_game)
    more: list[Adjustment] = []
    if baseline.weekdays is not None:
        more += frequency_adjustment(baseline.weekdays, command, phase)
    if baseline.intensity is not None:
        more += intensity_adjustment(baseline.intensity, sport, command, phase)
    if baseline.exercises is not None and concerns(exercise_selection.SPORTS, sport):
        more += exercise_adjustment(baseline.exercises, phase)
    return (load, *more)


@lru_cache(maxsize=4096)
def load_adjustment(planned: float, phase_id: PhaseId, level: LoadLevel, eve_of_game: bool) -> LoadAdjustment:
    """Remembered: a team's workouts share a phase and a few planned loads, and a fan-out makes tens of thousands."""
    load = adjusted_load(planned, level)
    reason = f"phase {phase_id}: {level.value} load, planned × {MULTIPLIERS[level]}"
    if eve_of_game and (most := eve_load(planned, load)) < load:
        load = most
        reason += f"; the day before a game, at most planned × {EVE_FRACTION}"
    return LoadAdjustment(original=planned, adjusted=load, reason=reason)


def frequency_adjustment(planned: tuple[int, ...], command: AdjustForPhase, phase: PhaseRef) -> list[Adjustment]:
    games = len(command.games)
    sessions = sessions_in(phase.phase_type, len(planned), wanted=phase.sessions_per_week, games=games)
    days = moved_days(planned, sessions, avoid=command.games)
    if days == planned:
        return []
    reason = f"phase {phase.phase_id}: {sessions} a week"
    if games:
        reason += f", around {games} game{'' if games == 1 else 's'}"
    return [FrequencyAdjustment(original=planned, adjusted=days, reason=reason)]


def intensity_adjustment(planned: Intensity, sport: str, command: AdjustForPhase, phase: PhaseRef) -> list[Adjustment]:
    adjusted, reasons = planned, []
    if phase.intensity is not None and concerns(intensity.SPORTS, sport):
        moved = shifted(planned, phase.intensity)
        if moved != planned:
            reasons.append(f"phase {phase.phase_id}: {phase.intensity.value} intensity")
        adjusted = moved
    if command.eve_of_game and concerns(game_day.SPORTS, sport):
        easy = eased(adjusted)
        if easy != adjusted:
            reasons.append("the day before a game: easy")
        adjusted = easy
    if adjusted == planned:
        return []
    return [IntensityAdjustment(original=planned, adjusted=adjusted, reason="; ".join(reasons))]


def exercise_adjustment(planned: tuple[Exercise, ...], phase: PhaseRef) -> list[Adjustment]:
    stay = exercise_selection.selected([exercise.focus for exercise in planned], phase.focus_areas)
    if len(stay) == len(planned):
        return []
    chosen = tuple(planned[index] for index in stay)
    reason = f"phase {phase.phase_id}: focus on {', '.join(phase.focus_areas)}"
    return [ExerciseAdjustment(original=planned, adjusted=chosen, reason=reason)]


def shifted(planned: Intensity, level: intensity.IntensityLevel) -> Intensity:
    easy = bool(planned.zones) and intensity.EASY.issuperset(planned.zones)

    def moved(target: Range | None, ceiling: float | None) -> Range | None:
        if target is None:
            return None
        low, high = intensity.shifted_percent(target.low, target.high, level, easy=easy, ceiling=ceiling)
        return Range(low=low, high=high)

    return Intensity(
        zones=intensity.shifted_zones(planned.zones, level),
        power_pct_ftp=moved(planned.power_pct_ftp, None),
        heart_rate_pct_max=moved(planned.heart_rate_pct_max, LARGEST_PCT_OF_MAXIMUM),
    )


def eased(planned: Intensity) -> Intensity:
    def capped(target: Range | None, top: float) -> Range | None:
        if target is None:
            return None
        low, high = intensity.eased_percent(target.low, target.high, top=top)
        return Range(low=low, high=high)

    return Intensity(
        zones=intensity.eased_zones(planned.zones),
        power_pct_ftp=capped(planned.power_pct_ftp, intensity.Z2_TOP_OF_FTP),
        heart_rate_pct_max=capped(planned.heart_rate_pct_max, EASY_PCT_OF_MAXIMUM),
    )
