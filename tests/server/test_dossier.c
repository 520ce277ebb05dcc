/* What is known of a person on a day: superior and mode, duty places, leave, numbers; as known then. */
#include "server/store/people/careers.h"
#include "server/store/people/dossier.h"
#include "server/store/time/leaves.h"
#include "tests/server/office.h"

#define STAFF OFFICE_PERSON(0)
#define HEAD OFFICE_PERSON(1)
#define DEPUTY OFFICE_PERSON(2)
#define TEACHER OFFICE_PERSON(3) /* of the school */

static void set_head(Office *office, int unit, HeadMode mode, PersonId person, gint64 from,
					 gint64 to)
{
	Change change = office_change(office, from, to);
	change.source = "SK 1";
	office_ok(
		careers_set_head(office->sql, office->units[unit], mode, person, &change, NULL, error));
}

/* "1000002 plh BKD": who, how, of which unit. */
static char *chief_text(SuperiorHow how, const DossierChief *chief)
{
	static const char *const modes[] = {"set", "definitive", "plt", "plh"};
	if (chief->person == 0)
		return g_strdup("nobody");
	return g_strdup_printf("%d %s %s", (int)(chief->person - OFFICE_PERSON(0)),
						   how == SUPERIOR_SET ? modes[0] : modes[chief->mode],
						   chief->unit != NULL ? chief->unit : "-");
}

static void expect_chiefs(Office *office, PersonId person, gint64 day, gint64 known_ms,
						  const char *superior, const char *head)
{
	g_auto(Dossier) dossier = {0};
	PersonId same = 0;
	office_ok(dossier_read(office->sql, person, day, known_ms, &dossier, error));
	g_autofree char *above = chief_text(dossier.how, &dossier.superior);
	g_autofree char *own = chief_text(SUPERIOR_HEAD, &dossier.head);
	g_assert_cmpstr(above, ==, superior);
	g_assert_cmpstr(own, ==, head);
	office_ok(careers_superior(office->sql, person, day, known_ms, &same, error));
	g_assert_cmpint(same, ==, dossier.superior.person);
}

static void who_is_above_and_in_which_mode(Office *office, gconstpointer data G_GNUC_UNUSED)
{
	gint64 day = OFFICE_DAY, now = G_MAXINT64, before = office->now_ms - 1;
	Change always = office_change(office, DAY_ALWAYS, DAY_OPEN);
	UnitFacts below = {.name = "SMAN1", .parent = office->units[0]};
	Change set = office_change(office, day + 20, day + 21);
	office_ok(sql_begin(office->sql, error));
	office_ok(units_set(office->sql, office->units[1], &below, &always, NULL, error));
	expect_chiefs(office, STAFF, day, now, "nobody", "nobody");
	set_head(office, 0, HEAD_DEFINITIVE, HEAD, day, day + 10);
	set_head(office, 0, HEAD_PLT, DEPUTY, day + 10, DAY_OPEN);
	set_head(office, 0, HEAD_PLH, STAFF, day + 5, day + 6);
	set_head(office, 1, HEAD_DEFINITIVE, TEACHER, day, DAY_OPEN);
	office_ok(
		careers_set_superior(office->sql, TEACHER, STAFF, &set, NULL, error)); /* an override */
	expect_chiefs(office, STAFF, day - 1, now, "nobody", "nobody");
	expect_chiefs(office, STAFF, day, now, "1 definitive BKD", "1 definitive BKD");
	expect_chiefs(office, HEAD, day, now, "nobody", "1 definitive BKD"); /* heads the highest */
	/* A Plh stands before the definitive head, whose superior they are not themselves. */
	expect_chiefs(office, DEPUTY, day + 5, now, "0 plh BKD", "0 plh BKD");
	expect_chiefs(office, STAFF, day + 5, now, "1 definitive BKD", "0 plh BKD");
	expect_chiefs(office, STAFF, day + 10, now, "2 plt BKD", "2 plt BKD");
	/* Whoever heads the school has the head above. */
	expect_chiefs(office, TEACHER, day + 10, now, "2 plt BKD", "3 definitive SMAN1");
	expect_chiefs(office, TEACHER, day + 20, now, "0 set -", "3 definitive SMAN1");
	/* Nothing of it was known before. */
	expect_chiefs(office, TEACHER, day + 20, before, "nobody", "nobody");
	office_ok(sql_commit(office->sql, error));
}

/* "BKD SMAN1+": a secondary one has a plus. */
static char *places_text(const Dossier *dossier)
{
	g_autoptr(GString) out = g_string_new(NULL);
	for (guint i = 0; i < dossier->places->len; i++) {
		const DossierPlace *place = &g_array_index(dossier->places, DossierPlace, i);
		g_string_append_printf(out, "%s%s%s", i > 0 ? " " : "", place->code,
							   place->secondary ? "+" : "");
	}
	return g_string_free(g_steal_pointer(&out), FALSE);
}

static void expect_places(Office *office, gint64 day, const char *places)
{
	g_auto(Dossier) dossier = {0};
	office_ok(dossier_read(office->sql, STAFF, day, G_MAXINT64, &dossier, error));
	g_autofree char *text = places_text(&dossier);
	g_assert_cmpstr(text, ==, places);
}

static void duty_places_are_told_with_the_secondary_ones(Office *office,
														 gconstpointer data G_GNUC_UNUSED)
{
	gint64 day = OFFICE_DAY, hall = 0;
	Change always = office_change(office, DAY_ALWAYS, DAY_OPEN);
	Change own = office_change(office, day + 10, DAY_OPEN);
	Change second = office_change(office, day, day + 30);
	Change other = office_change(office, day + 20, day + 30);
	Secondary school = {.unit = office->units[1], .kind = "sekolah", .share_percent = 40};
	second.source = "SK 7";
	office_ok(sql_begin(office->sql, error));
	office_ok(places_find(office->sql, "AULA", TRUE, &hall, error));
	office_ok(places_set(office->sql, hall, "Aula", NULL, NULL, &always, NULL, error));
	office_ok(assignments_set(office->sql, STAFF, office->units[0], hall, &own, NULL, error));
	office_ok(careers_set_secondary(office->sql, STAFF, &school, &second, NULL, error));
	school.place = hall;
	office_ok(careers_set_secondary(office->sql, STAFF, &school, &other, NULL, error));
	office_ok(sql_commit(office->sql, error));
	expect_places(office, day - 1, "BKD");
	expect_places(office, day, "BKD SMAN1+");
	expect_places(office, day + 10, "AULA SMAN1+");
	expect_places(office, day + 20, "AULA AULA+");
	expect_places(office, day + 30, "AULA");
	g_auto(Dossier) dossier = {0};
	office_ok(dossier_read(office->sql, STAFF, day, G_MAXINT64, &dossier, error));
	g_assert_cmpint(dossier.secondaries->len, ==, 1);
	const DossierSecondary *one = &g_array_index(dossier.secondaries, DossierSecondary, 0);
	g_assert_cmpstr(one->unit, ==, "SMAN1");
	g_assert_cmpstr(one->kind, ==, "sekolah");
	g_assert_cmpstr(one->source, ==, "SK 7");
	g_assert_null(one->place);
	g_assert_cmpint(one->share_percent, ==, 40);
	g_assert_cmpint(one->from_day, ==, day);
	g_assert_cmpint(one->to_day, ==, day + 20);
}

static void set_number(Office *office, NumberKind kind, const char *digits, gint64 from)
{
	Change change = office_change(office, from, DAY_OPEN);
	office_ok(people_set_number(office->sql, STAFF, kind, digits, &change, NULL, error));
}

static void leave_titles_and_all_numbers_are_told(Office *office, gconstpointer data G_GNUC_UNUSED)
{
	gint64 day = OFFICE_DAY;
	Leave leave = {.person = STAFF, .code = "CT", .slot = "hari", .letter = "851/1"};
	PersonName name = {"PEGAWAI", "Dr.", "M.Pd."};
	Change week = office_change(office, day, day + 5);
	Change graduated = office_change(office, day + 2, DAY_OPEN);
	office_ok(sql_begin(office->sql, error));
	office_ok(leaves_set(office->sql, &leave, &week, NULL, NULL, error));
	office_ok(people_set_name(office->sql, STAFF, &name, &graduated, NULL, error));
	office_ok(people_set_employment(office->sql, STAFF, "PNS", "03", &graduated, NULL, error));
	set_number(office, NUMBER_NI_PPPK, "199001012021211005", DAY_ALWAYS);
	set_number(office, NUMBER_NIP, "199001012025031002", day);
	office_ok(sql_commit(office->sql, error));
	g_auto(Dossier) first = {0};
	office_ok(dossier_read(office->sql, STAFF, day + 1, G_MAXINT64, &first, error));
	g_assert_null(first.back_title);
	g_assert_cmpstr(first.status_name, ==, "Aktif");
	g_assert_null(first.status_code);
	g_assert_cmpint(first.leaves->len, ==, 1);
	g_assert_cmpstr(g_array_index(first.leaves, DossierLeave, 0).letter, ==, "851/1");
	g_assert_cmpint(first.numbers->len, ==, 2);
	g_assert_cmpstr(g_array_index(first.numbers, DossierNumber, 0).kind, ==, "NI PPPK");
	g_assert_cmpint(g_array_index(first.numbers, DossierNumber, 0).to_day, ==, day);
	g_assert_cmpstr(g_array_index(first.numbers, DossierNumber, 1).digits, ==,
					"199001012025031002");
	g_auto(Dossier) second = {0};
	office_ok(dossier_read(office->sql, STAFF, day + 5, G_MAXINT64, &second, error));
	g_assert_cmpstr(second.front_title, ==, "Dr.");
	g_assert_cmpstr(second.back_title, ==, "M.Pd.");
	g_assert_cmpstr(second.status_code, ==, "TB");
	g_assert_cmpint(second.leaves->len, ==, 0);
	/* As known before: neither leave nor numbers. */
	g_auto(Dossier) then = {0};
	office_ok(dossier_read(office->sql, STAFF, day + 1, office->now_ms - 1, &then, error));
	g_assert_cmpint(then.leaves->len, ==, 0);
	g_assert_cmpint(then.numbers->len, ==, 0);
	g_assert_null(then.status_name);
}

static void setup(Office *office, gconstpointer data G_GNUC_UNUSED)
{
	office_open(office);
}

static void teardown(Office *office, gconstpointer data G_GNUC_UNUSED)
{
	office_close(office);
}

#define ADD(path, function) g_test_add("/dossier/" path, Office, NULL, setup, function, teardown)

int main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	ADD("who_is_above_and_in_which_mode", who_is_above_and_in_which_mode);
	ADD("duty_places_are_told_with_the_secondary_ones",
		duty_places_are_told_with_the_secondary_ones);
	ADD("leave_titles_and_all_numbers_are_told", leave_titles_and_all_numbers_are_told);
	return g_test_run();
}
