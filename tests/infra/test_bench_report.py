"""The page docs/performance.md: goals, tables, and the part that is written by hand."""

from pathlib import Path

from infra.bench.measure import Spread
from infra.bench.report import MARKER, Goal, Section, goals_section, page, written_by_hand

FASTER = Goal("reading", 1.5, Spread(1.62, 1.5, 1.7))
TOO_SLOW = Goal("append", 0.7, Spread(0.65, 0.5, 0.9))
FLAT = Goal("cost", 1.25, Spread(1.1, 0.9, 1.4), at_most=True)


def test_a_goal_is_met_by_the_median() -> None:
    assert [goal.met for goal in (FASTER, TOO_SLOW, FLAT)] == [True, False, True]
    assert goals_section([FASTER, TOO_SLOW, FLAT]).rows == [
        ("reading", "at least 1.5", "1.62 (1.50–1.70)", "yes"),
        ("append", "at least 0.7", "0.65 (0.50–0.90)", "no"),
        ("cost", "at most 1.25", "1.10 (0.90–1.40)", "yes"),
    ]


def test_what_is_written_by_hand_stays(tmp_path: Path) -> None:
    path = tmp_path / "performance.md"
    assert written_by_hand(path) == ""
    path.write_text(f"old tables\n{MARKER}\n\n## Why\nBecause.\n", encoding="utf-8")

    section = Section("Appends", "One by one.", ("contender", "per second"), [("ours", "1 000 (900–1 100)")])
    text = page({"Date": "2026-11-21"}, 3, [section], written_by_hand(path))

    assert text.endswith(f"{MARKER}\n\n## Why\nBecause.\n")
    assert "old tables" not in text
    assert "| contender | per second |\n|---|--:|\n| ours | 1 000 (900–1 100) |\n" in text
