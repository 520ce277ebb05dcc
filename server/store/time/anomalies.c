#include "server/store/time/anomalies.h"

#include <string.h>

#include "protocol/event.h"
#include "server/rules/calendar.h"
#include "server/store/history.h"
#include "server/store/terminals/places.h"
#include "server/store/time/anomalies_private.h"
#include "server/store/time/outage_decisions.h"
#include "server/store/time/punches.h"

void anomaly_row_free(AnomalyRow *row)
{
	if (row == NULL)
		return;
	g_free(row->name);
	g_free(row->number);
	g_free(row->other_name);
	g_free(row->place_name);
	g_free(row->note);
	g_free(row->evidence);
	g_free(row);
}

AnomalyRow *anomaly_add(AnomalySearch *search)
{
	AnomalyRow *row = g_new0(AnomalyRow, 1);
	g_ptr_array_add(search->rows, row);
	return row;
}

/* ── what is known of those in a row ── */

static gboolean name_of(Sql *sql, PersonId person, gint64 day, char **name, char **number,
						GError **error)
{
	g_autoptr(SqlStatement) row = sql_query(
		sql, error,
		"SELECT n.name, o.digits FROM person p LEFT JOIN person_name n ON n.person=p.id AND" NOW_ON(
			"n",
			"$2") " LEFT JOIN person_number o ON o.person=p.id AND" NOW_ON("o",
																		   "$2") " WHERE p.id=$1",
		"ii", person, day);
	SqlStep step = row == NULL ? SQL_FAILED : sql_next(row, error);
	if (step != SQL_ROW)
		return step == SQL_DONE;
	*name = g_strdup(sql_text(row, 0));
	if (number != NULL)
		*number = g_strdup(sql_text(row, 1));
	return TRUE;
}

static gboolean complete(const AnomalySearch *search, AnomalyRow *row, GError **error)
{
	g_autoptr(GError) inner = NULL;
	if (row->person != 0 &&
		!name_of(search->sql, row->person, row->day, &row->name, &row->number, error))
		return FALSE;
	if (row->other != 0 && row->other_name == NULL &&
		!name_of(search->sql, row->other, row->day, &row->other_name, NULL, error))
		return FALSE;
	if (row->place == 0)
		return TRUE;
	row->place_name = places_name(search->sql, row->place, row->day, &inner);
	if (inner == NULL)
		return TRUE;
	g_propagate_error(error, g_steal_pointer(&inner));
	return FALSE;
}

static int by_number(gconstpointer a, gconstpointer b)
{
	const AnomalyRow *x = *(const AnomalyRow *const *)a, *y = *(const AnomalyRow *const *)b;
	if (x->n != y->n)
		return x->n > y->n ? -1 : 1;
	if (x->day != y->day)
		return x->day < y->day ? -1 : 1;
	return (x->person > y->person) - (x->person < y->person);
}

/* ── punches by hand ── */

/* clang-format off */
/* Those without a finger that somebody decided on, and those of lists. */
#define LOCAL_DAY(at) "((" at "+$3)/86400000)"
#define FINGERLESS \
	" FROM claim c JOIN journal j ON j.id=c.journal" \
	" JOIN punch p ON p.terminal=j.terminal AND p.journal=j.journal AND p.seq=c.seq" \
	" WHERE c.state='accepted' AND p.state=1 AND p.at_ms>=$1 AND p.at_ms<$2"

static const char by_person[] =
	"SELECT person, count(*), max(day) FROM (SELECT DISTINCT p.person AS person," LOCAL_DAY("p.at_ms")
	" AS day FROM punch p WHERE p.terminal='" PUNCH_BY_HAND "' AND p.state=1 AND p.at_ms>=$1 AND p.at_ms<$2"
	" UNION SELECT p.person," LOCAL_DAY("p.at_ms") FINGERLESS " AND (c.approver IS NOT NULL OR c.decider IS NOT NULL)"
	") AS hand GROUP BY person HAVING count(*)>=$4";

static const char by_approver[] =
	"SELECT c.approver, count(*), max(" LOCAL_DAY("p.at_ms") "), count(DISTINCT p.person)" FINGERLESS
	" AND c.approver IS NOT NULL GROUP BY c.approver HAVING count(*)>=$4";

static const char by_account[] =
	"SELECT a.name, count(*), max(" LOCAL_DAY("p.at_ms") "), count(DISTINCT p.person) FROM account a"
	" JOIN claim c ON c.decider=a.id JOIN journal j ON j.id=c.journal"
	" JOIN punch p ON p.terminal=j.terminal AND p.journal=j.journal AND p.seq=c.seq"
	" WHERE c.state='accepted' AND p.state=1 AND p.at_ms>=$1 AND p.at_ms<$2 GROUP BY a.name HAVING count(*)>=$4";

static const char by_list[] =
	"SELECT p.letter, count(*), max(" LOCAL_DAY("p.at_ms") "), count(DISTINCT p.person) FROM punch p"
	" WHERE p.terminal='" PUNCH_BY_HAND "' AND p.state=1 AND p.at_ms>=$1 AND p.at_ms<$2"
	" GROUP BY p.letter HAVING count(*)>=$4";
/* clang-format on */

static SqlStatement *ask_hand(const AnomalySearch *search, const char *text, gint64 n_min,
							  GError **error)
{
	return sql_query(search->sql, error, text, "iiii", search->from_ms, search->to_ms,
					 search->filter->utc_offset_min * MINUTE_MS, n_min);
}

static gint64 or_default(gint64 asked, gint64 usual)
{
	return asked > 0 ? asked : usual;
}

static gboolean find_hand_person(AnomalySearch *search, GError **error)
{
	SqlStep step = SQL_FAILED;
	g_autoptr(SqlStatement) rows = ask_hand(
		search, by_person, or_default(search->filter->hand_days, ANOMALY_HAND_DAYS), error);
	while (rows != NULL && (step = sql_next(rows, error)) == SQL_ROW) {
		AnomalyRow *row = anomaly_add(search);
		row->person = sql_int(rows, 0);
		row->n = sql_int(rows, 1);
		row->day = sql_int(rows, 2);
	}
	return step == SQL_DONE;
}

static gboolean find_hand_approver(AnomalySearch *search, GError **error)
{
	SqlStep step = SQL_FAILED;
	g_autoptr(SqlStatement) rows = ask_hand(
		search, by_approver, or_default(search->filter->approvals, ANOMALY_APPROVALS), error);
	while (rows != NULL && (step = sql_next(rows, error)) == SQL_ROW) {
		AnomalyRow *row = anomaly_add(search);
		row->other = sql_int(rows, 0);
		row->n = sql_int(rows, 1);
		row->day = sql_int(rows, 2);
		row->note =
			g_strdup_printf("presensi %" G_GINT64_FORMAT " orang disetujui", sql_int(rows, 3));
	}
	return step == SQL_DONE;
}

static gboolean add_admin(AnomalySearch *search, SqlStatement *rows, const char *what,
						  GError **error)
{
	SqlStep step = SQL_FAILED;
	while (rows != NULL && (step = sql_next(rows, error)) == SQL_ROW) {
		AnomalyRow *row = anomaly_add(search);
		row->other_name = g_strconcat(what, sql_text(rows, 0), NULL);
		row->n = sql_int(rows, 1);
		row->day = sql_int(rows, 2);
		row->note = g_strdup_printf("presensi %" G_GINT64_FORMAT " orang", sql_int(rows, 3));
	}
	return step == SQL_DONE;
}

static gboolean find_hand_admin(AnomalySearch *search, GError **error)
{
	gint64 n_min = or_default(search->filter->approvals, ANOMALY_APPROVALS);
	g_autoptr(SqlStatement) accounts = ask_hand(search, by_account, n_min, error);
	if (!add_admin(search, accounts, "akun ", error))
		return FALSE;
	g_autoptr(SqlStatement) lists = ask_hand(search, by_list, n_min, error);
	return add_admin(search, lists, "daftar ", error);
}

/* ── punches of those who have gone ── */

/* clang-format off */
/* The employment of the punch's own day is without duty; or there is none. */
#define PUNCHED "p.person," LOCAL_DAY("p.at_ms") ", p.terminal, p.journal, p.seq, p.place"
#define PUNCHED_WITHIN "p.state=1 AND p.at_ms>=$1 AND p.at_ms<$2"
static const char without_duty[] =
	"SELECT " PUNCHED ", s.name FROM legal_status s JOIN person_employment e ON e.status=s.code AND" AS_KNOWN_NOW("e")
	"JOIN punch p ON p.person=e.person AND " PUNCHED_WITHIN
	" AND" LOCAL_DAY("p.at_ms") ">=e.valid_from_day AND" LOCAL_DAY("p.at_ms") "<e.valid_to_day"
	" WHERE s.day_code IS NOT NULL AND e.valid_from_day<=" LOCAL_DAY("$2") " AND e.valid_to_day>" LOCAL_DAY("$1");

/* People whose employment does not cover the whole time, and their punches on days without any. */
static const char not_employed[] =
	"SELECT " PUNCHED ", (SELECT m.kind FROM mutation m WHERE m.person=p.person AND m.tmt_day<=" LOCAL_DAY("p.at_ms")
	" ORDER BY m.tmt_day DESC, m.id DESC LIMIT 1) FROM person x JOIN punch p ON p.person=x.id AND " PUNCHED_WITHIN
	" WHERE NOT EXISTS (SELECT 1 FROM person_employment e WHERE e.person=x.id AND" AS_KNOWN_NOW("e")
	"AND e.valid_from_day<=" LOCAL_DAY("$1") " AND e.valid_to_day>" LOCAL_DAY("$2") ")"
	" AND NOT EXISTS (SELECT 1 FROM person_employment e WHERE e.person=x.id AND" AS_KNOWN_NOW("e")
	"AND e.valid_from_day<=" LOCAL_DAY("p.at_ms") " AND e.valid_to_day>" LOCAL_DAY("p.at_ms") ")";
/* clang-format on */

static gboolean add_gone(AnomalySearch *search, SqlStatement *rows, GError **error)
{
	SqlStep step = SQL_FAILED;
	while (rows != NULL && (step = sql_next(rows, error)) == SQL_ROW) {
		gsize size;
		const guint8 *journal = sql_bytes(rows, 3, &size);
		AnomalyRow *row = anomaly_add(search);
		row->person = sql_int(rows, 0);
		row->day = sql_int(rows, 1);
		row->n = 1;
		row->place = sql_int(rows, 5);
		row->note = g_strdup(sql_text(rows, 6));
		GString *evidence = g_string_new(sql_text(rows, 2));
		g_string_append_c(evidence, '/');
		for (gsize i = 0; i < size; i++)
			g_string_append_printf(evidence, "%02x", journal[i]);
		g_string_append_printf(evidence, "/%" G_GINT64_FORMAT, sql_int(rows, 4));
		row->evidence = g_string_free(evidence, FALSE);
	}
	return step == SQL_DONE;
}

static gboolean find_gone(AnomalySearch *search, GError **error)
{
	gint64 offset_ms = search->filter->utc_offset_min * MINUTE_MS;
	g_autoptr(SqlStatement) suspended = sql_query(search->sql, error, without_duty, "iii",
												  search->from_ms, search->to_ms, offset_ms);
	if (!add_gone(search, suspended, error))
		return FALSE;
	g_autoptr(SqlStatement) gone = sql_query(search->sql, error, not_employed, "iii",
											 search->from_ms, search->to_ms, offset_ms);
	return add_gone(search, gone, error);
}

/* ── rosters and outages ── */

/* clang-format off */
/* Approved after the earlier of the two shifts had begun; a day off begins with the day. */
#define START(shift, other) "coalesce(" shift ".start_min," other ".start_min,0)"
static const char changed_rosters[] =
	"SELECT d.person, d.day, q.id, q.kind, q.reason, a.name, coalesce(o.code,'-'), coalesce(s.code,'-')"
	" FROM roster_request q JOIN roster_request_day d ON d.request=q.id"
	" LEFT JOIN work_shift o ON o.id=d.old_shift LEFT JOIN work_shift s ON s.id=d.shift"
	" LEFT JOIN account a ON a.id=q.decided_by"
	" WHERE q.state=2 AND d.day>=$1 AND d.day<$2 AND q.decided_ms>d.day*86400000-$3+60000*"
	"(CASE WHEN " START("o", "s") "<" START("s", "o") " THEN " START("o", "s") " ELSE " START("s", "o") " END)"
	" ORDER BY d.day, d.person";
/* clang-format on */

static gboolean find_rosters(AnomalySearch *search, GError **error)
{
	SqlStep step = SQL_FAILED;
	g_autoptr(SqlStatement) rows =
		sql_query(search->sql, error, changed_rosters, "iii", search->filter->from_day,
				  search->filter->to_day, search->filter->utc_offset_min * MINUTE_MS);
	while (rows != NULL && (step = sql_next(rows, error)) == SQL_ROW) {
		AnomalyRow *row = anomaly_add(search);
		row->person = sql_int(rows, 0);
		row->day = sql_int(rows, 1);
		row->n = 1;
		row->other_name = g_strdup(sql_text(rows, 5));
		row->note = g_strdup_printf("%s menjadi %s: %s", sql_text(rows, 6), sql_text(rows, 7),
									sql_text(rows, 4));
		row->evidence =
			g_strdup_printf("%s %" G_GINT64_FORMAT, sql_text(rows, 3), sql_int(rows, 2));
	}
	return step == SQL_DONE;
}

static gboolean find_outages(AnomalySearch *search, GError **error)
{
	g_autoptr(GPtrArray) places =
		outage_places(search->sql, search->from_ms, search->to_ms,
					  or_default(search->filter->outages, ANOMALY_OUTAGES),
					  search->filter->utc_offset_min, error);
	for (guint i = 0; places != NULL && i < places->len; i++) {
		const OutagePlace *place = places->pdata[i];
		AnomalyRow *row = anomaly_add(search);
		row->place = place->place;
		row->day = search->filter->to_day - 1;
		row->n = place->n;
		row->note = g_strdup_printf("%" G_GINT64_FORMAT " menit, %" G_GINT64_FORMAT
									" kali pada hari kerja pertama setelah libur",
									place->minutes, place->n_after_holiday);
		row->evidence = g_strdup(place->place_code);
	}
	return places != NULL;
}

GPtrArray *anomalies_list(Sql *sql, AnomalyKind kind, const AnomalyFilter *filter, GError **error)
{
	static gboolean (*const find[N_ANOMALY_KINDS])(AnomalySearch *search, GError **error) = {
		[ANOMALY_HAND_PERSON] = find_hand_person,
		[ANOMALY_HAND_APPROVER] = find_hand_approver,
		[ANOMALY_HAND_ADMIN] = find_hand_admin,
		[ANOMALY_PAIRS] = anomalies_find_pairs,
		[ANOMALY_TRAVEL] = anomalies_find_travel,
		[ANOMALY_LEAVE] = anomalies_find_leave,
		[ANOMALY_GONE] = find_gone,
		[ANOMALY_ROSTER] = find_rosters,
		[ANOMALY_OUTAGE] = find_outages,
	};
	g_autoptr(GPtrArray) rows =
		g_ptr_array_new_with_free_func((GDestroyNotify)(void (*)(void))anomaly_row_free);
	AnomalySearch search = {sql, filter, calendar_ms(filter->from_day, 0, filter->utc_offset_min),
							calendar_ms(filter->to_day, 0, filter->utc_offset_min), rows};
	if (!find[kind](&search, error))
		return NULL;
	for (guint i = 0; i < rows->len; i++)
		if (!complete(&search, rows->pdata[i], error))
			return NULL;
	g_ptr_array_sort(rows, by_number);
	return g_steal_pointer(&rows);
}
