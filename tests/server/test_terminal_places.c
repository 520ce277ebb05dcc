/* A terminal that moves: its punches, its completeness and its roster follow, each as of its day. */
#include "server/distribute.h"
#include "server/store/time/coverage.h"
#include "server/store/time/rosters.h"
#include "server/store/terminals/terminal_places.h"
#include "tests/server/office.h"

static void setup(Office *office, gconstpointer data G_GNUC_UNUSED)
{
	office_open(office);
	device_boot_event(office->device, FALSE, office_at(OFFICE_DAY - 1, 6, 0));
}

static void teardown(Office *office, gconstpointer data G_GNUC_UNUSED)
{
	office_close(office);
}

/* To the other place. */
static gboolean move(Office *office, gint64 from_day, gint64 to_day)
{
	Change change = office_change(office, from_day, to_day);
	gboolean changed;
	office_ok(sql_begin(office->sql, error));
	office_ok(terminal_places_move(office->sql, &office->device->id, office->places[1], &change,
								   OFFICE_OFFSET, &changed, error));
	office_ok(sql_commit(office->sql, error));
	return changed;
}

static gint64 place_on(Office *office, gint64 day)
{
	gint64 place;
	office_ok(terminal_places_on(office->sql, &office->device->id, day, &place, error));
	return place;
}

static gint64 place_now(Office *office)
{
	TerminalRow row;
	office_ok(terminals_get(office->sql, &office->device->id, &row, error));
	return row.place;
}

static void it_stands_where_it_was_hung_until_it_moves(Office *office,
													   gconstpointer data G_GNUC_UNUSED)
{
	g_assert_cmpint(place_on(office, 0), ==, office->places[0]);
	g_assert_true(move(office, OFFICE_DAY + 2, DAY_OPEN));
	g_assert_false(move(office, OFFICE_DAY + 2, DAY_OPEN));
	g_assert_cmpint(place_on(office, OFFICE_DAY + 1), ==, office->places[0]);
	g_assert_cmpint(place_on(office, OFFICE_DAY + 2), ==, office->places[1]);
	/* Today's place changes when the day comes, and whoever holds a copy sees a new revision. */
	gint64 before, after;
	g_assert_cmpint(place_now(office), ==, office->places[0]);
	office_ok(terminals_revision(office->sql, &before, error));
	office_ok(terminal_places_follow(office->sql, OFFICE_DAY + 1, error));
	office_ok(terminals_revision(office->sql, &after, error));
	g_assert_cmpint(before, ==, after);
	office_ok(terminal_places_follow(office->sql, OFFICE_DAY + 2, error));
	office_ok(terminals_revision(office->sql, &after, error));
	g_assert_cmpint(place_now(office), ==, office->places[1]);
	g_assert_cmpint(after, >, before);
}

static void nobody_moves_what_is_not_there(Office *office, gconstpointer data G_GNUC_UNUSED)
{
	TerminalId none = {"none"};
	Change change = office_change(office, OFFICE_DAY, DAY_OPEN);
	gboolean changed;
	GError *error = NULL;
	g_assert_false(terminal_places_move(office->sql, &none, office->places[1], &change,
										OFFICE_OFFSET, &changed, &error));
	g_assert_no_error(error);
}

static gint64 punch_place(Office *office, gint64 seq)
{
	gint64 place = 0;
	office_ok(sql_get_int(office->sql, &place, 0, error, "SELECT place FROM punch WHERE seq = $1",
						  "i", seq));
	return place;
}

static void a_punch_has_the_place_of_its_day(Office *office, gconstpointer data G_GNUC_UNUSED)
{
	move(office, OFFICE_DAY, DAY_OPEN);
	gint64 old = device_punch(office->device, OFFICE_PERSON(0), office_at(OFFICE_DAY - 1, 23, 59));
	gint64 new = device_punch(office->device, OFFICE_PERSON(0), office_at(OFFICE_DAY, 0, 0));
	office_merge(office, 1, new, NULL);
	g_assert_cmpint(punch_place(office, old), ==, office->places[0]);
	g_assert_cmpint(punch_place(office, new), ==, office->places[1]);
}

/* The move is recorded late: what was stored meanwhile is put right, and judged anew. */
static void a_move_of_the_past_takes_its_punches_along(Office *office,
													   gconstpointer data G_GNUC_UNUSED)
{
	gint64 old = device_punch(office->device, OFFICE_PERSON(0), office_at(OFFICE_DAY - 1, 7, 0));
	gint64 new = device_punch(office->device, OFFICE_PERSON(0), office_at(OFFICE_DAY, 7, 0));
	office_merge(office, 1, new, NULL);
	office_ok(sql_run(office->sql, error, "DELETE FROM person_mark", ""));
	move(office, OFFICE_DAY, DAY_OPEN);
	g_assert_cmpint(punch_place(office, old), ==, office->places[0]);
	g_assert_cmpint(punch_place(office, new), ==, office->places[1]);
	/* People of both places: 1000001 is of the first, 1000004 of the second. */
	g_assert_cmpint(office_count(office, "SELECT count(*) FROM person_mark WHERE from_day <= 20150"
										 " AND to_day > 20150 AND person IN (1000001, 1000004)"),
					==, 2);
	g_assert_cmpint(place_now(office), ==, office->places[1]);
}

static CoverageState coverage(Office *office, int place, gint64 day)
{
	CoverageState state;
	office_ok(coverage_of_place(office->sql, office->places[place], office_at(day, 7, 0),
								office_at(day, 8, 0), OFFICE_OFFSET, &state, NULL, error));
	return state;
}

static void completeness_is_of_where_it_stood(Office *office, gconstpointer data G_GNUC_UNUSED)
{
	for (int minute = 360; minute <= 540; minute += 15)
		device_alive(office->device, office_at(OFFICE_DAY - 1, 0, 0) + minute * 60000);
	office_merge(office, 1, device_seq(office->device), NULL);
	move(office, OFFICE_DAY, DAY_OPEN);
	/* The day before it covered the first place; now it owes the second. */
	g_assert_cmpint(coverage(office, 0, OFFICE_DAY - 1), ==, COVERAGE_COMPLETE);
	g_assert_cmpint(coverage(office, 1, OFFICE_DAY - 1), ==, COVERAGE_NONE);
	g_assert_cmpint(coverage(office, 0, OFFICE_DAY), ==, COVERAGE_NONE);
	g_assert_cmpint(coverage(office, 1, OFFICE_DAY), ==, COVERAGE_GAP);
}

/* The entry of a person; FALSE: none. */
static gboolean rostered(Office *office, PersonId person, gint64 now_ms, RosterRow *out)
{
	const DistributePolicy policy = {
		.utc_offset_min = OFFICE_OFFSET, .lease_days = 90, .grace_days = 7, .repeat_s = 300};
	gint64 changed;
	g_autoptr(GArray) changes = NULL;
	office_ok(sql_begin(office->sql, error));
	office_ok(
		distribute_refresh(office->sql, &policy, &office->device->id, now_ms, &changed, error));
	office_ok(sql_commit(office->sql, error));
	office_ok(rosters_changes(office->sql, &office->device->id, 0, 1000, &changes, error));
	for (guint i = 0; i < changes->len; i++) {
		const RosterChange *change = &g_array_index(changes, RosterChange, i);
		if (change->row.person != person)
			continue;
		*out = change->row;
		return !change->removed;
	}
	return FALSE;
}

/* The new place's people are there before, for the day of the move; the old one's leave on it. */
static void the_roster_changes_on_the_day(Office *office, gconstpointer data G_GNUC_UNUSED)
{
	RosterRow row;
	PersonId old = OFFICE_PERSON(0), new = OFFICE_PERSON(3);
	g_assert_true(rostered(office, old, office->now_ms, &row));
	g_assert_false(rostered(office, new, office->now_ms, &row));
	move(office, OFFICE_DAY + 2, DAY_OPEN);
	gint64 day_ms = office_at(OFFICE_DAY + 2, 0, 0);
	g_assert_true(rostered(office, old, office->now_ms, &row));
	g_assert_cmpint(row.not_after_ms, ==, day_ms);
	g_assert_true(rostered(office, new, office->now_ms, &row));
	g_assert_cmpint(row.not_before_ms, ==, day_ms);
	g_assert_false(rostered(office, old, day_ms, &row));
	g_assert_true(rostered(office, new, day_ms, &row));
}

#define CASE(function) {"/terminal_places/" #function, function}

static const struct {
	const char *path;
	void (*run)(Office *office, gconstpointer data);
} cases[] = {
	CASE(it_stands_where_it_was_hung_until_it_moves),
	CASE(nobody_moves_what_is_not_there),
	CASE(a_punch_has_the_place_of_its_day),
	CASE(a_move_of_the_past_takes_its_punches_along),
	CASE(completeness_is_of_where_it_stood),
	CASE(the_roster_changes_on_the_day),
};

int main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	for (gsize i = 0; i < G_N_ELEMENTS(cases); i++)
		g_test_add(cases[i].path, Office, NULL, setup, cases[i].run, teardown);
	return g_test_run();
}
