#include "server/store/time/shifts.h"

#include <string.h>

#include "server/rules/calendar.h"
#include "server/store/time/marks.h"

static const HistoryTable roster_table =
	HISTORY_TABLE("person_roster", "person", "person=$3", "shift, shift2, on_call, source", "iiit",
				  "$4,$5,$6,$7,$8");
static const HistoryTable rotation_table = HISTORY_TABLE(
	"person_rotation", "person", "person=$3", "cycle, anchor_day, source", "tit", "$4,$5,$6,$7");

/* ── Shifts ── */

gboolean shifts_find(Sql *sql, const char *code, gint64 *id, GError **error)
{
	return sql_get_int(sql, id, 0, error, "SELECT id FROM work_shift WHERE code=$1", "t", code);
}

gboolean shifts_get(Sql *sql, gint64 id, WorkShift *shift, char **name, GError **error)
{
	g_autoptr(SqlStatement) row =
		sql_query(sql, error,
				  "SELECT name, start_min, end_min, break_min, grace_min, flex_min FROM work_shift"
				  " WHERE id=$1",
				  "i", id);
	if (row == NULL)
		return FALSE;
	SqlStep step = sql_next(row, error);
	if (step == SQL_DONE)
		g_set_error(error, SQL_ERROR, SQL_ERROR_CONSTRAINT, "no shift %" G_GINT64_FORMAT, id);
	if (step != SQL_ROW)
		return FALSE;
	*name = g_strdup(sql_text(row, 0));
	*shift = (WorkShift){
		.id = id,
		.name = *name,
		.hours = {(gint32)sql_int(row, 1), (gint32)sql_int(row, 2), (gint32)sql_int(row, 3)},
		.grace_min = (gint32)sql_int(row, 4),
		.flex_min = (gint32)sql_int(row, 5)};
	return TRUE;
}

static gboolean same_shift(const WorkShift *a, const WorkShift *b)
{
	return a->hours.start_min == b->hours.start_min && a->hours.end_min == b->hours.end_min &&
		   a->hours.break_min == b->hours.break_min && a->grace_min == b->grace_min &&
		   a->flex_min == b->flex_min;
}

static gboolean check_known(Sql *sql, const WorkShift *shift, gint64 id, GError **error)
{
	WorkShift known;
	g_autofree char *name = NULL;
	if (!shifts_get(sql, id, &known, &name, error))
		return FALSE;
	if (same_shift(&known, shift))
		return TRUE;
	g_set_error(error, SQL_ERROR, SQL_ERROR_CONSTRAINT,
				"shift '%s' has other hours already; give the new hours a new code", shift->code);
	return FALSE;
}

gboolean shifts_add(Sql *sql, const WorkShift *shift, gint64 *id, gboolean *added, GError **error)
{
	WeekPattern week = {
		.days = {shift->hours}, .grace_min = shift->grace_min, .flex_min = shift->flex_min};
	const char *wrong = shift_check_week(&week);
	*added = FALSE;
	if (wrong != NULL) {
		g_set_error(error, SQL_ERROR, SQL_ERROR_CONSTRAINT, "%s", wrong);
		return FALSE;
	}
	if (!shifts_find(sql, shift->code, id, error))
		return FALSE;
	if (*id != 0)
		return check_known(sql, shift, *id, error);
	*added = TRUE;
	return sql_get_int(sql, id, 0, error,
					   "INSERT INTO work_shift (id, code, name, start_min, end_min, break_min,"
					   " grace_min, flex_min) SELECT coalesce(max(id),0)+1, $1, $2, $3, $4, $5, $6,"
					   " $7 FROM work_shift RETURNING id",
					   "ttiiiii", shift->code, shift->name, (gint64)shift->hours.start_min,
					   (gint64)shift->hours.end_min, (gint64)shift->hours.break_min,
					   (gint64)shift->grace_min, (gint64)shift->flex_min);
}

void shifts_of_day(const WorkShift *shift, gint64 day, gint64 utc_offset_min, Shift *out)
{
	*out = (Shift){.day = day,
				   .start_ms = calendar_ms(day, shift->hours.start_min, utc_offset_min),
				   .end_ms = calendar_ms(day, shift->hours.end_min, utc_offset_min),
				   .grace_min = shift->grace_min,
				   .flex_min = shift->flex_min};
}

/* ── Who works which ── */

/* A day more on both sides: the windows of neighbouring days shape each other. */
static gboolean mark_changed(Sql *sql, PersonId person, const Change *change, gboolean new,
							 gboolean *changed, GError **error)
{
	if (changed != NULL)
		*changed = new;
	return !new || mark_days(sql, person, change->from_day - 1, change->to_day + 1, change->today,
							 "roster", error);
}

gboolean shifts_set_roster(Sql *sql, PersonId person, const RosterDay *roster, const Change *change,
						   gboolean *changed, GError **error)
{
	Change day = *change;
	gboolean new = FALSE;
	HistoryValue values[] = {{.integer = roster->shifts[0], .is_null = roster->shifts[0] == 0},
							 {.integer = roster->shifts[1], .is_null = roster->shifts[1] == 0},
							 {.integer = roster->on_call},
							 {.text = change->source}};
	day.to_day = day.from_day + 1;
	return history_set(sql, &roster_table, &person, 1, values, &day, &new, error) &&
		   mark_changed(sql, person, &day, new, changed, error);
}

/* The shift of every place in the cycle, 0 for a day off; at most CYCLE_MAX. */
static gboolean parse_cycle(Sql *sql, const char *cycle, GArray *shifts, GError **error)
{
	g_auto(GStrv) codes = g_strsplit(cycle, " ", -1);
	for (char **code = codes; *code != NULL; code++) {
		gint64 id = 0;
		if (**code == '\0')
			continue;
		if (strcmp(*code, "-") != 0) {
			if (!shifts_find(sql, *code, &id, error))
				return FALSE;
			if (id == 0) {
				g_set_error(error, SQL_ERROR, SQL_ERROR_CONSTRAINT, "no shift has the code '%s'",
							*code);
				return FALSE;
			}
		}
		g_array_append_val(shifts, id);
	}
	if (shifts->len > 0 && shifts->len <= CYCLE_MAX)
		return TRUE;
	g_set_error(error, SQL_ERROR, SQL_ERROR_CONSTRAINT, "a cycle has 1 to %d shifts", CYCLE_MAX);
	return FALSE;
}

gboolean shifts_set_rotation(Sql *sql, PersonId person, const char *cycle, gint64 anchor_day,
							 const Change *change, gboolean *changed, GError **error)
{
	HistoryValue values[] = {{.text = cycle}, {.integer = anchor_day}, {.text = change->source}};
	gboolean new = FALSE;
	g_autoptr(GArray) shifts = g_array_new(FALSE, FALSE, sizeof(gint64));
	return parse_cycle(sql, cycle, shifts, error) &&
		   history_set(sql, &rotation_table, &person, 1, values, change, &new, error) &&
		   mark_changed(sql, person, change, new, changed, error);
}

/* ── Reading ── */

static void clear_roster(gpointer data)
{
	g_free(((RosterDay *)data)->source);
}

static gboolean read_rosters(Sql *sql, PersonId person, gint64 from_day, gint64 to_day,
							 GArray *found, GError **error)
{
	g_autoptr(SqlStatement) rows =
		sql_query(sql, error,
				  "SELECT r.valid_from_day, coalesce(r.shift,0), coalesce(r.shift2,0), r.on_call,"
				  " r.source FROM person_roster r WHERE r.person=$1 AND r.valid_from_day>=$2"
				  " AND r.valid_from_day<$3 AND" AS_KNOWN_NOW("r") "ORDER BY r.valid_from_day",
				  "iii", person, from_day, to_day);
	if (rows == NULL)
		return FALSE;
	SqlStep step;
	while ((step = sql_next(rows, error)) == SQL_ROW) {
		RosterDay day = {.day = sql_int(rows, 0),
						 .shifts = {sql_int(rows, 1), sql_int(rows, 2)},
						 .on_call = sql_int(rows, 3) != 0,
						 .source = g_strdup(sql_text(rows, 4))};
		g_array_append_val(found, day);
	}
	return step == SQL_DONE;
}

typedef struct {
	gint64 from_day, to_day, anchor_day;
	char *cycle, *source;
} Rotation;

static void clear_rotation(gpointer data)
{
	Rotation *rotation = data;
	g_free(rotation->cycle);
	g_free(rotation->source);
}

static gboolean read_rotations(Sql *sql, PersonId person, gint64 from_day, gint64 to_day,
							   GArray *found, GError **error)
{
	g_autoptr(SqlStatement) rows =
		sql_query(sql, error,
				  "SELECT r.valid_from_day, r.valid_to_day, r.anchor_day, r.cycle, r.source"
				  " FROM person_rotation r WHERE r.person=$1 AND r.valid_from_day<$3"
				  " AND r.valid_to_day>$2 AND" AS_KNOWN_NOW("r"),
				  "iii", person, from_day, to_day);
	if (rows == NULL)
		return FALSE;
	SqlStep step;
	while ((step = sql_next(rows, error)) == SQL_ROW) {
		Rotation rotation = {.from_day = MAX(sql_int(rows, 0), from_day),
							 .to_day = MIN(sql_int(rows, 1), to_day),
							 .anchor_day = sql_int(rows, 2),
							 .cycle = g_strdup(sql_text(rows, 3)),
							 .source = g_strdup(sql_text(rows, 4))};
		g_array_append_val(found, rotation);
	}
	return step == SQL_DONE;
}

static gboolean is_rostered(const GArray *rosters, guint n, gint64 day)
{
	for (guint i = 0; i < n; i++)
		if (g_array_index(rosters, RosterDay, i).day == day)
			return TRUE;
	return FALSE;
}

/* The days of a cycle that no roster has taken. */
static gboolean add_rotation(Sql *sql, const Rotation *rotation, GArray *rosters, GError **error)
{
	guint n_rostered = rosters->len;
	g_autoptr(GArray) shifts = g_array_new(FALSE, FALSE, sizeof(gint64));
	if (!parse_cycle(sql, rotation->cycle, shifts, error))
		return FALSE;
	for (gint64 day = rotation->from_day; day < rotation->to_day; day++) {
		gint64 place = (day - rotation->anchor_day) % (gint64)shifts->len;
		if (is_rostered(rosters, n_rostered, day))
			continue;
		RosterDay one = {
			.day = day,
			.shifts = {g_array_index(shifts, gint64, place < 0 ? place + shifts->len : place)},
			.source = g_strdup(rotation->source)};
		g_array_append_val(rosters, one);
	}
	return TRUE;
}

static int compare_days(gconstpointer a, gconstpointer b)
{
	const RosterDay *one = a, *other = b;
	return one->day < other->day ? -1 : one->day > other->day;
}

gboolean shifts_of_person(Sql *sql, PersonId person, gint64 from_day, gint64 to_day,
						  GArray **rosters, GError **error)
{
	g_autoptr(GArray) found = g_array_new(FALSE, TRUE, sizeof(RosterDay));
	g_autoptr(GArray) rotations = g_array_new(FALSE, TRUE, sizeof(Rotation));
	g_array_set_clear_func(found, clear_roster);
	g_array_set_clear_func(rotations, clear_rotation);
	if (!read_rosters(sql, person, from_day, to_day, found, error) ||
		!read_rotations(sql, person, from_day, to_day, rotations, error))
		return FALSE;
	for (guint i = 0; i < rotations->len; i++)
		if (!add_rotation(sql, &g_array_index(rotations, Rotation, i), found, error))
			return FALSE;
	g_array_sort(found, compare_days);
	*rosters = g_steal_pointer(&found);
	return TRUE;
}
