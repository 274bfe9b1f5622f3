-- A smaller form that is posted, and its original: the extension and the bytes of each, with spaces
-- between them. NULL where the original is posted, and for messages of before.
ALTER TABLE renders ADD COLUMN reduced_from TEXT;
