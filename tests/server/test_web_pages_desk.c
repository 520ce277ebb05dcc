/* The pages of those who give grants, decide, move people and audit, from plain views. */
#include "server/web/time/page_corrections.h"
#include "server/web/people/page_mutation.h"
#include "server/web/people/page_reenrol.h"
#include "server/web/system/page_audit.h"
#include "server/web/system/page_grants.h"
#include "server/web/terminals/page_claims.h"
#include "server/web/terminals/page_pairs.h"
#include "server/web/terminals/page_waiting.h"
#include "tests/server/golden_page.h"

static const UnitChoice choices[] = {{"BKD", "Badan Kepegawaian Daerah", 0},
									 {"BKD-UMUM", "Sekretariat & umum", 1}};

static GArray *array_of(gconstpointer items, guint n, guint size)
{
	GArray *array = g_array_new(FALSE, FALSE, size);
	g_array_append_vals(array, items, n);
	return array;
}
#define ARRAY(items) array_of(items, G_N_ELEMENTS(items), sizeof(items)[0])

/* ── grants ── */

static const GrantLine lines[] = {
	{.id = 1,
	 .holder = "AGUS <b>WIBOWO</b>",
	 .account = "agus",
	 .role = "Pengelola SKPD",
	 .unit = "Sekretariat & umum",
	 .decree = "800/12/2025",
	 .from = "Senin, 3 Maret 2025",
	 .to = "Senin, 31 Maret 2025",
	 .later = TRUE},
	{.id = 2,
	 .holder = "bkd",
	 .account = "bkd",
	 .role = "BKD",
	 .from = "Senin, 6 Januari 2025",
	 .moved = TRUE},
};

static void test_grants(void)
{
	g_autoptr(GArray) units = ARRAY(choices), rows = ARRAY(lines);
	GrantsView view = {.choices = units,
					   .unit_code = "BKD",
					   .unit_name = "Badan Kepegawaian Daerah",
					   .lines = rows};
	Frame frame = golden_page_frame("Hak akses", NAV_NONE);
	Html *html = html_new();
	page_grants_render(html, &frame, &view);
	golden_page_check("hak-akses", html);
	g_array_set_size(rows, 0);
	html = html_new();
	page_grants_render(html, &frame, &view);
	golden_page_check("hak-akses-kosong", html);
}

static void test_grant_form(void)
{
	static const FieldChoice roles[] = {{"ATASAN", "Atasan"}, {"OPERATOR", "Operator"}};
	g_autoptr(GArray) units = ARRAY(choices);
	GrantForm form = {.account = "\"><script>",
					  .role = "OPERATOR",
					  .unit = "BKD-UMUM",
					  .from = "2025-03-02",
					  .to = "",
					  .decree = "x",
					  .account_problem = "Tidak ada akun.",
					  .from_problem = "Paling awal hari ini.",
					  .decree_problem = "Isi nomor surat.",
					  .roles = roles,
					  .n_roles = 2,
					  .units = units};
	Frame frame = golden_page_frame("Beri hak akses", NAV_NONE);
	Html *html = html_new();
	page_grants_render_form(html, &frame, &form);
	golden_page_check("hak-akses-baru", html);
}

static void test_grant(void)
{
	GrantView view = {.line = lines[0],
					  .grantor = "bkd",
					  .may_change = TRUE,
					  .has_second = TRUE,
					  .reset_by = "bkd <2>",
					  .to_value = "2025-02-01",
					  .to_problem = "Isi tanggal sesudah hari ini."};
	Frame frame = golden_page_frame("Hak akses", NAV_NONE);
	Html *html = html_new();
	page_grants_render_one(html, &frame, &view);
	golden_page_check("hak-akses-satu", html);
}

/* ── what waits ── */

static const WaitingLine waiting[] = {
	{"0900", "BUDI <b>SANTOSO</b>", "Mirip jari SITI & co. Senin, 3 Maret 2025 pukul 07.30"}};
static const WaitingDone done[] = {
	{"Karantina", "Ditolak", "jam salah <i>", "bkd", "Senin, 3 Maret 2025 pukul 07.31", FALSE}};

static const PairLine pair_lines[] = {
	{"101-109", "BUDI <b>SANTOSO</b> dan B. SANTOSA", "Telunjuk kanan. Ditemukan Senin"}};

static void test_pair(void)
{
	PairView view = {.id = "101-109",
					 .names = {"BUDI <b>SANTOSO</b>", "B. SANTOSA"},
					 .units = {"SMA <Negeri> 1", NULL},
					 .people = {101, 109},
					 .finger = "Telunjuk kanan",
					 .found = "Senin, 3 Maret 2025 pukul 06.52",
					 .two_fingers = TRUE,
					 .verdict = "fraud",
					 .ends = "109",
					 .reason = "\"><script>",
					 .ends_problem = "Pilih salah satu dari keduanya.",
					 .reason_problem = "Tulis alasannya satu baris, paling sedikit 3 huruf."};
	Frame frame = golden_page_frame("Sidik jari serupa", NAV_NONE);
	Html *html = html_new();
	page_pair_render(html, &frame, &view);
	golden_page_check("pasangan", html);
	view.own = TRUE;
	html = html_new();
	page_pair_render(html, &frame, &view);
	golden_page_check("pasangan-sendiri", html);
}

static void test_waiting(void)
{
	g_autoptr(GArray) pairs = ARRAY(pair_lines), no_pairs = g_array_new(FALSE, FALSE, 1);
	g_autoptr(GArray) some = ARRAY(waiting), none = ARRAY(waiting), decided = ARRAY(done);
	g_array_set_size(none, 0);
	WaitingView view = {.lines = {some, none, some, none},
						.more = {TRUE},
						.pairs = pairs,
						.more_pairs = TRUE,
						.done = decided};
	Frame frame = golden_page_frame("Menunggu putusan", NAV_NONE);
	Html *html = html_new();
	page_waiting_render(html, &frame, &view);
	golden_page_check("putusan", html);
	g_array_set_size(decided, 0);
	view = (WaitingView){.lines = {none, none, none, none}, .pairs = no_pairs, .done = decided};
	html = html_new();
	page_waiting_render(html, &frame, &view);
	golden_page_check("putusan-kosong", html);
}

static void test_waiting_one(void)
{
	static const WaitingFact facts[] = {{"Mesin", "t-sma-1"}, {"Mengapa", "<script>"}};
	WaitingForm form = {.kind = DECISION_EVENT,
						.line = waiting[0],
						.facts = facts,
						.n_facts = 2,
						.asks_time = TRUE,
						.verdict = "accepted",
						.reason = "\"><script>",
						.date = "2025-03-04",
						.time = "",
						.reason_problem = "Isi alasan.",
						.time_problem = "Isi tanggal dan pukul."};
	Frame frame = golden_page_frame("Putusan", NAV_NONE);
	Html *html = html_new();
	page_waiting_render_one(html, &frame, &form);
	golden_page_check("putusan-satu", html);
	form.own = TRUE;
	html = html_new();
	page_waiting_render_one(html, &frame, &form);
	golden_page_check("putusan-sendiri", html);
}

static void test_claims(void)
{
	static const ClaimLine claims[] = {
		{"1-1", "BUDI <b>SANTOSO</b>", "Minggu, 2 Maret 2025 pukul 07.30", "t-sma-1", TRUE, FALSE},
		{"1-2", "SITI RAHMAWATI", "waktunya belum dipercaya", "t-sma-1", FALSE, TRUE}};
	static const RosterRequestLine changes[] = {
		{7, "Tukar jadwal: BUDI <b>SANTOSO</b>", "Senin, 3 Maret 2025. Anak & istri sakit"}};
	g_autoptr(GArray) rows = ARRAY(claims), rosters = ARRAY(changes);
	ClaimsView view = {.lines = rows, .more = TRUE, .rosters = rosters};
	Frame frame = golden_page_frame("Persetujuan", NAV_NONE);
	Html *html = html_new();
	page_claims_render(html, &frame, &view);
	golden_page_check("persetujuan", html);
	g_array_set_size(rows, 0);
	g_array_set_size(rosters, 0);
	view.more = FALSE;
	html = html_new();
	page_claims_render(html, &frame, &view);
	golden_page_check("persetujuan-kosong", html);
}

static void test_corrections(void)
{
	static const CorrectionLine asked[] = {{12, "BUDI <b>SANTOSO</b>",
											"Senin, 3 Maret 2025, masuk, AT", "jari & \"basah\"",
											"budi", "surat <12>", "menunggu ATASAN"}};
	static const CorrectionLine own[] = {{.id = 9,
										  .what = "Senin, 3 Maret 2025, hari, DL",
										  .reason = "rapat",
										  .asked_by = "siti",
										  .state = "disetujui; disetujui oleh joko"}};
	static const FieldChoice codes[] = {{"AT", "Alasan teknis"}, {"DL", "Dinas luar"}};
	g_autoptr(GArray) inbox = ARRAY(asked), mine = ARRAY(own);
	CorrectionsView view = {.inbox = inbox,
							.own = mine,
							.decides = TRUE,
							.asks = TRUE,
							.day = "\"><script>",
							.kind = "pulang",
							.code = "DL",
							.reason = "</textarea><b>",
							.day_problem = "Isi tanggal hari yang dikoreksi.",
							.problem = "Batas waktu koreksi bulan itu sudah lewat.",
							.codes = codes,
							.n_codes = G_N_ELEMENTS(codes)};
	Frame frame = golden_page_frame("Koreksi", NAV_NONE);
	Html *html = html_new();
	page_corrections_render(html, &frame, &view);
	golden_page_check("koreksi", html);
	g_array_set_size(inbox, 0);
	view.asks = FALSE;
	html = html_new();
	page_corrections_render(html, &frame, &view);
	golden_page_check("koreksi-kosong", html);
}

/* ── what an auditor looks up ── */

static void test_audit(void)
{
	static const AuditGrant letters[] = {{"Auditor", NULL, "700/12 <b>", "Senin, 31 Maret 2025"},
										 {"Auditor", "BKD & co", NULL, NULL}};
	static const AuditPerson found[] = {{222222, "BUDI <b>SANTOSO</b>", NULL, "SMA Negeri 1"}};
	g_autoptr(GArray) grants = ARRAY(letters), people = ARRAY(found);
	AuditFindView view = {.grants = grants,
						  .people = people,
						  .text = "\"><script>",
						  .date = "2025-03-03",
						  .asked = TRUE};
	Frame frame = golden_page_frame("Audit", NAV_NONE);
	Html *html = html_new();
	page_audit_render(html, &frame, &view);
	golden_page_check("audit", html);
	g_array_set_size(people, 0);
	html = html_new();
	page_audit_render(html, &frame, &view);
	golden_page_check("audit-kosong", html);
}

static void test_evidence(void)
{
	static const EvidencePunch punched[] = {
		{.time = "06.52",
		 .place = "Lobi <i>BKD</i>",
		 .terminal = "t-bkd-1",
		 .state = "✓ diterima",
		 .journal = "0a1b",
		 .stamp = "Senin, 3 Maret 2025 pukul 06.52",
		 .received = "Senin, 3 Maret 2025 pukul 06.53",
		 .evidence = {.state = EVIDENCE_HOLDS,
					  .seq = 17,
					  .first = 12,
					  .last = 20,
					  .head = "00aa",
					  .signed_head = "11bb",
					  .signature = "22cc",
					  .key = "33dd",
					  .certificate = "44ee"}},
		{.time = "15.34",
		 .place = "Aula",
		 .terminal = "bukan dari mesin",
		 .state = "✓ diterima",
		 .letter = "Daftar & tanda tangan",
		 .evidence = {.state = EVIDENCE_MISSING}},
		{.time = "15.40",
		 .place = "Aula",
		 .terminal = "t-bkd-2",
		 .state = "✓ diterima",
		 .journal = "0a1c",
		 .evidence = {.state = EVIDENCE_BROKEN, .seq = 3, .first = 1, .last = 3}},
	};
	g_autoptr(GArray) punches = ARRAY(punched);
	g_autoptr(GPtrArray) reasons = g_ptr_array_new();
	g_ptr_array_add(reasons, (gpointer)(guintptr) "Masuk 06.52 di <Lobi>.");
	EvidenceView view = {.person = 222222,
						 .name = "BUDI <b>SANTOSO</b>",
						 .date = "Senin, 3 Maret 2025",
						 .before = "2025-03-02",
						 .after = "2025-03-04",
						 .codes = "H",
						 .judged = "Dinilai dengan aturan versi 3.",
						 .reasons = reasons,
						 .punches = punches};
	Frame frame = golden_page_frame("Bukti satu hari", NAV_NONE);
	Html *html = html_new();
	page_evidence_render(html, &frame, &view);
	golden_page_check("bukti", html);
	g_array_set_size(punches, 0);
	g_ptr_array_set_size(reasons, 0);
	view.codes = view.judged = NULL;
	html = html_new();
	page_evidence_render(html, &frame, &view);
	golden_page_check("bukti-kosong", html);
}

static void test_chains(void)
{
	static const ChainLine chains[] = {
		{"t-bkd-1", "0a1b2c3d", "00112233aabbccdd", "Senin, 3 Maret 2025 pukul 06.53", 4711, 2}};
	g_autoptr(GArray) rows = ARRAY(chains);
	ChainsView view = {.lines = rows, .n_terminals = 1, .n_alarms = 2};
	Frame frame = golden_page_frame("Rantai mesin", NAV_NONE);
	Html *html = html_new();
	page_chains_render(html, &frame, &view);
	golden_page_check("rantai", html);
	g_array_set_size(rows, 0);
	view = (ChainsView){.lines = rows};
	html = html_new();
	page_chains_render(html, &frame, &view);
	golden_page_check("rantai-kosong", html);
}

static void test_log(void)
{
	static const LogLine entries[] = {{"Senin, 3 Maret 2025 pukul 06.53", "skpd", "Membuka berkas",
									   "SITI <b>", "q=<script>", "192.0.2.7"},
									  {"Senin, 3 Maret 2025 pukul 06.50", "administrator server",
									   "user.create", NULL, NULL, NULL}};
	g_autoptr(GArray) rows = ARRAY(entries);
	LogView view = {.lines = rows, .older = "AAAA"};
	Frame frame = golden_page_frame("Catatan akses", NAV_NONE);
	Html *html = html_new();
	page_log_render(html, &frame, &view);
	golden_page_check("catatan-akses", html);
}

/* ── mutations, the tree ── */

static const MutationForm mutation = {
	.values = {"198001012005011001", "unit", "821/7 <b>", "", "kemarin", "BKD-UMUM", "", "", "", "",
			   ""},
	.problems = {[MUTATION_TMT] = "Isi tanggal mulai berlakunya."},
};

static void test_mutation(void)
{
	static const MutationEffect changed[] = {{"Unit kerja", "SMA Negeri 1", "Sekretariat & umum"},
											 {"Lokasi presensi", "SMA Negeri 1", "Lobi <BKD>"}};
	g_autoptr(GArray) units = ARRAY(choices), effects = ARRAY(changed);
	MutationForm form = mutation;
	form.units = units;
	Frame frame = golden_page_frame("Mutasi", NAV_NONE);
	Html *html = html_new();
	page_mutation_render_form(html, &frame, &form);
	golden_page_check("mutasi", html);
	MutationPreview view = {.form = &form,
							.person = 222222,
							.name = "BUDI <b>SANTOSO</b>",
							.number = "198001012005011001",
							.kind = mutation_kind_text("unit"),
							.tmt = "Senin, 3 Maret 2025",
							.until = "Senin, 31 Maret 2025",
							.effects = effects,
							.judged_days = 12,
							.n_grants = 1};
	html = html_new();
	page_mutation_render_preview(html, &frame, &view);
	golden_page_check("mutasi-dampak", html);
	g_array_set_size(effects, 0);
	view.known = TRUE;
	html = html_new();
	page_mutation_render_preview(html, &frame, &view);
	golden_page_check("mutasi-sudah", html);
}

static void test_units(void)
{
	static const UnitLine tree[] = {{"BKD", "Badan Kepegawaian Daerah", "badan", 0},
									{"BKD-UMUM", "Sekretariat & umum", NULL, 1}};
	g_autoptr(GArray) rows = ARRAY(tree);
	UnitsView view = {.date = "Senin, 3 Maret 2025", .date_iso = "2025-03-03", .lines = rows};
	Frame frame = golden_page_frame("Unit kerja", NAV_NONE);
	Html *html = html_new();
	page_units_render(html, &frame, &view);
	golden_page_check("unit", html);
	g_array_set_size(rows, 0);
	view.date_problem = "Isi tanggal, misalnya 2025-03-03.";
	html = html_new();
	page_units_render(html, &frame, &view);
	golden_page_check("unit-kosong", html);
}

/* As many units as the page holds, with long names: it stays below its limit. */
static void test_longest_tree_is_small_enough(void)
{
	g_autoptr(GArray) rows = g_array_new(FALSE, FALSE, sizeof(UnitLine));
	UnitLine line = {"KANTOR-CABANG-DINAS-PENDIDIKAN-4",
					 "Sekolah Menengah Kejuruan Negeri 2 Surakarta", "subbagian", 6};
	for (int i = 0; i < UNITS_LIST_MAX; i++)
		g_array_append_val(rows, line);
	UnitsView view = {.date = "Senin, 3 Maret 2025", .date_iso = "2025-03-03", .lines = rows};
	Frame frame = golden_page_frame("Unit kerja", NAV_NONE);
	g_autoptr(Html) html = html_new();
	page_units_render(html, &frame, &view);
	g_assert_cmpuint(html_size(html), <=, PAGE_SIZE_MAX);
}

static void test_reenrol(void)
{
	static const ReenrolLine again[] = {{111111, "SITI <b>RAHMAWATI</b>", "Sekretariat & umum",
										 "Telunjuk kanan", "7 kali tidak dikenali"}};
	g_autoptr(GArray) units = ARRAY(choices), rows = ARRAY(again);
	ReenrolView view = {.choices = units,
						.unit_code = "BKD",
						.unit_name = "Badan Kepegawaian Daerah",
						.lines = rows,
						.more = TRUE};
	Frame frame = golden_page_frame("Perlu rekam ulang", NAV_NONE);
	Html *html = html_new();
	page_reenrol_render(html, &frame, &view);
	golden_page_check("rekam-ulang", html);
	g_array_set_size(rows, 0);
	g_array_set_size(units, 1);
	view.more = FALSE;
	html = html_new();
	page_reenrol_render(html, &frame, &view);
	golden_page_check("rekam-ulang-kosong", html);
}

int main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	g_test_add_func("/web/pages_desk/grants", test_grants);
	g_test_add_func("/web/pages_desk/grant_form", test_grant_form);
	g_test_add_func("/web/pages_desk/grant", test_grant);
	g_test_add_func("/web/pages_desk/pair", test_pair);
	g_test_add_func("/web/pages_desk/waiting", test_waiting);
	g_test_add_func("/web/pages_desk/waiting_one", test_waiting_one);
	g_test_add_func("/web/pages_desk/claims", test_claims);
	g_test_add_func("/web/pages_desk/corrections", test_corrections);
	g_test_add_func("/web/pages_desk/audit", test_audit);
	g_test_add_func("/web/pages_desk/evidence", test_evidence);
	g_test_add_func("/web/pages_desk/chains", test_chains);
	g_test_add_func("/web/pages_desk/log", test_log);
	g_test_add_func("/web/pages_desk/mutation", test_mutation);
	g_test_add_func("/web/pages_desk/reenrol", test_reenrol);
	g_test_add_func("/web/pages_desk/units", test_units);
	g_test_add_func("/web/pages_desk/longest_tree_is_small_enough",
					test_longest_tree_is_small_enough);
	return g_test_run();
}
