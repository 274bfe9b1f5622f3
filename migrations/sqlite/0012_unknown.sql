-- Paid calls of unknown outcome are looked for by operators, among all that ever was drawn.
CREATE INDEX renders_unknown ON renders (guild_id, queued_ms, id) WHERE state = 'unknown';
