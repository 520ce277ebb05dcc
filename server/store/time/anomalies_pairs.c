/* Two people within seconds, and days whose facts contradict each other. */
#include <string.h>

#include "server/rules/calendar.h"
#include "server/store/history.h"
#include "server/store/time/anomalies_private.h"
#include "server/store/time/punches.h"
#include "server/store/time/verdicts.h"

/* ── pairs ── */

/* One terminal's month at a time: pairs are kept for that long only. */
typedef struct {
	PersonId one, other; /* one < other */
} PairKey;

typedef struct {
	gint64 day, n;
} PairDays;

typedef struct {
	PersonId person;
	gint64 at_ms;
} Touch;

typedef struct {
	AnomalySearch *search;
	gint64 place;
	GArray *recent;     /* Touch: within ANOMALY_PAIR_MS of the last */
	GHashTable *pairs;  /* PairKey → PairDays */
	GHashTable *people; /* PersonId → PairDays: days on which they were there */
} Pairing;

static guint pair_hash(gconstpointer data)
{
	const PairKey *key = data;
	return g_int64_hash(&key->one) * 31 + g_int64_hash(&key->other);
}

static gboolean pair_equal(gconstpointer a, gconstpointer b)
{
	const PairKey *x = a, *y = b;
	return x->one == y->one && x->other == y->other;
}

static void count_day(GHashTable *table, gconstpointer key, gsize size, gint64 day)
{
	PairDays *days = g_hash_table_lookup(table, key);
	if (days == NULL) {
		days = g_new0(PairDays, 1);
		days->day = G_MININT64;
		g_hash_table_insert(table, g_memdup2(key, size), days);
	}
	days->n += days->day != day;
	days->day = day;
}

static void take_touch(Pairing *pairing, const Touch *touch)
{
	gint64 day = calendar_day(touch->at_ms, pairing->search->filter->utc_offset_min);
	guint gone = 0;
	while (gone < pairing->recent->len &&
		   touch->at_ms - g_array_index(pairing->recent, Touch, gone).at_ms > ANOMALY_PAIR_MS)
		gone++;
	g_array_remove_range(pairing->recent, 0, gone);
	for (guint i = 0; i < pairing->recent->len; i++) {
		PersonId other = g_array_index(pairing->recent, Touch, i).person;
		PairKey key = {MIN(touch->person, other), MAX(touch->person, other)};
		if (key.one != key.other)
			count_day(pairing->pairs, &key, sizeof key, day);
	}
	count_day(pairing->people, &touch->person, sizeof touch->person, day);
	g_array_append_val(pairing->recent, *touch);
}

static void add_pairs(const Pairing *pairing)
{
	gint64 n_min = pairing->search->filter->pair_days;
	GHashTableIter each;
	gpointer key, value;
	g_hash_table_iter_init(&each, pairing->pairs);
	while (g_hash_table_iter_next(&each, &key, &value)) {
		const PairKey *pair = key;
		const PairDays *days = value;
		const PairDays *one = g_hash_table_lookup(pairing->people, &pair->one);
		const PairDays *other = g_hash_table_lookup(pairing->people, &pair->other);
		gint64 both = MIN(one->n, other->n);
		if (days->n < (n_min > 0 ? n_min : ANOMALY_PAIR_DAYS) || days->n * 3 < both)
			continue;
		AnomalyRow *row = anomaly_add(pairing->search);
		row->person = pair->one;
		row->other = pair->other;
		row->place = pairing->place;
		row->day = days->day;
		row->n = days->n;
		row->of = both;
		row->note = g_strdup_printf("berselang paling lama %d detik", ANOMALY_PAIR_MS / 1000);
	}
}

static gboolean read_terminal(AnomalySearch *search, const char *terminal, GError **error)
{
	g_autoptr(GArray) recent = g_array_new(FALSE, FALSE, sizeof(Touch));
	g_autoptr(GHashTable) pairs = g_hash_table_new_full(pair_hash, pair_equal, g_free, g_free);
	g_autoptr(GHashTable) people =
		g_hash_table_new_full(g_int64_hash, g_int64_equal, g_free, g_free);
	Pairing pairing = {search, 0, recent, pairs, people};
	SqlStep step = SQL_FAILED;
	g_autoptr(SqlStatement) rows =
		sql_query(search->sql, error,
				  "SELECT person, at_ms, place FROM punch WHERE terminal=$1 AND at_ms>=$2"
				  " AND at_ms<$3 AND state=1 ORDER BY at_ms",
				  "tii", terminal, search->from_ms, search->to_ms);
	while (rows != NULL && (step = sql_next(rows, error)) == SQL_ROW) {
		Touch touch = {sql_int(rows, 0), sql_int(rows, 1)};
		pairing.place = sql_int(rows, 2);
		take_touch(&pairing, &touch);
	}
	add_pairs(&pairing);
	return step == SQL_DONE;
}

gboolean anomalies_find_pairs(AnomalySearch *search, GError **error)
{
	g_autoptr(GPtrArray) terminals = g_ptr_array_new_with_free_func(g_free);
	SqlStep step = SQL_FAILED;
	g_autoptr(SqlStatement) rows = sql_query(search->sql, error, "SELECT id FROM terminal", "");
	while (rows != NULL && (step = sql_next(rows, error)) == SQL_ROW)
		g_ptr_array_add(terminals, g_strdup(sql_text(rows, 0)));
	for (guint i = 0; step == SQL_DONE && i < terminals->len; i++)
		if (!read_terminal(search, terminals->pdata[i], error))
			return FALSE;
	return step == SQL_DONE;
}

/* ── contradictions, as judged ── */

/* The text after `"name":"` in one object of reasons (reason_json); NULL: it has none. */
static char *member_of(const char *object, const char *name)
{
	g_autofree char *start = g_strdup_printf("\"%s\":\"", name);
	const char *from = strstr(object, start);
	if (from == NULL)
		return NULL;
	from += strlen(start);
	gsize size = 0;
	while (from[size] != '\0' && from[size] != '"')
		size += from[size] == '\\' && from[size + 1] != '\0' ? 2 : 1;
	g_autofree char *raw = g_strndup(from, size);
	return g_strcompress(raw);
}

static gboolean find_reasons(AnomalySearch *search, const char *rule, GError **error)
{
	VerdictFilter filter = {
		.from_day = search->filter->from_day, .to_day = search->filter->to_day, .conflicts = TRUE};
	g_autofree char *start = g_strdup_printf("{\"rule\":\"%s\"", rule);
	VerdictLine line;
	SqlStep step = SQL_FAILED;
	g_autoptr(VerdictCursor) cursor = verdicts_report(search->sql, &filter, error);
	while (cursor != NULL && (step = verdicts_report_next(cursor, &line, error)) == SQL_ROW) {
		const char *reason = strstr(line.verdict.reasons, start);
		if (reason == NULL)
			continue;
		AnomalyRow *row = anomaly_add(search);
		row->person = line.verdict.person;
		row->day = line.verdict.day;
		row->n = 1;
		row->note = member_of(reason, "text");
		row->evidence = member_of(reason, "event");
	}
	return step == SQL_DONE;
}

gboolean anomalies_find_travel(AnomalySearch *search, GError **error)
{
	return find_reasons(search, "two-places", error);
}

gboolean anomalies_find_leave(AnomalySearch *search, GError **error)
{
	return find_reasons(search, "conflict", error);
}
