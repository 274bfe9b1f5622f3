-- What members want changed about an image, in their words. A note that was struck stays for its number, and has no words any
-- more if its reply was deleted.
CREATE TABLE notes (
    render_id BIGINT NOT NULL REFERENCES renders (id),
    number BIGINT NOT NULL CHECK (number > 0),
    user_id BIGINT NOT NULL,
    text TEXT NOT NULL,
    -- The reply that it was read from; NULL for a form.
    message_id BIGINT UNIQUE,
    at_ms BIGINT NOT NULL,
    struck_by BIGINT,
    PRIMARY KEY (render_id, number)
);
CREATE INDEX notes_by ON notes (user_id);

-- How many of them stand, so that most images are shown without a look at them.
ALTER TABLE renders ADD COLUMN notes BIGINT NOT NULL DEFAULT 0 CHECK (notes >= 0);
-- What the engine is told to change, a line each: the notes on the parent as they stood when this render was paid.
ALTER TABLE renders ADD COLUMN changes TEXT;
-- The words that the engine was sent, where they are not the draft's prompt alone.
ALTER TABLE renders ADD COLUMN sent_words TEXT;
