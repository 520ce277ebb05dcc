#include "server/store/system/person_data.h"

#include <string.h>

/* Whoever has these can open something. */
static const char *const secret_columns[] = {"password_hash", "secret", "token_hash", "code_hash",
											 NULL};

/* Where the duty of $1 was on the days of [from, to): places of the person's own, of the unit and of those
 * above it, and where there was a punch. */
/* clang-format off */
#define OUTAGES_OF \
	"SELECT o.id FROM outage o WHERE o.state<>1 AND (EXISTS (SELECT 1 FROM punch p WHERE p.person=$1" \
	"  AND p.place=o.place AND p.at_ms>=o.from_ms-86400000 AND p.at_ms<o.to_ms+86400000)" \
	" OR o.place IN (WITH RECURSIVE duty(unit, from_day, to_day) AS (" \
	"   SELECT a.unit, a.valid_from_day, a.valid_to_day FROM assignment a WHERE a.person=$1" \
	"   UNION SELECT s.unit, s.valid_from_day, s.valid_to_day FROM secondary_assignment s" \
	"    WHERE s.person=$1" \
	"   UNION SELECT f.parent, duty.from_day, duty.to_day FROM duty JOIN unit_fact f" \
	"    ON f.unit=duty.unit WHERE f.parent IS NOT NULL)" \
	"  SELECT u.place FROM duty JOIN unit_place u ON u.unit=duty.unit" \
	"   WHERE o.from_ms/86400000-1<duty.to_day AND o.to_ms/86400000+1>=duty.from_day" \
	"  UNION SELECT a.duty_place FROM assignment a WHERE a.person=$1 AND a.duty_place IS NOT NULL" \
	"   AND o.from_ms/86400000-1<a.valid_to_day AND o.to_ms/86400000+1>=a.valid_from_day))"
/* clang-format on */

/* Tables that name the person by way of another: `where` instead of the key.  Of an outage that was
 * decided, all whose slots it may have decided: the person's duty places then, as far as the days go. */
static const struct {
	const char *table, *where;
} links[] = {
	{"leave_span", "leave_case IN (SELECT id FROM leave_case WHERE person = $1)"},
	{"roster_request", "id IN (SELECT request FROM roster_request_day WHERE person = $1)"
					   " OR account IN (SELECT id FROM account WHERE person = $1)"},
	{"roster_publication", "id IN (SELECT publication FROM roster_plan WHERE person = $1)"
						   " OR account IN (SELECT id FROM account WHERE person = $1)"},
	{"day_order", "scope = 'orang' AND target = $1"},
	{"day_order_span",
	 "day_order IN (SELECT id FROM day_order WHERE scope = 'orang' AND target = $1)"},
	{"outage", "id IN (" OUTAGES_OF ")"},
	{"outage_decision", "outage IN (" OUTAGES_OF ")"
						" OR account IN (SELECT id FROM account WHERE person = $1)"},
};

typedef struct {
	char *name;
	GPtrArray *columns; /* names */
	GArray *kinds;      /* SqlValueKind */
	char *key;          /* the column by which rows are the person's; NULL: none */
	gboolean of_account;
} Table;

static void table_free(gpointer data)
{
	Table *table = data;
	g_free(table->name);
	g_ptr_array_unref(table->columns);
	g_array_unref(table->kinds);
	g_free(table->key);
	g_free(table);
}

static SqlValueKind kind_of(const char *type)
{
	if (g_ascii_strcasecmp(type, "bigint") == 0)
		return SQL_VALUE_INT;
	if (g_ascii_strcasecmp(type, "bytea") == 0)
		return SQL_VALUE_BYTES;
	return g_str_has_prefix(type, "DOUBLE") || g_str_has_prefix(type, "double") ? SQL_VALUE_DOUBLE
																				: SQL_VALUE_TEXT;
}

/* A column that names the person goes before one that names the account. */
static void add_column(Table *table, const char *column, const char *type)
{
	SqlValueKind kind = kind_of(type);
	gboolean person = strcmp(column, "person") == 0 ||
					  (strcmp(table->name, "person") == 0 && strcmp(column, "id") == 0);
	if (person || (table->key == NULL && strcmp(column, "account") == 0)) {
		g_free(table->key);
		table->key = g_strdup(column);
		table->of_account = !person;
	}
	if (g_strv_contains(secret_columns, column))
		return;
	g_ptr_array_add(table->columns, g_strdup(column));
	g_array_append_val(table->kinds, kind);
}

/* The tables whose rows belong to people or accounts. */
static GPtrArray *list_tables(Sql *sql, GError **error)
{
	g_autoptr(GPtrArray) tables = g_ptr_array_new_with_free_func(table_free);
	g_autoptr(SqlStatement) rows =
		sql_query_values(sql, error, sql_driver_of(sql)->list_columns, NULL, 0);
	SqlStep step = SQL_FAILED;
	Table *table = NULL;
	while (rows != NULL && (step = sql_next(rows, error)) == SQL_ROW) {
		const char *name = sql_text(rows, 0);
		if (table == NULL || strcmp(table->name, name) != 0) {
			table = g_new0(Table, 1);
			table->name = g_strdup(name);
			table->columns = g_ptr_array_new_with_free_func(g_free);
			table->kinds = g_array_new(FALSE, FALSE, sizeof(SqlValueKind));
			g_ptr_array_add(tables, table);
		}
		add_column(table, sql_text(rows, 1), sql_text(rows, 2));
	}
	return step == SQL_DONE ? g_steal_pointer(&tables) : NULL;
}

static PersonDatum read_datum(SqlStatement *rows, const Table *table, guint column)
{
	PersonDatum datum = {.table = table->name,
						 .column = table->columns->pdata[column],
						 .kind = g_array_index(table->kinds, SqlValueKind, column)};
	gsize size = 0;
	if (sql_is_null(rows, (int)column)) {
		datum.kind = SQL_VALUE_NULL;
	} else if (datum.kind == SQL_VALUE_INT) {
		datum.integer = sql_int(rows, (int)column);
	} else if (datum.kind == SQL_VALUE_DOUBLE) {
		datum.real = sql_double(rows, (int)column);
	} else if (datum.kind == SQL_VALUE_BYTES) {
		sql_bytes(rows, (int)column, &size);
		datum.integer = (gint64)size;
	} else {
		datum.text = sql_text(rows, (int)column);
	}
	return datum;
}

static const char *link_of(const Table *table)
{
	for (gsize i = 0; i < G_N_ELEMENTS(links); i++)
		if (strcmp(links[i].table, table->name) == 0)
			return links[i].where;
	return NULL;
}

/* Names come from the database's own list, never from outside. */
static char *select_of(const Table *table)
{
	g_autoptr(GString) text = g_string_new("SELECT ");
	for (guint i = 0; i < table->columns->len; i++)
		g_string_append_printf(text, "%s\"%s\"", i == 0 ? "" : ", ",
							   (const char *)table->columns->pdata[i]);
	const char *where = link_of(table);
	if (where != NULL) {
		g_string_append_printf(text, " FROM \"%s\" WHERE %s", table->name, where);
		return g_string_free(g_steal_pointer(&text), FALSE);
	}
	g_string_append_printf(text, " FROM \"%s\" WHERE \"%s\" ", table->name, table->key);
	g_string_append(text,
					table->of_account ? "IN (SELECT id FROM account WHERE person = $1)" : "= $1");
	return g_string_free(g_steal_pointer(&text), FALSE);
}

static gboolean each_row(Sql *sql, const Table *table, const char *text, PersonId person,
						 PersonDatumSeen seen, gpointer user, GError **error)
{
	SqlValue key = {.kind = SQL_VALUE_INT, .type = SQL_VALUE_INT, .integer = person};
	g_autoptr(SqlStatement) rows = sql_query_values(sql, error, text, &key, 1);
	SqlStep step = SQL_FAILED;
	while (rows != NULL && (step = sql_next(rows, error)) == SQL_ROW)
		for (guint i = 0; i < table->columns->len; i++) {
			PersonDatum datum = read_datum(rows, table, i);
			seen(&datum, i == 0, user);
		}
	return step == SQL_DONE;
}

gboolean person_data_each(Sql *sql, PersonId person, PersonDatumSeen seen, gpointer user,
						  GError **error)
{
	g_autoptr(GPtrArray) tables = list_tables(sql, error);
	for (guint i = 0; tables != NULL && i < tables->len; i++) {
		const Table *table = tables->pdata[i];
		if ((table->key == NULL && link_of(table) == NULL) || table->columns->len == 0)
			continue;
		/* Statements are cached by their address, for as long as the connection lives. */
		g_autofree char *text = select_of(table);
		if (!each_row(sql, table, g_intern_string(text), person, seen, user, error))
			return FALSE;
	}
	return tables != NULL;
}
