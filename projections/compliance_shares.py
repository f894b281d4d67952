"""How closely all athletes together followed what was planned lately: one number for each colour, for metrics.

Counts as ``compliance`` does, over every team; days are those of UTC, as teams have many zones.
"""

from collections import Counter
from datetime import date, timedelta
from typing import LiteralString

from psycopg import Connection

from domain.rules.compliance import Compliance, compliance

DAYS = 7

# Many sessions have the same two numbers: each pair is coloured once.
COUNTS: LiteralString = """
SELECT coalesce(planned_load, load), executed_load, count(*)
FROM read_models.assignment_board
WHERE scheduled_on >= %(first)s AND scheduled_on < %(today)s AND status <> 'cancelled'
   OR scheduled_on IS NULL AND status = 'completed' AND completed_on >= %(first)s AND completed_on < %(today)s
GROUP BY 1, 2
"""


def colours(connection: Connection, today: date) -> Counter[Compliance]:
    """Sessions of the ``DAYS`` days before ``today``, by colour; those for which nothing was planned have none."""
    counted: Counter[Compliance] = Counter()
    parameters = {"first": today - timedelta(days=DAYS), "today": today}
    for planned, executed, count in connection.execute(COUNTS, parameters):
        if (colour := compliance(planned, executed)) is not None:
            counted[colour] += count
    return counted
