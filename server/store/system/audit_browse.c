#include "server/store/system/audit_browse.h"

#include "server/store/history.h"

/* clang-format off */
static const char lines_sql[] =
	"SELECT e.seq, e.at_ms, c.name, e.action, e.person, n.name, e.detail, e.address"
	" FROM audit_entry e LEFT JOIN account c ON c.id=e.account"
	" LEFT JOIN person_name n ON n.person=e.person AND" NOW_ON("n", "$1")
	" WHERE e.seq<$2 AND ($3=0 OR e.person=$3)"
	" ORDER BY e.seq DESC LIMIT $4";
/* clang-format on */

static void line_free(gpointer data)
{
	AuditLine *line = data;
	g_free(line->account);
	g_free(line->action);
	g_free(line->name);
	g_free(line->detail);
	g_free(line->address);
	g_free(line);
}

GPtrArray *audit_browse(Sql *sql, gint64 person, gint64 day, gint64 before_seq, gint64 n_max,
						GError **error)
{
	g_autoptr(GPtrArray) lines = g_ptr_array_new_with_free_func(line_free);
	g_autoptr(SqlStatement) rows =
		sql_query(sql, error, lines_sql, "iiii", day, before_seq, person, n_max);
	SqlStep step = SQL_FAILED;
	while (rows != NULL && (step = sql_next(rows, error)) == SQL_ROW) {
		AuditLine *line = g_new0(AuditLine, 1);
		line->seq = sql_int(rows, 0);
		line->at_ms = sql_int(rows, 1);
		line->account = g_strdup(sql_text(rows, 2));
		line->action = g_strdup(sql_text(rows, 3));
		line->person = sql_int(rows, 4);
		line->name = g_strdup(sql_text(rows, 5));
		line->detail = g_strdup(sql_text(rows, 6));
		line->address = g_strdup(sql_text(rows, 7));
		g_ptr_array_add(lines, line);
	}
	return step == SQL_DONE ? g_steal_pointer(&lines) : NULL;
}
