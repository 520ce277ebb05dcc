/* `hadir user`: accounts, one-time passwords and bearer tokens. */
#include <string.h>

#include <glib.h>

#include "server/config.h"
#include "server/store/system/audit_log.h"
#include "server/store/migrate.h"
#include "server/store/system/password.h"
#include "server/store/people/people.h"
#include "server/store/system/second_factor.h"
#include "server/store/system/tokens.h"
#include "server/store/people/units.h"
#include "server/store/system/users.h"
#include "tools/hadir/cmd_user.h"

#define MINUTE_MS 60000
#define DAY_MS (1440 * G_GINT64_CONSTANT(60000))
#define TOKEN_DAYS 30
#define TOKEN_DAYS_MAX 3660

typedef struct {
	ServerConfig *config;
	Sql *sql;
	gint64 now_ms;
	/* options */
	char *role, *unit, *person, *decree, *label, *by;
	gboolean one_time;
	int days;
} Work;

typedef struct {
	const char *name, *arguments;
	gboolean wants_user;
	gboolean (*run)(Work *work, const char *user, GError **error);
} Action;

static gint64 local_day(const Work *work)
{
	return (work->now_ms + work->config->utc_offset_min * MINUTE_MS) / DAY_MS;
}

static void usage_error(GError **error, const char *text)
{
	g_set_error_literal(error, G_OPTION_ERROR, G_OPTION_ERROR_BAD_VALUE, text);
}

static gboolean find_unit(Work *work, gint64 *unit, GError **error)
{
	*unit = 0;
	if (work->unit == NULL)
		return TRUE;
	if (!units_find(work->sql, work->unit, FALSE, unit, error))
		return FALSE;
	if (*unit == 0)
		g_set_error(error, G_OPTION_ERROR, G_OPTION_ERROR_BAD_VALUE, "there is no unit '%s'",
					work->unit);
	return *unit != 0;
}

static gboolean find_person(Work *work, PersonId *person, GError **error)
{
	*person = 0;
	if (work->person == NULL)
		return TRUE;
	if (!people_find(work->sql, work->person, person, error))
		return FALSE;
	if (*person == 0)
		g_set_error(error, G_OPTION_ERROR, G_OPTION_ERROR_BAD_VALUE, "there is no person '%s'",
					work->person);
	return *person != 0;
}

/* Which roles cover what: an account without a unit sees the province. */
static gboolean check_scope(const Work *work, Role role, GError **error)
{
	if ((role == ROLE_SKPD || role == ROLE_ATASAN) && work->unit == NULL)
		usage_error(error, "this role needs --unit");
	else if (role == ROLE_PEGAWAI && work->person == NULL)
		usage_error(error, "this role needs --person");
	else
		return TRUE;
	return FALSE;
}

static gboolean add(Work *work, const char *name, GError **error)
{
	UserNew user = {.name = name, .decree = work->decree, .today = local_day(work)};
	if (work->role == NULL || !role_parse(work->role, &user.role)) {
		usage_error(error, "--role is one of PEGAWAI, ATASAN, SKPD, BKD, AUDITOR, TEKNISI");
		return FALSE;
	}
	if (!check_scope(work, user.role, error) || !find_unit(work, &user.unit, error) ||
		!find_person(work, &user.person, error))
		return FALSE;
	char *password = users_create(work->sql, &user, work->now_ms, error);
	if (password == NULL)
		return FALSE;
	g_print("%s\n", password);
	password_free(password);
	return TRUE;
}

static gboolean reset_password(Work *work, const char *name, GError **error)
{
	char *password = users_reset_password(work->sql, name, work->now_ms, error);
	if (password == NULL)
		return FALSE;
	g_print("%s\n", password);
	password_free(password);
	return TRUE;
}

static gboolean disable(Work *work, const char *name, GError **error)
{
	return users_disable(work->sql, name, work->now_ms, error);
}

/* The token and its row in one transaction. */
static char *issue(Work *work, const User *user, GError **error)
{
	AuditEntry entry = {.at_ms = work->now_ms,
						.action = "token.issue",
						.person = user->person,
						.detail = user->name};
	if (!audit_change_begin(work->sql, error))
		return NULL;
	char *token =
		tokens_issue(work->sql, user->id, work->label == NULL ? "hadir user token" : work->label,
					 work->now_ms + work->days * DAY_MS, work->now_ms, error);
	if (token != NULL && audit_change_commit(work->sql, &entry, error))
		return token;
	audit_change_rollback(work->sql);
	password_free(token);
	return NULL;
}

static gboolean token(Work *work, const char *name, GError **error)
{
	if (work->days < 1 || work->days > TOKEN_DAYS_MAX) {
		usage_error(error, "--days is a number from 1 to 3660");
		return FALSE;
	}
	g_autoptr(GError) inner = NULL;
	g_autoptr(User) user = users_find(work->sql, name, &inner);
	if (inner != NULL) {
		g_propagate_error(error, g_steal_pointer(&inner));
		return FALSE;
	}
	if (user == NULL) {
		g_set_error(error, USERS_ERROR, USERS_ERROR_UNKNOWN, "there is no user '%s'", name);
		return FALSE;
	}
	char *text = issue(work, user, error);
	if (text == NULL)
		return FALSE;
	g_print("%s\n", text);
	password_free(text);
	return TRUE;
}

static User *find_user(Work *work, const char *name, GError **error)
{
	g_autoptr(GError) inner = NULL;
	g_autoptr(User) user = users_find(work->sql, name, &inner);
	if (inner != NULL)
		g_propagate_error(error, g_steal_pointer(&inner));
	else if (user == NULL)
		g_set_error(error, USERS_ERROR, USERS_ERROR_UNKNOWN, "there is no user '%s'", name);
	return g_steal_pointer(&user);
}

/* An administrator is whose grants in force decide over the province. */
static User *find_administrator(Work *work, GError **error)
{
	if (work->by == NULL) {
		usage_error(error, "--by names the administrator who asks or agrees");
		return NULL;
	}
	g_autoptr(User) user = find_user(work, work->by, error);
	if (user == NULL)
		return NULL;
	g_autoptr(GPtrArray) grants = grants_of_account(work->sql, user->id, local_day(work), error);
	for (guint i = 0; grants != NULL && !user->disabled && i < grants->len; i++) {
		const Grant *grant = grants->pdata[i];
		if (grant->unit == 0 && role_has_right(grant->role, RIGHT_DECIDE))
			return g_steal_pointer(&user);
	}
	if (grants != NULL)
		usage_error(error, "--by is no administrator of the province");
	return NULL;
}

/* A lost phone: two administrators, one after the other. */
static gboolean phone(Work *work, const char *name, GError **error)
{
	static const char *const said[] = {
		[SECOND_RESET_NONE] = "nothing to do: no phone is set up, or it is the administrator's own",
		[SECOND_RESET_ASKED] = "asked; another administrator has to agree within a day",
		[SECOND_RESET_DONE] = "removed; the next log-in sets up another phone"};
	SecondReset result;
	g_autoptr(User) user = find_user(work, name, error);
	g_autoptr(User) by = user == NULL ? NULL : find_administrator(work, error);
	if (by == NULL || !audit_change_begin(work->sql, error))
		return FALSE;
	AuditEntry entry = {.at_ms = work->now_ms,
						.account = by->id,
						.action = "second.reset",
						.person = user->person,
						.detail = user->name};
	if (second_factor_reset(work->sql, user->id, by->id, work->now_ms, &result, error) &&
		audit_change_commit(work->sql, &entry, error)) {
		g_print("%s\n", said[result]);
		return TRUE;
	}
	audit_change_rollback(work->sql);
	return FALSE;
}

static gboolean print_user(Work *work, const User *user, GError **error)
{
	g_autoptr(GPtrArray) grants = grants_of_account(work->sql, user->id, local_day(work), error);
	if (grants == NULL)
		return FALSE;
	g_print("%s%s%s", user->name, user->one_time ? " (one-time password)" : "",
			user->disabled ? " (disabled)" : "");
	for (guint i = 0; i < grants->len; i++) {
		const Grant *grant = grants->pdata[i];
		g_print(" %s", role_name(grant->role));
		if (grant->unit != 0)
			g_print(":unit %" G_GINT64_FORMAT, grant->unit);
	}
	g_print("\n");
	return TRUE;
}

static gboolean list(Work *work, const char *name, GError **error)
{
	(void)name;
	g_autoptr(GPtrArray) users = users_list(work->sql, error);
	for (guint i = 0; users != NULL && i < users->len; i++)
		if (!print_user(work, users->pdata[i], error))
			return FALSE;
	return users != NULL;
}

static const Action actions[] = {
	{"add", "NAME --role ROLE [--unit CODE] [--person KEY] [--decree NUMBER]", TRUE, add},
	{"password", "NAME", TRUE, reset_password},
	{"token", "NAME [--days N] [--label TEXT]", TRUE, token},
	{"disable", "NAME", TRUE, disable},
	{"phone", "NAME --by ADMINISTRATOR", TRUE, phone},
	{"list", "", FALSE, list},
};

static gboolean open_store(Work *work, const char *path, GError **error)
{
	work->config = config_load(path, error);
	if (work->config == NULL)
		return FALSE;
	g_autofree char *database = config_database(work->config);
	work->sql = sql_open(database, error);
	work->now_ms = g_get_real_time() / 1000;
	return work->sql != NULL && migrate_check(work->sql, error);
}

static gboolean parse(Work *work, int *argc, char ***argv, GError **error)
{
	const GOptionEntry options[] = {
		{"role", 0, 0, G_OPTION_ARG_STRING, &work->role, "What the account may do", "ROLE"},
		{"unit", 0, 0, G_OPTION_ARG_STRING, &work->unit, "Over which unit's subtree", "CODE"},
		{"person", 0, 0, G_OPTION_ARG_STRING, &work->person, "Whose it is: number or NIP", "KEY"},
		{"decree", 0, 0, G_OPTION_ARG_STRING, &work->decree, "The letter it rests on", "NUMBER"},
		{"label", 0, 0, G_OPTION_ARG_STRING, &work->label, "What a token is for", "TEXT"},
		{"by", 0, 0, G_OPTION_ARG_STRING, &work->by, "Administrator who asks or agrees", "NAME"},
		{"days", 0, 0, G_OPTION_ARG_INT, &work->days, "How long a token is good (30)", "N"},
		{"one-time", 0, 0, G_OPTION_ARG_NONE, &work->one_time,
		 "The password serves once (always so)", NULL},
		G_OPTION_ENTRY_NULL,
	};
	g_autoptr(GOptionContext) context =
		g_option_context_new("add|password|token|disable|phone|list");
	g_option_context_add_main_entries(context, options, NULL);
	return g_option_context_parse(context, argc, argv, error);
}

static gboolean act(Work *work, int argc, char **argv, GError **error)
{
	for (gsize i = 0; i < G_N_ELEMENTS(actions); i++) {
		const Action *action = &actions[i];
		if (argc < 2 || strcmp(action->name, argv[1]) != 0)
			continue;
		if (argc == (action->wants_user ? 3 : 2))
			return action->run(work, action->wants_user ? argv[2] : NULL, error);
		g_set_error(error, G_OPTION_ERROR, G_OPTION_ERROR_BAD_VALUE, "usage: hadir user %s %s",
					action->name, action->arguments);
		return FALSE;
	}
	usage_error(error, "usage: hadir user add|password|token|disable|phone|list …");
	return FALSE;
}

static void work_clear(Work *work)
{
	config_free(work->config);
	if (work->sql != NULL)
		sql_close(work->sql);
	g_free(work->role);
	g_free(work->unit);
	g_free(work->person);
	g_free(work->decree);
	g_free(work->label);
	g_free(work->by);
}

static int run(int argc, char **argv)
{
	g_autoptr(GError) error = NULL;
	Work work = {.days = TOKEN_DAYS};
	g_autofree char *path = config_path_from_args(&argc, argv, &error);
	gboolean ok = path != NULL && parse(&work, &argc, &argv, &error) &&
				  open_store(&work, path, &error) && act(&work, argc, argv, &error);
	gboolean usage = g_error_matches(error, G_OPTION_ERROR, G_OPTION_ERROR_BAD_VALUE);
	if (!ok)
		g_printerr("hadir user: %s\n", error->message);
	work_clear(&work);
	return ok ? 0 : usage ? 2 : 1;
}

const HadirCommand cmd_user = {
	.name = "user",
	.usage = "add NAME --role ROLE [--unit CODE] [--person KEY] | password NAME | token NAME | "
			 "disable NAME | phone NAME --by ADMINISTRATOR | list",
	.help = "accounts; 'add' and 'password' print a one-time password, 'token' a bearer token; "
			"'phone' forgets a lost phone when two administrators want it",
	.run = run,
};
