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

int main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
#define ADD(path, function)                                                                        \
	g_test_add(path, Province, NULL, province_open, function, province_close)
	ADD("/web/grants/go_downwards_only", test_grants_go_downwards_only);
	ADD("/web/grants/are_limited_and_ended", test_a_grant_is_limited_and_ended);
	ADD("/web/grants/end_with_the_givers", test_a_grant_ends_with_the_givers);
	ADD("/web/grants/a_lost_phone_takes_two", test_a_lost_phone_takes_two);
	ADD("/web/grants/the_list_holds_the_scope", test_the_list_holds_the_scope);
	return g_test_run();
}
