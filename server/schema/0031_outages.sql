-- Outages: where they come from, on what they rest, and every decision on them; data that is lost for ever.

ALTER TABLE outage ADD COLUMN origin TEXT NOT NULL DEFAULT 'declared'; -- 'declared' by somebody; 'proposed' by the server: without any effect until it is accepted
ALTER TABLE outage ADD COLUMN evidence TEXT;    -- what it rests on; NULL: only the Berita Acara, if there is one
ALTER TABLE outage ADD COLUMN declared_by TEXT; -- who; NULL: the server, or a file

-- Later decisions do not undo earlier ones: what held when stays readable.
CREATE TABLE outage_decision (
	outage BIGINT NOT NULL REFERENCES outage (id),
	number BIGINT NOT NULL,            -- from 1, of this outage
	state BIGINT NOT NULL,             -- 2 accepted, 3 refused: after an acceptance, withdrawn
	reason TEXT NOT NULL,              -- in the decider's words
	account BIGINT NOT NULL REFERENCES account (id), -- who decided
	decided_ms BIGINT NOT NULL,
	PRIMARY KEY (outage, number),
	CHECK (state IN (2, 3))
);

-- The data of a terminal over a span of time, declared lost for ever by somebody.
CREATE TABLE terminal_loss (
	id BIGINT PRIMARY KEY,             -- max + 1
	terminal TEXT NOT NULL REFERENCES terminal (id),
	from_ms BIGINT NOT NULL,           -- half-open
	to_ms BIGINT NOT NULL,
	journal BIGINT REFERENCES journal (id), -- whose events are missing; NULL: it never sent one
	first_seq BIGINT NOT NULL,         -- the first event missing
	last_seq BIGINT,                   -- the last as far as the terminal ever said; NULL: it did not say
	reason TEXT NOT NULL,              -- in the decider's words
	account BIGINT NOT NULL REFERENCES account (id), -- who decided
	decided_ms BIGINT NOT NULL,
	CHECK (from_ms < to_ms)
);
CREATE INDEX terminal_loss_terminal ON terminal_loss (terminal, to_ms);
