-- How often the settings of a guild were changed: who compares two installations sees which is ahead.
ALTER TABLE guilds ADD COLUMN version INTEGER NOT NULL DEFAULT 0;
