-- Credits can be taken back from what was granted: by somebody, and for a reason.
ALTER TABLE entries
    DROP CONSTRAINT entries_kind_check,
    DROP CONSTRAINT entries_check,
    ADD CONSTRAINT entries_kind_check CHECK (kind IN ('grant', 'correction', 'hold', 'settle', 'release')),
    ADD CONSTRAINT entries_check CHECK ((kind IN ('grant', 'correction')) = (render_id IS NULL)),
    ADD CONSTRAINT entries_named CHECK (kind <> 'correction' OR (actor_id IS NOT NULL AND reason IS NOT NULL));
