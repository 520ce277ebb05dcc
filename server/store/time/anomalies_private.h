/* What anomalies.c and anomalies_pairs.c share. */
#pragma once

#include "server/store/time/anomalies.h"

typedef struct {
	Sql *sql;
	const AnomalyFilter *filter;
	gint64 from_ms, to_ms;
	GPtrArray *rows; /* AnomalyRow */
} AnomalySearch;

/* An empty row, to be filled. */
AnomalyRow *anomaly_add(AnomalySearch *search);

gboolean anomalies_find_pairs(AnomalySearch *search, GError **error);
gboolean anomalies_find_travel(AnomalySearch *search, GError **error);
gboolean anomalies_find_leave(AnomalySearch *search, GError **error);
