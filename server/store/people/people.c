#include "server/store/people/people.h"

#include <string.h>
#include <sys/random.h>

#include "server/rules/calendar.h"
#include "server/store/time/marks.h"

static const HistoryTable name_table =
	HISTORY_TABLE("person_name", "person", "person=$3", "name, front_title, back_title, source",
				  "tttt", "$4,$5,$6,$7,$8");
static const HistoryTable number_table = HISTORY_TABLE(
	"person_number", "person", "person=$3", "kind, digits, source", "ttt", "$4,$5,$6,$7");
static const HistoryTable employment_table = HISTORY_TABLE(
	"person_employment", "person", "person=$3", "kind, status, source", "ttt", "$4,$5,$6,$7");

/* ── Official numbers (domain 4.1, 4.2) ── */

static int number_at(const char *digits, int from, int n)
{
	int value = 0;
	for (int i = from; i < from + n; i++)
		value = value * 10 + (digits[i] - '0');
	return value;
}

static gboolean collect_digits(const char *text, char digits[19])
{
	int n = 0;
	for (const char *c = text; *c != '\0'; c++) {
		if (*c == ' ')
			continue;
		if (!g_ascii_isdigit(*c) || n == 18)
			return FALSE;
		digits[n++] = *c;
	}
	digits[n] = '\0';
	return n == 0 || n == 18;
}

NumberKind person_number_parse(const char *text, char digits[19])
{
	gint64 birth;
	digits[0] = '\0';
	if (text == NULL)
		return NUMBER_NONE;
	if (!collect_digits(text, digits))
		return NUMBER_BAD;
	if (digits[0] == '\0')
		return NUMBER_NONE;
	if (!calendar_from_date(number_at(digits, 0, 4), number_at(digits, 4, 2),
							number_at(digits, 6, 2), &birth))
		return NUMBER_BAD;
	int year = number_at(digits, 8, 4);
	if (year <= number_at(digits, 0, 4) || (digits[14] != '1' && digits[14] != '2') ||
		number_at(digits, 15, 3) == 0)
		return NUMBER_BAD;
	int month = number_at(digits, 12, 2);
	if (month >= 1 && month <= 12)
		return NUMBER_NIP;
	return month >= 21 ? NUMBER_NI_PPPK : NUMBER_BAD;
}

const char *number_kind_text(NumberKind kind)
{
	switch (kind) {
	case NUMBER_NIP:
		return "NIP";
	case NUMBER_NI_PPPK:
		return "NI PPPK";
	case NUMBER_NONE:
	case NUMBER_BAD:
	default:
		return "";
	}
}

/* ── Writing ── */

#define FIRST_ALLOTTED 100000

/* Six to nine random digits: our number must not tell how many people there are, or who is next. */
static gboolean allot_id(Sql *sql, PersonId *out, GError **error)
{
	for (int attempt = 0; attempt < 100; attempt++) {
		guint32 random;
		gboolean taken = TRUE;
		if (getrandom(&random, sizeof random, 0) != sizeof random)
			break;
		PersonId id = FIRST_ALLOTTED + random % (PERSON_ID_MAX - FIRST_ALLOTTED + 1);
		if (!people_exists(sql, id, &taken, error))
			return FALSE;
		if (!taken) {
			*out = id;
			return TRUE;
		}
	}
	g_set_error(error, SQL_ERROR, SQL_ERROR_FAILED, "no unused number found");
	return FALSE;
}

gboolean people_add(Sql *sql, PersonId id, const char *ref, gint64 now_ms, PersonId *out,
					GError **error)
{
	g_assert(sql_in_transaction(sql));
	if (id == 0 && !allot_id(sql, &id, error))
		return FALSE;
	if (id < 1 || id > PERSON_ID_MAX) {
		g_set_error(error, SQL_ERROR, SQL_ERROR_CONSTRAINT, "no number of ours: %" G_GINT64_FORMAT,
					id);
		return FALSE;
	}
	*out = id;
	return sql_run(sql, error, "INSERT INTO person (id, ref, created_ms) VALUES ($1,$2,$3)", "iti",
				   id, ref, now_ms);
}

gboolean people_set_name(Sql *sql, PersonId person, const PersonName *name, const Change *change,
						 gboolean *changed, GError **error)
{
	HistoryValue values[] = {{.text = name->name},
							 {.text = name->front_title},
							 {.text = name->back_title},
							 {.text = change->source}};
	/* A name decides nothing: no day is judged again. */
	return history_set(sql, &name_table, &person, 1, values, change, changed, error);
}

gboolean people_set_number(Sql *sql, PersonId person, NumberKind kind, const char *digits,
						   const Change *change, gboolean *changed, GError **error)
{
	g_assert(kind == NUMBER_NIP || kind == NUMBER_NI_PPPK);
	HistoryValue values[] = {
		{.text = number_kind_text(kind)}, {.text = digits}, {.text = change->source}};
	return history_set(sql, &number_table, &person, 1, values, change, changed, error);
}

gboolean people_number_of_another(Sql *sql, const char *digits, PersonId person,
								  const Change *change, PersonId *other, GError **error)
{
	return sql_get_int(sql, other, 0, error,
					   "SELECT person FROM person_number WHERE digits=$1 AND person<>$2 AND"
					   " recorded_to_ms IS NULL AND valid_from_day<$4 AND valid_to_day>$3 LIMIT 1",
					   "tiii", digits, person, change->from_day, change->to_day);
}

static gboolean mark_changed(Sql *sql, PersonId person, const Change *change, gboolean new,
							 gboolean *changed, GError **error)
{
	if (changed != NULL)
		*changed = new;
	return !new || mark_days(sql, person, change->from_day, change->to_day, change->today,
							 "employment", error);
}

gboolean people_set_employment(Sql *sql, PersonId person, const char *kind, const char *status,
							   const Change *change, gboolean *changed, GError **error)
{
	HistoryValue values[] = {{.text = kind}, {.text = status}, {.text = change->source}};
	gboolean new = FALSE;
	return history_set(sql, &employment_table, &person, 1, values, change, &new, error) &&
		   mark_changed(sql, person, change, new, changed, error);
}

static const char *kept(GStringChunk *texts, const char *text)
{
	return text != NULL ? g_string_chunk_insert_const(texts, text) : NULL;
}

gboolean people_duties(Sql *sql, PersonId person, gint64 from_day, gint64 to_day,
					   GStringChunk *texts, GArray *duties, GError **error)
{
	SqlStep step;
	g_autoptr(SqlStatement) row = sql_query(
		sql, error,
		"SELECT e.valid_from_day, e.valid_to_day, e.status, s.name, s.day_code,"
		" coalesce(k.deducted,1) FROM person_employment e JOIN legal_status s ON s.code=e.status"
		" LEFT JOIN employment_kind k ON k.code=e.kind WHERE e.person=$1 AND e.valid_from_day<$3"
		" AND e.valid_to_day>$2 AND" AS_KNOWN_NOW("e") "ORDER BY e.valid_from_day",
		"iii", person, from_day, to_day);
	if (row == NULL)
		return FALSE;
	while ((step = sql_next(row, error)) == SQL_ROW) {
		PersonDuty duty = {sql_int(row, 0),
						   sql_int(row, 1),
						   kept(texts, sql_text(row, 2)),
						   kept(texts, sql_text(row, 3)),
						   kept(texts, sql_text(row, 4)),
						   sql_int(row, 5) != 0};
		g_array_append_val(duties, duty);
	}
	return step == SQL_DONE;
}

gboolean people_end_employment(Sql *sql, PersonId person, const Change *change, gboolean *changed,
							   GError **error)
{
	gboolean new = FALSE;
	return history_clear(sql, &employment_table, &person, 1, change, &new, error) &&
		   mark_changed(sql, person, change, new, changed, error);
}

/* ── Reading ── */

gboolean people_exists(Sql *sql, PersonId person, gboolean *exists, GError **error)
{
	gint64 n = 0;
	if (!sql_get_int(sql, &n, 0, error, "SELECT count(*) FROM person WHERE id=$1", "i", person))
		return FALSE;
	*exists = n > 0;
	return TRUE;
}

static gboolean only_digits(const char *key, gsize max)
{
	gsize n = strspn(key, "0123456789");
	return n > 0 && n <= max && key[n] == '\0';
}

gboolean people_find(Sql *sql, const char *key, PersonId *person, GError **error)
{
	if (!sql_get_int(sql, person, 0, error, "SELECT id FROM person WHERE ref=$1", "t", key))
		return FALSE;
	if (*person != 0 || !only_digits(key, 18))
		return TRUE;
	if (!sql_get_int(sql, person, 0, error,
					 "SELECT person FROM person_number"
					 " WHERE digits=$1 AND recorded_to_ms IS NULL"
					 " ORDER BY valid_from_day DESC LIMIT 1",
					 "t", key))
		return FALSE;
	if (*person != 0 || !only_digits(key, 9))
		return TRUE;
	return sql_get_int(sql, person, 0, error, "SELECT id FROM person WHERE id=$1", "i",
					   g_ascii_strtoll(key, NULL, 10));
}

struct PeopleCursor {
	SqlStatement *rows;
};

/* $1 day, $2 unit (0: all), $3 after, $4 limit, $5 part of a name, $6 begin of a number. */
#define TREE                                                                                       \
	"WITH RECURSIVE tree(unit) AS (SELECT $2 UNION SELECT f.unit FROM tree JOIN unit_fact f"       \
	" ON f.parent=tree.unit WHERE" NOW_ON("f", "$1") ") "
#define COLUMNS                                                                                    \
	"SELECT p.id, p.ref, coalesce(n.name,''), n.front_title, n.back_title, o.kind, o.digits,"      \
	" e.kind, e.status, coalesce(a.unit,0), u.code, f.name, coalesce(a.duty_place,0)"
/* clang-format off */
#define FACTS \
	" LEFT JOIN person_name n ON n.person=p.id AND" NOW_ON("n", "$1") \
	" LEFT JOIN person_number o ON o.person=p.id AND" NOW_ON("o", "$1") \
	" LEFT JOIN person_employment e ON e.person=p.id AND" NOW_ON("e", "$1") \
	" LEFT JOIN unit u ON u.id=a.unit" \
	" LEFT JOIN unit_fact f ON f.unit=a.unit AND" NOW_ON("f", "$1")
/* clang-format on */
#define EVERYBODY                                                                                  \
	COLUMNS " FROM person p LEFT JOIN assignment a ON a.person=p.id AND" NOW_ON("a", "$1") FACTS
#define OF_UNIT                                                                                    \
	TREE COLUMNS " FROM assignment a JOIN person p ON p.id=a.person" FACTS                         \
				 " WHERE a.unit IN (SELECT unit FROM tree) AND" NOW_ON("a", "$1")
#define MATCHING " ($5 IS NULL OR lower(n.name) LIKE $5 ESCAPE '!' OR o.digits LIKE $6 ESCAPE '!')"

static const char all_by_id[] =
	EVERYBODY " WHERE p.id>$3 AND $2=0 AND" MATCHING " ORDER BY p.id LIMIT $4";
static const char all_by_name[] =
	EVERYBODY " WHERE p.id>$3 AND $2=0 AND" MATCHING " ORDER BY n.name, p.id LIMIT $4";
static const char unit_by_id[] = OF_UNIT " AND p.id>$3 AND" MATCHING " ORDER BY p.id LIMIT $4";
static const char unit_by_name[] =
	OF_UNIT " AND p.id>$3 AND" MATCHING " ORDER BY n.name, p.id LIMIT $4";
static const char one_person[] =
	TREE EVERYBODY " WHERE p.id=$3 AND ($2=0 OR a.unit IN (SELECT unit FROM tree))"
				   " AND" MATCHING " LIMIT $4";

/* The text as a LIKE pattern, its own wildcards made harmless by "!". NULL for none. */
static char *like_pattern(const char *text, const char *before)
{
	if (text == NULL || *text == '\0')
		return NULL;
	g_autofree char *lower = g_ascii_strdown(text, -1);
	GString *pattern = g_string_new(before);
	for (const char *c = lower; *c != '\0'; c++) {
		if (strchr("%_!", *c) != NULL)
			g_string_append_c(pattern, '!');
		g_string_append_c(pattern, *c);
	}
	g_string_append_c(pattern, '%');
	return g_string_free(pattern, FALSE);
}

static const char *list_text(const PeopleFilter *filter)
{
	if (filter->person != 0)
		return one_person;
	if (filter->unit != 0)
		return filter->by_name ? unit_by_name : unit_by_id;
	return filter->by_name ? all_by_name : all_by_id;
}

PeopleCursor *people_list(Sql *sql, const PeopleFilter *filter, GError **error)
{
	g_autofree char *name = like_pattern(filter->text, "%");
	g_autofree char *number = like_pattern(filter->text, "");
	SqlStatement *rows =
		sql_query(sql, error, list_text(filter), "iiiitt", filter->day, filter->unit,
				  filter->person != 0 ? filter->person : filter->after,
				  CLAMP(filter->limit, 1, 100000), name, number);
	if (rows == NULL)
		return NULL;
	PeopleCursor *cursor = g_new0(PeopleCursor, 1);
	cursor->rows = rows;
	return cursor;
}

SqlStep people_next(PeopleCursor *cursor, PersonRow *row, GError **error)
{
	SqlStep step = sql_next(cursor->rows, error);
	if (step != SQL_ROW)
		return step;
	row->id = sql_int(cursor->rows, 0);
	row->ref = sql_text(cursor->rows, 1);
	row->name = sql_text(cursor->rows, 2);
	row->front_title = sql_text(cursor->rows, 3);
	row->back_title = sql_text(cursor->rows, 4);
	row->number_kind = sql_text(cursor->rows, 5);
	row->number = sql_text(cursor->rows, 6);
	row->employment = sql_text(cursor->rows, 7);
	row->status = sql_text(cursor->rows, 8);
	row->unit = sql_int(cursor->rows, 9);
	row->unit_code = sql_text(cursor->rows, 10);
	row->unit_name = sql_text(cursor->rows, 11);
	row->duty_place = sql_int(cursor->rows, 12);
	return SQL_ROW;
}

void people_cursor_free(PeopleCursor *cursor)
{
	if (cursor == NULL)
		return;
	sql_statement_free(cursor->rows);
	g_free(cursor);
}

/* ── As known then ── */

/* $1 digits, $2 day, $3 known at. */
/* clang-format off */
#define THEN(t) VALID_ON(t, "$2") "AND" AS_KNOWN_THEN(t, "$3")
static const char whois[] =
	"SELECT o.person, o.kind, n.name, e.kind, e.status, u.code, f.name FROM person_number o"
	" LEFT JOIN person_name n ON n.person=o.person AND" THEN("n")
	" LEFT JOIN person_employment e ON e.person=o.person AND" THEN("e")
	" LEFT JOIN assignment a ON a.person=o.person AND" THEN("a")
	" LEFT JOIN unit u ON u.id=a.unit"
	" LEFT JOIN unit_fact f ON f.unit=a.unit AND" THEN("f")
	" WHERE o.digits=$1 AND" THEN("o") "ORDER BY o.person LIMIT 1";
/* clang-format on */

gboolean people_whois(Sql *sql, const char *digits, gint64 day, gint64 known_ms,
					  PersonIdentity *identity, GError **error)
{
	*identity = (PersonIdentity){0};
	g_autoptr(SqlStatement) row = sql_query(sql, error, whois, "tii", digits, day, known_ms);
	if (row == NULL)
		return FALSE;
	SqlStep step = sql_next(row, error);
	if (step == SQL_ROW)
		*identity = (PersonIdentity){.person = sql_int(row, 0),
									 .number_kind = g_strdup(sql_text(row, 1)),
									 .name = g_strdup(sql_text(row, 2)),
									 .employment = g_strdup(sql_text(row, 3)),
									 .status = g_strdup(sql_text(row, 4)),
									 .unit_code = g_strdup(sql_text(row, 5)),
									 .unit_name = g_strdup(sql_text(row, 6))};
	return step != SQL_FAILED;
}

void person_identity_clear(PersonIdentity *identity)
{
	g_free(identity->name);
	g_free(identity->number_kind);
	g_free(identity->employment);
	g_free(identity->status);
	g_free(identity->unit_code);
	g_free(identity->unit_name);
	*identity = (PersonIdentity){0};
}
