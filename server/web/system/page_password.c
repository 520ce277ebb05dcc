#include "server/web/system/page_password.h"

#include <string.h>

#include "server/store/system/audit_log.h"
#include "server/web/system/audit.h"
#include "server/web/fields.h"
#include "server/web/handlers.h"
#include "server/web/system/passwords.h"
#include "server/web/problem.h"

typedef struct {
	const char *id, *label, *autocomplete, *hint, *problem;
	int size_min; /* characters; 0: any */
} PasswordField;

static void add_field(Html *html, const PasswordField *field)
{
	html_add(html,
			 "<div class=\"mb-3\"><label class=\"form-label\" for=\"%s\">%s</label>\n"
			 "<input class=\"form-control\" id=\"%s\" name=\"%s\" type=\"password\" "
			 "autocomplete=\"%s\" minlength=\"%d\" maxlength=\"256\" required",
			 field->id, field->label, field->id, field->id, field->autocomplete, field->size_min);
	if (field->problem != NULL)
		html_add(html, " aria-invalid=\"true\" aria-describedby=\"%s-salah\"", field->id);
	else if (field->hint != NULL)
		html_add(html, " aria-describedby=\"%s-petunjuk\"", field->id);
	html_add(html, ">\n");
	if (field->problem != NULL)
		html_add(html, "<div class=\"hd-problem\" id=\"%s-salah\">%s</div>\n", field->id,
				 field->problem);
	if (field->hint != NULL)
		html_add(html, "<div class=\"form-text\" id=\"%s-petunjuk\">%s</div>\n", field->id,
				 field->hint);
	html_add(html, "</div>\n");
}

void page_password_render(Html *html, const Frame *frame, const PasswordView *view)
{
	g_autofree char *rule = g_strdup_printf("Paling sedikit %d huruf. Beberapa kata yang mudah "
											"Anda ingat lebih aman daripada satu kata "
											"pendek yang rumit.",
											PASSWORD_SIZE_MIN);
	const PasswordField fields[] = {
		{"lama", view->one_time ? "Kata sandi sekali pakai" : "Kata sandi sekarang",
		 "current-password", NULL, view->old_problem, 0},
		{"baru", "Kata sandi baru", "new-password", rule, view->fresh_problem, PASSWORD_SIZE_MIN},
		{"ulang", "Ulangi kata sandi baru", "new-password", NULL, view->repeat_problem, 0}};
	FieldProblem problems[G_N_ELEMENTS(fields)];
	for (gsize i = 0; i < G_N_ELEMENTS(fields); i++)
		problems[i] = (FieldProblem){fields[i].id, fields[i].label, fields[i].problem};
	layout_begin(html, frame);
	html_add(html, "<div class=\"hd-narrow hd-card\">\n<h1 class=\"h4\">Kata sandi</h1>\n");
	if (view->one_time)
		html_add(html, "<p class=\"text-muted\">Kata sandi sekali pakai hanya untuk langkah ini. "
					   "Buat kata sandi Anda sendiri, lalu Anda dapat melanjutkan.</p>\n");
	field_summary(html, problems, G_N_ELEMENTS(problems));
	html_add(html, "<form method=\"post\" action=\"/kata-sandi\">\n");
	layout_csrf(html, frame);
	/* Password keepers want to know whose it is. */
	html_add(html,
			 "<input type=\"text\" autocomplete=\"username\" value=\"%s\" "
			 "aria-label=\"Nama pengguna\" hidden>\n",
			 frame->user);
	for (gsize i = 0; i < G_N_ELEMENTS(fields); i++)
		add_field(html, &fields[i]);
	html_add(html, "<button class=\"btn btn-primary w-100\" type=\"submit\">Simpan kata sandi"
				   "</button>\n</form>\n</div>\n");
	layout_end(html, frame);
}

static Response *show(const Call *call, guint status, PasswordView view)
{
	Frame frame = layout_frame(call, "Kata sandi", NAV_NONE);
	view.one_time = call->access->user->one_time;
	Html *html = html_new();
	page_password_render(html, &frame, &view);
	Response *response = call_html(html_to_bytes(html));
	response->status = status;
	return response;
}

/* Programs have no password to change. */
static gboolean is_person(const Call *call)
{
	return call->access->kind == ACCESS_SESSION;
}

Response *page_password(Call *call, GError **error)
{
	(void)error;
	if (!is_person(call))
		return problem_for(call, 403, NULL);
	return show(call, 200, (PasswordView){0});
}

static const char *fresh_problem(const Call *call, const char *old, const char *fresh)
{
	if (strlen(fresh) < PASSWORD_SIZE_MIN)
		return "Terlalu pendek.";
	if (strlen(fresh) > PASSWORD_SIZE_MAX)
		return "Terlalu panjang.";
	if (strcmp(fresh, old) == 0)
		return "Harus berbeda dari kata sandi sekarang.";
	g_autofree char *lower = g_ascii_strdown(fresh, -1);
	if (strstr(lower, call->access->user->name) != NULL)
		return "Jangan memakai nama pengguna Anda.";
	return NULL;
}

static Response *store(Call *call, const char *hash, GError **error)
{
	Sql *sql = call->web->sql;
	AuditEntry entry = audit_entry(call);
	entry.action = "password.change";
	if (!audit_change_begin(sql, error))
		return NULL;
	if (!users_set_password(sql, call->access->user->id, hash, call->access->session.token_hash,
							call->request->now_ms, error) ||
		!audit_change_commit(sql, &entry, error)) {
		audit_change_rollback(sql);
		return NULL;
	}
	return response_redirect("/");
}

static void on_hashed(Call *call, gboolean ok, const char *hash)
{
	g_autoptr(GError) error = NULL;
	Response *response =
		!ok            ? show(call, 422, (PasswordView){.old_problem = "Kata sandi ini salah."})
		: hash == NULL ? NULL
					   : store(call, hash, &error);
	if (response == NULL) {
		g_warning("changing a password: %s", error == NULL ? "no memory" : error->message);
		response = problem_for(call, 503, NULL);
	}
	call_finish(call, response);
}

static const char *field(const Call *call, const char *name)
{
	const char *value = form_get(call->form, name);
	return value == NULL ? "" : value;
}

Response *page_password_post(Call *call, GError **error)
{
	(void)error;
	if (!is_person(call))
		return problem_for(call, 403, NULL);
	const char *old = field(call, "lama"), *fresh = field(call, "baru");
	PasswordView view = {.fresh_problem = fresh_problem(call, old, fresh)};
	if (strcmp(fresh, field(call, "ulang")) != 0)
		view.repeat_problem = "Tidak sama dengan kata sandi baru.";
	if (view.fresh_problem != NULL || view.repeat_problem != NULL)
		return show(call, 422, view);
	/* Guessing the present one by way of this form is guessing too. */
	if (!limits_take(call->web->by_account, call->access->user->name, call->request->now_ms, NULL))
		return problem_for(call, 429, NULL);
	if (!passwords_check(call, call->access->user->password_hash, old, fresh, on_hashed))
		return problem_for(call, 503, NULL);
	return NULL;
}
