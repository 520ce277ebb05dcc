-- Who may punch without a finger: by letter, for a period, on somebody's word.

-- A standing exemption: the person's fingers cannot be read.  Its punches count at once.
CREATE TABLE exemption (
	id BIGINT PRIMARY KEY,             -- max + 1
	person BIGINT NOT NULL REFERENCES person (id),
	letter TEXT NOT NULL,              -- number of the letter it rests on
	from_day BIGINT NOT NULL,          -- first day, local days since 1970-01-01
	to_day BIGINT NOT NULL,            -- first day after it
	approver BIGINT NOT NULL REFERENCES person (id), -- who signed the letter; never the person
	recorded_ms BIGINT NOT NULL,
	ended_ms BIGINT                    -- taken back since; NULL: in force
);
CREATE INDEX exemption_by_person ON exemption (person);

ALTER TABLE claim ADD COLUMN decider BIGINT; -- account.id of who decided at the server; NULL: nobody there
