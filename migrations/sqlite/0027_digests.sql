-- Where a guild is told once a day what waits for votes, and at which hour. NULL: it is not told, and at nine.
ALTER TABLE guilds ADD COLUMN digest_id INTEGER;
ALTER TABLE guilds ADD COLUMN digest_hour INTEGER CHECK (digest_hour BETWEEN 0 AND 23);

-- The last day that is done, counted from 1970 in the guild's time zone, and the digest that is shown. 1: the digest that is
-- shown, or is being made, must go, because it may name a member who is forgotten.
CREATE TABLE digests (
    guild_id INTEGER PRIMARY KEY,
    day INTEGER,
    channel_id INTEGER,
    message_id INTEGER,
    withdrawn INTEGER NOT NULL DEFAULT 0 CHECK (withdrawn IN (0, 1))
) STRICT;
