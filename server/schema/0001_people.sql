-- People, units and places.  Facts are dated twice (server/store/history.h): valid_from_day … and
-- valid_to_day, local days since 1970-01-01, half-open, 9999999 for no end; recorded_from_ms and
-- recorded_to_ms, UTC ms, NULL for "as known now".  Only store/history writes these four.

CREATE TABLE person (
	id BIGINT PRIMARY KEY,             -- our own number, random, 1 … 999,999,999, never reused
	ref TEXT UNIQUE,                   -- the source system's key; NULL: none
	created_ms BIGINT NOT NULL
);

CREATE TABLE person_name (
	person BIGINT NOT NULL REFERENCES person (id),
	name TEXT NOT NULL,                -- without titles
	front_title TEXT,                  -- "Dr."; NULL: none
	back_title TEXT,                   -- "S.Kom., M.T."; NULL: none
	source TEXT,                       -- why: decree or file
	valid_from_day BIGINT NOT NULL,
	valid_to_day BIGINT NOT NULL,
	recorded_from_ms BIGINT NOT NULL,
	recorded_to_ms BIGINT,
	PRIMARY KEY (person, valid_from_day, recorded_from_ms),
	CHECK (valid_from_day < valid_to_day)
);
CREATE UNIQUE INDEX person_name_now ON person_name (person, valid_from_day)
	WHERE recorded_to_ms IS NULL;

CREATE TABLE person_number (
	person BIGINT NOT NULL REFERENCES person (id),
	kind TEXT NOT NULL,                -- "NIP" or "NI PPPK"
	digits TEXT NOT NULL,              -- 18 digits
	source TEXT,                       -- why
	valid_from_day BIGINT NOT NULL,
	valid_to_day BIGINT NOT NULL,
	recorded_from_ms BIGINT NOT NULL,
	recorded_to_ms BIGINT,
	PRIMARY KEY (person, valid_from_day, recorded_from_ms),
	CHECK (valid_from_day < valid_to_day)
);
CREATE UNIQUE INDEX person_number_now ON person_number (person, valid_from_day)
	WHERE recorded_to_ms IS NULL;
CREATE INDEX person_number_digits ON person_number (digits) WHERE recorded_to_ms IS NULL;

-- Kedudukan hukum (BKN's reference table), and what it means for the duty to attend.
CREATE TABLE legal_status (
	code TEXT PRIMARY KEY,             -- "01"
	name TEXT NOT NULL,                -- "Aktif"
	day_code TEXT                      -- code of a day without duty; NULL: the duty stands
);

CREATE TABLE person_employment (
	person BIGINT NOT NULL REFERENCES person (id),
	kind TEXT NOT NULL,                -- "PNS", "CPNS", "PPPK", "LAIN"
	status TEXT NOT NULL REFERENCES legal_status (code),
	source TEXT,                       -- why
	valid_from_day BIGINT NOT NULL,    -- the first of all is the person's start date
	valid_to_day BIGINT NOT NULL,
	recorded_from_ms BIGINT NOT NULL,
	recorded_to_ms BIGINT,
	PRIMARY KEY (person, valid_from_day, recorded_from_ms),
	CHECK (valid_from_day < valid_to_day)
);
CREATE UNIQUE INDEX person_employment_now ON person_employment (person, valid_from_day)
	WHERE recorded_to_ms IS NULL;

CREATE TABLE place (
	id BIGINT PRIMARY KEY,             -- from 1
	code TEXT NOT NULL UNIQUE          -- [A-Za-z0-9._-]{1,40}, never reused
);

CREATE TABLE place_fact (
	place BIGINT NOT NULL REFERENCES place (id),
	name TEXT NOT NULL,                -- "Lobi BKD"
	address TEXT,                      -- NULL: not known
	regency TEXT,                      -- kabupaten/kota, Kemendagri's code "33.74"; NULL: not known
	source TEXT,                       -- why
	valid_from_day BIGINT NOT NULL,
	valid_to_day BIGINT NOT NULL,
	recorded_from_ms BIGINT NOT NULL,
	recorded_to_ms BIGINT,
	PRIMARY KEY (place, valid_from_day, recorded_from_ms),
	CHECK (valid_from_day < valid_to_day)
);
CREATE UNIQUE INDEX place_fact_now ON place_fact (place, valid_from_day)
	WHERE recorded_to_ms IS NULL;

CREATE TABLE unit (
	id BIGINT PRIMARY KEY,             -- from 1
	code TEXT NOT NULL UNIQUE          -- [A-Za-z0-9._-]{1,40}, never reused
);

CREATE TABLE unit_fact (
	unit BIGINT NOT NULL REFERENCES unit (id),
	name TEXT NOT NULL,
	short_name TEXT,                   -- NULL: none
	kind TEXT,                         -- "badan", "dinas", "sekolah", …; NULL: not known
	parent BIGINT REFERENCES unit (id), -- NULL: a root
	source TEXT,                       -- why
	valid_from_day BIGINT NOT NULL,
	valid_to_day BIGINT NOT NULL,
	recorded_from_ms BIGINT NOT NULL,
	recorded_to_ms BIGINT,
	PRIMARY KEY (unit, valid_from_day, recorded_from_ms),
	CHECK (valid_from_day < valid_to_day)
);
CREATE UNIQUE INDEX unit_fact_now ON unit_fact (unit, valid_from_day)
	WHERE recorded_to_ms IS NULL;
CREATE INDEX unit_fact_parent ON unit_fact (parent) WHERE recorded_to_ms IS NULL;

-- From when a unit and what lies below it is judged.
CREATE TABLE unit_start (
	unit BIGINT NOT NULL REFERENCES unit (id),
	start_day BIGINT NOT NULL,         -- first day judged
	live_day BIGINT NOT NULL,          -- first day in earnest; before it: uji coba
	source TEXT,                       -- why
	valid_from_day BIGINT NOT NULL,
	valid_to_day BIGINT NOT NULL,
	recorded_from_ms BIGINT NOT NULL,
	recorded_to_ms BIGINT,
	PRIMARY KEY (unit, valid_from_day, recorded_from_ms),
	CHECK (valid_from_day < valid_to_day)
);
CREATE UNIQUE INDEX unit_start_now ON unit_start (unit, valid_from_day)
	WHERE recorded_to_ms IS NULL;

-- Which places a unit uses; one or more.
CREATE TABLE unit_place (
	unit BIGINT NOT NULL REFERENCES unit (id),
	place BIGINT NOT NULL REFERENCES place (id),
	source TEXT,                       -- why
	valid_from_day BIGINT NOT NULL,
	valid_to_day BIGINT NOT NULL,
	recorded_from_ms BIGINT NOT NULL,
	recorded_to_ms BIGINT,
	PRIMARY KEY (unit, place, valid_from_day, recorded_from_ms),
	CHECK (valid_from_day < valid_to_day)
);
CREATE UNIQUE INDEX unit_place_now ON unit_place (unit, place, valid_from_day)
	WHERE recorded_to_ms IS NULL;
CREATE INDEX unit_place_place ON unit_place (place) WHERE recorded_to_ms IS NULL;

-- Where a person serves; valid_from_day is the TMT.
CREATE TABLE assignment (
	person BIGINT NOT NULL REFERENCES person (id),
	unit BIGINT NOT NULL REFERENCES unit (id),
	duty_place BIGINT REFERENCES place (id), -- the person's own; NULL: the unit's
	source TEXT,                       -- number of the decree
	valid_from_day BIGINT NOT NULL,
	valid_to_day BIGINT NOT NULL,
	recorded_from_ms BIGINT NOT NULL,
	recorded_to_ms BIGINT,
	PRIMARY KEY (person, valid_from_day, recorded_from_ms),
	CHECK (valid_from_day < valid_to_day)
);
CREATE UNIQUE INDEX assignment_now ON assignment (person, valid_from_day)
	WHERE recorded_to_ms IS NULL;
CREATE INDEX assignment_unit ON assignment (unit, person) WHERE recorded_to_ms IS NULL;
CREATE INDEX assignment_place ON assignment (duty_place, person) WHERE recorded_to_ms IS NULL;

-- BKN's kedudukan hukum; the duty is suspended by 02, 03, 04, 13, 20, 52, 66, 77, 88, 98, 99.
INSERT INTO legal_status (code, name, day_code) VALUES
	('01', 'Aktif', NULL),
	('02', 'CLTN', 'CLTN'),
	('03', 'Tugas Belajar', 'TB'),
	('04', 'Pemberhentian Sementara', 'PH'),
	('05', 'Penerima Uang Tunggu', NULL),
	('06', 'Prajurit Wajib', NULL),
	('07', 'Pejabat Negara', NULL),
	('08', 'Kepala Desa', NULL),
	('09', 'Sedang dalam Proses Banding BAPEK', NULL),
	('11', 'Pegawai Titipan', NULL),
	('12', 'Pengungsi', NULL),
	('13', 'Perpanjangan CLTN', 'CLTN'),
	('14', 'PNS yang dinyatakan hilang', NULL),
	('15', 'PNS kena hukuman disiplin', NULL),
	('16', 'Pemindahan dalam rangka penurunan Jabatan', NULL),
	('20', 'Masa Persiapan Pensiun', 'PH'),
	('51', 'CPNS yang belum menerima SK CPNS', NULL),
	('52', 'Tidak Aktif', 'PH'),
	('66', 'Diberhentikan', 'PH'),
	('67', 'Punah', NULL),
	('68', 'Eks PNS Timor Timur', NULL),
	('69', 'TMS Dari Pengadaan', NULL),
	('70', 'Pembatalan NIP', NULL),
	('77', 'Pemberhentian tanpa hak pensiun', 'PH'),
	('88', 'Pemberhentian dengan hak pensiun', 'PH'),
	('89', 'Tidak aktif tetapi diusulkan Pensiun', NULL),
	('90', 'Tidak Ikut PUPNS 2015', NULL),
	('91', 'Tindak Pidana/ Tindak Pidana Jabatan', NULL),
	('92', 'Pemblokiran Data PNS', NULL),
	('98', 'Mencapai BUP', 'PH'),
	('99', 'Pensiun', 'PH');
