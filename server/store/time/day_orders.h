/*
 * Perintah hari: other hours, a free or an extra working day, work from home, dispensation, and
 * events to attend, for a scope, by number.  Writing functions join the caller's transaction and
 * mark the person-days.
 */
#pragma once

#include "protocol/ids.h"
#include "server/store/history.h"

/* The nearer to the person the stronger; of two in one scope the later one. */
typedef enum {
	ORDER_PROVINCE = 1,
	ORDER_REGENCY,
	ORDER_UNIT,
	ORDER_PLACE,
	ORDER_PERSON,
} OrderScope;

typedef struct {
	gint64 id;
	const char *letter; /* its number */
	const char
		*kind; /* "jam", "libur", "masuk"; a code: "WFH", "WFA", "DSP"; events: "APG", "UPC" */
	const char *name;
	OrderScope scope;
	gint64 target;       /* of unit, place, person; else 0 */
	const char *regency; /* of ORDER_REGENCY: "33.74"; else "" */
	const char *slot;    /* "hari", "masuk", "pulang" */
	gint32 start_min, end_min, break_min;
	gboolean by_list;
} DayOrder;

/* The same letter, kind, scope and slot is the same order: its days then are those of `change`, and
 * other hours are SQL_ERROR_CONSTRAINT.  `letter_day` DAY_ALWAYS: not known. */
gboolean day_orders_set(Sql *sql, const DayOrder *order, gint64 letter_day, const Change *change,
						gint64 *id, gboolean *changed, GError **error);
/* Somebody stands on the list of an event (day: change->from_day). */
gboolean day_orders_attend(Sql *sql, gint64 order, PersonId person, const Change *change,
						   gboolean *changed, GError **error);
/* The event of that letter on a day; 0: none. */
gboolean day_orders_find_event(Sql *sql, const char *letter, gint64 day, gint64 *id,
							   GError **error);

/* All orders of a day, by scope and then by id; texts are kept in `texts`. Of DayOrder. */
gboolean day_orders_on(Sql *sql, gint64 day, GStringChunk *texts, GArray **orders, GError **error);
/* Is there a list, and is the person on it? */
gboolean day_orders_listed(Sql *sql, gint64 order, PersonId person, gint64 day, gboolean *has_list,
						   gboolean *listed, GError **error);
/* Of a place on that day: "33.74"; (transfer full); NULL with `error` unset: not known. */
char *day_orders_regency(Sql *sql, gint64 place, gint64 day, GError **error);
