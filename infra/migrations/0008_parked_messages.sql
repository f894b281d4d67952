-- A message that lacks what the planning service has to say is parked: it blocks its key as a dead letter does, and is
-- tried again by itself. And each dead letter is told of on training.errors, from its own row.

ALTER TABLE dead_letters DROP CONSTRAINT dead_letters_status_check;
ALTER TABLE dead_letters ADD CONSTRAINT dead_letters_status_check
    CHECK (status IN ('dead', 'parked', 'waiting', 'retried', 'discarded'));

ALTER TABLE dead_letters
    ADD COLUMN next_attempt_at timestamptz, -- of a parked one, and of a waiting one that has nothing before it any more
    ADD COLUMN died_at timestamptz, -- when it became dead for the first time
    ADD COLUMN announced_at timestamptz; -- when that was told of

UPDATE dead_letters SET died_at = set_aside_at WHERE status = 'dead';
UPDATE dead_letters AS letter SET next_attempt_at = now()
WHERE status = 'waiting'
  AND NOT EXISTS (SELECT FROM dead_letters AS ahead
                  WHERE ahead.consumer = letter.consumer AND ahead.key = letter.key AND ahead.id < letter.id
                    AND ahead.status IN ('dead', 'waiting'));

DROP INDEX dead_letters_open;
CREATE INDEX dead_letters_open ON dead_letters (consumer, md5(key), id) WHERE status IN ('dead', 'parked', 'waiting');
CREATE INDEX dead_letters_due ON dead_letters (consumer, next_attempt_at) WHERE next_attempt_at IS NOT NULL;
CREATE INDEX dead_letters_unannounced ON dead_letters (consumer, id) WHERE died_at IS NOT NULL AND announced_at IS NULL;
