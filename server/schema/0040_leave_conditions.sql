-- On what a leave rests, and the conditions that depend on it, as data.

-- Part of the decision, so it goes with the days: server/rules/leave_ground.h has the words.
ALTER TABLE leave_span ADD COLUMN ground TEXT;   -- kind of the letter or occasion: "dokter", "haji", …; NULL: not stated
ALTER TABLE leave_span ADD COLUMN child BIGINT;  -- CM, and CB for a birth: which child it is, from 1; NULL: not stated

-- Defaults and how sure each is: server/rules/leave_settings.c (PP 11/2017 art. 316–327).
ALTER TABLE leave_rule ADD COLUMN birth_children BIGINT NOT NULL DEFAULT 3;     -- up to this child CM, from the next on CB
ALTER TABLE leave_rule ADD COLUMN birth_exempt BIGINT NOT NULL DEFAULT 0;       -- 1: CB for a birth asks for no length of service
ALTER TABLE leave_rule ADD COLUMN hajj_exempt BIGINT NOT NULL DEFAULT 1;        -- 1: nor does CB for the first hajj
ALTER TABLE leave_rule ADD COLUMN religion_exempt BIGINT NOT NULL DEFAULT 0;    -- 1: nor CB for another religious duty
ALTER TABLE leave_rule ADD COLUMN sick_note_days BIGINT NOT NULL DEFAULT 1;     -- CS: up to so many days a letter to the superior is enough
ALTER TABLE leave_rule ADD COLUMN sick_doctor_days BIGINT NOT NULL DEFAULT 14;  -- up to so many any doctor's, beyond a government doctor's
ALTER TABLE leave_rule ADD COLUMN sick_year_days BIGINT NOT NULL DEFAULT 365;   -- beyond so many the board that examines health must say so
ALTER TABLE leave_rule ADD COLUMN miscarriage_days BIGINT NOT NULL DEFAULT 45;  -- CS after a miscarriage at most
