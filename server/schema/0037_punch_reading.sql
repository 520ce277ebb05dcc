-- Judging reads a person's punches of a month in their order: all of it from one index, without
-- sorting and without a look into the table for each.
DROP INDEX punch_person;
CREATE INDEX punch_person ON punch (person, at_ms, terminal, seq, journal, place, state, kind, reason, letter);
