-- Members who asked to be forgotten. A number below zero stands for one: a hash of their id, with a key.
ALTER TABLE drafts ADD COLUMN forgotten INTEGER NOT NULL DEFAULT 0 CHECK (forgotten IN (0, 1));

-- Who asked, until nothing from before names them any more.
CREATE TABLE forgetting (
    user_id INTEGER PRIMARY KEY,
    asked_ms INTEGER NOT NULL
) STRICT;

-- What this database keeps to itself: the key of those hashes, in hexadecimal digits.
CREATE TABLE secrets (
    name TEXT PRIMARY KEY,
    value TEXT NOT NULL
) STRICT;

-- The ledger stays append-only; only who somebody was may be forgotten.
DROP TRIGGER entries_no_update;
CREATE TRIGGER entries_no_update BEFORE UPDATE ON entries
WHEN NOT COALESCE(
    OLD.actor_id IS NOT NULL AND NEW.actor_id < 0 AND NEW.id = OLD.id AND NEW.guild_id = OLD.guild_id
        AND NEW.kind = OLD.kind AND NEW.amount = OLD.amount AND NEW.render_id IS OLD.render_id
        AND NEW.closes IS OLD.closes AND NEW.reason IS OLD.reason AND NEW.once_key IS OLD.once_key
        AND NEW.at_ms = OLD.at_ms, 0)
BEGIN
    SELECT RAISE(ABORT, 'the ledger is append-only');
END;
