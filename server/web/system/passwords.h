/* Verifying and hashing passwords in a thread of their own, one at a time, with a bounded queue. */
#pragma once

#include "server/web/call.h"

typedef struct PasswordJob PasswordJob;

/* In the main loop. `ok`: the password was right. `fresh_hash`: of the new one, when there is one
 * and the old was right; NULL otherwise. Ends the call. */
typedef void (*PasswordDone)(Call *call, gboolean ok, const char *fresh_hash);

Worker *passwords_new(void);
/* Puts the call off. `hash` NULL: as long as a wrong password takes.  `fresh` NULL: verify only.
 * FALSE when too many wait: nothing has happened. */
gboolean passwords_check(Call *call, const char *hash, const char *password, const char *fresh,
						 PasswordDone done);
/* The same for a new password alone: `ok` is TRUE. */
gboolean passwords_make(Call *call, const char *fresh, PasswordDone done);
