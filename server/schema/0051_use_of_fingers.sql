-- What the touches of use say of each finger: who should be enrolled again; and what followed from a
-- decided pair.

-- By person, finger and month of local days. Derived: from the journals' events, as they came in.
CREATE TABLE finger_use (
	person BIGINT NOT NULL,
	finger BIGINT NOT NULL,            -- ISO/IEC 19794-2:2005 table 2; 0: of which finger is not known
	month BIGINT NOT NULL,             -- 12 * year + month - 1
	n_found BIGINT NOT NULL,           -- touches that were identified
	n_weak BIGINT NOT NULL,            -- of them with a score or a margin that just sufficed
	n_poor BIGINT NOT NULL,            -- of them with a sample of little quality
	n_refused BIGINT NOT NULL,         -- touches in vain within seconds before, at that terminal
	score_sum BIGINT NOT NULL,         -- thousandths, of n_found
	quality_sum BIGINT NOT NULL,       -- 0 ... 100 each, of n_found
	PRIMARY KEY (person, finger, month)
);

ALTER TABLE duplicate_pair ADD COLUMN ends BIGINT;       -- whose references end by the verdict; NULL: nobody's
ALTER TABLE duplicate_pair ADD COLUMN carried_ms BIGINT; -- when the core role ended them; NULL: not yet
CREATE INDEX duplicate_pair_open ON duplicate_pair (person, other) WHERE ends IS NOT NULL AND carried_ms IS NULL;
