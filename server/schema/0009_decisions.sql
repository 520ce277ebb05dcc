-- What waits for somebody, and what they decided.

-- A decision: by whom, why and when.  What it is about points here by its column `decision`.
CREATE TABLE decision (
	id BIGINT PRIMARY KEY,             -- max + 1
	kind TEXT NOT NULL CHECK (kind IN ('enrolment', 'backlog', 'event', 'alarm')),
	subject TEXT NOT NULL,             -- enrolment.id; terminal.id; journal and sequence as '12-345'; alarm.id
	verdict TEXT NOT NULL,             -- enrolment: 'different', 'same-person', 'fraud'; backlog, event: 'accepted', 'rejected'; alarm: 'ended'
	reason TEXT NOT NULL,              -- in the decider's words
	at_ms BIGINT,                      -- event: when it happened, in the decider's judgement; NULL: not said
	account BIGINT NOT NULL REFERENCES account (id), -- who decided
	decided_ms BIGINT NOT NULL,
	carried_ms BIGINT,                 -- when the core role carried it out; NULL: not yet
	outcome TEXT                       -- what came of it: 'done', or why not; NULL: not yet
);
CREATE INDEX decision_open ON decision (id) WHERE carried_ms IS NULL;

ALTER TABLE enrolment ADD COLUMN decision BIGINT;  -- decision.id; NULL: none
ALTER TABLE quarantine ADD COLUMN decision BIGINT; -- decision.id of the last; NULL: none
ALTER TABLE held_batch ADD COLUMN decision BIGINT; -- decision.id of the last; NULL: none
ALTER TABLE held_batch ADD COLUMN outcome TEXT;    -- 'stored', 'duplicate', 'gap', 'conflict', 'broken', 'refused', 'rejected'; NULL: not yet
ALTER TABLE alarm ADD COLUMN decision BIGINT;      -- decision.id; NULL: none

-- A template of an enrolment that is held: not active, on no roster, in no search.  Sealed to the
-- vault as its row of `reference` will be; the row goes with the decision.
CREATE TABLE held_reference (
	id BIGINT PRIMARY KEY,             -- reference.id if it becomes one
	enrolment TEXT NOT NULL REFERENCES enrolment (id),
	person BIGINT NOT NULL,
	finger BIGINT NOT NULL,            -- ISO/IEC 19794-2:2005 table 2
	quality BIGINT NOT NULL,           -- 0 … 100
	sealed BYTEA NOT NULL
);
CREATE INDEX held_reference_by_enrolment ON held_reference (enrolment);

-- Until now the templates of what was held were destroyed: there is nothing to decide.
UPDATE enrolment SET state = 'failed' WHERE state = 'held';
