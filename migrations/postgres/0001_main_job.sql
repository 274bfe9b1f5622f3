-- The main job: pools and their ledger, drafts, renders, votes, and the work that is still to be done.
-- The same tables and columns as migrations/sqlite; types and triggers are written differently.
-- Times are milliseconds since 1970 (UTC), always passed in. Ids of Discord are snowflakes.

-- The cached sums of a guild's ledger. Whoever changes money locks this row first.
CREATE TABLE pools (
    guild_id BIGINT PRIMARY KEY,
    granted BIGINT NOT NULL DEFAULT 0 CHECK (granted >= 0),
    held BIGINT NOT NULL DEFAULT 0 CHECK (held >= 0),
    settled BIGINT NOT NULL DEFAULT 0 CHECK (settled >= 0),
    CHECK (granted - held - settled >= 0)
);

-- One /draft. The id is the interaction's, so that a repeated interaction finds the first.
CREATE TABLE drafts (
    id BIGINT PRIMARY KEY,
    guild_id BIGINT NOT NULL REFERENCES pools (guild_id),
    channel_id BIGINT NOT NULL,
    requester_id BIGINT NOT NULL,
    prompt TEXT NOT NULL,
    keep TEXT,
    ratio TEXT NOT NULL,
    images BIGINT NOT NULL CHECK (images BETWEEN 1 AND 4),
    last_stage TEXT NOT NULL CHECK (last_stage IN ('explore', 'review', 'final')),
    state TEXT NOT NULL CHECK (state IN ('opening', 'open', 'abandoned')),
    starter_id BIGINT,
    thread_id BIGINT,
    -- The interaction's token, kept until its private answer has its last form.
    answer_token TEXT,
    created_ms BIGINT NOT NULL,
    CHECK (state <> 'open' OR (starter_id IS NOT NULL AND thread_id IS NOT NULL))
);

-- One picture at one stage, the paid render that makes it, and the vote on its next stage.
CREATE TABLE renders (
    id BIGINT PRIMARY KEY,
    draft_id BIGINT NOT NULL REFERENCES drafts (id),
    guild_id BIGINT NOT NULL REFERENCES pools (guild_id),
    parent_id BIGINT REFERENCES renders (id),
    position BIGINT NOT NULL CHECK (position BETWEEN 1 AND 4),
    stage TEXT NOT NULL CHECK (stage IN ('explore', 'review', 'final')),
    price BIGINT NOT NULL CHECK (price > 0),
    want_width BIGINT NOT NULL CHECK (want_width > 0),
    want_height BIGINT NOT NULL CHECK (want_height > 0),
    state TEXT NOT NULL CHECK (state IN (
        'queued', 'rendering', 'done', 'refused', 'operator', 'broken', 'exhausted', 'unknown', 'cancelled'
    )),
    attempts BIGINT NOT NULL DEFAULT 0,
    width BIGINT,
    height BIGINT,
    queued_ms BIGINT NOT NULL,
    message_id BIGINT UNIQUE,
    -- 1: the message carries a smaller form of the picture.
    reduced BIGINT NOT NULL DEFAULT 0 CHECK (reduced IN (0, 1)),
    vote_state TEXT NOT NULL DEFAULT 'none' CHECK (vote_state IN ('none', 'open', 'waiting', 'spent', 'closed')),
    vote_version BIGINT NOT NULL DEFAULT 0,
    vote_price BIGINT CHECK (vote_price > 0),
    vote_quorum BIGINT CHECK (vote_quorum > 0),
    vote_own BIGINT CHECK (vote_own IN (0, 1)),
    vote_closes_ms BIGINT,
    waiting_since_ms BIGINT,
    CHECK ((stage = 'explore') = (parent_id IS NULL)),
    CHECK ((state = 'done') = (width IS NOT NULL)),
    CHECK ((state = 'done') = (height IS NOT NULL)),
    CHECK ((vote_state = 'none') = (vote_price IS NULL)),
    CHECK ((vote_state = 'none') = (vote_quorum IS NULL)),
    CHECK ((vote_state = 'none') = (vote_own IS NULL)),
    CHECK ((vote_state = 'none') = (vote_closes_ms IS NULL)),
    CHECK ((vote_state = 'waiting') = (waiting_since_ms IS NOT NULL))
);

-- One live render of an image at a stage, whatever happens twice; a dead one may be followed by another.
CREATE UNIQUE INDEX renders_one_live ON renders (draft_id, position, stage)
    WHERE state NOT IN ('cancelled', 'refused', 'operator', 'broken', 'exhausted');
CREATE INDEX renders_waiting ON renders (guild_id, waiting_since_ms, id) WHERE vote_state = 'waiting';
CREATE INDEX renders_voting ON renders (id) WHERE vote_state IN ('open', 'waiting');
CREATE INDEX renders_pending ON renders (guild_id) WHERE state IN ('queued', 'rendering');
CREATE INDEX renders_parent ON renders (parent_id);

-- The ledger: append-only. A hold is closed once, by a settle or a release of the same sum.
CREATE TABLE entries (
    id BIGINT GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    guild_id BIGINT NOT NULL REFERENCES pools (guild_id),
    kind TEXT NOT NULL CHECK (kind IN ('grant', 'hold', 'settle', 'release')),
    amount BIGINT NOT NULL CHECK (amount > 0),
    render_id BIGINT REFERENCES renders (id),
    closes BIGINT UNIQUE REFERENCES entries (id),
    actor_id BIGINT,
    reason TEXT,
    -- The name of a grant that must happen once.
    once_key TEXT UNIQUE,
    at_ms BIGINT NOT NULL,
    CHECK ((kind = 'grant') = (render_id IS NULL)),
    CHECK ((kind IN ('settle', 'release')) = (closes IS NOT NULL))
);
CREATE UNIQUE INDEX entries_one_hold ON entries (render_id) WHERE kind = 'hold';
CREATE INDEX entries_guild ON entries (guild_id, id);

CREATE FUNCTION entries_append_only() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'the ledger is append-only';
END $$;
CREATE TRIGGER entries_no_change BEFORE UPDATE OR DELETE ON entries
    FOR EACH ROW EXECUTE FUNCTION entries_append_only();
CREATE TRIGGER entries_no_truncate BEFORE TRUNCATE ON entries
    FOR EACH STATEMENT EXECUTE FUNCTION entries_append_only();

CREATE FUNCTION entries_close_a_hold() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF NEW.closes IS NOT NULL AND NOT EXISTS (
        SELECT 1 FROM entries h WHERE h.id = NEW.closes AND h.kind = 'hold'
            AND h.guild_id = NEW.guild_id AND h.render_id = NEW.render_id AND h.amount = NEW.amount
    ) THEN
        RAISE EXCEPTION 'a closing entry names a hold of the same guild, render and sum';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER entries_close_a_hold BEFORE INSERT ON entries
    FOR EACH ROW EXECUTE FUNCTION entries_close_a_hold();

-- A set, never a counter. Of source 'reaction' Discord is the record and a recount replaces them.
CREATE TABLE votes (
    render_id BIGINT NOT NULL REFERENCES renders (id),
    user_id BIGINT NOT NULL,
    source TEXT NOT NULL CHECK (source IN ('reaction', 'button')),
    at_ms BIGINT NOT NULL,
    PRIMARY KEY (render_id, user_id, source)
);

-- Work to be done after a commit. Claimed by a lease; the fence is the claimer's token, and a write needs it.
CREATE TABLE jobs (
    kind TEXT NOT NULL,
    target BIGINT NOT NULL,
    run_at_ms BIGINT NOT NULL,
    lease_until_ms BIGINT NOT NULL DEFAULT 0,
    fence BIGINT NOT NULL DEFAULT 0,
    attempts BIGINT NOT NULL DEFAULT 0,
    -- Raised by every wish for this job, so that one that comes while it runs is not lost.
    wanted BIGINT NOT NULL DEFAULT 1,
    PRIMARY KEY (kind, target)
);
CREATE INDEX jobs_due ON jobs (run_at_ms);
