/* Mutations, read from a form, tried, and entered; the tree of units as of a day. */
#include "server/web/people/page_mutation.h"

#include <string.h>

#include "server/store/people/assignments.h"
#include "server/store/people/careers.h"
#include "server/store/people/mutate.h"
#include "server/store/people/people.h"
#include "server/store/people/units.h"
#include "server/store/people/grants.h"
#include "server/store/system/audit_log.h"
#include "server/store/terminals/places.h"
#include "server/web/handlers.h"
#include "server/web/people/names.h"
#include "server/web/problem.h"
#include "server/web/terms.h"
#include "server/web/words.h"

#define DECREE_MIN 3   /* characters */
#define DECREE_MAX 120 /* bytes, as a grant's */
#define TITLE_MAX 200  /* bytes */

/* ── what was sent ── */

static void read_form(const Call *call, MutationForm *form)
{
	for (MutationField i = 0; i < N_MUTATION_FIELDS; i++) {
		const char *name = mutation_field_name(i);
		const char *text = call->form != NULL ? form_get(call->form, name) : call_query(call, name);
		form->values[i] = text == NULL ? "" : text;
	}
}

static const char *said(const MutationForm *form, MutationField field)
{
	return form->values[field][0] == '\0' ? NULL : form->values[field];
}

gboolean mutation_has_problem(const MutationForm *form)
{
	for (gsize i = 0; i < N_MUTATION_FIELDS; i++)
		if (form->problems[i] != NULL)
			return TRUE;
	return FALSE;
}

/* Which field says what is new; N_MUTATION_FIELDS: none. */
static MutationField field_of_kind(const char *kind)
{
	static const struct {
		const char *kind;
		MutationField field;
	} to[] = {
		{"unit", MUTATION_UNIT},     {"masuk", MUTATION_UNIT},
		{"jabatan", MUTATION_TITLE}, {"promosi", MUTATION_TITLE},
		{"pangkat", MUTATION_RANK},  {"kepegawaian", MUTATION_EMPLOYMENT},
		{"nomor", MUTATION_NUMBER},  {"nama", MUTATION_NAME},
	};
	for (gsize i = 0; i < G_N_ELEMENTS(to); i++)
		if (strcmp(kind, to[i].kind) == 0)
			return to[i].field;
	return N_MUTATION_FIELDS;
}

static gboolean is_used(const char *kind, MutationField field)
{
	MutationField to = field_of_kind(kind);
	switch (field) {
	case MUTATION_UNIT:
	case MUTATION_TITLE:
	case MUTATION_RANK:
	case MUTATION_NAME:
		return field == to;
	case MUTATION_PLACE:
		return to == MUTATION_UNIT;
	case MUTATION_TITLE_KIND:
		return to == MUTATION_TITLE;
	case MUTATION_EMPLOYMENT:
		return to == MUTATION_EMPLOYMENT || strcmp(kind, "masuk") == 0;
	case MUTATION_NUMBER:
		return field == to || to == MUTATION_EMPLOYMENT || strcmp(kind, "masuk") == 0;
	case MUTATION_FRONT:
	case MUTATION_BACK:
		return to == MUTATION_NAME;
	case MUTATION_PERSON:
	case MUTATION_KIND:
	case MUTATION_DECREE:
	case MUTATION_DATE:
	case MUTATION_TMT:
	case N_MUTATION_FIELDS:
		break;
	}
	return TRUE;
}

/* Who is not of the scope is nobody here. */
static gboolean find_person(Call *call, MutationForm *form, GError **error)
{
	PersonId person = 0;
	g_autofree char *key = g_strstrip(g_strdup(form->values[MUTATION_PERSON]));
	if (key[0] != '\0' && !people_find(call->web->sql, key, &person, error))
		return FALSE;
	g_autoptr(GArray) days = access_person_days(call->web->sql, call->access, RIGHT_MUTATE, person,
												call->today, call->today + 1, error);
	if (days == NULL)
		return FALSE;
	if (person == 0 || days->len == 0)
		form->problems[MUTATION_PERSON] = "Tidak ada pegawai dengan nomor ini dalam wewenang Anda.";
	else if (person == call->access->user->person)
		form->problems[MUTATION_PERSON] = "Mutasi Anda sendiri dicatat oleh petugas lain.";
	else
		call->subject.person = person;
	return TRUE;
}

/* The unit that is named lies within the scope. */
static gboolean check_unit(const Call *call, MutationForm *form, GError **error)
{
	gint64 unit = 0;
	const char *code = said(form, MUTATION_UNIT);
	if (code == NULL || form->problems[MUTATION_UNIT] != NULL)
		return TRUE;
	if (!units_find(call->web->sql, code, FALSE, &unit, error))
		return FALSE;
	if (unit == 0 || !scope_has(call->scope, unit))
		form->problems[MUTATION_UNIT] = "Tidak ada unit kerja dengan kode ini dalam wewenang Anda.";
	return TRUE;
}

static void check_texts(MutationForm *form, MutateOrder *order)
{
	const char *decree = form->values[MUTATION_DECREE], *date = said(form, MUTATION_DATE);
	order->kind = form->values[MUTATION_KIND];
	order->decree = decree;
	order->decree_day = DAY_ALWAYS;
	if (g_utf8_strlen(decree, -1) < DECREE_MIN || strlen(decree) > DECREE_MAX)
		form->problems[MUTATION_DECREE] = "Isi nomor SK, paling sedikit 3 huruf.";
	if (date != NULL && !iso_date_parse(date, &order->decree_day))
		form->problems[MUTATION_DATE] = "Isi tanggal, atau kosongkan.";
	if (!iso_date_parse(form->values[MUTATION_TMT], &order->tmt_day))
		form->problems[MUTATION_TMT] = "Isi tanggal mulai berlakunya.";
	if (strlen(form->values[MUTATION_TITLE]) > TITLE_MAX)
		form->problems[MUTATION_TITLE] = "Terlalu panjang.";
	for (MutationField i = MUTATION_FRONT; i <= MUTATION_BACK; i++)
		if (strlen(form->values[i]) > TITLE_MAX)
			form->problems[i] = "Terlalu panjang.";
	for (MutationField i = MUTATION_UNIT; i < N_MUTATION_FIELDS; i++)
		if (said(form, i) != NULL && !is_used(order->kind, i))
			form->problems[i] = "Tidak dipakai untuk jenis mutasi ini. Kosongkan.";
}

gboolean mutation_read_order(Call *call, MutationForm *form, MutateOrder *order, GError **error)
{
	*order = (MutateOrder){.now_ms = call->request->now_ms, .today = call->today};
	check_texts(form, order);
	MutationField to = field_of_kind(order->kind);
	order->to = to == N_MUTATION_FIELDS ? NULL : said(form, to);
	order->place = said(form, MUTATION_PLACE);
	order->position_kind = said(form, MUTATION_TITLE_KIND);
	order->employment = said(form, MUTATION_EMPLOYMENT);
	order->number = said(form, MUTATION_NUMBER);
	order->front_title = said(form, MUTATION_FRONT);
	order->back_title = said(form, MUTATION_BACK);
	if (!find_person(call, form, error) || !check_unit(call, form, error))
		return FALSE;
	order->person = call->subject.person;
	return TRUE;
}

gboolean mutation_say_refusal(GError *refused, MutationForm *form, GError **error)
{
	g_autoptr(GError) owned = refused;
	if (owned->domain != MUTATE_ERROR) {
		g_propagate_error(error, g_steal_pointer(&owned));
		return FALSE;
	}
	MutationField to = field_of_kind(form->values[MUTATION_KIND]);
	switch ((MutateError)owned->code) {
	case MUTATE_ERROR_NUMBER: /* whose it is is not told */
		form->problems[MUTATION_NUMBER] =
			"Bukan NIP atau NI PPPK (18 angka), atau sudah dipakai orang lain.";
		break;
	case MUTATE_ERROR_NAME:
		form->problems[MUTATION_NAME] = "Terlalu panjang.";
		break;
	case MUTATE_ERROR_KIND:
		form->problems[MUTATION_KIND] = "Pilih jenis mutasi.";
		break;
	case MUTATE_ERROR_TO_EMPTY:
		form->problems[to < N_MUTATION_FIELDS ? to : MUTATION_KIND] = "Isi untuk jenis mutasi ini.";
		break;
	case MUTATE_ERROR_UNIT:
		form->problems[MUTATION_UNIT] = "Pada TMT tidak ada unit kerja dengan kode ini.";
		break;
	case MUTATE_ERROR_PLACE:
		form->problems[MUTATION_PLACE] = "Tidak ada lokasi dengan kode ini.";
		break;
	case MUTATE_ERROR_POSITION_KIND:
		form->problems[MUTATION_TITLE_KIND] = "Pilih jenis jabatan.";
		break;
	case MUTATE_ERROR_RANK:
		form->problems[MUTATION_RANK] = "Tidak ada golongan ini. Tulis seperti III/d atau IX.";
		break;
	case MUTATE_ERROR_TO_EMPLOYMENT:
	case MUTATE_ERROR_EMPLOYMENT:
		form->problems[MUTATION_EMPLOYMENT] = "Pilih status kepegawaian.";
		break;
	case MUTATE_ERROR_NOT_EMPLOYED:
		form->problems[MUTATION_TMT] = "Pada TMT orang ini bukan pegawai.";
		break;
	}
	return TRUE;
}

static Response *ask(Call *call, guint status, MutationForm *form, GError **error)
{
	g_autoptr(UnitChoices) choices = choices_load(call, error);
	if (choices == NULL)
		return *error == NULL ? problem_for(call, 404, NULL) : NULL;
	form->units = choices->list;
	Frame frame = layout_frame(call, "Mutasi", NAV_MUTATION);
	Html *html = html_new();
	page_mutation_render_form(html, &frame, form);
	Response *response = call_html(html_to_bytes(html));
	response->status = status;
	return response;
}

Response *page_mutation(Call *call, GError **error)
{
	MutationForm form = {0};
	read_form(call, &form);
	return ask(call, 200, &form, error);
}

/* ── what it changes ── */

static const char *const fact_names[N_MUTATION_FACTS] = {
	[MUTATION_FACT_UNIT] = "Unit kerja",   [MUTATION_FACT_PLACES] = "Lokasi presensi",
	[MUTATION_FACT_TITLE] = "Jabatan",     [MUTATION_FACT_RANK] = "Golongan",
	[MUTATION_FACT_EMPLOYMENT] = "Status", [MUTATION_FACT_STATUS] = "Kedudukan hukum",
	[MUTATION_FACT_SUPERIOR] = "Atasan",   [MUTATION_FACT_NUMBER] = "NIP atau NI PPPK",
	[MUTATION_FACT_NAME] = "Nama",
};

static gboolean load_places(Sql *sql, PersonId person, gint64 day, GStringChunk *texts,
							MutationFacts *facts, GError **error)
{
	g_autoptr(GArray) places = NULL;
	g_autoptr(GString) names = g_string_new(NULL);
	if (!assignments_places(sql, person, day, &places, error))
		return FALSE;
	for (guint i = 0; i < places->len; i++) {
		g_autoptr(GError) inner = NULL;
		g_autofree char *name = places_name(sql, g_array_index(places, gint64, i), day, &inner);
		if (inner != NULL) {
			g_propagate_error(error, g_steal_pointer(&inner));
			return FALSE;
		}
		if (name != NULL)
			g_string_append_printf(names, "%s%s", names->len == 0 ? "" : ", ", name);
	}
	if (names->len > 0)
		facts->texts[MUTATION_FACT_PLACES] = g_string_chunk_insert(texts, names->str);
	return TRUE;
}

static const char *full_name(const PersonRow *row, GStringChunk *texts)
{
	return words_keep(texts, g_strconcat(row->front_title == NULL ? "" : row->front_title,
										 row->front_title == NULL ? "" : " ", row->name,
										 row->back_title == NULL ? "" : ", ",
										 row->back_title == NULL ? "" : row->back_title, NULL));
}

static gboolean load_row(Sql *sql, PersonId person, gint64 day, GStringChunk *texts,
						 MutationFacts *facts, GError **error)
{
	PeopleFilter filter = {.day = day, .person = person, .limit = 1};
	g_autoptr(PeopleCursor) cursor = people_list(sql, &filter, error);
	PersonRow row;
	SqlStep step = cursor == NULL ? SQL_FAILED : people_next(cursor, &row, error);
	if (step != SQL_ROW)
		return step == SQL_DONE;
	facts->name = g_string_chunk_insert(texts, row.name);
	facts->number = words_keep(texts, g_strdup(row.number));
	facts->texts[MUTATION_FACT_NUMBER] = facts->number;
	facts->texts[MUTATION_FACT_NAME] = full_name(&row, texts);
	facts->texts[MUTATION_FACT_UNIT] = words_keep(texts, g_strdup(row.unit_name));
	if (row.employment != NULL)
		facts->texts[MUTATION_FACT_EMPLOYMENT] = terms_employment(row.employment);
	facts->texts[MUTATION_FACT_STATUS] = words_keep(texts, g_strdup(row.status));
	return TRUE;
}

static gboolean load_career(const Call *call, PersonId person, gint64 day, GStringChunk *texts,
							MutationFacts *facts, GError **error)
{
	g_auto(Career) career = {0};
	if (!careers_on(call->web->sql, person, day, G_MAXINT64, &career, error))
		return FALSE;
	facts->texts[MUTATION_FACT_TITLE] = words_keep(texts, g_strdup(career.position));
	facts->texts[MUTATION_FACT_RANK] = words_keep(texts, g_strdup(career.rank));
	return career.superior == 0 ||
		   names_person(call, texts, career.superior, &facts->texts[MUTATION_FACT_SUPERIOR], error);
}

static gboolean load_facts(const Call *call, const MutateOrder *order, GStringChunk *texts,
						   MutationFacts *facts, GError **error)
{
	Sql *sql = call->web->sql;
	gint64 day = order->tmt_day;
	*facts = (MutationFacts){0};
	return load_row(sql, order->person, day, texts, facts, error) &&
		   load_places(sql, order->person, day, texts, facts, error) &&
		   load_career(call, order->person, day, texts, facts, error) &&
		   grants_count(sql, order->person, MAX(day, call->today), &facts->n_grants, error);
}

gboolean mutation_try(const Call *call, const MutateOrder *order, GStringChunk *texts,
					  MutationFacts facts[2], MutateResult *result, GError **error)
{
	return load_facts(call, order, texts, &facts[0], error) &&
		   mutate(call->web->sql, order, result, error) &&
		   load_facts(call, order, texts, &facts[1], error);
}

static void compare(const MutationFacts facts[2], GArray *effects)
{
	for (gsize i = 0; i < N_MUTATION_FACTS; i++) {
		const char *before = facts[0].texts[i], *after = facts[1].texts[i];
		MutationEffect effect = {fact_names[i], before == NULL ? "tidak ada" : before,
								 after == NULL ? "tidak ada" : after};
		if (g_strcmp0(before, after) != 0)
			g_array_append_val(effects, effect);
	}
}

static Response *show(Call *call, const MutationForm *form, const MutateOrder *order,
					  const MutationFacts facts[2], const MutateResult *result)
{
	g_autoptr(GArray) effects = g_array_new(FALSE, FALSE, sizeof(MutationEffect));
	g_autofree char *tmt = words_date(order->tmt_day);
	g_autofree char *until = result->to_day == DAY_OPEN ? NULL : words_date(result->to_day - 1);
	compare(facts, effects);
	MutationPreview view = {.form = form,
							.person = order->person,
							.name = facts[0].name == NULL ? facts[1].name : facts[0].name,
							.number = facts[0].number,
							.kind = mutation_kind_text(order->kind),
							.tmt = tmt,
							.until = until,
							.effects = effects,
							.judged_days = result->moved ? result->judged_days : 0,
							.n_grants = facts[0].n_grants - facts[1].n_grants,
							.known = result->known,
							.later = order->tmt_day > call->today};
	Frame frame = layout_frame(call, "Dampak mutasi", NAV_MUTATION);
	Html *html = html_new();
	page_mutation_render_preview(html, &frame, &view);
	return call_html(html_to_bytes(html));
}

Response *page_mutation_preview(Call *call, GError **error)
{
	MutationForm form = {0};
	MutateOrder order;
	MutationFacts facts[2];
	g_auto(MutateResult) result = {0};
	g_autoptr(GStringChunk) texts = g_string_chunk_new(1024);
	GError *refused = NULL;
	read_form(call, &form);
	if (!mutation_read_order(call, &form, &order, error))
		return NULL;
	if (mutation_has_problem(&form))
		return ask(call, 422, &form, error);
	if (!audit_change_begin(call->web->sql, error))
		return NULL;
	gboolean good = mutation_try(call, &order, texts, facts, &result, &refused);
	audit_change_rollback(call->web->sql);
	if (good)
		return show(call, &form, &order, facts, &result);
	return mutation_say_refusal(refused, &form, error) ? ask(call, 422, &form, error) : NULL;
}

/* ── entering it ── */

Response *page_mutation_post(Call *call, GError **error)
{
	MutationForm form = {0};
	MutateOrder order;
	g_auto(MutateResult) result = {0};
	GError *refused = NULL;
	read_form(call, &form);
	if (!mutation_read_order(call, &form, &order, error))
		return NULL;
	if (mutation_has_problem(&form))
		return ask(call, 422, &form, error);
	if (!mutate(call->web->sql, &order, &result, &refused))
		return mutation_say_refusal(refused, &form, error) ? ask(call, 422, &form, error) : NULL;
	if (result.known) {
		form.problems[MUTATION_DECREE] = "SK ini sudah dicatat untuk pegawai ini.";
		return ask(call, 422, &form, error);
	}
	g_autofree char *tmt = iso_date(order.tmt_day);
	call->subject.detail = g_strdup_printf("%s: %s, TMT %s", order.kind, order.decree, tmt);
	g_autofree char *location = g_strdup_printf("/pegawai/%" G_GINT64_FORMAT, order.person);
	return response_redirect(location);
}
