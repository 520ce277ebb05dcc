#include "server/store/month/month_contents.h"

#include <string.h>

#include "server/rules/calendar.h"
#include "server/store/history.h"
#include "server/store/month/month_lines.h"
#include "server/store/month/month_units.h"
#include "server/store/month/months.h"
#include "server/store/time/verdicts.h"

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

/* The days that are locked already, by bits. */
static gboolean locked_days(const Pass *pass, PersonId person, gint64 *days, GError **error)
{
	SqlStep step = SQL_FAILED;
	*days = 0;
	g_autoptr(SqlStatement) rows = sql_query(
		pass->sql, error, "SELECT days FROM month_person WHERE person=$1 AND month_day=$2", "ii",
		person, pass->month_day);
	while (rows != NULL && (step = sql_next(rows, error)) == SQL_ROW)
		*days |= sql_int(rows, 0);
	return step == SQL_DONE;
}

/* ── What hinders ── */

static void count(GArray *hindrances, guint first, MonthHinderKind kind, PersonId person,
				  gint64 day)
{
	for (guint i = first; i < hindrances->len; i++) {
		MonthHindrance *one = &g_array_index(hindrances, MonthHindrance, i);
		if (one->kind == kind) {
			one->n_days++;
			return;
		}
	}
	const MonthHindrance one = {.kind = kind, .person = person, .first_day = day, .n_days = 1};
	g_array_append_val(hindrances, one);
}

/* `first`: where those of this person begin. */
static void count_codes(GArray *hindrances, guint first, PersonId person, const Verdict *verdict)
{
	static const struct {
		const char *code;
		MonthHinderKind kind;
	} waiting[] = {
		{"BL", MONTH_HINDER_DATA}, {"MV", MONTH_HINDER_CLAIM}, {"BT", MONTH_HINDER_UNENROLLED}};
	g_auto(GStrv) codes = g_strsplit(verdict->codes, " ", -1);
	for (gsize i = 0; i < G_N_ELEMENTS(waiting); i++)
		if (g_strv_contains((const char *const *)codes, waiting[i].code))
			count(hindrances, first, waiting[i].kind, person, verdict->day);
	if (strcmp(verdict->state, "running") == 0)
		count(hindrances, first, MONTH_HINDER_RUNNING, person, verdict->day);
}

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

static gboolean add_undecided(const Pass *pass, gint64 utc_offset_min, GError **error)
{
	gint64 from = pass->month_day, end = pass->end_day;
	return add_rows(pass->hindrances, MONTH_HINDER_ROSTER,
					sql_query(pass->sql, error, drafts, "iii", pass->unit, from, end), error) &&
		   add_rows(pass->hindrances, MONTH_HINDER_REQUEST,
					sql_query(pass->sql, error, requests, "iii", pass->unit, from, end), error) &&
		   add_rows(pass->hindrances, MONTH_HINDER_CORRECTION,
					sql_query(pass->sql, error, corrections, "iii", pass->unit, from, end),
					error) &&
		   add_rows(pass->hindrances, MONTH_HINDER_OUTAGE,
					sql_query(pass->sql, error, outages, "iiiiii", pass->unit, from, end,
							  calendar_ms(from, 0, utc_offset_min),
							  calendar_ms(end, 0, utc_offset_min), utc_offset_min * MINUTE_MS),
					error);
}

/* ── One person ── */

static gboolean add_verdict(Pass *pass, const Verdict *verdict, guint first, MonthContent *content,
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
		count_codes(pass->hindrances, first, verdict->person, verdict);
	return TRUE;
}

static gboolean read_person(Pass *pass, PersonId person, MonthContent *content, GError **error)
{
	guint first = pass->hindrances != NULL ? pass->hindrances->len : 0;
	gint64 locked = 0;
	Verdict verdict;
	SqlStep step = SQL_FAILED;
	if (!locked_days(pass, person, &locked, error) ||
		(pass->freeze &&
		 !verdicts_keep_reasons(pass->sql, person, pass->month_day, pass->end_day, error)))
		return FALSE;
	g_autoptr(VerdictCursor) rows =
		verdicts_of_person(pass->sql, person, pass->month_day, pass->end_day, error);
	while (rows != NULL && (step = verdicts_next(rows, &verdict, error)) == SQL_ROW)
		if ((locked >> (verdict.day - pass->month_day) & 1) == 0 &&
			!add_verdict(pass, &verdict, first, content, error))
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
	if (!add_undecided(&pass, utc_offset_min, error))
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
