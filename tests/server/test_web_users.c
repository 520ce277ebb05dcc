/* Accounts, grants, sessions, tokens and the audit log, over a database of their own. */
#include <string.h>

#include <glib.h>

#include "server/store/system/audit_log.h"
#include "server/store/system/password.h"
#include "server/store/system/sessions.h"
#include "server/store/system/tokens.h"
#include "server/store/system/users.h"
#include "tests/server/database.h"

#define NOW G_GINT64_CONSTANT(1764000000000)
#define TODAY 20416

typedef struct {
	Database database;
	Sql *sql; /* the database's */
} Fixture;

static void set_up(Fixture *f, gconstpointer unused)
{
	(void)unused;
	database_open(&f->database);
	f->sql = f->database.sql;
}

static void tear_down(Fixture *f, gconstpointer unused)
{
	(void)unused;
	database_close(&f->database);
}

static gint64 make_user(Fixture *f, const char *name, Role role, gint64 unit)
{
	g_autoptr(GError) error = NULL;
	UserNew new = {.name = name, .person = 4711, .role = role, .unit = unit, .today = TODAY};
	char *password = users_create(f->sql, &new, NOW, &error);
	g_assert_no_error(error);
	g_assert_cmpuint(strlen(password), ==, 19);
	g_autoptr(User) user = users_find(f->sql, name, &error);
	g_assert_no_error(error);
	g_assert_true(user->one_time);
	g_assert_cmpint(user->one_time_until_ms, ==, NOW + USERS_ONE_TIME_MS);
	g_assert_true(password_verify(user->password_hash, password));
	g_assert_false(password_verify(user->password_hash, "password"));
	g_assert_null(strstr(user->password_hash, password));
	password_free(password);
	return user->id;
}

static void test_user_is_born_with_one_time_password(Fixture *f, gconstpointer unused)
{
	(void)unused;
	g_autoptr(GError) error = NULL;
	gint64 id = make_user(f, "siti", ROLE_SKPD, 12);
	g_autofree char *hash = password_hash("pilihan-saya-sendiri", &error);
	g_assert_true(users_set_password(f->sql, id, hash, NULL, NOW, &error));
	g_autoptr(User) user = users_get(f->sql, id, &error);
	g_assert_false(user->one_time);
	g_assert_true(password_verify(user->password_hash, "pilihan-saya-sendiri"));
}

static void test_user_name_is_unique_and_plain(Fixture *f, gconstpointer unused)
{
	(void)unused;
	static const char *const bad[] = {"", "ab", "Siti", "a b c", "a'b\"c", "<script>", "né-né"};
	for (gsize i = 0; i < G_N_ELEMENTS(bad); i++) {
		g_autoptr(GError) error = NULL;
		UserNew new = {.name = bad[i], .role = ROLE_PEGAWAI, .today = TODAY};
		g_assert_null(users_create(f->sql, &new, NOW, &error));
		g_assert_error(error, USERS_ERROR, USERS_ERROR_NAME);
	}
	make_user(f, "budi", ROLE_PEGAWAI, 0);
	g_autoptr(GError) error = NULL;
	UserNew again = {.name = "budi", .role = ROLE_BKD, .today = TODAY};
	g_assert_null(users_create(f->sql, &again, NOW, &error));
	g_assert_error(error, USERS_ERROR, USERS_ERROR_EXISTS);
	g_autoptr(GPtrArray) users = users_list(f->sql, NULL);
	g_assert_cmpuint(users->len, ==, 1);
}

static void test_grant_holds_from_to_and_until_revoked(Fixture *f, gconstpointer unused)
{
	(void)unused;
	g_autoptr(GError) error = NULL;
	gint64 account = make_user(f, "auditor", ROLE_PEGAWAI, 0);
	GrantNew new = {.account = account,
					.role = ROLE_AUDITOR,
					.from_day = TODAY + 1,
					.to_day = TODAY + 3,
					.decree = "700/12/2025"};
	gint64 id = grants_add(f->sql, &new, NOW, &error);
	g_assert_no_error(error);
	static const struct {
		gint64 day;
		guint n;
	} cases[] = {
		{TODAY - 1, 0}, /* before either begins */
		{TODAY, 1},     /* the first only */
		{TODAY + 1, 2}, /* first day of the second */
		{TODAY + 2, 2}, /* its last */
		{TODAY + 3, 1}, /* half-open */
	};
	for (gsize i = 0; i < G_N_ELEMENTS(cases); i++) {
		g_autoptr(GPtrArray) grants = grants_of_account(f->sql, account, cases[i].day, &error);
		g_assert_no_error(error);
		g_assert_cmpuint(grants->len, ==, cases[i].n);
	}
	g_assert_true(grants_revoke(f->sql, id, account, NOW, &error));
	g_autoptr(GPtrArray) left = grants_of_account(f->sql, account, TODAY + 1, &error);
	g_assert_cmpuint(left->len, ==, 1);
}

static User *activate(Fixture *f, const UserActivation *activation)
{
	g_autoptr(GError) error = NULL;
	g_assert_true(sql_begin(f->sql, &error));
	g_assert_true(users_activate(f->sql, activation, NOW, &error));
	g_assert_true(sql_commit(f->sql, &error));
	User *user = users_of_person(f->sql, activation->person, &error);
	g_assert_no_error(error);
	return user;
}

/* The own account is made once; one that may do more is told apart, also before its grant begins. */
static void test_activation_is_of_the_own_account(Fixture *f, gconstpointer unused)
{
	(void)unused;
	g_autoptr(GError) error = NULL;
	gboolean above;
	UserActivation activation = {
		.name = "198203042006042003", .person = 4712, .hash = "one", .today = TODAY};
	g_autoptr(User) none = users_of_person(f->sql, 4712, &error);
	g_assert_null(none);
	g_autoptr(User) made = activate(f, &activation);
	g_assert_cmpstr(made->name, ==, "198203042006042003");
	g_assert_true(made->one_time);
	g_assert_true(users_above_own(f->sql, made->id, TODAY, &above, &error));
	g_assert_false(above);
	activation.account = made->id;
	activation.hash = "two";
	g_autoptr(User) again = activate(f, &activation);
	g_assert_cmpint(again->id, ==, made->id);
	g_assert_cmpstr(again->password_hash, ==, "two");
	GrantNew later = {
		.account = made->id, .role = ROLE_AUDITOR, .from_day = TODAY + 10, .to_day = TODAY + 20};
	g_assert_cmpint(grants_add(f->sql, &later, NOW, &error), !=, 0);
	g_assert_true(users_above_own(f->sql, made->id, TODAY, &above, &error));
	g_assert_true(above);
	g_assert_true(users_above_own(f->sql, made->id, TODAY + 20, &above, &error));
	g_assert_false(above);
}

static void test_session_ends_by_age_idleness_and_password(Fixture *f, gconstpointer unused)
{
	(void)unused;
	g_autoptr(GError) error = NULL;
	gint64 account = make_user(f, "siti", ROLE_SKPD, 12);
	char *token = sessions_begin(f->sql, account, "127.0.0.1", NOW, &error);
	g_assert_no_error(error);
	Session session;
	g_assert_true(sessions_find(f->sql, token, NOW + SESSION_IDLE_MS - 1, &session, &error));
	g_assert_cmpint(session.account, ==, account);
	g_assert_false(sessions_find(f->sql, token, NOW + SESSION_IDLE_MS, &session, &error));
	g_assert_false(sessions_find(f->sql, "forged", NOW, &session, &error));
	for (gint64 at = NOW; at < NOW + SESSION_LIFE_MS; at += SESSION_IDLE_MS / 2)
		g_assert_true(sessions_find(f->sql, token, at, &session, &error) &&
					  sessions_touch(f->sql, &session, at, &error));
	g_assert_false(sessions_find(f->sql, token, NOW + SESSION_LIFE_MS, &session, &error));
	password_free(token);

	token = sessions_begin(f->sql, account, NULL, NOW, &error);
	char *other = sessions_begin(f->sql, account, NULL, NOW, &error);
	g_assert_true(sessions_find(f->sql, token, NOW, &session, &error));
	g_assert_true(users_set_password(f->sql, account, "$none$", session.token_hash, NOW, &error));
	g_assert_true(sessions_find(f->sql, token, NOW, &session, &error));
	g_assert_false(sessions_find(f->sql, other, NOW, &session, &error));
	g_assert_true(users_disable(f->sql, "siti", NOW, &error));
	g_assert_false(sessions_find(f->sql, token, NOW, &session, &error));
	g_assert_no_error(error);
	password_free(other);
	password_free(token);
}

static void test_account_has_at_most_ten_sessions(Fixture *f, gconstpointer unused)
{
	(void)unused;
	g_autoptr(GError) error = NULL;
	gint64 account = make_user(f, "siti", ROLE_SKPD, 12);
	char *first = sessions_begin(f->sql, account, NULL, NOW, &error);
	for (int i = 1; i <= 10; i++)
		password_free(sessions_begin(f->sql, account, NULL, NOW + i, &error));
	Session session;
	g_assert_false(sessions_find(f->sql, first, NOW + 11, &session, &error));
	g_assert_no_error(error);
	password_free(first);
}

static void test_token_expires_and_is_revoked(Fixture *f, gconstpointer unused)
{
	(void)unused;
	g_autoptr(GError) error = NULL;
	gint64 account = make_user(f, "program", ROLE_BKD, 0);
	char *token = tokens_issue(f->sql, account, "demo", NOW + 1000, NOW, &error);
	g_assert_no_error(error);
	g_assert_cmpuint(strlen(token), ==, TOKEN_TEXT_SIZE);
	g_assert_cmpint(tokens_find(f->sql, token, NOW, &error), ==, account);
	g_assert_cmpint(tokens_find(f->sql, token, NOW + 1000, &error), ==, 0);
	g_assert_cmpint(tokens_find(f->sql, "", NOW, &error), ==, 0);
	g_assert_true(tokens_revoke_all(f->sql, account, NOW, &error));
	g_assert_cmpint(tokens_find(f->sql, token, NOW, &error), ==, 0);
	g_assert_no_error(error);
	password_free(token);
}

static void append_three(Fixture *f)
{
	g_autoptr(GError) error = NULL;
	for (int i = 0; i < 3; i++) {
		AuditEntry entry = {.at_ms = NOW + i,
							.account = 7,
							.action = "person.days.read",
							.person = 4711 + i,
							.address = i == 1 ? NULL : "127.0.0.1"};
		g_assert_true(audit_log_append(f->sql, &entry, &error));
		g_assert_no_error(error);
	}
}

static void test_audit_log_shows_the_first_bad_row(Fixture *f, gconstpointer unused)
{
	(void)unused;
	static const struct {
		const char *change; /* what somebody does to the table */
		gint64 first_bad;
	} cases[] = {
		{"UPDATE audit_entry SET person = 1 WHERE seq = 2", 2},
		{"UPDATE audit_entry SET address = '' WHERE seq = 2", 2},
		{"UPDATE audit_entry SET at_ms = at_ms + 1 WHERE seq = 3", 3},
		{"DELETE FROM audit_entry WHERE seq = 2", 3},
		{"DELETE FROM audit_entry WHERE seq = 1", 2},
		{"DELETE FROM audit_entry WHERE seq = 3", 3}, /* the tail is cut */
		{"DELETE FROM audit_entry", 1},
		{"UPDATE audit_entry SET hash = (SELECT hash FROM audit_entry WHERE seq = 3) "
		 "WHERE seq = 1",
		 1},
	};
	g_autoptr(GError) error = NULL;
	append_three(f);
	AuditResult result;
	g_assert_true(audit_log_verify(f->sql, &result, &error));
	g_assert_cmpint(result.n_entries, ==, 3);
	g_assert_cmpint(result.first_bad, ==, 0);
	for (gsize i = 0; i < G_N_ELEMENTS(cases); i++) {
		g_assert_true(sql_begin(f->sql, &error));
		g_assert_true(sql_script(f->sql, cases[i].change, &error));
		g_assert_true(audit_log_verify(f->sql, &result, &error));
		g_assert_cmpint(result.first_bad, ==, cases[i].first_bad);
		sql_rollback(f->sql);
	}
	g_assert_no_error(error);
}

int main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
#define ADD(path, function) g_test_add(path, Fixture, NULL, set_up, function, tear_down)
	ADD("/users/is_born_with_one_time_password", test_user_is_born_with_one_time_password);
	ADD("/users/name_is_unique_and_plain", test_user_name_is_unique_and_plain);
	ADD("/grants/hold_from_to_and_until_revoked", test_grant_holds_from_to_and_until_revoked);
	ADD("/users/activation_is_of_the_own_account", test_activation_is_of_the_own_account);
	ADD("/sessions/end_by_age_idleness_and_password",
		test_session_ends_by_age_idleness_and_password);
	ADD("/sessions/are_at_most_ten_per_account", test_account_has_at_most_ten_sessions);
	ADD("/tokens/expire_and_are_revoked", test_token_expires_and_is_revoked);
	ADD("/audit_log/shows_the_first_bad_row", test_audit_log_shows_the_first_bad_row);
	return g_test_run();
}
