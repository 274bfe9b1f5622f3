-- What the admins of a guild chose for it. A guild that chose nothing has no row, and NULL is as the operator set it.
CREATE TABLE guilds (
    guild_id INTEGER PRIMARY KEY,
    explore_price INTEGER CHECK (explore_price > 0),
    review_price INTEGER CHECK (review_price > 0),
    final_price INTEGER CHECK (final_price > 0),
    review_quorum INTEGER CHECK (review_quorum > 0),
    final_quorum INTEGER CHECK (final_quorum > 0),
    own_vote INTEGER CHECK (own_vote IN (0, 1)),
    lead_decides INTEGER CHECK (lead_decides IN (0, 1)),
    approve_emoji TEXT,
    veto_emoji TEXT CHECK (veto_emoji <> approve_emoji),
    window_days INTEGER CHECK (window_days BETWEEN 1 AND 7),
    gallery_id INTEGER,
    log_id INTEGER
) STRICT;

-- Who may approve, lead and draft (roles), and where drafts may be made (channels). No row of a list: everybody, everywhere.
CREATE TABLE guild_lists (
    guild_id INTEGER NOT NULL REFERENCES guilds (guild_id),
    list TEXT NOT NULL CHECK (list IN ('approvers', 'leads', 'requesters', 'channels')),
    id INTEGER NOT NULL,
    PRIMARY KEY (guild_id, list, id)
) STRICT;

-- Whether a draft is the first of its guild.
CREATE INDEX drafts_guild ON drafts (guild_id, id);
