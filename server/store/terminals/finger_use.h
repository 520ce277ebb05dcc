/*
 * What touches in use say of an enrolled finger, summed up by month, and whose finger should be enrolled
 * again ("perlu rekam ulang").  Written by the merge, once for each event; a new enrolment of the finger
 * begins anew.
 *
 * A touch in vain names nobody.  It is counted to whom the same terminal identified, or who typed their
 * number, within seconds after it: in a queue now and then the wrong one, hence shares and not single
 * cases decide.
 */
#pragma once

#include "protocol/ids.h"
#include "server/store/sql.h"

/* A touch in vain belongs to who is identified so soon after it. */
#define FINGER_USE_TOGETHER_MS 20000
#define FINGER_USE_VAIN_MAX 8 /* in a row */

typedef struct {
	PersonId person;
	gint64 reference; /* 0: none: a number was typed */
	gint64 day;       /* local */
	gint32 score, margin;
	guint8 quality;
	guint n_vain; /* touches in vain right before */
} FingerTouch;

/* Joins the caller's transaction. */
gboolean finger_use_add(Sql *sql, const FingerTouch *touch, GError **error);
/* How many events of the journal right before `seq` are touches in vain, each within
 * FINGER_USE_TOGETHER_MS of the one after it; `wall_ms` is that of `seq`. */
gboolean finger_use_vain(Sql *sql, gint64 journal, gint64 seq, gint64 wall_ms, guint *n,
						 GError **error);

/* Why: bits. */
typedef enum {
	REENROL_REFUSED = 1 << 0, /* a quarter of the touches, at least 5, in vain */
	REENROL_WEAK = 1 << 1,    /* a third of the identified ones, at least 5, only just */
	REENROL_POOR = 1 << 2,    /* half of them, at least 5, of poor quality */
} ReenrolReason;

/* "refused", …; of one bit; static. */
const char *reenrol_reason_text(ReenrolReason reason);

typedef struct {
	PersonId person;
	Finger finger; /* 0: which is not known */
	gint64 n_found, n_weak, n_poor, n_refused;
	gint32 score;   /* mean, thousandths; 0: none was identified */
	gint32 quality; /* mean */
	guint reasons;  /* of ReenrolReason, at least one */
} ReenrolRow;

/* Of the month of `day` and the two before, those with a reason and an active reference, behind
 * (person, finger), ascending, at most n_max; of ReenrolRow.  Free with g_array_unref(). */
gboolean finger_use_list(Sql *sql, gint64 day, PersonId person, Finger finger, gsize n_max,
						 GArray **out, GError **error);
