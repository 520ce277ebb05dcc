-- Who saw and changed what. Rows are only ever added; each carries the hash of the one before.

CREATE TABLE audit_entry (
	seq BIGINT PRIMARY KEY,            -- 1, 2, 3 … without gaps
	at_ms BIGINT NOT NULL,
	account BIGINT NOT NULL,           -- 0: the administrator's command
	access_grant BIGINT NOT NULL,      -- under which it was allowed; 0: none needed
	action TEXT NOT NULL,
	person BIGINT NOT NULL,            -- whose data; 0: nobody's in particular
	unit BIGINT NOT NULL,              -- whose people; 0: none
	detail TEXT,
	address TEXT,
	hash BYTEA NOT NULL                -- SHA-256(hash of the row before, this row's fields)
);

CREATE INDEX audit_entry_person ON audit_entry (person, seq);

-- Where the chain ends: one row, whose lock makes writers append one after the other.  Rows that are
-- cut off at the end show here.
CREATE TABLE audit_head (
	id BIGINT PRIMARY KEY CHECK (id = 1),
	seq BIGINT NOT NULL,               -- of the last row; 0: none yet
	hash BYTEA                         -- of the last row; NULL: none yet
);

INSERT INTO audit_head (id, seq) VALUES (1, 0);
