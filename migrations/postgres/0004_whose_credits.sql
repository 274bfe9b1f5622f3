-- What a member's drafts hold and have spent, without reading the whole guild's.
CREATE INDEX drafts_requester ON drafts (guild_id, requester_id, id);
CREATE INDEX renders_draft ON renders (draft_id);
