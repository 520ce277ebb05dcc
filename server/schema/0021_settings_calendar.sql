-- The remaining choices of the rules, Ramadan as a calendar, academic calendars of schools.

-- Choices that belong to BKD (server/rules/settings.h has each one's meaning and default).
ALTER TABLE attendance_rule ADD COLUMN day_ramadan_min BIGINT NOT NULL DEFAULT 450; -- minutes that make a day of the year's account in Ramadan
ALTER TABLE attendance_rule ADD COLUMN day_six_min BIGINT NOT NULL DEFAULT 450;     -- the same where six days are worked
ALTER TABLE attendance_rule ADD COLUMN day_night_min BIGINT NOT NULL DEFAULT 450;   -- the same of a night shift of ten hours or more
ALTER TABLE attendance_rule ADD COLUMN sick_unlettered_absent BIGINT NOT NULL DEFAULT 0; -- 1: sick without a letter is TK until it comes
ALTER TABLE attendance_rule ADD COLUMN death_day_judged BIGINT NOT NULL DEFAULT 0;  -- 1: the day of death is judged, what is missing excused
ALTER TABLE attendance_rule ADD COLUMN event_min BIGINT NOT NULL DEFAULT 0;         -- minutes that a missed apel or upacara adds to the year's 450
ALTER TABLE attendance_rule ADD COLUMN rest_min BIGINT NOT NULL DEFAULT 480;        -- between two shifts; less is told as a conflict

-- Ramadan, by the government's decree of its first and last day.
CREATE TABLE ramadan_period (
	year BIGINT NOT NULL,              -- Hijri year: the key
	source TEXT,                       -- the decree
	valid_from_day BIGINT NOT NULL,
	valid_to_day BIGINT NOT NULL,
	recorded_from_ms BIGINT NOT NULL,
	recorded_to_ms BIGINT,
	PRIMARY KEY (year, valid_from_day, recorded_from_ms),
	CHECK (valid_from_day < valid_to_day)
);
CREATE UNIQUE INDEX ramadan_period_now ON ramadan_period (year, valid_from_day)
	WHERE recorded_to_ms IS NULL;

-- The week a unit works in every Ramadan of that calendar.
CREATE TABLE unit_ramadan (
	unit BIGINT NOT NULL REFERENCES unit (id),
	pattern BIGINT NOT NULL REFERENCES work_pattern (id),
	source TEXT,                       -- why
	valid_from_day BIGINT NOT NULL,
	valid_to_day BIGINT NOT NULL,
	recorded_from_ms BIGINT NOT NULL,
	recorded_to_ms BIGINT,
	PRIMARY KEY (unit, valid_from_day, recorded_from_ms),
	CHECK (valid_from_day < valid_to_day)
);
CREATE UNIQUE INDEX unit_ramadan_now ON unit_ramadan (unit, valid_from_day)
	WHERE recorded_to_ms IS NULL;

-- School holidays and, within them, days that must be worked; valid on that one day.
CREATE TABLE academic_day (
	unit BIGINT NOT NULL,              -- the school, or what stands above several; for its subtree
	name TEXT NOT NULL,                -- "Libur semester gasal"
	works BIGINT NOT NULL,             -- 1: teachers work that day too
	source TEXT,                       -- the calendar's decree
	valid_from_day BIGINT NOT NULL,
	valid_to_day BIGINT NOT NULL,
	recorded_from_ms BIGINT NOT NULL,
	recorded_to_ms BIGINT,
	PRIMARY KEY (unit, valid_from_day, recorded_from_ms),
	CHECK (valid_from_day < valid_to_day)
);
CREATE UNIQUE INDEX academic_day_now ON academic_day (valid_from_day, unit)
	WHERE recorded_to_ms IS NULL;

-- Weekly minutes of who works part-time, by contract.
CREATE TABLE person_week (
	person BIGINT NOT NULL REFERENCES person (id),
	weekly_min BIGINT NOT NULL,        -- effective minutes a week
	source TEXT,                       -- the contract
	valid_from_day BIGINT NOT NULL,
	valid_to_day BIGINT NOT NULL,
	recorded_from_ms BIGINT NOT NULL,
	recorded_to_ms BIGINT,
	PRIMARY KEY (person, valid_from_day, recorded_from_ms),
	CHECK (valid_from_day < valid_to_day AND weekly_min > 0)
);
CREATE UNIQUE INDEX person_week_now ON person_week (person, valid_from_day)
	WHERE recorded_to_ms IS NULL;
