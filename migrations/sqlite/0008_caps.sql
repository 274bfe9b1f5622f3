-- How much may be spent, and by whom. A guild that chose nothing has no row.
CREATE TABLE caps (
    guild_id INTEGER NOT NULL REFERENCES guilds (guild_id),
    scope TEXT NOT NULL CHECK (scope IN ('server', 'each', 'role', 'member')),
    -- The role or the member; 0 for the others.
    subject_id INTEGER NOT NULL,
    stage TEXT NOT NULL CHECK (stage IN ('any', 'explore', 'review', 'final')),
    -- 'day', 'month', or hours that roll, such as '24h'.
    period TEXT NOT NULL,
    -- NULL: no cap, although the operator set one.
    most INTEGER CHECK (most >= 0),
    CHECK ((scope IN ('server', 'each')) = (subject_id = 0)),
    PRIMARY KEY (guild_id, scope, subject_id, stage, period)
) STRICT;

-- In which days and months begin. NULL is as the operator set it.
ALTER TABLE guilds ADD COLUMN time_zone TEXT;

-- The cap that stops an approval, and when it may be spent; NULL where nobody knows. It waits, but in no line for credits.
ALTER TABLE renders ADD COLUMN capped_by TEXT CHECK (capped_by IS NULL OR vote_state = 'waiting');
ALTER TABLE renders ADD COLUMN capped_until_ms INTEGER CHECK (capped_until_ms IS NULL OR capped_by IS NOT NULL);

-- What was spent in a span of time.
CREATE INDEX entries_holds ON entries (guild_id, at_ms) WHERE kind = 'hold';
