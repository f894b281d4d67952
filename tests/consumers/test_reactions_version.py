"""The migration that raises the reactions' version, on a database that has been at work before."""

from uuid import UUID

import psycopg

from infra.migrate import migrate

CAUSE, TEAM, ATHLETE, ASSIGNMENT = (UUID(int=number) for number in range(4))
BEFORE = """
INSERT INTO checkpoints (consumer, version, partition, era, xid, ordinal)
VALUES ('reactions', '1', 0, 1, 500, 0), ('projector', '1', 0, 1, 500, 0);
INSERT INTO reaction_teams (team_id) VALUES ('{team}');
INSERT INTO reaction_phases VALUES ('{team}', 'pre', '2026-12-01', '2026-12-20', 'high', 1);
INSERT INTO reaction_roster VALUES ('{assignment}', '{team}', '{athlete}', 'Tempo run', 'run', NULL, 60.0, 'pre');
INSERT INTO phase_fan_outs (cause_event_id, organization_id, team_id, season_plan_id, season_revision, correlation_id,
                            triggered_by)
VALUES ('{cause}', '{team}', '{team}', '{team}', 1, '{cause}', 'ana');
INSERT INTO phase_fan_out_targets SELECT id, '{assignment}', 'pre', 'high' FROM phase_fan_outs;
INSERT INTO transfers (cause_event_id, organization_id, correlation_id, team_id, athlete_id, left_on, transferred_to,
                       refusal, done)
VALUES ('{cause}', '{team}', '{cause}', '{team}', '{athlete}', '2026-12-01', '{team}', 'there is no team', true);
INSERT INTO transfer_targets SELECT id, '{assignment}', 'Tempo run', 'run', NULL, 60.0 FROM transfers;
"""


def test_empties_the_tables_to_read_the_log_anew_and_keeps_what_was_refused(empty_database_url: str) -> None:
    migrate(empty_database_url, up_to=5)
    names = {"cause": CAUSE, "team": TEAM, "athlete": ATHLETE, "assignment": ASSIGNMENT}
    with psycopg.connect(empty_database_url) as connection:
        connection.execute(BEFORE.format(**names).encode())

    migrate(empty_database_url)

    with psycopg.connect(empty_database_url) as connection:
        assert connection.execute("SELECT consumer FROM checkpoints").fetchall() == [("projector",)]
        for table in ("reaction_teams", "reaction_roster", "phase_fan_outs", "transfers", "transfer_targets"):
            assert connection.execute(f"SELECT * FROM {table}".encode()).fetchall() == []
        assert connection.execute("SELECT * FROM transfer_joinings").fetchall() == [(CAUSE, False, "there is no team")]
