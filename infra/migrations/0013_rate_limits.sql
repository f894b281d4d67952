-- How much each principal has asked for lately, counted for all processes together (GCRA, ADR 18). After a crash the
-- table is empty, and everybody has the whole quota again: that is worth a write-ahead log neither here nor in a backup.
CREATE UNLOGGED TABLE rate_limits (
    key bytea PRIMARY KEY, -- a hash of policy and principal: no names or addresses
    full_at timestamptz NOT NULL -- when the whole quota will be there again
) WITH (fillfactor = 50);

-- Takes ``cost`` requests of a quota of ``per_minute``, all of which may be used at once, and which refills evenly.
-- Seconds are of the database's clock, so that all processes count alike.
CREATE FUNCTION take_rate(
    wanted bytea, per_minute integer, cost integer,
    OUT allowed boolean, OUT remaining integer, OUT reset_s double precision, OUT retry_after_s double precision
) LANGUAGE plpgsql AS $$
DECLARE
    window_length CONSTANT interval := interval '1 minute';
    price CONSTANT interval := window_length * cost / per_minute;
    at CONSTANT timestamptz := clock_timestamp();
    found_full_at timestamptz;
BEGIN
    INSERT INTO rate_limits AS r (key, full_at) VALUES (wanted, at + price)
    ON CONFLICT (key) DO UPDATE SET full_at = greatest(r.full_at, at) + price
        WHERE greatest(r.full_at, at) + price <= at + window_length
    RETURNING full_at INTO found_full_at;
    allowed := FOUND;
    IF NOT allowed THEN
        SELECT full_at INTO found_full_at FROM rate_limits WHERE key = wanted;
        -- Whoever has cleared it away in this moment found it full.
        found_full_at := coalesce(found_full_at, at);
    END IF;
    reset_s := greatest(extract(epoch FROM found_full_at - at), 0);
    remaining := greatest(floor((60 - reset_s) * per_minute / 60 + 1e-6), 0);
    retry_after_s := CASE WHEN allowed THEN 0
                     ELSE greatest(extract(epoch FROM found_full_at + price - window_length - at), 0) END;
END
$$;
