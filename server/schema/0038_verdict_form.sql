-- A verdict in its smallest form: one row per person-day, found by person and day alone.  What its reasons are,
-- the rules say again when somebody reads them; kept as text only where facts may move on without the verdict.
CREATE TABLE verdict_row (
	person BIGINT NOT NULL,
	day BIGINT NOT NULL,
	codes TEXT NOT NULL,               -- attendance_code.code, by spaces
	state TEXT NOT NULL,               -- "running", "waiting", "final"
	late_min BIGINT NOT NULL,
	early_min BIGINT NOT NULL,
	in_ms BIGINT NOT NULL,             -- the punch that counts; 0: none
	out_ms BIGINT NOT NULL,
	unit BIGINT NOT NULL,              -- of the assignment on that day; 0: none
	trial BIGINT NOT NULL,             -- 1: uji coba
	reasons TEXT,                      -- short form (server/rules/reason_pack.h) or JSON; NULL: as the rules say
	rule_version BIGINT NOT NULL,
	hash BIGINT NOT NULL,              -- of verdict and reasons (day_hash()); 0: of an older form
	judged_ms BIGINT NOT NULL,         -- when it became this
	due_ms BIGINT,                     -- when time alone changes it; NULL: never
	due_out_ms BIGINT NOT NULL DEFAULT 0,   -- the earliest leaving that makes the day whole; 0: none
	deduction_bp BIGINT NOT NULL DEFAULT 0, -- hundredths of a per cent
	pp94_min BIGINT NOT NULL DEFAULT 0,     -- for the year's account of PP 94/2021
	pp94_days BIGINT NOT NULL DEFAULT 0,
	conflict BIGINT NOT NULL DEFAULT 0,     -- 1: facts contradict each other, see the reasons
	PRIMARY KEY (person, day)
) /*sqlite WITHOUT ROWID*/;

INSERT INTO verdict_row (person, day, codes, state, late_min, early_min, in_ms, out_ms, unit, trial, reasons,
	rule_version, hash, judged_ms, due_ms, due_out_ms, deduction_bp, pp94_min, pp94_days, conflict)
	SELECT person, day, codes, state, late_min, early_min, in_ms, out_ms, unit, trial, reasons, rule_version, 0,
	judged_ms, due_ms, due_out_ms, deduction_bp, pp94_min, pp94_days, conflict FROM verdict ORDER BY person, day;

-- Where a person has verdicts: from the first day of one in that unit to behind the last.  Between them there
-- may be days of other units, or none.
CREATE TABLE verdict_span (
	unit BIGINT NOT NULL,
	person BIGINT NOT NULL,
	from_day BIGINT NOT NULL,          -- half-open
	to_day BIGINT NOT NULL,
	PRIMARY KEY (unit, person),
	CHECK (from_day < to_day)
) /*sqlite WITHOUT ROWID*/;
INSERT INTO verdict_span (unit, person, from_day, to_day)
	SELECT unit, person, min(day), max(day)+1 FROM verdict GROUP BY unit, person;
CREATE INDEX verdict_span_from ON verdict_span (from_day);

DROP TABLE verdict;
ALTER TABLE verdict_row RENAME TO verdict;
CREATE INDEX verdict_waiting ON verdict (day, person) WHERE state = 'waiting';
CREATE INDEX verdict_due ON verdict (due_ms) WHERE due_ms IS NOT NULL;
CREATE INDEX verdict_conflict ON verdict (day, person) WHERE conflict = 1;

-- The hash is another one: everything is judged once more.
INSERT INTO person_mark (person, from_day, to_day, cause, turn, generation)
	SELECT person, min(from_day), max(to_day), 'new form', 1, 1 FROM verdict_span WHERE true GROUP BY person
	ON CONFLICT (person) DO UPDATE SET
	from_day=CASE WHEN excluded.from_day<person_mark.from_day THEN excluded.from_day ELSE person_mark.from_day END,
	to_day=CASE WHEN excluded.to_day>person_mark.to_day THEN excluded.to_day ELSE person_mark.to_day END,
	generation=person_mark.generation+1;
