-- Which engine was asked for a picture, with which of its models, at which quality and in which mode: written before the call,
-- so that it is known when the call's end is not. Nothing for calls that were made before this was kept.
ALTER TABLE renders ADD COLUMN asked_engine TEXT;
ALTER TABLE renders ADD COLUMN asked_model TEXT;
ALTER TABLE renders ADD COLUMN asked_quality TEXT;
ALTER TABLE renders ADD COLUMN asked_mode TEXT;
-- Where a service said that it can be asked how a call ended.
ALTER TABLE renders ADD COLUMN request_url TEXT;
