-- The year's account of PP 94/2021: its tiers and limits as data, signals to superiors, and what they did.

-- To whom the tiers apply (PP 94/2021: PNS, and CPNS alike; PPPK by contract or regional rule).
ALTER TABLE employment_kind ADD COLUMN pp94 BIGINT NOT NULL DEFAULT 0; -- 1: its tiers apply
UPDATE employment_kind SET pp94=1 WHERE code IN ('PNS', 'CPNS', 'DPK', 'DPB');

CREATE TABLE discipline_tier (
	from_days BIGINT NOT NULL,         -- absent days of a year, with those made of minutes
	to_days BIGINT,                    -- NULL: and more
	level TEXT NOT NULL,               -- 'ringan', 'sedang', 'berat'
	name TEXT NOT NULL,                -- what the superior has to weigh; nothing is imposed here
	bkn_id BIGINT NOT NULL,            -- BKN's jenisHukuman
	source TEXT,
	valid_from_day BIGINT NOT NULL,
	valid_to_day BIGINT NOT NULL,
	recorded_from_ms BIGINT NOT NULL,
	recorded_to_ms BIGINT,
	PRIMARY KEY (from_days, valid_from_day, recorded_from_ms),
	CHECK (valid_from_day < valid_to_day)
);
INSERT INTO discipline_tier VALUES
	(3, 3, 'ringan', 'Teguran lisan', 1, 'PP 94/2021', -9999999, 9999999, 0, NULL),
	(4, 6, 'ringan', 'Teguran tertulis', 2, 'PP 94/2021', -9999999, 9999999, 0, NULL),
	(7, 10, 'ringan', 'Pernyataan tidak puas secara tertulis', 3, 'PP 94/2021', -9999999, 9999999, 0, NULL),
	(11, 13, 'sedang', 'Pemotongan tunjangan kinerja/TPP 25% selama 6 bulan', 23, 'PP 94/2021', -9999999, 9999999, 0, NULL),
	(14, 16, 'sedang', 'Pemotongan tunjangan kinerja/TPP 25% selama 9 bulan', 24, 'PP 94/2021', -9999999, 9999999, 0, NULL),
	(17, 20, 'sedang', 'Pemotongan tunjangan kinerja/TPP 25% selama 12 bulan', 25, 'PP 94/2021', -9999999, 9999999, 0, NULL),
	(21, 24, 'berat', 'Penurunan jabatan setingkat lebih rendah selama 12 bulan', 27, 'PP 94/2021', -9999999, 9999999, 0, NULL),
	(25, 27, 'berat', 'Pembebasan dari jabatan menjadi jabatan pelaksana selama 12 bulan', 28, 'PP 94/2021', -9999999, 9999999, 0, NULL),
	(28, NULL, 'berat', 'Pemberhentian dengan hormat tidak atas permintaan sendiri', 10, 'PP 94/2021', -9999999, 9999999, 0, NULL);

CREATE TABLE discipline_rule (
	scope BIGINT NOT NULL,             -- 0: the province
	day_min BIGINT NOT NULL,           -- so many late and early minutes of a year are a day
	run_days BIGINT NOT NULL,          -- working days in a row
	run_name TEXT NOT NULL,            -- what the run means
	run_bkn_id BIGINT NOT NULL,        -- BKN's jenisHukuman
	act_days BIGINT NOT NULL,          -- within so many days the superior acts
	source TEXT,
	valid_from_day BIGINT NOT NULL,
	valid_to_day BIGINT NOT NULL,
	recorded_from_ms BIGINT NOT NULL,
	recorded_to_ms BIGINT,
	PRIMARY KEY (scope, valid_from_day, recorded_from_ms),
	CHECK (valid_from_day < valid_to_day AND day_min > 0 AND run_days > 0)
);
INSERT INTO discipline_rule VALUES (0, 450, 10,
	'Sepuluh hari kerja terus-menerus: pemberhentian dengan hormat tidak atas permintaan sendiri', 10, 14,
	'450 menit: penjelasan PP 53/2010 ps 3(11); 10 hari: PerBKN 6/2022 ps 12; 14 hari: pilihan BKD',
	-9999999, 9999999, 0, NULL);

-- Said once to the superior of the day on which it was reached: never a sanction.
CREATE TABLE discipline_signal (
	id BIGINT PRIMARY KEY,             -- from 1
	person BIGINT NOT NULL REFERENCES person (id),
	kind BIGINT NOT NULL,              -- 1 a tier of the year, 2 a run of working days
	year BIGINT NOT NULL,              -- of the day on which it was reached
	from_days BIGINT NOT NULL,         -- of the tier; 2: the run's length
	name TEXT NOT NULL,                -- as it stood then
	bkn_id BIGINT NOT NULL,
	absent_days BIGINT NOT NULL,       -- what was counted
	minutes BIGINT NOT NULL,
	total BIGINT NOT NULL,
	reached_day BIGINT NOT NULL,
	unit BIGINT NOT NULL,              -- of that day; 0: none
	superior BIGINT NOT NULL,          -- person, of that day; 0: nobody is known, BKD's to act
	state BIGINT NOT NULL,             -- 1 said, 2 taken note of, 3 acted upon, 4 withdrawn
	made_ms BIGINT NOT NULL,
	due_day BIGINT NOT NULL,           -- the last day to act
	overdue_ms BIGINT,                 -- when it was seen that nobody had acted by then; NULL: not so
	noted_by BIGINT REFERENCES account (id),
	noted_ms BIGINT,
	acted_by BIGINT REFERENCES account (id),
	acted_ms BIGINT,
	action TEXT,                       -- what the superior did, in their words; NULL: nothing yet
	ended_ms BIGINT,                   -- of a withdrawal
	ended_why TEXT,
	CHECK (kind IN (1, 2) AND state BETWEEN 1 AND 4)
);
CREATE INDEX discipline_signal_person ON discipline_signal (person, year);
CREATE INDEX discipline_signal_superior ON discipline_signal (superior, state);
CREATE INDEX discipline_signal_open ON discipline_signal (due_day) WHERE state IN (1, 2);

-- The days it rests on that no earlier one did: the same day is never said twice.
CREATE TABLE discipline_signal_day (
	signal BIGINT NOT NULL REFERENCES discipline_signal (id),
	day BIGINT NOT NULL,
	person BIGINT NOT NULL,
	kind BIGINT NOT NULL,              -- of the signal
	live BIGINT NOT NULL,              -- 0: the signal is withdrawn
	absent BIGINT NOT NULL,            -- 1: a day of absence
	minutes BIGINT NOT NULL,
	PRIMARY KEY (signal, day)
);
CREATE UNIQUE INDEX discipline_signal_day_once ON discipline_signal_day (person, kind, day) WHERE live=1;
