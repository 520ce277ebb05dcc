/* Anomalies: a year of ordinary days of a small office, with one case of each kind in it.  Each list finds
 * its own and nothing else. */
#include <string.h>

#include "protocol/event.h"
#include "server/judge/judge.h"
#include "server/reports/anomaly.h"
#include "server/store/system/password.h"
#include "server/store/system/users.h"
#include "server/store/terminals/claims.h"
#include "server/store/time/leaves.h"
#include "server/store/time/outage_decisions.h"
#include "server/store/time/punches.h"
#include "tests/server/office.h"

#define PEOPLE 12
#define YEAR_DAY 20120 /* 2025-02-01: the first day that is judged */

typedef struct {
	Office office;
	GRand *random;
	gint64 seq, account;
	TerminalId other; /* at the second place */
} Year;

static gint64 date(int month, int day)
{
	gint64 found = 0;
	g_assert_true(calendar_from_date(2025, month, day, &found));
	return found;
}

static gint64 at(const Year *year, gint64 day, int hour, int minute)
{
	return office_at(day, hour, minute) + g_rand_int_range(year->random, 0, 60) * 1000;
}

static void punch(Year *year, PersonId person, gint64 at_ms, gboolean elsewhere)
{
	Office *office = &year->office;
	Punch row = {.terminal = elsewhere ? year->other : office->device->id,
				 .seq = ++year->seq,
				 .person = person,
				 .at_ms = at_ms,
				 .place = office->places[elsewhere ? 1 : 0],
				 .state = PUNCH_COUNTED,
				 .kind = EVENT_PUNCH};
	office_ok(punches_add(office->sql, &row, NULL, error));
}

static void by_hand(Year *year, PersonId person, gint64 day, const char *letter)
{
	Office *office = &year->office;
	Punch row = {.person = person,
				 .at_ms = office_at(day, 7, 0) + person,
				 .place = office->places[0],
				 .state = PUNCH_COUNTED,
				 .kind = EVENT_PUNCH,
				 .letter = letter};
	gboolean added;
	g_strlcpy(row.terminal.text, PUNCH_BY_HAND, sizeof row.terminal.text);
	office_ok(punches_add_unsigned(office->sql, &row, OFFICE_OFFSET, &added, error));
}

/* A punch without a finger that somebody let count. */
static void fingerless(Year *year, PersonId person, gint64 day, const ClaimDecision *decision)
{
	static const RandomId journal = {{1}};
	Office *office = &year->office;
	gboolean decided;
	Punch row = {.terminal = office->device->id,
				 .journal = journal,
				 .seq = ++year->seq,
				 .person = person,
				 .at_ms = at(year, day, 7, 10),
				 .place = office->places[0],
				 .state = PUNCH_WAITING,
				 .kind = EVENT_FINGERLESS};
	ClaimRow claim = {.journal = 1,
					  .seq = row.seq,
					  .terminal = row.terminal,
					  .journal_id = journal,
					  .kind = EVENT_FINGERLESS,
					  .person = person,
					  .state = CLAIM_MANUAL};
	office_ok(sql_run(office->sql, error,
					  "INSERT INTO event (journal, seq, kind, wall_ms, received_ms, bytes)"
					  " VALUES (1, $1, $2, $3, $3, $4)",
					  "iiib", row.seq, (gint64)EVENT_FINGERLESS, row.at_ms, "x", (gsize)1));
	office_ok(claims_add(office->sql, &claim, error));
	office_ok(punches_add(office->sql, &row, NULL, error));
	office_ok(
		claims_settle(office->sql, &claim, decision, OFFICE_OFFSET, row.at_ms, &decided, error));
	g_assert_true(decided);
}

/* ── ordinary days ── */

static gboolean is_seeded_away(PersonId person, gint64 day)
{
	return (person == OFFICE_PERSON(6) && day >= date(10, 1)) ||
		   (person == OFFICE_PERSON(7) && day >= date(11, 1)) ||
		   (person == OFFICE_PERSON(5) && day >= date(9, 8) && day < date(9, 13));
}

static void fill_day(Year *year, gint64 day)
{
	for (int i = 0; i < PEOPLE; i++) {
		PersonId person = OFFICE_PERSON(i);
		if (i == OFFICE_PEOPLE - 1 || is_seeded_away(person, day))
			continue;
		punch(year, person, at(year, day, 6, g_rand_int_range(year->random, 20, 59)), FALSE);
		punch(year, person, at(year, day, 16, g_rand_int_range(year->random, 0, 45)), FALSE);
	}
}

/* What happens anywhere, now and then: a list, an approval, an outage, a roster changed in time. */
static void fill_month(Year *year, int month)
{
	Office *office = &year->office;
	ClaimDecision decision = {.accepted = TRUE, .approver = OFFICE_PERSON(1)};
	Outage outage = {.place = office->places[1],
					 .from_ms = office_at(date(month, 10), 9, 0),
					 .to_ms = office_at(date(month, 10), 11, 0),
					 .state = OUTAGE_DECLARED,
					 .cause = "listrik"};
	gint64 id;
	g_autofree char *letter = g_strdup_printf("800/%d", month);
	by_hand(year, OFFICE_PERSON(month % 3), date(month, 5), letter);
	fingerless(year, OFFICE_PERSON(4 + month % 2), date(month, 4), &decision);
	office_ok(outages_declare(office->sql, &outage, office->now_ms, OFFICE_OFFSET, &id, error));
}

static void change_roster(Year *year, gint64 id, gint64 day, gint64 decided_ms)
{
	Office *office = &year->office;
	office_ok(sql_run(office->sql, error,
					  "INSERT INTO roster_request (id, kind, state, reason, account, proposed_ms,"
					  " decided_by, decided_ms, decision)"
					  " VALUES ($1, 'koreksi', 2, 'salah catat', $2, $3, $2, $3, 'ya')",
					  "iii", id, year->account, decided_ms));
	office_ok(sql_run(office->sql, error,
					  "INSERT INTO roster_request_day (request, person, day, known, old_on_call,"
					  " on_call) VALUES ($1, $2, $3, 1, 0, 0)",
					  "iii", id, OFFICE_PERSON(8), day));
}

/* ── the cases ── */

static void seed_hands(Year *year)
{
	ClaimDecision by_finger = {.accepted = TRUE, .approver = OFFICE_PERSON(2)};
	ClaimDecision by_account = {.accepted = TRUE, .account = year->account};
	for (int i = 0; i < 6; i++) {
		g_autofree char *letter = g_strdup_printf("sakit/%d", i);
		by_hand(year, OFFICE_PERSON(0), date(3, 10 + i), letter);
	}
	for (int i = 0; i < 16; i++) {
		fingerless(year, OFFICE_PERSON(4 + i % 8), date(4, 7 + i / 8), &by_finger);
		fingerless(year, OFFICE_PERSON(4 + i % 8), date(5, 5 + i / 8), &by_account);
		by_hand(year, OFFICE_PERSON(4 + i % 8), date(6, 9 + i / 8), "daftar 9");
	}
}

static void seed_people(Year *year)
{
	Office *office = &year->office;
	Leave leave = {.person = OFFICE_PERSON(5), .code = "CT", .slot = "hari", .letter = "851/1"};
	Change week = office_change(office, date(9, 8), date(9, 13));
	Change gone = office_change(office, date(10, 1), DAY_OPEN);
	Change retired = office_change(office, date(11, 1), DAY_OPEN);
	for (int i = 0; i < 10; i++) {
		gint64 at_ms = office_at(date(7, 1 + i + (i > 3 ? 2 : 0)), 17, 10);
		punch(year, OFFICE_PERSON(9), at_ms, FALSE);
		punch(year, OFFICE_PERSON(10), at_ms + 3000, FALSE);
	}
	punch(year, OFFICE_PERSON(4), office_at(date(8, 12), 12, 0), FALSE);
	punch(year, OFFICE_PERSON(4), office_at(date(8, 12), 12, 4), TRUE);
	office_ok(leaves_set(office->sql, &leave, &week, NULL, NULL, error));
	punch(year, OFFICE_PERSON(5), office_at(date(9, 10), 6, 50), FALSE);
	office_ok(people_end_employment(office->sql, OFFICE_PERSON(6), &gone, NULL, error));
	punch(year, OFFICE_PERSON(6), office_at(date(10, 2), 6, 50), FALSE);
	office_ok(
		people_set_employment(office->sql, OFFICE_PERSON(7), "PNS", "99", &retired, NULL, error));
	punch(year, OFFICE_PERSON(7), office_at(date(11, 3), 6, 50), FALSE);
}

static void seed_places(Year *year)
{
	Office *office = &year->office;
	for (int i = 0; i < 3; i++) {
		gint64 id;
		Outage outage = {.place = office->places[0],
						 .from_ms = office_at(date(12, 2 + i), 12, 0),
						 .to_ms = office_at(date(12, 2 + i), 12, 30),
						 .state = OUTAGE_DECLARED,
						 .cause = "perangkat"};
		office_ok(outages_declare(office->sql, &outage, office->now_ms, OFFICE_OFFSET, &id, error));
	}
	change_roster(year, 1, date(8, 20), office_at(date(8, 21), 8, 0));
	change_roster(year, 2, date(8, 25), office_at(date(8, 24), 8, 0));
}

static void make_account(Year *year)
{
	Office *office = &year->office;
	g_autoptr(GError) error = NULL;
	UserNew new = {.name = "pengelola", .role = ROLE_BKD, .today = YEAR_DAY};
	char *password = users_create(office->sql, &new, office->now_ms, &error);
	g_assert_no_error(error);
	password_free(password);
	g_autoptr(User) user = users_find(office->sql, "pengelola", NULL);
	year->account = user->id;
}

static void open_year(Year *year)
{
	static const RandomId journal = {{1}};
	Office *office = &year->office;
	const guint8 secret[32] = {0};
	office_open(office);
	office->now_ms = office_at(date(12, 31), 23, 0);
	*year = (Year){.office = *office, .random = g_rand_new_with_seed(7), .other = {"term-b"}};
	office = &year->office;
	office_ok(sql_begin(office->sql, error));
	for (int i = OFFICE_PEOPLE; i < PEOPLE; i++)
		office_add_person(office, OFFICE_PERSON(i), 0);
	office_ok(terminals_add(office->sql, &year->other, office->places[1], secret, G_MAXINT64,
							office->now_ms, error));
	office_ok(sql_run(office->sql, error,
					  "INSERT INTO journal (id, terminal, journal, seq, head, opened_ms, heard_ms,"
					  " last_at_ms, sensor_lost) VALUES (1, $1, $2, 1, $2, 1, 1, 1, 0)",
					  "tb", office->device->id.text, &journal, sizeof journal));
	make_account(year);
	for (gint64 day = YEAR_DAY; day <= date(12, 31); day++)
		if (calendar_weekday(day) < 5)
			fill_day(year, day);
	for (int month = 2; month <= 12; month++)
		fill_month(year, month);
	seed_hands(year);
	seed_people(year);
	seed_places(year);
	office_ok(sql_commit(office->sql, error));
	Judge *judge = judge_new(office->sql, OFFICE_OFFSET, NULL, NULL);
	office_ok(judge_all(judge, office->now_ms, error));
	judge_free(judge);
}

/* What was seeded, kind by kind; found in no other month, and nothing beside it. */
static const struct {
	AnomalyKind kind;
	int month, day;    /* of the evidence */
	int person, other; /* -1: nobody */
	gint64 n;
	const char *says; /* of the other's name, or the note; NULL: not looked at */
} seeded[] = {
	{ANOMALY_HAND_PERSON, 3, 15, 0, -1, 7, NULL},
	{ANOMALY_HAND_APPROVER, 4, 8, -1, 2, 16, "presensi 8 orang disetujui"},
	{ANOMALY_HAND_ADMIN, 5, 6, -1, -1, 16, "akun pengelola"},
	{ANOMALY_HAND_ADMIN, 6, 10, -1, -1, 16, "daftar daftar 9"},
	{ANOMALY_PAIRS, 7, 12, 9, 10, 10, NULL},
	{ANOMALY_TRAVEL, 8, 12, 4, -1, 1, NULL},
	{ANOMALY_LEAVE, 9, 10, 5, -1, 1, NULL},
	{ANOMALY_GONE, 10, 2, 6, -1, 1, NULL},
	{ANOMALY_GONE, 11, 3, 7, -1, 1, "Pensiun"},
	{ANOMALY_ROSTER, 8, 20, 8, -1, 1, "- menjadi -: salah catat"},
	{ANOMALY_OUTAGE, 12, 31, -1, -1, 3, NULL},
};

static void check_row(const AnomalyRow *row, gsize i)
{
	g_assert_cmpint(row->day, ==, date(seeded[i].month, seeded[i].day));
	g_assert_cmpint(row->person, ==, seeded[i].person < 0 ? 0 : OFFICE_PERSON(seeded[i].person));
	g_assert_cmpint(row->other, ==, seeded[i].other < 0 ? 0 : OFFICE_PERSON(seeded[i].other));
	g_assert_cmpint(row->n, ==, seeded[i].n);
	if (seeded[i].says != NULL && g_strcmp0(row->note, seeded[i].says) != 0)
		g_assert_cmpstr(row->other_name, ==, seeded[i].says);
	if (seeded[i].kind == ANOMALY_TRAVEL || seeded[i].kind == ANOMALY_GONE)
		g_assert_nonnull(row->evidence);
}

static void check_month(const Year *year, AnomalyKind kind, int month)
{
	g_autoptr(GError) error = NULL;
	AnomalyFilter filter = {.from_day = date(month, 1), .utc_offset_min = OFFICE_OFFSET};
	filter.to_day = month == 12 ? date(12, 31) + 1 : date(month + 1, 1);
	g_autoptr(GPtrArray) rows = anomalies_list(year->office.sql, kind, &filter, &error);
	guint found = 0;
	g_assert_no_error(error);
	for (guint i = 0; i < rows->len; i++) {
		const AnomalyRow *row = rows->pdata[i];
		g_test_message("%s: %d, %d and %d, %d times: %s", anomaly_kind_text(kind), (int)row->day,
					   (int)row->person, (int)row->other, (int)row->n, row->note);
	}
	for (gsize i = 0; i < G_N_ELEMENTS(seeded); i++) {
		if (seeded[i].kind != kind || seeded[i].month != month)
			continue;
		g_assert_cmpuint(rows->len, >, found);
		check_row(rows->pdata[found++], i);
	}
	g_assert_cmpuint(rows->len, ==, found);
}

static void test_each_finds_its_own_and_nothing_else(void)
{
	Year year = {0};
	open_year(&year);
	for (int kind = 0; kind < N_ANOMALY_KINDS; kind++)
		for (int month = 2; month <= 12; month++)
			check_month(&year, (AnomalyKind)kind, month);
	g_rand_free(year.random);
	office_close(&year.office);
}

static void test_report_has_every_row(void)
{
	AnomalyRow row = {.n = 3, .day = date(12, 31), .note = (char *)"=1+1"};
	g_autoptr(GPtrArray) rows = g_ptr_array_new();
	g_autoptr(Report) report = anomaly_report_new();
	g_ptr_array_add(rows, &row);
	anomaly_report_add(report, ANOMALY_OUTAGE, rows);
	g_autoptr(GBytes) csv = report_as_csv(report);
	g_autofree char *text = g_strndup(g_bytes_get_data(csv, NULL), g_bytes_get_size(csv));
	g_assert_nonnull(strstr(text, "\"outage\";\"\";\"\";\"\";\"\";2025-12-31;3;0;\"'=1+1\";\"\""));
	for (int kind = 0; kind < N_ANOMALY_KINDS; kind++) {
		AnomalyKind found;
		g_assert_true(anomaly_kind_find(anomaly_kind_text((AnomalyKind)kind), &found));
		g_assert_cmpint(found, ==, kind);
		g_assert_nonnull(anomaly_kind_title(found));
	}
}

int main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	g_test_add_func("/anomalies/each_finds_its_own_and_nothing_else",
					test_each_finds_its_own_and_nothing_else);
	g_test_add_func("/anomalies/report_has_every_row", test_report_has_every_row);
	return g_test_run();
}
