/* What is told of leaves and of weeks when they are imported, and that a back-dated leave judges its days
 * again. */
#include "server/import/import.h"
#include "server/judge/judge.h"
#include "server/rules/calendar.h"
#include "server/store/time/leave_accounts.h"
#include "server/store/time/shifts.h"
#include "server/store/time/verdicts.h"
#include "server/store/time/weeks.h"
#include "tests/server/office.h"

/* It is Monday, 2025-03-03, 12.00; the office works from Monday to Friday, 2,250 minutes. */

typedef struct {
	GString *warnings; /* a line each */
	ImportResult result;
} Told;

static void note(const char *text, gpointer user)
{
	Told *told = user;
	g_string_append_printf(told->warnings, "%s\n", text);
}

static char *import_text(Office *office, const char *kind, const char *text)
{
	Told told = {.warnings = g_string_new(NULL)};
	const ImportHooks hooks = {.warn = note, .user = &told};
	g_autofree char *path = g_build_filename(office->database.folder, "list.csv", NULL);
	GError *failed = NULL;
	g_assert_true(g_file_set_contents(path, text, -1, &failed));
	import_file(office->sql, kind, path, office->now_ms, OFFICE_OFFSET, &hooks, &told.result,
				&failed);
	g_assert_no_error(failed);
	g_unlink(path);
	return g_string_free(told.warnings, FALSE);
}

static void expect(Office *office, const char *kind, const char *text, const char *const *told)
{
	g_autofree char *got = import_text(office, kind, text);
	g_auto(GStrv) lines = g_strsplit(got, "\n", -1);
	gsize n = 0;
	for (; told[n] != NULL; n++)
		if (lines[n] == NULL || strstr(lines[n], told[n]) == NULL)
			g_error("%s: '%s' is not in the line %d of: %s", text, told[n], (int)n, got);
	if (lines[n] != NULL && *lines[n] != '\0')
		g_error("%s: not expected: %s", text, lines[n]);
}

#define LEAVES "person,code,from,to,slot,letter\n"
#define LEAVES_ON "person,code,from,to,slot,letter,ground,child\n"

static void a_leave_is_told_what_speaks_against_it(Office *office, gconstpointer data G_GNUC_UNUSED)
{
	static const struct {
		const char *kind, *text, *told[4]; /* ends with NULL */
	} cases[] = {
		{"leaves", LEAVES "1000001,CT,2025-03-10,2025-03-11,,1\n", {NULL}},
		/* Twelve working days a year (PP 11/2017 art. 311): these two and eleven more. */
		{"leaves",
		 LEAVES "1000001,CT,2025-04-01,2025-04-15,,2\n",
		 {"line 2, column to: CT: 1 working days over"}},
		/* The same days twice; a part of a day and the whole one. */
		{"leaves",
		 LEAVES "1000001,DL,2025-03-11,2025-03-12,,3\n",
		 {"column from: CT (1) holds on the same days, from 2025-03-11"}},
		{"leaves", LEAVES "1000001,DL,2025-03-10,2025-03-10,masuk,4\n", {"CT (1)"}},
		{"leaves", LEAVES "1000002,DL,2025-03-10,2025-03-10,masuk,5\n", {NULL}},
		{"leaves", LEAVES "1000002,DL,2025-03-10,2025-03-10,pulang,6\n", {NULL}},
		/* CM for women only, by the number's sex digit; CM and CAP for so many days (art. 325, 328). */
		{"leaves",
		 LEAVES "1000002,CM,2025-05-01,2025-07-31,,7\n",
		 {"column code: CM: hanya untuk perempuan"}},
		{"leaves",
		 LEAVES "1000002,CAP,2025-09-01,2025-10-02,,8\n",
		 {"CAP: 32 days of this year, at most 31"}},
		{"leaves", LEAVES "1000002,CAP,2024-12-31,2025-01-01,,9\n", {"CAP: 33 days"}},
		/* PPPK since February: no CAP (PerBKN 7/2022), and annual leave only after a year. */
		{"people", "id,name,employment,from\n1000900,BARU,PPPK,2025-02-01\n", {NULL}},
		{"assignments", "person,unit,from\n1000900,BKD,2025-02-01\n", {NULL}},
		{"leaves",
		 LEAVES "1000900,CAP,2025-03-10,2025-03-10,,1\n",
		 {"PPPK tidak memiliki jenis cuti ini"}},
		{"leaves",
		 LEAVES "1000900,CT,2025-03-11,2025-03-11,,2\n",
		 {"masa kerja belum setahun", "1 working days over the balance of 2025"}},
		/* Somebody was there; with duty elsewhere or a part of a day that says nothing. */
		{"punches",
		 "person,at,place,letter\n1000003,2025-03-03 07:01,BKD,D/1\n1000003,2025-03-03 "
		 "09:30,BKD,D/1\n",
		 {NULL}},
		{"leaves",
		 LEAVES "1000003,CT,2025-03-03,2025-03-04,,1\n",
		 {"column from: there are 2 punches during it, the first at 2025-03-03T07:01:00+07:00"}},
		{"leaves", LEAVES "1000003,TKD,2025-02-27,2025-02-27,,2\n", {NULL}},
		/* The third child is CM, the fourth CB, which asks for five years; 1000001 has served
		 * since always, 1000900 is PPPK and has no CB (PP 11/2017 art. 316, 325). */
		{"people",
		 "ref,id,name,number,employment,from\n1000901,1000901,IBU,199001012023032001,PNS,2023-03-"
		 "01\n",
		 {NULL}},
		{"assignments", "person,unit,from\n1000901,BKD,2023-03-01\n", {NULL}},
		{"leaves", LEAVES_ON "1000901,CM,2025-05-01,2025-07-31,,1,,3\n", {NULL}},
		{"leaves",
		 LEAVES_ON "1000901,CM,2026-05-01,2026-07-31,,2,,4\n",
		 {"column code: CM: anak ke-4; CM sampai anak ke-3, sesudahnya CB"}},
		{"leaves",
		 LEAVES_ON "1000901,CM,2027-05-01,2027-05-02,,3,,\n",
		 {"CM: anak ke berapa tidak disebut"}},
		{"leaves",
		 LEAVES_ON "1000901,CB,2025-09-01,2025-09-30,,4,,\n",
		 {"column code: CB: masa kerja 30 bulan, disyaratkan 60 (kecuali haji pertama)"}},
		{"leaves", LEAVES_ON "1000901,CB,2025-10-01,2025-10-30,,5,haji,\n", {NULL}},
		{"leaves",
		 LEAVES_ON "1000901,CB,2026-10-01,2026-10-30,,6,haji,\n",
		 {"CB: haji pertama sudah pernah diberikan"}},
		/* By the doctor's letter and the length (art. 319–321). */
		{"leaves", LEAVES_ON "1000901,CS,2025-03-05,2025-03-05,,7,,\n", {NULL}},
		{"leaves",
		 LEAVES_ON "1000901,CS,2025-03-10,2025-03-11,,8,surat,\n",
		 {"CS: 2 hari memerlukan surat dokter, ada surat kepada atasan"}},
		{"leaves", LEAVES_ON "1000901,CS,2025-03-15,2025-03-28,,9,dokter,\n", {NULL}},
		{"leaves",
		 LEAVES_ON "1000901,CS,2025-04-01,2025-04-15,,10,dokter,\n",
		 {"CS: 15 hari memerlukan surat dokter pemerintah, ada surat dokter"}},
		/* Letters with only days off between are one sickness: 12 days, and 3 from Monday on; after a
		 * working day another one begins. */
		{"leaves", LEAVES_ON "1000901,CS,2025-08-04,2025-08-15,,12,dokter,\n", {NULL}},
		{"leaves",
		 LEAVES_ON "1000901,CS,2025-08-18,2025-08-20,,13,dokter,\n",
		 {"CS: 15 hari bersama surat yang bersambung memerlukan surat dokter pemerintah"}},
		{"leaves", LEAVES_ON "1000901,CS,2025-08-22,2025-08-22,,14,surat,\n", {NULL}},
		{"leaves",
		 LEAVES_ON "1000901,CS,2025-08-25,2025-08-25,,15,surat,\n",
		 {"CS: 2 hari bersama surat yang bersambung memerlukan surat dokter, ada surat"}},
		/* A contract has no CB for a fourth child. */
		{"people",
		 "ref,id,name,number,employment,from\n1000902,1000902,IBU "
		 "DUA,199001012023212001,PPPK,2023-03-01\n",
		 {NULL}},
		{"assignments", "person,unit,from\n1000902,BKD,2023-03-01\n", {NULL}},
		{"leaves",
		 LEAVES_ON "1000902,CM,2025-05-01,2025-07-31,,1,,4\n",
		 {"CM: anak ke-4; CM sampai anak ke-3, PPPK tidak memiliki CB"}},
		/* What the region decides holds from its day on. */
		{"entitlements",
		 "from,birth_children,hajj_exempt,sick_doctor_days,source\n2027-01-01,2,"
		 "tidak,20,SK\n",
		 {NULL}},
		{"leaves",
		 LEAVES_ON "1000901,CM,2028-05-01,2028-05-02,,11,,3\n",
		 {"CM: anak ke-3; CM sampai anak ke-2"}},
		/* Known already: nothing is told twice. */
		{"leaves", LEAVES "1000003,CT,2025-03-03,2025-03-04,,1\n", {NULL}},
	};
	for (gsize i = 0; i < G_N_ELEMENTS(cases); i++)
		expect(office, cases[i].kind, cases[i].text, cases[i].told);
}

static char *codes_of(Office *office, PersonId person, gint64 day)
{
	GError *failed = NULL;
	Verdict verdict;
	g_autoptr(VerdictCursor) rows = verdicts_of_person(office->sql, person, day, day + 1, &failed);
	g_assert_no_error(failed);
	if (verdicts_next(rows, &verdict, &failed) != SQL_ROW)
		return g_strdup("");
	return g_strdup(verdict.codes);
}

static void expect_codes(Office *office, gint64 day, const char *codes)
{
	g_autofree char *got = codes_of(office, OFFICE_PERSON(0), day);
	g_assert_cmpstr(got, ==, codes);
}

static void a_back_dated_leave_is_judged_again(Office *office, gconstpointer data G_GNUC_UNUSED)
{
	static const char *const none[] = {NULL};
	static const char *const judged[] = {"line 2, column from: 2 of its days had a final verdict",
										 NULL};
	static const char *const shorter[] = {"1 of its days had a final verdict", NULL};
	g_autoptr(Judge) judge = judge_new(office->sql, OFFICE_OFFSET, NULL, NULL);
	/* Complete lists: who is not on them was not there. */
	expect(office, "elsewhere", "place,from,source\nBKD,2025-01-01,daftar hadir\n", none);
	office_ok(judge_tick(judge, office->now_ms, error));
	office_ok(judge_all(judge, office->now_ms, error));
	expect_codes(office, OFFICE_DAY - 4, "TK");
	expect_codes(office, OFFICE_DAY - 3, "TK");
	/* From Thursday to Friday of last week, granted today. */
	expect(office, "leaves", LEAVES "1000001,CT,2025-02-27,2025-02-28,,851/1\n", judged);
	office_ok(judge_all(judge, office->now_ms, error));
	expect_codes(office, OFFICE_DAY - 4, "CT");
	expect_codes(office, OFFICE_DAY - 3, "CT");
	expect_codes(office, OFFICE_DAY - 5, "TK");
	/* Decided again, for the Thursday only: the Friday is as it was before. */
	office->now_ms++;
	expect(office, "leaves", LEAVES "1000001,CT,2025-02-27,2025-02-27,,851/1\n", shorter);
	office_ok(judge_all(judge, office->now_ms, error));
	expect_codes(office, OFFICE_DAY - 4, "CT");
	expect_codes(office, OFFICE_DAY - 3, "TK");
	/* As known before the second decision both days were leave: nothing is overwritten. */
	g_assert_cmpint(
		office_count(office, "SELECT count(*) FROM leave_span WHERE recorded_to_ms IS NOT NULL"),
		>=, 1);
}

static void say(PersonId person, gint64 day, const char *stored, const char *fresh,
				gpointer user G_GNUC_UNUSED)
{
	g_test_message("person %d, day %d: stored %s, fresh %s", (int)person, (int)(day - OFFICE_DAY),
				   stored, fresh);
}

/* Whatever leaves come in whatever order: what is stored is what a full recomputation finds. */
static void leaves_in_any_order_judge_alike(Office *office, gconstpointer data G_GNUC_UNUSED)
{
	static const char *const codes[] = {"CT", "CS", "CAP", "DL"};
	g_autoptr(Judge) judge = judge_new(office->sql, OFFICE_OFFSET, NULL, NULL);
	JudgeCheck check;
	g_free(import_text(office, "elsewhere", "place,from,source\nBKD,2025-01-01,daftar\n"));
	office_ok(judge_tick(judge, office->now_ms, error));
	office_ok(judge_all(judge, office->now_ms, error));
	for (int round = 0; round < 25; round++) {
		char from[CALENDAR_TEXT], to[CALENDAR_TEXT];
		gint64 first = OFFICE_DAY - g_test_rand_int_range(1, 28);
		calendar_format(first, from);
		calendar_format(first + g_test_rand_int_range(0, 9), to);
		g_autofree char *text = g_strdup_printf(
			LEAVES "%d,%s,%s,%s,,%d\n", OFFICE_PERSON(g_test_rand_int_range(0, 3)),
			codes[g_test_rand_int_range(0, 4)], from, to, g_test_rand_int_range(0, 4));
		office->now_ms++;
		g_free(import_text(office, "leaves", text));
		office_ok(judge_all(judge, office->now_ms, error));
	}
	office_ok(judge_check(judge, OFFICE_DAY - 30, OFFICE_DAY + 1, office->now_ms, say, NULL, &check,
						  error));
	g_assert_cmpint(check.n_compared, >, 0);
	g_assert_cmpint(check.n_different, ==, 0);
	g_assert_cmpint(check.n_marked, ==, 0);
}

/* ── Weeks against the minutes of the kind ── */

#define SCHEDULES "unit,pattern,mon,tue,wed,thu,fri,from,ramadan\n"
#define FULL "07:00-15:30/60,07:00-15:30/60,07:00-15:30/60,07:00-15:30/60,07:00-16:00/90"
#define HALF "07:00-11:30/0,07:00-11:30/0,07:00-11:30/0,07:00-11:30/0,07:00-11:30/0" /* 1,350 */

static void a_week_is_held_against_the_kind(Office *office, gconstpointer data G_GNUC_UNUSED)
{
	static const struct {
		const char *kind, *text, *told[3];
	} cases[] = {
		/* Part-time, by contract (PPPK paruh waktu): nothing is known until the contract is here. */
		{"people", "id,name,employment,from\n1000900,PARUH,PPPK_PW,2025-01-01\n", {NULL}},
		{"assignments", "person,unit,from\n1000900,BKD,2025-01-01\n", {NULL}},
		{"weeks",
		 "person,weekly_min,from\n1000900,1350,2025-01-01\n",
		 {"line 2, column weekly_min: the unit's week has 2250 minutes, this person's should have "
		  "1350"}},
		{"assignments",
		 "person,unit,from\n1000900,SMAN1,2025-02-01\n",
		 {"line 2, column unit: the unit's week has 2250 minutes, this person's should have 1350"}},
		/* With a roster of their own the unit's week says nothing. */
		{"shifts", "code,hours\nSETENGAH,07:00-11:30/0\n", {NULL}},
		{"rotations", "person,cycle,begins,from\n1000900,SETENGAH,2025-03-03,2025-03-03\n", {NULL}},
		{"weeks", "person,weekly_min,from\n1000900,1400,2025-01-01\n", {NULL}},
		/* Hours of a unit: the Perpres, and who works there by another contract. */
		{"schedules",
		 SCHEDULES "SMAN1,SEKOLAH," FULL ",2025-03-03,\n",
		 {"line 2, column pattern: the week has 2250 minutes, 1 people of the unit have to work "
		  "1400"}},
		{"schedules",
		 SCHEDULES "SMAN1,PARUH," HALF ",2025-03-03,\n",
		 {"the week has 1350 minutes, Perpres 21/2023 asks for 2250", "have to work 1400"}},
		/* Ramadan asks for 1,950 of 2,250. */
		{"ramadan", "year,from,to\n1446,2025-03-01,2025-03-30\n", {NULL}},
		{"assignments",
		 "person,unit,from\n1000001,BKD,2025-03-01\n",
		 {"the unit's week has 2250 minutes, this person's should have 1950"}},
	};
	for (gsize i = 0; i < G_N_ELEMENTS(cases); i++)
		expect(office, cases[i].kind, cases[i].text, cases[i].told);
}

static void a_week_of_ramadan_without_a_calendar(Office *office, gconstpointer data G_GNUC_UNUSED)
{
	WeekFit fit;
	g_free(import_text(office, "schedules",
					   SCHEDULES "BKD,PUASA,08:00-15:00/30,08:00-15:00/30,08:00-15:00/30,"
								 "08:00-15:00/30,08:00-15:30/60,2025-03-03,ya\n"));
	office_ok(weeks_fit(office->sql, OFFICE_PERSON(0), office->units[0], OFFICE_DAY, &fit, error));
	g_assert_cmpint(fit.minutes, ==, 1950);
	g_assert_cmpint(fit.wanted, ==, 1950);
	g_assert_false(weeks_differ(&fit));
	office_ok(weeks_fit(office->sql, OFFICE_PERSON(0), 0, OFFICE_DAY, &fit, error));
	g_assert_cmpint(fit.minutes, ==, 0); /* no unit, no week */
	g_assert_false(weeks_differ(&fit));
}

static void setup(Office *office, gconstpointer data G_GNUC_UNUSED)
{
	office_open(office);
}

static void teardown(Office *office, gconstpointer data G_GNUC_UNUSED)
{
	office_close(office);
}

#define ADD(path, function)                                                                        \
	g_test_add("/import_leave/" path, Office, NULL, setup, function, teardown)

int main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	ADD("a_leave_is_told_what_speaks_against_it", a_leave_is_told_what_speaks_against_it);
	ADD("a_back_dated_leave_is_judged_again", a_back_dated_leave_is_judged_again);
	ADD("leaves_in_any_order_judge_alike", leaves_in_any_order_judge_alike);
	ADD("a_week_is_held_against_the_kind", a_week_is_held_against_the_kind);
	ADD("a_week_of_ramadan_without_a_calendar", a_week_of_ramadan_without_a_calendar);
	return g_test_run();
}
