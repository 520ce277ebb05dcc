#include "server/store/people/reorganise.h"

#include "server/store/people/assignments.h"
#include "server/store/people/careers.h"
#include "server/store/people/grants.h"
#include "server/store/people/units.h"
#include "server/store/time/deductions.h"
#include "server/store/time/schedules.h"

const char *reorganise_kind_text(ReorganiseKind kind)
{
	static const char *const texts[] = {"rename", "move", "merge", "split", "abolish"};
	return texts[kind];
}

typedef struct {
	Sql *sql;
	const Reorganisation *what;
	const Change *change;
	ReorganiseResult *result;
	gint64 parent; /* of the unit on the TMT */
	char *name;    /* and its name: owned */
} Work;

/* What is known of a unit or person for a time that begins at the TMT or later. */
typedef struct {
	gint64 key, other; /* whose; and a second figure of the row */
	gint64 number;
	char *a, *b, *c; /* texts: owned */
	gint64 from_day, to_day;
} Known;

static void clear_known(gpointer data)
{
	Known *known = data;
	g_free(known->a);
	g_free(known->b);
	g_free(known->c);
}

static gboolean refuse(GError **error, const char *text)
{
	g_set_error(error, SQL_ERROR, SQL_ERROR_CONSTRAINT, "%s", text);
	return FALSE;
}

/* `text` selects key, other, number, a, b, c, from, to; $1 the unit, $2 the TMT. */
static GArray *load_known(Work *work, const char *text, GError **error)
{
	g_autoptr(GArray) found = g_array_new(FALSE, TRUE, sizeof(Known));
	g_array_set_clear_func(found, clear_known);
	g_autoptr(SqlStatement) rows =
		sql_query(work->sql, error, text, "ii", work->what->unit, work->change->from_day);
	SqlStep step = SQL_FAILED;
	while (rows != NULL && (step = sql_next(rows, error)) == SQL_ROW) {
		Known known = {.key = sql_int(rows, 0),
					   .other = sql_int(rows, 1),
					   .number = sql_int(rows, 2),
					   .a = g_strdup(sql_text(rows, 3)),
					   .b = g_strdup(sql_text(rows, 4)),
					   .c = g_strdup(sql_text(rows, 5)),
					   .from_day = MAX(sql_int(rows, 6), work->change->from_day),
					   .to_day = sql_int(rows, 7)};
		g_array_append_val(found, known);
	}
	return step == SQL_DONE ? g_steal_pointer(&found) : NULL;
}

static Change change_of(const Work *work, const Known *known)
{
	Change change = *work->change;
	change.from_day = known->from_day;
	change.to_day = known->to_day;
	return change;
}

/* ── Facts of units ── */

#define FACTS                                                                                      \
	"SELECT f.unit, coalesce(f.parent,0), 0, f.name, f.short_name, f.kind, f.valid_from_day,"      \
	" f.valid_to_day FROM unit_fact f WHERE f.valid_to_day>$2 AND" AS_KNOWN_NOW("f")
static const char own_facts[] = FACTS "AND f.unit=$1 ORDER BY f.valid_from_day";
static const char facts_below[] = FACTS "AND f.parent=$1 ORDER BY f.unit, f.valid_from_day";

static gboolean set_facts(Work *work, const Known *known, const UnitFacts *facts, GError **error)
{
	Change change = change_of(work, known);
	gboolean changed = FALSE;
	if (!units_set(work->sql, known->key, facts, &change, &changed, error))
		return FALSE;
	work->result->changed |= changed;
	return TRUE;
}

/* A new name or place in the tree holds until another one is known. */
static gboolean change_own(Work *work, GError **error)
{
	const Reorganisation *what = work->what;
	gboolean rename = what->kind == REORGANISE_RENAME;
	g_autoptr(GArray) rows = load_known(work, own_facts, error);
	if (rows == NULL)
		return FALSE;
	for (guint i = 0; i < rows->len; i++) {
		const Known *known = &g_array_index(rows, Known, i);
		const Known *first = &g_array_index(rows, Known, 0);
		if (rename ? g_strcmp0(known->a, first->a) != 0 : known->other != first->other)
			break;
		UnitFacts facts = {.name = rename ? what->name : known->a,
						   .short_name = rename ? what->short_name : known->b,
						   .kind = known->c,
						   .parent = rename ? known->other : what->to};
		if (!set_facts(work, known, &facts, error))
			return FALSE;
	}
	return TRUE;
}

static gboolean goes_along(const Reorganisation *what, gint64 unit)
{
	for (gsize i = 0; i < what->n_units; i++)
		if (what->units[i] == unit)
			return TRUE;
	return what->kind == REORGANISE_MERGE;
}

static gboolean move_units_below(Work *work, GError **error)
{
	g_autoptr(GArray) rows = load_known(work, facts_below, error);
	if (rows == NULL)
		return FALSE;
	for (guint i = 0; i < rows->len; i++) {
		const Known *known = &g_array_index(rows, Known, i);
		if (!goes_along(work->what, known->key))
			continue;
		/* Who takes over from the unit above takes its place in the tree. */
		UnitFacts facts = {.name = known->a,
						   .short_name = known->b,
						   .kind = known->c,
						   .parent = known->key == work->what->to ? work->parent : work->what->to};
		if (!set_facts(work, known, &facts, error))
			return FALSE;
	}
	return TRUE;
}

/* ── People ── */

static const char people_there[] =
	"SELECT a.person, coalesce(a.duty_place,0), (SELECT count(*) FROM verdict v"
	"  WHERE v.person=a.person AND v.day>=$2 AND v.day>=a.valid_from_day AND v.day<a.valid_to_day),"
	" NULL, NULL, NULL, a.valid_from_day, a.valid_to_day FROM assignment a"
	" WHERE a.unit=$1 AND a.valid_to_day>$2 AND" AS_KNOWN_NOW("a") "ORDER BY a.person,"
																   " a.valid_from_day";

static const char seconds_there[] =
	"SELECT s.person, coalesce(s.place,0), coalesce(s.share_percent,0), s.kind, NULL, NULL,"
	" s.valid_from_day, s.valid_to_day FROM secondary_assignment s"
	" WHERE s.unit=$1 AND s.valid_to_day>$2 AND" AS_KNOWN_NOW("s") "ORDER BY s.person,"
																   " s.valid_from_day";

static gboolean is_named(const Reorganisation *what, PersonId person)
{
	for (gsize i = 0; i < what->n_people; i++)
		if (what->people[i] == person)
			return TRUE;
	return what->kind == REORGANISE_MERGE;
}

static gboolean move_person(Work *work, const Known *known, gboolean new, GError **error)
{
	const Reorganisation *what = work->what;
	Change change = change_of(work, known);
	gboolean changed = FALSE;
	if (!assignments_set(work->sql, known->key, what->to, known->other, &change, &changed, error) ||
		(new && !grants_follow(work->sql, known->key, what->unit, what->to, work->change->from_day,
							   work->change->now_ms, error)))
		return FALSE;
	work->result->changed |= changed;
	work->result->n_people += new;
	work->result->judged_days += known->number;
	return TRUE;
}

static gboolean move_people(Work *work, GError **error)
{
	PersonId last = 0;
	g_autoptr(GArray) rows = load_known(work, people_there, error);
	if (rows == NULL)
		return FALSE;
	for (guint i = 0; i < rows->len; i++) {
		const Known *known = &g_array_index(rows, Known, i);
		if (!is_named(work->what, (PersonId)known->key))
			continue;
		if (!move_person(work, known, known->key != (gint64)last, error))
			return FALSE;
		last = (PersonId)known->key;
	}
	return TRUE;
}

static gboolean move_seconds(Work *work, GError **error)
{
	g_autoptr(GArray) rows = load_known(work, seconds_there, error);
	if (rows == NULL)
		return FALSE;
	for (guint i = 0; i < rows->len; i++) {
		const Known *known = &g_array_index(rows, Known, i);
		Change change = change_of(work, known);
		const Secondary there = {.unit = work->what->to,
								 .place = known->other,
								 .kind = known->a,
								 .share_percent = known->number};
		PersonId person = (PersonId)known->key;
		if (!careers_end_secondary(work->sql, person, work->what->unit, &change, NULL, error) ||
			!careers_set_secondary(work->sql, person, &there, &change, NULL, error))
			return FALSE;
	}
	return TRUE;
}

/* Everybody of a split is there on the TMT, or went already: a file comes twice. */
static gboolean check_people(Work *work, GError **error)
{
	for (gsize i = 0; i < work->what->n_people; i++) {
		Assignment at;
		if (!assignments_on(work->sql, work->what->people[i], work->change->from_day, &at, error))
			return FALSE;
		if (at.unit == work->what->unit || at.unit == work->what->to)
			continue;
		g_set_error(error, SQL_ERROR, SQL_ERROR_CONSTRAINT,
					"person %" G_GINT64_FORMAT " does not serve in the unit on that day",
					(gint64)work->what->people[i]);
		return FALSE;
	}
	return TRUE;
}

/* ── The successor ── */

static gboolean same_places(const GArray *a, const GArray *b)
{
	for (guint i = 0; i < MIN(a->len, b->len); i++)
		if (g_array_index(a, gint64, i) != g_array_index(b, gint64, i))
			return FALSE;
	return a->len == b->len;
}

static gboolean inherit_places(Work *work, GError **error)
{
	g_autoptr(GArray) old = NULL;
	g_autoptr(GArray) new = NULL;
	gint64 day = work->change->from_day, to = work->what->to;
	return units_places(work->sql, work->what->unit, day, &old, error) &&
		   units_places(work->sql, to, day, &new, error) &&
		   (same_places(old, new) ||
			units_set_places(work->sql, to, (const gint64 *)(void *)old->data, old->len,
							 work->change, NULL, error));
}

static gboolean inherit_rules(Work *work, GError **error)
{
	gint64 day = work->change->from_day, from = work->what->unit, to = work->what->to;
	gint64 old[4] = {0}, new[4] = {0};
	WeekPattern week;
	Change always = *work->change;
	always.from_day = DAY_ALWAYS;
	if (!schedules_on(work->sql, from, day, &old[0], &week, NULL, NULL, error) ||
		!schedules_on(work->sql, to, day, &new[0], &week, NULL, NULL, error) ||
		!deductions_on(work->sql, from, day, &old[1], error) ||
		!deductions_on(work->sql, to, day, &new[1], error) ||
		!units_start(work->sql, from, day, &old[2], &old[3], error) ||
		!units_start(work->sql, to, day, &new[2], &new[3], error))
		return FALSE;
	return (old[0] == new[0] || old[0] == 0 ||
			schedules_set(work->sql, to, old[0], work->change, NULL, error)) &&
		   (old[1] == new[1] || old[1] == 0 ||
			deductions_set(work->sql, to, old[1], work->change, NULL, error)) &&
		   ((old[2] == new[2] && old[3] == new[3]) || old[2] == DAY_OPEN ||
			units_set_start(work->sql, to, old[2], old[3], &always, NULL, error));
}

static gboolean exists_on(Work *work, gint64 unit, gint64 *n, GError **error)
{
	return sql_get_int(work->sql, n, 0, error,
					   "SELECT count(*) FROM unit_fact f WHERE f.unit=$1 AND" NOW_ON("f", "$2"),
					   "ii", unit, work->change->from_day);
}

/* Made beside the unit, with its places, hours and deductions where those above say otherwise. */
static gboolean ensure_successor(Work *work, GError **error)
{
	gint64 n = 0;
	if (!exists_on(work, work->what->to, &n, error))
		return FALSE;
	if (n > 0)
		return TRUE;
	if (work->what->name == NULL)
		return refuse(error,
					  "the other unit does not exist on that day, and has no name to be made");
	const UnitFacts facts = {
		.name = work->what->name, .short_name = work->what->short_name, .parent = work->parent};
	return units_set(work->sql, work->what->to, &facts, work->change, &work->result->changed,
					 error) &&
		   inherit_places(work, error) && inherit_rules(work, error);
}

/* ── The end of a unit ── */

static gboolean end_unit(Work *work, GError **error)
{
	static const char left[] =
		"SELECT (SELECT count(*) FROM assignment a WHERE a.unit=$1 AND a.valid_to_day>$2"
		" AND" AS_KNOWN_NOW("a") ") + (SELECT count(*) FROM secondary_assignment s"
								 " WHERE s.unit=$1 AND s.valid_to_day>$2 AND" AS_KNOWN_NOW(
									 "s") ")"
										  " + (SELECT count(*) FROM unit_fact f WHERE f.parent=$1 "
										  "AND f.valid_to_day>$2"
										  " AND" AS_KNOWN_NOW("f") ")";
	const Change *change = work->change;
	gint64 unit = work->what->unit, n = 0;
	gboolean changed = FALSE;
	if (!sql_get_int(work->sql, &n, 0, error, left, "ii", unit, change->from_day))
		return FALSE;
	if (n > 0) {
		g_set_error(error, SQL_ERROR, SQL_ERROR_CONSTRAINT,
					"%" G_GINT64_FORMAT " people or units are still in it on that day or later", n);
		return FALSE;
	}
	if (!careers_end_heads(work->sql, unit, change, error) ||
		!units_set_places(work->sql, unit, NULL, 0, change, NULL, error) ||
		!units_end(work->sql, unit, change, &changed, error) ||
		!grants_end_unit(work->sql, unit, MAX(change->from_day, change->today),
						 &work->result->n_grants_ended, error))
		return FALSE;
	work->result->changed |= changed;
	return TRUE;
}

/* ── The act ── */

static gboolean apply(Work *work, GError **error)
{
	switch (work->what->kind) {
	case REORGANISE_RENAME:
	case REORGANISE_MOVE:
		return change_own(work, error);
	case REORGANISE_MERGE:
		return ensure_successor(work, error) && move_units_below(work, error) &&
			   move_people(work, error) && move_seconds(work, error) && end_unit(work, error);
	case REORGANISE_SPLIT:
		return check_people(work, error) && ensure_successor(work, error) &&
			   move_units_below(work, error) && move_people(work, error);
	case REORGANISE_ABOLISH:
		return end_unit(work, error);
	}
	return refuse(error, "no such kind");
}

static gboolean record(Work *work, GError **error)
{
	const Reorganisation *what = work->what;
	const gint64 *to = what->to != 0 ? &what->to : NULL;
	const gint64 *decree_day = what->decree_day != DAY_ALWAYS ? &what->decree_day : NULL;
	g_autofree char *other = what->to != 0
								 ? units_name(work->sql, what->to, work->change->from_day, error)
								 : g_strdup(what->name);
	gint64 n = sql_change(
		work->sql, error,
		"INSERT INTO reorganisation (id, unit, kind, to_unit, decree, decree_day, tmt_day,"
		" before_text, after_text, n_people, judged_days, recorded_ms)"
		" SELECT coalesce(max(id),0)+1, $1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11"
		" FROM reorganisation WHERE true ON CONFLICT DO NOTHING",
		"itItIittiii", what->unit, reorganise_kind_text(what->kind), to, work->change->source,
		decree_day, work->change->from_day, work->name, other, work->result->n_people,
		work->result->judged_days, work->change->now_ms);
	work->result->changed |= n > 0;
	return n >= 0;
}

/* A file comes twice: what a decree did already is not done again. */
static gboolean recorded_tmt(Work *work, gint64 *tmt_day, GError **error)
{
	return sql_get_int(work->sql, tmt_day, DAY_OPEN, error,
					   "SELECT tmt_day FROM reorganisation WHERE unit=$1 AND kind=$2 AND decree=$3"
					   " AND coalesce(to_unit,0)=$4",
					   "itti", work->what->unit, reorganise_kind_text(work->what->kind),
					   work->change->source, work->what->to);
}

gboolean reorganise(Sql *sql, const Reorganisation *what, const Change *change,
					ReorganiseResult *result, GError **error)
{
	*result = (ReorganiseResult){0};
	Work work = {.sql = sql, .what = what, .change = change, .result = result};
	gint64 tmt_day = DAY_OPEN;
	if (!recorded_tmt(&work, &tmt_day, error))
		return FALSE;
	if (tmt_day != DAY_OPEN)
		return tmt_day == change->from_day ||
			   refuse(error, "the decree did this already, with another TMT");
	if (what->unit == what->to)
		return refuse(error, "a unit cannot go into itself");
	work.name = units_name(sql, what->unit, change->from_day, error);
	if (work.name == NULL)
		return error != NULL && *error != NULL
				   ? FALSE
				   : refuse(error, "the unit does not exist on that day");
	gboolean done =
		sql_get_int(
			sql, &work.parent, 0, error,
			"SELECT coalesce(f.parent,0) FROM unit_fact f WHERE f.unit=$1 AND" NOW_ON("f", "$2"),
			"ii", what->unit, change->from_day) &&
		apply(&work, error) && record(&work, error);
	g_free(work.name);
	return done;
}
