-- What has become due (projections/due_times.py) and was acted on. A time that is replaced, or moved to another instant,
-- is another one; the projection's tables can be filled anew, and nothing is done again.

CREATE TABLE scheduler_done (
    kind text NOT NULL,
    subject uuid NOT NULL,
    detail text NOT NULL,
    due_at timestamptz NOT NULL,
    cause_id uuid NOT NULL,
    refused text, -- why a rule refused it; NULL: none did
    done_at timestamptz NOT NULL DEFAULT clock_timestamp(),
    PRIMARY KEY (subject, kind, detail, due_at, cause_id)
);
