-- The end of the audit log, signed once a day: whoever keeps a copy can show that nothing before it
-- was changed since.

CREATE TABLE audit_signed (
	day BIGINT PRIMARY KEY,            -- local day on which it was signed
	seq BIGINT NOT NULL,               -- audit_entry.seq of the last row then; 0: none
	hash BYTEA NOT NULL,               -- its hash; 32 zero bytes: none
	signed_ms BIGINT NOT NULL,
	signature BYTEA NOT NULL           -- ES256 by the server's signing key, 64 bytes: server/audit_head.h
);
