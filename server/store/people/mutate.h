/*
 * One mutation by decree: where somebody serves, the position, the rank, the kind of employment, the
 * legal status, the official number, the name, the end of service; effective from its TMT.  A back-dated one holds until a later
 * fact that is known, so that it does not undo what followed it.  In the caller's transaction;
 * person-days are marked.  A preview is a call whose transaction is rolled back.
 */
#pragma once

#include "protocol/ids.h"
#include "server/store/history.h"

#define MUTATE_ERROR (mutate_error_quark())
GQuark mutate_error_quark(void);

/* Which field was refused, and why; the message is for an administrator's terminal. */
typedef enum {
	MUTATE_ERROR_KIND,
	MUTATE_ERROR_TO_EMPTY,
	MUTATE_ERROR_UNIT,          /* no unit has that code, or it does not exist on the TMT */
	MUTATE_ERROR_PLACE,         /* no place has that code */
	MUTATE_ERROR_POSITION_KIND, /* none of mutate_position_kinds */
	MUTATE_ERROR_RANK,          /* no such golongan */
	MUTATE_ERROR_TO_EMPLOYMENT, /* `to` is none of mutate_employments */
	MUTATE_ERROR_EMPLOYMENT,    /* of "masuk": the same */
	MUTATE_ERROR_NOT_EMPLOYED,  /* on the TMT */
	MUTATE_ERROR_NUMBER,        /* neither NIP nor NI PPPK, or another person's */
	MUTATE_ERROR_NAME,          /* too long */
} MutateError;

/* Each NULL-terminated; the first is what a field left empty means. */
extern const char *const mutate_kinds[];
extern const char *const mutate_position_kinds[];
extern const char *const mutate_employments[];
/* Does the kind need `to`? */
gboolean mutate_needs_to(const char *kind);

/* Texts are borrowed; NULL: not said. */
typedef struct {
	PersonId person;
	const char *kind, *decree; /* decree is never NULL */
	const char *to;    /* unit code, title, golongan, employment, number, name: by the kind */
	const char *place; /* code; of "unit" and "masuk"; NULL: the unit's places */
	const char *position_kind; /* of "jabatan" and "promosi" */
	const char *employment;    /* of "masuk" */
	const char *number;        /* of "masuk" and "kepegawaian": the new one; NULL: it stays */
	const char *front_title, *back_title; /* of "nama" */
	gint64 decree_day;                    /* DAY_ALWAYS: not known */
	gint64 tmt_day;
	gint64 now_ms, today;
} MutateOrder;

typedef struct {
	gboolean known;     /* the decree was entered before: nothing was done */
	gboolean changed;   /* a fact is new, or the record is */
	gboolean moved;     /* a fact is new */
	gint64 judged_days; /* already judged ones from the TMT on */
	gint64 to_day;      /* half-open; DAY_OPEN: no later fact is known */
	char *before;       /* what held the day before; NULL: nothing */
} MutateResult;

gboolean mutate(Sql *sql, const MutateOrder *order, MutateResult *result, GError **error);
void mutate_result_clear(MutateResult *result);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(MutateResult, mutate_result_clear)
