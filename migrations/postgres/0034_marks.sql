-- Whether the files that the bot writes tell the prompt. NULL: they do not.
ALTER TABLE guilds ADD COLUMN file_prompts BIGINT CHECK (file_prompts IN (0, 1));
