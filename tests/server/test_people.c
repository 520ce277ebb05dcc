/* People, units and places: numbers, lists, the tree as of a day, whose duty place it is. */
#include <string.h>

#include "server/rules/calendar.h"
#include "server/store/people/assignments.h"
#include "server/store/people/people.h"
#include "server/store/terminals/places.h"
#include "server/store/people/units.h"
#include "tests/server/database.h"

static void numbers_are_checked(void)
{
	static const struct {
		const char *text;
		NumberKind kind;
		const char *digits;
	} rows[] = {
		{NULL, NUMBER_NONE, ""},
		{"", NUMBER_NONE, ""},
		{"   ", NUMBER_NONE, ""},
		{"198503122010012001", NUMBER_NIP, "198503122010012001"},
		{"19850312 201001 2 001", NUMBER_NIP, "198503122010012001"},
		{"199001012021211005", NUMBER_NI_PPPK, "199001012021211005"},
		{"199001012021991005", NUMBER_NI_PPPK, "199001012021991005"},
		{"19850312201001200", NUMBER_BAD, NULL},   /* 17 digits, as the KAK itself prints one */
		{"1985031220100120011", NUMBER_BAD, NULL}, /* 19 */
		{"198513122010012001", NUMBER_BAD, NULL},  /* born in month 13 */
		{"198502302010012001", NUMBER_BAD, NULL},  /* 30 February */
		{"198503122010132001", NUMBER_BAD, NULL},  /* neither month nor contract */
		{"198503122010002001", NUMBER_BAD, NULL},
		{"198503122010013001", NUMBER_BAD, NULL}, /* sex 3 */
		{"198503122010012000", NUMBER_BAD, NULL}, /* serial 000 */
		{"198503121985012001", NUMBER_BAD, NULL}, /* appointed in the year of birth */
		{"19850312201001200X", NUMBER_BAD, NULL},
		{"1985-0312-2010-012001", NUMBER_BAD, NULL},
	};
	for (gsize i = 0; i < G_N_ELEMENTS(rows); i++) {
		char digits[19];
		g_test_message("%s", rows[i].text);
		g_assert_cmpint(person_number_parse(rows[i].text, digits), ==, rows[i].kind);
		if (rows[i].digits != NULL)
			g_assert_cmpstr(digits, ==, rows[i].digits);
	}
}

/* ── With a database ── */

static void setup(Database *database, gconstpointer data G_GNUC_UNUSED)
{
	g_autoptr(GError) error = NULL;
	database_open(database);
	sql_begin(database->sql, &error);
	g_assert_no_error(error);
}

static void teardown(Database *database, gconstpointer data G_GNUC_UNUSED)
{
	sql_rollback(database->sql);
	database_close(database);
}

static Change days(gint64 from, gint64 to)
{
	static gint64 now_ms = 1000;
	now_ms++;
	return (Change){.from_day = from, .to_day = to, .now_ms = now_ms, .today = 100};
}

static void ok(gboolean done, GError *error)
{
	g_assert_no_error(error);
	g_assert_true(done);
}

static PersonId add(Sql *sql, PersonId id, const char *name)
{
	g_autoptr(GError) error = NULL;
	Change always = days(DAY_ALWAYS, DAY_OPEN);
	PersonName names = {.name = name};
	PersonId out = 0;
	ok(people_add(sql, id, NULL, 1, &out, &error), error);
	ok(people_set_name(sql, out, &names, &always, NULL, &error), error);
	return out;
}

static void employ(Sql *sql, PersonId person, gint64 from, gint64 to, const char *kind,
				   const char *status)
{
	g_autoptr(GError) error = NULL;
	Change change = days(from, to);
	ok(people_set_employment(sql, person, kind, status, &change, NULL, &error), error);
}

static gint64 add_unit(Sql *sql, const char *code, gint64 parent, gint64 from, gint64 to)
{
	g_autoptr(GError) error = NULL;
	Change change = days(from, to);
	UnitFacts facts = {.name = code, .parent = parent};
	gint64 unit = 0;
	ok(units_find(sql, code, TRUE, &unit, &error), error);
	ok(units_set(sql, unit, &facts, &change, NULL, &error), error);
	return unit;
}

static gint64 add_place(Sql *sql, const char *code)
{
	g_autoptr(GError) error = NULL;
	Change always = days(DAY_ALWAYS, DAY_OPEN);
	gint64 place = 0;
	ok(places_find(sql, code, TRUE, &place, &error), error);
	ok(places_set(sql, place, code, NULL, NULL, &always, NULL, &error), error);
	return place;
}

static void assign(Sql *sql, PersonId person, gint64 unit, gint64 place, gint64 from, gint64 to)
{
	g_autoptr(GError) error = NULL;
	Change change = days(from, to);
	ok(assignments_set(sql, person, unit, place, &change, NULL, &error), error);
}

/* "Adi Budi": names by spaces. */
static char *list(Sql *sql, const PeopleFilter *filter)
{
	g_autoptr(GError) error = NULL;
	g_autoptr(PeopleCursor) rows = people_list(sql, filter, &error);
	g_autoptr(GString) out = g_string_new(NULL);
	PersonRow row;
	g_assert_no_error(error);
	while (people_next(rows, &row, &error) == SQL_ROW)
		g_string_append_printf(out, "%s%s", out->len > 0 ? " " : "", row.name);
	g_assert_no_error(error);
	return g_string_free(g_steal_pointer(&out), FALSE);
}

static void our_numbers_are_random_and_unused(Database *database, gconstpointer data G_GNUC_UNUSED)
{
	g_autoptr(GHashTable) seen = g_hash_table_new(NULL, NULL);
	g_autoptr(GError) error = NULL;
	PersonId taken;
	int ascending = 0;
	PersonId before = 0;
	for (int i = 0; i < 200; i++) {
		PersonId id = add(database->sql, 0, "X");
		g_assert_cmpint(id, >=, 100000);
		g_assert_cmpint(id, <=, PERSON_ID_MAX);
		g_assert_true(g_hash_table_add(seen, GINT_TO_POINTER((gint)id)));
		ascending += id > before;
		before = id;
	}
	g_assert_cmpint(ascending, <, 150);
	g_assert_false(people_add(database->sql, before, NULL, 1, &taken, &error));
	g_assert_error(error, SQL_ERROR, SQL_ERROR_CONSTRAINT);
	g_clear_error(&error);
	g_assert_false(people_add(database->sql, PERSON_ID_MAX + 1, NULL, 1, &taken, &error));
	g_assert_error(error, SQL_ERROR, SQL_ERROR_CONSTRAINT);
}

static void lists_are_as_of_a_day(Database *database, gconstpointer data G_GNUC_UNUSED)
{
	Sql *sql = database->sql;
	gint64 top = add_unit(sql, "TOP", 0, 0, DAY_OPEN);
	gint64 old = add_unit(sql, "OLD", top, 0, DAY_OPEN);
	gint64 new = add_unit(sql, "NEW", 0, 50, DAY_OPEN);
	assign(sql, add(sql, 11, "Citra"), top, 0, 0, DAY_OPEN);
	assign(sql, add(sql, 12, "Adi"), old, 0, 0, DAY_OPEN);
	assign(sql, add(sql, 13, "Budi_100%"), old, 0, 10, DAY_OPEN);
	/* The old unit goes below the new one. */
	add_unit(sql, "OLD", new, 60, DAY_OPEN);
	const struct {
		PeopleFilter filter;
		const char *names;
	} rows[] = {
		{{.day = 5, .limit = 10}, "Citra Adi Budi_100%"},
		{{.day = 5, .limit = 10, .by_name = TRUE}, "Adi Budi_100% Citra"},
		{{.day = 5, .limit = 2}, "Citra Adi"},
		{{.day = 5, .limit = 10, .after = 12}, "Budi_100%"},
		{{.day = 5, .limit = 10, .unit = top}, "Citra Adi"},
		{{.day = 10, .limit = 10, .unit = top}, "Citra Adi Budi_100%"},
		{{.day = 10, .limit = 10, .unit = old}, "Adi Budi_100%"},
		{{.day = 60, .limit = 10, .unit = top}, "Citra"},
		{{.day = 60, .limit = 10, .unit = new, .by_name = TRUE}, "Adi Budi_100%"},
		{{.day = 60, .limit = 10, .unit = new, .person = 12}, "Adi"},
		{{.day = 59, .limit = 10, .unit = new, .person = 12}, ""},
		{{.day = 60, .limit = 10, .person = 11}, "Citra"},
		{{.day = 5, .limit = 10, .text = "DI"}, "Adi Budi_100%"},
		{{.day = 5, .limit = 10, .text = "0%"}, "Budi_100%"}, /* no wildcard */
		{{.day = 5, .limit = 10, .text = "_1"}, "Budi_100%"},
		{{.day = 5, .limit = 10, .text = "!"}, ""},
		{{.day = 5, .limit = 10, .text = "' OR 1=1 --"}, ""},
	};
	for (gsize i = 0; i < G_N_ELEMENTS(rows); i++) {
		g_autofree char *names = list(sql, &rows[i].filter);
		g_test_message("row %d", (int)i);
		g_assert_cmpstr(names, ==, rows[i].names);
	}
}

static void a_person_is_found_by_every_key(Database *database, gconstpointer data G_GNUC_UNUSED)
{
	g_autoptr(GError) error = NULL;
	Sql *sql = database->sql;
	PersonId person = 0, out = 0;
	Change first = days(0, 50), second = days(50, DAY_OPEN);
	ok(people_add(sql, 700001, "SIMPEG-7", 1, &out, &error), error);
	ok(people_set_number(sql, out, NUMBER_NI_PPPK, "199001012021211005", &first, NULL, &error),
	   error);
	ok(people_set_number(sql, out, NUMBER_NI_PPPK, "199001012026221005", &second, NULL, &error),
	   error);
	static const struct {
		const char *key;
		PersonId person;
	} rows[] = {{"SIMPEG-7", 700001},
				{"199001012021211005", 700001},
				{"199001012026221005", 700001},
				{"700001", 700001},
				{"700002", 0},
				{"0000700001", 0},
				{"", 0},
				{"199001012021211006", 0}};
	for (gsize i = 0; i < G_N_ELEMENTS(rows); i++) {
		ok(people_find(sql, rows[i].key, &person, &error), error);
		g_assert_cmpint(person, ==, rows[i].person);
	}
}

static char *tree(Sql *sql, gint64 unit, gint64 day)
{
	g_autoptr(GError) error = NULL;
	g_autoptr(UnitCursor) rows = unit_subtree(sql, unit, day, &error);
	g_autoptr(GString) out = g_string_new(NULL);
	UnitRow row;
	g_assert_no_error(error);
	while (units_next(rows, &row, &error) == SQL_ROW)
		g_string_append_printf(out, "%s%s:%d", out->len > 0 ? " " : "", row.code, (int)row.depth);
	g_assert_no_error(error);
	return g_string_free(g_steal_pointer(&out), FALSE);
}

static void the_tree_is_as_of_a_day(Database *database, gconstpointer data G_GNUC_UNUSED)
{
	g_autoptr(GError) error = NULL;
	Sql *sql = database->sql;
	gint64 a = add_unit(sql, "A", 0, 0, DAY_OPEN);
	gint64 b = add_unit(sql, "B", a, 0, DAY_OPEN);
	gint64 c = add_unit(sql, "C", b, 0, DAY_OPEN);
	add_unit(sql, "C", a, 50, DAY_OPEN); /* moved up */
	add_unit(sql, "D", b, 50, 60);       /* lived ten days */
	const struct {
		gint64 unit, day;
		const char *tree;
	} rows[] = {
		{0, 10, "A:0 B:1 C:2"},     {a, 10, "A:0 B:1 C:2"}, {b, 10, "B:0 C:1"}, {b, 50, "B:0 D:1"},
		{a, 59, "A:0 B:1 C:1 D:2"}, {a, 60, "A:0 B:1 C:1"}, {a, -1, ""},
	};
	for (gsize i = 0; i < G_N_ELEMENTS(rows); i++) {
		g_autofree char *text = tree(sql, rows[i].unit, rows[i].day);
		g_assert_cmpstr(text, ==, rows[i].tree);
	}
	gboolean within = FALSE;
	ok(units_within(sql, c, b, 49, &within, &error), error);
	g_assert_true(within);
	ok(units_within(sql, c, b, 50, &within, &error), error);
	g_assert_false(within);
	/* No circle. */
	Change change = days(70, DAY_OPEN);
	UnitFacts facts = {.name = "A", .parent = c};
	g_assert_false(units_set(sql, a, &facts, &change, NULL, &error));
	g_assert_error(error, SQL_ERROR, SQL_ERROR_CONSTRAINT);
}

static gboolean move(Sql *sql, gint64 unit, gint64 parent, gint64 from, gint64 to, char **message)
{
	GError *error = NULL;
	Change change = days(from, to);
	UnitFacts facts = {.name = "X", .parent = parent};
	gboolean done = units_set(sql, unit, &facts, &change, NULL, &error);
	if (!done) {
		g_assert_error(error, SQL_ERROR, SQL_ERROR_CONSTRAINT);
		if (message != NULL)
			*message = g_strdup(error->message);
		g_error_free(error);
	}
	return done;
}

/* Later-recorded facts of other days are looked at, too. */
static void a_circle_on_any_day_is_refused_with_its_path(Database *database,
														 gconstpointer data G_GNUC_UNUSED)
{
	Sql *sql = database->sql;
	g_autofree char *later = NULL, *self = NULL, *always = NULL;
	gint64 a = add_unit(sql, "A", 0, 0, DAY_OPEN);
	gint64 b = add_unit(sql, "B", 0, 0, DAY_OPEN);
	gint64 c = add_unit(sql, "C", 0, 0, DAY_OPEN);
	g_assert_true(move(sql, b, a, 20090, DAY_OPEN, NULL)); /* from 2025-01-02 on */
	g_assert_true(move(sql, c, b, 20100, DAY_OPEN, NULL));
	/* Back-dated: on its own first day there is no circle yet. */
	g_assert_false(move(sql, a, c, 20000, DAY_OPEN, &later));
	g_assert_nonnull(strstr(later, "2025-01-12"));
	g_assert_nonnull(strstr(later, "A < C < B < A"));
	g_assert_true(move(sql, a, c, 20000, 20100, NULL)); /* until then it is well */
	g_assert_false(move(sql, b, b, 0, 1, &self));
	g_assert_nonnull(strstr(self, "B < B"));
	g_assert_false(move(sql, a, b, DAY_ALWAYS, DAY_OPEN, &always));
	g_assert_nonnull(strstr(always, "A < B < A"));
	/* The two that were refused left nothing behind. */
	g_autofree char *text = tree(sql, 0, 20150);
	g_assert_cmpstr(text, ==, "A:0 B:1 C:2");
}

/* Everything below what is moved counts; thirty levels are whole, down to the last: a circle over all of
 * them is seen, and places and hours are found from the lowest. */
static void no_tree_is_deeper_than_can_be_followed(Database *database,
												   gconstpointer data G_GNUC_UNUSED)
{
	Sql *sql = database->sql;
	g_autoptr(GError) error = NULL;
	g_autofree char *deep = NULL, *joined = NULL, *circle = NULL;
	gint64 units[UNIT_LEVELS_MAX + 1];
	gboolean within = FALSE;
	for (int i = 0; i <= UNIT_LEVELS_MAX; i++) {
		g_autofree char *code = g_strdup_printf("TINGKAT-%d-%027d", i, 0);
		units[i] = add_unit(sql, code, 0, 0, DAY_OPEN);
	}
	for (int i = 1; i < UNIT_LEVELS_MAX; i++)
		g_assert_true(move(sql, units[i], units[i - 1], 0, DAY_OPEN, NULL));
	g_assert_false(
		move(sql, units[UNIT_LEVELS_MAX], units[UNIT_LEVELS_MAX - 1], 0, DAY_OPEN, &deep));
	g_assert_nonnull(strstr(deep, "more than 30 levels"));
	/* Two halves: what hangs below the upper one, and the root that would be put below a unit. */
	g_assert_false(move(sql, units[0], units[UNIT_LEVELS_MAX], 0, DAY_OPEN, &joined));
	g_assert_nonnull(strstr(joined, "more than 30 levels"));
	g_assert_false(move(sql, units[0], units[UNIT_LEVELS_MAX - 1], 0, DAY_OPEN, &circle));
	g_assert_nonnull(strstr(circle, "would lie below this one"));
	ok(units_within(sql, units[UNIT_LEVELS_MAX - 1], units[0], 5, &within, &error), error);
	g_assert_true(within);
	/* On other days they never stand in one line. */
	g_assert_true(move(sql, units[15], 0, 50, DAY_OPEN, NULL));
	g_assert_true(move(sql, units[UNIT_LEVELS_MAX], units[14], 50, DAY_OPEN, NULL));
}

#define FOREST 7
#define FOREST_DAYS 12

/* Does the unit lie below itself on that day? */
static gboolean goes_round(gint64 above[FOREST + 1][FOREST_DAYS], int unit, int on)
{
	gint64 at = above[unit][on];
	for (int steps = 0; at != 0 && steps <= FOREST; steps++) {
		if (at == unit)
			return TRUE;
		at = above[at][on];
	}
	return FALSE;
}

/* What is refused is exactly what would make a circle on some day, by a model that knows every day. */
static void random_trees_never_become_circles(Database *database, gconstpointer data G_GNUC_UNUSED)
{
	Sql *sql = database->sql;
	gint64 above[FOREST + 1][FOREST_DAYS] = {{0}};
	int n_refused = 0;
	for (int i = 1; i <= FOREST; i++) {
		char code[2] = {(char)('A' + i - 1), '\0'};
		g_assert_cmpint(add_unit(sql, code, 0, 0, FOREST_DAYS), ==, i);
	}
	for (int n = database_is_sqlite() ? 2000 : 200; n > 0; n--) {
		gint64 next[FOREST + 1][FOREST_DAYS];
		int unit = g_test_rand_int_range(1, FOREST + 1),
			parent = g_test_rand_int_range(0, FOREST + 1);
		int from = g_test_rand_int_range(0, FOREST_DAYS);
		int to = g_test_rand_int_range(from + 1, FOREST_DAYS + 1);
		gboolean circle = FALSE;
		memcpy(next, above, sizeof next);
		for (int on = from; on < to; on++) {
			next[unit][on] = parent;
			circle |= goes_round(next, unit, on);
		}
		g_assert_cmpint(move(sql, unit, parent, from, to, NULL), ==, !circle);
		n_refused += circle;
		if (!circle)
			memcpy(above, next, sizeof above);
	}
	g_assert_cmpint(n_refused, >, 10);
}

/* "11@2-50 12@0-": person @ from - to. */
static char *here(Sql *sql, gint64 place, gint64 from, gint64 to)
{
	g_autoptr(GError) error = NULL;
	g_autoptr(PlacePersonCursor) rows = places_people_between(sql, place, from, to, &error);
	g_autoptr(GString) out = g_string_new(NULL);
	PlacePerson row;
	g_assert_no_error(error);
	while (places_people_next(rows, &row, &error) == SQL_ROW) {
		g_string_append_printf(out, "%s%d@%d-", out->len > 0 ? " " : "", (int)row.person,
							   (int)row.from_day);
		if (row.to_day != DAY_OPEN)
			g_string_append_printf(out, "%d", (int)row.to_day);
	}
	return g_string_free(g_steal_pointer(&out), FALSE);
}

static void a_place_knows_whose_duty_place_it_is(Database *database,
												 gconstpointer data G_GNUC_UNUSED)
{
	g_autoptr(GError) error = NULL;
	Sql *sql = database->sql;
	gint64 lobby = add_place(sql, "LOBBY"), hall = add_place(sql, "HALL");
	gint64 top = add_unit(sql, "TOP", 0, 0, DAY_OPEN);
	gint64 child = add_unit(sql, "CHILD", top, 0, DAY_OPEN);
	gint64 school = add_unit(sql, "SCHOOL", top, 0, DAY_OPEN);
	Change always = days(0, DAY_OPEN), until = days(0, 80), from = days(80, DAY_OPEN);
	ok(units_set_place(sql, top, lobby, &always, NULL, &error), error);
	ok(units_set_place(sql, school, hall, &until, NULL, &error), error);
	ok(units_set_place(sql, school, lobby, &from, NULL, &error), error); /* the school moves in */

	add(sql, 11, "by the unit above");
	employ(sql, 11, 0, 30, "CPNS", "01");
	employ(sql, 11, 30, DAY_OPEN, "PNS", "01"); /* no new service */
	assign(sql, 11, child, 0, 2, DAY_OPEN);
	add(sql, 12, "by own duty place");
	employ(sql, 12, 0, DAY_OPEN, "PNS", "01");
	assign(sql, 12, school, lobby, 0, DAY_OPEN);
	add(sql, 13, "until the mutation");
	employ(sql, 13, 0, DAY_OPEN, "PNS", "01");
	assign(sql, 13, child, 0, 0, DAY_OPEN);
	assign(sql, 13, school, 0, 50, DAY_OPEN);
	add(sql, 14, "pensioned on day 40");
	employ(sql, 14, 0, DAY_OPEN, "PNS", "01");
	employ(sql, 14, 40, DAY_OPEN, "PNS", "99");
	assign(sql, 14, top, 0, 0, DAY_OPEN);
	add(sql, 15, "not employed");
	assign(sql, 15, top, 0, 0, DAY_OPEN);

	const struct {
		gint64 place, from, to;
		const char *people;
	} rows[] = {
		{lobby, 0, 1, "12@0- 13@0-50 14@0-40"},
		{lobby, 10, 11, "11@2- 12@0- 13@0-50 14@0-40"},
		{lobby, 40, 41, "11@2- 12@0- 13@0-50"},
		{lobby, 50, 51, "11@2- 12@0-"},
		{lobby, 45, 52, "11@2- 12@0- 13@0-50"},
		{lobby, 70, 90, "11@2- 12@0- 13@80-"},
		{hall, 0, 50, ""},
		{hall, 49, 51, "13@50-80"},
		{hall, 80, 90, ""},
	};
	for (gsize i = 0; i < G_N_ELEMENTS(rows); i++) {
		g_autofree char *people = here(sql, rows[i].place, rows[i].from, rows[i].to);
		g_test_message("row %d", (int)i);
		g_assert_cmpstr(people, ==, rows[i].people);
	}
}

#define ADD(path, function) g_test_add("/people/" path, Database, NULL, setup, function, teardown)

int main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	g_test_add_func("/people/numbers_are_checked", numbers_are_checked);
	ADD("our_numbers_are_random_and_unused", our_numbers_are_random_and_unused);
	ADD("lists_are_as_of_a_day", lists_are_as_of_a_day);
	ADD("a_person_is_found_by_every_key", a_person_is_found_by_every_key);
	ADD("the_tree_is_as_of_a_day", the_tree_is_as_of_a_day);
	ADD("a_circle_on_any_day_is_refused_with_its_path",
		a_circle_on_any_day_is_refused_with_its_path);
	ADD("no_tree_is_deeper_than_can_be_followed", no_tree_is_deeper_than_can_be_followed);
	ADD("random_trees_never_become_circles", random_trees_never_become_circles);
	ADD("a_place_knows_whose_duty_place_it_is", a_place_knows_whose_duty_place_it_is);
	return g_test_run();
}
