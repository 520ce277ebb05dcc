#include "server/web/system/access.h"

#include <string.h>

#include <sodium.h>

#include "server/store/people/assignments.h"
#include "server/store/services/delegations.h"
#include "server/store/system/second_factor.h"
#include "server/store/system/tokens.h"
#include "server/store/people/units.h"

void access_free(Access *access)
{
	if (access == NULL)
		return;
	user_free(access->user);
	g_clear_pointer(&access->grants, g_ptr_array_unref);
	sodium_memzero(access->csrf, sizeof access->csrf);
	g_free(access);
}

void access_csrf(const char *session_token, char csrf[CSRF_SIZE + 1])
{
	static const guint8 purpose[crypto_auth_hmacsha256_KEYBYTES] = "hadir form token";
	guint8 mac[crypto_auth_hmacsha256_BYTES];
	G_STATIC_ASSERT(sizeof mac * 2 == CSRF_SIZE);
	/* The session's token has 256 random bits: it is the secret, the key only names the use. */
	crypto_auth_hmacsha256(mac, (const guint8 *)session_token, strlen(session_token), purpose);
	sodium_bin2hex(csrf, CSRF_SIZE + 1, mac, sizeof mac);
}

gboolean access_csrf_equal(const char *expected, const char *given)
{
	return given != NULL && strlen(given) == CSRF_SIZE &&
		   sodium_memcmp(expected, given, CSRF_SIZE) == 0;
}

/* Who a token of either kind belongs to; 0: nobody. */
static gint64 find_account(Sql *sql, Access *access, const Request *request, const char *cookie,
						   GError **error)
{
	const char *bearer = request_bearer(request);
	if (bearer != NULL) {
		gint64 account = tokens_find(sql, bearer, request->now_ms, error);
		access->kind = account == 0 ? ACCESS_NOBODY : ACCESS_TOKEN;
		access->bad_token = account == 0;
		return account;
	}
	g_autofree char *token = request_cookie(request, cookie);
	if (token == NULL || !sessions_find(sql, token, request->now_ms, &access->session, error))
		return 0;
	access->kind = ACCESS_SESSION;
	access_csrf(token, access->csrf);
	return access->session.account;
}

static gboolean look_for_second(Sql *sql, Access *access, GError **error)
{
	if (access->user == NULL || access->kind != ACCESS_SESSION || access->session.second_ms != 0)
		return TRUE;
	if (!second_factor_known(sql, access->user->id, &access->second_known, error))
		return FALSE;
	access->second_due = access->second_known || access_needs_second(access);
	return TRUE;
}

/* A deputy decides by the superior's own grants, as long as they and the delegation are in force. */
static gboolean add_delegated(Sql *sql, Access *access, gint64 today, GError **error)
{
	if (!access_has_right(access, RIGHT_CORRECT))
		return TRUE;
	g_autoptr(GPtrArray) list = delegations_on(sql, access->user->id, 0, today, error);
	for (guint i = 0; list != NULL && i < list->len; i++) {
		const Delegation *delegation = list->pdata[i];
		g_autoptr(GPtrArray) grants = grants_of_account(sql, delegation->account, today, error);
		if (grants == NULL)
			return FALSE;
		for (guint j = 0; j < grants->len; j++) {
			Grant *grant = grants->pdata[j];
			if (grant->role != ROLE_ATASAN)
				continue;
			grant->to_day = MIN(grant->to_day, delegation->to_day);
			g_ptr_array_add(access->grants, grant);
			grants->pdata[j] = NULL;
		}
	}
	return list != NULL;
}

Access *access_identify(Sql *sql, const Request *request, const char *cookie, gint64 today,
						GError **error)
{
	g_autoptr(Access) access = g_new0(Access, 1);
	g_autoptr(GError) inner = NULL;
	gint64 account = find_account(sql, access, request, cookie, &inner);
	if (account != 0)
		access->user = users_get(sql, account, &inner);
	if (access->user != NULL)
		access->grants = grants_of_account(sql, account, today, &inner);
	if (access->grants != NULL)
		add_delegated(sql, access, today, &inner);
	if (inner == NULL)
		look_for_second(sql, access, &inner);
	if (inner != NULL) {
		g_propagate_prefixed_error(error, g_steal_pointer(&inner), "finding out who asks: ");
		return NULL;
	}
	if (access->user == NULL)
		access->kind = ACCESS_NOBODY;
	return g_steal_pointer(&access);
}

gboolean access_has_right(const Access *access, Right right)
{
	for (guint i = 0; access->grants != NULL && i < access->grants->len; i++)
		if (role_has_right(((const Grant *)access->grants->pdata[i])->role, right))
			return TRUE;
	return FALSE;
}

gboolean access_has_role(const Access *access, Role role)
{
	for (guint i = 0; access->grants != NULL && i < access->grants->len; i++)
		if (((const Grant *)access->grants->pdata[i])->role == role)
			return TRUE;
	return FALSE;
}

gboolean access_needs_second(const Access *access)
{
	return access_has_right(access, RIGHT_ENROL) || access_has_right(access, RIGHT_APPROVE) ||
		   access_has_right(access, RIGHT_DECIDE);
}

void scope_free(Scope *scope)
{
	if (scope == NULL)
		return;
	g_hash_table_unref(scope->units);
	g_free(scope);
}

static gboolean add_subtree(Sql *sql, Scope *scope, const Grant *grant, gint64 day, GError **error)
{
	g_autoptr(UnitCursor) cursor = unit_subtree(sql, grant->unit, day, error);
	if (cursor == NULL)
		return FALSE;
	UnitRow row;
	SqlStep step;
	while ((step = units_next(cursor, &row, error)) == SQL_ROW) {
		if (g_hash_table_contains(scope->units, &row.id))
			continue;
		gint64 *unit = g_new(gint64, 1);
		*unit = row.id;
		g_hash_table_insert(scope->units, unit, (gpointer)grant);
	}
	return step == SQL_DONE;
}

static gboolean add_grant(Sql *sql, Scope *scope, const Grant *grant, gint64 day, GError **error)
{
	gboolean first = scope->grant == 0;
	if (first)
		scope->grant = grant->id;
	if (grant->unit == 0) {
		scope->all = TRUE;
		scope->top = 0;
		return TRUE;
	}
	scope->top = first || scope->top == grant->unit ? grant->unit : 0;
	return add_subtree(sql, scope, grant, day, error);
}

Scope *access_scope(Sql *sql, const Access *access, Right right, gint64 day, GError **error)
{
	g_autoptr(Scope) scope = g_new0(Scope, 1);
	scope->units = g_hash_table_new_full(g_int64_hash, g_int64_equal, g_free, NULL);
	for (guint i = 0; access->grants != NULL && i < access->grants->len && !scope->all; i++) {
		const Grant *grant = access->grants->pdata[i];
		if (role_has_right(grant->role, right) && !add_grant(sql, scope, grant, day, error)) {
			g_prefix_error(error, "reading the units of a grant: ");
			return NULL;
		}
	}
	return g_steal_pointer(&scope);
}

gboolean scope_has(const Scope *scope, gint64 unit)
{
	return scope->all || (unit != 0 && g_hash_table_contains(scope->units, &unit));
}

gint64 scope_grant(const Scope *scope, gint64 unit)
{
	const Grant *grant = g_hash_table_lookup(scope->units, &unit);
	return grant == NULL ? scope->grant : grant->id;
}

gboolean scope_is_empty(const Scope *scope)
{
	return !scope->all && g_hash_table_size(scope->units) == 0;
}

/* Is the unit, as of that day, below a unit over which the account has the right? */
static gboolean unit_is_seen(Sql *sql, const Access *access, Right right, gint64 unit, gint64 day,
							 gboolean *seen, GError **error)
{
	*seen = FALSE;
	for (guint i = 0; i < access->grants->len && !*seen; i++) {
		const Grant *grant = access->grants->pdata[i];
		if (!role_has_right(grant->role, right))
			continue;
		if (grant->unit == 0)
			*seen = TRUE;
		else if (!units_within(sql, unit, grant->unit, day, seen, error))
			return FALSE;
	}
	return TRUE;
}

static void add_days(GArray *spans, gint64 from_day, gint64 to_day)
{
	DaySpan span = {from_day, to_day};
	DaySpan *last = spans->len == 0 ? NULL : &g_array_index(spans, DaySpan, spans->len - 1);
	if (last != NULL && last->to_day == from_day)
		last->to_day = to_day;
	else
		g_array_append_val(spans, span);
}

/* Who has the right over the whole province has it over people without a unit too. */
static gboolean has_province(const Access *access, Right right)
{
	for (guint i = 0; access->grants != NULL && i < access->grants->len; i++) {
		const Grant *grant = access->grants->pdata[i];
		if (grant->unit == 0 && role_has_right(grant->role, right))
			return TRUE;
	}
	return FALSE;
}

GArray *access_person_days(Sql *sql, const Access *access, Right right, gint64 person,
						   gint64 from_day, gint64 to_day, GError **error)
{
	g_autoptr(GArray) spans = g_array_new(FALSE, FALSE, sizeof(DaySpan));
	if (has_province(access, right)) {
		add_days(spans, from_day, to_day);
		return g_steal_pointer(&spans);
	}
	g_autoptr(GArray) assignments = NULL;
	if (access->grants == NULL)
		return g_steal_pointer(&spans);
	if (!assignments_of(sql, person, &assignments, error))
		return NULL;
	for (guint i = 0; i < assignments->len; i++) {
		const Assignment *at = &g_array_index(assignments, Assignment, i);
		gint64 from = MAX(from_day, at->from_day), to = MIN(to_day, at->to_day);
		gboolean seen = FALSE;
		if (from >= to)
			continue;
		if (!unit_is_seen(sql, access, right, at->unit, from, &seen, error))
			return NULL;
		if (seen)
			add_days(spans, from, to);
	}
	return g_steal_pointer(&spans);
}

gboolean day_spans_have(const GArray *spans, gint64 day)
{
	for (guint i = 0; i < spans->len; i++) {
		const DaySpan *span = &g_array_index(spans, DaySpan, i);
		if (day >= span->from_day && day < span->to_day)
			return TRUE;
	}
	return FALSE;
}
