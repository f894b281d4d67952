-- The event store: append only, ordered by (era, xid, ordinal). docs/adr/0002 tells why and how it was measured.

-- How many clusters this data has lived in. Transaction ids start over in a new cluster; the era orders across them.
CREATE TABLE store_era (
    one boolean PRIMARY KEY DEFAULT true CHECK (one),
    era integer NOT NULL
);
INSERT INTO store_era (era) VALUES (1);

CREATE TABLE events (
    stream_id uuid NOT NULL,
    version integer NOT NULL CHECK (version > 0),
    era integer NOT NULL,
    xid bigint NOT NULL,
    ordinal integer NOT NULL,
    event_id uuid NOT NULL,
    name text COLLATE "C" NOT NULL,
    schema_version integer NOT NULL,
    organization_id uuid NOT NULL,
    partition_key uuid NOT NULL,
    actor text NOT NULL,
    occurred_at timestamptz NOT NULL,
    recorded_at timestamptz NOT NULL,
    correlation_id uuid NOT NULL,
    causation_id uuid,
    payload bytea NOT NULL,
    hash bytea NOT NULL,
    CONSTRAINT events_pkey PRIMARY KEY (stream_id, version),
    CONSTRAINT events_position_key UNIQUE (era, xid, ordinal),
    CONSTRAINT events_event_id_key UNIQUE (event_id)
);

CREATE FUNCTION refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'events are append only';
END $$;
CREATE TRIGGER events_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON events
    FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();

-- For people with psql: the same rows, the payload readable.
CREATE VIEW events_readable AS
    SELECT era, xid, ordinal, stream_id, version, name, schema_version, event_id, organization_id, partition_key, actor,
           occurred_at, recorded_at, correlation_id, causation_id, convert_from(payload, 'UTF8')::jsonb AS payload
    FROM events;

-- One row per answered request, kept seven days; a repeat gets the stored answer.
CREATE TABLE idempotency_keys (
    organization_id uuid NOT NULL,
    principal text NOT NULL,
    route text NOT NULL,
    key text NOT NULL,
    body_hash bytea NOT NULL,
    stream_id uuid NOT NULL,
    version integer NOT NULL,
    partition_key uuid,
    era integer NOT NULL,
    xid bigint NOT NULL,
    ordinal integer NOT NULL, -- -1 where the command changed nothing
    created_at timestamptz NOT NULL,
    CONSTRAINT idempotency_keys_pkey PRIMARY KEY (organization_id, principal, route, key)
);

-- One row per message from outside whose effects are stored.
CREATE TABLE inbox (
    source text NOT NULL,
    message_id text,
    cluster_id text NOT NULL,
    topic_id text NOT NULL,
    partition integer NOT NULL,
    message_offset numeric(40, 0) NOT NULL,
    received_at timestamptz NOT NULL,
    CONSTRAINT inbox_message_key UNIQUE (source, message_id),
    CONSTRAINT inbox_offset_key UNIQUE (cluster_id, topic_id, partition, message_offset)
);

-- The latest state of long streams. Dropped when the shape of the state has another fingerprint.
CREATE TABLE snapshots (
    stream_id uuid PRIMARY KEY,
    organization_id uuid NOT NULL,
    version integer NOT NULL,
    hash bytea NOT NULL, -- of the event at that version: the chain goes on from it
    fingerprint text NOT NULL,
    state bytea NOT NULL
);

-- A key per athlete. key IS NULL: destroyed, and what was sealed with it cannot be read again.
CREATE TABLE athlete_keys (
    athlete_id uuid PRIMARY KEY,
    key bytea,
    destroyed_at timestamptz,
    CHECK ((key IS NULL) = (destroyed_at IS NOT NULL))
);

-- Opens a write to any ordered table. The order of its steps is what readers rely on: no xid yet, then the shared
-- lock, then the xid. A reader that sees an xid as taken therefore finds either the lock's holder or a finished
-- transaction. 5004 is the lock's key, named also in infra/event_store/horizon.py.
CREATE FUNCTION begin_ordered_write(OUT era integer, OUT xid bigint) LANGUAGE plpgsql AS $$
BEGIN
    IF pg_current_xact_id_if_assigned() IS NOT NULL THEN
        RAISE EXCEPTION 'an ordered write must be the first write of its transaction'
            USING ERRCODE = 'invalid_transaction_state';
    END IF;
    PERFORM pg_advisory_xact_lock_shared(5004);
    SELECT store_era.era INTO era FROM store_era;
    xid := pg_current_xact_id()::text::bigint;
END $$;

-- Begins an append: with it go the idempotency key and the inbox row, where there are any.
CREATE FUNCTION begin_append(
    p_recorded_at timestamptz,
    p_organization_id uuid, p_principal text, p_route text, p_key text, p_body_hash bytea,
    p_stream_id uuid, p_version integer, p_partition_key uuid, p_ordinal integer,
    p_source text, p_message_id text, p_cluster_id text, p_topic_id text, p_partition integer, p_offset numeric,
    OUT era integer, OUT xid bigint
) LANGUAGE plpgsql AS $$
BEGIN
    SELECT w.era, w.xid INTO era, xid FROM begin_ordered_write() AS w;
    IF p_key IS NOT NULL THEN
        INSERT INTO idempotency_keys
        VALUES (p_organization_id, p_principal, p_route, p_key, p_body_hash,
                p_stream_id, p_version, p_partition_key, era, xid, p_ordinal, p_recorded_at);
    END IF;
    IF p_source IS NOT NULL THEN
        INSERT INTO inbox
        VALUES (p_source, p_message_id, p_cluster_id, p_topic_id, p_partition, p_offset, p_recorded_at);
    END IF;
END $$;

-- The commonest append, one event, in one round trip.
CREATE FUNCTION append_event(
    p_stream_id uuid, p_version integer, p_event_id uuid, p_name text, p_schema_version integer,
    p_organization_id uuid, p_partition_key uuid, p_actor text, p_occurred_at timestamptz, p_recorded_at timestamptz,
    p_correlation_id uuid, p_causation_id uuid, p_payload bytea, p_hash bytea,
    p_principal text, p_route text, p_key text, p_body_hash bytea,
    p_source text, p_message_id text, p_cluster_id text, p_topic_id text, p_partition integer, p_offset numeric,
    OUT era integer, OUT xid bigint
) LANGUAGE plpgsql AS $$
BEGIN
    -- begin_append's steps, in its order and written out: each nested call costs a tenth of a plain insert.
    IF pg_current_xact_id_if_assigned() IS NOT NULL THEN
        RAISE EXCEPTION 'an ordered write must be the first write of its transaction'
            USING ERRCODE = 'invalid_transaction_state';
    END IF;
    PERFORM pg_advisory_xact_lock_shared(5004);
    INSERT INTO events AS e
    SELECT p_stream_id, p_version, store_era.era, pg_current_xact_id()::text::bigint, 0, p_event_id, p_name,
           p_schema_version, p_organization_id, p_partition_key, p_actor, p_occurred_at, p_recorded_at,
           p_correlation_id, p_causation_id, p_payload, p_hash
    FROM store_era
    RETURNING e.era, e.xid INTO era, xid;
    IF p_key IS NOT NULL THEN
        INSERT INTO idempotency_keys
        VALUES (p_organization_id, p_principal, p_route, p_key, p_body_hash,
                p_stream_id, p_version, p_partition_key, era, xid, 0, p_recorded_at);
    END IF;
    IF p_source IS NOT NULL THEN
        INSERT INTO inbox
        VALUES (p_source, p_message_id, p_cluster_id, p_topic_id, p_partition, p_offset, p_recorded_at);
    END IF;
END $$;
