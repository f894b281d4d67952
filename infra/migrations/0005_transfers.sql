-- What the transfer reaction keeps for itself, built only from the log.

-- One row per leaving, in the order of the log. It stays: what is planned afterwards in the old team follows it too.
CREATE TABLE transfers (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    cause_event_id uuid NOT NULL UNIQUE,
    organization_id uuid NOT NULL,
    correlation_id uuid NOT NULL,
    team_id uuid NOT NULL,
    athlete_id uuid NOT NULL,
    left_on date NOT NULL, -- the first day not in the team
    transferred_to uuid, -- NULL: to no team
    returned boolean NOT NULL DEFAULT false, -- the athlete is back in the team since: nothing follows any more
    joined boolean NOT NULL DEFAULT false, -- the new team has taken the athlete
    refusal text, -- why it did not: workouts are cancelled in the old team and planned nowhere
    done boolean NOT NULL DEFAULT false -- nothing is left to do at present
);
CREATE UNIQUE INDEX transfers_away ON transfers (team_id, athlete_id) WHERE NOT returned;
CREATE INDEX transfers_open ON transfers (id) WHERE NOT done;

-- Workouts to close in the old team, as they were planned; the row goes when that is done.
CREATE TABLE transfer_targets (
    transfer_id bigint NOT NULL REFERENCES transfers (id),
    assignment_id uuid NOT NULL,
    title text NOT NULL,
    sport text NOT NULL,
    scheduled_on date, -- NULL: open-ended
    baseline_load double precision NOT NULL,
    PRIMARY KEY (transfer_id, assignment_id)
);
