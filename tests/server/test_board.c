/* The board of the day: everybody of a unit, and who serves there besides; judged once. */
#include <string.h>

#include "server/judge/judge.h"
#include "server/store/people/careers.h"
#include "server/store/time/board.h"
#include "server/store/time/leaves.h"
#include "server/store/time/punches.h"
#include "server/store/time/verdicts.h"
#include "server/web/time/page_board.h"
#include "tests/server/office.h"

#define STAFF OFFICE_PERSON(0)   /* of the office, unit 0 */
#define TEACHER OFFICE_PERSON(3) /* of the school, unit 1 */

/* "0 2 3sekolah": who stands on the board, and as what besides. */
static char *board_text(Office *office, gint64 unit, gint64 day, PersonId of, char **code)
{
	g_autoptr(GError) error = NULL;
	g_autoptr(GString) out = g_string_new(NULL);
	g_autoptr(GPtrArray) people = board_people(office->sql, unit, day, office_at(day, 0, 0),
											   office_at(day + 1, 0, 0), &error);
	g_assert_no_error(error);
	for (guint i = 0; i < people->len; i++) {
		const BoardPerson *person = people->pdata[i];
		g_string_append_printf(out, "%s%d%s", i > 0 ? " " : "",
							   (int)(person->person - OFFICE_PERSON(0)),
							   person->secondary != NULL ? person->secondary : "");
		if (person->person == of && code != NULL)
			*code = g_strdup(person->code);
	}
	return g_string_free(g_steal_pointer(&out), FALSE);
}

static void expect_board(Office *office, gint64 unit, gint64 day, const char *people)
{
	g_autofree char *text = board_text(office, unit, day, 0, NULL);
	g_assert_cmpstr(text, ==, people);
}

static void serve_besides(Office *office, PersonId person, int unit, const char *kind, gint64 from,
						  gint64 to)
{
	Change change = office_change(office, from, to);
	Secondary there = {.unit = office->units[unit], .kind = kind};
	office_ok(sql_begin(office->sql, error));
	office_ok(careers_set_secondary(office->sql, person, &there, &change, NULL, error));
	office_ok(sql_commit(office->sql, error));
}

static void both_units_see_who_serves_in_both(Office *office, gconstpointer data G_GNUC_UNUSED)
{
	gint64 day = OFFICE_DAY;
	serve_besides(office, STAFF, 1, "sekolah", day, day + 2);
	serve_besides(office, TEACHER, 0, "plt", day + 1, DAY_OPEN);
	expect_board(office, office->units[0], day, "0 1 2");
	expect_board(office, office->units[1], day, "0sekolah 3");
	expect_board(office, office->units[0], day + 1, "0 1 2 3plt");
	expect_board(office, office->units[1], day + 2, "3");
	/* The board of the province has everybody once. */
	expect_board(office, 0, day + 1, "0 1 2 3");
}

static void whoever_serves_in_two_units_elsewhere_is_there_once(Office *office,
																gconstpointer data G_GNUC_UNUSED)
{
	Change always = office_change(office, DAY_ALWAYS, DAY_OPEN);
	gint64 below = 0, third = 0;
	UnitFacts facts = {.name = "SMPN1", .parent = office->units[1]};
	office_ok(sql_begin(office->sql, error));
	office_ok(units_find(office->sql, "SMPN1", TRUE, &below, error));
	office_ok(units_set(office->sql, below, &facts, &always, NULL, error));
	Secondary there = {.unit = below, .kind = "tambahan"};
	office_ok(careers_set_secondary(office->sql, STAFF, &there, &always, NULL, error));
	office_ok(sql_commit(office->sql, error));
	serve_besides(office, STAFF, 1, "sekolah", DAY_ALWAYS, DAY_OPEN);
	expect_board(office, office->units[1], OFFICE_DAY, "0sekolah 3");
	expect_board(office, below, OFFICE_DAY, "0tambahan");
	office_ok(sql_get_int(office->sql, &third, 0, error,
						  "SELECT count(*) FROM secondary_assignment WHERE recorded_to_ms IS NULL",
						  ""));
	g_assert_cmpint(third, ==, 2);
}

static void punch_at(Office *office, PersonId person, int place, gint64 at_ms)
{
	Punch punch = {.terminal = {PUNCH_BY_HAND},
				   .person = person,
				   .at_ms = at_ms,
				   .place = office->places[place],
				   .state = PUNCH_COUNTED,
				   .letter = "Daftar 1"};
	gboolean added = FALSE;
	office_ok(sql_begin(office->sql, error));
	office_ok(punches_add_unsigned(office->sql, &punch, OFFICE_OFFSET, &added, error));
	office_ok(sql_commit(office->sql, error));
}

static void judge_now(Office *office)
{
	g_autoptr(Judge) judge = judge_new(office->sql, OFFICE_OFFSET, NULL, NULL);
	JudgeCheck check = {0};
	office_ok(judge_tick(judge, office->now_ms, error));
	office_ok(judge_all(judge, office->now_ms, error));
	office_ok(judge_check(judge, OFFICE_DAY - 30, OFFICE_DAY + 3, office->now_ms, NULL, NULL,
						  &check, error));
	g_assert_cmpint(check.n_different, ==, 0);
}

static void both_boards_show_the_one_verdict(Office *office, gconstpointer data G_GNUC_UNUSED)
{
	gint64 day = OFFICE_DAY, n = 0;
	g_autofree char *here = NULL, *there = NULL;
	office->now_ms = office_at(day, 22, 0);
	serve_besides(office, STAFF, 1, "sekolah", day, DAY_OPEN);
	punch_at(office, STAFF, 1, office_at(day, 7, 12)); /* at the second school */
	punch_at(office, STAFF, 0, office_at(day, 15, 40));
	judge_now(office);
	g_autofree char *first = board_text(office, office->units[0], day, STAFF, &here);
	g_autofree char *second = board_text(office, office->units[1], day, STAFF, &there);
	g_assert_cmpstr(here, ==, "TL1");
	g_assert_cmpstr(there, ==, "TL1");
	office_ok(sql_get_int(office->sql, &n, 0, error,
						  "SELECT count(*) FROM verdict WHERE person=$1 AND day=$2", "ii",
						  (gint64)STAFF, day));
	g_assert_cmpint(n, ==, 1);
}

static gint64 n_conflicts(Office *office, PersonId person, gint64 day)
{
	gint64 n = 0;
	office_ok(sql_get_int(office->sql, &n, -1, error,
						  "SELECT conflict FROM verdict WHERE person=$1 AND day=$2", "ii", person,
						  day));
	return n;
}

/* A change of the secondary assignment, or of the places of its unit, is judged again. */
static void the_second_units_places_are_duty_places(Office *office,
													gconstpointer data G_GNUC_UNUSED)
{
	gint64 day = OFFICE_DAY;
	Leave leave = {.person = STAFF, .code = "DL", .slot = "hari", .letter = "090/1"};
	Change one = office_change(office, day, day + 1);
	office->now_ms = office_at(day, 22, 0);
	office_ok(sql_begin(office->sql, error));
	office_ok(leaves_set(office->sql, &leave, &one, NULL, NULL, error));
	office_ok(sql_commit(office->sql, error));
	punch_at(office, STAFF, 1, office_at(day, 7, 0));
	judge_now(office);
	g_assert_cmpint(n_conflicts(office, STAFF, day), ==, 0); /* may be where they were sent */
	serve_besides(office, STAFF, 1, "sekolah", day, DAY_OPEN);
	judge_now(office);
	g_assert_cmpint(n_conflicts(office, STAFF, day), ==, 1); /* a duty place: was not away */
	office_ok(sql_begin(office->sql, error));
	office_ok(
		units_set_places(office->sql, office->units[1], &office->places[0], 1, &one, NULL, error));
	office_ok(sql_commit(office->sql, error));
	judge_now(office);
	g_assert_cmpint(n_conflicts(office, STAFF, day), ==, 0);
	office_ok(sql_begin(office->sql, error));
	office_ok(
		units_set_places(office->sql, office->units[1], &office->places[1], 1, &one, NULL, error));
	office_ok(careers_end_secondary(office->sql, STAFF, office->units[1], &one, NULL, error));
	office_ok(sql_commit(office->sql, error));
	judge_now(office);
	g_assert_cmpint(n_conflicts(office, STAFF, day), ==, 0);
}

static void the_page_says_who_serves_there_besides(Office *office, gconstpointer data G_GNUC_UNUSED)
{
	static const struct {
		const char *kind, *words;
	} rows[] = {{"sekolah", "<b>PEGAWAI 1000001</b> <em>sekolah kedua</em>"},
				{"plh", "<b>PEGAWAI 1000001</b> <em>Plh</em>"},
				{"tambahan", "<b>PEGAWAI 1000001</b> <em>tugas tambahan</em>"}};
	g_autoptr(GError) error = NULL;
	g_autoptr(GHashTable) names = g_hash_table_new(g_int64_hash, g_int64_equal);
	g_autoptr(GArray) terminals = g_array_new(FALSE, FALSE, sizeof(BoardTerminal));
	gint64 day = OFFICE_DAY;
	for (gsize i = 0; i < G_N_ELEMENTS(rows); i++) {
		serve_besides(office, STAFF, 1, rows[i].kind, day, DAY_OPEN);
		g_autoptr(GPtrArray) people =
			board_people(office->sql, office->units[1], day, office_at(day, 0, 0),
						 office_at(day + 1, 0, 0), &error);
		g_hash_table_insert(names, &office->units[1], "SMAN1");
		BoardView view = {.date = "",
						  .time = "07.00",
						  .n_people = people->len,
						  .people = people,
						  .units = names,
						  .terminals = terminals};
		view.n[BOARD_NOT_ENROLLED] = people->len;
		Html *html = html_new();
		page_board_render_fragment(html, &view);
		g_autoptr(GBytes) bytes = html_to_bytes(html);
		g_autofree char *text = g_strndup(g_bytes_get_data(bytes, NULL), g_bytes_get_size(bytes));
		g_assert_nonnull(strstr(text, rows[i].words));
		g_assert_nonnull(strstr(text, "<b>PEGAWAI 1000004</b><small"));
	}
}

static void setup(Office *office, gconstpointer data G_GNUC_UNUSED)
{
	office_open(office);
}

static void teardown(Office *office, gconstpointer data G_GNUC_UNUSED)
{
	office_close(office);
}

#define ADD(path, function) g_test_add("/board/" path, Office, NULL, setup, function, teardown)

int main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	ADD("both_units_see_who_serves_in_both", both_units_see_who_serves_in_both);
	ADD("whoever_serves_in_two_units_elsewhere_is_there_once",
		whoever_serves_in_two_units_elsewhere_is_there_once);
	ADD("both_boards_show_the_one_verdict", both_boards_show_the_one_verdict);
	ADD("the_second_units_places_are_duty_places", the_second_units_places_are_duty_places);
	ADD("the_page_says_who_serves_there_besides", the_page_says_who_serves_there_besides);
	return g_test_run();
}
