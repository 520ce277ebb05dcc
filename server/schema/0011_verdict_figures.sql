-- What a verdict says besides its codes, the open choices of the rules as data, and deductions.

ALTER TABLE verdict ADD COLUMN due_out_ms BIGINT NOT NULL DEFAULT 0;   -- earliest leaving that makes the day whole; 0: none
ALTER TABLE verdict ADD COLUMN deduction_bp BIGINT NOT NULL DEFAULT 0; -- hundredths of a per cent, capped at 10000
ALTER TABLE verdict ADD COLUMN pp94_min BIGINT NOT NULL DEFAULT 0;     -- minutes for the year's 450 (PP 94/2021)
ALTER TABLE verdict ADD COLUMN pp94_days BIGINT NOT NULL DEFAULT 0;    -- 1: a day of absence for PP 94/2021

-- Choices that belong to BKD (server/rules/rules.h); the defaults are what holds until it decides.
ALTER TABLE attendance_rule ADD COLUMN flex_excess BIGINT NOT NULL DEFAULT 0;      -- 1: later than the flexible time only the excess is late
ALTER TABLE attendance_rule ADD COLUMN flex_unmade_late BIGINT NOT NULL DEFAULT 0; -- 1: flexible minutes not made up are TL, not PSW
ALTER TABLE attendance_rule ADD COLUMN missing_min BIGINT NOT NULL DEFAULT 91;     -- minutes of a missing punch (Permenko Infrastruktur 10/2025 art. 22: more than 90)
ALTER TABLE attendance_rule ADD COLUMN pp94_deducted BIGINT NOT NULL DEFAULT 1;    -- 1: minutes already deducted count for the 450 too

-- Deductions: tables of regions and ministries; the content of one never changes.
CREATE TABLE deduction_scheme (
	id BIGINT PRIMARY KEY,             -- from 1
	code TEXT NOT NULL UNIQUE          -- "permentan-68-2012"; [A-Za-z0-9._-]{1,40}
);

CREATE TABLE deduction_row (
	scheme BIGINT NOT NULL REFERENCES deduction_scheme (id),
	position BIGINT NOT NULL,          -- from 1: the first that fits counts
	code TEXT NOT NULL,                -- "TL1", "TK", "CB": for the reason, and what it is for without a slot's minutes
	slot TEXT NOT NULL,                -- "masuk", "pulang", "hari", "kegiatan"
	from_min BIGINT,                   -- first minute; NULL with to_min: no punch in the slot
	to_min BIGINT,                     -- last minute; NULL: no end
	percent_bp BIGINT NOT NULL,        -- hundredths of a per cent
	source TEXT,                       -- the regulation
	PRIMARY KEY (scheme, position)
);

-- Who is deducted by which scheme; nobody, until it is set.
CREATE TABLE unit_deduction (
	unit BIGINT NOT NULL,              -- for its subtree; 0: the province
	scheme BIGINT NOT NULL REFERENCES deduction_scheme (id),
	source TEXT,                       -- the decree
	valid_from_day BIGINT NOT NULL,
	valid_to_day BIGINT NOT NULL,
	recorded_from_ms BIGINT NOT NULL,
	recorded_to_ms BIGINT,
	PRIMARY KEY (unit, valid_from_day, recorded_from_ms),
	CHECK (valid_from_day < valid_to_day)
);
CREATE UNIQUE INDEX unit_deduction_now ON unit_deduction (unit, valid_from_day)
	WHERE recorded_to_ms IS NULL;

-- Every verdict there is gains the new figures.
INSERT INTO day_mark (person, day, cause, priority, generation)
	SELECT person, day, 'figures', 0, 1 FROM verdict WHERE true ON CONFLICT (person, day) DO NOTHING;

-- A number as it was known then: whois.
CREATE INDEX person_number_digits_then ON person_number (digits);
