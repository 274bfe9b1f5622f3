-- The hold that an entry closes is looked up by its number alone: asked for by its guild as well, a planner that knows
-- little of the table reads every hold of that guild.
CREATE OR REPLACE FUNCTION entries_close_a_hold() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    hold entries%ROWTYPE;
BEGIN
    IF NEW.closes IS NULL THEN
        RETURN NEW;
    END IF;
    SELECT * INTO hold FROM entries WHERE id = NEW.closes;
    IF hold.kind IS DISTINCT FROM 'hold' OR hold.guild_id IS DISTINCT FROM NEW.guild_id
        OR hold.render_id IS DISTINCT FROM NEW.render_id OR hold.amount IS DISTINCT FROM NEW.amount
    THEN
        RAISE EXCEPTION 'a closing entry names a hold of the same guild, render and sum';
    END IF;
    RETURN NEW;
END $$;
