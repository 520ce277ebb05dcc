/* Anomalies as lists, each row with what to look it up by; what they are is server/store/time/anomalies.h. */
#pragma once

#include "server/reports/report.h"
#include "server/store/time/anomalies.h"

/* "hand-person"; stable, for programs. */
const char *anomaly_kind_text(AnomalyKind kind);
gboolean anomaly_kind_find(const char *text, AnomalyKind *kind);
/* "Presensi manual menurut pegawai". */
const char *anomaly_kind_title(AnomalyKind kind);

typedef enum {
	ANOMALY_COLUMN_KIND,
	ANOMALY_COLUMN_NAME,
	ANOMALY_COLUMN_NUMBER,
	ANOMALY_COLUMN_OTHER,
	ANOMALY_COLUMN_PLACE,
	ANOMALY_COLUMN_DAY,
	ANOMALY_COLUMN_N,
	ANOMALY_COLUMN_OF,
	ANOMALY_COLUMN_NOTE,
	ANOMALY_COLUMN_EVIDENCE,
	N_ANOMALY_COLUMNS,
} AnomalyColumn;

Report *anomaly_report_new(void);
/* `rows` is of AnomalyRow. */
void anomaly_report_add(Report *report, AnomalyKind kind, const GPtrArray *rows);
