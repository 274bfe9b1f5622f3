-- Credits can be taken back from what was granted: by somebody, and for a reason. The rules of a table are not changed in
-- place here: the ledger moves to a new one, entry by entry, with its indexes and triggers.
CREATE TABLE entries_corrected (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    guild_id INTEGER NOT NULL REFERENCES pools (guild_id),
    kind TEXT NOT NULL CHECK (kind IN ('grant', 'correction', 'hold', 'settle', 'release')),
    amount INTEGER NOT NULL CHECK (amount > 0),
    render_id INTEGER REFERENCES renders (id),
    closes INTEGER UNIQUE REFERENCES entries_corrected (id),
    actor_id INTEGER,
    reason TEXT,
    -- The name of a grant or a correction that must happen once.
    once_key TEXT UNIQUE,
    at_ms INTEGER NOT NULL,
    CHECK ((kind IN ('grant', 'correction')) = (render_id IS NULL)),
    CHECK ((kind IN ('settle', 'release')) = (closes IS NOT NULL)),
    CHECK (kind <> 'correction' OR (actor_id IS NOT NULL AND reason IS NOT NULL))
) STRICT;
INSERT INTO entries_corrected (id, guild_id, kind, amount, render_id, closes, actor_id, reason, once_key, at_ms)
    SELECT id, guild_id, kind, amount, render_id, closes, actor_id, reason, once_key, at_ms FROM entries ORDER BY id;
DROP TABLE entries;
ALTER TABLE entries_corrected RENAME TO entries;

CREATE UNIQUE INDEX entries_one_hold ON entries (render_id) WHERE kind = 'hold';
CREATE INDEX entries_guild ON entries (guild_id, id);
CREATE INDEX entries_holds ON entries (guild_id, at_ms) WHERE kind = 'hold';

CREATE TRIGGER entries_no_update BEFORE UPDATE ON entries
WHEN NOT COALESCE(
    OLD.actor_id IS NOT NULL AND NEW.actor_id < 0 AND NEW.id = OLD.id AND NEW.guild_id = OLD.guild_id
        AND NEW.kind = OLD.kind AND NEW.amount = OLD.amount AND NEW.render_id IS OLD.render_id
        AND NEW.closes IS OLD.closes AND NEW.reason IS OLD.reason AND NEW.once_key IS OLD.once_key
        AND NEW.at_ms = OLD.at_ms, 0)
BEGIN
    SELECT RAISE(ABORT, 'the ledger is append-only');
END;
CREATE TRIGGER entries_no_delete BEFORE DELETE ON entries
BEGIN
    SELECT RAISE(ABORT, 'the ledger is append-only');
END;
CREATE TRIGGER entries_close_a_hold BEFORE INSERT ON entries
WHEN NEW.closes IS NOT NULL AND NOT EXISTS (
    SELECT 1 FROM entries h WHERE h.id = NEW.closes AND h.kind = 'hold'
        AND h.guild_id = NEW.guild_id AND h.render_id = NEW.render_id AND h.amount = NEW.amount
)
BEGIN
    SELECT RAISE(ABORT, 'a closing entry names a hold of the same guild, render and sum');
END;
