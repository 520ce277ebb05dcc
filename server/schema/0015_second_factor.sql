-- The second factor of a log-in: time-based codes (RFC 6238), and what helps when the phone is lost.

CREATE TABLE second_factor (
	account BIGINT PRIMARY KEY REFERENCES account (id),
	secret BYTEA NOT NULL,             -- 20 bytes; must be readable to check a code
	last_step BIGINT NOT NULL,         -- 30-second step of the last code taken: none at or before it is taken again
	set_ms BIGINT NOT NULL
);

CREATE TABLE recovery_code (
	account BIGINT NOT NULL REFERENCES account (id),
	code_hash BYTEA NOT NULL,          -- SHA-256; each serves once
	used_ms BIGINT,                    -- NULL: not used
	PRIMARY KEY (account, code_hash)
);

-- A lost phone: one administrator asks, another agrees, then the factor is gone.
CREATE TABLE second_factor_reset (
	account BIGINT PRIMARY KEY REFERENCES account (id),
	asked_by BIGINT NOT NULL,          -- account; 0: the administrator's command
	asked_ms BIGINT NOT NULL
);

ALTER TABLE login_session ADD COLUMN second_ms BIGINT; -- when the second factor was shown; NULL: not

CREATE INDEX enrolment_finished ON enrolment (finished_ms);
