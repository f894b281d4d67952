-- Topics of the embedded bus (training.events is the event store itself), and where each consumer group stands.

CREATE TABLE topic_messages (
    topic text COLLATE "C" NOT NULL,
    era integer NOT NULL,
    xid bigint NOT NULL,
    ordinal integer NOT NULL,
    key text NOT NULL,
    headers jsonb NOT NULL,
    value bytea NOT NULL,
    published_at timestamptz NOT NULL DEFAULT clock_timestamp(),
    PRIMARY KEY (topic, era, xid, ordinal)
);

-- The identity of all topics of this database. It moves with a dump, as the offsets and the inbox do.
CREATE TABLE bus_cluster (
    one boolean PRIMARY KEY DEFAULT true CHECK (one),
    cluster_id uuid NOT NULL DEFAULT gen_random_uuid()
);
INSERT INTO bus_cluster DEFAULT VALUES;

-- The topic's identity: a topic deleted and made again is another one.
CREATE TABLE topics (
    topic text COLLATE "C" PRIMARY KEY,
    topic_id uuid NOT NULL DEFAULT gen_random_uuid()
);

CREATE TABLE group_offsets (
    consumer_group text NOT NULL,
    topic text COLLATE "C" NOT NULL,
    partition integer NOT NULL,
    next_after numeric(40, 0) NOT NULL, -- the offset of the last message that is done
    PRIMARY KEY (consumer_group, topic, partition)
);
