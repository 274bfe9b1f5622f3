-- Which button or form asked for a draft, so that a press that is repeated at once makes one draft: again:0000000000000abc.
ALTER TABLE drafts ADD COLUMN pressed TEXT;
CREATE INDEX drafts_pressed ON drafts (pressed) WHERE pressed IS NOT NULL;
