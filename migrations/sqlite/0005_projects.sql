-- A named piece of work of a guild, and what each stage of it may cost; NULL: as much as there is. The id is that of the
-- interaction that made it, so that a repeat finds the first.
CREATE TABLE projects (
    id INTEGER PRIMARY KEY,
    guild_id INTEGER NOT NULL REFERENCES pools (guild_id),
    name TEXT NOT NULL,
    -- The name without regard to case.
    name_key TEXT NOT NULL,
    explore_budget INTEGER CHECK (explore_budget >= 0),
    review_budget INTEGER CHECK (review_budget >= 0),
    final_budget INTEGER CHECK (final_budget >= 0),
    created_by INTEGER NOT NULL,
    created_ms INTEGER NOT NULL,
    closed_ms INTEGER
) STRICT;
CREATE UNIQUE INDEX projects_name ON projects (guild_id, name_key);

ALTER TABLE drafts ADD COLUMN project_id INTEGER REFERENCES projects (id);
-- What the drafts of a project hold and have spent.
CREATE INDEX drafts_project ON drafts (project_id) WHERE project_id IS NOT NULL;
