#include "server/web/system/page_activation.h"

#include "server/store/people/people.h"
#include "server/store/system/audit_log.h"
#include "server/store/system/password.h"
#include "server/web/handlers.h"
#include "server/web/problem.h"
#include "server/web/system/audit.h"
#include "server/web/system/passwords.h"
#include "server/web/words.h"

void page_activation_render(Html *html, const Frame *frame, const ActivationView *view)
{
	layout_begin(html, frame);
	html_add(html,
			 "<div class=\"hd-narrow hd-card\">\n<h1 class=\"h4\">Kode aktivasi</h1>\n<p>%s</p>\n",
			 view->name);
	if (view->problem != NULL)
		html_add(html, "<div class=\"alert alert-danger\" role=\"alert\">%s</div>\n",
				 view->problem);
	else
		html_add(
			html,
			"<dl class=\"hd-facts\">\n<div><dt>Nama pengguna</dt><dd>%s</dd></div>\n"
			"<div><dt>Kode aktivasi</dt><dd><b>%s</b></dd></div>\n"
			"<div><dt>Berlaku sampai</dt><dd>%s</dd></div>\n</dl>\n"
			"<ol>\n<li>Buka alamat halaman ini di ponsel atau komputer, lalu pilih Masuk.</li>\n"
			"<li>Ketik nama pengguna dan kode aktivasi di atas.</li>\n"
			"<li>Buat kata sandi Anda sendiri. Kode ini tidak berlaku lagi sesudahnya.</li>\n"
			"</ol>\n<p class=\"text-muted\">Cetak halaman ini dan serahkan langsung kepada yang "
			"bersangkutan. Kode hanya ditampilkan sekali; bila hilang, buat kode baru.</p>\n",
			view->user, view->code, view->until);
	html_add(html,
			 "<p><a class=\"btn btn-outline-secondary\" href=\"/pegawai/%" G_GINT64_FORMAT
			 "\">Kembali ke berkas</a></p>\n</div>\n",
			 view->person);
	layout_end(html, frame);
}

/* What the second half needs of the first; the call's state. */
typedef struct {
	gint64 account; /* 0: to be made */
	char *user, *name, *code;
} ActivationState;

static void state_free(ActivationState *state)
{
	g_free(state->user);
	g_free(state->name);
	password_free(state->code);
	g_free(state);
}
G_DEFINE_AUTOPTR_CLEANUP_FUNC(ActivationState, state_free)

static Response *show(const Call *call, const ActivationState *state, const char *problem)
{
	gint64 until_ms = call->request->now_ms + USERS_ONE_TIME_MS;
	g_autofree char *until = words_date(words_day(until_ms, call->web->utc_offset_min) - 1);
	Frame frame = layout_frame(call, "Kode aktivasi", NAV_PEOPLE);
	ActivationView view = {.person = call->subject.person,
						   .name = state->name,
						   .user = state->user,
						   .code = state->code,
						   .until = until,
						   .problem = problem};
	Html *html = html_new();
	page_activation_render(html, &frame, &view);
	Response *response = call_html(html_to_bytes(html));
	response->status = problem == NULL ? 200 : 422;
	return response;
}

/* The code and its row of the audit log in one transaction. */
static Response *store(Call *call, const ActivationState *state, const char *hash, GError **error)
{
	Sql *sql = call->web->sql;
	UserActivation activation = {.account = state->account,
								 .name = state->user,
								 .person = call->subject.person,
								 .hash = hash,
								 .today = call->today,
								 .grantor = call->access->user->id};
	AuditEntry entry = audit_entry(call);
	if (!audit_change_begin(sql, error))
		return NULL;
	if (users_activate(sql, &activation, call->request->now_ms, error) &&
		audit_change_commit(sql, &entry, error))
		return show(call, state, NULL);
	audit_change_rollback(sql);
	return NULL;
}

static void on_hashed(Call *call, gboolean ok, const char *hash)
{
	g_autoptr(GError) error = NULL;
	g_autoptr(ActivationState) state = g_steal_pointer(&call->state);
	Response *response = ok && hash != NULL ? store(call, state, hash, &error) : NULL;
	if (g_error_matches(error, USERS_ERROR, USERS_ERROR_EXISTS)) {
		response = show(call, state, "Nama pengguna ini sudah dipakai orang lain. Hubungi BKD.");
	} else if (response == NULL) {
		g_warning("activation: %s", error == NULL ? "no memory" : error->message);
		response = problem_for(call, 503, NULL);
	}
	call_finish(call, response);
}

/* Names the person and, for a new account, how it will be called: by NIP, else by our number. */
static gboolean load_person(const Call *call, ActivationState *state, GError **error)
{
	PeopleFilter filter = {.day = call->today, .person = call->subject.person, .limit = 1};
	g_autoptr(PeopleCursor) cursor = people_list(call->web->sql, &filter, error);
	PersonRow row;
	SqlStep step = cursor == NULL ? SQL_FAILED : people_next(cursor, &row, error);
	if (step != SQL_ROW)
		return step != SQL_FAILED;
	state->name = g_strdup(row.name);
	state->user =
		row.number != NULL ? g_strdup(row.number) : g_strdup_printf("%03" G_GINT64_FORMAT, row.id);
	return TRUE;
}

/* An account that there is already keeps its name; `above`: it may do more than see the own data. */
static gboolean load_account(const Call *call, ActivationState *state, gboolean *above,
							 GError **error)
{
	GError *inner = NULL;
	g_autoptr(User) user = users_of_person(call->web->sql, call->subject.person, &inner);
	*above = FALSE;
	if (inner != NULL) {
		g_propagate_error(error, inner);
		return FALSE;
	}
	if (user == NULL)
		return TRUE;
	state->account = user->id;
	g_free(state->user);
	state->user = g_strdup(user->name);
	return users_above_own(call->web->sql, user->id, call->today, above, error);
}

Response *page_activation_post(Call *call, GError **error)
{
	g_autoptr(ActivationState) state = g_new0(ActivationState, 1);
	gboolean above;
	if (!load_person(call, state, error) || !load_account(call, state, &above, error))
		return NULL;
	if (state->name == NULL)
		return problem_for(call, 404, NULL);
	if (above)
		return show(call, state,
					"Akun ini berhak atas data orang lain; kodenya hanya dibuat oleh "
					"administrator BKD.");
	state->code = password_one_time();
	const char *code = state->code;
	call->state = g_steal_pointer(&state);
	if (passwords_make(call, code, on_hashed))
		return NULL;
	state_free(call->state);
	call->state = NULL;
	return problem_for(call, 503, NULL);
}
