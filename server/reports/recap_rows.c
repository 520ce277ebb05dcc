/* What a row of each kind of recap says. */
#include <string.h>

#include <jansson.h>

#include "server/reports/recap_private.h"
#include "server/rules/calendar.h"
#include "server/rules/deduction.h"

#define YEAR_DAY_MIN 450 /* elucidation of PP 53/2010 art. 3(11) */
#define MONTHS 12

static const char *const numbers[] = {
	"1",  "2",  "3",  "4",  "5",  "6",  "7",  "8",  "9",  "10", "11", "12", "13", "14", "15", "16",
	"17", "18", "19", "20", "21", "22", "23", "24", "25", "26", "27", "28", "29", "30", "31"};
static const char *const day_keys[] = {"d1",  "d2",  "d3",  "d4",  "d5",  "d6",  "d7",  "d8",
									   "d9",  "d10", "d11", "d12", "d13", "d14", "d15", "d16",
									   "d17", "d18", "d19", "d20", "d21", "d22", "d23", "d24",
									   "d25", "d26", "d27", "d28", "d29", "d30", "d31"};
static const ReportColumn months[MONTHS] = {
	{"Jan", REPORT_NUMBER, "m1", 7},  {"Feb", REPORT_NUMBER, "m2", 7},
	{"Mar", REPORT_NUMBER, "m3", 7},  {"Apr", REPORT_NUMBER, "m4", 7},
	{"Mei", REPORT_NUMBER, "m5", 7},  {"Jun", REPORT_NUMBER, "m6", 7},
	{"Jul", REPORT_NUMBER, "m7", 7},  {"Agu", REPORT_NUMBER, "m8", 7},
	{"Sep", REPORT_NUMBER, "m9", 7},  {"Okt", REPORT_NUMBER, "m10", 7},
	{"Nov", REPORT_NUMBER, "m11", 7}, {"Des", REPORT_NUMBER, "m12", 7}};
static const char *const weekdays[] = {"Senin", "Selasa", "Rabu",  "Kamis",
									   "Jumat", "Sabtu",  "Minggu"};

/* ── columns ── */

static void add_column(Recap *recap, ReportColumn column)
{
	recap->columns[recap->source.n_columns++] = column;
}

static void add_columns(Recap *recap, const ReportColumn *columns, gsize n)
{
	for (gsize i = 0; i < n; i++)
		add_column(recap, columns[i]);
}
#define ADD(recap, list) add_columns(recap, list, G_N_ELEMENTS(list))

static void add_days(Recap *recap, int width)
{
	for (gsize i = 0; i < recap_n_days(recap); i++) {
		int year, month, day;
		calendar_to_date(recap->query.from_day + (gint64)i, &year, &month, &day);
		add_column(recap, (ReportColumn){numbers[day - 1], REPORT_TEXT, day_keys[day - 1], width});
	}
}

static int month_of(gint64 day)
{
	int year, month, day_of_month;
	calendar_to_date(day, &year, &month, &day_of_month);
	return month;
}

static const ReportColumn summary_columns[] = {
	{"Hari dinilai", REPORT_NUMBER, "days", 7},
	{"Hari presensi", REPORT_NUMBER, "present", 8},
	{"Menit terlambat", REPORT_NUMBER, "late_min", 9},
	{"Menit pulang cepat", REPORT_NUMBER, "early_min", 8},
	{"Tanpa keterangan", REPORT_NUMBER, "absent", 10},
	{"Belum lengkap atau menunggu", REPORT_NUMBER, "waiting", 9},
	{"Potongan sementara (%)", REPORT_HUNDREDTHS, "deduction_bp", 9},
	{"Rincian kode", REPORT_TEXT, "codes", 30},
};
static const ReportColumn code_columns[] = {
	{"Dinilai", REPORT_NUMBER, "days", 4},
	{"Hadir", REPORT_NUMBER, "present", 4},
	{"TL", REPORT_NUMBER, "late", 3},
	{"PSW", REPORT_NUMBER, "early", 3},
	{"TAM/ TAP", REPORT_NUMBER, "forgotten", 4},
	{"TK", REPORT_NUMBER, "absent", 3},
	{"Dinas", REPORT_NUMBER, "duty", 4},
	{"Cuti", REPORT_NUMBER, "leave", 4},
	{"Izin", REPORT_NUMBER, "excused", 4},
	{"Libur", REPORT_NUMBER, "off", 4},
	{"Lain", REPORT_NUMBER, "other", 3},
	{"Tunggu", REPORT_NUMBER, "waiting", 5},
	{"Menit TL", REPORT_NUMBER, "late_min", 5},
	{"Menit PSW", REPORT_NUMBER, "early_min", 5},
	{"Pot. %", REPORT_HUNDREDTHS, "deduction_bp", 6},
};
static const ReportColumn time_columns[] = {
	{"Hadir", REPORT_NUMBER, "present", 5},
	{"Menit TL", REPORT_NUMBER, "late_min", 5},
	{"Menit PSW", REPORT_NUMBER, "early_min", 5},
};
static const ReportColumn personal_columns[] = {
	{"Tanggal", REPORT_DATE, "date", 10},
	{"Hari", REPORT_TEXT, "weekday", 7},
	{"Masuk", REPORT_TEXT, "in", 6},
	{"Pulang", REPORT_TEXT, "out", 6},
	{"Kode", REPORT_TEXT, "codes", 9},
	{"Menit TL", REPORT_NUMBER, "late_min", 6},
	{"Menit PSW", REPORT_NUMBER, "early_min", 6},
	{"Potongan (%)", REPORT_HUNDREDTHS, "deduction_bp", 8},
	{"Alasan", REPORT_TEXT, "reasons", 50},
};
static const ReportColumn apel_columns[] = {
	{"Wajib", REPORT_NUMBER, "asked", 5},
	{"Ikut", REPORT_NUMBER, "attended", 5},
	{"Tidak ikut", REPORT_NUMBER, "missed", 5},
};
static const ReportColumn lateness_columns[] = {
	{"Jumlah menit", REPORT_NUMBER, "pp94_min", 9},
	{"Setara hari (450 menit)", REPORT_NUMBER, "minute_days", 9},
	{"Hari tidak hadir", REPORT_NUMBER, "absent_days", 9},
	{"Jumlah hari", REPORT_NUMBER, "pp94_days", 8},
	{"Sisa menit", REPORT_NUMBER, "left_min", 7},
};
static const ReportColumn deduction_columns[] = {
	{"Gol.", REPORT_TEXT, "rank", 6},
	{"Hari di unit", REPORT_NUMBER, "days_here", 6},
	{"Hari bertugas", REPORT_NUMBER, "days_served", 8},
	{"Bagian (%)", REPORT_HUNDREDTHS, "share_bp", 8},
	{"TL (%)", REPORT_HUNDREDTHS, "late_bp", 7},
	{"PSW (%)", REPORT_HUNDREDTHS, "early_bp", 7},
	{"TAM/TAP (%)", REPORT_HUNDREDTHS, "forgotten_bp", 8},
	{"TK (%)", REPORT_HUNDREDTHS, "absent_bp", 7},
	{"Cuti, izin (%)", REPORT_HUNDREDTHS, "leave_bp", 7},
	{"Apel (%)", REPORT_HUNDREDTHS, "event_bp", 7},
	{"Lain (%)", REPORT_HUNDREDTHS, "other_bp", 7},
	{"Potongan bulan ini (%)", REPORT_HUNDREDTHS, "deduction_bp", 10},
	{"Penyesuaian bulan lalu (%)", REPORT_HUNDREDTHS, "adjustment_bp", 12},
	{"Potongan akhir (%)", REPORT_HUNDREDTHS, "total_bp", 9},
	{"Keterangan", REPORT_TEXT, "note", 28},
};

void recap_columns(Recap *recap)
{
	/* On paper the heading of a person's own section, or of a unit's, says it. */
	gboolean personal = recap->query.kind == RECAP_PERSONAL;
	gboolean one_unit = personal || recap->people->by_unit;
	add_column(recap, (ReportColumn){"NIP", REPORT_TEXT, "number", personal ? 0 : 19});
	add_column(recap, (ReportColumn){"Nama", REPORT_TEXT, "name", personal ? 0 : 24});
	add_column(recap, (ReportColumn){"Unit kerja", REPORT_TEXT, "unit", one_unit ? 0 : 18});
	switch (recap->query.kind) {
	case RECAP_SUMMARY:
		ADD(recap, summary_columns);
		break;
	case RECAP_CODES:
		add_days(recap, 4);
		ADD(recap, code_columns);
		break;
	case RECAP_TIMES:
		add_days(recap, 5);
		ADD(recap, time_columns);
		break;
	case RECAP_PERSONAL:
		ADD(recap, personal_columns);
		break;
	case RECAP_APEL:
		add_days(recap, 4);
		ADD(recap, apel_columns);
		break;
	case RECAP_LATENESS:
		add_columns(recap, months, (gsize)month_of(recap->query.to_day - 1));
		ADD(recap, lateness_columns);
		break;
	case RECAP_DEDUCTIONS:
		ADD(recap, deduction_columns);
		break;
	}
}

/* ── adding up ── */

static RecapCount count_of(const Recap *recap, const char *code)
{
	int found = GPOINTER_TO_INT(g_hash_table_lookup(recap->counts, code));
	return found == 0 ? COUNT_OTHER : (RecapCount)(found - 1);
}

static gboolean is_plain(const char *code)
{
	static const char *const plain[] = {"H", "BL", "BT", "MV", "BW", "TJ", "UC"};
	for (gsize i = 0; i < G_N_ELEMENTS(plain); i++)
		if (strcmp(code, plain[i]) == 0)
			return TRUE;
	return FALSE;
}

/* A day counts once for each kind of code. */
static void count_codes(Recap *recap, const char *codes)
{
	gboolean seen[N_COUNTS] = {FALSE};
	char code[RECAP_DAY_TEXT];
	while (*codes != '\0') {
		gsize size = strcspn(codes, " ");
		g_strlcpy(code, codes, MIN(size + 1, sizeof code));
		codes += size + (codes[size] == ' ');
		if (size == 0 || is_plain(code))
			continue;
		RecapCount count = count_of(recap, code);
		if (count == COUNT_EVENT) {
			recap->sums.missed += strcmp(code, "TAPG") == 0;
			recap->sums.attended += strcmp(code, "TAPG") != 0;
		}
		recap->sums.n[count] += !seen[count];
		seen[count] = TRUE;
	}
}

static void take_day(Recap *recap, const Verdict *verdict, gpointer unused G_GNUC_UNUSED)
{
	RecapSums *sums = &recap->sums;
	gint64 i = verdict->day - recap->query.from_day;
	if (!recap_people_has(recap->people, verdict->unit, i))
		return;
	RecapDay *day = &recap->days[i];
	g_strlcpy(day->codes, verdict->codes, sizeof day->codes);
	day->in_ms = verdict->in_ms;
	day->out_ms = verdict->out_ms;
	sums->days++;
	sums->present += verdict->in_ms != 0 || verdict->out_ms != 0;
	sums->late_min += verdict->late_min;
	sums->early_min += verdict->early_min;
	/* Uji coba counts for nothing. */
	sums->deduction_bp += verdict->trial ? 0 : verdict->deduction_bp;
	sums->waiting += strcmp(verdict->state, "waiting") == 0;
	count_codes(recap, verdict->codes);
}

/* The days alone: reasons cost more than all the rest. */
static VerdictCursor *brief(const Recap *recap, gint64 from_day, GError **error)
{
	VerdictCursor *cursor =
		verdicts_of_person(recap->sql, recap->person->person, from_day, recap->query.to_day, error);
	if (cursor != NULL)
		verdict_cursor_brief(cursor);
	return cursor;
}

gboolean recap_read_days(Recap *recap, GError **error)
{
	recap->sums = (RecapSums){0};
	for (gsize i = 0; i < G_N_ELEMENTS(recap->days); i++)
		recap->days[i] = (RecapDay){.codes = ""};
	if (!recap_each_day(recap, FALSE, take_day, NULL, error))
		return FALSE;
	recap->sums.deduction_bp = MIN(recap->sums.deduction_bp, DEDUCTION_CAP_BP);
	return TRUE;
}

/* ── cells ── */

typedef struct {
	Recap *recap;
	ReportCell *cell;
} Cells;

static void put_number(Cells *at, gint64 number)
{
	*at->cell++ = (ReportCell){.number = number};
}

/* A text that stays until the row is read. */
static void put(Cells *at, char *text)
{
	*at->cell++ = (ReportCell){.text = text};
}

static void put_copy(Cells *at, const char *text)
{
	put(at, text == NULL ? NULL : g_string_chunk_insert(at->recap->kept, text));
}

static Cells begin_cells(Recap *recap, ReportCell *cells)
{
	Cells at = {recap, cells};
	put_copy(&at, recap->person->number);
	put_copy(&at, recap->person->name);
	put_copy(&at, recap->person->unit->name);
	return at;
}

static void put_codes(Cells *at)
{
	for (gsize i = 0; i < recap_n_days(at->recap); i++)
		put(at, at->recap->days[i].codes);
}

#define TIME_TEXT 8

/* "06.52", and a dash for none. */
static const char *time_text(const Recap *recap, gint64 at_ms, char text[TIME_TEXT])
{
	gint64 local = at_ms + recap->query.utc_offset_min * MINUTE_MS;
	int minute = (int)((local % DAY_MS + DAY_MS) % DAY_MS / MINUTE_MS);
	if (at_ms == 0)
		return "-";
	g_snprintf(text, TIME_TEXT, "%02d.%02d", minute / 60 % 24, minute % 60);
	return text;
}

/* "06.52 15.34"; a missing one is a dash. */
static void put_times(Cells *at)
{
	Recap *recap = at->recap;
	char in[TIME_TEXT], out[TIME_TEXT];
	for (gsize i = 0; i < recap_n_days(recap); i++) {
		const RecapDay *day = &recap->days[i];
		char *text = recap->texts[i];
		text[0] = '\0';
		if (day->in_ms != 0 || day->out_ms != 0)
			g_snprintf(text, RECAP_DAY_TEXT, "%s %s", time_text(recap, day->in_ms, in),
					   time_text(recap, day->out_ms, out));
		put(at, text);
	}
}

/* Of a day's codes those of events. */
static void put_events(Cells *at)
{
	Recap *recap = at->recap;
	for (gsize i = 0; i < recap_n_days(recap); i++) {
		char *text = recap->texts[i];
		g_auto(GStrv) codes = g_strsplit(recap->days[i].codes, " ", -1);
		text[0] = '\0';
		for (char **code = codes; *code != NULL; code++) {
			if (**code == '\0' || count_of(recap, *code) != COUNT_EVENT)
				continue;
			if (text[0] != '\0')
				g_strlcat(text, " ", RECAP_DAY_TEXT);
			g_strlcat(text, *code, RECAP_DAY_TEXT);
		}
		put(at, text);
	}
}

/* "HN 15, TL1 3", by first appearance. */
static char *codes_by_number(Recap *recap)
{
	g_autoptr(GHashTable) n = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
	g_autoptr(GPtrArray) order = g_ptr_array_new();
	g_autoptr(GString) text = g_string_new(NULL);
	for (gsize i = 0; i < recap_n_days(recap); i++) {
		g_auto(GStrv) codes = g_strsplit(recap->days[i].codes, " ", -1);
		for (char **code = codes; *code != NULL; code++) {
			guint before = GPOINTER_TO_UINT(g_hash_table_lookup(n, *code));
			if (**code == '\0')
				continue;
			char *key = g_strdup(*code);
			if (before == 0)
				g_ptr_array_add(order, key);
			/* A known key stays, the new copy goes. */
			g_hash_table_insert(n, key, GUINT_TO_POINTER(before + 1));
		}
	}
	for (guint i = 0; i < order->len; i++)
		g_string_append_printf(text, "%s%s %u", i == 0 ? "" : ", ", (char *)order->pdata[i],
							   GPOINTER_TO_UINT(g_hash_table_lookup(n, order->pdata[i])));
	return g_string_chunk_insert(recap->kept, text->str);
}

static void put_summary(Cells *at)
{
	const RecapSums *sums = &at->recap->sums;
	put_number(at, sums->days);
	put_number(at, sums->present);
	put_number(at, sums->late_min);
	put_number(at, sums->early_min);
	put_number(at, sums->n[COUNT_ABSENT]);
	put_number(at, sums->waiting);
	put_number(at, sums->deduction_bp);
	put(at, codes_by_number(at->recap));
}

static void put_code_sums(Cells *at)
{
	static const RecapCount order[] = {COUNT_LATE,    COUNT_EARLY, COUNT_FORGOTTEN,
									   COUNT_ABSENT,  COUNT_DUTY,  COUNT_LEAVE,
									   COUNT_EXCUSED, COUNT_OFF,   COUNT_OTHER};
	const RecapSums *sums = &at->recap->sums;
	put_number(at, sums->days);
	put_number(at, sums->present);
	for (gsize i = 0; i < G_N_ELEMENTS(order); i++)
		put_number(at, sums->n[order[i]]);
	put_number(at, sums->waiting);
	put_number(at, sums->late_min);
	put_number(at, sums->early_min);
	put_number(at, sums->deduction_bp);
}

/* ── a person's days with their reasons ── */

/* The sentences; what holds for both slots is said once. */
static char *sentences(Recap *recap, const char *reasons)
{
	g_autoptr(GString) text = g_string_new(NULL);
	json_t *all = reasons == NULL ? NULL : json_loads(reasons, 0, NULL), *reason;
	size_t i;
	json_array_foreach(all, i, reason)
	{
		const char *sentence = json_string_value(json_object_get(reason, "text"));
		if (sentence != NULL && strstr(text->str, sentence) == NULL)
			g_string_append_printf(text, "%s%s", text->len == 0 ? "" : " ", sentence);
	}
	json_decref(all);
	return g_string_chunk_insert(recap->kept, text->str);
}

static void add_personal(Recap *recap, const Verdict *verdict, gpointer unused G_GNUC_UNUSED)
{
	char time[TIME_TEXT];
	if (!recap_people_has(recap->people, verdict->unit, verdict->day - recap->query.from_day))
		return;
	ReportCell *cells = g_new0(ReportCell, recap->source.n_columns);
	Cells at = begin_cells(recap, cells);
	put_number(&at, verdict->day);
	put_copy(&at, weekdays[calendar_weekday(verdict->day)]);
	put_copy(&at, time_text(recap, verdict->in_ms, time));
	put_copy(&at, time_text(recap, verdict->out_ms, time));
	put_copy(&at, verdict->codes);
	put_number(&at, verdict->late_min);
	put_number(&at, verdict->early_min);
	put_number(&at, verdict->trial ? 0 : verdict->deduction_bp);
	put(&at, sentences(recap, verdict->reasons));
	g_ptr_array_add(recap->rows, cells);
}

static gboolean make_personal(Recap *recap, GError **error)
{
	g_ptr_array_set_size(recap->rows, 0);
	return recap_each_day(recap, TRUE, add_personal, NULL, error);
}

/* ── the year ── */

static gboolean put_lateness(Cells *at, GError **error)
{
	Recap *recap = at->recap;
	gint64 minutes[MONTHS] = {0}, first_day, sum = 0, days = 0;
	int year, month, day;
	Verdict verdict;
	SqlStep step = SQL_FAILED;
	calendar_to_date(recap->query.to_day - 1, &year, &month, &day);
	if (!calendar_from_date(year, 1, 1, &first_day))
		first_day = recap->query.from_day;
	g_autoptr(VerdictCursor) cursor = brief(recap, first_day, error);
	while (cursor != NULL && (step = verdicts_next(cursor, &verdict, error)) == SQL_ROW) {
		if (verdict.trial)
			continue;
		minutes[month_of(verdict.day) - 1] += verdict.pp94_min;
		days += verdict.pp94_days;
	}
	for (int i = 0; i < month; i++) {
		put_number(at, minutes[i]);
		sum += minutes[i];
	}
	put_number(at, sum);
	put_number(at, sum / YEAR_DAY_MIN);
	put_number(at, days);
	put_number(at, days + sum / YEAR_DAY_MIN);
	put_number(at, sum % YEAR_DAY_MIN);
	return step == SQL_DONE;
}

/* ── deductions ── */

static void add_causes(const Recap *recap, const char *reasons, gint64 causes[N_COUNTS])
{
	json_t *all = reasons == NULL ? NULL : json_loads(reasons, 0, NULL), *reason;
	size_t i;
	json_array_foreach(all, i, reason)
	{
		const char *rule = json_string_value(json_object_get(reason, "rule"));
		const char *code = json_string_value(json_object_get(reason, "code"));
		if (g_strcmp0(rule, "deduction") == 0 && code != NULL)
			causes[count_of(recap, code)] +=
				json_integer_value(json_object_get(reason, "percent_bp"));
	}
	json_decref(all);
}

static void take_causes(Recap *recap, const Verdict *verdict, gpointer user)
{
	if (!verdict->trial &&
		recap_people_has(recap->people, verdict->unit, verdict->day - recap->query.from_day))
		add_causes(recap, verdict->reasons, user);
}

static gboolean read_causes(Recap *recap, gint64 causes[N_COUNTS], GError **error)
{
	return recap_each_day(recap, TRUE, take_causes, causes, error);
}

static int n_bits(guint32 days)
{
	int n = 0;
	for (; days != 0; days &= days - 1)
		n++;
	return n;
}

static void put_causes(Cells *at, const gint64 causes[N_COUNTS])
{
	static const RecapCount order[] = {COUNT_LATE, COUNT_EARLY, COUNT_FORGOTTEN, COUNT_ABSENT};
	for (gsize i = 0; i < G_N_ELEMENTS(order); i++)
		put_number(at, causes[order[i]]);
	put_number(at, causes[COUNT_LEAVE] + causes[COUNT_EXCUSED]);
	put_number(at, causes[COUNT_EVENT]);
	put_number(at, causes[COUNT_DUTY] + causes[COUNT_OFF] + causes[COUNT_OTHER]);
}

/* Of the person, in this list: who moved has them where the last day of service is. */
static const RecapDifference *difference_here(const Recap *recap, guint32 served)
{
	const RecapPerson *person = recap->person;
	const RecapDifference *difference = g_hash_table_lookup(recap->differences, &person->person);
	return recap->whole_month || served == 0 ||
				   g_bit_nth_msf(served, -1) == g_bit_nth_msf(person->days, -1)
			   ? difference
			   : NULL;
}

static char *note_of(Recap *recap, gboolean moved, const RecapDifference *difference)
{
	g_autofree char *note = g_strdup_printf(
		"%s%s%s", moved ? "Pindah dalam bulan ini: hari lain di rekap unit lain" : "",
		moved && difference != NULL ? ". " : "", difference == NULL ? "" : difference->note->str);
	return g_string_chunk_insert(recap->kept, note);
}

static gboolean read_served(const Recap *recap, guint32 *served, GError **error)
{
	*served = recap->person->days;
	return (gsize)n_bits(*served) == recap_n_days(recap) ||
		   recap_days_served(recap->sql, recap->person->person, recap->query.from_day,
							 recap->query.to_day, served, error);
}

static gboolean put_deductions(Cells *at, GError **error)
{
	Recap *recap = at->recap;
	gint64 causes[N_COUNTS] = {0};
	guint32 served;
	GError *inner = NULL;
	g_autofree char *rank =
		recap_rank(recap->sql, recap->person->person, recap->query.to_day - 1, &inner);
	if (inner != NULL) {
		g_propagate_error(error, inner);
		return FALSE;
	}
	if ((recap->sums.deduction_bp > 0 && !read_causes(recap, causes, error)) ||
		!read_served(recap, &served, error))
		return FALSE;
	const RecapDifference *difference = difference_here(recap, served);
	gint64 adjustment = difference == NULL ? 0 : difference->bp;
	int here = n_bits(recap->person->days), all = MAX(n_bits(served), 1);
	put_copy(at, rank);
	put_number(at, here);
	put_number(at, all);
	put_number(at, (gint64)here * 10000 / all);
	put_causes(at, causes);
	put_number(at, recap->sums.deduction_bp);
	put_number(at, adjustment);
	put_number(at, recap->sums.deduction_bp + adjustment);
	put(at, note_of(recap, here > 0 && here < all, difference));
	return TRUE;
}

gboolean recap_make_row(Recap *recap, GError **error)
{
	g_string_chunk_clear(recap->kept);
	if (recap->query.kind == RECAP_PERSONAL)
		return make_personal(recap, error);
	Cells at = begin_cells(recap, recap->cells);
	switch (recap->query.kind) {
	case RECAP_SUMMARY:
		put_summary(&at);
		break;
	case RECAP_CODES:
		put_codes(&at);
		put_code_sums(&at);
		break;
	case RECAP_TIMES:
		put_times(&at);
		put_number(&at, recap->sums.present);
		put_number(&at, recap->sums.late_min);
		put_number(&at, recap->sums.early_min);
		break;
	case RECAP_APEL:
		put_events(&at);
		put_number(&at, recap->sums.attended + recap->sums.missed);
		put_number(&at, recap->sums.attended);
		put_number(&at, recap->sums.missed);
		break;
	case RECAP_LATENESS:
		return put_lateness(&at, error);
	case RECAP_DEDUCTIONS:
		return put_deductions(&at, error);
	case RECAP_PERSONAL:
		break;
	}
	return TRUE;
}
