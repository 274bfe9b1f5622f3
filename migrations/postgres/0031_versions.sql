-- The image that this one is another version of, drawn after it by its notes. NULL: the draft or an approval asked for it.
ALTER TABLE renders ADD COLUMN after_id BIGINT REFERENCES renders (id);
-- 1: as the draft drew it. A version keeps its number at later stages.
ALTER TABLE renders ADD COLUMN version BIGINT NOT NULL DEFAULT 1 CHECK (version > 0);
CREATE INDEX renders_after ON renders (after_id) WHERE after_id IS NOT NULL;

-- One live render of a version of an image at a stage, whatever happens twice; a dead one may be followed by another.
DROP INDEX renders_one_live;
CREATE UNIQUE INDEX renders_one_live ON renders (draft_id, position, version, stage)
    WHERE state NOT IN ('cancelled', 'refused', 'operator', 'broken', 'exhausted');
