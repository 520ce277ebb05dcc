-- Facts that many people share (units, hours, holidays, orders, places, rules): grows with every change,
-- so that what was read of them is known to hold.
CREATE TABLE fact_generation (
	id BIGINT PRIMARY KEY CHECK (id = 1),
	generation BIGINT NOT NULL
);
INSERT INTO fact_generation (id, generation) VALUES (1, 1);

-- Days of a person to be judged again: all of them in one row, from the first to the last. What
-- somebody waits for is in day_mark.
CREATE TABLE person_mark (
	person BIGINT PRIMARY KEY,
	from_day BIGINT NOT NULL,          -- half-open
	to_day BIGINT NOT NULL,
	cause TEXT NOT NULL,               -- of the last marking: "leave", "holiday", …
	turn BIGINT NOT NULL,              -- the highest is judged first: whoever marked last may be looking
	generation BIGINT NOT NULL,        -- how often it was marked since it was last judged
	CHECK (from_day < to_day)
);
CREATE INDEX person_mark_turn ON person_mark (turn DESC, person);

-- Reasons are stored in short form, their hash is another one: everything is judged once more.
INSERT INTO person_mark (person, from_day, to_day, cause, turn, generation)
	SELECT person, min(day), max(day)+1, 'new form', 1, 1 FROM
	(SELECT person, day FROM day_mark WHERE priority=0 UNION SELECT person, day FROM verdict) AS days
	GROUP BY person;
DELETE FROM day_mark WHERE priority=0;
