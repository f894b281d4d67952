-- Workouts that were done, as the planning service is to be told: delivered until it has accepted each.
CREATE TABLE completion_notices (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, -- in the order of the log
    notice_id uuid NOT NULL UNIQUE, -- the event that it tells; the key by which a second delivery counts as one
    athlete_id uuid NOT NULL,
    correlation_id uuid NOT NULL,
    body jsonb, -- as it is sent; NULL once settled: it speaks of a person
    status text NOT NULL DEFAULT 'pending' CHECK (status IN ('pending', 'accepted', 'refused')),
    attempts integer NOT NULL DEFAULT 0,
    next_attempt_at timestamptz NOT NULL DEFAULT clock_timestamp(),
    last_error text,
    settled_at timestamptz
);
-- The oldest of each athlete goes first.
CREATE INDEX completion_notices_pending ON completion_notices (athlete_id, id) WHERE status = 'pending';
CREATE INDEX completion_notices_due ON completion_notices (next_attempt_at, id) WHERE status = 'pending';
CREATE INDEX completion_notices_refused ON completion_notices (id) WHERE status = 'refused';
