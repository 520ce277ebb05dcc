-- A unit's roster by month: planned, published, and what was asked to be changed afterwards.

-- Who published a month's roster, when, and knowing of how many conflicts.
CREATE TABLE roster_publication (
	id BIGINT PRIMARY KEY,             -- from 1
	unit BIGINT NOT NULL REFERENCES unit (id),
	month_day BIGINT NOT NULL,         -- the month's first day
	version BIGINT NOT NULL,           -- of that unit and month, from 1
	account BIGINT NOT NULL REFERENCES account (id),
	published_ms BIGINT NOT NULL,
	n_conflicts BIGINT NOT NULL,       -- that were shown
	reason TEXT,                       -- why it was published with them; NULL: there were none
	UNIQUE (unit, month_day, version)
);

-- What was planned: a draft until it is published, then that version, kept as it was.
CREATE TABLE roster_plan (
	unit BIGINT NOT NULL REFERENCES unit (id),
	day BIGINT NOT NULL,
	person BIGINT NOT NULL REFERENCES person (id),
	publication BIGINT NOT NULL,       -- roster_publication.id; 0: the draft
	shift BIGINT REFERENCES work_shift (id),  -- as in person_roster
	shift2 BIGINT REFERENCES work_shift (id),
	on_call BIGINT NOT NULL,
	source TEXT,                       -- number of the roster; NULL: not said
	PRIMARY KEY (unit, publication, day, person)
);

-- A change that needs approval: of a shift that had begun, or a swap between two people.
CREATE TABLE roster_request (
	id BIGINT PRIMARY KEY,             -- from 1
	kind TEXT NOT NULL CHECK (kind IN ('koreksi', 'tukar')),
	state BIGINT NOT NULL CHECK (state BETWEEN 1 AND 3), -- 1 proposed, 2 approved, 3 refused
	reason TEXT NOT NULL,              -- why, in the words of who proposed it
	account BIGINT REFERENCES account (id), -- who proposed it; NULL: the administrator, by import
	proposed_ms BIGINT NOT NULL,
	decided_by BIGINT REFERENCES account (id), -- NULL: not decided
	decided_ms BIGINT,
	decision TEXT                      -- in the decider's words; NULL: not decided
);
CREATE INDEX roster_request_open ON roster_request (id) WHERE state = 1;

-- Both versions of each person-day of it.
CREATE TABLE roster_request_day (
	request BIGINT NOT NULL REFERENCES roster_request (id),
	person BIGINT NOT NULL REFERENCES person (id),
	day BIGINT NOT NULL,
	known BIGINT NOT NULL,             -- 0: no roster or cycle said anything of that day before
	old_shift BIGINT REFERENCES work_shift (id),
	old_shift2 BIGINT REFERENCES work_shift (id),
	old_on_call BIGINT NOT NULL,
	shift BIGINT REFERENCES work_shift (id),
	shift2 BIGINT REFERENCES work_shift (id),
	on_call BIGINT NOT NULL,
	PRIMARY KEY (request, person, day)
);
CREATE INDEX roster_request_day_person ON roster_request_day (person, day);

ALTER TABLE attendance_rule ADD COLUMN week_slack_min BIGINT NOT NULL DEFAULT 0; -- a week of a roster may differ by so many minutes from what the employment asks for
