-- The message that shows a final in the gallery, and the channel that it is in.
ALTER TABLE renders ADD COLUMN gallery_id BIGINT;
ALTER TABLE renders ADD COLUMN gallery_message_id BIGINT CHECK ((gallery_message_id IS NULL) = (gallery_id IS NULL));
-- When the thread is reminded of an open vote; NULL once it was. Votes that are open already are not reminded of.
ALTER TABLE renders ADD COLUMN vote_remind_ms BIGINT;
