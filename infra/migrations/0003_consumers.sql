-- What consumers remember: how far each projection is, which version of it is live, and what was set aside.

CREATE TABLE projection_versions (
    name text NOT NULL,
    version text NOT NULL, -- fingerprint of its DDL and handlers, and a number for each rebuild
    schema_name text NOT NULL UNIQUE, -- its tables
    status text NOT NULL CHECK (status IN ('building', 'live')),
    created_at timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (name, version)
);
CREATE UNIQUE INDEX projection_versions_one_live ON projection_versions (name) WHERE status = 'live';

-- What readers query: a view for each table of each live version.
CREATE SCHEMA read_models;

CREATE TABLE checkpoints (
    consumer text NOT NULL,
    version text NOT NULL,
    partition integer NOT NULL,
    era integer NOT NULL,
    xid bigint NOT NULL,
    ordinal integer NOT NULL,
    updated_at timestamptz NOT NULL DEFAULT clock_timestamp(),
    PRIMARY KEY (consumer, version, partition)
);

-- Messages that could not be processed, and those of the same key that wait behind them, in order.
CREATE TABLE dead_letters (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    consumer text NOT NULL,
    topic text NOT NULL,
    partition integer NOT NULL,
    message_offset numeric(40, 0) NOT NULL,
    cluster_id text NOT NULL,
    topic_id text NOT NULL,
    key text,
    headers json NOT NULL, -- not jsonb, which refuses what a stranger may send: \u0000
    value bytea NOT NULL, -- the original bytes
    published_at timestamptz NOT NULL,
    status text NOT NULL CHECK (status IN ('dead', 'waiting', 'retried', 'discarded')),
    reason text NOT NULL, -- what is wrong, for a person; 'waits behind …' for those that wait
    error_type text NOT NULL,
    attempts integer NOT NULL DEFAULT 1,
    set_aside_at timestamptz NOT NULL DEFAULT clock_timestamp(),
    settled_at timestamptz,
    CONSTRAINT dead_letters_message_key UNIQUE (consumer, cluster_id, topic_id, partition, message_offset)
);
-- By hash: a stranger's key may be longer than an index takes.
CREATE INDEX dead_letters_open ON dead_letters (consumer, md5(key), id) WHERE status IN ('dead', 'waiting');
