-- Accounts, what they may do, and how they prove themselves.

CREATE TABLE account (
	id BIGINT PRIMARY KEY,             -- random, 1 … 2^53-1
	name TEXT NOT NULL UNIQUE,         -- what people type to log in: [a-z0-9._-]{3,40}
	person BIGINT,                     -- whose it is; NULL: nobody's
	password_hash TEXT,                -- argon2id with salt and parameters; NULL: no log-in
	one_time BIGINT NOT NULL,          -- 1: the password serves only to choose another
	one_time_until_ms BIGINT,          -- end of a one-time password
	created_ms BIGINT NOT NULL,
	disabled_ms BIGINT                 -- NULL: in use
);

CREATE INDEX account_person ON account (person);

-- A right: role x unit subtree x period.
CREATE TABLE account_grant (
	id BIGINT PRIMARY KEY,             -- random
	account BIGINT NOT NULL REFERENCES account (id),
	role TEXT NOT NULL,                -- as role_name() writes it
	unit BIGINT,                       -- top of the subtree; NULL: the whole province
	home_unit BIGINT,                  -- the holder's own unit at the start: a mutation ends the grant; NULL: no holder, or not bound
	from_day BIGINT NOT NULL,          -- first day, local days since 1970-01-01
	to_day BIGINT,                     -- first day after it; NULL: open
	decree TEXT,                       -- number of the letter it rests on
	grantor BIGINT,                    -- account; NULL: the administrator's command
	granted_ms BIGINT NOT NULL,
	revoked_ms BIGINT,                 -- NULL: not revoked
	revoker BIGINT                     -- account
);

CREATE INDEX account_grant_account ON account_grant (account);

CREATE TABLE login_session (
	token_hash BYTEA PRIMARY KEY,      -- SHA-256 of the cookie's token
	account BIGINT NOT NULL REFERENCES account (id),
	address TEXT,                      -- where the log-in came from
	created_ms BIGINT NOT NULL,
	used_ms BIGINT NOT NULL            -- within five minutes of the last use
);

CREATE INDEX login_session_account ON login_session (account);

-- Bearer tokens of programs.
CREATE TABLE api_token (
	token_hash BYTEA PRIMARY KEY,      -- SHA-256 of the token
	account BIGINT NOT NULL REFERENCES account (id),
	label TEXT NOT NULL,               -- what for
	created_ms BIGINT NOT NULL,
	expires_ms BIGINT NOT NULL,
	revoked_ms BIGINT                  -- NULL: not revoked
);

CREATE INDEX api_token_account ON api_token (account);
