/* Mutations on the page: what they would change is shown, nothing is written before it is confirmed. */
#include <string.h>

#include "server/store/people/assignments.h"
#include "server/store/people/careers.h"
#include "server/store/people/units.h"
#include "tests/web/province.h"

#define MOVE(who, unit, tmt)                                                                       \
	"pegawai=" who "&jenis=unit&sk=821%2F7&tanggal=2025-02-20&tmt=" tmt "&unit=" unit
#define PREVIEW "/mutasi/dampak?"

static guint ask(Province *p, const char *account, const char *target, const char *body,
				 char **text)
{
	g_autoptr(Call) call = province_page(p, account, target, body);
	if (text != NULL)
		*text = province_text(call);
	return call->response->status;
}

static gint64 unit_on(Province *p, PersonId person, gint64 day)
{
	Assignment at;
	g_assert_true(assignments_on(p->sql, person, day, &at, NULL));
	return at.unit;
}

static gint64 count(Province *p, const char *text)
{
	gint64 n = -1;
	g_autoptr(SqlStatement) row = sql_query(p->sql, NULL, text, "");
	g_assert_cmpint(sql_next(row, NULL), ==, SQL_ROW);
	n = sql_int(row, 0);
	return n;
}

static void must_have(const char *page, const char *text)
{
	if (strstr(page, text) == NULL)
		g_error("'%s' is not on the page:\n%s", text, page);
}

static void test_the_preview_shows_and_writes_nothing(Province *p, gconstpointer unused)
{
	(void)unused;
	g_autofree char *page = NULL;
	g_assert_cmpuint(ask(p, "bkd", PREVIEW MOVE("222222", "BKD-UMUM", "2025-03-01"), NULL, &page),
					 ==, 200);
	must_have(page, "SMA Negeri 1 → Sekretariat BKD");
	must_have(page, "SMA Negeri 1 → Lobi BKD"); /* the duty place */
	must_have(page, "<b>1 hari</b> yang sudah dinilai");
	must_have(page, "BUDI SANTOSO");
	must_have(page, "value=\"821/7\"");
	g_assert_cmpint(unit_on(p, p->budi, TODAY), ==, p->sma1);
	g_assert_cmpint(count(p, "SELECT count(*) FROM mutation"), ==, 0);
	g_assert_cmpint(count(p, "SELECT count(*) FROM audit_entry WHERE action='mutation.preview'"
							 " AND person=222222"),
					==, 1);
}

static void test_it_is_entered_once(Province *p, gconstpointer unused)
{
	(void)unused;
	static const char body[] = MOVE("222222", "BKD-UMUM", "2025-03-01");
	g_autofree char *page = NULL, *again = NULL;
	g_assert_cmpuint(ask(p, "bkd", "/mutasi", body, NULL), ==, 303);
	g_assert_cmpint(unit_on(p, p->budi, TODAY), ==, p->umum);
	g_assert_cmpint(unit_on(p, p->budi, TODAY - 3), ==, p->sma1);
	g_assert_cmpint(count(p, "SELECT count(*) FROM mutation WHERE judged_days=1"), ==, 1);
	g_assert_cmpint(count(p, "SELECT count(*) FROM audit_entry WHERE action='mutation.enter'"
							 " AND person=222222"),
					==, 1);
	g_assert_cmpuint(ask(p, "bkd", "/mutasi", body, &page), ==, 422);
	must_have(page, "SK ini sudah dicatat");
	g_assert_cmpuint(ask(p, "bkd", PREVIEW MOVE("222222", "BKD-UMUM", "2025-03-01"), NULL, &again),
					 ==, 200);
	must_have(again, "SK ini sudah dicatat");
	g_assert_null(strstr(again, "Simpan mutasi"));
}

/* Joko's assignment from TODAY-10 on is known: what is entered for earlier ends there. */
static void test_a_back_dated_one_ends_at_the_next(Province *p, gconstpointer unused)
{
	(void)unused;
	g_autofree char *page = NULL;
	g_assert_cmpuint(ask(p, "bkd", PREVIEW MOVE("333333", "BKD", "2025-01-06"), NULL, &page), ==,
					 200);
	must_have(page, "Berlaku sampai <b>Kamis, 20 Februari 2025");
	g_assert_cmpuint(ask(p, "bkd", "/mutasi", MOVE("333333", "BKD", "2025-01-06"), NULL), ==, 303);
	g_assert_cmpint(unit_on(p, p->joko, TODAY - 20), ==, p->bkd);
	g_assert_cmpint(unit_on(p, p->joko, TODAY), ==, p->sma1);
}

/* Siti keeps BKD's people: the right ends with her move, and the preview says so. */
static void test_rights_that_end_are_counted(Province *p, gconstpointer unused)
{
	(void)unused;
	g_autofree char *page = NULL;
	g_assert_cmpuint(ask(p, "bkd", PREVIEW MOVE("111111", "SMA1", "2025-03-10"), NULL, &page), ==,
					 200);
	must_have(page, "Berlaku pada TMT");
	must_have(page, "hak akses</b> pegawai ini berakhir");
}

static void test_positions_and_ranks(Province *p, gconstpointer unused)
{
	(void)unused;
	g_auto(Career) career = {0};
	g_autofree char *page = NULL;
	g_assert_cmpuint(ask(p, "bkd", "/mutasi",
						 "pegawai=222222&jenis=promosi&sk=821/8&tmt=2025-03-03"
						 "&jabatan=Kepala+Subbagian+Umum&jenis-jabatan=pengawas",
						 NULL),
					 ==, 303);
	g_assert_cmpuint(ask(p, "bkd", "/mutasi",
						 "pegawai=222222&jenis=pangkat&sk=823/1&tmt=2025-03-03&golongan=III/d",
						 NULL),
					 ==, 303);
	g_assert_true(careers_on(p->sql, p->budi, TODAY, G_MAXINT64, &career, NULL));
	g_assert_cmpstr(career.position, ==, "Kepala Subbagian Umum");
	g_assert_cmpstr(career.position_kind, ==, "pengawas");
	g_assert_cmpstr(career.rank, ==, "III/d");
	g_assert_cmpuint(
		ask(p, "bkd", PREVIEW "pegawai=222222&jenis=pensiun&sk=882/1&tmt=2025-03-10", NULL, &page),
		==, 200);
	must_have(page, "SMA Negeri 1 → tidak ada");
}

/* A new number and a new name: by page and by REST; the effect is told, whose another number is is not. */
static void test_numbers_and_names(Province *p, gconstpointer unused)
{
	(void)unused;
	static const char named[] =
		"{\"person\":222222,\"kind\":\"nama\",\"decree\":\"474/1\",\"tmt\":\"2025-03-01\","
		"\"name\":\"BUDI SANTOSO PUTRA\",\"front_title\":\"Dr.\",\"back_title\":\"M.Pd.\"}";
	g_autofree char *page = NULL, *taken = NULL, *short_one = NULL, *answer = NULL;
	g_assert_cmpuint(ask(p, "bkd",
						 PREVIEW "pegawai=222222&jenis=nomor&sk=800/1&tmt=2025-03-01"
								 "&nomor=198501012010011001",
						 NULL, &page),
					 ==, 200);
	must_have(page, "tidak ada → 198501012010011001");
	g_assert_cmpuint(ask(p, "bkd", "/mutasi",
						 "pegawai=222222&jenis=nomor&sk=800/1&tmt=2025-03-01"
						 "&nomor=198501012010011001",
						 NULL),
					 ==, 303);
	g_assert_cmpuint(ask(p, "bkd", "/mutasi",
						 "pegawai=111111&jenis=nomor&sk=800/2&tmt=2025-03-01"
						 "&nomor=198501012010011001",
						 &taken),
					 ==, 422);
	must_have(taken, "id=\"nomor-salah\"");
	g_assert_null(strstr(taken, "222222"));
	g_assert_cmpuint(ask(p, "bkd", "/mutasi",
						 "pegawai=111111&jenis=nomor&sk=800/2&tmt=2025-03-01&nomor=123",
						 &short_one),
					 ==, 422);
	must_have(short_one, "id=\"nomor-salah\"");
	Request *request = request_new("POST", "/api/v1/mutations", NOW);
	g_autofree char *bearer = g_strconcat("Bearer ", g_hash_table_lookup(p->tokens, "bkd"), NULL);
	request_add_header(request, "authorization", bearer);
	request_add_header(request, "content-type", "application/json");
	request_add_header(request, "idempotency-key", "nama-1");
	g_byte_array_append(request->body, (const guint8 *)named, sizeof named - 1);
	g_autoptr(Call) call = province_dispatch(p, request);
	g_assert_cmpuint(call->response->status, ==, 201);
	answer = province_text(call);
	must_have(answer, "\"fact\":\"name\"");
	must_have(answer, "Dr. BUDI SANTOSO PUTRA, M.Pd.");
}

/* Beside its field and in the summary; what was typed stays. */
static void test_what_is_refused(Province *p, gconstpointer unused)
{
	(void)unused;
	static const struct {
		const char *body, *problem;
	} cases[] = {
		{MOVE("999999", "SMA1", "2025-03-01"), "id=\"pegawai-salah\""},
		{MOVE("222222", "NONE", "2025-03-01"), "id=\"unit-salah\""},
		{MOVE("222222", "", "2025-03-01"), "id=\"unit-salah\""},
		{MOVE("222222", "BKD", "kapan"), "id=\"tmt-salah\""},
		{MOVE("222222", "BKD", "2025-03-01") "&lokasi=nowhere", "id=\"lokasi-salah\""},
		{MOVE("222222", "BKD", "2025-03-01") "&golongan=III/a", "id=\"golongan-salah\""},
		{"pegawai=222222&jenis=unit&sk=x&tmt=2025-03-01&unit=BKD", "id=\"sk-salah\""},
		{"pegawai=222222&jenis=unit&sk=821&tanggal=31-12&tmt=2025-03-01&unit=BKD",
		 "id=\"tanggal-salah\""},
		{"pegawai=222222&jenis=apa&sk=821&tmt=2025-03-01", "id=\"jenis-salah\""},
		{"pegawai=222222&jenis=pangkat&sk=821&tmt=2025-03-01&golongan=V/x",
		 "id=\"golongan-salah\""},
		{"pegawai=222222&jenis=jabatan&sk=821&tmt=2025-03-01&jabatan=Guru&jenis-jabatan=raja",
		 "id=\"jenis-jabatan-salah\""},
		{"pegawai=222222&jenis=kepegawaian&sk=821&tmt=2025-03-01&kepegawaian=raja",
		 "id=\"kepegawaian-salah\""},
		{"pegawai=222222&jenis=masuk&sk=821&tmt=2025-03-01&unit=BKD&kepegawaian=raja",
		 "id=\"kepegawaian-salah\""},
		{MOVE("222222", "BKD", "2025-03-01") "&gelar-depan=Dr.", "id=\"gelar-depan-salah\""},
		{"pegawai=222222&jenis=nama&sk=821&tmt=2025-03-01", "id=\"nama-salah\""},
		{"pegawai=222222&jenis=tubel&sk=821&tmt=2001-03-01", "id=\"tmt-salah\""},
	};
	for (gsize i = 0; i < G_N_ELEMENTS(cases); i++) {
		g_autofree char *page = NULL, *preview = NULL;
		g_autofree char *target = g_strconcat(PREVIEW, cases[i].body, NULL);
		g_assert_cmpuint(ask(p, "bkd", target, NULL, &preview), ==, 422);
		must_have(preview, cases[i].problem);
		g_assert_cmpuint(ask(p, "bkd", "/mutasi", cases[i].body, &page), ==, 422);
		must_have(page, cases[i].problem);
		must_have(page, "hd-summary");
		must_have(page, "name=\"sk\" type=\"text\" value=\"");
	}
	g_assert_cmpint(count(p, "SELECT count(*) FROM mutation"), ==, 0);
}

/* Nobody enters the own mutation, whatever the role. */
static void test_nobody_moves_themselves(Province *p, gconstpointer unused)
{
	(void)unused;
	g_autoptr(User) user = users_find(p->sql, "skpd", NULL);
	GrantNew bkd = {.account = user->id, .role = ROLE_BKD, .from_day = TODAY, .to_day = G_MAXINT64};
	g_autofree char *page = NULL;
	g_assert_cmpuint(ask(p, "skpd", "/mutasi", MOVE("222222", "BKD", "2025-03-01"), NULL), ==, 403);
	g_assert_cmpint(grants_add(p->sql, &bkd, NOW, NULL), !=, 0);
	g_assert_cmpuint(ask(p, "skpd", "/mutasi", MOVE("111111", "SMA1", "2025-03-10"), &page), ==,
					 422);
	must_have(page, "oleh petugas lain");
}

/* As of a day: a unit that ended is there before its end, and not after. */
static void test_the_tree_as_of_a_day(Province *p, gconstpointer unused)
{
	(void)unused;
	Change end = {.from_day = TODAY - 5, .to_day = DAY_OPEN, .now_ms = NOW, .today = TODAY};
	g_autofree char *now = NULL, *then = NULL, *own = NULL, *bad = NULL, *rest = NULL;
	g_assert_true(sql_begin(p->sql, NULL));
	g_assert_true(units_end(p->sql, p->sma1, &end, NULL, NULL));
	g_assert_true(sql_commit(p->sql, NULL));
	g_assert_cmpuint(ask(p, "bkd", "/unit", NULL, &now), ==, 200);
	g_assert_null(strstr(now, "SMA Negeri 1"));
	must_have(now, "<li class=\"hd-depth-1\"><b>Sekretariat BKD</b>");
	g_assert_cmpuint(ask(p, "bkd", "/unit?tanggal=2025-02-20", NULL, &then), ==, 200);
	must_have(then, "<li class=\"hd-depth-1\"><b>SMA Negeri 1</b>");
	must_have(then, "Pada Kamis, 20 Februari 2025");
	g_assert_cmpuint(ask(p, "atasan", "/unit", NULL, &own), ==, 200);
	must_have(own, "<li class=\"hd-depth-0\"><b>Sekretariat BKD</b>");
	g_assert_null(strstr(own, "Dinas Pendidikan"));
	g_assert_cmpuint(ask(p, "bkd", "/unit?tanggal=kemarin", NULL, &bad), ==, 422);
	g_autoptr(Call) call = province_rest(p, "bkd", "GET", "/api/v1/units?date=2025-02-20", NULL);
	g_assert_cmpuint(call->response->status, ==, 200);
	rest = province_text(call);
	must_have(rest, "\"SMA1\"");
	g_autoptr(Call) refused = province_rest(p, "bkd", "GET", "/api/v1/units?date=x", NULL);
	g_assert_cmpuint(refused->response->status, ==, 422);
}

int main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
#define ADD(path, function)                                                                        \
	g_test_add(path, Province, NULL, province_open, function, province_close)
	ADD("/web/mutation/preview_shows_and_writes_nothing",
		test_the_preview_shows_and_writes_nothing);
	ADD("/web/mutation/is_entered_once", test_it_is_entered_once);
	ADD("/web/mutation/a_back_dated_one_ends_at_the_next", test_a_back_dated_one_ends_at_the_next);
	ADD("/web/mutation/rights_that_end_are_counted", test_rights_that_end_are_counted);
	ADD("/web/mutation/positions_and_ranks", test_positions_and_ranks);
	ADD("/web/mutation/numbers_and_names", test_numbers_and_names);
	ADD("/web/mutation/what_is_refused", test_what_is_refused);
	ADD("/web/mutation/nobody_moves_themselves", test_nobody_moves_themselves);
	ADD("/web/mutation/tree_as_of_a_day", test_the_tree_as_of_a_day);
	return g_test_run();
}
