-- Kinds of employment as data, positions, ranks, heads of units, superiors, secondary assignments,
-- and the mutation records that changed them.

CREATE TABLE employment_kind (
	code TEXT PRIMARY KEY,             -- person_employment.kind
	name TEXT NOT NULL,
	leave_rules TEXT NOT NULL,         -- "pns", "pppk", "" (none of the seven kinds)
	deducted BIGINT NOT NULL,          -- 1: the scheme of the unit deducts
	weekly_min BIGINT,                 -- effective minutes a week; NULL: by contract
	source TEXT NOT NULL               -- the regulation, or that it is a choice
);
INSERT INTO employment_kind (code, name, leave_rules, deducted, weekly_min, source) VALUES
	('PNS', 'Pegawai negeri sipil', 'pns', 1, 2250, 'Perpres 21/2023; PP 11/2017'),
	('CPNS', 'Calon pegawai negeri sipil', 'pns', 1, 2250, 'Perpres 21/2023; PP 11/2017'),
	('PPPK', 'Pegawai pemerintah dengan perjanjian kerja', 'pppk', 1, 2250, 'PerBKN 7/2022'),
	('PPPK_PW', 'PPPK paruh waktu', 'pppk', 0, NULL, 'menurut kontrak; pilihan daerah'),
	('DPK', 'PNS dipekerjakan', 'pns', 0, 2250, 'tunjangan dari instansi asal; pilihan daerah'),
	('DPB', 'PNS diperbantukan', 'pns', 0, 2250, 'tunjangan dari instansi asal; pilihan daerah'),
	('LAIN', 'Bukan ASN', '', 0, NULL, 'menurut kontrak; pilihan daerah');

-- Golongan, lowest first (PNS: PP 99/2000; PPPK: Perpres 98/2020).
CREATE TABLE rank_code (
	code TEXT PRIMARY KEY,             -- "III/d"; PPPK: "IX"
	position BIGINT NOT NULL           -- for ordering within its kind
);
INSERT INTO rank_code (code, position) VALUES
	('I/a', 1), ('I/b', 2), ('I/c', 3), ('I/d', 4), ('II/a', 5), ('II/b', 6), ('II/c', 7), ('II/d', 8),
	('III/a', 9), ('III/b', 10), ('III/c', 11), ('III/d', 12), ('IV/a', 13), ('IV/b', 14),
	('IV/c', 15), ('IV/d', 16), ('IV/e', 17), ('I', 1), ('II', 2), ('III', 3), ('IV', 4), ('V', 5),
	('VI', 6), ('VII', 7), ('VIII', 8), ('IX', 9), ('X', 10), ('XI', 11), ('XII', 12), ('XIII', 13),
	('XIV', 14), ('XV', 15), ('XVI', 16), ('XVII', 17);

CREATE TABLE person_rank (
	person BIGINT NOT NULL REFERENCES person (id),
	rank TEXT NOT NULL REFERENCES rank_code (code),
	source TEXT,                       -- number of the decree
	valid_from_day BIGINT NOT NULL,
	valid_to_day BIGINT NOT NULL,
	recorded_from_ms BIGINT NOT NULL,
	recorded_to_ms BIGINT,
	PRIMARY KEY (person, valid_from_day, recorded_from_ms),
	CHECK (valid_from_day < valid_to_day)
);
CREATE UNIQUE INDEX person_rank_now ON person_rank (person, valid_from_day)
	WHERE recorded_to_ms IS NULL;

CREATE TABLE person_position (
	person BIGINT NOT NULL REFERENCES person (id),
	title TEXT NOT NULL,               -- "Analis SDM Aparatur Ahli Muda"
	kind TEXT NOT NULL,                -- "jpt", "administrator", "pengawas", "pelaksana", "fungsional", "guru"
	source TEXT,                       -- number of the decree
	valid_from_day BIGINT NOT NULL,
	valid_to_day BIGINT NOT NULL,
	recorded_from_ms BIGINT NOT NULL,
	recorded_to_ms BIGINT,
	PRIMARY KEY (person, valid_from_day, recorded_from_ms),
	CHECK (valid_from_day < valid_to_day)
);
CREATE UNIQUE INDEX person_position_now ON person_position (person, valid_from_day)
	WHERE recorded_to_ms IS NULL;

-- Who heads a unit: definitive, Plt (the post is vacant) or Plh (the head is away).
CREATE TABLE unit_head (
	unit BIGINT NOT NULL REFERENCES unit (id),
	mode BIGINT NOT NULL,              -- 1 definitif, 2 Plt, 3 Plh; the highest of a day counts
	person BIGINT NOT NULL REFERENCES person (id),
	source TEXT,                       -- number of the decree
	valid_from_day BIGINT NOT NULL,
	valid_to_day BIGINT NOT NULL,
	recorded_from_ms BIGINT NOT NULL,
	recorded_to_ms BIGINT,
	PRIMARY KEY (unit, mode, valid_from_day, recorded_from_ms),
	CHECK (valid_from_day < valid_to_day AND mode BETWEEN 1 AND 3)
);
CREATE UNIQUE INDEX unit_head_now ON unit_head (unit, mode, valid_from_day)
	WHERE recorded_to_ms IS NULL;

-- Another superior than the one the units say.
CREATE TABLE person_superior (
	person BIGINT NOT NULL REFERENCES person (id),
	superior BIGINT NOT NULL REFERENCES person (id),
	source TEXT,                       -- why
	valid_from_day BIGINT NOT NULL,
	valid_to_day BIGINT NOT NULL,
	recorded_from_ms BIGINT NOT NULL,
	recorded_to_ms BIGINT,
	PRIMARY KEY (person, valid_from_day, recorded_from_ms),
	CHECK (valid_from_day < valid_to_day)
);
CREATE UNIQUE INDEX person_superior_now ON person_superior (person, valid_from_day)
	WHERE recorded_to_ms IS NULL;

-- Where a person serves besides: seen there too, judged once, by the assignment.
CREATE TABLE secondary_assignment (
	person BIGINT NOT NULL REFERENCES person (id),
	unit BIGINT NOT NULL REFERENCES unit (id),
	kind TEXT NOT NULL,                -- "plt", "plh", "tambahan", "sekolah"
	place BIGINT REFERENCES place (id), -- NULL: the unit's
	share_percent BIGINT,              -- of the working time; NULL: not said
	source TEXT,                       -- number of the decree
	valid_from_day BIGINT NOT NULL,
	valid_to_day BIGINT NOT NULL,
	recorded_from_ms BIGINT NOT NULL,
	recorded_to_ms BIGINT,
	PRIMARY KEY (person, unit, valid_from_day, recorded_from_ms),
	CHECK (valid_from_day < valid_to_day)
);
CREATE UNIQUE INDEX secondary_assignment_now ON secondary_assignment (person, unit, valid_from_day)
	WHERE recorded_to_ms IS NULL;

-- Mutation records; only added to.
CREATE TABLE mutation (
	id BIGINT PRIMARY KEY,             -- from 1
	person BIGINT NOT NULL REFERENCES person (id),
	kind TEXT NOT NULL,                -- "unit", "jabatan", "promosi", "pangkat", "kgb", "masuk", "keluar", "tubel", "cltn", "aktif", "pensiun", "meninggal"
	decree TEXT NOT NULL,              -- its number
	decree_day BIGINT,                 -- its date; NULL: not known
	tmt_day BIGINT NOT NULL,           -- from when it holds
	before_text TEXT,                  -- what held the day before; NULL: nothing
	after_text TEXT,                   -- what holds from then on; NULL: nothing
	judged_days BIGINT NOT NULL,       -- days already judged that it changes
	recorded_ms BIGINT NOT NULL,
	UNIQUE (person, kind, decree)
);
CREATE INDEX mutation_person ON mutation (person, tmt_day);
