#include "server/store/people/grants.h"

#include "server/store/history.h"
#include "server/store/system/password.h"
#include "server/store/people/units.h"

#define BIT(right) (1u << (right))

/* The one table of what a role may do. */
static const struct {
	const char *name;
	guint rights;
} roles[N_ROLES] = {
	[ROLE_PEGAWAI] = {"PEGAWAI", BIT(RIGHT_OWN_DATA)},
	[ROLE_ATASAN] = {"ATASAN", BIT(RIGHT_OWN_DATA) | BIT(RIGHT_SEE_PEOPLE) | BIT(RIGHT_APPROVE) |
								   BIT(RIGHT_CORRECT) | BIT(RIGHT_ROSTER)},
	[ROLE_SKPD] = {"SKPD", BIT(RIGHT_OWN_DATA) | BIT(RIGHT_SEE_PEOPLE) | BIT(RIGHT_ENROL) |
							   BIT(RIGHT_SEE_TERMINALS) | BIT(RIGHT_GRANT) | BIT(RIGHT_CORRECT) |
							   BIT(RIGHT_SUBMIT) | BIT(RIGHT_DECLARE) | BIT(RIGHT_ROSTER)},
	[ROLE_OPERATOR] = {"OPERATOR", BIT(RIGHT_OWN_DATA) | BIT(RIGHT_SEE_PEOPLE) | BIT(RIGHT_ENROL) |
									   BIT(RIGHT_SEE_TERMINALS) | BIT(RIGHT_CORRECT) |
									   BIT(RIGHT_DECLARE) | BIT(RIGHT_ROSTER)},
	[ROLE_BKD] = {"BKD", BIT(RIGHT_OWN_DATA) | BIT(RIGHT_SEE_PEOPLE) | BIT(RIGHT_ENROL) |
							 BIT(RIGHT_APPROVE) | BIT(RIGHT_DECIDE) | BIT(RIGHT_SEE_TERMINALS) |
							 BIT(RIGHT_METRICS) | BIT(RIGHT_GRANT) | BIT(RIGHT_AUDIT) |
							 BIT(RIGHT_MUTATE) | BIT(RIGHT_CORRECT) | BIT(RIGHT_LOCK) |
							 BIT(RIGHT_DECLARE) | BIT(RIGHT_ROSTER)},
	[ROLE_AUDITOR] = {"AUDITOR", BIT(RIGHT_OWN_DATA) | BIT(RIGHT_SEE_PEOPLE) |
									 BIT(RIGHT_SEE_TERMINALS) | BIT(RIGHT_METRICS) |
									 BIT(RIGHT_AUDIT)},
	[ROLE_TEKNISI] = {"TEKNISI",
					  BIT(RIGHT_OWN_DATA) | BIT(RIGHT_SEE_TERMINALS) | BIT(RIGHT_METRICS)},
};

const char *role_name(Role role)
{
	return roles[role].name;
}

gboolean role_parse(const char *text, Role *role)
{
	for (Role i = 0; i < N_ROLES; i++)
		if (g_ascii_strcasecmp(text, roles[i].name) == 0) {
			*role = i;
			return TRUE;
		}
	return FALSE;
}

gboolean role_has_right(Role role, Right right)
{
	return (roles[role].rights & BIT(right)) != 0;
}

void grant_free(Grant *grant)
{
	if (grant == NULL)
		return;
	g_free(grant->decree);
	g_free(grant);
}

static const gint64 *null_if(gint64 absent, const gint64 *value)
{
	return *value == absent ? NULL : value;
}

gint64 grants_add(Sql *sql, const GrantNew *grant, gint64 now_ms, GError **error)
{
	gint64 id = random_key();
	/* What concerns the own data alone goes with the person. */
	gint64 bound = grant->role != ROLE_PEGAWAI;
	if (!sql_run(sql, error,
				 "INSERT INTO account_grant (id, account, role, unit, from_day, to_day, decree, "
				 "grantor, granted_ms, home_unit) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, "
				 "(SELECT a.unit FROM account c JOIN assignment a ON a.person=c.person "
				 "WHERE c.id=$2 AND $10=1 AND" NOW_ON("a", "$5") "))",
				 "iitIiItIii", id, grant->account, role_name(grant->role), null_if(0, &grant->unit),
				 grant->from_day, null_if(G_MAXINT64, &grant->to_day), grant->decree,
				 null_if(0, &grant->grantor), now_ms, bound)) {
		g_prefix_error(error, "adding a grant: ");
		return 0;
	}
	return id;
}

gboolean grants_revoke(Sql *sql, gint64 grant, gint64 revoker, gint64 now_ms, GError **error)
{
	return sql_run(sql, error,
				   "UPDATE account_grant SET revoked_ms = $2, revoker = $3 "
				   "WHERE id = $1 AND revoked_ms IS NULL",
				   "iiI", grant, now_ms, null_if(0, &revoker));
}

/* NULL when the row bears a role this program does not know: it grants nothing. */
static Grant *read_grant(SqlStatement *row)
{
	Role role;
	if (!role_parse(sql_text(row, 2), &role))
		return NULL;
	Grant *grant = g_new0(Grant, 1);
	grant->id = sql_int(row, 0);
	grant->account = sql_int(row, 1);
	grant->role = role;
	grant->unit = sql_int(row, 3);
	grant->from_day = sql_int(row, 4);
	grant->to_day = sql_is_null(row, 5) ? G_MAXINT64 : sql_int(row, 5);
	grant->decree = g_strdup(sql_text(row, 6));
	return grant;
}

GPtrArray *grants_of_account(Sql *sql, gint64 account, gint64 day, GError **error)
{
	g_autoptr(SqlStatement) rows = sql_query(
		sql, error,
		"SELECT g.id, g.account, g.role, g.unit, g.from_day, g.to_day, g.decree "
		"FROM account_grant g JOIN account c ON c.id=g.account "
		"LEFT JOIN assignment a ON a.person=c.person AND" NOW_ON(
			"a",
			"$2") "WHERE g.account=$1 AND g.from_day<=$2 AND (g.to_day IS NULL OR g.to_day>$2) "
				  "AND g.revoked_ms IS NULL AND (g.home_unit IS NULL OR g.home_unit=a.unit) "
				  "ORDER BY g.granted_ms, g.id",
		"ii", account, day);
	if (rows == NULL)
		return NULL;
	g_autoptr(GPtrArray) grants = g_ptr_array_new_with_free_func((GDestroyNotify)grant_free);
	SqlStep step;
	while ((step = sql_next(rows, error)) == SQL_ROW) {
		Grant *grant = read_grant(rows);
		if (grant != NULL)
			g_ptr_array_add(grants, grant);
	}
	return step == SQL_DONE ? g_steal_pointer(&grants) : NULL;
}

/* The accounts of a person that are in use; of gint64. */
static GArray *accounts_of(Sql *sql, gint64 person, GError **error)
{
	g_autoptr(GArray) accounts = g_array_new(FALSE, FALSE, sizeof(gint64));
	g_autoptr(SqlStatement) rows =
		sql_query(sql, error, "SELECT id FROM account WHERE person = $1 AND disabled_ms IS NULL",
				  "i", person);
	SqlStep step = SQL_FAILED;
	while (rows != NULL && (step = sql_next(rows, error)) == SQL_ROW) {
		gint64 account = sql_int(rows, 0);
		g_array_append_val(accounts, account);
	}
	return step == SQL_DONE ? g_steal_pointer(&accounts) : NULL;
}

static gboolean account_may(Sql *sql, gint64 account, Right right, gint64 unit, gint64 day,
							gboolean *may, GError **error)
{
	g_autoptr(GPtrArray) grants = grants_of_account(sql, account, day, error);
	if (grants == NULL)
		return FALSE;
	for (guint i = 0; i < grants->len && !*may; i++) {
		const Grant *grant = grants->pdata[i];
		if (!role_has_right(grant->role, right))
			continue;
		if (grant->unit == 0 || unit == 0)
			*may = TRUE;
		else if (!units_within(sql, unit, grant->unit, day, may, error))
			return FALSE;
	}
	return TRUE;
}

gboolean grants_person_may(Sql *sql, gint64 person, Right right, gint64 unit, gint64 day,
						   gboolean *may, GError **error)
{
	g_autoptr(GArray) accounts = accounts_of(sql, person, error);
	*may = FALSE;
	for (guint i = 0; accounts != NULL && i < accounts->len && !*may; i++)
		if (!account_may(sql, g_array_index(accounts, gint64, i), right, unit, day, may, error))
			return FALSE;
	return accounts != NULL;
}

gboolean grants_count(Sql *sql, gint64 person, gint64 day, gint64 *n, GError **error)
{
	g_autoptr(GArray) accounts = accounts_of(sql, person, error);
	*n = 0;
	for (guint i = 0; accounts != NULL && i < accounts->len; i++) {
		g_autoptr(GPtrArray) grants =
			grants_of_account(sql, g_array_index(accounts, gint64, i), day, error);
		if (grants == NULL)
			return FALSE;
		*n += grants->len;
	}
	return accounts != NULL;
}

gboolean grants_end_unit(Sql *sql, gint64 unit, gint64 day, gint64 *n_ended, GError **error)
{
	*n_ended = sql_change(sql, error,
						  "UPDATE account_grant SET to_day=$2 WHERE unit=$1 AND revoked_ms IS NULL"
						  " AND from_day<$2 AND (to_day IS NULL OR to_day>$2)",
						  "ii", unit, day);
	return *n_ended >= 0 &&
		   sql_run(sql, error,
				   "UPDATE account_grant SET to_day=from_day WHERE unit=$1 AND from_day>=$2", "ii",
				   unit, day);
}

static GArray *bound_grants(Sql *sql, gint64 person, gint64 old_unit, gint64 day, GError **error)
{
	g_autoptr(GArray) ids = g_array_new(FALSE, FALSE, sizeof(gint64));
	g_autoptr(SqlStatement) rows = sql_query(
		sql, error,
		"SELECT g.id FROM account_grant g JOIN account c ON c.id=g.account WHERE c.person=$1"
		" AND g.home_unit=$2 AND (g.unit IS NULL OR g.unit<>$2) AND g.revoked_ms IS NULL"
		" AND (g.to_day IS NULL OR g.to_day>$3)",
		"iii", person, old_unit, day);
	SqlStep step = SQL_FAILED;
	while (rows != NULL && (step = sql_next(rows, error)) == SQL_ROW) {
		gint64 id = sql_int(rows, 0);
		g_array_append_val(ids, id);
	}
	return step == SQL_DONE ? g_steal_pointer(&ids) : NULL;
}

/* Two rows: the holder may be asked about any day before and after. */
gboolean grants_follow(Sql *sql, gint64 person, gint64 old_unit, gint64 new_unit, gint64 day,
					   gint64 now_ms, GError **error)
{
	g_autoptr(GArray) ids = bound_grants(sql, person, old_unit, day, error);
	if (ids == NULL)
		return FALSE;
	for (guint i = 0; i < ids->len; i++) {
		gint64 old = g_array_index(ids, gint64, i);
		if (!sql_run(sql, error,
					 "INSERT INTO account_grant (id, account, role, unit, home_unit, from_day,"
					 " to_day, decree, grantor, granted_ms) SELECT $1, account, role, unit, $2,"
					 " CASE WHEN from_day>$3 THEN from_day ELSE $3 END, to_day, decree, grantor, $4"
					 " FROM account_grant WHERE id=$5",
					 "iiiii", random_key(), new_unit, day, now_ms, old) ||
			!sql_run(sql, error,
					 "UPDATE account_grant SET to_day=CASE WHEN from_day>$2 THEN from_day ELSE $2"
					 " END WHERE id=$1",
					 "ii", old, day))
			return FALSE;
	}
	return TRUE;
}
