-- When an original was taken out of the store because it was kept long enough. NULL: it is kept.
ALTER TABLE renders ADD COLUMN original_removed_ms BIGINT;
-- When the references of a draft were, and its words: its prompt, what was to be kept, and the notes on its images.
ALTER TABLE drafts ADD COLUMN references_removed_ms BIGINT;
ALTER TABLE drafts ADD COLUMN prompt_removed_ms BIGINT;
-- What is kept, by drafts, from the oldest on.
CREATE INDEX renders_kept ON renders (draft_id) WHERE state = 'done' AND original_removed_ms IS NULL;
CREATE INDEX drafts_kept_references ON drafts (id) WHERE reference_count > 0 AND references_removed_ms IS NULL;
CREATE INDEX drafts_kept_prompts ON drafts (id) WHERE forgotten = 0;
