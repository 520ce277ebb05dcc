/*
 * Standing exemptions: people whose fingers cannot be read, by letter, for a period, signed by an
 * approver.  While one is in force a punch without a finger counts at once; without one it waits
 * for an approver (claims.h).
 */
#pragma once

#include "protocol/ids.h"
#include "server/store/sql.h"

#define EXEMPTION_LETTER_MAX 100 /* bytes */

typedef struct {
	gint64 id;
	PersonId person;
	const char *letter;      /* 1 … EXEMPTION_LETTER_MAX bytes of UTF-8 */
	gint64 from_day, to_day; /* half-open */
	PersonId approver;       /* somebody else */
} Exemption;

#define EXEMPTION_ERROR (exemption_error_quark())
GQuark exemption_error_quark(void);

typedef enum {
	EXEMPTION_ERROR_VALUE, /* the message names the field */
} ExemptionError;

/* Joins the caller's transaction; `id` is allotted. 0 on error. */
gint64 exemptions_add(Sql *sql, const Exemption *exemption, gint64 now_ms, GError **error);
/* Takes one back; what it has made count stays. FALSE in `found`: none of that id is in force. */
gboolean exemptions_end(Sql *sql, gint64 id, gint64 now_ms, gboolean *found, GError **error);
gboolean exemptions_active(Sql *sql, PersonId person, gint64 day, gboolean *active, GError **error);

/* Once per exemption not taken back, ascending by id; texts are borrowed until it returns. */
typedef void (*ExemptionSeen)(const Exemption *exemption, gpointer user);
gboolean exemptions_each(Sql *sql, ExemptionSeen seen, gpointer user, GError **error);
