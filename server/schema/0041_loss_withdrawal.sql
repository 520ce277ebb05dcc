-- A loss may be withdrawn: then it counts for nothing, and what was decided stays readable.
ALTER TABLE terminal_loss ADD COLUMN withdrawn_ms BIGINT; -- NULL: it counts
ALTER TABLE terminal_loss ADD COLUMN withdrawn_by BIGINT; -- account.id of who withdrew it
ALTER TABLE terminal_loss ADD COLUMN withdrawal TEXT;     -- why, in that person's words
