-- The channel whose thread a draft was asked for in; its pictures are shown in that thread. None for a draft whose own
-- thread was opened in a channel.
ALTER TABLE drafts ADD COLUMN parent_id BIGINT;
CREATE INDEX drafts_parent ON drafts (parent_id) WHERE parent_id IS NOT NULL;
