#include "server/web/system/page_open.h"

#include <string.h>

#include "server/store/people/people.h"
#include "server/store/system/audit_log.h"
#include "server/store/system/codes.h"
#include "server/store/system/password.h"
#include "server/store/system/users.h"
#include "server/web/fields.h"
#include "server/web/handlers.h"
#include "server/web/problem.h"
#include "server/web/system/passwords.h"

#define WRONG_CODE                                                                                 \
	"Nomor dan kode tidak cocok, atau kode sudah tidak berlaku. Minta kode baru di mesin "         \
	"presensi."

static void add_secret(Html *html, const char *id, const char *label, const char *problem)
{
	html_add(html,
			 "<div class=\"mb-3\"><label class=\"form-label\" for=\"%s\">%s</label>\n"
			 "<input class=\"form-control\" id=\"%s\" name=\"%s\" type=\"password\" "
			 "autocomplete=\"new-password\" maxlength=\"256\" aria-describedby=\"%s-masalah\" "
			 "required>\n",
			 id, label, id, id, id);
	html_add(html, "<div class=\"hd-problem\" id=\"%s-masalah\">%s</div></div>\n", id,
			 problem == NULL ? "" : problem);
}

static void add_form(Html *html, const OpenView *view)
{
	const FieldProblem problems[] = {
		{"nomor", "NIP atau nomor Hadir", view->number_problem},
		{"kode", "Kode dari mesin", view->code_problem},
		{"baru", "Kata sandi baru", view->fresh_problem},
		{"ulang", "Ulangi kata sandi baru", view->repeat_problem},
	};
	const Field number = {.id = "nomor",
						  .label = problems[0].label,
						  .type = "text",
						  .value = view->number,
						  .problem = view->number_problem,
						  .size_max = 18};
	const Field code = {.id = "kode",
						.label = problems[1].label,
						.type = "text",
						.value = "",
						.hint = "Dua belas huruf dan angka, seperti kmn4-pqr7-wxyz.",
						.problem = view->code_problem,
						.size_max = 40};
	field_summary(html, problems, G_N_ELEMENTS(problems));
	html_add(html, "<form method=\"post\" action=\"/aktivasi\">\n");
	field_render(html, &number);
	field_render(html, &code);
	add_secret(html, "baru", problems[2].label, view->fresh_problem);
	add_secret(html, "ulang", problems[3].label, view->repeat_problem);
	html_add(html,
			 "<p class=\"form-text\">Kata sandi paling sedikit %d huruf. Beberapa kata yang mudah "
			 "Anda ingat lebih aman daripada satu kata pendek yang rumit.</p>\n"
			 "<button class=\"btn btn-primary w-100\" type=\"submit\">Aktifkan akun</button>\n"
			 "</form>\n",
			 PASSWORD_SIZE_MIN);
}

void page_open_render(Html *html, const Frame *frame, const OpenView *view)
{
	layout_begin(html, frame);
	html_add(html, "<div class=\"hd-narrow hd-card\">\n<h1 class=\"h4\">Aktivasi akun</h1>\n");
	if (view->user != NULL) {
		html_add(html,
				 "<p>Akun Anda aktif. Nama pengguna: <b>%s</b>.</p>\n"
				 "<p><a class=\"btn btn-primary w-100\" href=\"/masuk\">Masuk</a></p>\n",
				 view->user);
	} else {
		html_add(html, "<p class=\"text-muted\">Sesudah presensi, tekan OK di mesin; layarnya "
					   "menampilkan kode yang berlaku 15 menit dan satu kali.</p>\n");
		add_form(html, view);
	}
	html_add(html, "</div>\n");
	layout_end(html, frame);
}

static Response *show(const Call *call, guint status, const OpenView *view)
{
	Frame frame = layout_frame(call, "Aktivasi akun", NAV_NONE);
	Html *html = html_new();
	page_open_render(html, &frame, view);
	Response *response = call_html(html_to_bytes(html));
	response->status = status;
	return response;
}

Response *page_open(Call *call, GError **error)
{
	(void)error;
	return show(call, 200, &(OpenView){.number = ""});
}

/* What the second half needs of the first; the call's state. */
typedef struct {
	PersonId person;
	gint64 code;
	char *number, *user;
} OpenState;

static void state_free(OpenState *state)
{
	g_free(state->number);
	g_free(state->user);
	g_free(state);
}
G_DEFINE_AUTOPTR_CLEANUP_FUNC(OpenState, state_free)

static AuditEntry open_entry(const Call *call, const OpenState *state, const char *action)
{
	return (AuditEntry){.at_ms = call->request->now_ms,
						.action = action,
						.person = state->person,
						.detail = state->number,
						.address = call->request->address};
}

static Response *refuse(const Call *call, const OpenState *state)
{
	return show(call, 422, &(OpenView){.number = state->number, .code_problem = WRONG_CODE});
}

/* Account, password and the code's end. `used` FALSE: somebody else was faster, or it may not be. */
static gboolean open_account(Call *call, const OpenState *state, const char *hash, gboolean *used,
							 GError **error)
{
	Sql *sql = call->web->sql;
	gint64 now_ms = call->request->now_ms;
	gboolean above = FALSE;
	GError *inner = NULL;
	g_autoptr(User) old = users_of_person(sql, state->person, &inner);
	if (inner != NULL) {
		g_propagate_error(error, inner);
		return FALSE;
	}
	if ((old != NULL && !users_above_own(sql, old->id, call->today, &above, error)) ||
		!codes_use(sql, state->code, now_ms, used, error))
		return FALSE;
	*used = *used && !above;
	if (!*used)
		return TRUE;
	UserActivation activation = {.account = old == NULL ? 0 : old->id,
								 .name = state->user,
								 .person = state->person,
								 .hash = hash,
								 .today = call->today};
	if (!users_activate(sql, &activation, now_ms, error))
		return FALSE;
	g_autoptr(User) user = users_of_person(sql, state->person, error);
	return user != NULL && users_set_password(sql, user->id, hash, NULL, now_ms, error);
}

static Response *store(Call *call, OpenState *state, const char *hash, GError **error)
{
	Sql *sql = call->web->sql;
	AuditEntry entry = open_entry(call, state, "account.open");
	gboolean used = FALSE;
	if (!audit_change_begin(sql, error))
		return NULL;
	if (!open_account(call, state, hash, &used, error)) {
		audit_change_rollback(sql);
		return NULL;
	}
	entry.action = used ? "account.open" : "account.refused";
	if (!audit_change_commit(sql, &entry, error))
		return NULL;
	return used ? show(call, 200, &(OpenView){.user = state->user}) : refuse(call, state);
}

static void on_hashed(Call *call, gboolean ok, const char *hash)
{
	g_autoptr(GError) error = NULL;
	g_autoptr(OpenState) state = g_steal_pointer(&call->state);
	Response *response = ok && hash != NULL ? store(call, state, hash, &error) : NULL;
	if (g_error_matches(error, USERS_ERROR, USERS_ERROR_EXISTS)) {
		response = show(call, 422,
						&(OpenView){.number = state->number,
									.number_problem = "Nama pengguna ini sudah dipakai. Hubungi "
													  "pengelola kepegawaian."});
	} else if (response == NULL) {
		g_warning("opening an account: %s", error == NULL ? "no memory" : error->message);
		response = problem_for(call, 503, NULL);
	}
	call_finish(call, response);
}

/* Whose number it is; 0: nobody's. */
static gboolean find_person(const Call *call, const char *number, PersonId *person, GError **error)
{
	gboolean exists = FALSE;
	gint64 id;
	*person = 0;
	if (strlen(number) > 9)
		return people_find(call->web->sql, number, person, error);
	id = g_ascii_strtoll(number, NULL, 10);
	if (!person_id_valid(id))
		return TRUE;
	if (!people_exists(call->web->sql, id, &exists, error))
		return FALSE;
	*person = exists ? id : 0;
	return TRUE;
}

/* How the account is or will be called. */
static gboolean name_account(const Call *call, OpenState *state, GError **error)
{
	GError *inner = NULL;
	g_autoptr(User) user = users_of_person(call->web->sql, state->person, &inner);
	if (inner != NULL) {
		g_propagate_error(error, inner);
		return FALSE;
	}
	if (user != NULL) {
		state->user = g_strdup(user->name);
		return TRUE;
	}
	PeopleFilter filter = {.day = call->today, .person = state->person, .limit = 1};
	g_autoptr(PeopleCursor) cursor = people_list(call->web->sql, &filter, error);
	PersonRow row;
	SqlStep step = cursor == NULL ? SQL_FAILED : people_next(cursor, &row, error);
	if (step == SQL_FAILED)
		return FALSE;
	state->user = step == SQL_ROW && row.number != NULL
					  ? g_strdup(row.number)
					  : g_strdup_printf("%03" G_GINT64_FORMAT, (gint64)state->person);
	return TRUE;
}

/* The code's look-up, its tries and the row of a refusal in one transaction. */
static gboolean check_code(Call *call, OpenState *state, const char *typed, GError **error)
{
	Sql *sql = call->web->sql;
	AuditEntry entry = open_entry(call, state, "account.refused");
	if (!audit_change_begin(sql, error))
		return FALSE;
	if (find_person(call, state->number, &state->person, error) &&
		(state->person == 0 ||
		 codes_check(sql, state->person, typed, call->request->now_ms, &state->code, error))) {
		entry.person = state->person;
		return audit_change_commit(sql, state->code == 0 ? &entry : NULL, error);
	}
	audit_change_rollback(sql);
	return FALSE;
}

static const char *field(const Call *call, const char *name)
{
	const char *value = form_get(call->form, name);
	return value == NULL ? "" : value;
}

static OpenView check_form(const Call *call, const char *number)
{
	const char *fresh = field(call, "baru");
	OpenView view = {.number = number};
	if (number[0] == '\0' || strlen(number) > 18 || strspn(number, "0123456789") != strlen(number))
		view.number_problem = "Isi NIP (18 angka) atau nomor Hadir.";
	if (field(call, "kode")[0] == '\0')
		view.code_problem = "Isi kode yang ditampilkan mesin.";
	if (strlen(fresh) < PASSWORD_SIZE_MIN)
		view.fresh_problem = "Terlalu pendek.";
	else if (strlen(fresh) > PASSWORD_SIZE_MAX)
		view.fresh_problem = "Terlalu panjang.";
	else if (view.number_problem == NULL && strstr(fresh, number) != NULL)
		view.fresh_problem = "Jangan memakai nomor Anda.";
	if (strcmp(fresh, field(call, "ulang")) != 0)
		view.repeat_problem = "Tidak sama dengan kata sandi baru.";
	return view;
}

Response *page_open_post(Call *call, GError **error)
{
	Web *web = call->web;
	g_autofree char *number = g_strstrip(g_strdup(field(call, "nomor")));
	OpenView view = check_form(call, number);
	if (view.number_problem != NULL || view.code_problem != NULL || view.fresh_problem != NULL ||
		view.repeat_problem != NULL)
		return show(call, 422, &view);
	/* Of one budget with the log-in: guessing here is guessing too. */
	if (!limits_take(web->by_address, call->request->address, call->request->now_ms, NULL) ||
		!limits_take(web->by_account, number, call->request->now_ms, NULL)) {
		view.code_problem = "Terlalu banyak percobaan. Tunggu beberapa menit, lalu coba lagi.";
		return show(call, 429, &view);
	}
	g_autoptr(OpenState) state = g_new0(OpenState, 1);
	state->number = g_steal_pointer(&number);
	if (!check_code(call, state, field(call, "kode"), error))
		return NULL;
	if (state->code == 0)
		return refuse(call, state);
	if (!name_account(call, state, error))
		return NULL;
	call->state = g_steal_pointer(&state);
	if (passwords_make(call, field(call, "baru"), on_hashed))
		return NULL;
	state_free(call->state);
	call->state = NULL;
	return problem_for(call, 503, NULL);
}
