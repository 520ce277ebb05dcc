#include "server/rules/reason.h"

#include <string.h>

#include "server/rules/calendar.h"
#include "server/rules/leave.h"

/* ── Words ── */

static void add_time(GString *out, gint64 at_ms, gint64 offset)
{
	calendar_words_time(out, at_ms, offset);
}

static void add_span(GString *out, gint64 from_ms, gint64 to_ms, gint64 offset)
{
	add_time(out, from_ms, offset);
	g_string_append(out, "–");
	add_time(out, to_ms, offset);
}

static void add_place(GString *out, const char *place)
{
	if (place != NULL)
		g_string_append_printf(out, " di %s", place);
}

/* By hand or from elsewhere, and by which list. */
static void add_hand(GString *out, const char *document)
{
	if (document != NULL)
		g_string_append_printf(out, " (dicatat manual: %s)", document);
}

static void say_present(GString *out, const Reason *r, gint64 offset)
{
	if (r->from_ms != 0) {
		g_string_append(out, "Masuk ");
		add_time(out, r->from_ms, offset);
		add_place(out, r->place);
		add_hand(out, r->document);
	}
	if (r->to_ms != 0) {
		g_string_append(out, r->from_ms != 0 ? ", pulang " : "Pulang ");
		add_time(out, r->to_ms, offset);
		add_place(out, r->place_out);
		add_hand(out, r->document_out);
	}
	g_string_append_c(out, '.');
}

static void say_schedule(GString *out, const Reason *r, gint64 offset)
{
	g_string_append(out, "Jadwal ");
	add_span(out, r->from_ms, r->to_ms, offset);
	g_string_append_printf(out, " (%s", r->name != NULL ? r->name : "jam kerja");
	if (r->document != NULL)
		g_string_append_printf(out, ", %s", r->document);
	if (r->day != G_MININT64) {
		g_string_append(out, ", berlaku sejak ");
		calendar_words_date(out, r->day, FALSE);
	}
	g_string_append(out, ").");
}

static void say_late(GString *out, const Reason *r, gint64 offset)
{
	g_string_append_printf(out,
						   "Terlambat %" G_GINT64_FORMAT " menit (%s). Presensi pertama dalam"
						   " jendela masuk ",
						   r->minutes, r->code);
	add_time(out, r->from_ms, offset);
	g_string_append(out, "; detik diabaikan.");
}

static void say_early(GString *out, const Reason *r, gint64 offset)
{
	g_string_append_printf(out,
						   "Pulang %" G_GINT64_FORMAT " menit sebelum waktunya (%s). Presensi"
						   " terakhir dalam jendela pulang ",
						   r->minutes, r->code);
	add_time(out, r->from_ms, offset);
	g_string_append(out, "; detik diabaikan.");
}

static void say_flex(GString *out, const Reason *r, gint64 offset)
{
	g_string_append(out, "Masuk ");
	add_time(out, r->from_ms, offset);
	g_string_append(out, " dalam waktu fleksibel, pulang paling awal ");
	add_time(out, r->to_ms, offset);
	g_string_append_c(out, '.');
}

static void say_no_in(GString *out, const Reason *r, gint64 offset)
{
	g_string_append(out, "Tidak ada presensi masuk ");
	add_span(out, r->from_ms, r->to_ms, offset);
	g_string_append_c(out, '.');
}

static void say_no_out(GString *out, const Reason *r, gint64 offset)
{
	g_string_append(out, "Tidak ada presensi pulang ");
	add_span(out, r->from_ms, r->to_ms, offset);
	g_string_append_c(out, '.');
}

static void say_absent(GString *out, const Reason *r, gint64 offset)
{
	g_string_append(out, "Tidak ada presensi ");
	add_span(out, r->from_ms, r->to_ms, offset);
	g_string_append(out, ", dan data mesin presensi lengkap.");
}

static void say_not_yet(GString *out, const Reason *r, gint64 offset)
{
	g_string_append_printf(out, "Presensi %s ditunggu sampai ",
						   r->slot == SLOT_IN ? "masuk" : "pulang");
	add_time(out, r->to_ms, offset);
	g_string_append_c(out, '.');
}

static void say_waiting(GString *out, const Reason *r, gint64 offset)
{
	g_string_append(out, "Presensi pukul ");
	add_time(out, r->from_ms, offset);
	add_place(out, r->place);
	g_string_append(out, " menunggu verifikasi atau persetujuan.");
}

static void say_gap(GString *out, const Reason *r, gint64 offset)
{
	g_string_append(out, "Data mesin presensi");
	if (r->terminal != NULL)
		g_string_append_printf(out, " %s", r->terminal);
	add_place(out, r->place);
	g_string_append(out, " pukul ");
	add_span(out, r->from_ms, r->to_ms, offset);
	g_string_append(out, " belum diterima. Belum dinilai dan tidak dihitung tidak hadir.");
}

static void say_no_terminal(GString *out, const Reason *r, gint64 offset)
{
	g_string_append(out, "Tidak ada mesin presensi yang bekerja");
	add_place(out, r->place);
	g_string_append(out, " pukul ");
	add_span(out, r->from_ms, r->to_ms, offset);
	g_string_append(out, ". Tidak dihitung tidak hadir.");
}

/* "3 Maret 2025 06.00–09.30", or with the day of its end too. */
static void add_dated_span(GString *out, const Reason *r, gint64 offset)
{
	gint64 from_day = calendar_day(r->from_ms, offset), to_day = calendar_day(r->to_ms, offset);
	g_string_append_c(out, ' ');
	calendar_words_date(out, from_day, FALSE);
	g_string_append_c(out, ' ');
	add_time(out, r->from_ms, offset);
	g_string_append(out, "–");
	if (to_day != from_day) {
		calendar_words_date(out, to_day, FALSE);
		g_string_append_c(out, ' ');
	}
	add_time(out, r->to_ms, offset);
}

static void add_decider(GString *out, const Reason *r)
{
	if (r->by == NULL)
		return;
	g_string_append_printf(out, " oleh %s, ", r->by);
	calendar_words_date(out, r->day, FALSE);
}

static void say_outage(GString *out, const Reason *r, gint64 offset)
{
	g_string_append(out, "Gangguan");
	if (r->number != 0)
		g_string_append_printf(out, " nomor %" G_GINT64_FORMAT, r->number);
	if (r->name != NULL)
		g_string_append_printf(out, " (%s)", r->name);
	add_place(out, r->place);
	if (r->from_ms < r->to_ms)
		add_dated_span(out, r, offset);
	if (r->document != NULL)
		g_string_append_printf(out, " (Berita Acara %s)", r->document);
	if (r->kind == REASON_OUTAGE) {
		g_string_append(out, " telah disetujui");
		add_decider(out, r);
		g_string_append_c(out, '.');
	} else {
		g_string_append(out, " dilaporkan, menunggu keputusan.");
	}
}

static void say_lost(GString *out, const Reason *r, gint64 offset)
{
	g_string_append_printf(out, "Data mesin presensi %s", r->terminal);
	add_dated_span(out, r, offset);
	g_string_append_printf(out, " dinyatakan hilang (keputusan nomor %" G_GINT64_FORMAT, r->number);
	add_decider(out, r);
	g_string_append_printf(out, ": %s). Tidak dihitung tidak hadir.", r->name);
}

static void say_not_enrolled(GString *out, const Reason *r G_GNUC_UNUSED,
							 gint64 offset G_GNUC_UNUSED)
{
	g_string_append(out, "Sidik jari belum direkam. Kehadiran dicatat dengan daftar manual oleh"
						 " pengelola.");
}

static void say_holiday(GString *out, const Reason *r, gint64 offset G_GNUC_UNUSED)
{
	g_string_append_printf(out, "Hari libur: %s", r->name);
	if (r->document != NULL)
		g_string_append_printf(out, " (%s)", r->document);
	g_string_append_c(out, '.');
}

static void say_day_off(GString *out, const Reason *r, gint64 offset G_GNUC_UNUSED)
{
	g_string_append_printf(out, "Bukan hari kerja menurut jadwal %s",
						   r->name != NULL ? r->name : "unit");
	if (r->document != NULL)
		g_string_append_printf(out, " (%s)", r->document);
	g_string_append_c(out, '.');
}

static void say_leave(GString *out, const Reason *r, gint64 offset G_GNUC_UNUSED)
{
	g_string_append(out, r->name);
	if (r->document != NULL)
		g_string_append_printf(out, " (surat %s)", r->document);
	if (r->slot == SLOT_IN)
		g_string_append(out, ", untuk presensi masuk");
	else if (r->slot == SLOT_OUT)
		g_string_append(out, ", untuk presensi pulang");
	g_string_append_c(out, '.');
}

static void say_conflict(GString *out, const Reason *r, gint64 offset)
{
	g_string_append_printf(out, "%s, tetapi ada presensi ", r->name);
	add_time(out, r->from_ms, offset);
	add_place(out, r->place);
	g_string_append(out, ". Perlu penjelasan.");
}

static void say_status(GString *out, const Reason *r, gint64 offset G_GNUC_UNUSED)
{
	g_string_append_printf(out, "Tidak wajib presensi: %s.", r->name);
}

static void say_no_schedule(GString *out, const Reason *r G_GNUC_UNUSED,
							gint64 offset G_GNUC_UNUSED)
{
	g_string_append(out, "Unit belum memiliki jadwal kerja yang berlaku pada hari ini.");
}

static void say_trial(GString *out, const Reason *r, gint64 offset G_GNUC_UNUSED)
{
	g_string_append(out, "Uji coba, belum diperhitungkan; berlaku penuh mulai ");
	calendar_words_date(out, r->day, FALSE);
	g_string_append_c(out, '.');
}

static void add_percent(GString *out, gint64 percent_bp)
{
	g_string_append_printf(out, "%" G_GINT64_FORMAT, percent_bp / 100);
	if (percent_bp % 10 != 0)
		g_string_append_printf(out, ",%02d", (int)(percent_bp % 100));
	else if (percent_bp % 100 != 0)
		g_string_append_printf(out, ",%d", (int)(percent_bp % 100 / 10));
	g_string_append(out, " %");
}

static void say_deduction(GString *out, const Reason *r, gint64 offset G_GNUC_UNUSED)
{
	g_string_append(out, "Potongan ");
	add_percent(out, r->percent_bp);
	g_string_append_printf(out, " untuk %s", r->code);
	if (r->minutes != 0)
		g_string_append_printf(out, ", %" G_GINT64_FORMAT " menit", r->minutes);
	g_string_append_printf(out, " (skema %s", r->name);
	if (r->document != NULL)
		g_string_append_printf(out, ", %s", r->document);
	g_string_append(out, ").");
}

static void say_capped(GString *out, const Reason *r, gint64 offset G_GNUC_UNUSED)
{
	g_string_append(out, "Jumlah potongan dibatasi ");
	add_percent(out, r->percent_bp);
	g_string_append_c(out, '.');
}

static void say_two_places(GString *out, const Reason *r, gint64 offset)
{
	g_string_append(out, "Presensi ");
	add_time(out, r->from_ms, offset);
	add_place(out, r->place);
	g_string_append(out, " dan ");
	add_time(out, r->to_ms, offset);
	add_place(out, r->place_out);
	g_string_append(out, ": terlalu dekat waktunya untuk dua lokasi. Perlu penjelasan.");
}

static void say_event(GString *out, const Reason *r, gint64 offset)
{
	g_string_append_printf(out, r->kind == REASON_EVENT ? "Mengikuti %s" : "Tidak mengikuti %s",
						   r->name);
	if (r->document != NULL)
		g_string_append_printf(out, " (%s)", r->document);
	if (r->to_ms != 0) {
		g_string_append(out, ", pukul ");
		add_span(out, r->from_ms, r->to_ms, offset);
	} else if (r->from_ms != 0) {
		g_string_append(out, ", presensi ");
		add_time(out, r->from_ms, offset);
		add_place(out, r->place);
	} else {
		g_string_append(out, ", menurut daftar hadir");
	}
	g_string_append_c(out, '.');
}

static void say_unlettered(GString *out, const Reason *r G_GNUC_UNUSED, gint64 offset G_GNUC_UNUSED)
{
	g_string_append(out, "Sakit tanpa surat: menurut pengaturan dihitung tanpa keterangan sampai"
						 " suratnya ada.");
}

static void say_day_length(GString *out, const Reason *r, gint64 offset G_GNUC_UNUSED)
{
	g_string_append_printf(out,
						   "Satu hari di sini %" G_GINT64_FORMAT " menit: untuk hitungan setahun"
						   " menjadi %" G_GINT64_FORMAT " dari 450 menit.",
						   r->day_min, r->minutes);
}

static const struct {
	const char *name;
	void (*say)(GString *out, const Reason *reason, gint64 offset);
} kinds[] = {
	[REASON_PRESENT] = {"present", say_present},
	[REASON_SCHEDULE] = {"schedule", say_schedule},
	[REASON_LATE] = {"late", say_late},
	[REASON_EARLY] = {"early", say_early},
	[REASON_FLEX] = {"flex", say_flex},
	[REASON_NO_IN] = {"no-in", say_no_in},
	[REASON_NO_OUT] = {"no-out", say_no_out},
	[REASON_ABSENT] = {"absent", say_absent},
	[REASON_NOT_YET] = {"not-yet", say_not_yet},
	[REASON_WAITING] = {"waiting", say_waiting},
	[REASON_GAP] = {"gap", say_gap},
	[REASON_NO_TERMINAL] = {"no-terminal", say_no_terminal},
	[REASON_OUTAGE_DECLARED] = {"outage-declared", say_outage},
	[REASON_OUTAGE] = {"outage", say_outage},
	[REASON_NOT_ENROLLED] = {"not-enrolled", say_not_enrolled},
	[REASON_HOLIDAY] = {"holiday", say_holiday},
	[REASON_DAY_OFF] = {"day-off", say_day_off},
	[REASON_LEAVE] = {"leave", say_leave},
	[REASON_CONFLICT] = {"conflict", say_conflict},
	[REASON_STATUS] = {"status", say_status},
	[REASON_NO_SCHEDULE] = {"no-schedule", say_no_schedule},
	[REASON_TRIAL] = {"trial", say_trial},
	[REASON_DEDUCTION] = {"deduction", say_deduction},
	[REASON_CAPPED] = {"capped", say_capped},
	[REASON_TWO_PLACES] = {"two-places", say_two_places},
	[REASON_EVENT] = {"event-attended", say_event},
	[REASON_NO_EVENT] = {"event-missed", say_event},
	[REASON_UNLETTERED] = {"unlettered", say_unlettered},
	[REASON_DAY_LENGTH] = {"day-length", say_day_length},
	[REASON_LOST] = {"data-lost", say_lost},
};

const char *reason_kind_text(ReasonKind kind)
{
	return kinds[kind].name;
}

gboolean reason_kind_find(const char *text, ReasonKind *kind)
{
	for (gsize i = 0; i < G_N_ELEMENTS(kinds); i++) {
		if (strcmp(kinds[i].name, text) != 0)
			continue;
		*kind = (ReasonKind)i;
		return TRUE;
	}
	return FALSE;
}

void reason_words(GString *out, const Reason *reason, gint64 utc_offset_min)
{
	kinds[reason->kind].say(out, reason, utc_offset_min);
}

/* ── JSON (RFC 8259) ── */

static void add_json_text(GString *out, const char *text)
{
	g_string_append_c(out, '"');
	for (const char *c = text; *c != '\0'; c++) {
		if (*c == '"' || *c == '\\')
			g_string_append_printf(out, "\\%c", *c);
		else if ((guchar)*c < 0x20)
			g_string_append_printf(out, "\\u%04x", (guint)*c);
		else
			g_string_append_c(out, *c);
	}
	g_string_append_c(out, '"');
}

static void add_member(GString *out, const char *name, const char *text)
{
	if (text == NULL)
		return;
	g_string_append_printf(out, ",\"%s\":", name);
	add_json_text(out, text);
}

static void add_number(GString *out, const char *name, gint64 number)
{
	if (number != 0)
		g_string_append_printf(out, ",\"%s\":%" G_GINT64_FORMAT, name, number);
}

void reason_json(GString *out, const Reason *reason, gint64 utc_offset_min)
{
	g_autoptr(GString) words = g_string_new(NULL);
	reason_words(words, reason, utc_offset_min);
	g_string_append_printf(out, "{\"rule\":\"%s\"", reason_kind_text(reason->kind));
	if (reason->slot == SLOT_IN || reason->slot == SLOT_OUT)
		add_member(out, "slot", reason->slot == SLOT_IN ? "in" : "out");
	add_member(out, "code", reason->code);
	add_member(out, "name", reason->name);
	add_member(out, "document", reason->document);
	add_member(out, "document_out", reason->document_out);
	add_member(out, "place", reason->place);
	add_member(out, "place_out", reason->place_out);
	add_member(out, "terminal", reason->terminal);
	add_member(out, "by", reason->by);
	add_number(out, "number", reason->number);
	add_member(out, "event", reason->event);
	add_member(out, "event_out", reason->event_out);
	add_number(out, "minutes", reason->minutes);
	add_number(out, "day_min", reason->day_min);
	add_number(out, "percent_bp", reason->percent_bp);
	add_number(out, "from_ms", reason->from_ms);
	add_number(out, "to_ms", reason->to_ms);
	add_member(out, "text", words->str);
	g_string_append_c(out, '}');
}

char *reasons_json(const Reason *reasons, gsize n, gint64 utc_offset_min)
{
	g_autoptr(GString) out = g_string_new("[");
	for (gsize i = 0; i < n; i++) {
		if (i > 0)
			g_string_append_c(out, ',');
		reason_json(out, &reasons[i], utc_offset_min);
	}
	g_string_append_c(out, ']');
	return g_string_free(g_steal_pointer(&out), FALSE);
}
