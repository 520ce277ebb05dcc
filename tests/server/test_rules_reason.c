/* A verdict's reasons in words and as JSON. */
#include "server/rules/calendar.h"
#include "server/rules/leave.h"
#include "server/rules/reason_pack.h"

#define OFFSET 420
#define MONDAY 20150 /* 2025-03-03 */
#define AT(hour, minute)                                                                           \
	((MONDAY * G_GINT64_CONSTANT(1440) + (hour) * 60 + (minute) - OFFSET) * 60000)

static const struct {
	Reason reason;
	const char *words;
} rows[] = {
	{{.kind = REASON_PRESENT,
	  .from_ms = AT(6, 52),
	  .to_ms = AT(15, 34),
	  .place = "Lobi BKD",
	  .place_out = "Lobi BKD"},
	 "Masuk 06.52 di Lobi BKD, pulang 15.34 di Lobi BKD."},
	{{.kind = REASON_PRESENT, .to_ms = AT(15, 34), .place_out = "Aula"}, "Pulang 15.34 di Aula."},
	{{.kind = REASON_PRESENT, .from_ms = AT(6, 52)}, "Masuk 06.52."},
	{{.kind = REASON_SCHEDULE,
	  .name = "5 hari kerja",
	  .from_ms = AT(7, 0),
	  .to_ms = AT(15, 30),
	  .day = 20089},
	 "Jadwal 07.00–15.30 (5 hari kerja, berlaku sejak 1 Januari 2025)."},
	{{.kind = REASON_SCHEDULE,
	  .name = "5 hari kerja",
	  .from_ms = AT(7, 0),
	  .to_ms = AT(15, 30),
	  .day = G_MININT64},
	 "Jadwal 07.00–15.30 (5 hari kerja)."},
	{{.kind = REASON_LATE, .slot = SLOT_IN, .code = "TL1", .minutes = 12, .from_ms = AT(7, 12)},
	 "Terlambat 12 menit (TL1). Presensi pertama dalam jendela masuk 07.12; detik diabaikan."},
	{{.kind = REASON_EARLY, .slot = SLOT_OUT, .code = "PSW2", .minutes = 31, .from_ms = AT(14, 59)},
	 "Pulang 31 menit sebelum waktunya (PSW2). Presensi terakhir dalam jendela pulang 14.59; detik"
	 " diabaikan."},
	{{.kind = REASON_FLEX, .minutes = 42, .from_ms = AT(7, 42), .to_ms = AT(16, 12)},
	 "Masuk 07.42 dalam waktu fleksibel, pulang paling awal 16.12."},
	{{.kind = REASON_NO_IN, .from_ms = AT(5, 30), .to_ms = AT(11, 15)},
	 "Tidak ada presensi masuk 05.30–11.15."},
	{{.kind = REASON_NO_OUT, .from_ms = AT(13, 15), .to_ms = AT(19, 30)},
	 "Tidak ada presensi pulang 13.15–19.30."},
	{{.kind = REASON_ABSENT, .from_ms = AT(5, 30), .to_ms = AT(19, 30)},
	 "Tidak ada presensi 05.30–19.30, dan data mesin presensi lengkap."},
	{{.kind = REASON_NOT_YET, .slot = SLOT_IN, .to_ms = AT(11, 15)},
	 "Presensi masuk ditunggu sampai 11.15."},
	{{.kind = REASON_WAITING, .from_ms = AT(6, 58), .place = "Aula"},
	 "Presensi pukul 06.58 di Aula menunggu verifikasi atau persetujuan."},
	{{.kind = REASON_GAP,
	  .terminal = "sman1-a",
	  .place = "SMAN 1",
	  .from_ms = AT(6, 10),
	  .to_ms = AT(7, 40)},
	 "Data mesin presensi sman1-a di SMAN 1 pukul 06.10–07.40 belum diterima. Belum dinilai dan"
	 " tidak dihitung tidak hadir."},
	{{.kind = REASON_NO_TERMINAL, .place = "SMAN 1", .from_ms = AT(6, 10), .to_ms = AT(7, 40)},
	 "Tidak ada mesin presensi yang bekerja di SMAN 1 pukul 06.10–07.40. Tidak dihitung tidak"
	 " hadir."},
	{{.kind = REASON_OUTAGE, .place = "Lokasi Cabdin IV", .document = "12/2025"},
	 "Gangguan di Lokasi Cabdin IV (Berita Acara 12/2025) telah disetujui."},
	{{.kind = REASON_OUTAGE_DECLARED}, "Gangguan dilaporkan, menunggu keputusan."},
	{{.kind = REASON_OUTAGE,
	  .number = 12,
	  .name = "listrik",
	  .place = "Lokasi Cabdin IV",
	  .from_ms = AT(6, 0),
	  .to_ms = AT(9, 30),
	  .document = "12/2025",
	  .by = "bkd.siti",
	  .day = MONDAY + 1},
	 "Gangguan nomor 12 (listrik) di Lokasi Cabdin IV 3 Maret 2025 06.00–09.30 (Berita Acara"
	 " 12/2025) telah disetujui oleh bkd.siti, 4 Maret 2025."},
	{{.kind = REASON_LOST,
	  .number = 3,
	  .name = "mesin terbakar",
	  .terminal = "sman1-a",
	  .from_ms = AT(6, 10),
	  .to_ms = AT(24 + 9, 0),
	  .by = "bkd.siti",
	  .day = MONDAY + 2},
	 "Data mesin presensi sman1-a 3 Maret 2025 06.10–4 Maret 2025 09.00 dinyatakan hilang"
	 " (keputusan nomor 3 oleh bkd.siti, 5 Maret 2025: mesin terbakar). Tidak dihitung tidak"
	 " hadir."},
	{{.kind = REASON_NOT_ENROLLED},
	 "Sidik jari belum direkam. Kehadiran dicatat dengan daftar manual oleh pengelola."},
	{{.kind = REASON_HOLIDAY, .name = "Hari Buruh Internasional"},
	 "Hari libur: Hari Buruh Internasional."},
	{{.kind = REASON_HOLIDAY, .name = "Hari jadi", .document = "061/3"},
	 "Hari libur: Hari jadi (061/3)."},
	{{.kind = REASON_DAY_OFF, .name = "jaga (lepas jaga)", .document = "R/11"},
	 "Bukan hari kerja menurut jadwal jaga (lepas jaga) (R/11)."},
	{{.kind = REASON_DAY_OFF}, "Bukan hari kerja menurut jadwal unit."},
	{{.kind = REASON_SCHEDULE,
	  .name = "Pulang lebih awal",
	  .document = "061/1",
	  .from_ms = AT(7, 0),
	  .to_ms = AT(11, 30),
	  .day = G_MININT64},
	 "Jadwal 07.00–11.30 (Pulang lebih awal, 061/1)."},
	{{.kind = REASON_CAPPED, .percent_bp = 10000}, "Jumlah potongan dibatasi 100 %."},
	{{.kind = REASON_UNLETTERED, .code = "TK"},
	 "Sakit tanpa surat: menurut pengaturan dihitung tanpa keterangan sampai suratnya ada."},
	{{.kind = REASON_DAY_LENGTH, .day_min = 390, .minutes = 105},
	 "Satu hari di sini 390 menit: untuk hitungan setahun menjadi 105 dari 450 menit."},
	{{.kind = REASON_DEDUCTION, .code = "TK", .name = "x", .percent_bp = 250},
	 "Potongan 2,5 % untuk TK (skema x)."},
	{{.kind = REASON_TWO_PLACES,
	  .from_ms = AT(6, 52),
	  .to_ms = AT(6, 58),
	  .place = "Lobi BKD",
	  .place_out = "Dinkes"},
	 "Presensi 06.52 di Lobi BKD dan 06.58 di Dinkes: terlalu dekat waktunya untuk dua lokasi. "
	 "Perlu"
	 " penjelasan."},
	{{.kind = REASON_EVENT, .name = "Apel pagi", .document = "003/1", .from_ms = AT(6, 52)},
	 "Mengikuti Apel pagi (003/1), presensi 06.52."},
	{{.kind = REASON_EVENT, .name = "Hari Guru"}, "Mengikuti Hari Guru, menurut daftar hadir."},
	{{.kind = REASON_NO_EVENT, .name = "Apel pagi", .from_ms = AT(6, 45), .to_ms = AT(7, 15)},
	 "Tidak mengikuti Apel pagi, pukul 06.45–07.15."},
	{{.kind = REASON_DAY_OFF, .name = "5 hari kerja"},
	 "Bukan hari kerja menurut jadwal 5 hari kerja."},
	{{.kind = REASON_LEAVE, .name = "Cuti tahunan", .document = "851/12"},
	 "Cuti tahunan (surat 851/12)."},
	{{.kind = REASON_LEAVE, .slot = SLOT_OUT, .name = "Dinas luar"},
	 "Dinas luar, untuk presensi pulang."},
	{{.kind = REASON_CONFLICT,
	  .name = "Cuti tahunan",
	  .from_ms = AT(7, 1),
	  .place = "Lobi Bappeda"},
	 "Cuti tahunan, tetapi ada presensi 07.01 di Lobi Bappeda. Perlu penjelasan."},
	{{.kind = REASON_STATUS, .name = "Tugas Belajar"}, "Tidak wajib presensi: Tugas Belajar."},
	{{.kind = REASON_NO_SCHEDULE}, "Unit belum memiliki jadwal kerja yang berlaku pada hari ini."},
	{{.kind = REASON_TRIAL, .day = MONDAY},
	 "Uji coba, belum diperhitungkan; berlaku penuh mulai 3 Maret 2025."},
};

static void every_kind_has_its_words(void)
{
	gboolean said[REASON_LOST + 1] = {FALSE};
	for (gsize i = 0; i < G_N_ELEMENTS(rows); i++) {
		g_autoptr(GString) out = g_string_new(NULL);
		reason_words(out, &rows[i].reason, OFFSET);
		g_assert_cmpstr(out->str, ==, rows[i].words);
		said[rows[i].reason.kind] = TRUE;
	}
	for (int kind = 0; kind <= REASON_LOST; kind++) {
		g_assert_true(said[kind]);
		for (int other = 0; other < kind; other++)
			g_assert_cmpstr(reason_kind_text(kind), !=, reason_kind_text(other));
	}
}

static void json_is_escaped(void)
{
	static const Reason reasons[] = {
		{.kind = REASON_HOLIDAY, .code = "HL", .name = "Hari \"X\" \\ \x01 é"},
		{.kind = REASON_LATE, .slot = SLOT_IN, .code = "TL1", .minutes = 12, .from_ms = AT(7, 12)},
	};
	g_autofree char *json = reasons_json(reasons, G_N_ELEMENTS(reasons), OFFSET);
	g_assert_cmpstr(
		json, ==,
		"[{\"rule\":\"holiday\",\"code\":\"HL\",\"name\":\"Hari \\\"X\\\" \\\\ \\u0001 é\","
		"\"text\":\"Hari libur: Hari \\\"X\\\" \\\\ \\u0001 é.\"},"
		"{\"rule\":\"late\",\"slot\":\"in\",\"code\":\"TL1\",\"minutes\":12,"
		"\"from_ms\":1740960720000,\"text\":\"Terlambat 12 menit (TL1). Presensi pertama dalam"
		" jendela masuk 07.12; detik diabaikan.\"}]");
	g_autofree char *none = reasons_json(NULL, 0, OFFSET);
	g_assert_cmpstr(none, ==, "[]");
}

/* What is stored says the same as what was judged. */
static void packed_reasons_say_the_same(void)
{
	Reason all[G_N_ELEMENTS(rows) + 1];
	for (gsize i = 0; i < G_N_ELEMENTS(rows); i++)
		all[i] = rows[i].reason;
	all[G_N_ELEMENTS(rows)] = (Reason){.kind = REASON_DEDUCTION,
									   .slot = SLOT_OUT,
									   .code = "TL1;\\",
									   .name = "a\nb;c\\n",
									   .document = "",
									   .document_out = "; ",
									   .place = "x",
									   .place_out = "y",
									   .terminal = "t-1",
									   .by = "bkd;siti",
									   .number = 7,
									   .event = "t-1/00/7",
									   .event_out = "t-1/00/8",
									   .minutes = -3,
									   .percent_bp = 25,
									   .from_ms = G_MAXINT64,
									   .to_ms = G_MININT64,
									   .day = G_MININT64};
	g_autofree char *packed = reasons_pack(all, G_N_ELEMENTS(all), OFFSET);
	g_autofree char *unpacked = reasons_unpack_json(packed);
	g_autofree char *json = reasons_json(all, G_N_ELEMENTS(all), OFFSET);
	g_assert_cmpstr(unpacked, ==, json);
	g_autofree char *nothing = reasons_pack(NULL, 0, OFFSET);
	g_autofree char *none = reasons_unpack_json(nothing);
	g_assert_cmpstr(none, ==, "[]");
}

static void what_was_stored_otherwise_is_no_danger(void)
{
	static const struct {
		const char *stored, *json;
	} others[] = {
		{"[{\"rule\":\"x\"}]", "[{\"rule\":\"x\"}]"}, /* before there was a short form */
		{"1;420\nno-such-rule;cX\n", "[]"},
		{"1;", "[]"},
		{"1;420\nno-schedule;q7;;cTJ\\", "[{\"rule\":\"no-schedule\",\"code\":\"TJ\\\\\",\"text\":"
										 "\"Unit belum memiliki jadwal kerja yang"
										 " berlaku pada hari ini.\"}]"},
	};
	for (gsize i = 0; i < G_N_ELEMENTS(others); i++) {
		g_autofree char *json = reasons_unpack_json(others[i].stored);
		g_assert_cmpstr(json, ==, others[i].json);
	}
}

int main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	g_test_add_func("/rules/reason/every_kind_has_its_words", every_kind_has_its_words);
	g_test_add_func("/rules/reason/json_is_escaped", json_is_escaped);
	g_test_add_func("/rules/reason/packed_reasons_say_the_same", packed_reasons_say_the_same);
	g_test_add_func("/rules/reason/what_was_stored_otherwise_is_no_danger",
					what_was_stored_otherwise_is_no_danger);
	return g_test_run();
}
