#include "server/reports/anomaly.h"

#include <string.h>

static const struct {
	const char *text, *title;
} kinds[N_ANOMALY_KINDS] = {
	[ANOMALY_HAND_PERSON] = {"hand-person", "Presensi manual menurut pegawai"},
	[ANOMALY_HAND_APPROVER] = {"hand-approver", "Presensi manual menurut penyetuju"},
	[ANOMALY_HAND_ADMIN] = {"hand-admin", "Presensi manual menurut akun dan daftar"},
	[ANOMALY_PAIRS] = {"pairs", "Berpasangan dalam hitungan detik"},
	[ANOMALY_TRAVEL] = {"travel", "Dua lokasi terlalu berjauhan"},
	[ANOMALY_LEAVE] = {"leave", "Presensi saat cuti"},
	[ANOMALY_GONE] = {"gone", "Presensi pensiun, meninggal, tanpa kewajiban"},
	[ANOMALY_ROSTER] = {"roster", "Jadwal jaga diubah setelah dimulai"},
	[ANOMALY_OUTAGE] = {"outage", "Lokasi sering gangguan"},
};

static const ReportColumn columns[N_ANOMALY_COLUMNS] = {
	[ANOMALY_COLUMN_KIND] = {"Jenis", REPORT_TEXT, "kind", 18},
	[ANOMALY_COLUMN_NAME] = {"Pegawai", REPORT_TEXT, "name", 22},
	[ANOMALY_COLUMN_NUMBER] = {"NIP", REPORT_TEXT, "number", 19},
	[ANOMALY_COLUMN_OTHER] = {"Pegawai lain atau pemutus", REPORT_TEXT, "other_name", 22},
	[ANOMALY_COLUMN_PLACE] = {"Lokasi", REPORT_TEXT, "place", 18},
	[ANOMALY_COLUMN_DAY] = {"Tanggal (terakhir)", REPORT_DATE, "date", 11},
	[ANOMALY_COLUMN_N] = {"Kali", REPORT_NUMBER, "n", 6},
	[ANOMALY_COLUMN_OF] = {"Dari", REPORT_NUMBER, "of", 6},
	[ANOMALY_COLUMN_NOTE] = {"Keterangan", REPORT_TEXT, "note", 36},
	[ANOMALY_COLUMN_EVIDENCE] = {"Bukti", REPORT_TEXT, "evidence", 24},
};

const char *anomaly_kind_text(AnomalyKind kind)
{
	return kinds[kind].text;
}

const char *anomaly_kind_title(AnomalyKind kind)
{
	return kinds[kind].title;
}

gboolean anomaly_kind_find(const char *text, AnomalyKind *kind)
{
	for (int i = 0; i < N_ANOMALY_KINDS; i++) {
		if (strcmp(kinds[i].text, text) != 0)
			continue;
		*kind = (AnomalyKind)i;
		return TRUE;
	}
	return FALSE;
}

Report *anomaly_report_new(void)
{
	return report_new(columns, N_ANOMALY_COLUMNS);
}

void anomaly_report_add(Report *report, AnomalyKind kind, const GPtrArray *rows)
{
	for (guint i = 0; i < rows->len; i++) {
		const AnomalyRow *row = rows->pdata[i];
		ReportCell *cells = report_add_row(report);
		cells[ANOMALY_COLUMN_KIND].text = g_strdup(kinds[kind].text);
		cells[ANOMALY_COLUMN_NAME].text = g_strdup(row->name);
		cells[ANOMALY_COLUMN_NUMBER].text = g_strdup(row->number);
		cells[ANOMALY_COLUMN_OTHER].text = g_strdup(row->other_name);
		cells[ANOMALY_COLUMN_PLACE].text = g_strdup(row->place_name);
		cells[ANOMALY_COLUMN_DAY].number = row->day;
		cells[ANOMALY_COLUMN_N].number = row->n;
		cells[ANOMALY_COLUMN_OF].number = row->of;
		cells[ANOMALY_COLUMN_NOTE].text = g_strdup(row->note);
		cells[ANOMALY_COLUMN_EVIDENCE].text = g_strdup(row->evidence);
	}
}
