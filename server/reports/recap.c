#include "server/reports/recap.h"

#include <string.h>

#include "server/store/time/verdicts.h"

#define DEDUCTION_MAX 10000

static const ReportColumn columns[N_RECAP_COLUMNS] = {
	[RECAP_NUMBER] = {"NIP", REPORT_TEXT},
	[RECAP_NAME] = {"Nama", REPORT_TEXT},
	[RECAP_UNIT] = {"Unit kerja", REPORT_TEXT},
	[RECAP_DAYS] = {"Hari dinilai", REPORT_NUMBER},
	[RECAP_PRESENT] = {"Hari presensi", REPORT_NUMBER},
	[RECAP_LATE_MIN] = {"Menit terlambat", REPORT_NUMBER},
	[RECAP_EARLY_MIN] = {"Menit pulang cepat", REPORT_NUMBER},
	[RECAP_ABSENT] = {"Tanpa keterangan", REPORT_NUMBER},
	[RECAP_WAITING] = {"Belum lengkap atau menunggu", REPORT_NUMBER},
	[RECAP_DEDUCTION] = {"Potongan sementara (%)", REPORT_HUNDREDTHS},
	[RECAP_CODES] = {"Rincian kode", REPORT_TEXT},
};

/* One person's row under way. */
typedef struct {
	PersonId person;
	ReportCell *row; /* NULL: none yet */
	GString *order;  /* codes by first appearance, each followed by a space */
	GHashTable *n;   /* code → count */
} Sum;

static void count_codes(Sum *sum, const char *codes, gboolean *absent)
{
	g_auto(GStrv) list = g_strsplit(codes, " ", -1);
	for (char **code = list; *code != NULL; code++) {
		if (**code == '\0')
			continue;
		guint n = GPOINTER_TO_UINT(g_hash_table_lookup(sum->n, *code));
		if (n == 0)
			g_string_append_printf(sum->order, "%s ", *code);
		g_hash_table_insert(sum->n, g_strdup(*code), GUINT_TO_POINTER(n + 1));
		*absent = *absent || strcmp(*code, "TK") == 0;
	}
}

static void finish(Sum *sum)
{
	if (sum->row == NULL)
		return;
	g_auto(GStrv) codes = g_strsplit(g_strchomp(sum->order->str), " ", -1);
	GString *text = g_string_new(NULL);
	for (char **code = codes; *code != NULL; code++)
		if (**code != '\0')
			g_string_append_printf(text, "%s%s %u", text->len == 0 ? "" : ", ", *code,
								   GPOINTER_TO_UINT(g_hash_table_lookup(sum->n, *code)));
	sum->row[RECAP_CODES].text = g_string_free(text, FALSE);
	sum->row[RECAP_DEDUCTION].number = MIN(sum->row[RECAP_DEDUCTION].number, DEDUCTION_MAX);
	g_string_truncate(sum->order, 0);
	g_hash_table_remove_all(sum->n);
}

static void set_text(ReportCell *cell, const char *text)
{
	g_free(cell->text);
	cell->text = g_strdup(text);
}

static void add_line(Report *report, Sum *sum, const VerdictLine *line)
{
	const Verdict *verdict = &line->verdict;
	gboolean absent = FALSE;
	if (sum->row == NULL || verdict->person != sum->person) {
		finish(sum);
		sum->person = verdict->person;
		sum->row = report_add_row(report);
	}
	ReportCell *row = sum->row;
	set_text(&row[RECAP_NUMBER], line->number);
	set_text(&row[RECAP_NAME], line->name);
	set_text(&row[RECAP_UNIT], line->unit_name);
	count_codes(sum, verdict->codes, &absent);
	row[RECAP_DAYS].number++;
	row[RECAP_PRESENT].number += verdict->in_ms != 0 || verdict->out_ms != 0;
	row[RECAP_LATE_MIN].number += verdict->late_min;
	row[RECAP_EARLY_MIN].number += verdict->early_min;
	row[RECAP_ABSENT].number += absent;
	row[RECAP_WAITING].number += strcmp(verdict->state, "waiting") == 0;
	row[RECAP_DEDUCTION].number += verdict->deduction_bp;
}

Report *recap_of_unit(Sql *sql, gint64 unit, gint64 from_day, gint64 to_day, GError **error)
{
	VerdictFilter filter = {.from_day = from_day, .to_day = to_day, .unit = unit};
	g_autoptr(Report) report = report_new(columns, N_RECAP_COLUMNS);
	g_autoptr(VerdictCursor) cursor = verdicts_report(sql, &filter, error);
	g_autoptr(GHashTable) n = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
	g_autoptr(GString) order = g_string_new(NULL);
	Sum sum = {.order = order, .n = n};
	VerdictLine line;
	SqlStep step = SQL_FAILED;
	while (cursor != NULL && (step = verdicts_report_next(cursor, &line, error)) == SQL_ROW)
		add_line(report, &sum, &line);
	if (step == SQL_FAILED)
		return NULL;
	finish(&sum);
	report_sort(report, RECAP_NAME);
	return g_steal_pointer(&report);
}
