-- What the phase reaction keeps for itself, built only from the team-ordered log.

-- How many season events of the team have been seen, and what its setting says.
CREATE TABLE reaction_teams (
    team_id uuid PRIMARY KEY,
    season_plan_id uuid,
    season_revision integer NOT NULL DEFAULT 0,
    current_phase_id text,
    auto_apply boolean NOT NULL DEFAULT true
);

CREATE TABLE reaction_phases (
    team_id uuid NOT NULL,
    phase_id text NOT NULL,
    starts_on date NOT NULL,
    ends_on date NOT NULL,
    load_level text NOT NULL,
    declared integer NOT NULL, -- the season_revision that declared it last; where phases overlap the highest wins
    PRIMARY KEY (team_id, phase_id)
);

-- Assignments that a phase may still touch, as they were planned, and the phase that was last sent to each.
CREATE TABLE reaction_roster (
    assignment_id uuid PRIMARY KEY,
    team_id uuid NOT NULL,
    athlete_id uuid NOT NULL,
    title text NOT NULL,
    sport text NOT NULL,
    scheduled_on date, -- NULL: open-ended
    baseline_load double precision NOT NULL,
    target_phase_id text
);
CREATE INDEX reaction_roster_team ON reaction_roster (team_id, scheduled_on);

-- One row per event that gives assignments another phase; gone when its targets are.
CREATE TABLE phase_fan_outs (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    cause_event_id uuid NOT NULL UNIQUE,
    organization_id uuid NOT NULL,
    team_id uuid NOT NULL,
    season_plan_id uuid NOT NULL,
    season_revision integer NOT NULL,
    correlation_id uuid NOT NULL,
    reported_phase_id text, -- NULL: one that does not end with PhaseAdjustmentsApplied
    triggered_by text NOT NULL,
    adjusted integer NOT NULL DEFAULT 0
);

CREATE TABLE phase_fan_out_targets (
    fan_out_id bigint NOT NULL REFERENCES phase_fan_outs (id),
    assignment_id uuid NOT NULL,
    phase_id text, -- NULL: no phase covers it any more
    load_level text,
    PRIMARY KEY (fan_out_id, assignment_id)
);
