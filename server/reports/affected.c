#include "server/reports/affected.h"

#include "server/store/people/people.h"
#include "server/store/system/reach.h"

static const ReportColumn columns[N_AFFECTED_COLUMNS] = {
	[AFFECTED_ID] = {"Nomor Hadir", REPORT_TEXT, "person", 12},
	[AFFECTED_NUMBER] = {"NIP", REPORT_TEXT, "number", 19},
	[AFFECTED_NAME] = {"Nama", REPORT_TEXT, "name", 24},
	[AFFECTED_UNIT] = {"Unit kerja", REPORT_TEXT, "unit", 24},
	[AFFECTED_HOW] = {"Data", REPORT_TEXT, "how", 24},
};

static char *words_of(int how)
{
	static const char *const words[] = {"sidik jari tersandi di mesin", "presensi di mesin",
										"data dibuka", "tampil dalam daftar"};
	g_autoptr(GString) text = g_string_new(NULL);
	for (gsize i = 0; i < G_N_ELEMENTS(words); i++)
		if ((how & (1 << i)) != 0)
			g_string_append_printf(text, "%s%s", text->len == 0 ? "" : ", ", words[i]);
	return g_string_free(g_steal_pointer(&text), FALSE);
}

/* Who is not employed on the day is in the list all the same. */
static gboolean add_row(Sql *sql, Report *report, const ReachRow *reach, gint64 day, GError **error)
{
	PeopleFilter filter = {.day = day, .person = reach->person, .limit = 1};
	g_autoptr(PeopleCursor) cursor = people_list(sql, &filter, error);
	PersonRow person;
	SqlStep step = cursor == NULL ? SQL_FAILED : people_next(cursor, &person, error);
	ReportCell *row = report_add_row(report);
	row[AFFECTED_ID].text = g_strdup_printf("%" G_GINT64_FORMAT, (gint64)reach->person);
	row[AFFECTED_HOW].text = words_of(reach->how);
	if (step != SQL_ROW)
		return step != SQL_FAILED;
	row[AFFECTED_NUMBER].text = g_strdup(person.number);
	row[AFFECTED_NAME].text = g_strdup(person.name);
	row[AFFECTED_UNIT].text = g_strdup(person.unit_name);
	return TRUE;
}

Report *affected_report(Sql *sql, const GArray *reach, gint64 day, GError **error)
{
	g_autoptr(Report) report = report_new(columns, N_AFFECTED_COLUMNS);
	for (guint i = 0; i < reach->len; i++)
		if (!add_row(sql, report, &g_array_index(reach, ReachRow, i), day, error))
			return NULL;
	return g_steal_pointer(&report);
}
