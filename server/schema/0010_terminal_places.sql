-- Where a terminal stands, dated twice.  terminal.place is what this says of today: derived, kept by
-- the core role.

ALTER TABLE terminal ADD COLUMN number BIGINT; -- ours, short: the key of terminal_place
UPDATE terminal SET number = (SELECT count(*) FROM terminal b WHERE b.id <= terminal.id);
CREATE UNIQUE INDEX terminal_by_number ON terminal (number);

CREATE TABLE terminal_place (
	terminal BIGINT NOT NULL,          -- terminal.number
	place BIGINT NOT NULL REFERENCES place (id),
	source TEXT,                       -- why
	valid_from_day BIGINT NOT NULL,
	valid_to_day BIGINT NOT NULL,
	recorded_from_ms BIGINT NOT NULL,
	recorded_to_ms BIGINT,
	PRIMARY KEY (terminal, valid_from_day, recorded_from_ms),
	CHECK (valid_from_day < valid_to_day)
);
CREATE UNIQUE INDEX terminal_place_now ON terminal_place (terminal, valid_from_day)
	WHERE recorded_to_ms IS NULL;
CREATE INDEX terminal_place_place ON terminal_place (place) WHERE recorded_to_ms IS NULL;
INSERT INTO terminal_place (terminal, place, valid_from_day, valid_to_day, recorded_from_ms)
	SELECT number, place, -9999999, 9999999, added_ms FROM terminal;
