-- The roles that are mentioned: in each draft, and in the log when the pool runs low. NULL: nobody.
ALTER TABLE guilds ADD COLUMN votes_role_id BIGINT;
ALTER TABLE guilds ADD COLUMN low_pool_role_id BIGINT;
