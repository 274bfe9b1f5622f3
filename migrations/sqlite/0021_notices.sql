-- A message about a render that is no longer true, until it is mended.
ALTER TABLE renders ADD COLUMN notice_id INTEGER;
