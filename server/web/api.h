/* What the handlers of /api/v1 share. */
#pragma once

#include "server/store/people/people.h"
#include "server/store/terminals/terminals.h"
#include "server/web/call.h"
#include "server/web/cursor.h"
#include "server/web/problem.h"

#define API_LIMIT_DEFAULT 100
#define API_LIMIT_MAX 500

/* {"items": […], "next": cursor|null}. Takes `items`; `next` may be NULL. */
Response *api_list(json_t *items, const char *next);

/* Each gives NULL, or the problem that names the parameter. */
/* A parameter that is not in the NULL-terminated list. */
Response *api_only(const Call *call, const char *const *names);
Response *api_limit(const Call *call, gsize *limit);
/* 0 0 when there is no cursor. */
Response *api_cursor(const Call *call, gint64 *a, gint64 *b);
/* Dates from and to, both inclusive, as days [from, to). Without them: today. */
Response *api_days_asked(const Call *call, gint64 n_max, gint64 *from_day, gint64 *to_day);
/* `id` 0 when the parameter is not there. An unknown code is 404. */
Response *api_unit(const Call *call, gint64 *unit, GError **error);

/* 1 … 999,999,999, digits only. */
gboolean api_parse_person(const char *text, PersonId *person);
gboolean api_parse_terminal(const char *text, TerminalId *terminal);

/* A person's id, name, unit and enrolled fingers; NULL with an error. */
json_t *api_person_json(Sql *sql, const PersonRow *row, GError **error);
/* As of a day. NULL with `error` unset: nobody there. */
json_t *api_person_on(Sql *sql, PersonId person, gint64 day, GError **error);

/* The places of the units of a scope; of gint64. Not for a scope over all. */
gboolean api_scope_places(Sql *sql, const Scope *scope, gint64 day, GHashTable **places,
						  GError **error);
/* Is the terminal at a place of the scope? */
gboolean api_sees_terminal(const Call *call, const TerminalRow *terminal, gboolean *seen,
						   GError **error);
