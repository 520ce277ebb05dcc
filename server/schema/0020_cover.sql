-- How many people a unit needs on duty, by hours of its week: publishing a roster tells where they lack.

CREATE TABLE unit_cover (
	unit BIGINT NOT NULL REFERENCES unit (id),
	start_min BIGINT NOT NULL,         -- minutes after Monday's local midnight
	length_min BIGINT NOT NULL,        -- may reach into the next day
	people BIGINT NOT NULL,            -- on duty all that time
	source TEXT,                       -- why
	valid_from_day BIGINT NOT NULL,
	valid_to_day BIGINT NOT NULL,
	recorded_from_ms BIGINT NOT NULL,
	recorded_to_ms BIGINT,
	PRIMARY KEY (unit, start_min, valid_from_day, recorded_from_ms),
	CHECK (valid_from_day < valid_to_day AND length_min > 0 AND people > 0)
);
CREATE UNIQUE INDEX unit_cover_now ON unit_cover (unit, start_min, valid_from_day)
	WHERE recorded_to_ms IS NULL;
