/*
 * Accounts: a name to log in with, perhaps the person behind it, and a password hash.
 *
 * An account is born with a one-time password, which serves for one thing: to choose an own one.
 */
#pragma once

#include <glib.h>

#include "server/store/people/grants.h"
#include "server/store/sql.h"

#define USERS_ERROR (users_error_quark())
GQuark users_error_quark(void);

typedef enum {
	USERS_ERROR_NAME, /* not [a-z0-9._-]{3,40} */
	USERS_ERROR_EXISTS,
	USERS_ERROR_UNKNOWN,
	USERS_ERROR_PASSWORD, /* too short, too long */
} UsersError;

typedef struct {
	gint64 id;
	char *name;
	gint64 person;            /* 0: nobody's */
	char *password_hash;      /* NULL: cannot log in with a password */
	gboolean one_time;        /* the password must be changed before anything else */
	gint64 one_time_until_ms; /* of a one-time password */
	gboolean disabled;
} User;

void user_free(User *user);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(User, user_free)

typedef struct {
	const char *name;
	gint64 person; /* 0: nobody's */
	Role role;
	gint64 unit;        /* 0: the whole province */
	const char *decree; /* may be NULL */
	gint64 today;       /* the grant's first day, local days since 1970-01-01 */
} UserNew;

#define USERS_ONE_TIME_MS (7 * 24 * 3600 * G_GINT64_CONSTANT(1000))

/* Account, grant, one-time password and audit rows, in the transaction in progress or one of its
 * own.  Gives the one-time password (password_free()), which is stored nowhere; good for 7 days. */
char *users_create(Sql *sql, const UserNew *user, gint64 now_ms, GError **error);
/* A fresh one-time password; ends the account's sessions. */
char *users_reset_password(Sql *sql, const char *name, gint64 now_ms, GError **error);
/* `hash` from password_hash(). Ends the other sessions of the account (all but `keep_session`,
 * which may be NULL). */
gboolean users_set_password(Sql *sql, gint64 user, const char *hash, const guint8 *keep_session,
							gint64 now_ms, GError **error);
/* NULL without error when there is none. */
User *users_find(Sql *sql, const char *name, GError **error);
User *users_get(Sql *sql, gint64 id, GError **error);

/* ── activation: an account for a person's own data, opened with a one-time code ── */

/* The person's account in use; of several the oldest without another role than PEGAWAI, else
 * the oldest.  NULL without error: none. */
User *users_of_person(Sql *sql, gint64 person, GError **error);
/* Has the account, today or later, a grant of another role than PEGAWAI?  Its code is then not given
 * out by whoever keeps the person's data. */
gboolean users_above_own(Sql *sql, gint64 account, gint64 today, gboolean *above, GError **error);

typedef struct {
	gint64 account;   /* 0: a new one, with the grant PEGAWAI */
	const char *name; /* of a new one */
	gint64 person;
	const char *hash; /* of the code, from password_hash() */
	gint64 today;
	gint64 grantor; /* account */
} UserActivation;

/* The code is from now on the account's one-time password, for USERS_ONE_TIME_MS; its sessions end.
 * In the transaction in progress.  USERS_ERROR_EXISTS: the name is somebody else's. */
gboolean users_activate(Sql *sql, const UserActivation *activation, gint64 now_ms, GError **error);
gboolean users_disable(Sql *sql, const char *name, gint64 now_ms, GError **error);

/* All accounts by name (GPtrArray of User, transfer full). */
GPtrArray *users_list(Sql *sql, GError **error);

/* NULL when the name may be used, else why not (static, English). */
const char *users_name_problem(const char *name);
