-- The highest mark that the use of a pool, or of a budget, has passed since credits were last added to it.
CREATE TABLE alerts (
    guild_id INTEGER NOT NULL REFERENCES pools (guild_id),
    -- What is used up: the pool, or the budget of a project for a stage, such as review:7.
    subject TEXT NOT NULL,
    -- In percent.
    mark INTEGER NOT NULL CHECK (mark IN (50, 80, 100)),
    used INTEGER NOT NULL CHECK (used >= 0),
    whole INTEGER NOT NULL CHECK (whole >= used),
    passed_ms INTEGER NOT NULL,
    -- 1: it was told.
    told INTEGER NOT NULL DEFAULT 0 CHECK (told IN (0, 1)),
    PRIMARY KEY (guild_id, subject)
) STRICT;
