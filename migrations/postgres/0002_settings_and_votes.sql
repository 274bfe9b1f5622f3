-- What the admins of a guild chose for it. A guild that chose nothing has no row, and NULL is as the operator set it.
CREATE TABLE guilds (
    guild_id BIGINT PRIMARY KEY,
    explore_price BIGINT CHECK (explore_price > 0),
    review_price BIGINT CHECK (review_price > 0),
    final_price BIGINT CHECK (final_price > 0),
    review_quorum BIGINT CHECK (review_quorum > 0),
    final_quorum BIGINT CHECK (final_quorum > 0),
    own_vote BIGINT CHECK (own_vote IN (0, 1)),
    lead_decides BIGINT CHECK (lead_decides IN (0, 1)),
    approve_emoji TEXT,
    veto_emoji TEXT CHECK (veto_emoji <> approve_emoji),
    window_days BIGINT CHECK (window_days BETWEEN 1 AND 7),
    gallery_id BIGINT,
    log_id BIGINT
);

-- Who may approve, lead and draft (roles), and where drafts may be made (channels). No row of a list: everybody, everywhere.
CREATE TABLE guild_lists (
    guild_id BIGINT NOT NULL REFERENCES guilds (guild_id),
    list TEXT NOT NULL CHECK (list IN ('approvers', 'leads', 'requesters', 'channels')),
    id BIGINT NOT NULL,
    PRIMARY KEY (guild_id, list, id)
);

-- Whether a draft is the first of its guild.
CREATE INDEX drafts_guild ON drafts (guild_id, id);
CREATE INDEX drafts_thread ON drafts (thread_id);
CREATE INDEX drafts_channel ON drafts (channel_id);

-- The rest of what is fixed when a vote opens. Lists of roles are ids with spaces between them. A vote that was open before
-- this has the terms that held then.
ALTER TABLE renders
    ADD COLUMN vote_lead_decides BIGINT NOT NULL DEFAULT 0 CHECK (vote_lead_decides IN (0, 1)),
    ADD COLUMN vote_approve TEXT NOT NULL DEFAULT '✅',
    ADD COLUMN vote_veto TEXT NOT NULL DEFAULT '🚫',
    ADD COLUMN vote_approvers TEXT NOT NULL DEFAULT '',
    ADD COLUMN vote_leads TEXT NOT NULL DEFAULT '',
    -- The lead who stopped an open vote, or one that closed since, and why.
    ADD COLUMN stopped_by BIGINT,
    ADD COLUMN stop_reason TEXT,
    ADD CHECK (vote_veto <> vote_approve),
    ADD CHECK (stopped_by IS NULL OR vote_state IN ('open', 'closed')),
    ADD CHECK (stop_reason IS NULL OR stopped_by IS NOT NULL);

-- A member's votes are for the next stage or against it. A version of the bot that knows only the first may still write
-- while this one starts: hence the default.
ALTER TABLE votes
    ADD COLUMN kind TEXT NOT NULL DEFAULT 'approve' CHECK (kind IN ('approve', 'veto')),
    -- What was known of the member when they were last looked up.
    ADD COLUMN standing TEXT NOT NULL DEFAULT 'unknown'
        CHECK (standing IN ('unknown', 'approver', 'lead', 'other', 'left')),
    -- 1: a veto that a lead has lifted.
    ADD COLUMN lifted BIGINT NOT NULL DEFAULT 0 CHECK (lifted = 0 OR (lifted = 1 AND kind = 'veto')),
    DROP CONSTRAINT votes_pkey,
    ADD PRIMARY KEY (render_id, user_id, kind, source);
