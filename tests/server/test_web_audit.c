/* Who saw and changed what is in the log before the answer is sent, and only then is there one. */
#include "tests/web/province.h"

#include "server/store/system/audit_log.h"

static gint64 n_entries(Province *p, const char *action)
{
	gint64 n;
	g_assert_true(sql_get_int(p->sql, &n, 0, NULL,
							  "SELECT COUNT(*) FROM audit_entry WHERE action = $1", "t", action));
	return n;
}

static void expect_entry(Province *p, const char *action, gint64 person, gint64 unit)
{
	gint64 n;
	g_assert_true(sql_get_int(p->sql, &n, 0, NULL,
							  "SELECT COUNT(*) FROM audit_entry WHERE action = $1 AND person = $2 "
							  "AND unit = $3 AND access_grant <> 0 AND address = '192.0.2.7'",
							  "tii", action, person, unit));
	g_assert_cmpint(n, ==, 1);
}

static void test_reads_are_logged_with_whose_data(Province *p, gconstpointer unused)
{
	(void)unused;
	g_autoptr(Call) days = province_rest(p, "bkd", "GET", "/api/v1/people/111111/days", NULL);
	g_autoptr(Call) list = province_rest(p, "skpd", "GET", "/api/v1/people?unit=BKD-UMUM", NULL);
	g_autoptr(Call) board = province_rest(p, "skpd", "GET", "/papan", NULL);
	expect_entry(p, "person.days.read", p->siti, 0);
	expect_entry(p, "people.list", 0, p->umum);
	expect_entry(p, "board.read", 0, p->bkd);
}

static void test_own_data_and_refusals_are_no_reads(Province *p, gconstpointer unused)
{
	(void)unused;
	g_autoptr(Call) own = province_rest(p, "pegawai", "GET", "/api/v1/people/111111/days", NULL);
	g_autoptr(Call) other = province_rest(p, "pegawai", "GET", "/api/v1/people/222222/days", NULL);
	g_assert_cmpuint(own->response->status, ==, 200);
	g_assert_cmpuint(other->response->status, ==, 404);
	g_assert_cmpint(n_entries(p, "person.days.read"), ==, 0);
}

static gint64 n_enrolments(Province *p)
{
	gint64 n = -1;
	g_assert_true(sql_get_int(p->sql, &n, 0, NULL, "SELECT COUNT(*) FROM enrolment", ""));
	return n;
}

static void test_change_and_its_row_are_one(Province *p, gconstpointer unused)
{
	(void)unused;
	static const char order[] =
		"{\"person\":111111,\"terminal\":\"t-bkd-1\",\"finger\":\"right-index\"}";
	gint64 n_before = n_enrolments(p);
	g_autoptr(Call) done = province_rest(p, "bkd", "POST", "/api/v1/enrolments", order);
	g_assert_cmpuint(done->response->status, ==, 201);
	expect_entry(p, "enrolment.order", p->siti, 0);
	/* Without the table no row can be written: then nothing is ordered, and nothing is shown. */
	g_assert_true(sql_script(p->sql, "ALTER TABLE audit_entry RENAME TO gone", NULL));
	g_test_expect_message("hadir", G_LOG_LEVEL_WARNING, "*");
	g_autoptr(Call) refused = province_rest(p, "bkd", "POST", "/api/v1/enrolments", order);
	g_assert_cmpuint(refused->response->status, ==, 503);
	g_test_expect_message("hadir", G_LOG_LEVEL_WARNING, "*answers are withheld*");
	g_autoptr(Call) read = province_rest(p, "bkd", "GET", "/api/v1/people", NULL);
	g_assert_cmpuint(read->response->status, ==, 503);
	g_test_assert_expected_messages();
	g_assert_cmpint(n_enrolments(p), ==, n_before + 1);
}

/* Two hundred at once: few commits, one chain. */
static void count_done(Call *call, gpointer user)
{
	g_assert_cmpuint(call->response->status, ==, 200);
	(*(int *)user)++;
	call_free(call);
}

static void test_many_reads_make_one_chain(Province *p, gconstpointer unused)
{
	(void)unused;
	int n_done = 0;
	g_autofree char *value =
		g_strconcat("Bearer ", (const char *)g_hash_table_lookup(p->tokens, "bkd"), NULL);
	for (int i = 0; i < 200; i++) {
		Request *request = request_new("GET", "/api/v1/people/111111", NOW);
		request_add_header(request, "Authorization", value);
		request->address = g_strdup("192.0.2.7");
		routes_dispatch(p->web, request, count_done, &n_done);
	}
	while (n_done < 200)
		g_main_context_iteration(NULL, TRUE);
	g_assert_cmpint(n_entries(p, "person.read"), ==, 200);
	AuditResult result;
	g_assert_true(audit_log_verify(p->sql, &result, NULL));
	g_assert_cmpint(result.first_bad, ==, 0);
}

/* ── sessions, whose use the same thread writes down ── */

static guint with_cookie(Province *p, const char *token, gint64 at_ms)
{
	province_set_now(at_ms);
	Request *request = request_new("GET", "/hari-ini", at_ms);
	g_autofree char *cookie = g_strconcat("hadir=", token, NULL);
	request_add_header(request, "Cookie", cookie);
	g_autoptr(Call) call = province_dispatch(p, request);
	return call->response->status;
}

/* The writer's thread is done with what was pushed before. */
static void settle(Province *p)
{
	g_autoptr(Call) call = province_rest(p, "bkd", "GET", "/api/v1/people/111111", NULL);
	g_assert_cmpuint(call->response->status, ==, 200);
}

static void test_session_lives_while_it_is_used(Province *p, gconstpointer unused)
{
	(void)unused;
	g_autoptr(User) user = users_find(p->sql, "pegawai", NULL);
	g_assert_true(users_set_password(p->sql, user->id, "$none$", NULL, NOW, NULL));
	char *token = sessions_begin(p->sql, user->id, NULL, NOW, NULL);
	gint64 step_ms = SESSION_IDLE_MS - SESSION_TOUCH_MS;
	gint64 at_ms = NOW;
	for (int i = 0; i < 3; i++) {
		g_assert_cmpuint(with_cookie(p, token, at_ms), ==, 200);
		settle(p);
		at_ms += step_ms;
	}
	g_assert_cmpuint(with_cookie(p, token, at_ms + SESSION_IDLE_MS), ==, 303);
	g_assert_cmpuint(with_cookie(p, token, NOW + SESSION_LIFE_MS), ==, 303);
	password_free(token);
}

int main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
#define ADD(path, function)                                                                        \
	g_test_add(path, Province, NULL, province_open, function, province_close)
	ADD("/web/audit/reads_are_logged_with_whose_data", test_reads_are_logged_with_whose_data);
	ADD("/web/audit/own_data_and_refusals_are_no_reads", test_own_data_and_refusals_are_no_reads);
	ADD("/web/audit/change_and_its_row_are_one", test_change_and_its_row_are_one);
	ADD("/web/audit/many_reads_make_one_chain", test_many_reads_make_one_chain);
	ADD("/web/sessions/live_while_they_are_used", test_session_lives_while_it_is_used);
	return g_test_run();
}
