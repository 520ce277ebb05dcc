#include "server/web/people/names.h"

gboolean names_person(const Call *call, GStringChunk *texts, PersonId person, const char **name,
					  GError **error)
{
	PersonRow row;
	*name = "Pegawai tidak dikenal";
	if (person == 0)
		return TRUE;
	PeopleFilter filter = {.day = call->today, .person = person, .limit = 1};
	g_autoptr(PeopleCursor) cursor = people_list(call->web->sql, &filter, error);
	SqlStep step = cursor == NULL ? SQL_FAILED : people_next(cursor, &row, error);
	if (step == SQL_ROW)
		*name = g_string_chunk_insert(texts, row.name);
	return step != SQL_FAILED;
}
