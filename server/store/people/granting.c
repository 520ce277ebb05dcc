#include "server/store/people/granting.h"

#include <string.h>

#include "server/store/history.h"
#include "server/store/people/units.h"
#include "server/store/system/sessions.h"

#define BIT(role) (1u << (role))

G_DEFINE_QUARK(granting - error - quark, granting_error)

gboolean role_gives(Role giver, Role given)
{
	static const guint gives[N_ROLES] = {
		[ROLE_SKPD] = BIT(ROLE_ATASAN) | BIT(ROLE_OPERATOR),
		[ROLE_BKD] = BIT(ROLE_ATASAN) | BIT(ROLE_SKPD) | BIT(ROLE_OPERATOR) | BIT(ROLE_BKD) |
					 BIT(ROLE_AUDITOR) | BIT(ROLE_TEKNISI),
	};
	return (gives[giver] & BIT(given)) != 0;
}

gboolean granting_may_role(const Granter *granter, Role role)
{
	for (guint i = 0; i < granter->grants->len; i++)
		if (role_gives(((const Grant *)granter->grants->pdata[i])->role, role))
			return TRUE;
	return FALSE;
}

static gboolean refuse(GrantingError code, const char *text, GError **error)
{
	g_set_error_literal(error, GRANTING_ERROR, (gint)code, text);
	return FALSE;
}

/* ── may it be given? ── */

/* The longest end among the giver's grants that cover role and unit; 0: none does. */
static gboolean reach(Sql *sql, const Granter *granter, Role role, gint64 unit, gint64 *to_day,
					  GError **error)
{
	*to_day = 0;
	for (guint i = 0; i < granter->grants->len; i++) {
		const Grant *own = granter->grants->pdata[i];
		gboolean within = own->unit == 0;
		if (!role_gives(own->role, role))
			continue;
		if (!within && unit != 0 &&
			!units_within(sql, unit, own->unit, granter->today, &within, error))
			return FALSE;
		if (within)
			*to_day = MAX(*to_day, own->to_day);
	}
	return TRUE;
}

/* Superiors, keepers and operators are of a unit. */
static gboolean needs_unit(Role role)
{
	return role == ROLE_ATASAN || role == ROLE_SKPD || role == ROLE_OPERATOR;
}

static gboolean check_reach(Sql *sql, const Granter *granter, const GrantNew *grant, GError **error)
{
	gint64 longest;
	if (!granting_may_role(granter, grant->role))
		return refuse(GRANTING_ERROR_ROLE, "no grant of the giver's gives this role", error);
	if (needs_unit(grant->role) && grant->unit == 0)
		return refuse(GRANTING_ERROR_UNIT, "this role is of a unit", error);
	if (!reach(sql, granter, grant->role, grant->unit, &longest, error))
		return FALSE;
	if (longest == 0)
		return refuse(GRANTING_ERROR_UNIT, "not within what the giver holds", error);
	if (grant->to_day > longest)
		return refuse(GRANTING_ERROR_TO, "after the giver's own end", error);
	return TRUE;
}

static gboolean check_period(const Granter *granter, const GrantNew *grant, GError **error)
{
	if (grant->from_day < granter->today)
		return refuse(GRANTING_ERROR_FROM, "before today", error);
	if (grant->to_day <= grant->from_day)
		return refuse(GRANTING_ERROR_TO, "ends before it begins", error);
	if (grant->role == ROLE_AUDITOR && grant->to_day == G_MAXINT64)
		return refuse(GRANTING_ERROR_TO, "an auditor's grant has an end", error);
	return TRUE;
}

static gboolean check_decree(const char *decree, GError **error)
{
	if (decree == NULL || g_utf8_strlen(decree, -1) < GRANT_DECREE_MIN ||
		strlen(decree) > GRANT_DECREE_MAX)
		return refuse(GRANTING_ERROR_DECREE, "the number of the letter it rests on", error);
	return TRUE;
}

static gboolean is_own(const Granter *granter, gint64 account, gint64 person)
{
	return account == granter->account || (person != 0 && person == granter->person);
}

gint64 granting_give(Sql *sql, const Granter *granter, const GrantNew *grant, gint64 holder,
					 GError **error)
{
	if (is_own(granter, grant->account, holder))
		return refuse(GRANTING_ERROR_OWN, "nobody grants to themselves", error);
	if (!check_period(granter, grant, error) || !check_reach(sql, granter, grant, error) ||
		!check_decree(grant->decree, error))
		return 0;
	GrantNew given = *grant;
	given.grantor = granter->account;
	return grants_add(sql, &given, granter->now_ms, error);
}

/* ── lists ── */

void grant_row_free(GrantRow *row)
{
	if (row == NULL)
		return;
	g_free(row->name);
	g_free(row->person_name);
	g_free(row->unit_name);
	g_free(row->unit_code);
	g_free(row->decree);
	g_free(row->grantor);
	g_free(row);
}

/* clang-format off */
/* $1 the day. */
#define ROWS                                                                                       \
	"SELECT g.id, g.account, coalesce(c.person,0), c.name, n.name, g.role, coalesce(g.unit,0),"    \
	" u.name, g.from_day, g.to_day, g.decree, b.name,"                                             \
	" CASE WHEN g.home_unit IS NULL OR g.home_unit=a.unit THEN 0 ELSE 1 END, k.code"               \
	" FROM account_grant g JOIN account c ON c.id=g.account"                                       \
	" LEFT JOIN person_name n ON n.person=c.person AND" NOW_ON("n", "$1")                          \
	" LEFT JOIN assignment a ON a.person=c.person AND" NOW_ON("a", "$1")                           \
	" LEFT JOIN unit_fact u ON u.unit=g.unit AND" NOW_ON("u", "$1")                                \
	" LEFT JOIN unit k ON k.id=g.unit LEFT JOIN account b ON b.id=g.grantor"                       \
	" WHERE g.revoked_ms IS NULL AND (g.to_day IS NULL OR g.to_day>$1)"                            \
	" AND g.role<>'PEGAWAI' AND c.disabled_ms IS NULL"

static const char all_rows[] =
	"WITH RECURSIVE tree(unit) AS (SELECT $2 UNION SELECT f.unit FROM tree"
	" JOIN unit_fact f ON f.parent=tree.unit WHERE" NOW_ON("f", "$1") ") "
	ROWS " AND ($2=0 OR g.unit IN (SELECT unit FROM tree))"
	" ORDER BY coalesce(n.name, c.name), c.name, g.granted_ms, g.id LIMIT $3";
static const char one_row[] = ROWS " AND g.id=$2";
/* clang-format on */

static GrantRow *read_row(SqlStatement *row)
{
	Role role;
	if (!role_parse(sql_text(row, 5), &role))
		return NULL;
	GrantRow *grant = g_new0(GrantRow, 1);
	*grant = (GrantRow){
		.id = sql_int(row, 0),
		.account = sql_int(row, 1),
		.person = sql_int(row, 2),
		.name = g_strdup(sql_text(row, 3)),
		.person_name = g_strdup(sql_text(row, 4)),
		.role = role,
		.unit = sql_int(row, 6),
		.unit_name = g_strdup(sql_text(row, 7)),
		.from_day = sql_int(row, 8),
		.to_day = sql_is_null(row, 9) ? G_MAXINT64 : sql_int(row, 9),
		.decree = g_strdup(sql_text(row, 10)),
		.grantor = g_strdup(sql_text(row, 11)),
		.moved = sql_int(row, 12) != 0,
		.unit_code = g_strdup(sql_text(row, 13)),
	};
	return grant;
}

static GPtrArray *read_rows(SqlStatement *statement, GError **error)
{
	g_autoptr(SqlStatement) rows = statement;
	g_autoptr(GPtrArray) grants = g_ptr_array_new_with_free_func((GDestroyNotify)grant_row_free);
	SqlStep step = SQL_FAILED;
	while (rows != NULL && (step = sql_next(rows, error)) == SQL_ROW) {
		GrantRow *grant = read_row(rows);
		if (grant != NULL)
			g_ptr_array_add(grants, grant);
	}
	return step == SQL_DONE ? g_steal_pointer(&grants) : NULL;
}

GPtrArray *granting_list(Sql *sql, gint64 unit, gint64 day, gint64 n_max, GError **error)
{
	return read_rows(sql_query(sql, error, all_rows, "iii", day, unit, n_max), error);
}

GrantRow *granting_get(Sql *sql, gint64 id, gint64 day, GError **error)
{
	g_autoptr(GPtrArray) rows = read_rows(sql_query(sql, error, one_row, "ii", day, id), error);
	return rows == NULL || rows->len == 0 ? NULL : g_ptr_array_steal_index(rows, 0);
}

/* ── changing ── */

gboolean granting_may_change(Sql *sql, const Granter *granter, const GrantRow *row, gboolean *may,
							 GError **error)
{
	gint64 longest;
	if (!reach(sql, granter, row->role, row->unit, &longest, error))
		return FALSE;
	*may = longest != 0 && !is_own(granter, row->account, row->person);
	return TRUE;
}

static gboolean check_change(Sql *sql, const Granter *granter, const GrantRow *row, GError **error)
{
	gboolean may;
	if (!granting_may_change(sql, granter, row, &may, error))
		return FALSE;
	return may || refuse(GRANTING_ERROR_OWN, "not the giver's to change", error);
}

gboolean granting_limit(Sql *sql, const Granter *granter, const GrantRow *row, gint64 to_day,
						GError **error)
{
	if (!check_change(sql, granter, row, error))
		return FALSE;
	if (to_day <= granter->today || to_day <= row->from_day || to_day >= row->to_day)
		return refuse(GRANTING_ERROR_TO, "a day after today, before its present end", error);
	return sql_run(sql, error,
				   "UPDATE account_grant SET to_day=$2 WHERE id=$1 AND revoked_ms IS NULL", "ii",
				   row->id, to_day);
}

gboolean granting_end(Sql *sql, const Granter *granter, const GrantRow *row, GError **error)
{
	return check_change(sql, granter, row, error) &&
		   grants_revoke(sql, row->id, granter->account, granter->now_ms, error) &&
		   sessions_end_all(sql, row->account, NULL, error);
}
