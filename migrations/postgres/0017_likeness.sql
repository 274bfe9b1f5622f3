-- How alike a picture of a later stage is to the one that was approved, in thousandths; nothing where it was not measured.
ALTER TABLE renders ADD COLUMN likeness_permille BIGINT CHECK (likeness_permille BETWEEN 0 AND 1000);
