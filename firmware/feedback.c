#include "firmware/feedback.h"

#include <string.h>

/*
 * The texts, in the order of the enum.  Gaps: {name} {clock} {seconds} {date} {waiting} {finger}
 * {Finger} {progress} {next} {minutes} {code}.
 */
typedef struct {
	FeedbackRow row;
	const char *large, *small;
} CatalogueRow;

#define ROW(name, symbol, lamp, sound)                                                             \
	{name, SYMBOL_##symbol, LAMP_##lamp, SOUND_##sound, FALSE, NULL}
#define KEYS(name, symbol, lamp, sound)                                                            \
	{name, SYMBOL_##symbol, LAMP_##lamp, SOUND_##sound, TRUE, NULL}
#define BUTTON(name, symbol, lamp, sound, button)                                                  \
	{name, SYMBOL_##symbol, LAMP_##lamp, SOUND_##sound, FALSE, button}

static const CatalogueRow catalogue[SCREEN_N] = {
	[SCREEN_READY] = {ROW("ready", NONE, WHITE, NONE), "{seconds}", "{date} · Tempelkan jari Anda"},
	[SCREEN_READY_OFFLINE] = {ROW("ready-offline", ALERT, BLUE, NONE), "{seconds}",
							  "Tanpa jaringan. Presensi tetap tercatat ({waiting} menunggu)"},
	[SCREEN_READY_CLOCK_DOUBTFUL] = {ROW("clock-doubtful", ALERT, BLUE, NONE),
									 "Jam mesin belum pasti",
									 "Presensi tetap tercatat, waktunya diperiksa server"},
	[SCREEN_READY_TAMPER] = {ROW("case-open", ALERT, YELLOW, NONE), "Penutup mesin terbuka",
							 "Presensi tetap dapat dilakukan. Kejadian ini tercatat"},
	[SCREEN_READING] = {ROW("reading", WAIT, WHITE, NONE), "Jangan diangkat dulu",
						"Sedang membaca sidik jari"},
	[SCREEN_OK_IN] = {BUTTON("ok-in", CHECK, GREEN, OK, "Kode akun"), "{name}",
					  "Presensi masuk tercatat pukul {clock}"},
	[SCREEN_OK_OUT] = {BUTTON("ok-out", CHECK, GREEN, OK, "Kode akun"), "{name}",
					   "Presensi pulang tercatat pukul {clock}"},
	[SCREEN_OK] = {BUTTON("ok", CHECK, GREEN, OK, "Kode akun"), "{name}", "Tercatat pukul {clock}"},
	[SCREEN_OK_OUTSIDE] = {BUTTON("ok-outside", CHECK, GREEN, OK, "Kode akun"), "{name}",
						   "Tercatat pukul {clock}, di luar jam presensi"},
	[SCREEN_RECEIVED] = {BUTTON("received", DOUBLE_CHECK, GREEN, NONE, "Kode akun"), "{name}",
						 "Sudah diterima server BKD"},
	[SCREEN_OK_OFFLINE] = {ROW("ok-offline", CHECK, GREEN_BLUE, OK), "{name}",
						   "Tercatat {clock} di mesin ini, terkirim saat jaringan pulih"},
	[SCREEN_REPEAT] = {BUTTON("repeat", CHECK, GREEN, OK, "Kode akun"), "Sudah tercatat",
					   "Pukul {clock}. Tidak perlu mengulang"},
	[SCREEN_TOO_SHORT] = {ROW("too-short", ALERT, YELLOW, AGAIN), "Belum terbaca",
						  "Tempelkan lebih lama, sampai bunyi"},
	[SCREEN_OFF_CENTRE] = {ROW("off-centre", ALERT, YELLOW, AGAIN), "Geser ke tengah",
						   "Ujung jari menutupi kaca sensor"},
	[SCREEN_DRY] = {ROW("dry", ALERT, YELLOW, AGAIN), "Jari terlalu kering",
					"Embuskan napas ke jari, lalu coba lagi"},
	[SCREEN_WET] = {ROW("wet", ALERT, YELLOW, AGAIN), "Jari basah",
					"Keringkan jari, lalu coba lagi"},
	[SCREEN_DIRTY] = {ROW("dirty", ALERT, YELLOW, AGAIN), "Sensor kotor",
					  "Lap kaca dengan kain kering, lalu coba lagi"},
	[SCREEN_RETRY] = {ROW("retry", ALERT, YELLOW, AGAIN), "Belum terbaca",
					  "Bersihkan jari, tekan rata, lalu coba lagi"},
	[SCREEN_LIFT] = {ROW("lift", ALERT, YELLOW, AGAIN), "Angkat jari",
					 "Lalu tempelkan sekali lagi"},
	[SCREEN_UNKNOWN] = {ROW("unknown", ALERT, YELLOW, AGAIN), "Belum dikenali",
						"Coba jari lain yang terdaftar"},
	[SCREEN_UNKNOWN_KEYPAD] = {KEYS("unknown-keypad", ALERT, YELLOW, AGAIN), "Belum dikenali",
							   "Ketik nomor Anda. Percobaan Anda tercatat"},
	[SCREEN_TOO_CLOSE] = {ROW("too-close", ALERT, YELLOW, AGAIN), "Perlu satu jari lagi",
						  "Tempelkan jari lain yang terdaftar"},
	[SCREEN_KEYPAD] = {KEYS("keypad", NONE, WHITE, NONE), "Ketik nomor Anda",
					   "Nomor Hadir atau NIP, lalu tekan OK"},
	[SCREEN_NUMBER_UNKNOWN] = {KEYS("number-unknown", ALERT, YELLOW, AGAIN),
							   "Nomor tidak ditemukan", "Periksa lagi angka yang diketik"},
	[SCREEN_VISITOR_FINGER] = {BUTTON("visitor-finger", WAIT, WHITE, NONE, "Tanpa jari"),
							   "Tempelkan jari Anda", "Untuk mencocokkan nomor yang diketik"},
	[SCREEN_VISITOR_OK] = {ROW("visitor-ok", CHECK, GREEN, OK), "{name}",
						   "Tercatat sebagai tamu pukul {clock}"},
	[SCREEN_VISITOR_WAITING] = {ROW("visitor-waiting", WAIT, BLUE, WAIT), "Tercatat pukul {clock}",
								"Sedang dicocokkan di server"},
	[SCREEN_VISITOR_OFFLINE] = {ROW("visitor-offline", CHECK, BLUE, OK), "Tercatat pukul {clock}",
								"Dicocokkan di server saat jaringan pulih"},
	[SCREEN_VISITOR_HELD] = {ROW("visitor-held", WAIT, YELLOW, WAIT), "Tercatat pukul {clock}",
							 "Menunggu pemeriksaan pengelola"},
	[SCREEN_VISITOR_NO_MATCH] = {ROW("visitor-no-match", ALERT, YELLOW, AGAIN), "Tidak cocok",
								 "Jari tidak sesuai nomor. Coba lagi atau hubungi pengelola"},
	[SCREEN_NOT_ENROLLED] = {BUTTON("not-enrolled", ALERT, YELLOW, AGAIN, "Tanpa jari"),
							 "Sidik jari belum direkam",
							 "Kehadiran dicatat manual. Hubungi pengelola"},
	[SCREEN_MOVED] = {KEYS("moved", ALERT, YELLOW, AGAIN), "Data Anda sudah pindah",
					  "Ketik nomor Anda untuk presensi sebagai tamu"},
	[SCREEN_INACTIVE] = {ROW("inactive", CROSS, RED, NO), "Tidak dapat dicatat",
						 "Hubungi pengelola kepegawaian"},
	[SCREEN_FINGERLESS] = {BUTTON("fingerless", WAIT, YELLOW, WAIT, "Setujui"),
						   "Tercatat pukul {clock}",
						   "Menunggu persetujuan atasan, di mesin ini atau di web"},
	[SCREEN_APPROVER] = {ROW("approver", WAIT, WHITE, NONE), "Setujui pukul {clock}?",
						 "{name} · tempelkan jari penyetuju"},
	[SCREEN_APPROVED] = {ROW("approved", CHECK, GREEN, OK), "Disetujui",
						 "Oleh {name} pukul {clock}"},
	[SCREEN_NOT_ENTITLED] = {ROW("not-entitled", CROSS, RED, NO), "Tidak dapat menyetujui",
							 "Penyetuju harus pejabat lain yang ditunjuk"},
	[SCREEN_NOT_STORED] = {ROW("not-stored", CROSS, RED, NO), "Belum tercatat",
						   "Ulangi. Bila berulang, gunakan mesin lain"},
	[SCREEN_RESERVE] = {ROW("reserve", CROSS, RED, NO), "Mesin penuh",
						"Tidak dapat mencatat. Gunakan mesin lain"},
	[SCREEN_SENSOR_MISSING] = {ROW("sensor-missing", CROSS, RED, NO), "Sensor tidak tersambung",
							   "Gunakan mesin lain. Gangguan sudah tercatat"},
	[SCREEN_BATTERY] = {ROW("battery", ALERT, BLUE, NONE), "Listrik padam",
						"Mesin memakai baterai, sisa sekitar {minutes} menit"},
	[SCREEN_STOPPING] = {ROW("stopping", NONE, OFF, NONE), "Mesin dimatikan",
						 "Semua presensi sudah tersimpan"},
	[SCREEN_UPDATING] = {ROW("updating", WAIT, WHITE, NONE), "Sedang memperbarui",
						 "Siap kembali sekitar 1 menit lagi"},
	[SCREEN_REVOKED] = {ROW("revoked", CROSS, RED, NONE), "Mesin tidak aktif",
						"Gunakan mesin lain"},
	[SCREEN_INSTALL] = {ROW("install", NONE, WHITE, NONE), "Masukkan kode pemasangan",
						"Kode didapat dari BKD, berlaku satu jam"},
	[SCREEN_CODE_WRONG] = {ROW("code-wrong", CROSS, RED, NO), "Kode salah",
						   "Periksa lagi, atau minta kode baru kepada BKD"},
	[SCREEN_CODE_USED] = {ROW("code-used", CROSS, RED, NO), "Kode sudah dipakai",
						  "Minta kode baru kepada BKD"},
	[SCREEN_CODE_EXPIRED] = {ROW("code-expired", CROSS, RED, NO), "Kode kedaluwarsa",
							 "Minta kode baru kepada BKD"},
	[SCREEN_COURIER_DONE] = {ROW("courier-done", CHECK, GREEN, OK), "Selesai disalin",
							 "{waiting} presensi. USB boleh dicabut"},
	[SCREEN_COURIER_BAD] = {ROW("courier-bad", ALERT, YELLOW, AGAIN), "USB tidak terbaca",
							"Gunakan USB lain. Tidak ada data yang hilang"},
	[SCREEN_ENROL_NOTICE] = {ROW("enrol-notice", NONE, WHITE, NONE), "Perekaman sidik jari",
							 "Disimpan sebagai kode tersandi, bukan gambar"},
	[SCREEN_ENROL_FINGER] = {ROW("enrol-finger", WAIT, WHITE, NONE), "{Finger}: {progress}",
							 "{name}, tempelkan jari"},
	[SCREEN_ENROL_LIFT] = {ROW("enrol-lift", WAIT, WHITE, NONE), "Angkat jari", "Sebentar"},
	[SCREEN_ENROL_AGAIN] = {ROW("enrol-again", CHECK, WHITE, OK), "Bagus",
							"Tempelkan jari yang sama sekali lagi"},
	[SCREEN_ENROL_OTHER_FINGER] = {ROW("enrol-other-finger", ALERT, YELLOW, AGAIN), "Jari berbeda",
								   "Gunakan {finger} seperti tadi"},
	[SCREEN_ENROL_POOR] = {ROW("enrol-poor", ALERT, YELLOW, AGAIN), "Kurang jelas",
						   "Bersihkan jari, tekan rata, lalu ulangi"},
	[SCREEN_ENROL_NEXT] = {ROW("enrol-next", WAIT, WHITE, OK), "{next}",
						   "Agar tetap bisa presensi bila satu jari terluka"},
	[SCREEN_ENROL_SENT] = {ROW("enrol-sent", WAIT, BLUE, OK), "Perekaman selesai",
						   "Menunggu pemeriksaan server"},
	[SCREEN_ENROL_TEST] = {ROW("enrol-test", CHECK, GREEN, OK), "Selesai",
						   "Tempelkan sekali lagi untuk memastikan"},
	[SCREEN_ENROL_CANCELLED] = {ROW("enrol-cancelled", NONE, WHITE, NONE), "Perekaman dibatalkan",
								"Tidak ada data yang disimpan"},
	[SCREEN_ENROL_TIMEOUT] = {ROW("enrol-timeout", NONE, WHITE, NONE), "Waktu habis",
							  "Perekaman dibatalkan, tidak ada data yang disimpan"},
	[SCREEN_ENROL_HELD] = {ROW("enrol-held", WAIT, YELLOW, NONE), "Menunggu pemeriksaan BKD",
						   "Kehadiran Anda sementara dicatat manual"},
	[SCREEN_ENROL_REFUSED] = {ROW("enrol-refused", CROSS, RED, NO), "Perekaman ditolak",
							  "Tidak ada data yang disimpan. Hubungi pengelola"},
	[SCREEN_ACCOUNT_WAITING] = {ROW("account-waiting", WAIT, BLUE, NONE), "Kode akun",
								"Sedang diminta dari server"},
	[SCREEN_ACCOUNT_CODE] = {ROW("account-code", CHECK, GREEN, OK), "{code}",
							 "Buka Hadir, pilih Aktivasi. Berlaku {minutes} menit, satu kali"},
	[SCREEN_ACCOUNT_REFUSED] = {ROW("account-refused", CROSS, RED, NO), "Kode tidak diberikan",
								"Hubungi pengelola kepegawaian unit kerja Anda"},
	[SCREEN_ACCOUNT_LATER] = {ROW("account-later", ALERT, YELLOW, AGAIN), "Kode belum tersedia",
							  "Server belum menjawab. Presensi Anda tetap tercatat"},
};

const FeedbackRow *feedback_row(Screen screen)
{
	g_assert(screen < SCREEN_N);
	return &catalogue[screen].row;
}

const char *feedback_finger(Finger finger)
{
	static const char *const names[FINGER_LAST + 1] = {
		[FINGER_RIGHT_THUMB] = "jempol kanan",       [FINGER_RIGHT_INDEX] = "telunjuk kanan",
		[FINGER_RIGHT_MIDDLE] = "jari tengah kanan", [FINGER_RIGHT_RING] = "jari manis kanan",
		[FINGER_RIGHT_LITTLE] = "kelingking kanan",  [FINGER_LEFT_THUMB] = "jempol kiri",
		[FINGER_LEFT_INDEX] = "telunjuk kiri",       [FINGER_LEFT_MIDDLE] = "jari tengah kiri",
		[FINGER_LEFT_RING] = "jari manis kiri",      [FINGER_LEFT_LITTLE] = "kelingking kiri",
	};
	g_assert(finger >= FINGER_FIRST && finger <= FINGER_LAST);
	return names[finger];
}

static GDateTime *local_time(gint64 at_ms, int utc_offset_min)
{
	g_autoptr(GTimeZone) zone = g_time_zone_new_offset(utc_offset_min * 60);
	g_autoptr(GDateTime) utc = g_date_time_new_from_unix_utc(at_ms / 1000);
	/* A clock that was never set may be anywhere; the panel then shows the epoch. */
	return utc != NULL ? g_date_time_to_timezone(utc, zone)
					   : g_date_time_new(zone, 1970, 1, 1, 0, 0, 0);
}

void feedback_clock(char out[9], gint64 at_ms, int utc_offset_min, gboolean seconds)
{
	g_autoptr(GDateTime) local = local_time(at_ms, utc_offset_min);
	g_snprintf(out, 9, "%02d.%02d", g_date_time_get_hour(local), g_date_time_get_minute(local));
	if (seconds)
		g_snprintf(out + 5, 4, ".%02d", g_date_time_get_second(local));
}

static void append_date(GString *out, gint64 at_ms, int utc_offset_min)
{
	static const char *const days[] = {"Senin", "Selasa", "Rabu",  "Kamis",
									   "Jumat", "Sabtu",  "Minggu"};
	static const char *const months[] = {"Januari",   "Februari", "Maret",    "April",
										 "Mei",       "Juni",     "Juli",     "Agustus",
										 "September", "Oktober",  "November", "Desember"};
	g_autoptr(GDateTime) local = local_time(at_ms, utc_offset_min);
	g_string_append_printf(out, "%s, %d %s %d", days[g_date_time_get_day_of_week(local) - 1],
						   g_date_time_get_day_of_month(local),
						   months[g_date_time_get_month(local) - 1], g_date_time_get_year(local));
}

/* 1204 as "1.204". */
static void append_count(GString *out, guint64 n)
{
	g_autofree char *digits = g_strdup_printf("%" G_GUINT64_FORMAT, n);
	gsize size = strlen(digits);
	for (gsize i = 0; i < size; i++) {
		if (i > 0 && (size - i) % 3 == 0)
			g_string_append_c(out, '.');
		g_string_append_c(out, digits[i]);
	}
}

/* Where "jari manis kanan" has no room, "manis kanan" says it too. */
static void append_finger(GString *out, Finger finger, gboolean capital, glong room)
{
	const char *name = feedback_finger(finger);
	if ((glong)strlen(name) > room && g_str_has_prefix(name, "jari "))
		name += strlen("jari ");
	g_string_append_c(out, capital ? g_ascii_toupper(name[0]) : name[0]);
	g_string_append(out, name + 1);
}

/* "2 dari 3", behind a long finger "2/3". */
static void append_progress(GString *out, const FeedbackText *text, glong room)
{
	gboolean wide =
		(glong)strlen(feedback_finger(text->finger)) + (glong)strlen("2 dari 3") <= room;
	g_string_append_printf(out, wide ? "%u dari %u" : "%u/%u",
						   MIN(text->accepted + 1, text->wanted), text->wanted);
}

/* What a cut at a word's end may lose; a longer loss is cut within the word. */
#define NAME_LOSS_MAX 6

/* `name` in at most `n_max` characters. */
static void append_name(GString *out, const char *name, glong n_max)
{
	g_autofree char *valid = g_utf8_make_valid(name != NULL ? name : "", -1);
	if (g_utf8_strlen(valid, -1) <= n_max) {
		g_string_append(out, valid);
		return;
	}
	const char *end = g_utf8_offset_to_pointer(valid, n_max);
	const char *space = *end == ' ' ? end : g_strrstr_len(valid, end - valid, " ");
	if (space != NULL && g_utf8_pointer_to_offset(space, end) <= NAME_LOSS_MAX) {
		g_string_append_len(out, valid, space - valid);
		return;
	}
	g_string_append_len(out, valid, g_utf8_offset_to_pointer(valid, n_max - 1) - valid);
	g_string_append(out, "…");
}

/* "Sekarang telunjuk kiri", or the finger alone where both have no room. */
static void append_next(GString *out, const FeedbackText *text, glong room)
{
	const char *now = "Sekarang ";
	glong left = room - (glong)strlen(now);
	gboolean fits = (glong)strlen(feedback_finger(text->finger)) <= left;
	if (fits)
		g_string_append(out, now);
	append_finger(out, text->finger, !fits, fits ? left : room);
}

static void append_gap(GString *out, const char *gap, const FeedbackText *text, glong room)
{
	char clock[9];
	if (g_str_equal(gap, "name")) {
		append_name(out, text->name, MIN(room, FEEDBACK_LARGE_MAX));
	} else if (g_str_equal(gap, "clock") || g_str_equal(gap, "seconds")) {
		gboolean seconds = gap[0] == 's';
		feedback_clock(clock, seconds ? text->now_ms : text->at_ms, text->utc_offset_min, seconds);
		g_string_append(out, clock);
	} else if (g_str_equal(gap, "date")) {
		append_date(out, text->now_ms, text->utc_offset_min);
	} else if (g_str_equal(gap, "waiting")) {
		append_count(out, text->n_waiting);
	} else if (g_str_equal(gap, "finger") || g_str_equal(gap, "Finger")) {
		append_finger(out, text->finger, gap[0] == 'F', room);
	} else if (g_str_equal(gap, "next")) {
		append_next(out, text, room);
	} else if (g_str_equal(gap, "progress")) {
		append_progress(out, text, room);
	} else if (g_str_equal(gap, "code")) {
		g_string_append(out, text->code != NULL ? text->code : "");
	} else if (g_str_equal(gap, "minutes")) {
		g_string_append_printf(out, "%u", text->minutes);
	} else {
		g_assert_not_reached(); /* a row of the catalogue names a gap that is none */
	}
}

/* Characters of `pattern` that are no gap: what a name must leave room for. */
static glong fixed_length(const char *pattern)
{
	glong n = 0;
	gboolean gap = FALSE;
	for (const char *c = pattern; *c != '\0'; c = g_utf8_next_char(c)) {
		if (*c == '{')
			gap = TRUE;
		else if (*c == '}')
			gap = FALSE;
		else if (!gap)
			n++;
	}
	return n;
}

static void fill(char *out, gsize size, const char *pattern, const FeedbackText *text, glong n_max)
{
	g_autoptr(GString) line = g_string_new(NULL);
	glong room = n_max - fixed_length(pattern);
	for (const char *c = pattern; *c != '\0';) {
		if (*c != '{') {
			g_string_append_c(line, *c++);
			continue;
		}
		const char *end = strchr(c, '}');
		g_autofree char *gap = g_strndup(c + 1, (gsize)(end - c - 1));
		append_gap(line, gap, text, room);
		c = end + 1;
	}
	g_assert(line->len < size);
	memcpy(out, line->str, line->len + 1);
}

void feedback_lines(Screen screen, const FeedbackText *text, FeedbackLines *out)
{
	g_assert(screen < SCREEN_N);
	fill(out->large, sizeof out->large, catalogue[screen].large, text, FEEDBACK_LARGE_MAX);
	fill(out->small, sizeof out->small, catalogue[screen].small, text, FEEDBACK_SMALL_MAX);
}
