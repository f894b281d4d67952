-- What the reactions keep of a whole season: phases with their content, games, and who plays for whom.
-- All of it is built from the log alone, so it is emptied here and filled anew from the beginning of the log: commands
-- that have had their effect decide nothing the second time.

DROP TABLE phase_fan_out_targets, phase_fan_outs, reaction_roster, reaction_phases, reaction_teams;
DELETE FROM checkpoints WHERE consumer = 'reactions';

-- A joining that was carried out or refused stays so, whatever the teams have become since.
CREATE TABLE transfer_joinings (
    cause_event_id uuid PRIMARY KEY,
    joined boolean NOT NULL,
    refusal text
);
INSERT INTO transfer_joinings SELECT cause_event_id, joined, refusal FROM transfers WHERE joined OR refusal IS NOT NULL;
TRUNCATE transfers, transfer_targets;

-- How many declarations of the team's plan have been seen, and what holds after them.
CREATE TABLE reaction_teams (
    team_id uuid PRIMARY KEY,
    season_plan_id uuid,
    season_revision integer NOT NULL DEFAULT 0,
    current_phase_id text,
    games smallint[] NOT NULL DEFAULT '{}', -- weekdays with a game, 1 Monday to 7 Sunday, of the week last looked at
    auto_apply boolean NOT NULL DEFAULT true
);

-- Each declaration of a phase; it stays when the phase is declared anew, for what is under way goes on as it began.
CREATE TABLE reaction_phases (
    team_id uuid NOT NULL,
    declared integer NOT NULL, -- the season_revision that declared it; where phases overlap the highest wins
    replaced integer, -- the season_revision that declared it anew or removed it; NULL: it is in force
    phase_id text NOT NULL,
    phase_type text NOT NULL,
    starts_on date NOT NULL,
    ends_on date NOT NULL,
    load_level text NOT NULL,
    sessions_per_week integer,
    intensity text,
    focus_areas text[] NOT NULL,
    PRIMARY KEY (team_id, declared)
);
CREATE UNIQUE INDEX reaction_phases_in_force ON reaction_phases (team_id, phase_id) WHERE replaced IS NULL;
CREATE UNIQUE INDEX reaction_phases_replaced ON reaction_phases (team_id, replaced) WHERE replaced IS NOT NULL;

CREATE TABLE reaction_fixtures (
    team_id uuid NOT NULL,
    fixture_id text NOT NULL,
    played_on date NOT NULL,
    PRIMARY KEY (team_id, fixture_id)
);
CREATE INDEX reaction_fixtures_day ON reaction_fixtures (team_id, played_on);

-- Assignments that a phase may still touch, as they were planned, and the phase that each may carry.
CREATE TABLE reaction_roster (
    assignment_id uuid PRIMARY KEY,
    team_id uuid NOT NULL,
    athlete_id uuid NOT NULL,
    title text NOT NULL,
    sport text NOT NULL,
    scheduled_on date, -- NULL: open-ended
    baseline jsonb NOT NULL, -- a Prescription, as the event has it
    phase_id text -- the last that was sent to it; at first the one that was due when it was planned
);
CREATE INDEX reaction_roster_team ON reaction_roster (team_id, scheduled_on);
CREATE INDEX reaction_roster_athlete ON reaction_roster (athlete_id, team_id);

-- Who plays for a team; left_on is the first day not in the team, NULL while the stay lasts.
CREATE TABLE reaction_players (
    team_id uuid NOT NULL,
    athlete_id uuid NOT NULL,
    joined_on date NOT NULL,
    left_on date,
    PRIMARY KEY (team_id, athlete_id, joined_on)
);

-- One row per event that gives assignments another phase; gone when its targets are.
CREATE TABLE phase_fan_outs (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    cause_event_id uuid NOT NULL UNIQUE,
    organization_id uuid NOT NULL,
    team_id uuid NOT NULL,
    season_plan_id uuid NOT NULL,
    season_revision integer NOT NULL,
    correlation_id uuid NOT NULL,
    games smallint[] NOT NULL,
    force boolean NOT NULL,
    reported_phase_id text, -- NULL: one that does not end with PhaseAdjustmentsApplied
    triggered_by text NOT NULL,
    adjusted integer NOT NULL DEFAULT 0
);

CREATE TABLE phase_fan_out_targets (
    fan_out_id bigint NOT NULL REFERENCES phase_fan_outs (id),
    assignment_id uuid NOT NULL,
    declared integer, -- which declaration of a phase it is to have; NULL: none covers it any more
    eve_of_game boolean NOT NULL,
    PRIMARY KEY (fan_out_id, assignment_id)
);

-- What a rule refused although a reaction asked for it, once each; everything else went on.
CREATE TABLE reaction_refusals (
    cause_event_id uuid NOT NULL,
    assignment_id uuid NOT NULL,
    error_type text NOT NULL,
    reason text NOT NULL,
    at timestamptz NOT NULL DEFAULT clock_timestamp(),
    PRIMARY KEY (cause_event_id, assignment_id)
);
CREATE INDEX reaction_refusals_at ON reaction_refusals (at);
