-- Shifts and rosters, day orders, events, presence recorded elsewhere or by hand, contradictions.

-- A shift's content never changes; other hours are another code.
CREATE TABLE work_shift (
	id BIGINT PRIMARY KEY,             -- from 1
	code TEXT NOT NULL UNIQUE,         -- "P"; [A-Za-z0-9._-]{1,40}
	name TEXT NOT NULL,                -- "Jaga pagi"
	start_min BIGINT NOT NULL,         -- minutes after local midnight
	end_min BIGINT NOT NULL,           -- > start_min; beyond 1440: the next day
	break_min BIGINT NOT NULL,
	grace_min BIGINT NOT NULL,         -- late by at most so much is not late
	flex_min BIGINT NOT NULL,          -- late by at most so much may be made up after the end
	CHECK (0 <= start_min AND start_min < 1440 AND start_min < end_min)
);

-- What a person is rostered for on one day (valid on that day).  Earlier versions stay: a change
-- after the shift began is a correction with a reason.
CREATE TABLE person_roster (
	person BIGINT NOT NULL REFERENCES person (id),
	shift BIGINT REFERENCES work_shift (id),  -- NULL: no duty that day
	shift2 BIGINT REFERENCES work_shift (id), -- the second of a double shift; NULL: none
	on_call BIGINT NOT NULL,           -- 1: siaga, without a duty to be there
	source TEXT,                       -- number of the roster, the swap's approval
	valid_from_day BIGINT NOT NULL,
	valid_to_day BIGINT NOT NULL,
	recorded_from_ms BIGINT NOT NULL,
	recorded_to_ms BIGINT,
	PRIMARY KEY (person, valid_from_day, recorded_from_ms),
	CHECK (valid_from_day < valid_to_day)
);
CREATE UNIQUE INDEX person_roster_now ON person_roster (person, valid_from_day)
	WHERE recorded_to_ms IS NULL;

-- A cycle of shifts that goes on until something else is said.
CREATE TABLE person_rotation (
	person BIGINT NOT NULL REFERENCES person (id),
	cycle TEXT NOT NULL,               -- codes by blanks, "-" a day off: "P P S S M M - -"
	anchor_day BIGINT NOT NULL,        -- a day on which the cycle begins
	source TEXT,                       -- why
	valid_from_day BIGINT NOT NULL,
	valid_to_day BIGINT NOT NULL,
	recorded_from_ms BIGINT NOT NULL,
	recorded_to_ms BIGINT,
	PRIMARY KEY (person, valid_from_day, recorded_from_ms),
	CHECK (valid_from_day < valid_to_day)
);
CREATE UNIQUE INDEX person_rotation_now ON person_rotation (person, valid_from_day)
	WHERE recorded_to_ms IS NULL;

-- Perintah hari: other hours, a free or an extra working day, work from home, dispensation, and
-- events to attend, for a scope; their days are in day_order_span.
CREATE TABLE day_order (
	id BIGINT PRIMARY KEY,             -- from 1
	letter TEXT NOT NULL,              -- its number
	letter_day BIGINT,                 -- its date; NULL: not known
	kind TEXT NOT NULL,                -- "jam", "libur", "masuk", or a code: "WFH", "WFA", "DSP"; events: "APG", "UPC"
	name TEXT NOT NULL,                -- "Pulang lebih awal"
	scope TEXT NOT NULL,               -- "provinsi", "kabupaten", "unit", "lokasi", "orang"
	target BIGINT NOT NULL,            -- unit, place or person; 0 otherwise
	regency TEXT NOT NULL,             -- of scope kabupaten: "33.74"; "" otherwise
	slot TEXT NOT NULL,                -- "hari", "masuk", "pulang": of what a code excuses
	start_min BIGINT NOT NULL,         -- jam, masuk, events: minutes after local midnight
	end_min BIGINT NOT NULL,           -- > start_min, or both 0
	break_min BIGINT NOT NULL,
	by_list BIGINT NOT NULL,           -- events: 1 attendance by list, 0 by a punch in that time
	UNIQUE (letter, kind, scope, target, regency, slot)
);

CREATE TABLE day_order_span (
	day_order BIGINT NOT NULL REFERENCES day_order (id),
	source TEXT,                       -- why
	valid_from_day BIGINT NOT NULL,
	valid_to_day BIGINT NOT NULL,
	recorded_from_ms BIGINT NOT NULL,
	recorded_to_ms BIGINT,
	PRIMARY KEY (day_order, valid_from_day, recorded_from_ms),
	CHECK (valid_from_day < valid_to_day)
);
CREATE UNIQUE INDEX day_order_span_now ON day_order_span (day_order, valid_from_day)
	WHERE recorded_to_ms IS NULL;

-- Who stands on the list of an event, by day.
CREATE TABLE event_presence (
	day_order BIGINT NOT NULL REFERENCES day_order (id),
	person BIGINT NOT NULL REFERENCES person (id),
	source TEXT,                       -- the list
	valid_from_day BIGINT NOT NULL,
	valid_to_day BIGINT NOT NULL,
	recorded_from_ms BIGINT NOT NULL,
	recorded_to_ms BIGINT,
	PRIMARY KEY (day_order, person, valid_from_day, recorded_from_ms),
	CHECK (valid_from_day < valid_to_day)
);
CREATE UNIQUE INDEX event_presence_now ON event_presence (person, day_order, valid_from_day)
	WHERE recorded_to_ms IS NULL;

-- Places whose presence is recorded by another system or by lists, and handed over complete: there
-- a slot without a punch is no gap, whoever is enrolled.
CREATE TABLE place_elsewhere (
	place BIGINT NOT NULL REFERENCES place (id),
	source TEXT,                       -- which system or lists, who vouches for them
	valid_from_day BIGINT NOT NULL,
	valid_to_day BIGINT NOT NULL,
	recorded_from_ms BIGINT NOT NULL,
	recorded_to_ms BIGINT,
	PRIMARY KEY (place, valid_from_day, recorded_from_ms),
	CHECK (valid_from_day < valid_to_day)
);
CREATE UNIQUE INDEX place_elsewhere_now ON place_elsewhere (place, valid_from_day)
	WHERE recorded_to_ms IS NULL;

ALTER TABLE punch ADD COLUMN letter TEXT; -- of a punch by hand or from elsewhere: list or file; NULL: a terminal's event

ALTER TABLE attendance_rule ADD COLUMN travel_min BIGINT NOT NULL DEFAULT 10; -- punches at two places within it contradict each other
ALTER TABLE verdict ADD COLUMN conflict BIGINT NOT NULL DEFAULT 0;            -- 1: facts contradict each other, see the reasons
CREATE INDEX verdict_conflict ON verdict (day, person) WHERE conflict = 1;
