#include "server/store/time/recap_people.h"

#include <string.h>

#include "server/store/history.h"
#include "server/store/people/units.h"
#include "server/store/time/board.h"

#define DEPTH_MAX 30

/* ── the units of the scope, with the days on which each lies in it ── */

static guint32 bits(gint64 n)
{
	return n >= 32 ? G_MAXUINT32 : ((guint32)1 << n) - 1;
}

/* Does the tree stay as it is from the first day to the last? */
static gboolean tree_stands(Sql *sql, const RecapScope *scope, gboolean *stands, GError **error)
{
	gint64 n;
	if (!sql_get_int(sql, &n, 0, error,
					 "SELECT count(*) FROM unit_fact f WHERE" AS_KNOWN_NOW(
						 "f") "AND ((f.valid_from_day>$1 AND f.valid_from_day<$2)"
							  " OR (f.valid_to_day>$1 AND f.valid_to_day<$2))",
					 "ii", scope->from_day, scope->to_day))
		return FALSE;
	*stands = n == 0;
	return TRUE;
}

typedef struct {
	guint32 days;
	guint rank;
} UnitDays;

static gboolean add_tree(Sql *sql, const RecapScope *scope, gint64 day, guint32 days,
						 GHashTable *units, GError **error)
{
	UnitRow row;
	SqlStep step;
	guint rank = 0;
	g_autoptr(UnitCursor) cursor = unit_subtree(sql, scope->unit, day, error);
	if (cursor == NULL)
		return FALSE;
	while ((step = units_next(cursor, &row, error)) == SQL_ROW) {
		if (scope->own && row.id != scope->unit)
			continue;
		UnitDays *unit = g_hash_table_lookup(units, &row.id);
		if (unit == NULL) {
			unit = g_new0(UnitDays, 1);
			g_hash_table_insert(units, g_memdup2(&row.id, sizeof row.id), unit);
		}
		unit->days |= days;
		unit->rank = rank++;
	}
	return step == SQL_DONE;
}

static GHashTable *load_tree(Sql *sql, const RecapScope *scope, GError **error)
{
	g_autoptr(GHashTable) units =
		g_hash_table_new_full(g_int64_hash, g_int64_equal, g_free, g_free);
	gboolean stands;
	if (!tree_stands(sql, scope, &stands, error))
		return NULL;
	if (stands)
		return add_tree(sql, scope, scope->from_day, bits(scope->to_day - scope->from_day), units,
						error)
				   ? g_steal_pointer(&units)
				   : NULL;
	for (gint64 day = scope->from_day; day < scope->to_day; day++)
		if (!add_tree(sql, scope, day, (guint32)1 << (day - scope->from_day), units, error))
			return NULL;
	return g_steal_pointer(&units);
}

/* ── the people ── */

/* clang-format off */
/* Names are those of the last day of the assignment within the days asked for. */
#define LAST "(CASE WHEN a.valid_to_day<$2 THEN a.valid_to_day ELSE $2 END)-1"
#define SPANS \
	"SELECT a.person, a.unit, a.valid_from_day, a.valid_to_day, coalesce(n.name,''), o.digits" \
	" FROM assignment a" \
	" LEFT JOIN person_name n ON n.person=a.person AND" NOW_ON("n", LAST) \
	" LEFT JOIN person_number o ON o.person=a.person AND" NOW_ON("o", LAST) \
	" WHERE" AS_KNOWN_NOW("a") "AND a.valid_from_day<$2 AND a.valid_to_day>$1" \
	" AND EXISTS (SELECT 1 FROM person_employment e WHERE e.person=a.person AND" AS_KNOWN_NOW("e") \
	"AND e.valid_from_day<$2 AND e.valid_to_day>$1)"

static const char spans_of_all[] = SPANS " ORDER BY a.person, a.valid_from_day";
static const char spans_of_person[] = SPANS " AND a.person=$3 ORDER BY a.valid_from_day";
static const char spans_of_unit[] = SPANS " AND a.unit=$3";
/* clang-format on */

typedef struct {
	RecapPerson person;
	gint64 unit, from_day;
} Span;

typedef struct {
	const RecapScope *scope;
	GArray *spans; /* Span */
	RecapPeople *out;
} Loading;

/* Do they have a row in the list that was asked for? */
static gboolean is_wanted(const RecapScope *scope, const char *name, const char *number)
{
	if (scope->text == NULL || scope->text[0] == '\0')
		return TRUE;
	if (g_ascii_isdigit(scope->text[0]))
		return number != NULL && g_str_has_prefix(number, scope->text);
	g_autofree char *folded = g_utf8_casefold(name, -1);
	g_autofree char *part = g_utf8_casefold(scope->text, -1);
	return strstr(folded, part) != NULL;
}

static guint32 days_of(const RecapScope *scope, gint64 from_day, gint64 to_day)
{
	gint64 from = MAX(from_day, scope->from_day) - scope->from_day;
	gint64 to = MIN(to_day, scope->to_day) - scope->from_day;
	return bits(to) & ~bits(from);
}

static void take_span(Loading *loading, SqlStatement *row)
{
	const RecapScope *scope = loading->scope;
	const char *name = sql_text(row, 4), *number = sql_text(row, 5);
	Span span = {.unit = sql_int(row, 1), .from_day = sql_int(row, 2)};
	span.person.person = sql_int(row, 0);
	span.person.days = days_of(scope, span.from_day, sql_int(row, 3));
	if (!loading->out->all) {
		const UnitDays *unit = g_hash_table_lookup(loading->out->tree, &span.unit);
		span.person.days &= unit == NULL ? 0 : unit->days;
	}
	if (span.person.days == 0 || (scope->person != 0 && scope->person != span.person.person) ||
		!is_wanted(scope, name, number))
		return;
	span.person.name = g_string_chunk_insert(loading->out->texts, name);
	span.person.number = number == NULL ? NULL : g_string_chunk_insert(loading->out->texts, number);
	g_array_append_val(loading->spans, span);
}

static gboolean take_spans(Loading *loading, SqlStatement *rows, GError **error)
{
	SqlStep step = SQL_FAILED;
	while (rows != NULL && (step = sql_next(rows, error)) == SQL_ROW)
		take_span(loading, rows);
	sql_statement_free(rows);
	return step == SQL_DONE;
}

static gboolean load_spans(Sql *sql, Loading *loading, GError **error)
{
	const RecapScope *scope = loading->scope;
	GHashTableIter each;
	gpointer unit;
	if (scope->person != 0)
		return take_spans(loading,
						  sql_query(sql, error, spans_of_person, "iii", scope->from_day,
									scope->to_day, scope->person),
						  error);
	if (scope->unit == 0)
		return take_spans(loading,
						  sql_query(sql, error, spans_of_all, "ii", scope->from_day, scope->to_day),
						  error);
	g_hash_table_iter_init(&each, loading->out->tree);
	while (g_hash_table_iter_next(&each, &unit, NULL))
		if (!take_spans(loading,
						sql_query(sql, error, spans_of_unit, "iii", scope->from_day, scope->to_day,
								  *(const gint64 *)unit),
						error))
			return FALSE;
	return TRUE;
}

/* clang-format off */
#define JUDGED(from) \
	"SELECT v.person, v.unit, v.day, v.day+1, coalesce(n.name,''), o.digits FROM " from \
	" LEFT JOIN person_name n ON n.person=v.person AND" NOW_ON("n", "v.day") \
	" LEFT JOIN person_number o ON o.person=v.person AND" NOW_ON("o", "v.day")
static const char judged_person[] = JUDGED("verdict v") " WHERE v.person=$3 AND v.day>=$1 AND v.day<$2";
/* Everywhere: who has no assignment left in that time. */
static const char judged_of_all[] =
	JUDGED("person x JOIN verdict v ON v.person=x.id AND v.day>=$1 AND v.day<$2")
	" WHERE NOT EXISTS (SELECT 1 FROM assignment a WHERE a.person=x.id AND" AS_KNOWN_NOW("a")
	"AND a.valid_from_day<$2 AND a.valid_to_day>$1)";
static const char judged_of_unit[] =
	JUDGED("verdict_span s JOIN verdict v ON v.person=s.person AND v.unit=s.unit AND v.day=$1")
	" WHERE s.unit=$2 AND s.from_day<=$1 AND s.to_day>$1 AND NOT EXISTS (SELECT 1 FROM assignment a WHERE a.person=v.person"
	" AND" NOW_ON("a", "$1") "AND a.unit=$2)";
/* clang-format on */

/* Days of the scope as they were judged, where the assignment says otherwise by now. */
static gboolean load_judged(Sql *sql, Loading *loading, GError **error)
{
	const RecapScope *scope = loading->scope;
	GHashTableIter each;
	gpointer unit;
	if (scope->person != 0)
		return take_spans(loading,
						  sql_query(sql, error, judged_person, "iii", scope->from_day,
									scope->to_day, scope->person),
						  error);
	if (scope->unit == 0)
		return take_spans(
			loading, sql_query(sql, error, judged_of_all, "ii", scope->from_day, scope->to_day),
			error);
	g_hash_table_iter_init(&each, loading->out->tree);
	while (g_hash_table_iter_next(&each, &unit, NULL))
		for (gint64 day = scope->from_day; day < scope->to_day; day++)
			if (!take_spans(loading,
							sql_query(sql, error, judged_of_unit, "ii", day, *(const gint64 *)unit),
							error))
				return FALSE;
	return TRUE;
}

static int by_person(gconstpointer a, gconstpointer b)
{
	const Span *x = a, *y = b;
	if (x->person.person != y->person.person)
		return x->person.person < y->person.person ? -1 : 1;
	return (x->from_day > y->from_day) - (x->from_day < y->from_day);
}

const RecapUnit *recap_people_unit(Sql *sql, RecapPeople *people, gint64 unit, gint64 day,
								   GError **error)
{
	RecapUnit *known = g_hash_table_lookup(people->units, &unit);
	if (known != NULL)
		return known;
	g_autoptr(SqlStatement) row = sql_query(
		sql, error,
		"SELECT u.code, coalesce(f.name, u.code) FROM unit u LEFT JOIN unit_fact f ON f.unit=u.id"
		" AND" NOW_ON("f", "$2") "WHERE u.id=$1",
		"ii", unit, day);
	if (row == NULL || sql_next(row, error) != SQL_ROW)
		return NULL;
	const UnitDays *days = people->tree == NULL ? NULL : g_hash_table_lookup(people->tree, &unit);
	known = g_new0(RecapUnit, 1);
	known->id = unit;
	known->code = g_string_chunk_insert(people->texts, sql_text(row, 0));
	known->name = g_string_chunk_insert(people->texts, sql_text(row, 1));
	known->rank = days == NULL ? 0 : days->rank;
	g_hash_table_insert(people->units, &known->id, known);
	return known;
}

gboolean recap_is_province(Sql *sql, gint64 unit, gint64 day, gboolean *province, GError **error)
{
	gint64 n;
	if (!sql_get_int(
			sql, &n, 0, error,
			"SELECT count(*) FROM unit_fact f WHERE f.unit=$1 AND f.kind='provinsi' AND" NOW_ON(
				"f", "$2"),
			"ii", unit, day))
		return FALSE;
	*province = n > 0;
	return TRUE;
}

gboolean recap_people_has(const RecapPeople *people, gint64 unit, gint64 n)
{
	if (people->all)
		return TRUE;
	const UnitDays *days = g_hash_table_lookup(people->tree, &unit);
	return days != NULL && (days->days >> n & 1) != 0;
}

/* One row for each person: all days, and the unit and name of the last of them. */
static gboolean merge(Sql *sql, Loading *loading, GError **error)
{
	GArray *people = loading->out->people;
	g_array_sort(loading->spans, by_person);
	for (guint i = 0; i < loading->spans->len; i++) {
		const Span *span = &g_array_index(loading->spans, Span, i);
		RecapPerson row = span->person;
		row.unit =
			recap_people_unit(sql, loading->out, span->unit, loading->scope->to_day - 1, error);
		if (row.unit == NULL)
			return FALSE;
		RecapPerson *before =
			people->len == 0 ? NULL : &g_array_index(people, RecapPerson, people->len - 1);
		if (before == NULL || before->person != row.person) {
			g_array_append_val(people, row);
			continue;
		}
		row.days |= before->days;
		*before = row;
	}
	return TRUE;
}

static int by_name(gconstpointer a, gconstpointer b)
{
	const RecapPerson *x = a, *y = b;
	int order = strcmp(x->name, y->name);
	return order != 0 ? order : (x->person > y->person) - (x->person < y->person);
}

static int by_unit(gconstpointer a, gconstpointer b)
{
	const RecapPerson *x = a, *y = b;
	if (x->unit->rank != y->unit->rank)
		return x->unit->rank < y->unit->rank ? -1 : 1;
	if (x->unit->id != y->unit->id)
		return x->unit->id < y->unit->id ? -1 : 1;
	return by_name(a, b);
}

RecapPeople *recap_people_load(Sql *sql, const RecapScope *scope, GError **error)
{
	g_autoptr(RecapPeople) out = g_new0(RecapPeople, 1);
	out->people = g_array_new(FALSE, FALSE, sizeof(RecapPerson));
	out->units = g_hash_table_new_full(g_int64_hash, g_int64_equal, NULL, g_free);
	out->texts = g_string_chunk_new(4096);
	out->all = scope->unit == 0;
	out->tree = load_tree(sql, scope, error);
	g_autoptr(GArray) spans = g_array_new(FALSE, FALSE, sizeof(Span));
	Loading loading = {scope, spans, out};
	if (out->tree == NULL || !load_spans(sql, &loading, error) ||
		(scope->by_verdict && !load_judged(sql, &loading, error)) || !merge(sql, &loading, error))
		return NULL;
	out->by_unit = scope->in_one_list != 0 && out->people->len > scope->in_one_list;
	g_array_sort(out->people, out->by_unit ? by_unit : by_name);
	return g_steal_pointer(&out);
}

void recap_people_free(RecapPeople *people)
{
	if (people == NULL)
		return;
	g_array_unref(people->people);
	g_hash_table_unref(people->units);
	if (people->tree != NULL)
		g_hash_table_unref(people->tree);
	g_string_chunk_free(people->texts);
	g_free(people);
}

gboolean recap_days_served(Sql *sql, PersonId person, gint64 from_day, gint64 to_day, guint32 *days,
						   GError **error)
{
	RecapScope scope = {.from_day = from_day, .to_day = to_day};
	g_autoptr(SqlStatement) rows = sql_query(
		sql, error,
		"SELECT valid_from_day, valid_to_day FROM assignment a WHERE person=$3 AND" AS_KNOWN_NOW(
			"a") "AND valid_from_day<$2 AND valid_to_day>$1",
		"iii", from_day, to_day, person);
	SqlStep step = SQL_FAILED;
	*days = 0;
	while (rows != NULL && (step = sql_next(rows, error)) == SQL_ROW)
		*days |= days_of(&scope, sql_int(rows, 0), sql_int(rows, 1));
	return step == SQL_DONE;
}

char *recap_rank(Sql *sql, PersonId person, gint64 day, GError **error)
{
	g_autoptr(SqlStatement) row = sql_query(
		sql, error, "SELECT r.rank FROM person_rank r WHERE r.person=$1 AND" NOW_ON("r", "$2"),
		"ii", person, day);
	return row != NULL && sql_next(row, error) == SQL_ROW ? g_strdup(sql_text(row, 0)) : NULL;
}

/* ── who signs ── */

static gboolean head_of(Sql *sql, gint64 unit, gint64 day, RecapSigner *out, GError **error)
{
	g_autoptr(SqlStatement) row = sql_query(
		sql, error,
		"SELECT h.person, h.mode, n.name, o.digits, f.name "
		"FROM unit_head h"
		" LEFT JOIN person_name n ON n.person=h.person "
		"AND" NOW_ON(
			"n", "$2") " LEFT JOIN person_number o ON "
					   "o.person=h.person AND" NOW_ON(
						   "o", "$2") " LEFT JOIN "
									  "unit_fact f ON "
									  "f.unit=h.unit "
									  "AND" NOW_ON(
										  "f", "$2") " "
													 "W"
													 "H"
													 "E"
													 "R"
													 "E"
													 " "
													 "h"
													 "."
													 "u"
													 "n"
													 "i"
													 "t"
													 "="
													 "$"
													 "1"
													 " "
													 "A"
													 "N"
													 "D" NOW_ON(
														 "h", "$2") "ORDER BY h.mode DESC LIMIT 1",
		"ii", unit, day);
	SqlStep step = row == NULL ? SQL_FAILED : sql_next(row, error);
	if (step != SQL_ROW)
		return step == SQL_DONE;
	out->person = sql_int(row, 0);
	out->mode = (HeadMode)sql_int(row, 1);
	out->name = g_strdup(sql_text(row, 2));
	out->number = g_strdup(sql_text(row, 3));
	out->unit_name = g_strdup(sql_text(row, 4));
	return TRUE;
}

gboolean recap_signer(Sql *sql, gint64 unit, gint64 day, RecapSigner *out, GError **error)
{
	*out = (RecapSigner){0};
	for (int depth = 0; unit != 0 && depth < DEPTH_MAX; depth++) {
		if (!head_of(sql, unit, day, out, error))
			return FALSE;
		if (out->person != 0)
			return TRUE;
		if (!board_parent(sql, unit, day, &unit, error))
			return FALSE;
	}
	return TRUE;
}

void recap_signer_clear(RecapSigner *signer)
{
	g_clear_pointer(&signer->name, g_free);
	g_clear_pointer(&signer->number, g_free);
	g_clear_pointer(&signer->unit_name, g_free);
}

GHashTable *recap_code_categories(Sql *sql, GError **error)
{
	g_autoptr(GHashTable) out = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, g_free);
	g_autoptr(SqlStatement) rows =
		sql_query(sql, error, "SELECT code, category FROM attendance_code", "");
	SqlStep step = SQL_FAILED;
	while (rows != NULL && (step = sql_next(rows, error)) == SQL_ROW)
		g_hash_table_insert(out, g_strdup(sql_text(rows, 0)), g_strdup(sql_text(rows, 1)));
	return step == SQL_DONE ? g_steal_pointer(&out) : NULL;
}
