-- When a copy with this image was put back. Its next stage may have been paid since the copy was made, so a lead's press of
-- Approve is needed before it is paid; NULL where none is.
ALTER TABLE renders ADD COLUMN restored_ms INTEGER;
