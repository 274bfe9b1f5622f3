-- What the processes of a bot share. All times are the database's.
--
-- Who is alive, until when if nothing more is heard, and how many invalid answers Discord gave each within ten minutes.
CREATE TABLE processes (
    id BIGINT PRIMARY KEY,
    seen_ms BIGINT NOT NULL,
    until_ms BIGINT NOT NULL,
    invalid BIGINT NOT NULL DEFAULT 0
);
-- When the next turn is, of requests and of each bucket of sessions, and until when there is none.
CREATE TABLE pace (
    what TEXT NOT NULL PRIMARY KEY,
    next_ms BIGINT NOT NULL,
    held_ms BIGINT NOT NULL DEFAULT 0
);
-- The interactions that a process answers, while there are several.
CREATE TABLE claims (
    interaction_id BIGINT PRIMARY KEY,
    at_ms BIGINT NOT NULL
);
