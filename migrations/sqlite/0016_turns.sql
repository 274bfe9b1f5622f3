-- Guilds take turns at the engines: the one whose turn was longest ago is next, and one that never had a turn is before all.
CREATE TABLE turns (
    guild_id INTEGER PRIMARY KEY REFERENCES pools (guild_id),
    turn INTEGER NOT NULL
) STRICT;
CREATE INDEX turns_turn ON turns (turn);

-- What was asked of each engine in the last minute: services limit how many images that may be.
CREATE TABLE calls (
    engine TEXT NOT NULL,
    render_id INTEGER NOT NULL REFERENCES renders (id),
    at_ms INTEGER NOT NULL
) STRICT;
CREATE INDEX calls_engine ON calls (engine, at_ms);
