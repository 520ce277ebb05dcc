/* Decisions over REST: who may, on whom, once, with a reason; and what is left in the audit log. */
#include <string.h>

#include "server/store/system/password.h"
#include "server/store/system/tokens.h"
#include "server/store/terminals/duplicates.h"
#include "tests/web/province.h"

#define HELD_DECISION "/api/v1/held/" PROVINCE_HELD "/decision"
#define SAID(decision) "{\"decision\":\"" decision "\",\"reason\":\"sudah diperiksa\"}"

static guint status(Province *p, const char *account, const char *target, const char *body)
{
	g_autoptr(Call) call = province_rest(p, account, body == NULL ? "GET" : "POST", target, body);
	return call->response->status;
}

static gsize n_items(Province *p, const char *account, const char *target)
{
	g_autoptr(Call) call = province_rest(p, account, "GET", target, NULL);
	g_assert_cmpuint(call->response->status, ==, 200);
	json_t *json = province_json(call);
	gsize n = json_array_size(json_object_get(json, "items"));
	json_decref(json);
	return n;
}

static gint64 count(Province *p, const char *text)
{
	g_autoptr(GError) error = NULL;
	g_autoptr(SqlStatement) row = sql_query(p->sql, &error, text, "");
	g_assert_no_error(error);
	g_assert_cmpint(sql_next(row, &error), ==, SQL_ROW);
	return sql_int(row, 0);
}

/* A BKD account over `unit` (0: all) of a person (0: nobody's). */
static void add_bkd(Province *p, const char *name, gint64 unit, PersonId person)
{
	g_autoptr(GError) error = NULL;
	const UserNew new = {
		.name = name, .role = ROLE_BKD, .unit = unit, .person = person, .today = TODAY - 1};
	password_free(users_create(p->sql, &new, NOW, &error));
	g_assert_no_error(error);
	g_autoptr(User) user = users_find(p->sql, name, NULL);
	char *token = tokens_issue(p->sql, user->id, "test", NOW + DAY_MS, NOW, &error);
	g_assert_no_error(error);
	g_hash_table_insert(p->tokens, g_strdup(name), token);
}

static void test_a_decision_is_made_once_and_logged(Province *p, gconstpointer unused)
{
	(void)unused;
	g_assert_cmpuint(n_items(p, "bkd", "/api/v1/held"), ==, 1);
	g_assert_cmpuint(status(p, "bkd", HELD_DECISION, SAID("different")), ==, 200);
	g_assert_cmpuint(n_items(p, "bkd", "/api/v1/held"), ==, 0);
	g_assert_cmpuint(status(p, "bkd", HELD_DECISION, SAID("fraud")), ==, 409);
	g_assert_cmpint(count(p, "SELECT count(*) FROM decision WHERE verdict = 'different'"
							 " AND reason = 'sudah diperiksa' AND account IN"
							 " (SELECT id FROM account WHERE name = 'bkd')"),
					==, 1);
	g_assert_cmpint(count(p, "SELECT count(*) FROM audit_entry WHERE action = 'held.decide'"
							 " AND person = 222222"),
					==, 1);
	g_assert_cmpuint(n_items(p, "bkd", "/api/v1/decisions"), ==, 1);
}

static void test_what_is_no_decision_is_refused(Province *p, gconstpointer unused)
{
	(void)unused;
	static const struct {
		const char *target, *body;
	} bad[] = {
		{HELD_DECISION, "{\"decision\":\"different\"}"},
		{HELD_DECISION, "{\"decision\":\"different\",\"reason\":\"ya\"}"},
		{HELD_DECISION, "{\"decision\":\"different\",\"reason\":7}"},
		{HELD_DECISION, SAID("accepted")},
		{HELD_DECISION, "{\"decision\":\"fraud\",\"reason\":\"jelas\",\"by\":\"x\"}"},
		{HELD_DECISION, "{\"decision\":\"fraud\",\"reason\":\"jelas\",\"at\":\"2025-03-01\"}"},
		{"/api/v1/quarantine/1-1/decision", SAID("accepted")},
		{"/api/v1/quarantine/1-1/decision",
		 "{\"decision\":\"accepted\",\"reason\":\"jelas\",\"at\":\"2025-03-04T07:00\"}"},
		{"/api/v1/quarantine/1-1/decision",
		 "{\"decision\":\"accepted\",\"reason\":\"jelas\",\"at\":\"soon\"}"},
		{"/api/v1/alarms/1/decision", SAID("rejected")},
	};
	for (gsize i = 0; i < G_N_ELEMENTS(bad); i++)
		g_assert_cmpuint(status(p, "bkd", bad[i].target, bad[i].body), ==, 422);
	g_assert_cmpint(count(p, "SELECT count(*) FROM decision"), ==, 0);
	g_assert_cmpuint(status(p, "bkd", "/api/v1/backlogs/t-bkd-1/decision", SAID("accepted")), ==,
					 409);
	g_assert_cmpuint(status(p, "bkd", "/api/v1/alarms/99/decision", SAID("ended")), ==, 404);
}

static void test_nobody_decides_their_own(Province *p, gconstpointer unused)
{
	(void)unused;
	add_bkd(p, "bkd.budi", 0, p->budi);
	g_assert_cmpuint(status(p, "bkd.budi", HELD_DECISION, SAID("different")), ==, 403);
	g_assert_cmpuint(status(p, "bkd.budi", "/api/v1/quarantine/1-1/decision", SAID("rejected")), ==,
					 403);
	g_assert_cmpuint(status(p, "bkd.budi", "/api/v1/alarms/1/decision", SAID("ended")), ==, 200);
}

/* Whoever has the right over a part sees and decides that part; the rest is not there. */
static void test_a_scope_holds_for_what_waits_too(Province *p, gconstpointer unused)
{
	(void)unused;
	add_bkd(p, "cabang.disdik", p->disdik, 0);
	add_bkd(p, "cabang.bkd", p->bkd, 0);
	g_assert_cmpuint(n_items(p, "cabang.disdik", "/api/v1/held"), ==, 1);
	g_assert_cmpuint(n_items(p, "cabang.disdik", "/api/v1/quarantine"), ==, 1);
	g_assert_cmpuint(n_items(p, "cabang.disdik", "/api/v1/backlogs"), ==, 1);
	g_assert_cmpuint(n_items(p, "cabang.disdik", "/api/v1/alarms"), ==, 0);
	g_assert_cmpuint(n_items(p, "cabang.bkd", "/api/v1/held"), ==, 0);
	g_assert_cmpuint(n_items(p, "cabang.bkd", "/api/v1/quarantine"), ==, 0);
	g_assert_cmpuint(n_items(p, "cabang.bkd", "/api/v1/backlogs"), ==, 0);
	g_assert_cmpuint(n_items(p, "cabang.bkd", "/api/v1/alarms"), ==, 1);
	g_assert_cmpuint(n_items(p, "bkd", "/api/v1/alarms"), ==, 2);
	g_assert_cmpuint(status(p, "cabang.bkd", HELD_DECISION, SAID("different")), ==, 404);
	g_assert_cmpuint(status(p, "cabang.bkd", "/api/v1/quarantine/1-1/decision", SAID("rejected")),
					 ==, 404);
	g_assert_cmpuint(status(p, "cabang.bkd", "/api/v1/backlogs/t-sma-1/decision", SAID("rejected")),
					 ==, 404);
	g_assert_cmpuint(status(p, "cabang.disdik", "/api/v1/alarms/1/decision", SAID("ended")), ==,
					 404);
	g_assert_cmpuint(
		status(p, "cabang.disdik", "/api/v1/backlogs/t-sma-1/decision", SAID("rejected")), ==, 200);
}

static void test_pages_follow_one_another(Province *p, gconstpointer unused)
{
	(void)unused;
	g_autoptr(Call) first = province_rest(p, "bkd", "GET", "/api/v1/alarms?limit=1", NULL);
	json_t *page = province_json(first);
	g_autofree char *target = g_strconcat(
		"/api/v1/alarms?limit=1&cursor=", json_string_value(json_object_get(page, "next")), NULL);
	json_decref(page);
	g_autoptr(Call) second = province_rest(p, "bkd", "GET", target, NULL);
	page = province_json(second);
	json_t *item = json_array_get(json_object_get(page, "items"), 0);
	g_assert_cmpint(json_integer_value(json_object_get(item, "id")), ==, 1);
	g_assert_true(json_is_null(json_object_get(page, "next")));
	json_decref(page);
}

static guint post(Province *p, const char *account, const char *target, const char *body)
{
	g_autoptr(Call) call = province_page(p, account, target, body);
	return call->response->status;
}

/* The same on the pages: errors beside the field, once, never the own. */
static void test_pages_decide(Province *p, gconstpointer unused)
{
	(void)unused;
	static const struct {
		const char *target, *body;
		guint status;
	} cases[] = {
		{"/putusan/perekaman/" PROVINCE_HELD, "putusan=different&alasan=ya", 422},
		{"/putusan/perekaman/" PROVINCE_HELD, "putusan=accepted&alasan=sudah", 422},
		{"/putusan/perekaman/" PROVINCE_HELD, "putusan=different&alasan=sudah+diperiksa", 303},
		{"/putusan/perekaman/" PROVINCE_HELD, "putusan=different&alasan=sudah+diperiksa", 409},
		{"/putusan/karantina/1-1", "putusan=accepted&alasan=jelas", 422},
		{"/putusan/karantina/1-1", "putusan=accepted&alasan=jelas&tanggal=2025-03-03&pukul=x", 422},
		{"/putusan/karantina/1-1", "putusan=accepted&alasan=jelas&tanggal=2025-03-03&pukul=24%3A00",
		 422},
		{"/putusan/karantina/1-1", "putusan=accepted&alasan=jelas&tanggal=2025-03-03&pukul=06%3A50",
		 303},
		{"/putusan/kiriman/t-sma-1", "putusan=&alasan=%3Cscript%3E", 422},
		{"/putusan/kiriman/t-sma-1", "putusan=rejected&alasan=mesin+hilang", 303},
		{"/putusan/peringatan/1", "putusan=ended&alasan=segel+diganti", 303},
		{"/putusan/peringatan/99", "putusan=ended&alasan=segel+diganti", 404},
		{"/persetujuan/1-1", "putusan=x", 422},
		{"/persetujuan/1-1", "putusan=refused", 303},
		{"/persetujuan/1-1", "putusan=accepted", 409},
	};
	add_bkd(p, "bkd.budi", 0, p->budi);
	g_assert_cmpuint(post(p, "bkd.budi", cases[2].target, cases[2].body), ==, 403);
	g_assert_cmpuint(post(p, "bkd.budi", cases[2].target, NULL), ==, 200);
	g_assert_cmpuint(post(p, "bkd.budi", "/persetujuan/1-1", "putusan=accepted"), ==, 403);
	for (gsize i = 0; i < G_N_ELEMENTS(cases); i++) {
		guint got = post(p, "bkd", cases[i].target, cases[i].body);
		if (got != cases[i].status)
			g_error("%s %s: %u", cases[i].target, cases[i].body, got);
	}
	g_assert_cmpint(count(p, "SELECT count(*) FROM decision"), ==, 4);
	g_assert_cmpint(count(p, "SELECT at_ms FROM decision WHERE kind = 'event'"), ==,
					NOW - 40 * MINUTE_MS);
	g_autoptr(Call) list = province_page(p, "bkd", "/putusan", NULL);
	g_autofree char *text = province_text(list);
	g_assert_nonnull(strstr(text, "segel diganti"));
	g_assert_null(strstr(text, PROVINCE_HELD));
}

/* A change of the roster comes into force with the approver's name; a second decision finds nothing. */
static void test_a_roster_is_corrected(Province *p, gconstpointer unused)
{
	(void)unused;
	static const char approve[] = "putusan=approved&alasan=benar";
	add_bkd(p, "bkd.budi", 0, p->budi);
	g_assert_cmpuint(post(p, "bkd.budi", "/persetujuan/jadwal/1", approve), ==, 403);
	g_assert_cmpuint(post(p, "bkd", "/persetujuan/jadwal/1", "putusan=approved&alasan=x"), ==, 422);
	g_assert_cmpint(count(p, "SELECT count(*) FROM person_roster"), ==, 0);
	g_assert_cmpuint(post(p, "bkd", "/persetujuan/jadwal/1", approve), ==, 303);
	g_assert_cmpint(count(p, "SELECT count(*) FROM person_roster WHERE on_call=1"
							 " AND source LIKE '%disetujui bkd'"),
					==, 1);
	g_assert_cmpint(count(p, "SELECT count(*) FROM audit_entry WHERE action='roster.decide'"), ==,
					1);
	g_assert_cmpuint(post(p, "bkd", "/persetujuan/jadwal/1", approve), ==, 404);
}

/* Declared by who keeps the place, decided by another; what nobody could have missed is refused. */
static void test_an_outage_is_declared_and_decided(Province *p, gconstpointer unused)
{
	(void)unused;
	static const char open[] = "lokasi=sma1&dari=2025-02-03&dari-jam=06:00&sampai=2025-02-03"
							   "&sampai-jam=10:00&sebab=listrik+padam&bukti=surat+PLN";
	/* Budi's punch without a finger lies in it. */
	static const char punched[] = "lokasi=sma1&dari=2025-03-02&dari-jam=06:00&sampai=2025-03-02"
								  "&sampai-jam=10:00&sebab=listrik+padam&bukti=surat+PLN";
	add_bkd(p, "bkd.budi", 0, p->budi);
	g_assert_cmpuint(post(p, "skpd", "/gangguan", open), ==, 422); /* another agency's place */
	g_assert_cmpuint(post(p, "operator", "/gangguan", punched), ==, 422);
	g_assert_cmpuint(post(p, "operator", "/gangguan", open), ==, 303);
	g_assert_cmpuint(post(p, "operator", "/gangguan", open), ==, 422); /* it is there already */
	g_assert_cmpuint(post(p, "bkd.budi", "/gangguan/2", "putusan=accepted&alasan=benar"), ==, 403);
	g_assert_cmpuint(post(p, "bkd", "/gangguan/2", "putusan=accepted&alasan=x"), ==, 422);
	g_assert_cmpuint(post(p, "bkd", "/gangguan/2", "putusan=accepted&alasan=benar"), ==, 303);
	g_assert_cmpuint(post(p, "bkd", "/gangguan/2", "putusan=accepted&alasan=benar"), ==, 422);
	g_assert_cmpuint(post(p, "bkd", "/gangguan/2", "putusan=refused&alasan=keliru"), ==, 303);
	g_assert_cmpint(count(p, "SELECT count(*) FROM outage_decision WHERE outage=2"), ==, 2);
	g_assert_cmpint(count(p, "SELECT count(*) FROM audit_entry WHERE action IN"
							 " ('outage.declare', 'outage.decide')"),
					==, 3);
}

static void add_pair(Province *p)
{
	DuplicateRun run;
	DuplicatePair pair = {.person = p->siti,
						  .other = p->budi,
						  .finger = FINGER_LEFT_LITTLE,
						  .score = 9000,
						  .found_ms = NOW};
	g_assert_true(sql_begin(p->sql, NULL));
	g_assert_true(duplicate_runs_begin(p->sql, NOW, &run, NULL));
	pair.run = run.id;
	g_assert_true(duplicates_add(p->sql, &pair, NULL));
	g_assert_true(sql_commit(p->sql, NULL));
}

/* Listed, decided once with a reason, by neither of the two; the verdict names whose references end. */
static void test_a_pair_is_decided_on_its_page(Province *p, gconstpointer unused)
{
	(void)unused;
	static const char page[] = "/putusan/pasangan/111111-222222";
	static const char *const wrong[] = {"putusan=fraud&alasan=x",
										"putusan=accepted&alasan=sudah+diperiksa",
										"putusan=fraud&akhiri=333333&alasan=sudah+diperiksa",
										"putusan=fraud&akhiri=x&alasan=sudah+diperiksa"};
	add_pair(p);
	add_bkd(p, "bkd.budi", 0, p->budi);
	add_bkd(p, "bkd.umum", p->umum, 0);
	g_autoptr(Call) list = province_page(p, "bkd", "/putusan", NULL);
	g_autofree char *text = province_text(list);
	g_assert_nonnull(strstr(text, page));
	g_autoptr(Call) one = province_page(p, "bkd", page, NULL);
	g_assert_cmpuint(one->response->status, ==, 200);
	g_assert_cmpuint(post(p, "bkd.budi", page, wrong[0]), ==, 403);
	g_assert_cmpuint(post(p, "bkd.umum", page, wrong[0]), ==, 404); /* one of them is another's */
	g_assert_cmpuint(post(p, "bkd", "/putusan/pasangan/222222-111111", wrong[0]), ==, 404);
	for (gsize i = 0; i < G_N_ELEMENTS(wrong); i++)
		g_assert_cmpuint(post(p, "bkd", page, wrong[i]), ==, 422);
	g_assert_cmpuint(post(p, "bkd", page, "putusan=fraud&akhiri=222222&alasan=sudah+diperiksa"), ==,
					 303);
	g_assert_cmpuint(post(p, "bkd", page, "putusan=fraud&akhiri=222222&alasan=sudah+diperiksa"), ==,
					 404);
	DuplicatePair decided;
	g_assert_true(duplicates_get(p->sql, p->siti, p->budi, &decided, NULL));
	g_assert_true(decided.decided && decided.verdict == VERDICT_FRAUD);
	g_assert_cmpint(decided.ends, ==, p->budi);
	g_assert_cmpint(count(p, "SELECT count(*) FROM audit_entry WHERE action='pair.decide'"), ==, 1);
}

int main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
#define ADD(path, function)                                                                        \
	g_test_add(path, Province, NULL, province_open, function, province_close)
	ADD("/web/decisions/a_decision_is_made_once_and_logged",
		test_a_decision_is_made_once_and_logged);
	ADD("/web/decisions/what_is_no_decision_is_refused", test_what_is_no_decision_is_refused);
	ADD("/web/decisions/nobody_decides_their_own", test_nobody_decides_their_own);
	ADD("/web/decisions/a_scope_holds_for_what_waits_too", test_a_scope_holds_for_what_waits_too);
	ADD("/web/decisions/pages_follow_one_another", test_pages_follow_one_another);
	ADD("/web/decisions/pages_decide", test_pages_decide);
	ADD("/web/decisions/a_pair_is_decided_on_its_page", test_a_pair_is_decided_on_its_page);
	ADD("/web/decisions/a_roster_is_corrected", test_a_roster_is_corrected);
	ADD("/web/decisions/an_outage_is_declared_and_decided", test_an_outage_is_declared_and_decided);
	return g_test_run();
}
