#include "server/store/system/users.h"

#include <string.h>

#include "server/store/system/audit_log.h"
#include "server/store/system/password.h"
#include "server/store/system/sessions.h"

G_DEFINE_QUARK(users - error - quark, users_error)

#define NAME_SIZE_MIN 3
#define NAME_SIZE_MAX 40
#define COLUMNS "id, name, person, password_hash, one_time, one_time_until_ms, disabled_ms"

void user_free(User *user)
{
	if (user == NULL)
		return;
	g_free(user->name);
	password_free(user->password_hash);
	g_free(user);
}

const char *users_name_problem(const char *name)
{
	gsize size = strlen(name);
	if (size < NAME_SIZE_MIN || size > NAME_SIZE_MAX)
		return "a user name has 3 to 40 characters";
	for (const char *c = name; *c != '\0'; c++)
		if (!g_ascii_islower(*c) && !g_ascii_isdigit(*c) && strchr("._-", *c) == NULL)
			return "a user name is made of a-z, 0-9, '.', '_' and '-'";
	return NULL;
}

/* An action of the administrator's command on an account. */
static gboolean audit(Sql *sql, const char *action, const char *name, gint64 person, gint64 unit,
					  gint64 now_ms, GError **error)
{
	AuditEntry entry = {
		.at_ms = now_ms, .action = action, .person = person, .unit = unit, .detail = name};
	return audit_log_append(sql, &entry, error);
}

static gboolean insert_account(Sql *sql, gint64 id, const UserNew *user, const char *hash,
							   gint64 now_ms, GError **error)
{
	return sql_run(sql, error,
				   "INSERT INTO account (id, name, person, password_hash, one_time, "
				   "one_time_until_ms, created_ms) VALUES ($1, $2, $3, $4, 1, $5, $6)",
				   "itItii", id, user->name, user->person == 0 ? NULL : &user->person, hash,
				   now_ms + USERS_ONE_TIME_MS, now_ms);
}

/* The account and its first grant. */
static gboolean insert_with_grant(Sql *sql, gint64 id, const UserNew *user, gint64 grantor,
								  const char *hash, gint64 now_ms, GError **error)
{
	GrantNew grant = {.account = id,
					  .role = user->role,
					  .unit = user->unit,
					  .from_day = user->today,
					  .to_day = G_MAXINT64,
					  .decree = user->decree,
					  .grantor = grantor};
	return insert_account(sql, id, user, hash, now_ms, error) &&
		   grants_add(sql, &grant, now_ms, error) != 0;
}

static gboolean insert_all(Sql *sql, const UserNew *user, const char *hash, gint64 now_ms,
						   GError **error)
{
	return insert_with_grant(sql, random_key(), user, 0, hash, now_ms, error) &&
		   audit(sql, "user.create", user->name, user->person, user->unit, now_ms, error);
}

/* Whether the name can be given; FALSE with an error that says why not. */
static gboolean check_new(Sql *sql, const UserNew *user, GError **error)
{
	const char *problem = users_name_problem(user->name);
	if (problem != NULL) {
		g_set_error_literal(error, USERS_ERROR, USERS_ERROR_NAME, problem);
		return FALSE;
	}
	gint64 n = 0;
	if (!sql_get_int(sql, &n, 0, error, "SELECT COUNT(*) FROM account WHERE name = $1", "t",
					 user->name))
		return FALSE;
	if (n > 0)
		g_set_error(error, USERS_ERROR, USERS_ERROR_EXISTS, "user '%s' exists already", user->name);
	return n == 0;
}

/* Ends what begin_own() began; gives `ok`, or FALSE when the commit fails. */
static gboolean end_own(Sql *sql, gboolean own, gboolean ok, GError **error)
{
	if (!own)
		return ok;
	if (ok && sql_commit(sql, error))
		return TRUE;
	sql_rollback(sql);
	return FALSE;
}

static gboolean begin_own(Sql *sql, gboolean *own, GError **error)
{
	*own = !sql_in_transaction(sql);
	return !*own || sql_begin(sql, error);
}

char *users_create(Sql *sql, const UserNew *user, gint64 now_ms, GError **error)
{
	char *password = password_one_time();
	g_autofree char *hash = password_hash(password, error);
	gboolean own = FALSE;
	if (hash != NULL && begin_own(sql, &own, error) &&
		end_own(sql, own, check_new(sql, user, error) && insert_all(sql, user, hash, now_ms, error),
				error))
		return password;
	password_free(password);
	g_prefix_error(error, "adding user '%s': ", user->name);
	return NULL;
}

static gboolean store_password(Sql *sql, gint64 id, const char *hash, gboolean one_time,
							   gint64 now_ms, GError **error)
{
	gint64 until_ms = now_ms + USERS_ONE_TIME_MS;
	return sql_run(sql, error,
				   "UPDATE account SET password_hash = $2, one_time = $3, one_time_until_ms = $4 "
				   "WHERE id = $1",
				   "itiI", id, hash, (gint64)one_time, one_time ? &until_ms : NULL);
}

/* The account, or an error that names it. */
static User *require(Sql *sql, const char *name, GError **error)
{
	g_autoptr(GError) inner = NULL;
	User *user = users_find(sql, name, &inner);
	if (inner != NULL)
		g_propagate_error(error, g_steal_pointer(&inner));
	else if (user == NULL)
		g_set_error(error, USERS_ERROR, USERS_ERROR_UNKNOWN, "there is no user '%s'", name);
	return user;
}

char *users_reset_password(Sql *sql, const char *name, gint64 now_ms, GError **error)
{
	g_autoptr(User) user = require(sql, name, error);
	if (user == NULL)
		return NULL;
	char *password = password_one_time();
	g_autofree char *hash = password_hash(password, error);
	gboolean own = FALSE;
	if (hash != NULL && begin_own(sql, &own, error) &&
		end_own(sql, own,
				store_password(sql, user->id, hash, TRUE, now_ms, error) &&
					sessions_end_all(sql, user->id, NULL, error) &&
					audit(sql, "user.password.reset", name, user->person, 0, now_ms, error),
				error))
		return password;
	password_free(password);
	return NULL;
}

gboolean users_set_password(Sql *sql, gint64 user, const char *hash, const guint8 *keep_session,
							gint64 now_ms, GError **error)
{
	gboolean own;
	return begin_own(sql, &own, error) &&
		   end_own(sql, own,
				   store_password(sql, user, hash, FALSE, now_ms, error) &&
					   sessions_end_all(sql, user, keep_session, error),
				   error);
}

gboolean users_disable(Sql *sql, const char *name, gint64 now_ms, GError **error)
{
	g_autoptr(User) user = require(sql, name, error);
	gboolean own;
	return user != NULL && begin_own(sql, &own, error) &&
		   end_own(sql, own,
				   sql_run(sql, error,
						   "UPDATE account SET disabled_ms = $2 WHERE id = $1 "
						   "AND disabled_ms IS NULL",
						   "ii", user->id, now_ms) &&
					   sessions_end_all(sql, user->id, NULL, error) &&
					   audit(sql, "user.disable", name, user->person, 0, now_ms, error),
				   error);
}

static User *read_user(SqlStatement *row)
{
	User *user = g_new0(User, 1);
	user->id = sql_int(row, 0);
	user->name = g_strdup(sql_text(row, 1));
	user->person = sql_int(row, 2);
	user->password_hash = g_strdup(sql_text(row, 3));
	user->one_time = sql_int(row, 4) != 0;
	user->one_time_until_ms = sql_int(row, 5);
	user->disabled = !sql_is_null(row, 6);
	return user;
}

static User *read_one(SqlStatement *rows, GError **error)
{
	return rows != NULL && sql_next(rows, error) == SQL_ROW ? read_user(rows) : NULL;
}

User *users_find(Sql *sql, const char *name, GError **error)
{
	g_autoptr(SqlStatement) rows =
		sql_query(sql, error, "SELECT " COLUMNS " FROM account WHERE name = $1", "t", name);
	return read_one(rows, error);
}

User *users_get(Sql *sql, gint64 id, GError **error)
{
	g_autoptr(SqlStatement) rows =
		sql_query(sql, error, "SELECT " COLUMNS " FROM account WHERE id = $1", "i", id);
	return read_one(rows, error);
}

GPtrArray *users_list(Sql *sql, GError **error)
{
	g_autoptr(SqlStatement) rows =
		sql_query(sql, error, "SELECT " COLUMNS " FROM account ORDER BY name", "");
	if (rows == NULL)
		return NULL;
	g_autoptr(GPtrArray) users = g_ptr_array_new_with_free_func((GDestroyNotify)user_free);
	SqlStep step;
	while ((step = sql_next(rows, error)) == SQL_ROW)
		g_ptr_array_add(users, read_user(rows));
	return step == SQL_DONE ? g_steal_pointer(&users) : NULL;
}

User *users_of_person(Sql *sql, gint64 person, GError **error)
{
	g_autoptr(SqlStatement) rows =
		sql_query(sql, error,
				  "SELECT " COLUMNS " FROM account c WHERE person = $1 AND disabled_ms IS NULL"
				  " ORDER BY EXISTS (SELECT 1 FROM account_grant g WHERE g.account = c.id"
				  " AND g.role <> 'PEGAWAI' AND g.revoked_ms IS NULL), created_ms, id LIMIT 1",
				  "i", person);
	return read_one(rows, error);
}

gboolean users_above_own(Sql *sql, gint64 account, gint64 today, gboolean *above, GError **error)
{
	gint64 n = 0;
	gboolean ok = sql_get_int(sql, &n, 0, error,
							  "SELECT COUNT(*) FROM account_grant WHERE account = $1"
							  " AND role <> 'PEGAWAI' AND revoked_ms IS NULL"
							  " AND (to_day IS NULL OR to_day > $2)",
							  "ii", account, today);
	*above = n > 0;
	return ok;
}

gboolean users_activate(Sql *sql, const UserActivation *activation, gint64 now_ms, GError **error)
{
	UserNew fresh = {.name = activation->name,
					 .person = activation->person,
					 .role = ROLE_PEGAWAI,
					 .today = activation->today};
	g_assert(sql_in_transaction(sql));
	if (activation->account == 0)
		return check_new(sql, &fresh, error) &&
			   insert_with_grant(sql, random_key(), &fresh, activation->grantor, activation->hash,
								 now_ms, error);
	return store_password(sql, activation->account, activation->hash, TRUE, now_ms, error) &&
		   sessions_end_all(sql, activation->account, NULL, error);
}
