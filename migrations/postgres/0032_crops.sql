-- The sizes that a server has its pictures cut to, besides the operator's.
CREATE TABLE crops (
    guild_id BIGINT NOT NULL,
    name TEXT NOT NULL,
    width BIGINT NOT NULL CHECK (width > 0),
    height BIGINT NOT NULL CHECK (height > 0),
    PRIMARY KEY (guild_id, name)
);
