-- Which picture that was sent along a service refused, by its place from 1 (0: the service does not say), and why: 2:too_small.
ALTER TABLE renders ADD COLUMN refused_picture TEXT;
-- When somebody called a render off whose call waits in the queue of a service.
ALTER TABLE renders ADD COLUMN called_off_ms BIGINT;
