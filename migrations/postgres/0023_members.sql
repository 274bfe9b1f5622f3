-- A member who asks to be forgotten is found without reading all drafts, votes and entries. Few
-- entries name an actor, and few votes are stopped.
CREATE INDEX drafts_member ON drafts (requester_id);
CREATE INDEX votes_user ON votes (user_id);
CREATE INDEX entries_actor ON entries (actor_id) WHERE actor_id IS NOT NULL;
CREATE INDEX renders_stopped ON renders (stopped_by) WHERE stopped_by IS NOT NULL;
