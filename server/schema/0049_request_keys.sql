-- Requests of programs that change something and were given a key by them: sent again they are not done again.

CREATE TABLE request_key (
	account BIGINT NOT NULL REFERENCES account (id),
	request_key TEXT NOT NULL,         -- the program's own, of its account (header Idempotency-Key)
	body_hash TEXT NOT NULL,           -- SHA-256 of what was sent, hex
	answer TEXT NOT NULL,              -- the JSON that was answered
	created_ms BIGINT NOT NULL,
	PRIMARY KEY (account, request_key)
);
CREATE INDEX request_key_created ON request_key (created_ms);
