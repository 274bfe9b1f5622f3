-- The sizes that a server has its pictures cut to, besides the operator's.
CREATE TABLE crops (
    guild_id INTEGER NOT NULL,
    name TEXT NOT NULL,
    width INTEGER NOT NULL CHECK (width > 0),
    height INTEGER NOT NULL CHECK (height > 0),
    PRIMARY KEY (guild_id, name)
) STRICT;
