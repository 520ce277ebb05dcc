-- What a file of decrees changed of days that were judged already, as it was when the file came: later
-- changes of the same days are other rows.  Only added to.

CREATE TABLE change_batch (
	id BIGINT PRIMARY KEY,             -- from 1
	kind TEXT NOT NULL,                -- of the file: "mutations", "reorganisations"
	file TEXT NOT NULL,                -- its name, without folders
	n_rows BIGINT NOT NULL,            -- of it that brought something new
	n_people BIGINT NOT NULL,          -- with a day that changed
	n_days BIGINT NOT NULL,            -- person-days that changed; as many as are in change_day, or more
	recorded_ms BIGINT NOT NULL
);

CREATE TABLE change_day (
	batch BIGINT NOT NULL REFERENCES change_batch (id),
	person BIGINT NOT NULL REFERENCES person (id),
	day BIGINT NOT NULL,
	old_codes TEXT,                    -- as in verdict; NULL: there was no verdict
	old_unit BIGINT NOT NULL,          -- 0: none
	old_late_min BIGINT NOT NULL,
	old_early_min BIGINT NOT NULL,
	old_deduction_bp BIGINT NOT NULL,  -- hundredths of a per cent
	new_codes TEXT,                    -- NULL: there is none any more
	new_unit BIGINT NOT NULL,
	new_late_min BIGINT NOT NULL,
	new_early_min BIGINT NOT NULL,
	new_deduction_bp BIGINT NOT NULL,
	PRIMARY KEY (batch, person, day)
);
CREATE INDEX change_day_person ON change_day (person, day);
