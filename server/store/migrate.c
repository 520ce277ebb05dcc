#include "server/store/migrate.h"

#include <string.h>

static gboolean make_table(Sql *sql, GError **error)
{
	return sql_run(sql, error,
				   "CREATE TABLE IF NOT EXISTS migration ("
				   " number BIGINT PRIMARY KEY,"
				   " name TEXT NOT NULL,"
				   " sha256 TEXT NOT NULL,"
				   " applied_ms BIGINT NOT NULL)",
				   "");
}

static char *hash_of(const SchemaFile *file)
{
	return g_compute_checksum_for_string(G_CHECKSUM_SHA256, file->text, -1);
}

/* Whether the file was applied before; an error when it was another text. */
static gboolean find_applied(Sql *sql, const SchemaFile *file, gboolean *applied, GError **error)
{
	g_autoptr(SqlStatement) row =
		sql_query(sql, error, "SELECT sha256 FROM migration WHERE number=$1", "i", file->number);
	if (row == NULL)
		return FALSE;
	SqlStep step = sql_next(row, error);
	*applied = step == SQL_ROW;
	if (step != SQL_ROW)
		return step == SQL_DONE;
	g_autofree char *hash = hash_of(file);
	if (strcmp(hash, sql_text(row, 0)) == 0)
		return TRUE;
	g_set_error(error, SQL_ERROR, SQL_ERROR_FAILED,
				"%s was applied with another text: a released migration is never edited",
				file->name);
	return FALSE;
}

static gboolean apply(Sql *sql, const SchemaFile *file, gint64 now_ms, GError **error)
{
	gboolean applied = FALSE;
	if (!find_applied(sql, file, &applied, error))
		return FALSE;
	if (applied)
		return TRUE;
	g_autofree char *hash = hash_of(file);
	return sql_script(sql, file->text, error) &&
		   sql_run(sql, error,
				   "INSERT INTO migration (number, name, sha256, applied_ms)"
				   " VALUES ($1,$2,$3,$4)",
				   "itti", file->number, file->name, hash, now_ms);
}

/* No migration of a later program? */
static gboolean check_unknown(Sql *sql, const SchemaFile *files, gsize n_files, GError **error)
{
	gint64 last = n_files > 0 ? files[n_files - 1].number : 0;
	gint64 newest = 0;
	if (!sql_get_int(sql, &newest, 0, error, "SELECT max(number) FROM migration", ""))
		return FALSE;
	if (newest <= last)
		return TRUE;
	g_set_error(error, SQL_ERROR, SQL_ERROR_FAILED,
				"the database has migration %" G_GINT64_FORMAT
				", this program knows up to %" G_GINT64_FORMAT ": use the newer program",
				newest, last);
	return FALSE;
}

static gboolean run_one(Sql *sql, const SchemaFile *file, gint64 now_ms, GError **error)
{
	if (!sql_begin(sql, error))
		return FALSE;
	if (!apply(sql, file, now_ms, error)) {
		sql_rollback(sql);
		return FALSE;
	}
	return sql_commit(sql, error);
}

gboolean migrate_run_files(Sql *sql, const SchemaFile *files, gsize n_files, gint64 now_ms,
						   GError **error)
{
	if (!make_table(sql, error) || !check_unknown(sql, files, n_files, error)) {
		g_prefix_error(error, "migrate: ");
		return FALSE;
	}
	for (gsize i = 0; i < n_files; i++) {
		if (!run_one(sql, &files[i], now_ms, error)) {
			g_prefix_error(error, "migrate: %s: ", files[i].name);
			return FALSE;
		}
	}
	return TRUE;
}

gboolean migrate_run(Sql *sql, gint64 now_ms, GError **error)
{
	return migrate_run_files(sql, schema_files, n_schema_files, now_ms, error);
}

gboolean migrate_check(Sql *sql, GError **error)
{
	if (!check_unknown(sql, schema_files, n_schema_files, error)) {
		g_prefix_error(error, "check schema: ");
		return FALSE;
	}
	for (gsize i = 0; i < n_schema_files; i++) {
		gboolean applied = FALSE;
		if (!find_applied(sql, &schema_files[i], &applied, error)) {
			g_prefix_error(error, "check schema: ");
			return FALSE;
		}
		if (!applied) {
			g_set_error(error, SQL_ERROR, SQL_ERROR_FAILED,
						"check schema: %s is not applied yet; start the core role first",
						schema_files[i].name);
			return FALSE;
		}
	}
	return TRUE;
}
