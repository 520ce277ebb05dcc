-- The month of a unit: handed in, signed, locked, paid; what it was when it was locked, and what became known later.

-- Where it stands.  No row: it is open.
CREATE TABLE unit_month (
	unit BIGINT NOT NULL REFERENCES unit (id), -- that hands in its month, with all below it
	month_day BIGINT NOT NULL,         -- the month's first day
	state BIGINT NOT NULL,             -- 0 open, 1 submitted, 2 signed, 3 locked, 4 paid
	n_steps BIGINT NOT NULL,           -- unit_month_step.n of the last one
	PRIMARY KEY (unit, month_day),
	CHECK (state BETWEEN 0 AND 4)
);
CREATE INDEX unit_month_of ON unit_month (month_day, state);

-- How it came there; only added to.
CREATE TABLE unit_month_step (
	unit BIGINT NOT NULL,
	month_day BIGINT NOT NULL,
	n BIGINT NOT NULL,                 -- 1, 2, 3 …
	step TEXT NOT NULL,                -- "submit", "sign", "lock", "pay", "reopen"
	account BIGINT NOT NULL REFERENCES account (id),
	person BIGINT NOT NULL,            -- behind the account then; 0: nobody
	at_ms BIGINT NOT NULL,
	reason TEXT,                       -- why it was reopened, or submitted in spite of what hinders; NULL: none needed
	deadline_day BIGINT NOT NULL,      -- of the submission, as the calendar was then
	n_hindrances BIGINT NOT NULL,      -- that were told
	n_people BIGINT NOT NULL,          -- of the contents
	n_days BIGINT NOT NULL,
	n_differences BIGINT NOT NULL,     -- of earlier months
	hash BYTEA NOT NULL,               -- of the contents (server/rules/month.h), 32 bytes
	audit_seq BIGINT NOT NULL,         -- the last row of audit_entry before it
	audit_hash BYTEA NOT NULL,         -- its hash; 32 zero bytes: none
	PRIMARY KEY (unit, month_day, n),
	FOREIGN KEY (unit, month_day) REFERENCES unit_month (unit, month_day)
);

-- The person-days of a locked month, never changed.  Who moved within the month has a row in each unit's.
CREATE TABLE month_person (
	unit BIGINT NOT NULL,              -- of unit_month
	month_day BIGINT NOT NULL,
	person BIGINT NOT NULL REFERENCES person (id),
	n_days BIGINT NOT NULL,
	days BIGINT NOT NULL,              -- which: bit 0 is the month's first day
	content BYTEA NOT NULL,            -- lines of server/rules/month.h, with the reasons' text; zlib
	hash BYTEA NOT NULL,               -- SHA-256 of these lines
	PRIMARY KEY (unit, month_day, person),
	FOREIGN KEY (unit, month_day) REFERENCES unit_month (unit, month_day)
);
CREATE INDEX month_person_of ON month_person (person, month_day);

-- What became known of a locked day after its month was locked: a line of a later month.  The days before it
-- are what was accounted for so far; the sum of what is locked and all lines is what is known now.
CREATE TABLE month_difference (
	person BIGINT NOT NULL REFERENCES person (id),
	day BIGINT NOT NULL,
	n BIGINT NOT NULL,                 -- 1, 2 … of that person-day; all but the last are final
	old_unit BIGINT NOT NULL REFERENCES unit (id), -- whose locked month the day belongs to
	unit BIGINT NOT NULL REFERENCES unit (id), -- in whose month it is a line, final once that is submitted
	month_day BIGINT NOT NULL,         -- of that month; that of the day is before it
	old_line TEXT,                     -- as in month_person; NULL: there was no verdict
	new_line TEXT,                     -- NULL: there is none any more
	recorded_ms BIGINT NOT NULL,       -- when it became known, last
	PRIMARY KEY (person, day, n)
);
CREATE INDEX month_difference_in ON month_difference (unit, month_day, person, day);
CREATE INDEX month_difference_of ON month_difference (old_unit, day);

-- One row, whose lock judging and locking take in turn.
CREATE TABLE month_turn (
	id BIGINT PRIMARY KEY CHECK (id = 1),
	n BIGINT NOT NULL                  -- how many months were locked
);
INSERT INTO month_turn (id, n) VALUES (1, 0);

-- Which day of the next month is the last to hand it in (domain 1.4: the 3rd).
ALTER TABLE attendance_rule ADD COLUMN submit_day BIGINT NOT NULL DEFAULT 3;
