/* The second factor: RFC 6238's codes, each taken once, recovery codes, and a lost phone. */
#include <string.h>

#include "server/store/system/second_factor.h"
#include "tests/web/province.h"

/* RFC 6238, appendix B, SHA-1, cut to six digits. */
static void test_codes_are_those_of_the_rfc(void)
{
	static const struct {
		gint64 at_s;
		const char *code;
	} cases[] = {{59, "287082"},         {1111111109, "081804"}, {1111111111, "050471"},
				 {1234567890, "005924"}, {2000000000, "279037"}, {20000000000, "353130"}};
	SecondSecret secret;
	memcpy(secret.bytes, "12345678901234567890", SECOND_SECRET_SIZE);
	for (gsize i = 0; i < G_N_ELEMENTS(cases); i++) {
		g_autofree char *code = second_secret_code(&secret, cases[i].at_s * 1000);
		g_assert_cmpstr(code, ==, cases[i].code);
	}
}

static void test_secret_is_read_as_it_is_written(void)
{
	static const char *const bad[] = {"", "GEZD", "GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJ1",
									  "GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQA", "é"};
	SecondSecret secret, again;
	memcpy(secret.bytes, "12345678901234567890", SECOND_SECRET_SIZE);
	g_autofree char *text = second_secret_text(&secret);
	g_assert_cmpstr(text, ==, "GEZD GNBV GY3T QOJQ GEZD GNBV GY3T QOJQ");
	g_assert_true(second_secret_parse(text, &again));
	g_assert_cmpmem(&again, sizeof again, &secret, sizeof secret);
	for (gsize i = 0; i < G_N_ELEMENTS(bad); i++)
		g_assert_false(second_secret_parse(bad[i], &again));
}

static gint64 account_of(Province *p, const char *name)
{
	g_autoptr(User) user = users_find(p->sql, name, NULL);
	return user->id;
}

/* Sets it up; gives the recovery codes. */
static GPtrArray *set_up(Province *p, gint64 account, SecondSecret *secret)
{
	GPtrArray *codes = NULL;
	gboolean right;
	second_secret_make(secret);
	g_autofree char *code = second_secret_code(secret, NOW);
	g_assert_true(sql_begin(p->sql, NULL));
	g_assert_true(second_factor_set(p->sql, account, secret, code, NOW, &right, &codes, NULL));
	g_assert_true(sql_commit(p->sql, NULL));
	g_assert_true(right);
	g_assert_cmpuint(codes->len, ==, SECOND_RECOVERY_CODES);
	return codes;
}

static SecondProof prove(Province *p, gint64 account, const char *text, gint64 now_ms)
{
	SecondProof proof;
	g_assert_true(second_factor_prove(p->sql, account, text, now_ms, &proof, NULL));
	return proof;
}

static void test_each_code_is_taken_once(Province *p, gconstpointer unused)
{
	(void)unused;
	SecondSecret secret;
	gint64 account = account_of(p, "bkd");
	g_autoptr(GPtrArray) codes = set_up(p, account, &secret);
	g_autofree char *now = second_secret_code(&secret, NOW);
	g_autofree char *next = second_secret_code(&secret, NOW + 30000);
	g_autofree char *far = second_secret_code(&secret, NOW + 90000);
	g_assert_cmpint(prove(p, account, now, NOW), ==, SECOND_WRONG); /* the set-up took it */
	g_assert_cmpint(prove(p, account, far, NOW), ==, SECOND_WRONG);
	g_assert_cmpint(prove(p, account, next, NOW), ==, SECOND_CODE);
	g_assert_cmpint(prove(p, account, next, NOW + 30000), ==, SECOND_WRONG);
	g_assert_cmpint(prove(p, account, now, NOW + 30000), ==, SECOND_WRONG); /* older */
	g_assert_cmpint(prove(p, account, "", NOW), ==, SECOND_WRONG);
	g_assert_cmpint(prove(p, account_of(p, "skpd"), next, NOW), ==, SECOND_WRONG);
}

static void test_recovery_codes_serve_once(Province *p, gconstpointer unused)
{
	(void)unused;
	SecondSecret secret;
	gint64 left, account = account_of(p, "bkd");
	g_autoptr(GPtrArray) codes = set_up(p, account, &secret);
	g_autofree char *upper = g_ascii_strup(codes->pdata[1], -1);
	g_assert_cmpint(prove(p, account, codes->pdata[0], NOW), ==, SECOND_RECOVERY);
	g_assert_cmpint(prove(p, account, codes->pdata[0], NOW), ==, SECOND_WRONG);
	g_assert_cmpint(prove(p, account, upper, NOW), ==, SECOND_RECOVERY);
	g_assert_true(second_factor_recovery_left(p->sql, account, &left, NULL));
	g_assert_cmpint(left, ==, SECOND_RECOVERY_CODES - 2);
}

static SecondReset reset(Province *p, gint64 account, gint64 by, gint64 now_ms)
{
	SecondReset result;
	g_assert_true(sql_begin(p->sql, NULL));
	g_assert_true(second_factor_reset(p->sql, account, by, now_ms, &result, NULL));
	g_assert_true(sql_commit(p->sql, NULL));
	return result;
}

static void test_a_lost_phone_takes_two_administrators(Province *p, gconstpointer unused)
{
	(void)unused;
	SecondSecret secret;
	gboolean known;
	gint64 account = account_of(p, "skpd"), first = account_of(p, "bkd");
	gint64 second = account_of(p, "auditor");
	g_assert_cmpint(reset(p, account, first, NOW), ==, SECOND_RESET_NONE);
	g_autoptr(GPtrArray) codes = set_up(p, account, &secret);
	g_assert_cmpint(reset(p, account, account, NOW), ==, SECOND_RESET_NONE); /* not by oneself */
	g_assert_cmpint(reset(p, account, first, NOW), ==, SECOND_RESET_ASKED);
	g_assert_cmpint(reset(p, account, first, NOW), ==, SECOND_RESET_ASKED); /* nor one alone */
	/* A day later the request is over: another one only asks anew. */
	g_assert_cmpint(reset(p, account, second, NOW + SECOND_RESET_MS), ==, SECOND_RESET_ASKED);
	g_assert_cmpint(reset(p, account, first, NOW + SECOND_RESET_MS), ==, SECOND_RESET_DONE);
	g_assert_true(second_factor_known(p->sql, account, &known, NULL));
	g_assert_false(known);
	g_assert_cmpint(prove(p, account, codes->pdata[0], NOW), ==, SECOND_WRONG);
}

/* ── over the routes ── */

typedef struct {
	char *cookie, *token;
} Device;

static void device_clear(Device *device)
{
	g_free(device->cookie);
	password_free(device->token);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(Device, device_clear)

/* A session whose password is right and chosen. */
static Device log_in(Province *p, const char *name)
{
	gint64 account = account_of(p, name);
	g_assert_true(
		sql_run(p->sql, NULL, "UPDATE account SET one_time = 0 WHERE id = $1", "i", account));
	char *token = sessions_begin(p->sql, account, "192.0.2.7", NOW, NULL);
	return (Device){.token = token, .cookie = g_strconcat("hadir=", token, NULL)};
}

static Call *ask(Province *p, const Device *device, const char *method, const char *target,
				 const char *fields)
{
	Request *request = request_new(method, target, province_now());
	request_add_header(request, "cookie", device->cookie);
	if (fields != NULL) {
		char csrf[CSRF_SIZE + 1];
		access_csrf(device->token, csrf);
		g_autofree char *body = g_strdup_printf("csrf=%s&%s", csrf, fields);
		request_add_header(request, "content-type", "application/x-www-form-urlencoded");
		g_byte_array_append(request->body, (const guint8 *)body, (guint)strlen(body));
	}
	return province_dispatch(p, request);
}

static void leads_to(Province *p, const Device *device, const char *target, const char *location)
{
	g_autoptr(Call) call = ask(p, device, "GET", target, NULL);
	g_assert_cmpuint(call->response->status, ==, 303);
	g_assert_cmpstr(response_get_header(call->response, "Location"), ==, location);
}

static guint status_of(Province *p, const Device *device, const char *method, const char *target,
					   const char *fields)
{
	g_autoptr(Call) call = ask(p, device, method, target, fields);
	return call->response->status;
}

static void test_password_alone_opens_nothing_that_changes(Province *p, gconstpointer unused)
{
	(void)unused;
	static const char *const who[] = {"bkd", "skpd", "atasan"};
	for (gsize i = 0; i < G_N_ELEMENTS(who); i++) {
		g_auto(Device) device = log_in(p, who[i]);
		leads_to(p, &device, "/papan", "/kode/pasang");
		leads_to(p, &device, "/", "/kode/pasang");
		leads_to(p, &device, "/akun", "/kode/pasang");
		leads_to(p, &device, "/kata-sandi", "/kode/pasang");
		g_assert_cmpuint(status_of(p, &device, "GET", "/api/v1/people", NULL), ==, 403);
		g_assert_cmpuint(status_of(p, &device, "POST", "/perekaman", "pegawai=222222"), ==, 303);
	}
	g_auto(Device) own = log_in(p, "pegawai");
	g_assert_cmpuint(status_of(p, &own, "GET", "/hari-ini", NULL), ==, 200);
	g_auto(Device) reader = log_in(p, "auditor");
	g_assert_cmpuint(status_of(p, &reader, "GET", "/papan", NULL), ==, 200);
}

static void test_second_factor_opens_the_session(Province *p, gconstpointer unused)
{
	(void)unused;
	SecondSecret secret;
	g_autoptr(GPtrArray) codes = set_up(p, account_of(p, "bkd"), &secret);
	g_auto(Device) device = log_in(p, "bkd");
	g_auto(Device) thief = log_in(p, "bkd");
	leads_to(p, &device, "/papan", "/kode");
	/* Who has only the password does not put a phone of his own in its place. */
	leads_to(p, &thief, "/kode/pasang", "/kode");
	g_assert_cmpuint(status_of(p, &thief, "POST", "/kode", "kode=000000"), ==, 422);
	g_autofree char *next = second_secret_code(&secret, NOW + 30000);
	g_autofree char *fields = g_strconcat("kode=", next, NULL);
	g_assert_cmpuint(status_of(p, &device, "POST", "/kode", fields), ==, 303);
	g_assert_cmpuint(status_of(p, &device, "GET", "/papan", NULL), ==, 200);
	g_assert_cmpuint(status_of(p, &device, "GET", "/kode/pasang", NULL), ==, 200);
	g_assert_cmpuint(status_of(p, &thief, "POST", "/kode", fields), ==, 422); /* replayed */
	leads_to(p, &thief, "/papan", "/kode");
}

static void test_guessing_codes_is_slowed_down(Province *p, gconstpointer unused)
{
	(void)unused;
	SecondSecret secret;
	guint status = 0;
	g_autoptr(GPtrArray) codes = set_up(p, account_of(p, "bkd"), &secret);
	g_auto(Device) device = log_in(p, "bkd");
	for (int i = 0; i < 6; i++)
		status = status_of(p, &device, "POST", "/kode", "kode=000000");
	g_assert_cmpuint(status, ==, 429);
}

static void test_a_bearer_token_needs_no_phone(Province *p, gconstpointer unused)
{
	(void)unused;
	g_autoptr(Call) call = province_rest(p, "bkd", "GET", "/api/v1/people", NULL);
	g_assert_cmpuint(call->response->status, ==, 200);
}

int main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
#define ADD(path, function)                                                                        \
	g_test_add(path, Province, NULL, province_open, function, province_close)
	g_test_add_func("/second/codes_are_those_of_the_rfc", test_codes_are_those_of_the_rfc);
	g_test_add_func("/second/secret_is_read_as_it_is_written",
					test_secret_is_read_as_it_is_written);
	ADD("/second/each_code_is_taken_once", test_each_code_is_taken_once);
	ADD("/second/recovery_codes_serve_once", test_recovery_codes_serve_once);
	ADD("/second/a_lost_phone_takes_two_administrators",
		test_a_lost_phone_takes_two_administrators);
	ADD("/second/password_alone_opens_nothing_that_changes",
		test_password_alone_opens_nothing_that_changes);
	ADD("/second/second_factor_opens_the_session", test_second_factor_opens_the_session);
	ADD("/second/guessing_codes_is_slowed_down", test_guessing_codes_is_slowed_down);
	ADD("/second/a_bearer_token_needs_no_phone", test_a_bearer_token_needs_no_phone);
	return g_test_run();
}
