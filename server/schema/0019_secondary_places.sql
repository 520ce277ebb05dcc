-- Who serves besides at a unit or place: asked for every roster.

CREATE INDEX secondary_assignment_unit ON secondary_assignment (unit, person)
	WHERE recorded_to_ms IS NULL;
CREATE INDEX secondary_assignment_place ON secondary_assignment (place, person)
	WHERE recorded_to_ms IS NULL;
