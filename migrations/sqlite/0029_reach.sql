-- The number of the last migration that a program must know to work on this schema. A migration that takes
-- something away raises it: UPDATE reach SET oldest = the number of the one before.
CREATE TABLE reach (oldest INTEGER NOT NULL);
INSERT INTO reach (oldest) VALUES (29);
