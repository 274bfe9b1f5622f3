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
