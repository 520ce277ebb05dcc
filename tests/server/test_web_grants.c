/* Giving, limiting and ending grants on the pages: downwards, in time, never to oneself. */
#include <string.h>

#include "server/store/people/granting.h"
#include "server/store/system/second_factor.h"
#include "tests/web/province.h"

static guint post(Province *p, const char *account, const char *target, const char *body)
{
	g_autoptr(Call) call = province_page(p, account, target, body);
	return call->response->status;
}

static gint64 n_grants(Province *p, const char *account)
{
	g_autoptr(User) user = users_find(p->sql, account, NULL);
	g_autoptr(GPtrArray) grants = grants_of_account(p->sql, user->id, TODAY, NULL);
	return grants->len;
}

#define FORM(who, role, unit, from, to)                                                            \
	"akun=" who "&peran=" role "&unit=" unit "&dari=" from "&sampai=" to "&surat=800%2F12"

static void test_grants_go_downwards_only(Province *p, gconstpointer unused)
{
	(void)unused;
	static const struct {
		const char *account, *body;
		guint status;
	} cases[] = {
		/* by user name, by number; within the giver's subtree */
		{"bkd", FORM("skpd.disdik", "AUDITOR", "", "2025-03-03", "2025-03-31"), 303},
		{"bkd", FORM("222222", "SKPD", "SMA1", "2025-03-04", ""), 422},        /* no account yet */
		{"skpd", FORM("skpd", "OPERATOR", "BKD-UMUM", "2025-03-03", ""), 422}, /* the own */
		{"skpd", FORM("pegawai", "OPERATOR", "BKD-UMUM", "2025-03-03", ""), 422}, /* own person */
		{"skpd", FORM("atasan", "OPERATOR", "BKD-UMUM", "2025-03-03", ""), 422},  /* nobody's */
		{"bkd", FORM("atasan", "OPERATOR", "BKD-UMUM", "2025-03-03", ""), 303},
		{"bkd", FORM("atasan", "PEGAWAI", "BKD-UMUM", "2025-03-03", ""), 422},
		{"bkd", FORM("atasan", "SKPD", "", "2025-03-03", ""), 422}, /* of a unit */
		{"bkd", FORM("atasan", "SKPD", "NONE", "2025-03-03", ""), 422},
		{"bkd", FORM("atasan", "AUDITOR", "", "2025-03-03", ""), 422},   /* without an end */
		{"bkd", FORM("atasan", "ATASAN", "BKD", "2025-03-02", ""), 422}, /* before today */
		{"bkd", FORM("atasan", "ATASAN", "BKD", "2025-03-05", "2025-03-04"), 422},
		{"bkd", FORM("atasan", "ATASAN", "BKD", "x", "y"), 422},
		{"bkd", "akun=atasan&peran=ATASAN&unit=BKD&dari=2025-03-03&surat=", 422},
		{"bkd", "akun=%3Cscript%3E&peran=%27--&unit=%22&dari=&surat=", 422},
	};
	for (gsize i = 0; i < G_N_ELEMENTS(cases); i++)
		g_assert_cmpuint(post(p, cases[i].account, "/hak-akses", cases[i].body), ==,
						 cases[i].status);
	g_assert_cmpint(n_grants(p, "skpd.disdik"), ==, 2);
	g_assert_cmpint(n_grants(p, "atasan"), ==, 2);
	g_assert_cmpuint(post(p, "atasan", "/hak-akses", cases[0].body), ==, 403);
}

static gint64 grant_of(Province *p, const char *account)
{
	g_autoptr(User) user = users_find(p->sql, account, NULL);
	g_autoptr(GPtrArray) grants = grants_of_account(p->sql, user->id, TODAY, NULL);
	return ((const Grant *)grants->pdata[0])->id;
}

static void test_a_grant_is_limited_and_ended(Province *p, gconstpointer unused)
{
	(void)unused;
	g_autofree char *one = g_strdup_printf("/hak-akses/%" G_GINT64_FORMAT, grant_of(p, "atasan"));
	g_autofree char *limit = g_strconcat(one, "/batasi", NULL);
	g_autofree char *end = g_strconcat(one, "/akhiri", NULL);
	g_autofree char *foreign =
		g_strdup_printf("/hak-akses/%" G_GINT64_FORMAT, grant_of(p, "skpd.disdik"));
	g_assert_cmpuint(post(p, "skpd", foreign, NULL), ==, 404);
	g_assert_cmpuint(post(p, "skpd", one, NULL), ==, 200);
	g_assert_cmpuint(post(p, "skpd", limit, "sampai=2025-03-02"), ==, 422);
	g_assert_cmpuint(post(p, "skpd", limit, "sampai=kapan"), ==, 422);
	g_assert_cmpuint(post(p, "skpd", limit, "sampai=2025-03-03"), ==, 303);
	g_assert_cmpuint(post(p, "skpd", limit, "sampai=2025-03-04"), ==, 422); /* not longer again */
	g_assert_cmpint(n_grants(p, "atasan"), ==, 1);
	g_assert_cmpuint(post(p, "skpd", end, ""), ==, 303);
	g_assert_cmpint(n_grants(p, "atasan"), ==, 0);
	g_assert_cmpuint(post(p, "skpd", end, ""), ==, 404);
	g_autofree char *own =
		g_strdup_printf("/hak-akses/%" G_GINT64_FORMAT "/akhiri", grant_of(p, "skpd"));
	g_assert_cmpuint(post(p, "skpd", own, ""), ==, 403);
}

/* Nothing outlasts what it was given under. */
static void test_a_grant_ends_with_the_givers(Province *p, gconstpointer unused)
{
	(void)unused;
	static const char body[] = FORM("pegawai", "ATASAN", "BKD-UMUM", "2025-03-03", "");
	static const char shorter[] = FORM("pegawai", "ATASAN", "BKD-UMUM", "2025-03-03", "2025-03-09");
	g_autoptr(User) giver = users_find(p->sql, "teknisi", NULL);
	GrantNew new = {.account = giver->id,
					.role = ROLE_SKPD,
					.unit = p->bkd,
					.from_day = TODAY,
					.to_day = TODAY + 7};
	g_assert_cmpint(grants_add(p->sql, &new, NOW, NULL), !=, 0);
	g_assert_cmpuint(post(p, "teknisi", "/hak-akses", body), ==, 422);
	g_assert_cmpuint(post(p, "teknisi", "/hak-akses", shorter), ==, 303);
	g_assert_cmpint(n_grants(p, "pegawai"), ==, 2);
}

/* A lost phone takes two who may give the grant. */
static void test_a_lost_phone_takes_two(Province *p, gconstpointer unused)
{
	(void)unused;
	g_autoptr(User) holder = users_find(p->sql, "atasan", NULL);
	SecondSecret secret;
	gboolean right, known = TRUE;
	g_autoptr(GPtrArray) recovery = NULL;
	g_autofree char *phone =
		g_strdup_printf("/hak-akses/%" G_GINT64_FORMAT "/telepon", grant_of(p, "atasan"));
	g_assert_cmpuint(post(p, "skpd", phone, ""), ==, 409); /* it has none */
	second_secret_make(&secret);
	g_autofree char *code = second_secret_code(&secret, NOW);
	g_assert_true(sql_begin(p->sql, NULL));
	g_assert_true(
		second_factor_set(p->sql, holder->id, &secret, code, NOW, &right, &recovery, NULL));
	g_assert_true(sql_commit(p->sql, NULL));
	g_assert_cmpuint(post(p, "skpd", phone, ""), ==, 303);
	g_assert_cmpuint(post(p, "skpd", phone, ""), ==, 303); /* asking twice is asking once */
	g_assert_true(second_factor_known(p->sql, holder->id, &known, NULL) && known);
	g_assert_cmpuint(post(p, "skpd.disdik", phone, ""), ==, 404);
	g_assert_cmpuint(post(p, "bkd", phone, ""), ==, 303);
	g_assert_true(second_factor_known(p->sql, holder->id, &known, NULL) && !known);
}

static void test_the_list_holds_the_scope(Province *p, gconstpointer unused)
{
	(void)unused;
	g_autoptr(Call) call = province_page(p, "skpd", "/hak-akses", NULL);
	g_autofree char *text = province_text(call);
	g_assert_nonnull(strstr(text, "Atasan"));
	g_assert_null(strstr(text, "skpd.disdik"));
	g_assert_null(strstr(text, "Auditor"));
}

#define DEPUTY(who, from, to) "pengganti=" who "&dari=" from "&sampai=" to "&alasan=cuti"

/* Under which the audit log says that something was done last. */
static gint64 last_grant(Province *p, const char *action)
{
	gint64 grant = 0;
	g_assert_true(sql_get_int(p->sql, &grant, 0, NULL,
							  "SELECT access_grant FROM audit_entry WHERE action=$1"
							  " ORDER BY seq DESC LIMIT 1",
							  "t", action));
	return grant;
}

/* What a deputy may open in the superior's place, and for how long. */
static void test_a_deputy_decides_for_a_time(Province *p, gconstpointer unused)
{
	(void)unused;
	static const char team[] = "/tim?unit=BKD-UMUM";
	gint64 id = 0;
	g_autoptr(Call) before = province_page(p, "skpd.disdik", team, NULL);
	g_assert_cmpuint(before->response->status, ==, 404);
	g_assert_cmpuint(
		post(p, "atasan", "/delegasi", DEPUTY("skpd.disdik", "2025-03-03", "2025-03-07")), ==, 303);
	g_assert_true(sql_get_int(p->sql, &id, 0, NULL, "SELECT max(id) FROM approval_delegation", ""));
	g_autoptr(Call) during = province_page(p, "skpd.disdik", team, NULL);
	g_assert_cmpuint(during->response->status, ==, 200);
	g_autoptr(Call) other = province_page(p, "skpd.disdik", "/tim?unit=BKD", NULL);
	g_assert_cmpuint(other->response->status, ==, 404); /* the superior's own scope, no more */
	g_assert_cmpint(last_grant(p, "team.read"), ==, grant_of(p, "atasan"));
	g_autoptr(Call) file = province_page(p, "skpd.disdik", "/pegawai/111111", NULL);
	g_assert_cmpuint(file->response->status, ==, 200);
	g_assert_cmpint(last_grant(p, "person.file.read"), ==, grant_of(p, "atasan"));
	g_autoptr(Call) told = province_page(p, "skpd.disdik", "/delegasi", NULL);
	g_autofree char *text = province_text(told);
	g_assert_nonnull(strstr(text, "Anda menggantikan"));
	g_autofree char *end = g_strdup_printf("/delegasi/%" G_GINT64_FORMAT "/akhiri", id);
	g_assert_cmpuint(post(p, "skpd.disdik", end, ""), ==, 404); /* not by the deputy */
	g_assert_cmpuint(post(p, "atasan", end, ""), ==, 303);
	g_assert_cmpuint(post(p, "atasan", end, ""), ==, 404);
	g_autoptr(Call) after = province_page(p, "skpd.disdik", team, NULL);
	g_assert_cmpuint(after->response->status, ==, 404);
}

/* A name that nobody bears and one that may not be a deputy are answered alike. */
static void test_a_deputy_is_somebody_who_decides(Province *p, gconstpointer unused)
{
	(void)unused;
	static const char *const refused[] = {
		DEPUTY("nobody", "2025-03-03", "2025-03-07"),
		DEPUTY("pegawai", "2025-03-03", "2025-03-07"),
		DEPUTY("auditor", "2025-03-03", "2025-03-07"),
		DEPUTY("atasan", "2025-03-03", "2025-03-07"),
		DEPUTY("skpd", "2025-03-07", "2025-03-03"),
		DEPUTY("skpd", "2025-02-03", "2025-03-02"),
		DEPUTY("skpd", "2025-03-03", "2026-03-05"),
		DEPUTY("skpd", "x", "y"),
		"pengganti=skpd&dari=2025-03-03&sampai=2025-03-07&alasan="};
	g_autofree char *first = NULL;
	for (gsize i = 0; i < G_N_ELEMENTS(refused); i++) {
		g_autoptr(Call) call = province_page(p, "atasan", "/delegasi", refused[i]);
		g_assert_cmpuint(call->response->status, ==, 422);
		g_autofree char *text = province_text(call);
		const char *problem = strstr(text, "id=\"pengganti-salah\"");
		g_assert_true((problem != NULL) == (i < 4));
		if (i == 0)
			first = g_strndup(problem, strcspn(problem, "<"));
		else if (i < 4)
			g_assert_true(g_str_has_prefix(problem, first));
	}
}

int main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
#define ADD(path, function)                                                                        \
	g_test_add(path, Province, NULL, province_open, function, province_close)
	ADD("/web/grants/go_downwards_only", test_grants_go_downwards_only);
	ADD("/web/grants/are_limited_and_ended", test_a_grant_is_limited_and_ended);
	ADD("/web/grants/end_with_the_givers", test_a_grant_ends_with_the_givers);
	ADD("/web/grants/a_lost_phone_takes_two", test_a_lost_phone_takes_two);
	ADD("/web/grants/a_deputy_decides_for_a_time", test_a_deputy_decides_for_a_time);
	ADD("/web/grants/a_deputy_is_somebody_who_decides", test_a_deputy_is_somebody_who_decides);
	ADD("/web/grants/the_list_holds_the_scope", test_the_list_holds_the_scope);
	return g_test_run();
}
