/* Corrections: chains, deputies, passing on, deadlines, and everything that is refused. */
#include "server/judge/judge.h"
#include "server/services/correction.h"
#include "server/store/people/careers.h"
#include "server/store/month/months.h"
#include "server/store/people/grants.h"
#include "server/store/time/holidays.h"
#include "server/store/time/marks.h"
#include "server/store/time/verdicts.h"
#include "tests/server/office.h"

#define TODAY OFFICE_DAY
#define NONE (-1)
#define HOURS_MS(n) ((n) * G_GINT64_CONSTANT(3600000))

enum {
	OWN = 1,
	ATASAN,
	BKD,
	SKPD,
	DEPUTY,
	OTHER
}; /* accounts; OWN is person 0's, ATASAN person 1's */

typedef struct {
	Office office;
	CorrectionClock clock;
} World;

static void add_account(Sql *sql, gint64 id, const char *name, gint64 person)
{
	office_ok(sql_run(sql, error,
					  "INSERT INTO account (id, name, person, one_time, created_ms)"
					  " VALUES ($1, $2, $3, 0, 0)",
					  "itI", id, name, person != 0 ? &person : NULL));
}

static void give(World *world, gint64 account, Role role, gint64 unit, gint64 to_day)
{
	const GrantNew grant = {
		.account = account, .role = role, .unit = unit, .from_day = TODAY - 100, .to_day = to_day};
	office_ok(grants_add(world->office.sql, &grant, 1, error) != 0);
}

/* One database for all cases, emptied of what they did. */
static void empty(World *world)
{
	static const char *const tables[] = {
		"DELETE FROM unit_month_step",
		"DELETE FROM unit_month",
		"DELETE FROM correction_step",
		"DELETE FROM correction",
		"DELETE FROM correction_document",
		"DELETE FROM correction_reopening",
		"DELETE FROM approval_delegation",
		"DELETE FROM correction_chain WHERE unit<>0",
		"DELETE FROM leave_span",
		"DELETE FROM leave_case",
		"DELETE FROM person_superior",
		"DELETE FROM holiday",
		"DELETE FROM place_elsewhere",
		"DELETE FROM account_grant",
		"DELETE FROM day_mark",
		"DELETE FROM person_mark",
		"DELETE FROM verdict",
		"DELETE FROM judge_state",
		"UPDATE fact_generation SET generation=generation+1",
	};
	Office *office = &world->office;
	office->now_ms = office_at(TODAY + 1, 12, 0);
	world->clock = (CorrectionClock){office->now_ms, TODAY + 1};
	office_ok(sql_begin(office->sql, error));
	for (gsize i = 0; i < G_N_ELEMENTS(tables); i++)
		office_ok(sql_run(office->sql, error, tables[i], ""));
	give(world, OWN, ROLE_PEGAWAI, office->units[0], G_MAXINT64);
	give(world, ATASAN, ROLE_ATASAN, office->units[0], G_MAXINT64);
	give(world, BKD, ROLE_BKD, 0, G_MAXINT64);
	give(world, SKPD, ROLE_SKPD, office->units[0], G_MAXINT64);
	give(world, DEPUTY, ROLE_ATASAN, office->units[1], G_MAXINT64);
	give(world, OTHER, ROLE_ATASAN, office->units[0], TODAY); /* it ended yesterday */
	office_ok(sql_commit(office->sql, error));
}

static void open_world(World *world)
{
	static const char *const names[] = {[OWN] = "pegawai", [ATASAN] = "budi",  [BKD] = "siti",
										[SKPD] = "kelola", [DEPUTY] = "wakil", [OTHER] = "lain"};
	office_open(&world->office);
	office_ok(sql_begin(world->office.sql, error));
	for (gint64 i = OWN; i <= OTHER; i++)
		add_account(world->office.sql, i, names[i],
					i == OWN      ? OFFICE_PERSON(0)
					: i == ATASAN ? OFFICE_PERSON(1)
								  : 0);
	office_ok(sql_commit(world->office.sql, error));
}

/* Commits and gives NONE, or rolls back and gives the refusal. */
static int end(World *world, gboolean ok, GError *failed)
{
	if (ok) {
		office_ok(sql_commit(world->office.sql, error));
		return NONE;
	}
	sql_rollback(world->office.sql);
	if (failed->domain != CORRECTION_ERROR)
		g_error("%s", failed->message);
	int code = failed->code;
	g_error_free(failed);
	return code;
}

static CorrectionAsk one_ask(CorrectionKind kind)
{
	return (CorrectionAsk){.person = OFFICE_PERSON(0),
						   .day = TODAY,
						   .kind = kind,
						   .reason = "mesin tidak membaca jari",
						   .account = OWN};
}

static int ask(World *world, const CorrectionAsk *what, gint64 *id)
{
	GError *failed = NULL;
	office_ok(sql_begin(world->office.sql, error));
	gboolean ok = correction_ask(world->office.sql, what, &world->clock, id, &failed);
	return end(world, ok, failed);
}

static gint64 asked(World *world, CorrectionKind kind)
{
	const CorrectionAsk what = one_ask(kind);
	gint64 id = 0;
	g_assert_cmpint(ask(world, &what, &id), ==, NONE);
	return id;
}

static int decide(World *world, gint64 id, gboolean approve, gint64 account)
{
	GError *failed = NULL;
	CorrectionState state;
	office_ok(sql_begin(world->office.sql, error));
	gboolean ok = correction_decide(world->office.sql, id, approve, account, "sudah diperiksa",
									&world->clock, &state, &failed);
	return end(world, ok, failed);
}

static void expect(World *world, gint64 id, CorrectionState state, const char *open_level)
{
	g_auto(Correction) now = {0};
	gboolean found = FALSE;
	office_ok(corrections_get(world->office.sql, id, &now, &found, error));
	g_assert_true(found);
	g_assert_cmpint(now.state, ==, state);
	const CorrectionStep *step = correction_open_step(&now);
	g_assert_cmpstr(step == NULL ? NULL : step->level, ==, open_level);
}

static void set_chain(World *world, CorrectionKind kind, const char *levels)
{
	const Change always = office_change(&world->office, DAY_ALWAYS, DAY_OPEN);
	office_ok(sql_begin(world->office.sql, error));
	office_ok(corrections_set_chain(world->office.sql, world->office.units[0], kind, levels, 3,
									&always, NULL, error));
	office_ok(sql_commit(world->office.sql, error));
}

static void judge(World *world)
{
	Office *office = &world->office;
	g_autoptr(Judge) judging = judge_new(office->sql, OFFICE_OFFSET, NULL, NULL);
	office_ok(judge_tick(judging, office->now_ms, error));
	office_ok(judge_all(judging, office->now_ms, error));
}

static char *day_of(World *world, PersonId person)
{
	Verdict verdict;
	GError *failed = NULL;
	judge(world);
	g_autoptr(VerdictCursor) rows =
		verdicts_of_person(world->office.sql, person, TODAY, TODAY + 1, &failed);
	g_assert_no_error(failed);
	g_assert_cmpint(verdicts_next(rows, &verdict, NULL), ==, SQL_ROW);
	return g_strdup_printf("%s|%s", verdict.codes, verdict.reasons);
}

/* ── Chains ── */

static void an_approved_one_is_the_fact_that_is_judged(World *world)
{
	gint64 id = asked(world, CORRECTION_DAY);
	expect(world, id, CORRECTION_WAITS, "ATASAN");
	g_assert_cmpint(decide(world, id, TRUE, BKD), ==, CORRECTION_ERROR_RIGHT); /* not yet */
	g_assert_cmpint(decide(world, id, TRUE, ATASAN), ==, NONE);
	expect(world, id, CORRECTION_WAITS, "BKD");
	g_assert_cmpint(decide(world, id, TRUE, ATASAN), ==, CORRECTION_ERROR_OWN); /* a second level */
	g_assert_cmpint(decide(world, id, TRUE, BKD), ==, NONE);
	expect(world, id, CORRECTION_APPROVED, NULL);
	g_autofree char *day = day_of(world, OFFICE_PERSON(0));
	g_assert_true(g_str_has_prefix(day, "AT|"));
	g_assert_nonnull(strstr(day, "koreksi 1, disetujui budi (ATASAN), siti (BKD)"));
	g_assert_cmpint(decide(world, id, FALSE, BKD), ==, CORRECTION_ERROR_CLOSED);
}

static void a_refusal_ends_it_at_once(World *world)
{
	gint64 id = asked(world, CORRECTION_DAY);
	g_assert_cmpint(decide(world, id, FALSE, ATASAN), ==, NONE);
	expect(world, id, CORRECTION_REFUSED, NULL);
	g_assert_cmpint(decide(world, id, TRUE, BKD), ==, CORRECTION_ERROR_CLOSED);
	g_assert_cmpint(office_count(&world->office, "SELECT count(*) FROM leave_case"), ==, 0);
	/* Asked again it is another one. */
	g_assert_cmpint(asked(world, CORRECTION_DAY), ==, id + 1);
}

static void the_superior_of_that_day_decides(World *world)
{
	const Change then = office_change(&world->office, TODAY, TODAY + 1);
	set_chain(world, CORRECTION_OUT, "LANGSUNG:24");
	office_ok(sql_begin(world->office.sql, error));
	office_ok(careers_set_superior(world->office.sql, OFFICE_PERSON(0), OFFICE_PERSON(1), &then,
								   NULL, error));
	office_ok(sql_commit(world->office.sql, error));
	gint64 id = asked(world, CORRECTION_OUT);
	g_assert_cmpint(decide(world, id, TRUE, SKPD), ==, CORRECTION_ERROR_RIGHT);
	g_assert_cmpint(decide(world, id, TRUE, ATASAN), ==, NONE);
}

static void chains_are_data_by_unit_and_kind(World *world)
{
	static const char *const bad[] = {
		"",          "ATASAN",           "ATASAN:0", "ATASAN:72 ATASAN:1",
		"AUDITOR:1", "PEGAWAI:1",        "bkd:1",    "BKD:x",
		"BKD:9000",  "TERLALUPANJANG:1", " BKD:1",   "LANGSUNG:1 ATASAN:1 SKPD:1 OPERATOR:1 BKD:1"};
	CorrectionChain chain;
	for (gsize i = 0; i < G_N_ELEMENTS(bad); i++)
		g_assert_false(correction_chain_parse(bad[i], &chain));
	set_chain(world, CORRECTION_IN, "LANGSUNG:24 ATASAN:24 SKPD:24 BKD:24");
	office_ok(corrections_chain(world->office.sql, world->office.units[0], CORRECTION_IN, TODAY,
								&chain, error));
	g_assert_cmpuint(chain.n_levels, ==, 4);
	office_ok(corrections_chain(world->office.sql, world->office.units[1], CORRECTION_IN, TODAY,
								&chain, error));
	g_assert_cmpuint(chain.n_levels, ==, 1);
	/* The chain of the day it was asked stays with it. */
	gint64 id = asked(world, CORRECTION_IN);
	set_chain(world, CORRECTION_IN, "BKD:24");
	expect(world, id, CORRECTION_WAITS, "LANGSUNG");
	the_superior_of_that_day_decides(world);
}

/* ── Who may not ── */

static void an_ended_right_decides_nothing(World *world)
{
	gint64 id = asked(world, CORRECTION_IN);
	g_assert_cmpint(decide(world, id, TRUE, OTHER), ==, CORRECTION_ERROR_RIGHT);
	g_assert_cmpint(decide(world, id, TRUE, DEPUTY), ==, CORRECTION_ERROR_RIGHT); /* another unit */
	expect(world, id, CORRECTION_WAITS, "ATASAN");
	CorrectionAsk what = one_ask(CORRECTION_OUT);
	what.account = OTHER;
	g_assert_cmpint(ask(world, &what, &id), ==, CORRECTION_ERROR_RIGHT);
}

static void nobody_decides_their_own(World *world)
{
	gint64 id = 0;
	CorrectionAsk what = one_ask(CORRECTION_IN);
	what.person = OFFICE_PERSON(1); /* the superior's own day, asked by another */
	what.account = SKPD;
	g_assert_cmpint(ask(world, &what, &id), ==, NONE);
	g_assert_cmpint(decide(world, id, TRUE, ATASAN), ==, CORRECTION_ERROR_OWN);
	what.person = OFFICE_PERSON(2); /* asked for by the one who would decide */
	what.account = ATASAN;
	g_assert_cmpint(ask(world, &what, &id), ==, NONE);
	g_assert_cmpint(decide(world, id, TRUE, ATASAN), ==, CORRECTION_ERROR_OWN);
	g_assert_cmpint(decide(world, id, TRUE, OWN), ==, CORRECTION_ERROR_RIGHT);
	g_assert_cmpint(decide(world, 99, TRUE, ATASAN), ==, CORRECTION_ERROR_UNKNOWN);
	g_assert_cmpint(decide(world, id, TRUE, 99), ==, CORRECTION_ERROR_UNKNOWN);
	an_ended_right_decides_nothing(world);
}

static void what_cannot_be_asked_is_refused(World *world)
{
	gint64 id = 0;
	g_autofree char *longest = g_strnfill(CORRECTION_TEXT_MAX + 1, 'x');
	g_autofree guint8 *much = g_malloc0(CORRECTION_DOCUMENT_MAX + 1);
	g_autoptr(GBytes) large = g_bytes_new_static(much, CORRECTION_DOCUMENT_MAX + 1);
	CorrectionAsk what = one_ask(CORRECTION_IN);
	what.day = TODAY + 2;
	g_assert_cmpint(ask(world, &what, &id), ==, CORRECTION_ERROR_DAY);
	what = one_ask(CORRECTION_IN);
	what.person = 99; /* serves nowhere */
	g_assert_cmpint(ask(world, &what, &id), ==, CORRECTION_ERROR_DAY);
	what = one_ask(CORRECTION_IN);
	what.code = "CT"; /* leave has its own way */
	g_assert_cmpint(ask(world, &what, &id), ==, CORRECTION_ERROR_CODE);
	what.code = "WFH"; /* for whole days only */
	g_assert_cmpint(ask(world, &what, &id), ==, CORRECTION_ERROR_CODE);
	static const char *const texts[] = {NULL, "", "a\x01z", "\xff\xfe"};
	for (gsize i = 0; i < G_N_ELEMENTS(texts); i++) {
		what = one_ask(CORRECTION_IN);
		what.reason = texts[i];
		g_assert_cmpint(ask(world, &what, &id), ==, CORRECTION_ERROR_TEXT);
	}
	what.reason = longest;
	g_assert_cmpint(ask(world, &what, &id), ==, CORRECTION_ERROR_TEXT);
	what = one_ask(CORRECTION_IN);
	what.document = large;
	what.document_name = "surat.pdf";
	g_assert_cmpint(ask(world, &what, &id), ==, CORRECTION_ERROR_DOCUMENT);
	what = one_ask(CORRECTION_IN);
	what.document_hash = "abc";
	g_assert_cmpint(ask(world, &what, &id), ==, CORRECTION_ERROR_DOCUMENT); /* no name */
	what.document_name = "surat";
	g_assert_cmpint(ask(world, &what, &id), ==, CORRECTION_ERROR_DOCUMENT);
	asked(world, CORRECTION_IN);
	what = one_ask(CORRECTION_IN);
	g_assert_cmpint(ask(world, &what, &id), ==, CORRECTION_ERROR_WAITS);
	what.kind = CORRECTION_OUT; /* another slot */
	g_assert_cmpint(ask(world, &what, &id), ==, NONE);
}

static void a_document_is_kept_by_its_hash(World *world)
{
	static const char hash[] = "9F86D081884C7D659A2FEAA0C55AD015A3BF4F1B2B0B822CD15D6C15B0F00A08";
	g_autoptr(GBytes) content = g_bytes_new_static("test", 4);
	CorrectionAsk what = one_ask(CORRECTION_IN);
	gint64 id = 0;
	what.document_name = "surat 12";
	what.document_hash = hash;
	g_assert_cmpint(ask(world, &what, &id), ==, NONE);
	g_assert_null(corrections_document(world->office.sql, id, NULL));
	what = one_ask(CORRECTION_OUT);
	what.document = content;
	what.document_name = "surat.pdf";
	g_assert_cmpint(ask(world, &what, &id), ==, NONE);
	g_autoptr(GBytes) kept = corrections_document(world->office.sql, id, NULL);
	g_assert_true(g_bytes_equal(kept, content));
	/* Now that it is here, it is the first one's too. */
	g_autoptr(GBytes) first = corrections_document(world->office.sql, id - 1, NULL);
	g_assert_nonnull(first);
	g_assert_cmpint(office_count(&world->office, "SELECT count(*) FROM correction_document"), ==,
					1);
}

static void who_asked_withdraws_it_while_it_waits(World *world)
{
	gint64 id = asked(world, CORRECTION_IN);
	static const int outcomes[][2] = {
		{ATASAN, CORRECTION_ERROR_RIGHT}, {OWN, NONE}, {OWN, CORRECTION_ERROR_CLOSED}};
	for (gsize i = 0; i < G_N_ELEMENTS(outcomes); i++) {
		GError *failed = NULL;
		office_ok(sql_begin(world->office.sql, error));
		gboolean ok =
			correction_withdraw(world->office.sql, id, outcomes[i][0], &world->clock, &failed);
		g_assert_cmpint(end(world, ok, failed), ==, outcomes[i][1]);
	}
	g_assert_cmpint(decide(world, id, TRUE, ATASAN), ==, CORRECTION_ERROR_CLOSED);
}

/* ── Deputies ── */

static int delegate(World *world, gint64 account, gint64 deputy, gint64 from_day, gint64 to_day)
{
	char reason[] = "Plh 3/2025";
	const Delegation delegation = {.account = account,
								   .deputy = deputy,
								   .from_day = from_day,
								   .to_day = to_day,
								   .reason = reason};
	GError *failed = NULL;
	gint64 id;
	office_ok(sql_begin(world->office.sql, error));
	gboolean ok = correction_delegate(world->office.sql, &delegation, &world->clock, &id, &failed);
	return end(world, ok, failed);
}

static void a_deputy_decides_for_a_time(World *world)
{
	const gint64 today = world->clock.today;
	gboolean ended = FALSE;
	gint64 id = asked(world, CORRECTION_IN);
	g_assert_cmpint(delegate(world, ATASAN, ATASAN, today, today + 2), ==, CORRECTION_ERROR_DEPUTY);
	g_assert_cmpint(delegate(world, ATASAN, OWN, today, today + 2), ==, CORRECTION_ERROR_DEPUTY);
	g_assert_cmpint(delegate(world, OTHER, DEPUTY, today, today + 2), ==, CORRECTION_ERROR_DEPUTY);
	g_assert_cmpint(delegate(world, ATASAN, DEPUTY, today, today), ==, CORRECTION_ERROR_DEPUTY);
	g_assert_cmpint(delegate(world, ATASAN, DEPUTY, today - 9, today), ==, CORRECTION_ERROR_DEPUTY);
	g_assert_cmpint(delegate(world, ATASAN, DEPUTY, today, today + 400), ==,
					CORRECTION_ERROR_DEPUTY);
	g_assert_cmpint(delegate(world, ATASAN, DEPUTY, today + 1, today + 3), ==, NONE);
	g_assert_cmpint(decide(world, id, TRUE, DEPUTY), ==, CORRECTION_ERROR_RIGHT); /* tomorrow */
	world->clock.today++;
	g_assert_cmpint(decide(world, id, TRUE, DEPUTY), ==, NONE);
	g_autofree char *day = day_of(world, OFFICE_PERSON(0));
	g_assert_nonnull(strstr(day, "disetujui wakil a.n. budi (ATASAN)"));
	/* The giver's own day is not the deputy's to decide, nor what the giver asked for. */
	CorrectionAsk what = one_ask(CORRECTION_IN);
	what.person = OFFICE_PERSON(1);
	what.account = SKPD;
	g_assert_cmpint(ask(world, &what, &id), ==, NONE);
	g_assert_cmpint(decide(world, id, TRUE, DEPUTY), ==, CORRECTION_ERROR_RIGHT);
	what.person = OFFICE_PERSON(2);
	what.account = ATASAN;
	g_assert_cmpint(ask(world, &what, &id), ==, NONE);
	g_assert_cmpint(decide(world, id, TRUE, DEPUTY), ==, CORRECTION_ERROR_RIGHT);
	/* Ended early, and by the giver alone. */
	id = asked(world, CORRECTION_OUT);
	office_ok(delegations_end(world->office.sql, 1, BKD, 1, &ended, error));
	g_assert_false(ended);
	office_ok(delegations_end(world->office.sql, 1, ATASAN, 1, &ended, error));
	g_assert_true(ended);
	g_assert_cmpint(decide(world, id, TRUE, DEPUTY), ==, CORRECTION_ERROR_RIGHT);
}

/* ── The clock ── */

static gint64 pass_on(World *world, gint64 hours)
{
	const CorrectionClock later = {world->clock.now_ms + HOURS_MS(hours), TODAY + 1 + hours / 24};
	gint64 n = 0;
	office_ok(sql_begin(world->office.sql, error));
	office_ok(correction_pass_on(world->office.sql, &later, &n, error));
	office_ok(sql_commit(world->office.sql, error));
	return n;
}

static void bkd_at_the_end_of_a_chain_stays(World *world)
{
	set_chain(world, CORRECTION_OUT, "BKD:24");
	gint64 id = asked(world, CORRECTION_OUT);
	g_assert_cmpint(pass_on(world, 25), ==, 0);
	g_assert_cmpint(pass_on(world, 26), ==, 0);
	expect(world, id, CORRECTION_WAITS, "BKD");
}

static void a_level_that_lets_its_time_go_by_is_passed(World *world)
{
	set_chain(world, CORRECTION_IN, "ATASAN:24 SKPD:24");
	gint64 id = asked(world, CORRECTION_IN);
	g_assert_cmpint(pass_on(world, 23), ==, 0);
	expect(world, id, CORRECTION_WAITS, "ATASAN");
	g_assert_cmpint(pass_on(world, 24), ==, 1);
	expect(world, id, CORRECTION_WAITS, "SKPD");
	g_assert_cmpint(decide(world, id, TRUE, ATASAN), ==, CORRECTION_ERROR_RIGHT);
	/* Past the last it is BKD's, and stays there. */
	g_assert_cmpint(pass_on(world, 48), ==, 1);
	expect(world, id, CORRECTION_WAITS, "BKD");
	g_assert_cmpint(pass_on(world, 5000), ==, 0);
	expect(world, id, CORRECTION_WAITS, "BKD");
	g_assert_cmpint(decide(world, id, TRUE, BKD), ==, NONE);
	expect(world, id, CORRECTION_APPROVED, NULL);
	bkd_at_the_end_of_a_chain_stays(world);
}

static int reopen(World *world, gint64 account, gint64 until_day, const char *reason)
{
	GError *failed = NULL;
	office_ok(sql_begin(world->office.sql, error));
	gboolean ok = correction_reopen(world->office.sql, world->office.units[0], TODAY, until_day,
									reason, account, &world->clock, &failed);
	return end(world, ok, failed);
}

/* 3 April 2025, a Thursday, and the Friday after it are days off: Monday the 7th is the last day. */
static void the_deadline_moves_to_a_working_day(World *world)
{
	gint64 third, last_day = 0, id = 0;
	g_assert_true(calendar_from_date(2025, 4, 3, &third));
	office_ok(sql_begin(world->office.sql, error));
	for (int i = 0; i < 2; i++) {
		Change day = office_change(&world->office, third + i, third + i + 1);
		office_ok(
			holidays_set(world->office.sql, 0, "Cuti bersama", "cuti_bersama", &day, NULL, error));
	}
	office_ok(sql_commit(world->office.sql, error));
	office_ok(correction_deadline(world->office.sql, world->office.units[0], CORRECTION_IN, TODAY,
								  TODAY, &last_day, error));
	g_assert_cmpint(last_day, ==, third + 4);
	CorrectionAsk what = one_ask(CORRECTION_IN);
	world->clock.today = third + 4;
	g_assert_cmpint(ask(world, &what, &id), ==, NONE);
	world->clock.today = third + 5;
	what.kind = CORRECTION_OUT;
	g_assert_cmpint(ask(world, &what, &id), ==, CORRECTION_ERROR_DEADLINE);
	/* Reopened with a reason, by BKD, for a while. */
	g_assert_cmpint(reopen(world, SKPD, third + 10, "banding"), ==, CORRECTION_ERROR_RIGHT);
	g_assert_cmpint(reopen(world, BKD, third + 10, ""), ==, CORRECTION_ERROR_TEXT);
	g_assert_cmpint(reopen(world, BKD, third, "banding"), ==, CORRECTION_ERROR_DEADLINE);
	g_assert_cmpint(reopen(world, BKD, third + 10, "banding"), ==, NONE);
	g_assert_cmpint(ask(world, &what, &id), ==, NONE);
	world->clock.today = third + 11;
	what.kind = CORRECTION_DAY;
	g_assert_cmpint(ask(world, &what, &id), ==, CORRECTION_ERROR_DEADLINE);
}

/* ── A slot of many ── */

static void everybody_of_a_unit_at_once(World *world)
{
	Sql *sql = world->office.sql;
	CorrectionAsk what = one_ask(CORRECTION_DAY);
	GError *failed = NULL;
	gint64 batch = 0;
	guint n = 0, n_left = 0;
	g_autofree char *before = NULL;
	office_ok(sql_begin(sql, error));
	/* Presence is recorded elsewhere, and complete: a day without a punch is one of absence. */
	office_ok(sql_run(sql, error,
					  "INSERT INTO place_elsewhere VALUES ($1, 'uji', -9999999, 9999999, 1, NULL)",
					  "i", world->office.places[0]));
	office_ok(sql_commit(sql, error));
	before = day_of(world, OFFICE_PERSON(2));
	g_assert_true(g_str_has_prefix(before, "TK|"));
	what.account = ATASAN;
	what.reason = "listrik padam, apel di lapangan";
	gint64 first = asked(world, CORRECTION_DAY); /* person 0 asked already */
	office_ok(sql_begin(sql, error));
	gboolean ok = correction_ask_slot(sql, world->office.units[0], &what, &world->clock, &batch, &n,
									  &n_left, &failed);
	g_assert_cmpint(end(world, ok, failed), ==, NONE);
	g_assert_cmpuint(n, ==, 1); /* person 2: person 0 asked, person 1 is the asker */
	g_assert_cmpuint(n_left, ==, 2);
	g_assert_cmpint(batch, ==, first + 1);
	office_ok(sql_begin(sql, error));
	ok = correction_ask_slot(sql, world->office.units[0], &what, &world->clock, &batch, &n, &n_left,
							 &failed);
	g_assert_cmpint(end(world, ok, failed), ==, CORRECTION_ERROR_NOBODY);
	/* All of them decided at once, by who may. */
	set_chain(world, CORRECTION_DAY, "BKD:24");
	office_ok(sql_begin(sql, error));
	failed = NULL;
	ok = correction_decide_batch(sql, first + 1, TRUE, BKD, NULL, &world->clock, &n, &n_left,
								 &failed);
	g_assert_cmpint(end(world, ok, failed), ==, CORRECTION_ERROR_RIGHT); /* ATASAN's turn */
	give(world, OTHER, ROLE_ATASAN, world->office.units[0], G_MAXINT64);
	office_ok(sql_begin(sql, error));
	failed = NULL;
	ok = correction_decide_batch(sql, first + 1, TRUE, OTHER, NULL, &world->clock, &n, &n_left,
								 &failed);
	g_assert_cmpint(end(world, ok, failed), ==, NONE);
	g_assert_cmpuint(n, ==, 1);
	expect(world, first + 1, CORRECTION_WAITS, "BKD");
	expect(world, first, CORRECTION_WAITS, "ATASAN");
}

/* Asked for in time, and decided when the month was handed in already; nothing is half-done. */
static void a_month_that_is_handed_in_takes_none(World *world)
{
	Sql *sql = world->office.sql;
	const MonthStepRow row = {.step = MONTH_SUBMIT, .account = SKPD, .at_ms = 1};
	gboolean done = FALSE;
	gint64 first_day, id = asked(world, CORRECTION_IN), other = 0;
	CorrectionAsk what = one_ask(CORRECTION_OUT);
	g_assert_true(calendar_from_date(2025, 3, 1, &first_day));
	office_ok(sql_begin(sql, error));
	office_ok(months_move(sql, world->office.units[0], first_day, 0, MONTH_SUBMITTED, &row, &done,
						  error));
	office_ok(sql_commit(sql, error));
	g_assert_true(done);
	g_assert_cmpint(ask(world, &what, &other), ==, CORRECTION_ERROR_MONTH);
	g_assert_cmpint(decide(world, id, TRUE, ATASAN), ==, CORRECTION_ERROR_MONTH);
	expect(world, id, CORRECTION_WAITS, "ATASAN");
	g_assert_cmpint(decide(world, id, FALSE, ATASAN), ==, NONE);
}

static void the_inbox_holds_whose_turn_it_is(World *world)
{
	static const struct {
		gint64 account;
		guint n;
	} cases[] = {{ATASAN, 2}, {BKD, 0}, {OWN, 0}, {OTHER, 0}, {SKPD, 0}};
	asked(world, CORRECTION_IN);
	asked(world, CORRECTION_DAY);
	for (gsize i = 0; i < G_N_ELEMENTS(cases); i++) {
		g_autoptr(GArray) ids = NULL;
		office_ok(correction_inbox(world->office.sql, cases[i].account, world->clock.today, 0, 100,
								   &ids, error));
		g_assert_cmpuint(ids->len, ==, cases[i].n);
	}
}

/* ── Two at once ── */

typedef struct {
	const World *world;
	gint64 id;
	gboolean approve;
	int outcome;
} Racer;

static gpointer race(gpointer data)
{
	Racer *racer = data;
	CorrectionState state;
	g_autoptr(GError) failed = NULL;
	g_autoptr(Sql) sql = sql_open(racer->world->office.database.url, &failed);
	g_assert_no_error(failed);
	gboolean ok = sql_begin(sql, &failed) &&
				  correction_decide(sql, racer->id, racer->approve, racer->approve ? ATASAN : OTHER,
									"lomba", &racer->world->clock, &state, &failed) &&
				  sql_commit(sql, &failed);
	if (!ok)
		sql_rollback(sql);
	racer->outcome = ok ? NONE : (failed->domain == CORRECTION_ERROR ? failed->code : 1000);
	return NULL;
}

static void of_concurrent_decisions_one_holds(World *world)
{
	give(world, OTHER, ROLE_ATASAN, world->office.units[0], G_MAXINT64);
	for (int round = 0; round < 2; round++) { /* chains of one level */
		Racer racers[4];
		GThread *threads[4];
		int n_won = 0;
		gint64 id = asked(world, CORRECTION_IN + (CorrectionKind)round);
		for (int i = 0; i < 4; i++) {
			racers[i] = (Racer){.world = world, .id = id, .approve = i % 2 == 0};
			threads[i] = g_thread_new("decider", race, &racers[i]);
		}
		for (int i = 0; i < 4; i++) {
			g_thread_join(threads[i]);
			if (racers[i].outcome == NONE)
				n_won++;
			else
				g_assert_cmpint(racers[i].outcome, ==, CORRECTION_ERROR_CLOSED);
		}
		g_assert_cmpint(n_won, ==, 1);
	}
}

/* ── All ── */

typedef struct {
	const char *name;
	void (*run)(World *world);
} Case;

#define CASE(name) {"/corrections/" #name, name}

static const Case cases[] = {
	CASE(an_approved_one_is_the_fact_that_is_judged),
	CASE(a_refusal_ends_it_at_once),
	CASE(chains_are_data_by_unit_and_kind),
	CASE(nobody_decides_their_own),
	CASE(what_cannot_be_asked_is_refused),
	CASE(a_document_is_kept_by_its_hash),
	CASE(who_asked_withdraws_it_while_it_waits),
	CASE(a_deputy_decides_for_a_time),
	CASE(a_level_that_lets_its_time_go_by_is_passed),
	CASE(the_deadline_moves_to_a_working_day),
	CASE(everybody_of_a_unit_at_once),
	CASE(the_inbox_holds_whose_turn_it_is),
	CASE(a_month_that_is_handed_in_takes_none),
	CASE(of_concurrent_decisions_one_holds),
};

static World the_world;

static void run_case(gconstpointer data)
{
	const Case *one = data;
	empty(&the_world);
	one->run(&the_world);
}

int main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	open_world(&the_world);
	for (gsize i = 0; i < G_N_ELEMENTS(cases); i++)
		g_test_add_data_func(cases[i].name, &cases[i], run_case);
	int status = g_test_run();
	office_close(&the_world.office);
	return status;
}
