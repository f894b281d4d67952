-- What the phase reaction keeps for itself, built only from the team-ordered log.

-- Which phases a team's season plan has declared, and how many of its events have been seen.
CREATE TABLE reaction_teams (
    team_id uuid PRIMARY KEY,
    season_plan_id uuid,
    season_revision integer NOT NULL DEFAULT 0,
    current_phase_id text,
    auto_apply boolean NOT NULL DEFAULT true -- the team's setting
);

CREATE TABLE reaction_phases (
    team_id uuid NOT NULL,
    phase_id text NOT NULL,
    starts_on date NOT NULL,
    ends_on date NOT NULL,
    load_level text NOT NULL,
    declared integer NOT NULL, -- the season_revision that declared it last; the last one wins where phases overlap
    applies boolean NOT NULL, -- whether that declaration adjusts what was already planned
    PRIMARY KEY (team_id, phase_id)
);

-- Assignments that a phase may still touch, with the phase last sent to each (which phase an assignment has is in the log).
CREATE TABLE reaction_roster (
    assignment_id uuid PRIMARY KEY,
    team_id uuid NOT NULL,
    athlete_id uuid NOT NULL,
    organization_id uuid NOT NULL,
    scheduled_on date, -- NULL: open-ended
    target_phase_id text
);
CREATE INDEX reaction_roster_team ON reaction_roster (team_id, scheduled_on);

-- One row per event that moves phases of a team; done when its targets are gone.
CREATE TABLE phase_fan_outs (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    cause_event_id uuid NOT NULL UNIQUE,
    organization_id uuid NOT NULL,
    team_id uuid NOT NULL,
    phase_id text,
    season_plan_id uuid,
    season_revision integer NOT NULL,
    triggered_by text NOT NULL,
    correlation_id uuid NOT NULL,
    reports boolean NOT NULL, -- whether it ends with PhaseAdjustmentsApplied
    adjusted integer NOT NULL DEFAULT 0
);

CREATE TABLE phase_fan_out_targets (
    fan_out_id bigint NOT NULL REFERENCES phase_fan_outs (id),
    assignment_id uuid NOT NULL,
    phase_id text, -- NULL: no phase covers it any more
    load_level text,
    PRIMARY KEY (fan_out_id, assignment_id)
);
