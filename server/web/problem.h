/*
 * Refusals: RFC 9457 problem documents for programs, a plain page for people.
 */
#pragma once

#include "server/web/call.h"

/* `detail` says what to do about it; English for programs. May be NULL. */
Response *problem_new(guint status, const char *detail);
/* 422, about one field of body or query. */
Response *problem_field(const char *field, const char *detail);
/* The answer to `call` in the form its client reads. */
Response *problem_for(const Call *call, guint status, const char *detail);
