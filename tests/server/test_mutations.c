/* Mutations that make people, replace numbers and names; and what follows is seen before it is kept. */
#include <string.h>

#include "server/import/import.h"
#include "server/judge/judge.h"
#include "server/store/people/careers.h"
#include "server/store/people/dossier.h"
#include "server/store/time/changes.h"
#include "tests/server/office.h"

#define HEADER "person,kind,decree,tmt,to,employment,number,name,back_title\n"
#define NIP "198503122010012001"
#define NI_PPPK "199001012021211005"

static gboolean import_rows(Office *office, const char *kind, const char *text,
							const ImportHooks *hooks, ImportResult *result, GError **error)
{
	g_autofree char *path = g_build_filename(office->database.folder, "file.csv", NULL);
	g_autoptr(GError) failed = NULL;
	g_file_set_contents(path, text, -1, &failed);
	g_assert_no_error(failed);
	gboolean done =
		import_file(office->sql, kind, path, office->now_ms, OFFICE_OFFSET, hooks, result, error);
	g_unlink(path);
	g_assert_false(sql_in_transaction(office->sql));
	return done;
}

static void import_good(Office *office, const char *row, gint64 n_changed)
{
	const ImportHooks hooks = {0};
	ImportResult result;
	g_autofree char *text = g_strconcat(HEADER, row, "\n", NULL);
	office_ok(import_rows(office, "mutations", text, &hooks, &result, error));
	g_assert_cmpint(result.n_changed, ==, n_changed);
}

static PersonId find(Office *office, const char *key)
{
	PersonId person = 0;
	office_ok(people_find(office->sql, key, &person, error));
	return person;
}

static gint64 day_of(const char *text)
{
	gint64 day = 0;
	g_assert_true(calendar_parse(text, &day));
	return day;
}

/* "NIP 1985… Siti BKD PNS": as of a day. */
static char *describe(Office *office, const char *digits, gint64 day)
{
	g_auto(PersonIdentity) one = {0};
	office_ok(people_whois(office->sql, digits, day, G_MAXINT64, &one, error));
	return g_strdup_printf("%s %s %s %s", one.number_kind, one.name, one.unit_code, one.employment);
}

static void expect_person(Office *office, const char *digits, const char *date, const char *is)
{
	g_autofree char *text = describe(office, digits, day_of(date));
	g_assert_cmpstr(text, ==, is);
}

/* From another province: known from the decree alone; service begins on the TMT. */
static void whoever_comes_from_outside_is_made(Office *office, gconstpointer data G_GNUC_UNUSED)
{
	import_good(office, NIP ",masuk,SK 1,2025-02-10,BKD,,,Siti Rahmawati,M.Si.", 1);
	PersonId person = find(office, NIP);
	g_assert_cmpint(person, !=, 0);
	expect_person(office, NIP, "2025-02-10", "NIP Siti Rahmawati BKD PNS");
	expect_person(office, NIP, "2025-02-09", "NIP Siti Rahmawati (null) (null)");
	/* The file comes twice: nobody is made twice. */
	import_good(office, NIP ",masuk,SK 1,2025-02-10,BKD,,,Siti Rahmawati,M.Si.", 0);
	g_assert_cmpint(find(office, NIP), ==, person);
	/* By the key of another system, with the number beside it. */
	import_good(office, "SIMPEG-9,masuk,SK 2,2025-03-01,SMAN1,PPPK," NI_PPPK ",Budi,", 1);
	g_assert_cmpint(find(office, NI_PPPK), ==, find(office, "SIMPEG-9"));
	expect_person(office, NI_PPPK, "2025-03-01", "NI PPPK Budi SMAN1 PPPK");
	/* Somebody without a number, who is no civil servant. */
	import_good(office, "TAMU-1,masuk,SK 3,2025-03-01,SMAN1,LAIN,,Wati,", 1);
	g_assert_cmpint(find(office, "TAMU-1"), !=, 0);
	g_assert_cmpint(office_count(office, "SELECT count(*) FROM mutation WHERE kind='masuk'"
										 " AND before_text IS NULL"),
					==, 3);
}

static void who_left_comes_back_as_the_same_person(Office *office, gconstpointer data G_GNUC_UNUSED)
{
	import_good(office, NIP ",masuk,SK 1,2025-02-10,BKD,,,Siti,", 1);
	PersonId person = find(office, NIP);
	import_good(office, NIP ",keluar,SK 2,2025-02-20,,,,,", 1);
	import_good(office, NIP ",masuk,SK 3,2025-03-01,SMAN1,,198503122010012002,Other name,", 1);
	g_assert_cmpint(find(office, NIP), ==, person);
	expect_person(office, "198503122010012002", "2025-03-01", "NIP Siti SMAN1 PNS");
	expect_person(office, NIP, "2025-02-28", "NIP Siti (null) (null)");
}

static void expect_numbers(Office *office, PersonId person, const char *numbers)
{
	g_auto(Dossier) dossier = {0};
	g_autoptr(GString) text = g_string_new(NULL);
	office_ok(dossier_read(office->sql, person, OFFICE_DAY, G_MAXINT64, &dossier, error));
	for (guint i = 0; i < dossier.numbers->len; i++) {
		const DossierNumber *one = &g_array_index(dossier.numbers, DossierNumber, i);
		char from[CALENDAR_TEXT] = "always";
		if (one->from_day != DAY_ALWAYS)
			calendar_format(one->from_day, from);
		g_string_append_printf(text, "%s%s %s", i > 0 ? ", " : "", from, one->digits);
	}
	g_assert_cmpstr(text->str, ==, numbers);
}

/* An NI PPPK by a new contract, then the NIP of who became PNS: one person, every number answers. */
static void numbers_are_replaced_and_all_answer(Office *office, gconstpointer data G_GNUC_UNUSED)
{
	import_good(office, NI_PPPK ",masuk,SK 1,2025-02-01,SMAN1,PPPK,,Budi,", 1);
	PersonId person = find(office, NI_PPPK);
	import_good(office, NI_PPPK ",nomor,SK 2,2025-02-10,199001012025221005,,,,", 1);
	import_good(office, "199001012025221005,kepegawaian,SK 3,2025-03-01,CPNS,,199001012025031007,,",
				1);
	expect_numbers(office, person,
				   "always " NI_PPPK
				   ", 2025-02-10 199001012025221005, 2025-03-01 199001012025031007");
	g_assert_cmpint(find(office, NI_PPPK), ==, person);
	g_assert_cmpint(find(office, "199001012025221005"), ==, person);
	expect_person(office, "199001012025031007", "2025-03-01", "NIP Budi SMAN1 CPNS");
	expect_person(office, "199001012025221005", "2025-02-28", "NI PPPK Budi SMAN1 PPPK");
	/* A back-dated one leaves what followed. */
	import_good(office, NI_PPPK ",nomor,SK 4,2025-02-05,199001012024221005,,,,", 1);
	expect_numbers(office, person,
				   "always " NI_PPPK ", 2025-02-05 199001012024221005,"
				   " 2025-02-10 199001012025221005, 2025-03-01 199001012025031007");
}

static void a_new_name_holds_from_its_day(Office *office, gconstpointer data G_GNUC_UNUSED)
{
	import_good(office, NIP ",masuk,SK 1,2025-02-01,BKD,,,Siti,", 1);
	import_good(office, NIP ",nama,SK 2,2025-02-10,Siti Rahmawati,,,,S.H.", 1);
	g_auto(Dossier) before = {0};
	g_auto(Dossier) after = {0};
	office_ok(dossier_read(office->sql, find(office, NIP), day_of("2025-02-09"), G_MAXINT64,
						   &before, error));
	office_ok(dossier_read(office->sql, find(office, NIP), day_of("2025-02-10"), G_MAXINT64, &after,
						   error));
	g_assert_null(before.back_title);
	g_assert_cmpstr(after.back_title, ==, "S.H.");
	expect_person(office, NIP, "2025-02-09", "NIP Siti BKD PNS");
	expect_person(office, NIP, "2025-02-10", "NIP Siti Rahmawati BKD PNS");
}

static void what_is_wrong_is_named_and_nobody_is_made(Office *office,
													  gconstpointer data G_GNUC_UNUSED)
{
	static const struct {
		const char *row, *says;
	} cases[] = {
		{NIP ",masuk,SK 1,2025-02-01,BKD,,,,", "nobody has the key or number"}, /* no name */
		{NIP ",unit,SK 1,2025-02-01,BKD,,,Siti,", "nobody has the key or number"},
		{NIP ",masuk,SK 1,2025-02-01,NONE,,,Siti,", "no unit has the code 'NONE'"},
		{NIP ",masuk,SK 1,2025-02-01,,,,Siti,", "column to: it is empty"},
		{"1.98503122010012E+17,masuk,SK 1,2025-02-01,BKD,,,Siti,", "rounded by a spreadsheet"},
		{"198503122010012000,masuk,SK 1,2025-02-01,BKD,,,Siti,", "rounded by a spreadsheet"},
		{"198513122010012001,masuk,SK 1,2025-02-01,BKD,,,Siti,", "column person: '198513"},
		{"P9,masuk,SK 1,2025-02-01,BKD,,12345,Siti,", "column number: '12345' is neither"},
		{"P9,masuk,SK 1,2025-02-01,BKD,,199001012021211006,Siti,", "it is the number of person"},
		{"1000001,nomor,SK 1,2025-02-01,199001012021211006,,,,", "it is the number of person"},
		{"1000001,nomor,SK 1,2025-02-01,19900101,,,,", "column to: '19900101' is neither"},
		{"1000001,nomor,SK 1,2025-02-01,,,,,", "column to: it is empty"},
		{"1000001,nama,SK 1,2025-02-01,,,,,", "column to: it is empty"},
	};
	Change always = office_change(office, DAY_ALWAYS, DAY_OPEN);
	const ImportHooks hooks = {0};
	office_ok(sql_begin(office->sql, error));
	office_ok(people_set_number(office->sql, OFFICE_PERSON(1), NUMBER_NI_PPPK, "199001012021211006",
								&always, NULL, error));
	office_ok(sql_commit(office->sql, error));
	for (gsize i = 0; i < G_N_ELEMENTS(cases); i++) {
		g_autoptr(GError) failed = NULL;
		ImportResult result;
		g_autofree char *text = g_strconcat(HEADER, cases[i].row, "\n", NULL);
		g_assert_false(import_rows(office, "mutations", text, &hooks, &result, &failed));
		g_test_message("%s: %s", cases[i].row, failed->message);
		g_assert_nonnull(strstr(failed->message, cases[i].says));
	}
	g_assert_cmpint(office_count(office, "SELECT count(*) FROM person"), ==, OFFICE_PEOPLE);
}

/* ── What follows ── */

typedef struct {
	Office *office;
	gint64 n_changed, n_marked;
	gboolean refuse;
} Seen;

static gboolean look(const ImportResult *result, gpointer user, GError **error)
{
	Seen *seen = user;
	g_assert_true(sql_in_transaction(seen->office->sql));
	seen->n_changed = result->n_changed;
	seen->n_marked = office_count(seen->office, "SELECT count(*) FROM person_mark");
	if (seen->refuse)
		g_set_error(error, SQL_ERROR, SQL_ERROR_FAILED, "seen and refused");
	return !seen->refuse;
}

static void what_follows_is_seen_before_it_is_kept(Office *office, gconstpointer data G_GNUC_UNUSED)
{
	const char *text = HEADER "1000001,unit,SK 1,2025-02-17,SMAN1,,,,\n";
	Seen seen = {.office = office};
	ImportHooks hooks = {.applied = look, .user = &seen, .check = TRUE};
	ImportResult result;
	GError *failed = NULL;
	office_ok(sql_begin(office->sql, error));
	office_ok(sql_run(office->sql, error, "DELETE FROM person_mark", ""));
	office_ok(sql_commit(office->sql, error));
	office_ok(import_rows(office, "mutations", text, &hooks, &result, error));
	g_assert_cmpint(seen.n_changed, ==, 1);
	g_assert_cmpint(seen.n_marked, ==, 1);
	g_assert_cmpint(office_count(office, "SELECT count(*) FROM mutation"), ==, 0);
	g_assert_cmpint(office_count(office, "SELECT count(*) FROM person_mark"), ==, 0);
	hooks.check = FALSE;
	seen.refuse = TRUE;
	g_assert_false(import_rows(office, "mutations", text, &hooks, &result, &failed));
	g_assert_nonnull(strstr(failed->message, "seen and refused"));
	g_error_free(failed);
	g_assert_cmpint(office_count(office, "SELECT count(*) FROM mutation"), ==, 0);
	seen.refuse = FALSE;
	office_ok(import_rows(office, "mutations", text, &hooks, &result, error));
	g_assert_cmpint(office_count(office, "SELECT count(*) FROM mutation"), ==, 1);
}

typedef struct {
	Office *office;
	ChangeBatch batch;
} Kept;

static void keep_difference(gint64 day, const Verdict *stored, const Verdict *fresh, gpointer user)
{
	Kept *kept = user;
	const ChangedDay changed = {
		.person = OFFICE_PERSON(0),
		.day = day,
		.before = {.codes = stored != NULL ? stored->codes : NULL,
				   .unit = stored != NULL ? stored->unit : 0},
		.after = {.codes = fresh != NULL ? fresh->codes : NULL,
				  .unit = fresh != NULL ? fresh->unit : 0,
				  .deduction_bp = 50},
	};
	if (changed.before.unit != changed.after.unit)
		office_ok(changes_add(kept->office->sql, &kept->batch, &changed, error));
}

/* "3 BKD > SMAN1": days from the Monday on, old and new unit and codes. */
static char *list_changes(Office *office, gint64 batch, gboolean other_codes_first)
{
	g_autoptr(GError) error = NULL;
	g_autoptr(GString) out = g_string_new(NULL);
	g_autoptr(ChangeCursor) rows = changes_list(office->sql, batch, other_codes_first, 3, &error);
	ChangeLine line;
	g_assert_no_error(error);
	while (changes_next(rows, &line, &error) == SQL_ROW)
		g_string_append_printf(out, "%s%d %s %s > %s %s", out->len > 0 ? ", " : "",
							   (int)(line.day.day - OFFICE_DAY), line.before_unit,
							   line.day.before.codes, line.after_unit, line.day.after.codes);
	g_assert_no_error(error);
	return g_string_free(g_steal_pointer(&out), FALSE);
}

/* Stored verdicts beside those of the facts in the transaction; what differs is kept and read again. */
static void differences_are_kept_and_read(Office *office, gconstpointer data G_GNUC_UNUSED)
{
	static const Pattern tuesday_off = {
		"5HARI2", "Selasa libur", FALSE, {.days = {{420, 930, 60}}}};
	g_autoptr(Judge) judge = judge_new(office->sql, OFFICE_OFFSET, NULL, NULL);
	Kept kept = {.office = office,
				 .batch = {.kind = "mutations", .file = "sk.csv", .n_rows = 1, .recorded_ms = 7}};
	Change always = office_change(office, DAY_ALWAYS, DAY_OPEN);
	Change moved = office_change(office, OFFICE_DAY, DAY_OPEN);
	gint64 pattern = 0, minutes = 0, n = 0;
	office_ok(sql_begin(office->sql, error));
	office_ok(schedules_add_pattern(office->sql, &tuesday_off, &pattern, &minutes, error));
	office_ok(schedules_set(office->sql, office->units[1], pattern, &always, NULL, error));
	office_ok(sql_commit(office->sql, error));
	office->now_ms = office_at(OFFICE_DAY + 1, 23, 0);
	office_ok(judge_tick(judge, office->now_ms, error));
	office_ok(judge_all(judge, office->now_ms, error));

	office_ok(sql_begin(office->sql, error));
	office_ok(
		assignments_set(office->sql, OFFICE_PERSON(0), office->units[1], 0, &moved, NULL, error));
	office_ok(changes_begin(office->sql, &kept.batch, error));
	office_ok(judge_compare(judge, OFFICE_PERSON(0), OFFICE_DAY - 2, OFFICE_DAY + 9, office->now_ms,
							keep_difference, &kept, error));
	kept.batch.n_people = 1;
	office_ok(changes_finish(office->sql, &kept.batch, error));
	office_ok(sql_commit(office->sql, error));

	g_auto(ChangeBatch) batch = {0};
	g_auto(ChangeBatch) none = {0};
	office_ok(changes_batch(office->sql, kept.batch.id, &batch, error));
	g_assert_cmpstr(batch.file, ==, "sk.csv");
	g_assert_cmpint(batch.n_people, ==, 1);
	g_assert_cmpint(batch.n_days, ==, 2);
	g_assert_cmpint(batch.recorded_ms, ==, 7);
	office_ok(changes_batch(office->sql, kept.batch.id + 1, &none, error));
	g_assert_cmpint(none.id, ==, 0);
	office_ok(changes_count_codes(office->sql, batch.id, &n, error));
	g_assert_cmpint(n, ==, 1);
	g_autofree char *by_day = list_changes(office, batch.id, FALSE);
	g_autofree char *codes_first = list_changes(office, batch.id, TRUE);
	g_assert_cmpstr(by_day, ==, "0 BKD BT > SMAN1 BT, 1 BKD BT > SMAN1 L");
	g_assert_cmpstr(codes_first, ==, "1 BKD BT > SMAN1 L, 0 BKD BT > SMAN1 BT");
}

static void setup(Office *office, gconstpointer data G_GNUC_UNUSED)
{
	office_open(office);
}

static void teardown(Office *office, gconstpointer data G_GNUC_UNUSED)
{
	office_close(office);
}

#define ADD(path, function) g_test_add("/mutations/" path, Office, NULL, setup, function, teardown)

int main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	ADD("whoever_comes_from_outside_is_made", whoever_comes_from_outside_is_made);
	ADD("who_left_comes_back_as_the_same_person", who_left_comes_back_as_the_same_person);
	ADD("numbers_are_replaced_and_all_answer", numbers_are_replaced_and_all_answer);
	ADD("a_new_name_holds_from_its_day", a_new_name_holds_from_its_day);
	ADD("what_is_wrong_is_named_and_nobody_is_made", what_is_wrong_is_named_and_nobody_is_made);
	ADD("differences_are_kept_and_read", differences_are_kept_and_read);
	ADD("what_follows_is_seen_before_it_is_kept", what_follows_is_seen_before_it_is_kept);
	return g_test_run();
}
