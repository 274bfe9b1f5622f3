-- What a paid call cost the operator and what its engine calls it, as far as the engine says.
-- In millionths of a US dollar.
ALTER TABLE renders ADD COLUMN usd_micros BIGINT CHECK (usd_micros >= 0);
ALTER TABLE renders ADD COLUMN request_id TEXT;
