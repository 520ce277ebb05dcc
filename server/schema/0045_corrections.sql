-- Corrections of a day: asked for, decided by a chain of one to four levels, passed on when a level lets
-- its time go by.

-- Who decides, by unit and kind.  The nearest unit above counts, as of the day it is asked.
CREATE TABLE correction_chain (
	unit BIGINT NOT NULL,              -- for its subtree; 0: the province
	kind BIGINT NOT NULL,              -- 1 masuk, 2 pulang, 3 the whole day
	levels TEXT NOT NULL,              -- 'ATASAN:72 BKD:72': a level and its hours, by blanks, in order
	deadline_day BIGINT NOT NULL,      -- of the month after the corrected day; a day off moves it to the next working day
	source TEXT,                       -- why
	valid_from_day BIGINT NOT NULL,
	valid_to_day BIGINT NOT NULL,
	recorded_from_ms BIGINT NOT NULL,
	recorded_to_ms BIGINT,
	PRIMARY KEY (unit, kind, valid_from_day, recorded_from_ms),
	CHECK (valid_from_day < valid_to_day AND kind BETWEEN 1 AND 3)
);
CREATE UNIQUE INDEX correction_chain_now ON correction_chain (unit, kind, valid_from_day)
	WHERE recorded_to_ms IS NULL;
INSERT INTO correction_chain VALUES
	(0, 1, 'ATASAN:72', 3, 'rantai: pilihan BKD; tanggal 3: praktik Kota Pekalongan', -9999999, 9999999, 0, NULL),
	(0, 2, 'ATASAN:72', 3, 'rantai: pilihan BKD; tanggal 3: praktik Kota Pekalongan', -9999999, 9999999, 0, NULL),
	(0, 3, 'ATASAN:72 BKD:120', 3, 'rantai: pilihan BKD; tanggal 3: praktik Kota Pekalongan', -9999999, 9999999, 0, NULL);

-- What proves a correction: known by its hash, kept here when it is small enough.
CREATE TABLE correction_document (
	hash BYTEA PRIMARY KEY,            -- SHA-256 of the content
	size BIGINT,                       -- bytes; NULL: only its hash was given
	content BYTEA,                     -- NULL: kept elsewhere
	added_ms BIGINT NOT NULL
);

CREATE TABLE correction (
	id BIGINT PRIMARY KEY,             -- from 1
	batch BIGINT NOT NULL,             -- id of the first of those that were asked for at once
	person BIGINT NOT NULL REFERENCES person (id),
	day BIGINT NOT NULL,
	kind BIGINT NOT NULL,              -- as in correction_chain
	code TEXT NOT NULL REFERENCES attendance_code (code), -- what the slot or day becomes: 'AT', 'DL', …
	reason TEXT NOT NULL,              -- in the words of who asked
	unit BIGINT NOT NULL REFERENCES unit (id), -- the person's on that day
	state BIGINT NOT NULL,             -- 1 waits, 2 approved, 3 refused, 4 withdrawn
	account BIGINT NOT NULL REFERENCES account (id), -- who asked
	asked_ms BIGINT NOT NULL,
	document BYTEA REFERENCES correction_document (hash), -- NULL: none
	document_name TEXT,                -- its number or file name; NULL: none
	ended_ms BIGINT,                   -- NULL: it waits
	CHECK (kind BETWEEN 1 AND 3 AND state BETWEEN 1 AND 4)
);
CREATE UNIQUE INDEX correction_waits ON correction (person, day, kind) WHERE state = 1;
CREATE INDEX correction_person ON correction (person, day);
CREATE INDEX correction_by_batch ON correction (batch);

-- The chain as it was when the correction was asked for; what is passed on past the last level gains one.
CREATE TABLE correction_step (
	correction BIGINT NOT NULL REFERENCES correction (id),
	number BIGINT NOT NULL,            -- from 1
	level TEXT NOT NULL,               -- 'LANGSUNG': the superior of that day; else the role of a grant over the unit
	hours BIGINT NOT NULL,             -- until it is passed on
	state BIGINT NOT NULL,             -- 1 its turn is to come, 2 open, 3 approved, 4 refused, 5 passed on, 6 dropped
	opened_ms BIGINT,                  -- NULL: not yet
	due_ms BIGINT,                     -- when it is passed on; NULL: not open yet, or nobody is left
	account BIGINT REFERENCES account (id), -- who decided; NULL: nobody
	behalf BIGINT REFERENCES account (id),  -- for whom, by delegation; NULL: in the own name
	decided_ms BIGINT,
	reason TEXT,                       -- in the decider's words; NULL: none
	PRIMARY KEY (correction, number),
	CHECK (number >= 1 AND state BETWEEN 1 AND 6)
);
CREATE INDEX correction_step_due ON correction_step (due_ms) WHERE state = 2;
CREATE INDEX correction_step_open ON correction_step (correction) WHERE state = 2;

-- A month of a unit whose deadline has passed takes corrections again, for a while and for a reason.
CREATE TABLE correction_reopening (
	id BIGINT PRIMARY KEY,             -- from 1
	unit BIGINT NOT NULL,              -- its subtree; 0: the province
	month_day BIGINT NOT NULL,         -- the month's first day
	until_day BIGINT NOT NULL,         -- the last day on which something may be asked for
	reason TEXT NOT NULL,
	account BIGINT NOT NULL REFERENCES account (id),
	made_ms BIGINT NOT NULL
);
CREATE INDEX correction_reopening_month ON correction_reopening (month_day);

-- Who decides in somebody's place for a time.
CREATE TABLE approval_delegation (
	id BIGINT PRIMARY KEY,             -- from 1
	account BIGINT NOT NULL REFERENCES account (id), -- in whose place
	deputy BIGINT NOT NULL REFERENCES account (id),
	from_day BIGINT NOT NULL,          -- half-open
	to_day BIGINT NOT NULL,
	reason TEXT NOT NULL,              -- number of the order, or why
	made_ms BIGINT NOT NULL,
	ended_ms BIGINT,                   -- ended early; NULL: by its date
	CHECK (account <> deputy AND from_day < to_day)
);
CREATE INDEX approval_delegation_deputy ON approval_delegation (deputy, to_day);
CREATE INDEX approval_delegation_account ON approval_delegation (account, to_day);
