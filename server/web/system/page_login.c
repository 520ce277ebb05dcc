#include <string.h>

#include "server/store/people/people.h"
#include "server/store/system/audit_log.h"
#include "server/web/system/audit.h"
#include "server/web/handlers.h"
#include "server/web/system/page_login.h"
#include "server/web/system/passwords.h"
#include "server/web/problem.h"

#define NAME_MAX_SIZE 40

void page_login_render(Html *html, const Frame *frame, const LoginView *view)
{
	layout_begin(html, frame);
	html_add(html,
			 "<div class=\"hd-narrow hd-card hd-login\">\n<h1 class=\"h4\">Masuk</h1>\n"
			 "<p class=\"text-muted\">Presensi pegawai Pemerintah Provinsi Jawa Tengah</p>\n");
	if (view->problem != NULL)
		html_add(html, "<div class=\"alert alert-danger\" role=\"alert\">%s</div>\n",
				 view->problem);
	html_add(html,
			 "<form method=\"post\" action=\"/masuk\">\n"
			 "<input type=\"hidden\" name=\"lanjut\" value=\"%s\">\n"
			 "<div class=\"mb-3\"><label class=\"form-label\" for=\"nama\">NIP atau nama "
			 "pengguna</label>\n"
			 "<input class=\"form-control\" id=\"nama\" name=\"nama\" value=\"%s\" "
			 "autocomplete=\"username\" autocapitalize=\"none\" spellcheck=\"false\" "
			 "maxlength=\"40\" required autofocus></div>\n"
			 "<div class=\"mb-3\"><label class=\"form-label\" for=\"sandi\">Kata sandi atau kode "
			 "aktivasi</label>\n"
			 "<input class=\"form-control\" id=\"sandi\" name=\"sandi\" type=\"password\" "
			 "autocomplete=\"current-password\" maxlength=\"256\" required></div>\n"
			 "<button class=\"btn btn-primary w-100\" type=\"submit\">Masuk</button>\n</form>\n"
			 "<p class=\"text-muted hd-hint\">Lupa kata sandi, atau belum punya akun? "
			 "<a href=\"/aktivasi\">Aktivasi</a> dengan kode dari mesin presensi, atau minta kode "
			 "kepada pengelola kepegawaian unit kerja Anda.</p>\n</div>\n",
			 view->next, view->name);
	layout_end(html, frame);
}

/* What was typed stands there again, when it is as short as the field takes. */
static Response *show(const Call *call, guint status, const char *name, const char *next,
					  const char *problem)
{
	Frame frame = layout_frame(call, "Masuk", NAV_NONE);
	LoginView view = {.name = name != NULL && strlen(name) <= NAME_MAX_SIZE ? name : "",
					  .next = next,
					  .problem = problem};
	Html *html = html_new();
	page_login_render(html, &frame, &view);
	Response *response = call_html(html_to_bytes(html));
	response->status = status;
	return response;
}

/* Where to go after the log-in: a path of ours, else the start. */
static const char *safe_next(const char *next)
{
	return next != NULL && next[0] == '/' && next[1] != '/' && strpbrk(next, "\\\r\n") == NULL
			   ? next
			   : "/";
}

Response *page_login(Call *call, GError **error)
{
	(void)error;
	const char *next = safe_next(call_query(call, "lanjut"));
	if (call->access->kind == ACCESS_SESSION)
		return response_redirect(next);
	return show(call, 200, "", next, NULL);
}

/* What the second half of a log-in needs of the first; the call's state. */
typedef struct {
	User *user; /* NULL: nobody bears the name */
	char *name;
} LoginState;

static void state_free(LoginState *state)
{
	user_free(state->user);
	g_free(state->name);
	g_free(state);
}

static void set_cookie(const Call *call, Response *response, const char *token, gint64 life_ms)
{
	g_autofree char *value = g_strdup_printf(
		"%s=%s; Path=/; Max-Age=%" G_GINT64_FORMAT "; HttpOnly; SameSite=Lax%s", call->web->cookie,
		token, life_ms / 1000, call->web->https ? "; Secure" : "");
	response_header(response, "Set-Cookie", value);
}

static AuditEntry login_entry(const Call *call, const LoginState *state, const char *action)
{
	return (AuditEntry){.at_ms = call->request->now_ms,
						.account = state->user == NULL ? 0 : state->user->id,
						.action = action,
						.detail = state->name,
						.address = call->request->address};
}

/* Session and row in one transaction. */
static Response *begin_session(Call *call, const LoginState *state, GError **error)
{
	Sql *sql = call->web->sql;
	if (!audit_change_begin(sql, error))
		return NULL;
	char *token =
		sessions_begin(sql, state->user->id, call->request->address, call->request->now_ms, error);
	AuditEntry entry = login_entry(call, state, "session.begin");
	if (token == NULL || !audit_change_commit(sql, &entry, error)) {
		audit_change_rollback(sql);
		password_free(token);
		return NULL;
	}
	const char *next =
		state->user->one_time ? "/kata-sandi" : safe_next(form_get(call->form, "lanjut"));
	Response *response = response_redirect(next);
	set_cookie(call, response, token, SESSION_LIFE_MS);
	password_free(token);
	limits_reset(call->web->by_account, state->name);
	return response;
}

/* One for every reason, so that nobody learns which names there are. */
static const char wrong[] =
	"Nama pengguna atau kata sandi salah. Kode aktivasi berlaku tujuh hari.";

static Response *refuse(Call *call, const LoginState *state, GError **error)
{
	AuditEntry entry = login_entry(call, state, "session.refused");
	if (!audit_log_append(call->web->sql, &entry, error))
		return NULL;
	return show(call, 422, form_get(call->form, "nama"), safe_next(form_get(call->form, "lanjut")),
				wrong);
}

static void on_verified(Call *call, gboolean ok, const char *fresh_hash)
{
	(void)fresh_hash;
	g_autoptr(GError) error = NULL;
	LoginState *state = call->state;
	const User *user = state->user;
	gboolean let_in = ok && user != NULL && !user->disabled &&
					  (!user->one_time || user->one_time_until_ms > call->request->now_ms);
	Response *response = let_in ? begin_session(call, state, &error) : refuse(call, state, &error);
	state_free(state);
	call->state = NULL;
	if (response == NULL) {
		g_warning("log-in: %s", error->message);
		response = problem_for(call, 503, NULL);
	}
	call_finish(call, response);
}

/* By the account's name, else by the official number of the person whose it is. */
static User *find_user(const Call *call, const char *name, GError **error)
{
	GError *inner = NULL;
	PersonId person = 0;
	User *user = users_find(call->web->sql, name, &inner);
	if (user == NULL && inner == NULL && strspn(name, "0123456789") == strlen(name) &&
		people_find(call->web->sql, name, &person, &inner) && person != 0)
		user = users_of_person(call->web->sql, person, &inner);
	if (inner != NULL)
		g_propagate_error(error, inner);
	return user;
}

Response *page_login_post(Call *call, GError **error)
{
	const char *given = form_get(call->form, "nama"), *password = form_get(call->form, "sandi");
	const char *next = safe_next(form_get(call->form, "lanjut"));
	g_autofree char *name = g_strstrip(g_ascii_strdown(given == NULL ? "" : given, -1));
	if (users_name_problem(name) != NULL || password == NULL || password[0] == '\0' ||
		strlen(password) > PASSWORD_SIZE_MAX)
		return show(call, 422, given, next, wrong);
	Web *web = call->web;
	gint64 now_ms = call->request->now_ms;
	g_autoptr(GError) inner = NULL;
	g_autoptr(User) user = find_user(call, name, &inner);
	if (inner != NULL) {
		g_propagate_error(error, g_steal_pointer(&inner));
		return NULL;
	}
	/* An account has one budget, under whichever of its names. */
	const char *account = user == NULL ? name : user->name;
	if (!limits_take(web->by_address, call->request->address, now_ms, NULL) ||
		!limits_take(web->by_account, account, now_ms, NULL))
		return show(call, 429, given, next,
					"Terlalu banyak percobaan. Tunggu beberapa menit, lalu coba lagi.");
	LoginState *state = g_new0(LoginState, 1);
	const char *hash = user == NULL ? NULL : user->password_hash;
	state->name = g_strdup(account);
	call->state = state;
	gboolean queued = passwords_check(call, hash, password, NULL, on_verified);
	state->user = g_steal_pointer(&user);
	if (queued)
		return NULL;
	state_free(state);
	return problem_for(call, 503, NULL);
}

Response *page_logout_post(Call *call, GError **error)
{
	if (!sessions_end(call->web->sql, call->access->session.token_hash, error))
		return NULL;
	Response *response = response_redirect("/masuk");
	set_cookie(call, response, "", 0);
	return response;
}
