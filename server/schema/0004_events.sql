-- What terminals recorded: exact bytes, never changed, and what the server concluded about them.

-- A chain of events. The head advances only from the value it was read with.
CREATE TABLE journal (
	id BIGINT PRIMARY KEY,             -- ours, short
	terminal TEXT NOT NULL REFERENCES terminal (id),
	journal BYTEA NOT NULL,            -- 16 bytes, chosen by the terminal
	seq BIGINT NOT NULL,               -- last event stored; events 1 … seq are here, without a gap
	head BYTEA NOT NULL,               -- 32 bytes: the hash of that event's header
	opened_ms BIGINT NOT NULL,         -- when its first event arrived
	heard_ms BIGINT NOT NULL,          -- when its last event arrived
	last_at_ms BIGINT NOT NULL,        -- time of its last event with a believable one; 0 none
	sensor_lost BIGINT NOT NULL,       -- 1: its last word on the sensor was that it is lost
	UNIQUE (terminal, journal)
);

-- One event. A destroyed payload or attachment is null inside `bytes`; the chain covers headers.
CREATE TABLE event (
	journal BIGINT NOT NULL REFERENCES journal (id),
	seq BIGINT NOT NULL,               -- from 1
	kind BIGINT NOT NULL,              -- EventKind of protocol/event.h; unknown ones are kept
	wall_ms BIGINT NOT NULL,           -- as the terminal's clock said; never rewritten
	received_ms BIGINT NOT NULL,
	bytes BYTEA NOT NULL,              -- as received
	PRIMARY KEY (journal, seq)
);

-- The signed statement over events first … last, exact: with the events it is the message again.
CREATE TABLE batch (
	journal BIGINT NOT NULL REFERENCES journal (id),
	first BIGINT NOT NULL,
	last BIGINT NOT NULL,
	received_ms BIGINT NOT NULL,
	envelope BYTEA NOT NULL,           -- COSE_Sign1
	PRIMARY KEY (journal, last, first)
);

-- A terminal's run between two starts: which drivers, and where its monotonic clock stands.
CREATE TABLE boot (
	terminal TEXT NOT NULL REFERENCES terminal (id),
	boot BYTEA NOT NULL,               -- 16 bytes
	simulated BIGINT,                  -- 1: a simulated driver; NULL: its boot event is not here
	anchor_wall_ms BIGINT,             -- a reading while the wall clock was set; NULL none yet
	anchor_mono_ms BIGINT,
	PRIMARY KEY (terminal, boot)
);

-- A time derived by the server where the stamp could not be used. The stamp itself stays.
CREATE TABLE event_time (
	journal BIGINT NOT NULL,
	seq BIGINT NOT NULL,
	at_ms BIGINT NOT NULL,             -- the corrected time
	reason TEXT NOT NULL,              -- 'boot-anchor': monotonic distance to a reading of a set clock
	PRIMARY KEY (journal, seq),
	FOREIGN KEY (journal, seq) REFERENCES event (journal, seq)
);

-- Stored and receipted, but not judged, until somebody decides or a later event explains it.
CREATE TABLE quarantine (
	journal BIGINT NOT NULL,
	seq BIGINT NOT NULL,
	reason TEXT NOT NULL,              -- 'future', 'past', 'clock-unset', 'simulated', 'no-boot', 'unknown-person'
	listed_ms BIGINT NOT NULL,
	ended_ms BIGINT,                   -- when it was released or rejected
	ended_how TEXT,                    -- 'corrected', 'accepted', 'rejected'
	PRIMARY KEY (journal, seq),
	FOREIGN KEY (journal, seq) REFERENCES event (journal, seq)
);

-- Evidence: a second content for a key that is stored already. Kept once per content's hash.
CREATE TABLE conflict (
	journal BIGINT NOT NULL,
	seq BIGINT NOT NULL,
	digest BYTEA NOT NULL,             -- SHA-256 of `bytes`
	bytes BYTEA NOT NULL,              -- the other event
	envelope BYTEA NOT NULL,           -- the signed statement that came with it
	received_ms BIGINT NOT NULL,
	PRIMARY KEY (journal, seq, digest)
);

-- Messages refused before they were stored: counted, with a bounded sample.
CREATE TABLE refusal (
	cause TEXT PRIMARY KEY,            -- 'topic', 'envelope', 'terminal', 'key', 'signature', …
	n BIGINT NOT NULL,
	last_ms BIGINT NOT NULL
);
CREATE TABLE refusal_sample (
	cause TEXT NOT NULL,
	slot BIGINT NOT NULL,              -- 0 … 15, the oldest is overwritten
	received_ms BIGINT NOT NULL,
	topic TEXT NOT NULL,
	message BYTEA NOT NULL,            -- its first 4 KiB
	PRIMARY KEY (cause, slot)
);

-- Batches of revoked terminals, for BKD to decide on.
CREATE TABLE held_batch (
	terminal TEXT NOT NULL REFERENCES terminal (id),
	journal BYTEA NOT NULL,
	first BIGINT NOT NULL,
	last BIGINT NOT NULL,
	received_ms BIGINT NOT NULL,
	message BYTEA NOT NULL,            -- whole
	PRIMARY KEY (terminal, journal, last, first)
);

-- What a person must look at.
CREATE TABLE alarm (
	id BIGINT PRIMARY KEY,
	kind TEXT NOT NULL,                -- 'conflict', 'fork', 'lost-tail', 'hole', 'tamper', 'join-refused', …
	terminal TEXT,                     -- NULL: of no terminal
	detail TEXT NOT NULL,              -- one line
	first_ms BIGINT NOT NULL,
	last_ms BIGINT NOT NULL,           -- the same alarm again only counts
	n BIGINT NOT NULL,
	ended_ms BIGINT                    -- somebody dealt with it
);
CREATE INDEX alarm_open ON alarm (kind, terminal) WHERE ended_ms IS NULL;

-- Spans for which the chain proves that the terminal was alive and could read.
CREATE TABLE coverage (
	terminal TEXT NOT NULL REFERENCES terminal (id),
	from_ms BIGINT NOT NULL,
	to_ms BIGINT NOT NULL,
	PRIMARY KEY (terminal, from_ms)
);
