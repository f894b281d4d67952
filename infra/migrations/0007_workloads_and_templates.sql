-- What the workload and the template reaction keep for themselves, built only from the log; and whole workouts to move.

-- How many events of the athlete's workload in the team have been seen.
CREATE TABLE reaction_workloads (
    team_id uuid NOT NULL,
    athlete_id uuid NOT NULL,
    workload_id uuid NOT NULL,
    revision integer NOT NULL,
    PRIMARY KEY (team_id, athlete_id)
);

CREATE TABLE reaction_restrictions (
    team_id uuid NOT NULL,
    athlete_id uuid NOT NULL,
    restriction integer NOT NULL,
    starts_on date NOT NULL,
    ends_on date NOT NULL, -- the last day, as it was breached
    skip boolean NOT NULL,
    fraction double precision NOT NULL,
    easy_only boolean NOT NULL,
    ended boolean NOT NULL DEFAULT false, -- expired or ended by hand: open-ended workouts are free of it
    lifted_from date, -- the first day that a person freed of it; NULL: it held to its last day
    PRIMARY KEY (team_id, athlete_id, restriction)
);

-- Workouts that are to have another workload layer; the row goes when that is done.
CREATE TABLE workload_targets (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    cause_event_id uuid NOT NULL,
    organization_id uuid NOT NULL,
    correlation_id uuid NOT NULL,
    assignment_id uuid NOT NULL,
    workload_id uuid NOT NULL,
    workload_revision integer NOT NULL,
    restricted boolean NOT NULL, -- false: no restriction holds any more
    skip boolean NOT NULL,
    fraction double precision NOT NULL,
    easy_only boolean NOT NULL
);

-- A template that a team follows, until all its workouts are planned.
CREATE TABLE template_applications (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    application_id uuid NOT NULL UNIQUE,
    cause_event_id uuid NOT NULL,
    organization_id uuid NOT NULL,
    correlation_id uuid NOT NULL,
    team_id uuid NOT NULL
);

CREATE TABLE template_workouts (
    application_id uuid NOT NULL,
    number integer NOT NULL, -- from 0, in the order of the event
    day date NOT NULL,
    title text NOT NULL,
    sport text NOT NULL,
    prescription jsonb NOT NULL, -- a Prescription, as the event has it
    PRIMARY KEY (application_id, number)
);

-- One row for each workout of each player.
CREATE TABLE template_targets (
    application_id uuid NOT NULL,
    athlete_id uuid NOT NULL,
    number integer NOT NULL,
    planned boolean, -- NULL: still to do; false: it was refused, or was there already
    PRIMARY KEY (application_id, athlete_id, number)
);
CREATE INDEX template_targets_open ON template_targets (application_id, athlete_id, number) WHERE planned IS NULL;

-- What moves is the whole workout, not only its load. Emptied by the migration before this one.
ALTER TABLE transfer_targets DROP COLUMN baseline_load, ADD COLUMN baseline jsonb NOT NULL; -- a Prescription
