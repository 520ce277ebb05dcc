-- Which legal statuses end service: what is kept for identifying somebody is then destroyed.

ALTER TABLE legal_status ADD COLUMN leaves BIGINT NOT NULL DEFAULT 0; -- 1: service has ended

-- Punah, TMS, cancelled NIP, dismissed, dismissed without and with pension, retirement age, pension.
UPDATE legal_status SET leaves = 1 WHERE code IN ('66', '67', '69', '70', '77', '88', '98', '99');
