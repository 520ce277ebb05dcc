-- Entitlements to leave as data, and each person's account of annual leave by year.

-- PP 11/2017 art. 311–318, 325–333 (HIGH); scope 0: the province.
CREATE TABLE leave_rule (
	scope BIGINT NOT NULL,             -- 0: the province
	annual_days BIGINT NOT NULL,       -- working days of annual leave in a year
	carry_days BIGINT NOT NULL,        -- of them that a year hands on at most
	deferred_days BIGINT NOT NULL,     -- handed on at most when leave was deferred by official need
	total_days BIGINT NOT NULL,        -- never more than that in one year
	service_months BIGINT NOT NULL,    -- of service before annual leave
	long_service_months BIGINT NOT NULL, -- of service before CB and CLTN
	long_days BIGINT NOT NULL,         -- calendar days of CB
	sick_days BIGINT NOT NULL,         -- calendar days of CS, with the extension
	birth_days BIGINT NOT NULL,        -- calendar days of CM
	urgent_days BIGINT NOT NULL,       -- calendar days of CAP
	source TEXT,                       -- why
	valid_from_day BIGINT NOT NULL,
	valid_to_day BIGINT NOT NULL,
	recorded_from_ms BIGINT NOT NULL,
	recorded_to_ms BIGINT,
	PRIMARY KEY (scope, valid_from_day, recorded_from_ms),
	CHECK (valid_from_day < valid_to_day)
);
CREATE UNIQUE INDEX leave_rule_now ON leave_rule (scope, valid_from_day)
	WHERE recorded_to_ms IS NULL;
INSERT INTO leave_rule VALUES (0, 12, 6, 12, 24, 12, 60, 92, 545, 92, 31,
	'PP 11/2017 jo PP 17/2020; PerBKN 24/2017', -9999999, 9999999, 0, NULL);

-- What is known of a person's year beyond the leaves themselves; valid for ever, known since.
CREATE TABLE leave_account (
	person BIGINT NOT NULL REFERENCES person (id),
	year BIGINT NOT NULL,
	opening_n1 BIGINT,                 -- handed on from the year before, when the account begins here; NULL: worked out
	opening_n2 BIGINT,                 -- from the year before that; NULL: with opening_n1, 0
	extra_days BIGINT NOT NULL,        -- more annual leave: hard-to-reach place, cuti bersama worked elsewhere
	deferred BIGINT NOT NULL,          -- 1: this year's leave was deferred by official need
	source TEXT,                       -- the letter
	valid_from_day BIGINT NOT NULL,
	valid_to_day BIGINT NOT NULL,
	recorded_from_ms BIGINT NOT NULL,
	recorded_to_ms BIGINT,
	PRIMARY KEY (person, year, valid_from_day, recorded_from_ms),
	CHECK (valid_from_day < valid_to_day)
);
CREATE UNIQUE INDEX leave_account_now ON leave_account (person, year, valid_from_day)
	WHERE recorded_to_ms IS NULL;
