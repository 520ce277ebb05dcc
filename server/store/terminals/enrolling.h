/* What the page of enrolments shows: who lacks fingers, and the enrolments of a unit's people. */
#pragma once

#include "server/store/terminals/enrolments.h"

/* So many enrolled fingers a person should have: one may be hurt. */
#define ENROLLING_FINGERS 2

typedef struct {
	PersonId person;
	char *name;      /* "": not known */
	char *number;    /* NIP or NI PPPK; NULL: none */
	char *unit_name; /* NULL: not known */
	gint64 n_fingers;
} LackingPerson;

/* Employed people assigned within the subtree of `unit` (0: everywhere) on `day` who have fewer than
 * ENROLLING_FINGERS: those without any first, then by name; at most n_max of LackingPerson (transfer
 * full).  `n_without` and `n_lacking` get how many have none and too few. */
GPtrArray *enrolling_lacking(Sql *sql, gint64 unit, gint64 day, gint64 n_max, gint64 *n_without,
							 gint64 *n_lacking, GError **error);

typedef struct {
	EnrolmentRow row;
	char *name;
} EnrollingOrder;

/* Enrolments of such people that are open or ended after `since_ms`: open ones first, then the
 * newest; at most n_max of EnrollingOrder (transfer full). */
GPtrArray *enrolling_orders(Sql *sql, gint64 unit, gint64 day, gint64 since_ms, gint64 n_max,
							GError **error);
