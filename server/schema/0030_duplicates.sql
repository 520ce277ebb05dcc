-- The province's fingers searched among themselves: one person under two names.

-- A search over everybody; it goes on where it was stopped.
CREATE TABLE duplicate_run (
	id BIGINT PRIMARY KEY,             -- max + 1
	started_ms BIGINT NOT NULL,
	finished_ms BIGINT,                -- NULL: not yet
	after_person BIGINT NOT NULL,      -- people up to this number are done; 0: none
	n_people BIGINT NOT NULL,          -- done
	n_references BIGINT NOT NULL       -- searched for
);

-- Two people who seem to be one; the pair once, whoever was searched for.
CREATE TABLE duplicate_pair (
	person BIGINT NOT NULL,            -- the lower number of the two
	other BIGINT NOT NULL,
	run BIGINT NOT NULL REFERENCES duplicate_run (id), -- the last that found them
	finger BIGINT NOT NULL,            -- of the one who was searched for; ISO/IEC 19794-2:2005 table 2
	score BIGINT NOT NULL,             -- thousandths, of that finger
	second_score BIGINT,               -- of another finger of the two; NULL: there is none, or it is unlike
	found_ms BIGINT NOT NULL,          -- first
	verdict TEXT CHECK (verdict IN ('different', 'same-person', 'fraud')), -- NULL: undecided
	reason TEXT,                       -- in the decider's words
	account BIGINT REFERENCES account (id), -- who decided
	decided_ms BIGINT,
	PRIMARY KEY (person, other)
);
