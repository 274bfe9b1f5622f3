-- How many pictures a draft is drawn after; they are kept beside the originals.
ALTER TABLE drafts ADD COLUMN reference_count INTEGER NOT NULL DEFAULT 0 CHECK (reference_count BETWEEN 0 AND 4);
