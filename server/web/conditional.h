/* Conditional requests (RFC 9110, 13): who has the answer already gets 304 instead of it. */
#pragma once

#include "server/web/request.h"

/* A GET's good answer for programs, or one that is kept (assets), gets an ETag made from its body; when
 * If-None-Match names it, it becomes 304 without a body.  Pages get none: browsers keep nothing of
 * them (no-store), since they are looked at on shared computers. */
void conditional_apply(const Request *request, Response *response);
