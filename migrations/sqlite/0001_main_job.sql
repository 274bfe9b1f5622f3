-- The main job: pools and their ledger, drafts, renders, votes, and the work that is still to be done.
-- The same tables and columns as migrations/postgres; types and triggers are written differently.
-- Times are milliseconds since 1970 (UTC), always passed in. Ids of Discord are snowflakes.

-- The cached sums of a guild's ledger. Whoever changes money locks this row first.
CREATE TABLE pools (
    guild_id INTEGER PRIMARY KEY,
    granted INTEGER NOT NULL DEFAULT 0 CHECK (granted >= 0),
    held INTEGER NOT NULL DEFAULT 0 CHECK (held >= 0),
    settled INTEGER NOT NULL DEFAULT 0 CHECK (settled >= 0),
    CHECK (granted - held - settled >= 0)
) STRICT;

-- One /draft. The id is the interaction's, so that a repeated interaction finds the first.
CREATE TABLE drafts (
    id INTEGER PRIMARY KEY,
    guild_id INTEGER NOT NULL REFERENCES pools (guild_id),
    channel_id INTEGER NOT NULL,
    requester_id INTEGER NOT NULL,
    prompt TEXT NOT NULL,
    keep TEXT,
    ratio TEXT NOT NULL,
    images INTEGER NOT NULL CHECK (images BETWEEN 1 AND 4),
    last_stage TEXT NOT NULL CHECK (last_stage IN ('explore', 'review', 'final')),
    state TEXT NOT NULL CHECK (state IN ('opening', 'open', 'abandoned')),
    starter_id INTEGER,
    thread_id INTEGER,
    -- The interaction's token, kept until its private answer has its last form.
    answer_token TEXT,
    created_ms INTEGER NOT NULL,
    CHECK (state <> 'open' OR (starter_id IS NOT NULL AND thread_id IS NOT NULL))
) STRICT;

-- One picture at one stage, the paid render that makes it, and the vote on its next stage.
CREATE TABLE renders (
    id INTEGER PRIMARY KEY,
    draft_id INTEGER NOT NULL REFERENCES drafts (id),
    guild_id INTEGER NOT NULL REFERENCES pools (guild_id),
    parent_id INTEGER REFERENCES renders (id),
    position INTEGER NOT NULL CHECK (position BETWEEN 1 AND 4),
    stage TEXT NOT NULL CHECK (stage IN ('explore', 'review', 'final')),
    price INTEGER NOT NULL CHECK (price > 0),
    want_width INTEGER NOT NULL CHECK (want_width > 0),
    want_height INTEGER NOT NULL CHECK (want_height > 0),
    state TEXT NOT NULL CHECK (state IN (
        'queued', 'rendering', 'done', 'refused', 'operator', 'broken', 'exhausted', 'unknown', 'cancelled'
    )),
    attempts INTEGER NOT NULL DEFAULT 0,
    width INTEGER,
    height INTEGER,
    queued_ms INTEGER NOT NULL,
    message_id INTEGER UNIQUE,
    -- 1: the message carries a smaller form of the picture.
    reduced INTEGER NOT NULL DEFAULT 0 CHECK (reduced IN (0, 1)),
    vote_state TEXT NOT NULL DEFAULT 'none' CHECK (vote_state IN ('none', 'open', 'waiting', 'spent', 'closed')),
    vote_version INTEGER NOT NULL DEFAULT 0,
    vote_price INTEGER CHECK (vote_price > 0),
    vote_quorum INTEGER CHECK (vote_quorum > 0),
    vote_own INTEGER CHECK (vote_own IN (0, 1)),
    vote_closes_ms INTEGER,
    waiting_since_ms INTEGER,
    CHECK ((stage = 'explore') = (parent_id IS NULL)),
    CHECK ((state = 'done') = (width IS NOT NULL)),
    CHECK ((state = 'done') = (height IS NOT NULL)),
    CHECK ((vote_state = 'none') = (vote_price IS NULL)),
    CHECK ((vote_state = 'none') = (vote_quorum IS NULL)),
    CHECK ((vote_state = 'none') = (vote_own IS NULL)),
    CHECK ((vote_state = 'none') = (vote_closes_ms IS NULL)),
    CHECK ((vote_state = 'waiting') = (waiting_since_ms IS NOT NULL))
) STRICT;

-- One live render of an image at a stage, whatever happens twice; a dead one may be followed by another.
CREATE UNIQUE INDEX renders_one_live ON renders (draft_id, position, stage)
    WHERE state NOT IN ('cancelled', 'refused', 'operator', 'broken', 'exhausted');
CREATE INDEX renders_waiting ON renders (guild_id, waiting_since_ms, id) WHERE vote_state = 'waiting';
CREATE INDEX renders_voting ON renders (id) WHERE vote_state IN ('open', 'waiting');
CREATE INDEX renders_pending ON renders (guild_id) WHERE state IN ('queued', 'rendering');
CREATE INDEX renders_parent ON renders (parent_id);

-- The ledger: append-only. A hold is closed once, by a settle or a release of the same sum.
CREATE TABLE entries (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    guild_id INTEGER NOT NULL REFERENCES pools (guild_id),
    kind TEXT NOT NULL CHECK (kind IN ('grant', 'hold', 'settle', 'release')),
    amount INTEGER NOT NULL CHECK (amount > 0),
    render_id INTEGER REFERENCES renders (id),
    closes INTEGER UNIQUE REFERENCES entries (id),
    actor_id INTEGER,
    reason TEXT,
    -- The name of a grant that must happen once.
    once_key TEXT UNIQUE,
    at_ms INTEGER NOT NULL,
    CHECK ((kind = 'grant') = (render_id IS NULL)),
    CHECK ((kind IN ('settle', 'release')) = (closes IS NOT NULL))
) STRICT;
CREATE UNIQUE INDEX entries_one_hold ON entries (render_id) WHERE kind = 'hold';
CREATE INDEX entries_guild ON entries (guild_id, id);

CREATE TRIGGER entries_no_update BEFORE UPDATE ON entries
BEGIN
    SELECT RAISE(ABORT, 'the ledger is append-only');
END;
CREATE TRIGGER entries_no_delete BEFORE DELETE ON entries
BEGIN
    SELECT RAISE(ABORT, 'the ledger is append-only');
END;
CREATE TRIGGER entries_close_a_hold BEFORE INSERT ON entries
WHEN NEW.closes IS NOT NULL AND NOT EXISTS (
    SELECT 1 FROM entries h WHERE h.id = NEW.closes AND h.kind = 'hold'
        AND h.guild_id = NEW.guild_id AND h.render_id = NEW.render_id AND h.amount = NEW.amount
)
BEGIN
    SELECT RAISE(ABORT, 'a closing entry names a hold of the same guild, render and sum');
END;

-- A set, never a counter. Of source 'reaction' Discord is the record and a recount replaces them.
CREATE TABLE votes (
    render_id INTEGER NOT NULL REFERENCES renders (id),
    user_id INTEGER NOT NULL,
    source TEXT NOT NULL CHECK (source IN ('reaction', 'button')),
    at_ms INTEGER NOT NULL,
    PRIMARY KEY (render_id, user_id, source)
) STRICT;

-- Work to be done after a commit. Claimed by a lease; the fence is the claimer's token, and a write needs it.
CREATE TABLE jobs (
    kind TEXT NOT NULL,
    target INTEGER NOT NULL,
    run_at_ms INTEGER NOT NULL,
    lease_until_ms INTEGER NOT NULL DEFAULT 0,
    fence INTEGER NOT NULL DEFAULT 0,
    attempts INTEGER NOT NULL DEFAULT 0,
    -- Raised by every wish for this job, so that one that comes while it runs is not lost.
    wanted INTEGER NOT NULL DEFAULT 1,
    PRIMARY KEY (kind, target)
) STRICT;
CREATE INDEX jobs_due ON jobs (run_at_ms);
