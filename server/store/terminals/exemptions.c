#include "server/store/terminals/exemptions.h"

#include <string.h>

G_DEFINE_QUARK(hadir - exemption - error, exemption_error)

static gboolean refuse(GError **error, const char *text)
{
	g_set_error_literal(error, EXEMPTION_ERROR, EXEMPTION_ERROR_VALUE, text);
	return FALSE;
}

static gboolean check(const Exemption *exemption, GError **error)
{
	const char *letter = exemption->letter;

	if (letter == NULL || *letter == '\0' || strlen(letter) > EXEMPTION_LETTER_MAX ||
		!g_utf8_validate(letter, -1, NULL))
		return refuse(error, "letter: 1 to 100 bytes of text are expected");
	if (exemption->to_day <= exemption->from_day)
		return refuse(error, "to: the last day lies before the first");
	if (exemption->approver == exemption->person)
		return refuse(error, "approver: nobody exempts themselves");
	return TRUE;
}

gint64 exemptions_add(Sql *sql, const Exemption *exemption, gint64 now_ms, GError **error)
{
	gint64 last;

	if (!check(exemption, error) ||
		!sql_get_int(sql, &last, 0, error, "SELECT max(id) FROM exemption", "") ||
		!sql_run(
			sql, error,
			"INSERT INTO exemption (id, person, letter, from_day, to_day, approver, recorded_ms)"
			" VALUES ($1, $2, $3, $4, $5, $6, $7)",
			"iitiiii", last + 1, (gint64)exemption->person, exemption->letter, exemption->from_day,
			exemption->to_day, (gint64)exemption->approver, now_ms)) {
		g_prefix_error(error, "exemption: ");
		return 0;
	}
	return last + 1;
}

gboolean exemptions_end(Sql *sql, gint64 id, gint64 now_ms, gboolean *found, GError **error)
{
	gint64 n = sql_change(sql, error,
						  "UPDATE exemption SET ended_ms = $2 WHERE id = $1 AND ended_ms IS NULL",
						  "ii", id, now_ms);

	*found = n > 0;
	return n >= 0;
}

gboolean exemptions_active(Sql *sql, PersonId person, gint64 day, gboolean *active, GError **error)
{
	gint64 n;

	if (!sql_get_int(sql, &n, 0, error,
					 "SELECT count(*) FROM exemption WHERE person = $1 AND from_day <= $2"
					 " AND to_day > $2 AND ended_ms IS NULL",
					 "ii", (gint64)person, day))
		return FALSE;
	*active = n > 0;
	return TRUE;
}

gboolean exemptions_each(Sql *sql, ExemptionSeen seen, gpointer user, GError **error)
{
	g_autoptr(SqlStatement) rows =
		sql_query(sql, error,
				  "SELECT id, person, letter, from_day, to_day, approver FROM exemption"
				  " WHERE ended_ms IS NULL ORDER BY id",
				  "");
	SqlStep step = SQL_FAILED;

	while (rows != NULL && (step = sql_next(rows, error)) == SQL_ROW) {
		const Exemption exemption = {sql_int(rows, 0), sql_int(rows, 1), sql_text(rows, 2),
									 sql_int(rows, 3), sql_int(rows, 4), sql_int(rows, 5)};
		seen(&exemption, user);
	}
	return step == SQL_DONE;
}
