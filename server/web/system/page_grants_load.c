/* Grants, read from the store; what is sent to give, limit and end them. */
#include <string.h>

#include "server/store/people/granting.h"
#include "server/store/people/people.h"
#include "server/store/people/units.h"
#include "server/store/system/second_factor.h"
#include "server/store/system/users.h"
#include "server/web/handlers.h"
#include "server/web/problem.h"
#include "server/web/system/page_grants.h"
#include "server/web/terms.h"
#include "server/web/words.h"

Granter grants_granter(const Call *call)
{
	const Access *access = call->access;
	return (Granter){.account = access->user->id,
					 .person = access->user->person,
					 .grants = access->grants,
					 .today = call->today,
					 .now_ms = call->request->now_ms};
}

static GrantLine line_of(const Call *call, const GrantRow *row, GStringChunk *texts)
{
	return (GrantLine){
		.id = row->id,
		.holder =
			g_string_chunk_insert(texts, row->person_name == NULL ? row->name : row->person_name),
		.account = g_string_chunk_insert(texts, row->name),
		.role = terms_role(row->role),
		.unit = words_keep(texts, g_strdup(row->unit_name)),
		.decree = words_keep(texts, g_strdup(row->decree)),
		.from = words_keep(texts, words_date(row->from_day)),
		.to = row->to_day == G_MAXINT64 ? NULL : words_keep(texts, words_date(row->to_day - 1)),
		.moved = row->moved,
		.later = row->from_day > call->today,
	};
}

/* ── the list ── */

Response *page_grants(Call *call, GError **error)
{
	g_autoptr(GStringChunk) texts = g_string_chunk_new(4096);
	g_autoptr(GArray) lines = g_array_new(FALSE, FALSE, sizeof(GrantLine));
	g_autoptr(UnitChoices) choices = choices_load(call, error);
	if (choices == NULL)
		return *error == NULL ? problem_for(call, 404, NULL) : NULL;
	g_autoptr(GPtrArray) rows =
		granting_list(call->web->sql, choices->unit, call->today, GRANTS_LIST_MAX + 1, error);
	if (rows == NULL)
		return NULL;
	GrantsView view = {.choices = choices->list,
					   .unit_code = choices->code,
					   .unit_name = choices->name,
					   .lines = lines,
					   .more = rows->len > GRANTS_LIST_MAX};
	for (guint i = 0; i < MIN(rows->len, GRANTS_LIST_MAX); i++) {
		GrantLine line = line_of(call, rows->pdata[i], texts);
		g_array_append_val(lines, line);
	}
	Frame frame = layout_frame(call, "Hak akses", NAV_GRANTS);
	Html *html = html_new();
	page_grants_render(html, &frame, &view);
	return call_html(html_to_bytes(html));
}

/* ── giving ── */

static const char *field(const Call *call, const char *name)
{
	const char *text =
		call->form != NULL ? form_get(call->form, name) : form_get(call->request->query, name);
	return text == NULL ? "" : text;
}

static Response *ask(Call *call, guint status, GrantForm form, GError **error)
{
	FieldChoice roles[N_ROLES];
	const Granter granter = grants_granter(call);
	g_autoptr(UnitChoices) choices = choices_load(call, error);
	if (choices == NULL)
		return *error == NULL ? problem_for(call, 404, NULL) : NULL;
	for (Role role = 0; role < N_ROLES; role++)
		if (granting_may_role(&granter, role))
			roles[form.n_roles++] = (FieldChoice){role_name(role), terms_role(role)};
	form.roles = roles;
	form.units = choices->list;
	Frame frame = layout_frame(call, "Beri hak akses", NAV_GRANTS);
	Html *html = html_new();
	page_grants_render_form(html, &frame, &form);
	Response *response = call_html(html_to_bytes(html));
	response->status = status;
	return response;
}

Response *page_grants_form(Call *call, GError **error)
{
	g_autofree char *today = iso_date(call->today);
	GrantForm form = {.account = field(call, "akun"),
					  .role = "",
					  .unit = field(call, "unit"),
					  .from = today,
					  .to = "",
					  .decree = ""};
	return ask(call, 200, form, error);
}

/* By name, or by a number of the person behind it. */
static gboolean find_user(const Call *call, const char *text, User **user, GError **error)
{
	GError *local = NULL;
	PersonId person = 0;
	*user = users_find(call->web->sql, text, &local);
	if (*user == NULL && local == NULL && people_find(call->web->sql, text, &person, &local) &&
		person != 0)
		*user = users_of_person(call->web->sql, person, &local);
	if (local == NULL)
		return TRUE;
	g_propagate_error(error, local);
	return FALSE;
}

gboolean grants_find_holder(const Call *call, const char *text, User **holder, GError **error)
{
	g_autoptr(User) user = NULL;
	*holder = NULL;
	if (!find_user(call, text, &user, error))
		return FALSE;
	if (user == NULL || user->disabled || (user->person == 0 && !call->scope->all))
		return TRUE;
	if (user->person != 0) {
		g_autoptr(GArray) days =
			access_person_days(call->web->sql, call->access, RIGHT_GRANT, user->person, call->today,
							   call->today + 1, error);
		if (days == NULL)
			return FALSE;
		if (days->len == 0)
			return TRUE;
	}
	*holder = g_steal_pointer(&user);
	return TRUE;
}

/* The form's fields into a grant; what cannot be read is said in `form`. */
static gboolean read_form(const Call *call, GrantForm *form, GrantNew *grant, GError **error)
{
	grant->to_day = G_MAXINT64;
	grant->decree = form->decree;
	if (!role_parse(form->role, &grant->role))
		form->role_problem = "Pilih peran.";
	if (!iso_date_parse(form->from, &grant->from_day))
		form->from_problem = "Isi tanggal mulai.";
	if (form->to[0] != '\0' && iso_date_parse(form->to, &grant->to_day))
		grant->to_day++;
	else if (form->to[0] != '\0')
		form->to_problem = "Isi tanggal, atau kosongkan.";
	if (form->unit[0] == '\0')
		return TRUE;
	if (!units_find(call->web->sql, form->unit, FALSE, &grant->unit, error))
		return FALSE;
	if (grant->unit == 0 || !scope_has(call->scope, grant->unit))
		form->unit_problem = "Tidak ada unit kerja dengan kode ini dalam wewenang Anda.";
	return TRUE;
}

static gboolean has_problem(const GrantForm *form)
{
	return form->account_problem != NULL || form->role_problem != NULL ||
		   form->unit_problem != NULL || form->from_problem != NULL || form->to_problem != NULL;
}

/* What the store refuses, beside its field; FALSE: another error. */
static gboolean say_refusal(const GError *refused, GrantForm *form)
{
	if (refused->domain != GRANTING_ERROR)
		return FALSE;
	switch ((GrantingError)refused->code) {
	case GRANTING_ERROR_ROLE:
		form->role_problem = "Peran ini tidak dapat Anda berikan.";
		break;
	case GRANTING_ERROR_UNIT:
		form->unit_problem = "Isi kode unit kerja yang ada dalam wewenang Anda.";
		break;
	case GRANTING_ERROR_FROM:
		form->from_problem = "Paling awal hari ini.";
		break;
	case GRANTING_ERROR_TO:
		form->to_problem = "Setelah tanggal mulai, dan tidak melewati akhir hak Anda sendiri. "
						   "Auditor harus berbatas waktu.";
		break;
	case GRANTING_ERROR_DECREE:
		form->decree_problem = "Isi nomor surat penunjukan, paling sedikit 3 huruf.";
		break;
	case GRANTING_ERROR_OWN:
		form->account_problem = "Tidak seorang pun memberi hak kepada dirinya sendiri.";
		break;
	}
	return TRUE;
}

Response *page_grants_post(Call *call, GError **error)
{
	GrantForm form = {.account = field(call, "akun"),
					  .role = field(call, "peran"),
					  .unit = field(call, "unit"),
					  .from = field(call, "dari"),
					  .to = field(call, "sampai"),
					  .decree = field(call, "surat")};
	GrantNew grant = {0};
	const Granter granter = grants_granter(call);
	g_autoptr(User) holder = NULL;
	if (!grants_find_holder(call, form.account, &holder, error) ||
		!read_form(call, &form, &grant, error))
		return NULL;
	if (holder == NULL)
		form.account_problem = "Tidak ada akun dengan nama atau nomor ini dalam wewenang Anda.";
	if (has_problem(&form))
		return ask(call, 422, form, error);
	GError *refused = NULL;
	grant.account = holder->id;
	gint64 id = granting_give(call->web->sql, &granter, &grant, holder->person, &refused);
	if (id == 0 && say_refusal(refused, &form)) {
		g_error_free(refused);
		return ask(call, 422, form, error);
	}
	if (id == 0) {
		g_propagate_error(error, refused);
		return NULL;
	}
	call->subject.person = holder->person;
	call->subject.unit = grant.unit;
	call->subject.detail = g_strdup_printf("%s: %s", holder->name, role_name(grant.role));
	g_autofree char *location = g_strdup_printf("/hak-akses/%" G_GINT64_FORMAT, id);
	return response_redirect(location);
}

/* ── one ── */

/* NULL with `error` unset: not there, or not of the scope. */
static GrantRow *find_grant(const Call *call, GError **error)
{
	gint64 id;
	if (!g_ascii_string_to_signed(call->params[0], 10, 1, G_MAXINT64, &id, NULL))
		return NULL;
	g_autoptr(GrantRow) row = granting_get(call->web->sql, id, call->today, error);
	if (row == NULL || !(call->scope->all || scope_has(call->scope, row->unit)))
		return NULL;
	return g_steal_pointer(&row);
}

Response *subject_grant(Call *call, GError **error)
{
	GError *local = NULL;
	g_autoptr(GrantRow) row = find_grant(call, &local);
	if (local != NULL) {
		g_propagate_error(error, local);
		return NULL;
	}
	if (row == NULL)
		return problem_for(call, 404, NULL);
	call->subject.unit = row->unit;
	call->subject.detail = g_strdup_printf("%s: %s", row->name, role_name(row->role));
	return NULL;
}

/* Has the account a second factor, and has somebody asked for its removal? */
static gboolean load_phone(const Call *call, const GrantRow *row, GStringChunk *texts,
						   GrantView *view, GError **error)
{
	gboolean asked = FALSE;
	gint64 by = 0;
	Sql *sql = call->web->sql;
	if (!second_factor_known(sql, row->account, &view->has_second, error) ||
		!second_factor_reset_asked(sql, row->account, call->request->now_ms, &asked, &by, error))
		return FALSE;
	if (!asked)
		return TRUE;
	GError *local = NULL;
	g_autoptr(User) user = by == 0 ? NULL : users_get(sql, by, &local);
	if (local != NULL) {
		g_propagate_error(error, local);
		return FALSE;
	}
	view->reset_by =
		user == NULL ? "administrator server" : g_string_chunk_insert(texts, user->name);
	view->reset_by_self = by == call->access->user->id;
	return TRUE;
}

static Response *show(const Call *call, guint status, const GrantRow *row, const char *to,
					  const char *to_problem, GError **error)
{
	g_autoptr(GStringChunk) texts = g_string_chunk_new(512);
	const Granter granter = grants_granter(call);
	GrantView view = {.line = line_of(call, row, texts),
					  .grantor = row->grantor,
					  .to_value = to,
					  .to_problem = to_problem};
	if (!granting_may_change(call->web->sql, &granter, row, &view.may_change, error) ||
		!load_phone(call, row, texts, &view, error))
		return NULL;
	Frame frame = layout_frame(call, "Hak akses", NAV_GRANTS);
	Html *html = html_new();
	page_grants_render_one(html, &frame, &view);
	Response *response = call_html(html_to_bytes(html));
	response->status = status;
	return response;
}

Response *page_grant(Call *call, GError **error)
{
	g_autoptr(GrantRow) row = find_grant(call, error);
	if (row == NULL)
		return *error == NULL ? problem_for(call, 404, NULL) : NULL;
	call->subject.person = row->person;
	return show(call, 200, row, "", NULL, error);
}

/* After a change was refused: not the account's to make, or an impossible day. */
static Response *refused_change(const Call *call, const GrantRow *row, GError *refused,
								GError **error)
{
	g_autoptr(GError) owned = refused;
	if (g_error_matches(owned, GRANTING_ERROR, GRANTING_ERROR_OWN))
		return problem_for(call, 403, NULL);
	if (owned->domain == GRANTING_ERROR)
		return show(call, 422, row, field(call, "sampai"),
					"Isi tanggal sesudah hari ini dan sebelum akhirnya yang sekarang.", error);
	g_propagate_error(error, g_steal_pointer(&owned));
	return NULL;
}

Response *page_grant_limit(Call *call, GError **error)
{
	gint64 last = -1; /* what is no date is refused as too early */
	GError *refused = NULL;
	const Granter granter = grants_granter(call);
	g_autoptr(GrantRow) row = find_grant(call, error);
	if (row == NULL)
		return NULL;
	call->subject.person = row->person;
	if (!iso_date_parse(field(call, "sampai"), &last))
		last = -1;
	if (!granting_limit(call->web->sql, &granter, row, last + 1, &refused))
		return refused_change(call, row, refused, error);
	g_autofree char *location = g_strdup_printf("/hak-akses/%" G_GINT64_FORMAT, row->id);
	return response_redirect(location);
}

Response *page_grant_end(Call *call, GError **error)
{
	GError *refused = NULL;
	const Granter granter = grants_granter(call);
	g_autoptr(GrantRow) row = find_grant(call, error);
	if (row == NULL)
		return NULL;
	call->subject.person = row->person;
	if (!granting_end(call->web->sql, &granter, row, &refused))
		return refused_change(call, row, refused, error);
	return response_redirect("/hak-akses");
}

/* The first to ask writes it down, another one who may change the grant agrees. */
Response *page_grant_phone(Call *call, GError **error)
{
	gboolean may = FALSE;
	SecondReset reset;
	const Granter granter = grants_granter(call);
	g_autoptr(GrantRow) row = find_grant(call, error);
	if (row == NULL || !granting_may_change(call->web->sql, &granter, row, &may, error))
		return NULL;
	if (!may)
		return problem_for(call, 403, NULL);
	call->subject.person = row->person;
	if (!second_factor_reset(call->web->sql, row->account, granter.account, granter.now_ms, &reset,
							 error))
		return NULL;
	g_autofree char *location = g_strdup_printf("/hak-akses/%" G_GINT64_FORMAT, row->id);
	return reset == SECOND_RESET_NONE ? problem_for(call, 409, NULL) : response_redirect(location);
}
