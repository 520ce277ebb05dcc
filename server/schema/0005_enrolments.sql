-- Enrolments, the references they give, and visitors' claims.

CREATE TABLE enrolment (
	id TEXT PRIMARY KEY,               -- 32 hex digits, random
	person BIGINT NOT NULL,
	terminal TEXT NOT NULL REFERENCES terminal (id),
	fingers TEXT NOT NULL,             -- names in the order of reading, joined by ','
	state TEXT NOT NULL CHECK (state IN
		('waiting', 'capturing', 'checking', 'done', 'held', 'failed')),
	finger BIGINT NOT NULL,            -- being read; 0 before the first
	accepted BIGINT NOT NULL,          -- impressions of it so far
	wanted BIGINT NOT NULL,
	hint BIGINT NOT NULL,              -- EnrolHint of protocol/enrol.h: the last touch
	reason TEXT,                       -- why held or failed
	other BIGINT,                      -- held: the person whose finger it already is
	ordered_by TEXT NOT NULL,          -- who ordered it, as the terminal's event says
	created_ms BIGINT NOT NULL,
	expires_ms BIGINT NOT NULL,
	finished_ms BIGINT                 -- NULL: open
);
CREATE INDEX enrolment_by_person ON enrolment (person);
CREATE INDEX enrolment_open ON enrolment (terminal) WHERE finished_ms IS NULL;

-- An enrolled template, sealed to the vault's key; context {"vault", person, id}.
CREATE TABLE reference (
	id BIGINT PRIMARY KEY,
	person BIGINT NOT NULL,
	finger BIGINT NOT NULL,            -- ISO/IEC 19794-2:2005 table 2
	quality BIGINT NOT NULL,           -- 0 … 100
	enrolment TEXT,                    -- enrolment.id; NULL: imported
	sealed BYTEA,                      -- NULL once ended: destroyed
	from_ms BIGINT NOT NULL,           -- active since
	to_ms BIGINT,                      -- ended; NULL active
	reason TEXT                        -- why it ended
);
CREATE INDEX reference_by_person ON reference (person);

-- A visitor's claim, or a punch without a finger, on its way to a decision.
CREATE TABLE claim (
	journal BIGINT NOT NULL,           -- of the event
	seq BIGINT NOT NULL,
	terminal TEXT NOT NULL REFERENCES terminal (id),
	kind BIGINT NOT NULL,              -- EVENT_CLAIM or EVENT_FINGERLESS
	person BIGINT,                     -- whom the number names; NULL nobody
	state TEXT NOT NULL CHECK (state IN ('waiting', 'manual', 'accepted', 'refused', 'unknown')),
	score BIGINT,                      -- thousandths, of the 1:1 comparison
	approver BIGINT,                   -- who approved a punch without a finger
	decided_ms BIGINT,
	PRIMARY KEY (journal, seq),
	FOREIGN KEY (journal, seq) REFERENCES event (journal, seq)
);
CREATE INDEX claim_waiting ON claim (journal, seq) WHERE state = 'waiting';
