/* Who may have which leave, and on what grounds (PP 11/2017 art. 316–333; domain 2). */
#include <string.h>

#include "server/rules/leave_ground.h"
#include "server/rules/leave_settings.h"

static LeaveRules defaults(void)
{
	LeaveRules rules = {0};
	for (gsize i = 0; i < LEAVE_SETTINGS; i++)
		leave_setting_set(&rules, &leave_settings[i], leave_settings[i].fallback);
	return rules;
}

static const LeavePerson woman = {.civil = TRUE, .female = TRUE, .service_months = 60};
static const LeavePerson man = {.civil = TRUE, .service_months = 60};
static const LeavePerson fresh = {.civil = TRUE, .female = TRUE, .service_months = 59};
static const LeavePerson contract = {.pppk = TRUE, .female = TRUE, .service_months = 60};
static const LeavePerson other = {.female = TRUE, .service_months = 60};

static void what_speaks_against_a_leave(void)
{
	static const struct {
		const LeavePerson *person;
		LeaveAsked asked;
		const char *against; /* begins so; NULL: nothing */
	} rows[] = {
		/* The third child is the last of CM, the fourth is born in CB. */
		{&woman, {"CM", 0, 1, 92, 0, FALSE}, NULL},
		{&woman, {"CM", 0, 3, 92, 0, FALSE}, NULL},
		{&woman, {"CM", 0, 4, 92, 0, FALSE}, "anak ke-4; CM sampai anak ke-3"},
		{&woman, {"CM", 0, 0, 92, 0, FALSE}, "anak ke berapa tidak disebut"},
		{&man, {"CM", 0, 1, 92, 0, FALSE}, "hanya untuk perempuan"},
		{&contract, {"CM", 0, 2, 92, 0, FALSE}, NULL},
		{&contract, {"CM", 0, 4, 92, 0, FALSE}, "anak ke-4; CM sampai anak ke-3, PPPK tidak"},
		{&contract,
		 {"CM", 0, 0, 92, 0, FALSE},
		 "anak ke berapa tidak disebut; sampai anak ke-3 CM, PPPK tidak"},
		{&woman, {"CM", 0, 4, 92, 0, FALSE}, "anak ke-4; CM sampai anak ke-3, sesudahnya CB"},
		{&other, {"CM", 0, 1, 92, 0, FALSE}, "bukan PNS"},
		/* Five years, but for the first hajj. */
		{&woman, {"CB", 0, 0, 30, 0, FALSE}, NULL},
		{&fresh, {"CB", 0, 0, 30, 0, FALSE}, "masa kerja 59 bulan, disyaratkan 60"},
		{&fresh, {"CB", LEAVE_GROUND_HAJJ, 0, 30, 0, FALSE}, NULL},
		{&fresh, {"CB", LEAVE_GROUND_HAJJ, 0, 30, 0, TRUE}, "haji pertama sudah"},
		{&woman, {"CB", LEAVE_GROUND_HAJJ, 0, 30, 0, TRUE}, "haji pertama sudah"},
		{&fresh, {"CB", LEAVE_GROUND_RELIGION, 0, 30, 0, FALSE}, "masa kerja"},
		{&woman, {"CB", LEAVE_GROUND_RELIGION, 0, 30, 0, TRUE}, NULL},
		{&fresh, {"CB", LEAVE_GROUND_BIRTH, 4, 92, 0, FALSE}, "masa kerja"},
		{&woman, {"CB", LEAVE_GROUND_BIRTH, 4, 92, 0, FALSE}, NULL},
		{&woman, {"CB", LEAVE_GROUND_BIRTH, 3, 92, 0, FALSE}, "anak ke-3 memakai CM"},
		{&woman, {"CB", LEAVE_GROUND_BIRTH, 0, 92, 0, FALSE}, "anak ke berapa"},
		{&man, {"CB", LEAVE_GROUND_BIRTH, 4, 92, 0, FALSE}, "kelahiran: hanya"},
		{&contract, {"CB", LEAVE_GROUND_HAJJ, 0, 30, 0, FALSE}, "PPPK tidak"},
		{&other, {"CB", LEAVE_GROUND_HAJJ, 0, 30, 0, FALSE}, "bukan PNS"},
		/* Sickness: a day, fourteen days, beyond; a year, and half of one more. */
		{&man, {"CS", 0, 0, 1, 0, FALSE}, NULL},
		{&man, {"CS", 0, 0, 2, 0, FALSE}, "2 hari memerlukan surat dokter; jenis surat tidak"},
		{&man, {"CS", LEAVE_GROUND_NOTE, 0, 1, 0, FALSE}, NULL},
		{&man, {"CS", LEAVE_GROUND_NOTE, 0, 2, 0, FALSE}, "2 hari memerlukan surat dokter, ada"},
		{&man, {"CS", LEAVE_GROUND_DOCTOR, 0, 14, 0, FALSE}, NULL},
		{&man, {"CS", LEAVE_GROUND_DOCTOR, 0, 15, 0, FALSE}, "15 hari memerlukan surat dokter pem"},
		{&man, {"CS", LEAVE_GROUND_GOVERNMENT, 0, 15, 0, FALSE}, NULL},
		{&man, {"CS", LEAVE_GROUND_GOVERNMENT, 0, 365, 0, FALSE}, NULL},
		{&man,
		 {"CS", LEAVE_GROUND_GOVERNMENT, 0, 366, 0, FALSE},
		 "366 hari memerlukan pernyataan tim"},
		{&man, {"CS", LEAVE_GROUND_BOARD, 0, 366, 0, FALSE}, NULL},
		/* Letters that follow each other are one sickness: what all of it asks for. */
		{&man,
		 {"CS", LEAVE_GROUND_DOCTOR, 0, 10, 15, FALSE},
		 "15 hari bersama surat yang bersambung memerlukan surat dokter pemerintah, ada"},
		{&man, {"CS", LEAVE_GROUND_DOCTOR, 0, 10, 14, FALSE}, NULL},
		{&man, {"CS", 0, 0, 1, 2, FALSE}, "2 hari bersama surat yang bersambung memerlukan surat"},
		{&man, {"CS", LEAVE_GROUND_BOARD, 0, 200, 545, FALSE}, NULL},
		{&man,
		 {"CS", LEAVE_GROUND_BOARD, 0, 200, 546, FALSE},
		 "546 hari bersama surat yang bersambung, paling lama 545"},
		{&man, {"CS", LEAVE_GROUND_BOARD, 0, 546, 0, FALSE}, "546 hari, paling lama 545"},
		{&woman, {"CS", LEAVE_GROUND_MISCARRIAGE, 0, 45, 600, FALSE}, NULL},
		{&contract, {"CS", LEAVE_GROUND_DOCTOR, 0, 3, 0, FALSE}, NULL},
		{&woman, {"CS", LEAVE_GROUND_MISCARRIAGE, 0, 45, 0, FALSE}, NULL},
		{&woman, {"CS", LEAVE_GROUND_MISCARRIAGE, 0, 46, 0, FALSE}, "gugur kandungan: 46 hari"},
		{&man, {"CS", LEAVE_GROUND_MISCARRIAGE, 0, 5, 0, FALSE}, "gugur kandungan: hanya"},
		{&other, {"CS", 0, 0, 1, 0, FALSE}, "bukan PNS"},
		{&man, {"CAP", LEAVE_GROUND_WIFE, 0, 5, 0, FALSE}, NULL},
		{&woman, {"CAP", LEAVE_GROUND_WIFE, 0, 5, 0, FALSE}, "istri melahirkan"},
		{&woman, {"CAP", LEAVE_GROUND_FAMILY, 0, 5, 0, FALSE}, NULL},
		{&contract, {"CAP", 0, 0, 5, 0, FALSE}, "PPPK tidak"},
		{&fresh, {"CLTN", 0, 0, 900, 0, FALSE}, "masa kerja belum cukup"},
		{&woman, {"CLTN", 0, 0, 900, 0, FALSE}, NULL},
		{&contract, {"CLTN", 0, 0, 900, 0, FALSE}, "PPPK tidak"},
		{&woman, {"CT", 0, 0, 2, 0, FALSE}, NULL}, /* its right is the balance's matter */
	};
	const LeaveRules rules = defaults();
	for (gsize i = 0; i < G_N_ELEMENTS(rows); i++) {
		g_autoptr(GString) words = g_string_new(NULL);
		gboolean any = leave_objection(words, &rows[i].asked, rows[i].person, &rules);
		g_test_message("row %d: %s", (int)i, words->str);
		g_assert_cmpint(any, ==, rows[i].against != NULL);
		g_assert_true(g_str_has_prefix(words->str, rows[i].against ? rows[i].against : ""));
		g_assert_cmpint(words->len > 0, ==, any);
	}
}

/* Each of the region's choices opens what is closed without it, and nothing else. */
static void the_choices_exempt_from_the_years(void)
{
	static const LeaveGround grounds[] = {LEAVE_GROUND_HAJJ, LEAVE_GROUND_RELIGION,
										  LEAVE_GROUND_BIRTH};
	for (guint set = 0; set < 3; set++)
		for (guint asked = 0; asked < 3; asked++) {
			g_autoptr(GString) words = g_string_new(NULL);
			g_autoptr(GString) conditions = g_string_new(NULL);
			LeaveRules rules = defaults();
			LeaveAsked leave = {.code = "CB", .ground = grounds[asked], .child = 4, .days = 30};
			rules.hajj_exempt = set == 0;
			rules.religion_exempt = set == 1;
			rules.birth_exempt = set == 2;
			g_assert_cmpint(leave_objection(words, &leave, &fresh, &rules), ==, set != asked);
			g_assert_cmpint(strstr(words->str, "kecuali haji") != NULL, ==, set == 0 && asked != 0);
			leave_conditions(conditions, "CB", &fresh, &rules);
			g_assert_cmpint(strstr(conditions->str, "haji") != NULL, ==, set == 0);
			g_assert_cmpint(strstr(conditions->str, "agama") != NULL, ==, set == 1);
			g_assert_cmpint(strstr(conditions->str, "kelahiran") != NULL, ==, set == 2);
		}
}

static void conditions_are_told(void)
{
	static const struct {
		const LeavePerson *person;
		const char *code, *part;
	} rows[] = {{&woman, "CM", "s.d. ke-3, sesudahnya CB"},
				{&contract, "CM", "s.d. ke-3, PPPK tidak memiliki CB"},
				{&woman, "CB", "60 bulan"},
				{&woman, "CLTN", "60 bulan"},
				{&woman, "CS", "sampai 14 hari surat dokter"},
				{&woman, "CAP", NULL}};
	const LeaveRules rules = defaults();
	for (gsize i = 0; i < G_N_ELEMENTS(rows); i++) {
		g_autoptr(GString) words = g_string_new(NULL);
		leave_conditions(words, rows[i].code, rows[i].person, &rules);
		g_assert_cmpint(words->len > 0, ==, rows[i].part != NULL);
		g_assert_true(rows[i].part == NULL || strstr(words->str, rows[i].part) != NULL);
	}
}

static void grounds_have_words_and_kinds(void)
{
	LeaveGround got;
	const char *words = NULL;
	for (int i = LEAVE_GROUND_NOTE; i <= LEAVE_GROUND_OTHER; i++) {
		g_assert_true(leave_ground_parse(leave_ground_text((LeaveGround)i), &got));
		g_assert_cmpint(got, ==, i);
	}
	g_assert_cmpstr(leave_ground_text(LEAVE_GROUND_NONE), ==, "");
	g_assert_false(leave_ground_parse("", &got));
	g_assert_false(leave_ground_parse("pesta", &got));
	g_assert_true(leave_ground_fits("CB", LEAVE_GROUND_HAJJ, &words));
	g_assert_false(leave_ground_fits("CB", LEAVE_GROUND_DOCTOR, &words));
	g_assert_cmpstr(words, ==, "haji|agama|kelahiran|lain");
	g_assert_true(leave_ground_fits("CS", LEAVE_GROUND_DOCTOR, &words));
	g_assert_true(leave_ground_fits("CT", LEAVE_GROUND_NONE, &words));
	g_assert_null(words);
	g_assert_false(leave_ground_fits("CT", LEAVE_GROUND_OTHER, &words));
}

/* Each is its own field, lies in its range, and says how sure it is. */
static void settings_are_told_apart(void)
{
	for (gsize i = 0; i < LEAVE_SETTINGS; i++) {
		const LeaveSetting *setting = &leave_settings[i];
		LeaveRules rules = {0};
		g_assert_cmpint(setting->fallback, >=, 0);
		g_assert_cmpint(setting->fallback, <=, setting->max);
		g_assert_true(strcmp(setting->confidence, "HIGH") == 0 ||
					  strcmp(setting->confidence, "MED") == 0 ||
					  strcmp(setting->confidence, "LOW") == 0);
		leave_setting_set(&rules, setting, 7);
		for (gsize j = 0; j < LEAVE_SETTINGS; j++)
			g_assert_cmpint(leave_setting_get(&rules, &leave_settings[j]), ==, i == j ? 7 : 0);
	}
}

int main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	g_test_add_func("/rules/leave_ground/what_speaks_against_a_leave", what_speaks_against_a_leave);
	g_test_add_func("/rules/leave_ground/the_choices_exempt_from_the_years",
					the_choices_exempt_from_the_years);
	g_test_add_func("/rules/leave_ground/conditions_are_told", conditions_are_told);
	g_test_add_func("/rules/leave_ground/grounds_have_words_and_kinds",
					grounds_have_words_and_kinds);
	g_test_add_func("/rules/leave_ground/settings_are_told_apart", settings_are_told_apart);
	return g_test_run();
}
