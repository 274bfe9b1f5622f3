-- What a draft asks for, so that the same is pointed out before it is paid for again. Drafts of before have none,
-- nor have those whose words are gone.
ALTER TABLE drafts ADD COLUMN fingerprint INTEGER;
CREATE INDEX drafts_fingerprint ON drafts (fingerprint) WHERE fingerprint IS NOT NULL;
