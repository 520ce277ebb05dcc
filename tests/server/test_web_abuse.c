/* Hostile text in every field of every form, and random requests: always an answer, never markup of
 * theirs, never a fault of ours. */
#include <stdlib.h>
#include <string.h>

#include "server/store/system/sessions.h"
#include "server/store/system/tokens.h"
#include "tests/web/province.h"

static const char *const hostile[] = {
	"<script>alert(1)</script>",
	"\"><img src=x onerror=alert(1)>",
	"' OR 1=1 --",
	"'; DROP TABLE person; --",
	"%s%n%x",
	"../../../../etc/passwd",
	"=cmd|' /C calc'!A0",
	"zero \xe2\x80\x8b width",
	"-1",
	"9223372036854775808",
	"line\r\nSet-Cookie: a=b",
	"\xf0\x9f\x92\xa9",
	"0000-00-00",
};

static const char held_page[] = "/putusan/perekaman/" PROVINCE_HELD;

/* An account of each role. */
static const char *const roles[] = {"bkd",     "skpd",    "atasan",  "operator",
									"auditor", "teknisi", "pegawai", "skpd.disdik"};

/* As whom, and how thoroughly: of BKD, who has the most forms, and in the long form every text. */
typedef struct {
	Province *p;
	const char *account;
	gsize n_texts;
	GHashTable *done; /* actions */
} Attacker;

/* Pages with forms. */
static const char *const pages[] = {
	"/masuk",
	"/aktivasi",
	"/akun",
	"/pegawai",
	"/pegawai/222222",
	"/papan",
	"/perekaman",
	"/perekaman/baru?pegawai=222222",
	"/persetujuan",
	held_page,
	"/putusan/karantina/1-1",
	"/putusan/kiriman/t-sma-1",
	"/putusan/peringatan/1",
	"/rekap",
	"/unit",
	"/mutasi",
	"/mutasi/dampak?pegawai=222222&jenis=unit&sk=821&tmt=2025-03-03&unit=BKD",
	"/audit",
	"/audit/pegawai/222222",
	"/hak-akses",
	"/hak-akses/baru",
	"/delegasi",
	"/jadwal?unit=SMA1",
	"/koreksi",
};

/* Never a fault of ours, never their markup in our page, never a header of theirs. */
static void must_be_harmless(const Call *call, const char *what)
{
	g_autofree char *text = province_text(call);
	guint status = call->response->status;
	if (status >= 500 || strstr(text, "<script>alert") != NULL ||
		strstr(text, "<img src=x") != NULL ||
		g_strcmp0(response_get_header(call->response, "Set-Cookie"), "a=b") == 0)
		g_error("%s: %u %s", what, status, text);
}

/* The fields of a form as they stand in the page, the one of `at` hostile. */
static char *fill(GPtrArray *names, guint at, const char *text)
{
	GString *body = g_string_new(NULL);
	for (guint i = 0; i < names->len; i++) {
		g_autofree char *value = g_uri_escape_string(i == at ? text : "1", NULL, FALSE);
		g_string_append_printf(body, "%s%s=%s", i == 0 ? "" : "&", (const char *)names->pdata[i],
							   value);
	}
	return g_string_free(body, FALSE);
}

static void send_one(const Attacker *self, const char *action, gboolean post, GPtrArray *names,
					 guint at, const char *text)
{
	g_autofree char *fields = fill(names, at, text);
	g_autofree char *target = post ? g_strdup(action) : g_strconcat(action, "?", fields, NULL);
	g_autoptr(Call) call = province_page(self->p, self->account, target, post ? fields : NULL);
	must_be_harmless(call, target);
}

/* Each field by itself, the others ordinary; a long one in the end. */
static gsize attack(const Attacker *self, const char *action, gboolean post, GPtrArray *names)
{
	gsize n = 0;
	g_autofree char *long_text = g_strnfill(1200, 'A');
	for (guint at = 0; at < names->len; at++) {
		for (gsize i = 0; i < self->n_texts; i++, n++)
			send_one(self, action, post, names, at, hostile[i]);
		send_one(self, action, post, names, at, long_text);
	}
	return n;
}

static GPtrArray *names_of(const char *form)
{
	g_autoptr(GRegex) field = g_regex_new(" name=\"([^\"]+)\"", 0, 0, NULL);
	g_autoptr(GMatchInfo) match = NULL;
	GPtrArray *names = g_ptr_array_new_with_free_func(g_free);
	for (g_regex_match(field, form, 0, &match); g_match_info_matches(match);
		 g_match_info_next(match, NULL)) {
		g_autofree char *name = g_match_info_fetch(match, 1);
		if (strcmp(name, "csrf") != 0 &&
			!g_ptr_array_find_with_equal_func(names, name, g_str_equal, NULL))
			g_ptr_array_add(names, g_steal_pointer(&name));
	}
	return names;
}

/* The forms themselves say which fields there are: a new one is attacked by itself. */
static gsize attack_page(const Attacker *self, const char *page)
{
	gsize n = 0;
	g_autoptr(GRegex) form = g_regex_new("<form[^>]* method=\"(get|post)\" action=\"([^\"]+)\".*?"
										 "</form>",
										 G_REGEX_DOTALL, 0, NULL);
	g_autoptr(GMatchInfo) match = NULL;
	g_autoptr(Call) call = province_page(self->p, self->account, page, NULL);
	g_autofree char *html = province_text(call);
	for (g_regex_match(form, html, 0, &match); g_match_info_matches(match);
		 g_match_info_next(match, NULL)) {
		g_autofree char *whole = g_match_info_fetch(match, 0);
		g_autofree char *method = g_match_info_fetch(match, 1);
		g_autofree char *action = g_match_info_fetch(match, 2);
		g_autoptr(GPtrArray) names = names_of(whole);
		if (strcmp(action, "/masuk") == 0 || g_hash_table_contains(self->done, action))
			continue; /* the log-in is slow by purpose: test_http.py asks it */
		char *seen = g_strdup(action);
		g_hash_table_add(self->done, seen);
		n += attack(self, action, strcmp(method, "post") == 0, names);
	}
	return n;
}

static void test_hostile_text_in_every_field(Province *p, gconstpointer unused)
{
	(void)unused;
	gint64 n_people = 0;
	for (gsize role = 0; role < G_N_ELEMENTS(roles); role++) {
		gboolean whole = role == 0 || g_getenv("HADIR_LONG") != NULL;
		g_autoptr(GHashTable) done = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
		Attacker self = {p, roles[role], whole ? G_N_ELEMENTS(hostile) : 1, done};
		gsize n = 0;
		for (gsize i = 0; i < G_N_ELEMENTS(pages); i++)
			n += attack_page(&self, pages[i]);
		g_test_message("%s: %u forms, %u requests", roles[role], g_hash_table_size(done), (guint)n);
		g_assert_cmpuint(g_hash_table_size(done), >=, role == 0 ? 12 : 1);
	}
	g_assert_true(sql_get_int(p->sql, &n_people, 0, NULL, "SELECT count(*) FROM person", ""));
	g_assert_cmpint(n_people, ==, 3);
}

/* ── random requests ── */

static const char *pick(const char *const *list, gsize n)
{
	return list[(gsize)g_test_rand_int_range(0, (gint32)n)];
}

static void add_noise(GString *out, gint32 max)
{
	for (gint32 i = g_test_rand_int_range(0, max); i > 0; i--)
		g_string_append_c(out, (char)g_test_rand_int_range(1, 256));
}

/* A route's path with something in its places, or nothing like a path. */
static char *random_target(void)
{
	static const char *const params[] = {"111111", "222222", "1-1", "t-sma-1", PROVINCE_HELD,
										 "1",      "%00",    "..",  "%2e%2e",  "999999999999999"};
	static const char *const names[] = {"unit",  "bulan", "tanggal", "q",      "cursor",
										"limit", "from",  "to",      "person", "date"};
	static const char *const values[] = {"BKD",    "SMA1",        "2025-03", "2025-03-03",
										 "%27%22", "AAAAAAAAAAA", "-1",      "%3Cscript%3E"};
	g_autoptr(GString) out = g_string_new(NULL);
	g_auto(GStrv) parts =
		g_strsplit(routes[g_test_rand_int_range(0, (gint32)n_routes)].pattern, "/", -1);
	for (char **part = parts; *part != NULL; part++)
		g_string_append_printf(out, "%s%s", part == parts ? "" : "/",
							   **part == '{' ? pick(params, G_N_ELEMENTS(params)) : *part);
	if (g_test_rand_int_range(0, 8) == 0)
		add_noise(out, 40);
	for (gint32 i = g_test_rand_int_range(0, 4); i > 0; i--)
		g_string_append_printf(out, "%c%s=%s", strchr(out->str, '?') == NULL ? '?' : '&',
							   pick(names, G_N_ELEMENTS(names)),
							   pick(values, G_N_ELEMENTS(values)));
	return g_string_free(g_steal_pointer(&out), FALSE);
}

static void add_random_body(Request *request)
{
	static const char *const bodies[] = {"{}", "[]", "{\"decision\":1}", "a=b&a=c", "csrf=x", "%"};
	static const char *const types[] = {"application/json", "application/x-www-form-urlencoded",
										"text/plain"};
	const char *start = pick(bodies, G_N_ELEMENTS(bodies));
	g_autoptr(GString) body = g_string_new(start);
	if (g_test_rand_bit())
		add_noise(body, 200);
	request_add_header(request, "content-type", pick(types, G_N_ELEMENTS(types)));
	g_byte_array_append(request->body, (const guint8 *)body->str, (guint)body->len);
}

static gboolean send_random(Province *p, const char *role)
{
	static const char *const methods[] = {"GET", "GET", "POST", "POST", "HEAD", "PUT", "DELETE"};
	g_autofree char *target = random_target();
	Request *request = request_new(pick(methods, G_N_ELEMENTS(methods)), target, NOW);
	if (request == NULL)
		return FALSE;
	if (g_test_rand_int_range(0, 6) != 0) {
		const char *token = g_hash_table_lookup(p->tokens, role);
		g_autofree char *value = g_strconcat("Bearer ", token, NULL);
		request_add_header(request, "authorization", value);
	}
	if (g_test_rand_bit())
		add_random_body(request);
	/* Log-ins are slow by purpose. */
	if (strcmp(request->path, "/masuk") == 0 && strcmp(request->method, "POST") == 0) {
		request_free(request);
		return FALSE;
	}
	g_autoptr(Call) call = province_dispatch(p, request);
	must_be_harmless(call, target);
	return TRUE;
}

static void test_random_requests(Province *p, gconstpointer unused)
{
	(void)unused;
	gsize n = g_getenv("HADIR_LONG") != NULL ? 10000 : 60;
	for (gsize role = 0; role < G_N_ELEMENTS(roles); role++) {
		gsize n_sent = 0;
		for (gsize i = 0; i < n; i++)
			n_sent += send_random(p, roles[role]);
		g_test_message("%s: %u of %u requests were dispatched", roles[role], (guint)n_sent,
					   (guint)n);
		g_assert_cmpuint(n_sent, >, n / 2);
	}
}

/* ── every route of the table ── */

/* The pattern with `trick` in each of its places; NULL: it has none. */
static char *tricked(const char *pattern, const char *trick)
{
	g_auto(GStrv) parts = g_strsplit(pattern, "/", -1);
	gboolean any = FALSE;
	for (char **part = parts; *part != NULL; part++) {
		if (**part != '{')
			continue;
		any = TRUE;
		g_free(*part);
		*part = g_strdup(trick);
	}
	return any ? g_strjoinv("/", parts) : NULL;
}

static Call *send_as(Province *p, const char *method, const char *target, gboolean large)
{
	Request *request = request_new(method, target, NOW);
	if (request == NULL) /* refused before there is a request */
		return NULL;
	g_autofree char *bearer =
		g_strconcat("Bearer ", (const char *)g_hash_table_lookup(p->tokens, "bkd"), NULL);
	request_add_header(request, "authorization", bearer);
	request->body_too_large = large;
	return province_dispatch(p, request);
}

/* What climbs out of a folder, ends a text, is no number or too large a one, or is markup: nothing is
 * found, and nothing falls over. */
static void try_path_tricks(Province *p)
{
	static const char *const tricks[] = {"..",
										 "%2e%2e%2f%2e%2e%2fetc%2fpasswd",
										 "%00",
										 "-1",
										 "1%3B--",
										 "9223372036854775808",
										 "%3Cscript%3Ealert(1)%3C%2Fscript%3E",
										 "111111%2F"};
	gsize n = 0;
	for (gsize i = 0; i < n_routes; i++)
		for (gsize t = 0; t < G_N_ELEMENTS(tricks); t++) {
			g_autofree char *target = tricked(routes[i].pattern, tricks[t]);
			g_autoptr(Call) call =
				target == NULL ? NULL : send_as(p, routes[i].method, target, FALSE);
			if (call == NULL)
				continue;
			must_be_harmless(call, target);
			if (call->response->status < 400)
				g_error("%s %s: %u", routes[i].method, target, call->response->status);
			n++;
		}
	g_assert_cmpuint(n, >, 100);
}

/* A body over the limit is refused by each, whatever the route would have made of it. */
static void try_huge_bodies(Province *p)
{
	for (gsize i = 0; i < n_routes; i++) {
		if (strcmp(routes[i].method, "POST") != 0)
			continue;
		g_autofree char *given = tricked(routes[i].pattern, "1");
		const char *target = given == NULL ? routes[i].pattern : given;
		g_autoptr(Call) call = send_as(p, "POST", target, TRUE);
		if (call->response->status != 413)
			g_error("%s: %u", target, call->response->status);
	}
}

static void test_every_route(Province *p, gconstpointer unused)
{
	(void)unused;
	try_path_tricks(p);
	try_huge_bodies(p);
}

/* ── what was good once ── */

/* A page with that cookie, or REST with that token. */
static guint ask(Province *p, const char *cookie, const char *token)
{
	Request *request = request_new("GET", cookie != NULL ? "/akun" : "/api/v1/people/111111", NOW);
	g_autofree char *value = cookie != NULL ? g_strdup_printf("%s=%s", p->web->cookie, cookie)
											: g_strconcat("Bearer ", token, NULL);
	request_add_header(request, cookie != NULL ? "cookie" : "authorization", value);
	g_autoptr(Call) call = province_dispatch(p, request);
	return call->response->status;
}

/* A session that was ended, a token that was revoked, or one changed in a letter: nobody. */
static void test_replayed_proofs(Province *p, gconstpointer unused)
{
	(void)unused;
	for (gsize role = 0; role < G_N_ELEMENTS(roles); role++) {
		Session session;
		g_autoptr(User) user = users_find(p->sql, roles[role], NULL);
		g_assert_true(users_set_password(p->sql, user->id, "$none$", NULL, NOW, NULL));
		g_autofree char *cookie = sessions_begin(p->sql, user->id, NULL, NOW, NULL);
		const char *token = g_hash_table_lookup(p->tokens, roles[role]);
		g_autofree char *forged = g_strdup(cookie);
		forged[0] = forged[0] == 'A' ? 'B' : 'A';
		g_assert_true(sessions_find(p->sql, cookie, NOW, &session, NULL));
		g_assert_true(sessions_prove(p->sql, session.token_hash, NOW, NULL));
		g_assert_cmpuint(ask(p, cookie, NULL), ==, 200);
		g_assert_cmpuint(ask(p, forged, NULL), ==, 303);
		g_assert_true(sessions_end(p->sql, session.token_hash, NULL));
		g_assert_cmpuint(ask(p, cookie, NULL), ==, 303);
		g_assert_cmpuint(ask(p, token, NULL), ==, 303); /* a program's token is no cookie */
		g_assert_cmpuint(ask(p, NULL, token), !=, 401);
		g_assert_cmpuint(ask(p, NULL, cookie), ==, 401);
		g_assert_true(tokens_revoke_all(p->sql, user->id, NOW, NULL));
		g_assert_cmpuint(ask(p, NULL, token), ==, 401);
	}
}

int main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
#define ADD(path, function)                                                                        \
	g_test_add(path, Province, NULL, province_open, function, province_close)
	ADD("/web/abuse/hostile_text_in_every_field", test_hostile_text_in_every_field);
	ADD("/web/abuse/random_requests", test_random_requests);
	ADD("/web/abuse/path_tricks_and_huge_bodies_at_every_route", test_every_route);
	ADD("/web/abuse/what_was_good_once_is_not_again", test_replayed_proofs);
	return g_test_run();
}
