-- What the processes of a bot share on PostgreSQL; nothing writes it here. All times are the database's.
--
-- Who is alive, until when if nothing more is heard, and how many invalid answers Discord gave each within ten minutes.
CREATE TABLE processes (
    id INTEGER PRIMARY KEY,
    seen_ms INTEGER NOT NULL,
    until_ms INTEGER NOT NULL,
    invalid INTEGER NOT NULL DEFAULT 0
) STRICT;
-- When the next turn is, of requests and of each bucket of sessions, and until when there is none.
CREATE TABLE pace (
    what TEXT NOT NULL PRIMARY KEY,
    next_ms INTEGER NOT NULL,
    held_ms INTEGER NOT NULL DEFAULT 0
) STRICT;
-- The interactions that a process answers, while there are several.
CREATE TABLE claims (
    interaction_id INTEGER PRIMARY KEY,
    at_ms INTEGER NOT NULL
) STRICT;
