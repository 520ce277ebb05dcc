/* Between the files of correction; nobody else includes it. */
#pragma once

#include "server/services/correction.h"
#include "server/store/system/users.h"

gboolean correction_refuse(GError **error, CorrectionError code, const char *text);
/* A reason or name: bounded, valid, without control characters; `needed`: not empty. */
gboolean correction_check_text(const char *text, gboolean needed, GError **error);

/* Is the month of that day of the person still open? */
gboolean correction_check_month(Sql *sql, PersonId person, gint64 day, GError **error);

typedef struct {
	gint64 account;
	PersonId person;   /* 0: nobody's */
	GPtrArray *grants; /* in force today */
} CorrectionActor;

void correction_actor_clear(CorrectionActor *actor);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(CorrectionActor, correction_actor_clear)

/* Of an account in use. */
gboolean correction_actor_load(Sql *sql, gint64 account, gint64 today, CorrectionActor *out,
							   GError **error);
/* Over the unit; `unit` 0: over any.  `role` N_ROLES: by any role with the right. */
gboolean correction_actor_may(Sql *sql, const CorrectionActor *actor, Role role, Right right,
							  gint64 unit, gint64 today, gboolean *has, GError **error);
/* The open step; `behalf`: in whose place, 0: in the own name. */
gboolean correction_actor_decides(Sql *sql, const CorrectionActor *actor,
								  const Correction *correction, gint64 today, gboolean *may,
								  gint64 *behalf, GError **error);
/* Of the own day, asked by oneself, or decided at another level. */
gboolean correction_actor_is_own(const CorrectionActor *actor, const Correction *correction);
