#include "server/store/month/month_contents.h"

#include <string.h>

#include "server/store/history.h"
#include "server/store/month/month_lines.h"
#include "server/store/month/month_units.h"
#include "server/store/month/months.h"
#include "server/store/time/verdicts.h"

/* A month being gone through. */
typedef struct {
	Sql *sql;
	gint64 unit, month_day, end_day;
	gboolean freeze;
	MonthUnits *units;
	MonthHash *hash;
	GArray *hindrances; /* NULL: not asked */
	MonthContents *out;
} Pass;

/* ── People ── */

/* clang-format off */
/* $1 unit, $2 first day, $3 end: who serves in its subtree as of any of the days.  By the day it is looked at
 * again, verdict by verdict. */
static const char people_of[] =
	"WITH RECURSIVE tree(unit) AS (SELECT $1 UNION SELECT f.unit FROM tree"
	" JOIN unit_fact f ON f.parent=tree.unit WHERE f.valid_from_day<$3 AND f.valid_to_day>$2"
	" AND" AS_KNOWN_NOW("f") ")"
	" SELECT DISTINCT a.person FROM assignment a JOIN tree ON tree.unit=a.unit"
	" WHERE a.valid_from_day<$3 AND a.valid_to_day>$2 AND" AS_KNOWN_NOW("a") "ORDER BY a.person";
/* clang-format on */

static GArray *list_people(const Pass *pass, GError **error)
{
	g_autoptr(GArray) people = g_array_new(FALSE, FALSE, sizeof(PersonId));
	SqlStep step = SQL_FAILED;
	g_autoptr(SqlStatement) rows =
		sql_query(pass->sql, error, people_of, "iii", pass->unit, pass->month_day, pass->end_day);
	while (rows != NULL && (step = sql_next(rows, error)) == SQL_ROW) {
		PersonId person = sql_int(rows, 0);
		g_array_append_val(people, person);
	}
	return step == SQL_DONE ? g_steal_pointer(&people) : NULL;
}

/* ── One person ── */

static gboolean add_verdict(Pass *pass, const Verdict *verdict, MonthContent *content,
							GError **error)
{
	MonthLine line;
	gint64 month_unit = 0;
	if (!month_units_of(pass->units, verdict->unit, verdict->day, &month_unit, error))
		return FALSE;
	if (month_unit != pass->unit)
		return TRUE;
	const char *code = month_units_code(pass->units, verdict->unit, error);
	if (code == NULL)
		return FALSE;
	month_line_of(verdict, code, verdict->reasons, &line);
	month_line_append(content->lines, &line);
	content->n_days++;
	content->days |= G_GINT64_CONSTANT(1) << (verdict->day - pass->month_day);
	if (pass->hindrances != NULL)
		month_hinders_take(pass->hindrances, verdict->person, verdict->day, verdict->codes,
						   verdict->state);
	return TRUE;
}

static gboolean read_person(Pass *pass, PersonId person, MonthContent *content, GError **error)
{
	gint64 locked = 0;
	Verdict verdict;
	SqlStep step = SQL_FAILED;
	if (!month_locked_days(pass->sql, person, pass->month_day, &locked, error) ||
		(pass->freeze &&
		 !verdicts_keep_reasons(pass->sql, person, pass->month_day, pass->end_day, error)))
		return FALSE;
	g_autoptr(VerdictCursor) rows =
		verdicts_of_person(pass->sql, person, pass->month_day, pass->end_day, error);
	while (rows != NULL && (step = verdicts_next(rows, &verdict, error)) == SQL_ROW)
		if ((locked >> (verdict.day - pass->month_day) & 1) == 0 &&
			!add_verdict(pass, &verdict, content, error))
			return FALSE;
	return step == SQL_DONE;
}

static gboolean add_person(Pass *pass, PersonId person, GString *lines, GError **error)
{
	MonthContent content = {.lines = g_string_truncate(lines, 0)};
	if (!read_person(pass, person, &content, error))
		return FALSE;
	if (content.n_days == 0)
		return TRUE;
	month_hash_lines(lines->str, lines->len, content.hash);
	month_hash_add_person(pass->hash, person, content.hash);
	pass->out->n_people++;
	pass->out->n_days += content.n_days;
	return !pass->freeze ||
		   month_lines_put(pass->sql, pass->unit, pass->month_day, person, &content, error);
}

static gboolean add_differences(Pass *pass, GError **error)
{
	const MonthFilter filter = {.unit = pass->unit, .month_day = pass->month_day};
	MonthDifference one;
	SqlStep step = SQL_FAILED;
	g_autoptr(MonthDifferenceCursor) rows =
		month_differences_list(pass->sql, &filter, FALSE, error);
	while (rows != NULL && (step = month_differences_next(rows, &one, error)) == SQL_ROW) {
		month_hash_add_difference(pass->hash, one.person, one.day, one.n, one.before_text,
								  one.after_text);
		pass->out->n_differences++;
	}
	return step == SQL_DONE;
}

/* ── All of it ── */

static gboolean go_through(Pass *pass, GError **error)
{
	g_autoptr(MonthUnits) units = month_units_new(pass->sql);
	pass->units = units;
	const char *code = month_units_code(units, pass->unit, error);
	if (code == NULL)
		return FALSE;
	g_autoptr(MonthHash) hash = month_hash_new(code, pass->month_day);
	g_autoptr(GString) lines = g_string_new(NULL);
	g_autoptr(GArray) people = list_people(pass, error);
	pass->hash = hash;
	*pass->out = (MonthContents){0};
	if (people == NULL)
		return FALSE;
	for (guint i = 0; i < people->len; i++)
		if (!add_person(pass, g_array_index(people, PersonId, i), lines, error))
			return FALSE;
	if (!add_differences(pass, error))
		return FALSE;
	month_hash_finish(hash, pass->out->hash);
	return TRUE;
}

gboolean month_contents_read(Sql *sql, gint64 unit, gint64 month_day, gint64 utc_offset_min,
							 MonthContents *out, GArray **hindrances, GError **error)
{
	g_autoptr(GArray) found = g_array_new(FALSE, TRUE, sizeof(MonthHindrance));
	Pass pass = {.sql = sql,
				 .unit = unit,
				 .month_day = month_day,
				 .end_day = month_after(month_day, 1),
				 .hindrances = hindrances != NULL ? found : NULL,
				 .out = out};
	if (!go_through(&pass, error))
		return FALSE;
	if (hindrances == NULL)
		return TRUE;
	if (!month_hinders_undecided(sql, unit, month_day, utc_offset_min, found, error))
		return FALSE;
	*hindrances = g_steal_pointer(&found);
	return TRUE;
}

gboolean month_contents_freeze(Sql *sql, gint64 unit, gint64 month_day, MonthContents *out,
							   GError **error)
{
	Pass pass = {.sql = sql,
				 .unit = unit,
				 .month_day = month_day,
				 .end_day = month_after(month_day, 1),
				 .freeze = TRUE,
				 .out = out};
	g_assert(sql_in_transaction(sql));
	return go_through(&pass, error);
}

/* ── Once more, from what is kept ── */

static gboolean verify_person(Sql *sql, gint64 unit, gint64 month_day, const MonthPersonHash *known,
							  gboolean *whole, GError **error)
{
	guint8 hash[MONTH_HASH_SIZE];
	g_autofree char *lines = month_lines_text(sql, unit, month_day, known->person, error);
	if (lines == NULL)
		return FALSE;
	month_hash_lines(lines, strlen(lines), hash);
	*whole = *whole && memcmp(hash, known->hash, sizeof hash) == 0;
	return TRUE;
}

gboolean month_contents_verify(Sql *sql, gint64 unit, gint64 month_day,
							   guint8 hash[MONTH_HASH_SIZE], gboolean *whole, GError **error)
{
	MonthContents contents = {0};
	g_autoptr(MonthUnits) units = month_units_new(sql);
	g_autoptr(GArray) people = month_person_hashes(sql, unit, month_day, error);
	const char *code = people != NULL ? month_units_code(units, unit, error) : NULL;
	*whole = TRUE;
	if (code == NULL)
		return FALSE;
	g_autoptr(MonthHash) sum = month_hash_new(code, month_day);
	Pass pass = {.sql = sql, .unit = unit, .month_day = month_day, .hash = sum, .out = &contents};
	for (guint i = 0; i < people->len; i++) {
		const MonthPersonHash *one = &g_array_index(people, MonthPersonHash, i);
		if (!verify_person(sql, unit, month_day, one, whole, error))
			return FALSE;
		month_hash_add_person(sum, one->person, one->hash);
	}
	if (!add_differences(&pass, error))
		return FALSE;
	month_hash_finish(sum, hash);
	return TRUE;
}
