/*
 * References: enrolled templates, sealed to the vault's key.  This module never sees an opened
 * one.  A reference is active from the end of its enrolment until it is ended (a new enrolment of
 * the finger, end of service, a withdrawn consent); an ended one has no sealed bytes any more.
 */
#pragma once

#include "protocol/ids.h"
#include "server/store/sql.h"

typedef struct {
	gint64 id;
	PersonId person;
	Finger finger;
	gint32 quality; /* 0 … 100 */
	gint64 from_ms; /* active since */
} ReferenceRow;

typedef struct {
	gint64 id;
	PersonId person;
	GBytes *sealed;
} SealedReference;

/* An array of SealedReference that frees the bytes. (transfer full) */
GArray *sealed_references_new(void);

/* Had the person at least one active reference at any time in [from_ms, to_ms)? */
gboolean references_active(Sql *sql, PersonId person, gint64 from_ms, gint64 to_ms,
						   gboolean *active, GError **error);
/* Fingers with an active reference now, each once, ascending. Free with g_array_unref(); of
 * Finger. */
gboolean references_fingers(Sql *sql, PersonId person, GArray **fingers, GError **error);
/* Active references of a person now, by finger and id; of ReferenceRow. */
gboolean references_of(Sql *sql, PersonId person, GArray **references, GError **error);
/* The sealed bytes (transfer full); NULL with `error` unset when ended or unknown. */
GBytes *references_sealed(Sql *sql, gint64 reference, GError **error);

/* `n` ids that were never used, ascending. Inside the caller's transaction. */
gboolean references_allot(Sql *sql, gint64 *ids, gsize n, GError **error);
gboolean references_add(Sql *sql, const ReferenceRow *reference, GBytes *sealed,
						const RandomId *enrolment, GError **error);
/* Ends the person's active references, of one finger or (0) of all, but not `spare_enrolment`'s;
 * destroys the sealed bytes. `ended` (may be NULL) gets their ids. */
gboolean references_end(Sql *sql, PersonId person, Finger finger, const RandomId *spare_enrolment,
						const char *reason, gint64 now_ms, GArray *ended, GError **error);

/* ── of an enrolment that is held: in no list above until it is decided ── */

gboolean references_hold(Sql *sql, const ReferenceRow *reference, GBytes *sealed,
						 const RandomId *enrolment, GError **error);
/* They become references, active from now; the fingers' old ones end.  `ended` gets their ids,
 * `added` (of SealedReference) the new ones. */
gboolean references_release(Sql *sql, const RandomId *enrolment, gint64 now_ms, GArray *ended,
							GArray *added, GError **error);
/* Destroys them. */
gboolean references_drop(Sql *sql, const RandomId *enrolment, GError **error);

/* ── of those who have left ── */

/* People with templates here whose employment, as known now, has ended, and ended on or before `day`:
 * none of theirs in force after it, but of a legal status that ends service.  Who never had one is not
 * among them.  At most n_max, ascending; of PersonId. */
gboolean references_left(Sql *sql, gint64 day, gsize n_max, GArray **people, GError **error);
/* Destroys what of a person waits for a decision; its enrolments have failed. */
gboolean references_drop_person(Sql *sql, PersonId person, GError **error);

/* The next up to `n_max` active references with id > `after`, for loading the vault's gallery; of
 * SealedReference. */
gboolean references_page(Sql *sql, gint64 after, gsize n_max, GArray **page, GError **error);
