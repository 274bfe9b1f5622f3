-- Members who asked to be forgotten. A number below zero stands for one: a hash of their id, with a key.
ALTER TABLE drafts ADD COLUMN forgotten BIGINT NOT NULL DEFAULT 0 CHECK (forgotten IN (0, 1));

-- Who asked, until nothing from before names them any more.
CREATE TABLE forgetting (
    user_id BIGINT PRIMARY KEY,
    asked_ms BIGINT NOT NULL
);

-- What this database keeps to itself: the key of those hashes, in hexadecimal digits.
CREATE TABLE secrets (
    name TEXT PRIMARY KEY,
    value TEXT NOT NULL
);

-- The ledger stays append-only; only who somebody was may be forgotten.
CREATE OR REPLACE FUNCTION entries_append_only() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'UPDATE' THEN
        IF OLD.actor_id IS NOT NULL AND NEW.actor_id < 0
            AND to_jsonb(NEW) - 'actor_id' = to_jsonb(OLD) - 'actor_id' THEN
            RETURN NEW;
        END IF;
    END IF;
    RAISE EXCEPTION 'the ledger is append-only';
END $$;
