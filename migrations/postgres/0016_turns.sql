-- Guilds take turns at the engines: the one whose turn was longest ago is next, and one that never had a turn is before all.
CREATE TABLE turns (
    guild_id BIGINT PRIMARY KEY REFERENCES pools (guild_id),
    turn BIGINT NOT NULL
);
CREATE INDEX turns_turn ON turns (turn);

-- What was asked of each engine in the last minute: services limit how many images that may be.
CREATE TABLE calls (
    engine TEXT NOT NULL,
    render_id BIGINT NOT NULL REFERENCES renders (id),
    at_ms BIGINT NOT NULL
);
CREATE INDEX calls_engine ON calls (engine, at_ms);
