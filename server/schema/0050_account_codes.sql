-- Codes that a terminal showed to who had just been identified, to open their own account.

CREATE TABLE account_code (
	id BIGINT PRIMARY KEY,             -- random
	person BIGINT NOT NULL,            -- whose account it opens
	terminal TEXT NOT NULL REFERENCES terminal (id), -- which showed it
	journal BIGINT NOT NULL,           -- ours, of the event that asked for it …
	seq BIGINT NOT NULL,               -- … and its sequence number
	code_hash BYTEA NOT NULL,          -- SHA-256 of its letters, which are random (58 bits)
	made_ms BIGINT NOT NULL,
	until_ms BIGINT NOT NULL,          -- good before then
	tries BIGINT NOT NULL,             -- wrong ones typed for the person meanwhile
	used_ms BIGINT,                    -- when it opened the account; NULL: it has not
	ended_ms BIGINT                    -- not good any more: used, a newer one, too many tries; NULL: open
);
CREATE INDEX account_code_by_person ON account_code (person, made_ms);
