-- What decrees did to the tree of units; only added to.  The facts themselves are in unit_fact,
-- assignment, …; this says which decree changed them.

CREATE TABLE reorganisation (
	id BIGINT PRIMARY KEY,             -- from 1
	unit BIGINT NOT NULL REFERENCES unit (id),
	kind TEXT NOT NULL,                -- "rename", "move", "merge", "split", "abolish"
	to_unit BIGINT REFERENCES unit (id), -- the unit above, or the successor; NULL: none
	decree TEXT NOT NULL,              -- its number
	decree_day BIGINT,                 -- its date; NULL: not known
	tmt_day BIGINT NOT NULL,           -- from when it holds
	before_text TEXT NOT NULL,         -- name of the unit the day before
	after_text TEXT,                   -- its new name, or the other unit's; NULL: none
	n_people BIGINT NOT NULL,          -- who followed to the successor
	judged_days BIGINT NOT NULL,       -- days already judged that changed their unit
	recorded_ms BIGINT NOT NULL
);
CREATE UNIQUE INDEX reorganisation_once ON reorganisation (unit, kind, decree, coalesce(to_unit, 0));
