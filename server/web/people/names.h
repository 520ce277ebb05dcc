/* What people are called on pages. */
#pragma once

#include "server/store/people/people.h"
#include "server/web/call.h"

/* As of today, kept in `texts`; "Pegawai tidak dikenal" for 0 and whom nobody knows. */
gboolean names_person(const Call *call, GStringChunk *texts, PersonId person, const char **name,
					  GError **error);
