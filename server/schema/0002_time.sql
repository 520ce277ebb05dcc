-- Working time, calendar, leave, punches, marks and verdicts.  The four history columns are
-- described in 0001_people.sql; "day" is a local day since 1970-01-01, "ms" UTC milliseconds.

-- What a person-day can be.
CREATE TABLE attendance_code (
	code TEXT PRIMARY KEY,             -- "TL1"
	name TEXT NOT NULL,                -- Indonesian
	category TEXT NOT NULL,            -- "hadir", "terlambat", "cuti", "libur", …
	slot TEXT NOT NULL,                -- "hari", "masuk", "pulang", or several by "|"
	present BIGINT NOT NULL,           -- 1: counts as attendance
	source TEXT NOT NULL               -- the regulation or practice it comes from
);

-- Limits of the rules (server/rules/rules.h).
CREATE TABLE attendance_rule (
	scope BIGINT NOT NULL,             -- 0: the province
	version BIGINT NOT NULL,           -- what a verdict names
	in_before_min BIGINT NOT NULL,     -- the in-window opens so long before the start
	out_after_min BIGINT NOT NULL,     -- the out-window closes so long after the end
	repeat_s BIGINT NOT NULL,          -- touches within it are one punch
	band1_min BIGINT NOT NULL,         -- last minute of TL1 and PSW1
	band2_min BIGINT NOT NULL,         -- last minute of TL2 and PSW2
	band3_min BIGINT NOT NULL,         -- last minute of TL3 and PSW3
	source TEXT,                       -- why
	valid_from_day BIGINT NOT NULL,
	valid_to_day BIGINT NOT NULL,
	recorded_from_ms BIGINT NOT NULL,
	recorded_to_ms BIGINT,
	PRIMARY KEY (scope, valid_from_day, recorded_from_ms),
	CHECK (valid_from_day < valid_to_day)
);
CREATE UNIQUE INDEX attendance_rule_now ON attendance_rule (scope, valid_from_day)
	WHERE recorded_to_ms IS NULL;
INSERT INTO attendance_rule VALUES (0, 1, 90, 240, 300, 30, 60, 90,
	'windows: practice of Kota Pekalongan; bands: Permentan 68/2012', -9999999, 9999999, 0, NULL);

-- A week of working hours; its content never changes.
CREATE TABLE work_pattern (
	id BIGINT PRIMARY KEY,             -- from 1
	code TEXT NOT NULL UNIQUE,         -- [A-Za-z0-9._-]{1,40}
	name TEXT NOT NULL,                -- "5 hari kerja"
	ramadan BIGINT NOT NULL,           -- 1: 1950 minutes a week, else 2250 (Perpres 21/2023)
	grace_min BIGINT NOT NULL,         -- late by at most so much is not late
	flex_min BIGINT NOT NULL           -- late by at most so much may be made up the same day
);

CREATE TABLE work_pattern_day (
	pattern BIGINT NOT NULL REFERENCES work_pattern (id),
	weekday BIGINT NOT NULL,           -- 0 Monday … 6 Sunday; a missing one is a day off
	start_min BIGINT NOT NULL,         -- minutes after local midnight
	end_min BIGINT NOT NULL,           -- > start_min; beyond 1440: the next day
	break_min BIGINT NOT NULL,
	PRIMARY KEY (pattern, weekday),
	CHECK (weekday BETWEEN 0 AND 6 AND 0 <= start_min AND start_min < end_min)
);

-- Which pattern a unit follows.
CREATE TABLE unit_schedule (
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
CREATE UNIQUE INDEX unit_schedule_now ON unit_schedule (unit, valid_from_day)
	WHERE recorded_to_ms IS NULL;

-- Days without duty; valid on that one day.
CREATE TABLE holiday (
	unit BIGINT NOT NULL,              -- for its subtree; 0: the province
	name TEXT NOT NULL,                -- "Hari Buruh Internasional"
	kind TEXT NOT NULL,                -- "nasional", "cuti_bersama", "pemilu", "daerah"
	source TEXT,                       -- the decree
	valid_from_day BIGINT NOT NULL,
	valid_to_day BIGINT NOT NULL,
	recorded_from_ms BIGINT NOT NULL,
	recorded_to_ms BIGINT,
	PRIMARY KEY (unit, valid_from_day, recorded_from_ms),
	CHECK (valid_from_day < valid_to_day)
);
CREATE UNIQUE INDEX holiday_now ON holiday (valid_from_day, unit) WHERE recorded_to_ms IS NULL;

-- A decided absence; its days are in leave_span.
CREATE TABLE leave_case (
	id BIGINT PRIMARY KEY,             -- from 1
	person BIGINT NOT NULL REFERENCES person (id),
	code TEXT NOT NULL REFERENCES attendance_code (code),
	slot TEXT NOT NULL,                -- "hari", "masuk", "pulang"
	letter TEXT NOT NULL,              -- number of the decision
	UNIQUE (person, code, letter)
);

CREATE TABLE leave_span (
	leave_case BIGINT NOT NULL REFERENCES leave_case (id),
	source TEXT,                       -- why
	valid_from_day BIGINT NOT NULL,
	valid_to_day BIGINT NOT NULL,
	recorded_from_ms BIGINT NOT NULL,
	recorded_to_ms BIGINT,
	PRIMARY KEY (leave_case, valid_from_day, recorded_from_ms),
	CHECK (valid_from_day < valid_to_day)
);
CREATE UNIQUE INDEX leave_span_now ON leave_span (leave_case, valid_from_day)
	WHERE recorded_to_ms IS NULL;

-- What the merge made of events.
CREATE TABLE punch (
	terminal TEXT NOT NULL,
	journal BYTEA NOT NULL,            -- 16 bytes
	seq BIGINT NOT NULL,               -- of the event in its journal
	person BIGINT NOT NULL,
	at_ms BIGINT NOT NULL,             -- the time to judge by
	place BIGINT NOT NULL,             -- of the terminal at that time
	state BIGINT NOT NULL,             -- 1 counted, 2 waiting, 3 rejected, 4 quarantined
	kind BIGINT NOT NULL,              -- EventKind
	reason TEXT,                       -- why not counted; NULL: nothing to say
	PRIMARY KEY (terminal, journal, seq),
	CHECK (state BETWEEN 1 AND 4)
);
CREATE INDEX punch_person ON punch (person, at_ms);
CREATE INDEX punch_time ON punch (at_ms);
CREATE INDEX punch_terminal ON punch (terminal, at_ms);
CREATE INDEX punch_place ON punch (place, at_ms);

-- Time during which a place could not record.
CREATE TABLE outage (
	id BIGINT PRIMARY KEY,             -- from 1
	place BIGINT NOT NULL REFERENCES place (id),
	from_ms BIGINT NOT NULL,           -- half-open
	to_ms BIGINT NOT NULL,
	state BIGINT NOT NULL,             -- 1 declared, 2 accepted, 3 refused
	cause TEXT NOT NULL,               -- "listrik", "perangkat", …
	document TEXT,                     -- number of the Berita Acara; NULL: none yet
	declared_ms BIGINT NOT NULL,
	decided_by TEXT,                   -- who; NULL: not decided
	decided_ms BIGINT,
	CHECK (from_ms < to_ms AND state BETWEEN 1 AND 3)
);
CREATE INDEX outage_place ON outage (place, to_ms);

-- Person-days to be judged again.
CREATE TABLE day_mark (
	person BIGINT NOT NULL,
	day BIGINT NOT NULL,
	cause TEXT NOT NULL,               -- of the last marking: "punch", "leave", …
	priority BIGINT NOT NULL,          -- 1 before 0: somebody is waiting to see it
	generation BIGINT NOT NULL,        -- how often it was marked since it was last judged
	PRIMARY KEY (person, day)
);
CREATE INDEX day_mark_order ON day_mark (priority DESC, day DESC, person);

-- One judged person-day; derived, can be thrown away and computed again.
CREATE TABLE verdict (
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
	reasons TEXT NOT NULL,             -- JSON array (server/rules/reason.h)
	rule_version BIGINT NOT NULL,
	hash TEXT NOT NULL,                -- SHA-256 of the verdict
	judged_ms BIGINT NOT NULL,         -- when it became this
	due_ms BIGINT,                     -- when time alone changes it; NULL: never
	PRIMARY KEY (person, day)
);
CREATE INDEX verdict_day ON verdict (day, unit);
CREATE INDEX verdict_waiting ON verdict (day, person) WHERE state = 'waiting';
CREATE INDEX verdict_due ON verdict (due_ms) WHERE due_ms IS NOT NULL;

-- How far days have been begun: everybody is marked for days up to begun_day, and the people up to
-- `person` for the days up to beginning_day, too.
CREATE TABLE judge_state (
	id BIGINT PRIMARY KEY CHECK (id = 1),
	begun_day BIGINT NOT NULL,
	beginning_day BIGINT NOT NULL,     -- = begun_day: nothing is being begun
	person BIGINT NOT NULL             -- 0: nobody yet
);

INSERT INTO attendance_code (code, name, category, slot, present, source) VALUES
	('H', 'Hadir penuh', 'hadir', 'hari', 1, 'umum'),
	('TL1', 'Terlambat tingkat 1', 'terlambat', 'masuk', 1, 'Permentan 68/2012 dan pola umum PMK 214/2011'),
	('TL2', 'Terlambat tingkat 2', 'terlambat', 'masuk', 1, 'Permentan 68/2012 dan pola umum PMK 214/2011'),
	('TL3', 'Terlambat tingkat 3', 'terlambat', 'masuk', 1, 'Permentan 68/2012 dan pola umum PMK 214/2011'),
	('TL4', 'Terlambat tingkat 4', 'terlambat', 'masuk', 1, 'Permentan 68/2012 dan pola umum PMK 214/2011'),
	('PSW1', 'Pulang sebelum waktu tingkat 1', 'pulang_cepat', 'pulang', 1, 'Permentan 68/2012 dan pola umum PMK 214/2011'),
	('PSW2', 'Pulang sebelum waktu tingkat 2', 'pulang_cepat', 'pulang', 1, 'Permentan 68/2012 dan pola umum PMK 214/2011'),
	('PSW3', 'Pulang sebelum waktu tingkat 3', 'pulang_cepat', 'pulang', 1, 'Permentan 68/2012 dan pola umum PMK 214/2011'),
	('PSW4', 'Pulang sebelum waktu tingkat 4', 'pulang_cepat', 'pulang', 1, 'Permentan 68/2012 dan pola umum PMK 214/2011'),
	('TAM', 'Tidak presensi masuk (hanya ada pulang)', 'lupa_absen', 'masuk', 1, 'Permenko Infra 10/2025 ps 22; Permentan'),
	('TAP', 'Tidak presensi pulang (hanya ada masuk)', 'lupa_absen', 'pulang', 1, 'Permenko Infra 10/2025 ps 22; Permentan'),
	('TK', 'Tanpa keterangan', 'alpa', 'hari', 0, 'PP 94/2021; umum'),
	('DL', 'Dinas luar / perjalanan dinas', 'dinas', 'hari|masuk|pulang', 1, 'umum; Pekalongan moderasi; Babel'),
	('TB', 'Tugas belajar', 'status', 'hari', 1, 'kedudukan hukum BKN 03'),
	('IB', 'Izin belajar (sejak SE MenPANRB 28/2021 dilebur ke TB biaya mandiri)', 'status', 'hari', 1, 'tanpa sumber tertulis'),
	('DIK', 'Diklat/bimtek/pelatihan', 'dinas', 'hari', 1, 'Babel (kode buatan)'),
	('TKD', 'Tugas kedinasan lain di luar kantor (rapat, upacara di tempat lain)', 'dinas', 'masuk|pulang|hari', 1, 'Babel'),
	('CT', 'Cuti tahunan', 'cuti', 'hari', 0, 'PP 11/2017; PerBKN 24/2017'),
	('CB', 'Cuti besar', 'cuti', 'hari', 0, 'PP 11/2017; PerBKN 24/2017'),
	('CS', 'Cuti sakit', 'cuti', 'hari', 0, 'PP 11/2017; PerBKN 24/2017'),
	('CM', 'Cuti melahirkan', 'cuti', 'hari', 0, 'PP 11/2017; PerBKN 24/2017'),
	('CAP', 'Cuti karena alasan penting', 'cuti', 'hari', 0, 'PP 11/2017; PerBKN 24/2017'),
	('CLTN', 'Cuti di luar tanggungan negara', 'cuti', 'hari', 0, 'PP 11/2017; PerBKN 24/2017'),
	('CBS', 'Cuti bersama', 'libur', 'hari', 0, 'Keppres; SKB'),
	('S', 'Sakit (1 hari, surat atasan/dokter, belum cuti sakit)', 'izin', 'hari', 0, 'umum'),
	('I', 'Izin (dengan keterangan atasan)', 'izin', 'hari', 0, 'umum; Babel kuota 4/bln'),
	('DSP', 'Dispensasi (bencana, keluarga, keagamaan)', 'izin', 'hari|masuk|pulang', 1, 'umum'),
	('WFH', 'Bekerja dari rumah', 'fleksibel', 'hari', 1, 'Perpres 21/2023 ps 8; PermenPANRB 4/2025'),
	('WFA', 'Bekerja dari mana saja / FWA', 'fleksibel', 'hari', 1, 'Perpres 21/2023 ps 8; PermenPANRB 4/2025'),
	('AT', 'Alasan teknis: mesin rusak/listrik/jaringan/jari tak terbaca (manual)', 'koreksi', 'masuk|pulang|hari', 1, 'Babel "alasan teknis"; Permenko 10/2025'),
	('HL', 'Hari libur nasional/daerah', 'libur', 'hari', 0, 'Pekalongan'),
	('L', 'Libur mingguan / lepas jaga (shift)', 'libur', 'hari', 0, 'umum'),
	('APG', 'Apel pagi hadir', 'kegiatan', 'kegiatan', 0, 'Pekalongan A1; Babel'),
	('TAPG', 'Tidak ikut apel/upacara', 'kegiatan', 'kegiatan', 0, 'Pekalongan A0; Babel'),
	('UPC', 'Upacara / senam / apel sore / sidak', 'kegiatan', 'kegiatan', 0, 'Babel'),
	('PH', 'Pemberhentian sementara/MPP/tidak aktif: tidak wajib presensi', 'status', 'hari', 0, 'kedudukan hukum 04, 20, 52'),
	('BL', 'Belum lengkap: data mesin belum diterima', 'menunggu', 'masuk|pulang|hari', 0, 'rancangan, keputusan 12'),
	('BT', 'Belum terdaftar: sidik jari belum direkam', 'menunggu', 'masuk|pulang|hari', 0, 'rancangan, keputusan 12'),
	('MV', 'Menunggu verifikasi atau persetujuan', 'menunggu', 'masuk|pulang|hari', 0, 'rancangan, keputusan 10'),
	('BW', 'Belum waktunya dinilai', 'berjalan', 'masuk|pulang|hari', 0, 'rancangan'),
	('TJ', 'Tanpa jadwal kerja yang berlaku', 'menunggu', 'hari', 0, 'rancangan'),
	('UC', 'Uji coba: belum diperhitungkan', 'status', 'hari', 0, 'rancangan');
