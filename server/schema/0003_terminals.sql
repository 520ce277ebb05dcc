-- Terminals, their keys and certificates, what they last said of themselves, and what is sent
-- down to them.  Columns ending in _ms are UTC milliseconds since 1970.

-- The server's own memory: one row per name.
CREATE TABLE server_state (
	name TEXT PRIMARY KEY,     -- 'epoch', 'demo', 'number', 'revision', 'anchor', …
	number BIGINT,             -- value, where it is a number
	text TEXT                  -- value, where it is a text (ids in hex)
);

-- A device. Its id is never used again, so rows are never deleted.
CREATE TABLE terminal (
	id TEXT PRIMARY KEY,               -- [a-z0-9-]{3,32}; CN, user name and client id at the broker
	place BIGINT NOT NULL,             -- place.id: where it stands
	state TEXT NOT NULL CHECK (state IN ('new', 'active', 'revoked')),
	added_ms BIGINT NOT NULL,          -- when the bundle was made
	bootstrap_secret BYTEA,            -- 32 bytes; NULL once used or expired
	bootstrap_until_ms BIGINT NOT NULL, -- the secret is refused from then on
	joined_ms BIGINT,                  -- when the device first exchanged its bundle
	revoked_ms BIGINT,                 -- when it was revoked
	revision BIGINT NOT NULL           -- server_state 'revision' at the last change of this row
);
CREATE INDEX terminal_by_place ON terminal (place);
CREATE INDEX terminal_by_revision ON terminal (revision);

-- The keys a terminal brought with a join. Old ones still verify old batches.
CREATE TABLE terminal_key (
	terminal TEXT NOT NULL REFERENCES terminal (id),
	key_id BYTEA NOT NULL,             -- first 16 bytes of SHA-256 of `signing`
	signing BYTEA NOT NULL,            -- P-256 point, 65 bytes: verifies its messages
	sealing BYTEA NOT NULL,            -- P-256 point, 65 bytes: templates are sealed to it
	from_ms BIGINT NOT NULL,           -- when it was accepted
	PRIMARY KEY (terminal, key_id)
);

-- Every certificate of the broker's surface that this server issued.
CREATE TABLE certificate (
	serial BYTEA PRIMARY KEY,          -- 16 bytes, random
	name TEXT NOT NULL,                -- CN: a terminal, or a service such as collector-1
	anchor BYTEA NOT NULL,             -- issuing anchor: first 16 bytes of SHA-256 of its key
	bootstrap BIGINT NOT NULL,         -- 1: came in a bundle, good until the terminal has its own
	issued_ms BIGINT NOT NULL,
	not_after_ms BIGINT NOT NULL,
	revoked_ms BIGINT                  -- on the revocation list from then until not_after
);
CREATE INDEX certificate_by_name ON certificate (name);

-- The last signed health of a terminal.
CREATE TABLE terminal_health (
	terminal TEXT PRIMARY KEY REFERENCES terminal (id),
	heard_ms BIGINT NOT NULL,          -- when it arrived
	number BIGINT NOT NULL,            -- the message's number: an older one changes nothing
	online BIGINT NOT NULL,            -- 0: its last will, or a goodbye
	journal BYTEA NOT NULL,            -- 16 bytes: the journal it writes to
	seq BIGINT NOT NULL,               -- last event journalled there
	head BYTEA NOT NULL,               -- 32 bytes: its hash, compared when the event arrives
	receipted BIGINT NOT NULL,         -- last event it holds a receipt for
	wall_ms BIGINT NOT NULL,           -- its clock
	trust BIGINT NOT NULL,             -- ClockTrust of protocol/event.h
	uptime_s BIGINT NOT NULL,
	disk_free BIGINT NOT NULL,         -- bytes
	roster_version BIGINT NOT NULL,
	n_people BIGINT NOT NULL,          -- on its roster
	n_references BIGINT NOT NULL,
	sensor_ok BIGINT NOT NULL,         -- 0 or 1, as the next three
	tamper_open BIGINT NOT NULL,
	reserve_reached BIGINT NOT NULL,   -- its disk is full up to the reserve
	simulated BIGINT NOT NULL,         -- a simulated driver is in use
	version TEXT NOT NULL,             -- of its program
	sensor TEXT NOT NULL               -- name of the sensor's driver
);

-- Whom a terminal identifies, as numbered changes. Derived: can be rebuilt from the personnel tables.
CREATE TABLE roster_entry (
	terminal TEXT NOT NULL REFERENCES terminal (id),
	person BIGINT NOT NULL,
	version BIGINT NOT NULL,           -- of the last change
	removed BIGINT NOT NULL,           -- 1: a tombstone
	not_before_ms BIGINT NOT NULL,     -- the TMT at this place
	not_after_ms BIGINT NOT NULL,      -- end of the lease, of the assignment, or of grace
	schedule BIGINT NOT NULL,          -- schedule of the person's unit; 0 none
	flags BIGINT NOT NULL,             -- ROSTER_… of protocol/roster.h
	digest BYTEA NOT NULL,             -- SHA-256 over all that the terminal gets
	PRIMARY KEY (terminal, person)
);
CREATE INDEX roster_entry_by_version ON roster_entry (terminal, version);
CREATE INDEX roster_entry_by_person ON roster_entry (person);

CREATE TABLE roster (
	terminal TEXT PRIMARY KEY REFERENCES terminal (id),
	version BIGINT NOT NULL,           -- of the newest change; never goes back
	windows BYTEA                      -- digest of the schedules' windows last computed
);

-- Orders to terminals, repeated until carried out.
CREATE TABLE command (
	id BIGINT PRIMARY KEY,             -- grows over all terminals
	terminal TEXT NOT NULL REFERENCES terminal (id),
	kind BIGINT NOT NULL,              -- CommandKind of protocol/command.h
	body BYTEA NOT NULL,               -- as it is signed and sent
	created_ms BIGINT NOT NULL,
	expires_ms BIGINT,                 -- not sent from then on; NULL never
	done_ms BIGINT,                    -- when the terminal said so
	withdrawn_ms BIGINT                -- taken back before that
);
CREATE INDEX command_pending ON command (terminal, id) WHERE done_ms IS NULL AND withdrawn_ms IS NULL;
