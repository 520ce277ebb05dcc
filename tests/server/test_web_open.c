/* The code that a terminal showed opens the own account: once, for the person, and nothing else. */
#include <string.h>

#include "server/store/system/codes.h"
#include "server/store/system/password.h"
#include "tests/web/province.h"

#define FRESH "kopi tubruk di Gunung Lawu"

static char *make_code(Province *p, PersonId person)
{
	CodeAsked asked = {.person = person, .terminal = {"t-bkd-1"}, .journal = 1, .seq = 1};
	g_autoptr(GError) error = NULL;
	g_assert_true(sql_begin(p->sql, &error));
	char *code = codes_make(p->sql, &asked, NOW, &error);
	g_assert_no_error(error);
	g_assert_true(sql_commit(p->sql, &error));
	return code;
}

static Call *send(Province *p, const char *address, const char *number, const char *code,
				  const char *fresh, const char *again)
{
	g_autofree char *password = g_uri_escape_string(fresh, NULL, FALSE);
	g_autofree char *repeated = g_uri_escape_string(again, NULL, FALSE);
	g_autofree char *form =
		g_strdup_printf("nomor=%s&kode=%s&baru=%s&ulang=%s", number, code, password, repeated);
	Request *request = request_new("POST", "/aktivasi", province_now());
	request->address = g_strdup(address);
	request_add_header(request, "content-type", "application/x-www-form-urlencoded");
	g_byte_array_append(request->body, (const guint8 *)form, (guint)strlen(form));
	return province_dispatch(p, request);
}

static guint status(Province *p, const char *address, const char *number, const char *code)
{
	g_autoptr(Call) call = send(p, address, number, code, FRESH, FRESH);
	return call->response->status;
}

static gint64 count(Province *p, const char *action)
{
	gint64 n = -1;
	g_assert_true(sql_get_int(p->sql, &n, 0, NULL,
							  "SELECT count(*) FROM audit_entry WHERE action = $1", "t", action));
	return n;
}

/* Budi has no account: he gets one that sees his own data, with his own password. */
static void test_opens_once(Province *p, gconstpointer unused)
{
	(void)unused;
	char *code = make_code(p, p->budi);
	g_autoptr(GError) error = NULL;
	gboolean above;
	g_assert_null(users_of_person(p->sql, p->budi, NULL));
	g_assert_cmpuint(status(p, "192.0.2.1", "222222", "abcd-efgh-jkmn"), ==, 422);
	g_assert_cmpuint(status(p, "192.0.2.1", "111111", code), ==, 422);
	g_assert_cmpuint(status(p, "192.0.2.1", "999999", code), ==, 422);
	g_assert_null(users_of_person(p->sql, p->budi, NULL));
	g_assert_cmpuint(status(p, "192.0.2.1", "222222", code), ==, 200);
	g_autoptr(User) user = users_of_person(p->sql, p->budi, &error);
	g_assert_no_error(error);
	g_assert_cmpstr(user->name, ==, "222222");
	g_assert_false(user->one_time);
	g_assert_true(password_verify(user->password_hash, FRESH));
	g_assert_true(users_above_own(p->sql, user->id, TODAY, &above, &error));
	g_assert_false(above);
	g_assert_cmpuint(status(p, "192.0.2.1", "222222", code), ==, 422);
	g_assert_cmpint(count(p, "account.open"), ==, 1);
	g_assert_cmpint(count(p, "account.refused"), ==, 4);
	password_free(code);
}

/* An account there is gets another password, and its sessions end. */
static void test_renews(Province *p, gconstpointer unused)
{
	(void)unused;
	char *code = make_code(p, p->siti);
	g_autoptr(User) before = users_find(p->sql, "pegawai", NULL);
	char *token = sessions_begin(p->sql, before->id, NULL, NOW, NULL);
	Session session;
	g_assert_true(sessions_find(p->sql, token, NOW, &session, NULL));
	g_assert_cmpuint(status(p, "192.0.2.2", "111111", code), ==, 200);
	g_assert_false(sessions_find(p->sql, token, NOW, &session, NULL));
	g_autoptr(User) after = users_find(p->sql, "pegawai", NULL);
	g_assert_cmpint(after->id, ==, before->id);
	g_assert_true(password_verify(after->password_hash, FRESH));
	password_free(code);
	password_free(token);
}

static void test_form_is_checked(Province *p, gconstpointer unused)
{
	(void)unused;
	static const struct {
		const char *number, *code, *fresh, *again, *problem;
	} rows[] = {
		{"", "x", FRESH, FRESH, "Isi NIP"},
		{"12a", "x", FRESH, FRESH, "Isi NIP"},
		{"1234567890123456789", "x", FRESH, FRESH, "Isi NIP"},
		{"222222", "", FRESH, FRESH, "Isi kode"},
		{"222222", "x", "kopi", "kopi", "Terlalu pendek"},
		{"222222", "x", "kopi 222222 tubruk", "kopi 222222 tubruk", "Jangan memakai nomor"},
		{"222222", "x", FRESH, "teh", "Tidak sama"},
		{"0", "x", FRESH, FRESH, "tidak cocok"},
		{"198203042006042099", "x", FRESH, FRESH, "tidak cocok"},
	};
	for (gsize i = 0; i < G_N_ELEMENTS(rows); i++) {
		g_autofree char *address = g_strdup_printf("203.0.113.%d", (int)i);
		g_autoptr(Call) call =
			send(p, address, rows[i].number, rows[i].code, rows[i].fresh, rows[i].again);
		g_autofree char *text = province_text(call);
		g_assert_cmpuint(call->response->status, ==, 422);
		g_assert_nonnull(strstr(text, rows[i].problem));
		g_assert_null(strstr(text, FRESH));
	}
}

/* Guessing ends by address, by number, and with the code. */
static void test_guessing_ends(Province *p, gconstpointer unused)
{
	(void)unused;
	char *code = make_code(p, p->joko);
	guint last = 0;
	for (int i = 0; i < 40 && last != 429; i++) {
		g_autofree char *address = g_strdup_printf("198.51.100.%d", i);
		last = status(p, address, "333333", "abcd-efgh-jkmn");
	}
	g_assert_cmpuint(last, ==, 429);
	province_set_now(NOW + 14 * MINUTE_MS);
	g_assert_cmpuint(status(p, "192.0.2.99", "333333", code), ==, 422);
	password_free(code);
}

/* One province for all: making its accounts takes longer than the rest. */
static void test_all(Province *p, gconstpointer unused)
{
	test_opens_once(p, unused);
	test_renews(p, unused);
	test_form_is_checked(p, unused);
	test_guessing_ends(p, unused);
}

/* Nothing tells which names there are: not the answer's status, not a word of its page. */
static void test_a_refused_log_in_tells_nothing(Province *p, gconstpointer unused)
{
	(void)unused;
	static const char *const bodies[] = {"nama=nobody&sandi=salah",
										 "nama=pegawai&sandi=salah",
										 "nama=198001012005011001&sandi=salah",
										 "nama=x&sandi=salah",
										 "nama=pegawai&sandi=",
										 "nama=%3C&sandi=x",
										 "nama=auditor&sandi=salah"};
	g_autofree char *first = NULL;
	g_assert_true(users_disable(p->sql, "auditor", NOW, NULL));
	for (gsize i = 0; i < G_N_ELEMENTS(bodies); i++) {
		Request *request = request_new("POST", "/masuk", province_now());
		request_add_header(request, "content-type", "application/x-www-form-urlencoded");
		g_byte_array_append(request->body, (const guint8 *)bodies[i], (guint)strlen(bodies[i]));
		g_autoptr(Call) call = province_dispatch(p, request);
		g_assert_cmpuint(call->response->status, ==, 422);
		g_autofree char *text = province_text(call);
		g_assert_nonnull(strstr(text, "role=\"alert\""));
		/* But for what was typed. */
		char *value = strstr(text, "name=\"nama\" value=\"") + strlen("name=\"nama\" value=\"");
		memmove(value, strchr(value, '"'), strlen(strchr(value, '"')) + 1);
		if (first == NULL)
			first = g_strdup(text);
		g_assert_cmpstr(text, ==, first);
	}
}

int main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
#define ADD(path, function)                                                                        \
	g_test_add(path, Province, NULL, province_open, function, province_close)
	ADD("/web/open/a_code_opens_the_own_account_once", test_all);
	ADD("/web/open/a_refused_log_in_tells_nothing", test_a_refused_log_in_tells_nothing);
#undef ADD
	return g_test_run();
}
