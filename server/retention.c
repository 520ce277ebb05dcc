#include "server/retention.h"

#include "server/store/system/audit_log.h"
#include "server/store/system/codes.h"
#include "server/store/system/tokens.h"
#include "server/store/terminals/quarantine.h"
#include "server/store/terminals/references.h"

#define DAY_MS (24 * 3600 * G_GINT64_CONSTANT(1000))
/* One transaction stays short; the rest follows in the next hour. */
#define PEOPLE_MAX 200

static gboolean destroy_of(Sql *sql, PersonId person, gint64 now_ms, GArray *ended, GError **error)
{
	AuditEntry entry = {.at_ms = now_ms, .action = "templates.destroy", .person = person};
	return references_end(sql, person, 0, NULL, "left", now_ms, ended, error) &&
		   references_drop_person(sql, person, error) && audit_log_append(sql, &entry, error);
}

static gboolean destroy_templates(Sql *sql, gint64 today, gint64 now_ms, GArray *ended,
								  GError **error)
{
	g_autoptr(GArray) people = NULL;
	if (!references_left(sql, today - RETENTION_TEMPLATE_DAYS, PEOPLE_MAX, &people, error))
		return FALSE;
	for (guint i = 0; i < people->len; i++)
		if (!destroy_of(sql, g_array_index(people, PersonId, i), now_ms, ended, error))
			return FALSE;
	return TRUE;
}

static gboolean destroy_all(Sql *sql, gint64 today, gint64 now_ms, GArray *ended, GError **error)
{
	return destroy_templates(sql, today, now_ms, ended, error) &&
		   refusals_forget(sql, now_ms - RETENTION_SAMPLE_DAYS * DAY_MS, error) &&
		   tokens_forget(sql, now_ms - RETENTION_TOKEN_DAYS * DAY_MS, error) &&
		   codes_forget(sql, now_ms - RETENTION_CODE_DAYS * DAY_MS, error);
}

gboolean retention_run(Sql *sql, gint64 today, gint64 now_ms, GArray *ended, GError **error)
{
	guint n_before = ended->len;
	if (!sql_begin(sql, error))
		return FALSE;
	if (!destroy_all(sql, today, now_ms, ended, error) || !sql_commit(sql, error)) {
		sql_rollback(sql);
		g_array_set_size(ended, n_before);
		return FALSE;
	}
	return ended->len == n_before || sql_purge(sql, error);
}
