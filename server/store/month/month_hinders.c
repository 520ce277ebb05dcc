#include "server/store/month/month_hinders.h"

#include <string.h>

#include "server/rules/calendar.h"
#include "server/store/history.h"
#include "server/store/month/month_units.h"
#include "server/store/month/months.h"

const char *month_hinder_text(MonthHinderKind kind)
{
	static const char *const texts[N_MONTH_HINDERS] = {
		[MONTH_HINDER_DATA] = "belum lengkap",
		[MONTH_HINDER_CLAIM] = "menunggu verifikasi",
		[MONTH_HINDER_UNENROLLED] = "belum terdaftar",
		[MONTH_HINDER_RUNNING] = "hari belum selesai",
		[MONTH_HINDER_ROSTER] = "jadwal jaga belum diterbitkan",
		[MONTH_HINDER_REQUEST] = "perubahan jadwal jaga belum diputuskan",
		[MONTH_HINDER_CORRECTION] = "koreksi belum diputuskan",
		[MONTH_HINDER_OUTAGE] = "gangguan belum diputuskan",
	};
	return texts[kind];
}

gboolean month_locked_days(Sql *sql, PersonId person, gint64 month_day, gint64 *days,
						   GError **error)
{
	SqlStep step = SQL_FAILED;
	*days = 0;
	g_autoptr(SqlStatement) rows =
		sql_query(sql, error, "SELECT days FROM month_person WHERE person=$1 AND month_day=$2",
				  "ii", person, month_day);
	while (rows != NULL && (step = sql_next(rows, error)) == SQL_ROW)
		*days |= sql_int(rows, 0);
	return step == SQL_DONE;
}

/* ── Days ── */

static void count(GArray *hindrances, MonthHinderKind kind, PersonId person, gint64 day)
{
	for (guint i = hindrances->len; i > 0; i--) {
		MonthHindrance *one = &g_array_index(hindrances, MonthHindrance, i - 1);
		if (one->person != person)
			break;
		if (one->kind == kind) {
			one->n_days++;
			return;
		}
	}
	const MonthHindrance one = {.kind = kind, .person = person, .first_day = day, .n_days = 1};
	g_array_append_val(hindrances, one);
}

void month_hinders_take(GArray *hindrances, PersonId person, gint64 day, const char *codes,
						const char *state)
{
	static const struct {
		const char *code;
		MonthHinderKind kind;
	} waiting[] = {
		{"BL", MONTH_HINDER_DATA}, {"MV", MONTH_HINDER_CLAIM}, {"BT", MONTH_HINDER_UNENROLLED}};
	g_auto(GStrv) split = g_strsplit(codes, " ", -1);
	for (gsize i = 0; i < G_N_ELEMENTS(waiting); i++)
		if (g_strv_contains((const char *const *)split, waiting[i].code))
			count(hindrances, waiting[i].kind, person, day);
	if (strcmp(state, "running") == 0)
		count(hindrances, MONTH_HINDER_RUNNING, person, day);
}

/* Days that are not final, of everybody, found by their two indexes. */
static const char not_final[] =
	"SELECT person, day, codes, state, unit FROM verdict"
	" WHERE state='waiting' AND day>=$1 AND day<$2"
	" UNION ALL SELECT person, day, codes, state, unit FROM verdict"
	" WHERE due_ms IS NOT NULL AND state='running' AND day>=$1 AND day<$2 ORDER BY 1, 2";

/* Days of everybody into the arrays of their units. */
typedef struct {
	Sql *sql;
	gint64 month_day;
	MonthUnits *units;
	GHashTable *arrays; /* unit → GArray of MonthHindrance; of other units nothing is kept */
	PersonId person;    /* of whom `locked` is */
	gint64 locked;
} Scan;

static gboolean take_row(Scan *scan, SqlStatement *row, GError **error)
{
	PersonId person = sql_int(row, 0);
	gint64 day = sql_int(row, 1), month_unit = 0;
	if (!month_units_of(scan->units, sql_int(row, 4), day, &month_unit, error))
		return FALSE;
	GArray *hindrances = g_hash_table_lookup(scan->arrays, &month_unit);
	if (hindrances == NULL)
		return TRUE;
	if (person != scan->person &&
		!month_locked_days(scan->sql, person, scan->month_day, &scan->locked, error))
		return FALSE;
	scan->person = person;
	if ((scan->locked >> (day - scan->month_day) & 1) == 0)
		month_hinders_take(hindrances, person, day, sql_text(row, 2), sql_text(row, 3));
	return TRUE;
}

static gboolean take_days(Sql *sql, gint64 month_day, GHashTable *arrays, GError **error)
{
	g_autoptr(MonthUnits) units = month_units_new(sql);
	Scan scan = {.sql = sql, .month_day = month_day, .units = units, .arrays = arrays};
	SqlStep step = SQL_FAILED;
	g_autoptr(SqlStatement) rows =
		sql_query(sql, error, not_final, "ii", month_day, month_after(month_day, 1));
	while (rows != NULL && (step = sql_next(rows, error)) == SQL_ROW)
		if (!take_row(&scan, rows, error))
			return FALSE;
	return step == SQL_DONE;
}

/* ── What is not decided ── */

/* Rows of id, unit, first day and number of days. */
static gboolean add_rows(GArray *hindrances, MonthHinderKind kind, SqlStatement *rows,
						 GError **error)
{
	g_autoptr(SqlStatement) owned = rows;
	SqlStep step = SQL_FAILED;
	while (owned != NULL && (step = sql_next(owned, error)) == SQL_ROW) {
		const MonthHindrance one = {.kind = kind,
									.id = sql_int(owned, 0),
									.unit = sql_int(owned, 1),
									.first_day = sql_int(owned, 2),
									.n_days = sql_int(owned, 3)};
		g_array_append_val(hindrances, one);
	}
	return step == SQL_DONE;
}

/* clang-format off */
#define TREE \
	"WITH RECURSIVE tree(unit) AS (SELECT $1 UNION SELECT f.unit FROM tree" \
	" JOIN unit_fact f ON f.parent=tree.unit WHERE f.valid_from_day<$3 AND f.valid_to_day>$2" \
	" AND" AS_KNOWN_NOW("f") ") "
static const char drafts[] =
	TREE "SELECT 0, p.unit, min(p.day), count(DISTINCT p.day) FROM roster_plan p"
	" JOIN tree ON tree.unit=p.unit WHERE p.publication=0 AND p.day>=$2 AND p.day<$3"
	" GROUP BY p.unit ORDER BY p.unit";
static const char requests[] =
	TREE "SELECT r.id, 0, min(d.day), count(DISTINCT d.day) FROM roster_request r"
	" JOIN roster_request_day d ON d.request=r.id AND d.day>=$2 AND d.day<$3"
	" JOIN assignment a ON a.person=d.person AND" NOW_ON("a", "d.day")
	" JOIN tree ON tree.unit=a.unit WHERE r.state=1 GROUP BY r.id ORDER BY r.id";
static const char corrections[] =
	TREE "SELECT c.id, 0, c.day, 1 FROM correction c JOIN assignment a ON a.person=c.person"
	" AND" NOW_ON("a", "c.day") "JOIN tree ON tree.unit=a.unit"
	" WHERE c.state=1 AND c.day>=$2 AND c.day<$3 ORDER BY c.id";
/* $4, $5: the month's instants. */
static const char outages[] =
	TREE "SELECT o.id, 0, (o.from_ms+$6)/86400000, (o.to_ms-o.from_ms+86399999)/86400000 FROM outage o"
	" WHERE o.state=1 AND o.origin='declared' AND o.from_ms<$5 AND o.to_ms>$4 AND o.place IN"
	" (SELECT p.place FROM unit_place p JOIN tree ON tree.unit=p.unit"
	"  WHERE p.valid_from_day<$3 AND p.valid_to_day>$2 AND" AS_KNOWN_NOW("p") ") ORDER BY o.id";
/* clang-format on */

gboolean month_hinders_undecided(Sql *sql, gint64 unit, gint64 month_day, gint64 utc_offset_min,
								 GArray *hindrances, GError **error)
{
	gint64 end = month_after(month_day, 1);
	return add_rows(hindrances, MONTH_HINDER_ROSTER,
					sql_query(sql, error, drafts, "iii", unit, month_day, end), error) &&
		   add_rows(hindrances, MONTH_HINDER_REQUEST,
					sql_query(sql, error, requests, "iii", unit, month_day, end), error) &&
		   add_rows(hindrances, MONTH_HINDER_CORRECTION,
					sql_query(sql, error, corrections, "iii", unit, month_day, end), error) &&
		   add_rows(hindrances, MONTH_HINDER_OUTAGE,
					sql_query(sql, error, outages, "iiiiii", unit, month_day, end,
							  calendar_ms(month_day, 0, utc_offset_min),
							  calendar_ms(end, 0, utc_offset_min), utc_offset_min * MINUTE_MS),
					error);
}

/* ── Of one, of all ── */

static GHashTable *arrays_new(void)
{
	return g_hash_table_new_full(g_int64_hash, g_int64_equal, NULL, (GDestroyNotify)g_array_unref);
}

GArray *month_hinders_list(Sql *sql, gint64 unit, gint64 month_day, gint64 utc_offset_min,
						   GError **error)
{
	g_autoptr(GArray) out = g_array_new(FALSE, TRUE, sizeof(MonthHindrance));
	g_autoptr(GHashTable) arrays = arrays_new();
	g_hash_table_insert(arrays, &unit, g_array_ref(out));
	if (!take_days(sql, month_day, arrays, error) ||
		!month_hinders_undecided(sql, unit, month_day, utc_offset_min, out, error))
		return NULL;
	return g_steal_pointer(&out);
}

gint64 *month_hinders_count(Sql *sql, const GPtrArray *rows, gint64 month_day,
							gint64 utc_offset_min, GError **error)
{
	g_autofree gint64 *counts = g_new0(gint64, rows->len + 1);
	g_autoptr(GHashTable) arrays = arrays_new();
	for (guint i = 0; i < rows->len; i++)
		g_hash_table_insert(arrays, &((MonthRow *)rows->pdata[i])->unit,
							g_array_new(FALSE, TRUE, sizeof(MonthHindrance)));
	if (!take_days(sql, month_day, arrays, error))
		return NULL;
	for (guint i = 0; i < rows->len; i++) {
		const MonthRow *row = rows->pdata[i];
		GArray *of_unit = g_hash_table_lookup(arrays, &row->unit);
		if (row->state < MONTH_LOCKED &&
			!month_hinders_undecided(sql, row->unit, month_day, utc_offset_min, of_unit, error))
			return NULL;
		counts[i] = of_unit->len;
	}
	return g_steal_pointer(&counts);
}
