/* What the recap's page, its files and REST read. */
#include <string.h>

#include "server/web/api.h"
#include "server/web/handlers.h"
#include "server/web/problem.h"
#include "server/web/time/page_recap.h"
#include "server/web/words.h"

#define PAGES_MAX 100000
#define SEARCH_MAX 80 /* characters, as the form says */

/* ── what is asked for ── */

/* Fills the query but for its unit; NULL, or the problem. */
static Response *ask(const Call *call, RecapQuery *query)
{
	const char *kind = call_query(call, "jenis"), *only = call_query(call, "saring");
	const char *text = call_query(call, "cari");
	*query = (RecapQuery){.from_day = call->subject.from_day,
						  .to_day = call->subject.to_day,
						  .text = text,
						  .utc_offset_min = call->web->utc_offset_min,
						  .today = call->today};
	if ((kind != NULL && !recap_kind_find(kind, &query->kind)) ||
		(only != NULL && !recap_only_find(only, &query->only)) ||
		(text != NULL && g_utf8_strlen(text, -1) > SEARCH_MAX))
		return problem_for(call, 404, NULL);
	return NULL;
}

static Response *ask_month(Call *call, const char *name, GError **error)
{
	const char *text = call_query(call, name);
	gint64 first = call->today;
	if (text != NULL && !iso_month_parse(text, &first))
		return problem_for(call, 404, NULL);
	call->subject.from_day = month_first(first, 0);
	call->subject.to_day = month_first(first, 1);
	return subject_unit(call, error);
}

Response *subject_recap(Call *call, GError **error)
{
	RecapQuery query;
	Response *problem = ask_month(call, "bulan", error);
	if (problem == NULL)
		problem = ask(call, &query);
	if (problem != NULL)
		return problem;
	g_autofree char *month = iso_month(call->subject.from_day);
	call->subject.detail =
		g_strdup_printf("%s %s%s%s", month, recap_kind_text(query.kind),
						query.text == NULL ? "" : " ", query.text == NULL ? "" : query.text);
	return NULL;
}

/* ── the page ── */

static void copy_row(Report *report, GArray *links, const ReportRow *row)
{
	ReportCell *cells = report_add_row(report);
	RecapLink link = {.person = row->person};
	if (row->day != 0)
		link.day = day_of_month(row->day);
	for (gsize c = 0; c < report->n_columns; c++) {
		cells[c] = row->cells[c];
		if (report->columns[c].type == REPORT_TEXT)
			cells[c].text = g_strdup(row->cells[c].text);
	}
	g_array_append_val(links, link);
}

/* Texts of the first section's foot into `texts`. */
static void take_foot(ReportSection *foot, const ReportSection *from, GStringChunk *texts)
{
	const char **to[] = {&foot->proof, &foot->signed_on, &foot->signer_title, &foot->signer,
						 &foot->signer_number};
	const char *const of[] = {from->proof, from->signed_on, from->signer_title, from->signer,
							  from->signer_number};
	for (gsize i = 0; i < G_N_ELEMENTS(to); i++)
		*to[i] = words_keep(texts, g_strdup(of[i]));
}

static gboolean read_rows(const Recap *recap, Report *report, GArray *links, ReportSection *foot,
						  GStringChunk *texts, GError **error)
{
	const ReportSource *source = recap_source(recap);
	ReportRow row;
	SqlStep step;
	while ((step = source->next(source->self, &row, error)) == SQL_ROW) {
		if (row.section != NULL && foot->proof == NULL)
			take_foot(foot, row.section, texts);
		copy_row(report, links, &row);
	}
	return step == SQL_DONE;
}

static Response *render(Call *call, const UnitChoices *choices, const RecapQuery *query, int page,
						GError **error)
{
	g_autoptr(GStringChunk) texts = g_string_chunk_new(512);
	g_autoptr(Recap) recap = recap_open(call->web->sql, query, error);
	if (recap == NULL)
		return NULL;
	if (page == 0 && recap_n_people(recap) > RECAP_FILE_PEOPLE)
		return problem_for(call, 422, NULL);
	const ReportSource *source = recap_source(recap);
	g_autoptr(Report) report = report_new(source->columns, source->n_columns);
	g_autoptr(GArray) links = g_array_new(FALSE, FALSE, sizeof(RecapLink));
	RecapView view = {.choices = choices->list,
					  .unit_code = choices->code,
					  .unit_name = choices->name,
					  .kind = query->kind,
					  .only = query->only,
					  .text = query->text == NULL ? "" : query->text,
					  .report = report,
					  .links = links,
					  .page = page};
	if (!read_rows(recap, report, links, &view.foot, texts, error))
		return NULL;
	gint64 first = query->from_day;
	view.month = words_keep(texts, words_month(first));
	view.month_iso = words_keep(texts, iso_month(first));
	view.before = words_keep(texts, iso_month(month_first(first, -1)));
	if (month_first(first, 1) <= call->today)
		view.after = words_keep(texts, iso_month(month_first(first, 1)));
	view.n_people = (gint64)recap_n_people(recap);
	view.more = recap_has_more(recap);
	Frame frame = layout_frame(call, "Rekap bulanan", NAV_RECAP);
	Html *html = html_new();
	page_recap_render(html, &frame, &view);
	return call_html(html_to_bytes(html));
}

static Response *show(Call *call, int page, GError **error)
{
	RecapQuery query;
	Response *problem = ask(call, &query);
	if (problem != NULL)
		return problem;
	g_autoptr(UnitChoices) choices = choices_load(call, error);
	if (choices == NULL)
		return *error == NULL ? problem_for(call, 404, NULL) : NULL;
	query.unit = choices->unit;
	if (page > 0) {
		query.limit = query.kind == RECAP_PERSONAL ? RECAP_PAGE_PERSONS : RECAP_PAGE_PEOPLE;
		query.skip = query.limit * (gsize)(page - 1);
	}
	return render(call, choices, &query, page, error);
}

Response *page_recap(Call *call, GError **error)
{
	const char *text = call_query(call, "hal");
	gint64 page = 1;
	if (text != NULL && !g_ascii_string_to_signed(text, 10, 1, PAGES_MAX, &page, NULL))
		return problem_for(call, 404, NULL);
	return show(call, (int)page, error);
}

Response *page_recap_print(Call *call, GError **error)
{
	return show(call, 0, error);
}

/* ── files ── */

static GBytes *csv_of(const Recap *recap, GError **error)
{
	return report_csv_bytes(recap_source(recap), error);
}

static GBytes *xlsx_of(const Recap *recap, GError **error)
{
	return report_xlsx_bytes(recap_source(recap), error);
}

static GBytes *pdf_of(const Recap *recap, GError **error)
{
	return report_pdf_bytes(recap_source(recap), recap_title(recap), error);
}

static Response *answer_file(Call *call, GBytes *(*write)(const Recap *recap, GError **error),
							 const char *suffix, const char *type, GError **error)
{
	RecapQuery query;
	Response *problem = ask(call, &query);
	if (problem != NULL)
		return problem;
	g_autoptr(UnitChoices) choices = choices_load(call, error);
	if (choices == NULL)
		return *error == NULL ? problem_for(call, 404, NULL) : NULL;
	query.unit = choices->unit;
	g_autoptr(Recap) recap = recap_open(call->web->sql, &query, error);
	if (recap == NULL)
		return NULL;
	if (recap_n_people(recap) > RECAP_FILE_PEOPLE)
		return problem_for(call, 422, NULL);
	GBytes *file = write(recap, error);
	if (file == NULL)
		return NULL;
	/* A unit's code is of [A-Za-z0-9._-]: units.h. */
	g_autofree char *month = iso_month(query.from_day);
	g_autofree char *place = g_strdup_printf("attachment; filename=\"rekap-%s-%s-%s.%s\"",
											 choices->code[0] == '\0' ? "provinsi" : choices->code,
											 month, recap_kind_text(query.kind), suffix);
	Response *response = response_new(200, type, file);
	response_header(response, "Content-Disposition", place);
	return response;
}

Response *page_recap_csv(Call *call, GError **error)
{
	return answer_file(call, csv_of, "csv", "text/csv; charset=utf-8", error);
}

Response *page_recap_xlsx(Call *call, GError **error)
{
	return answer_file(call, xlsx_of, "xlsx",
					   "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet", error);
}

Response *page_recap_pdf(Call *call, GError **error)
{
	return answer_file(call, pdf_of, "pdf", "application/pdf", error);
}

/* ── REST ── */

Response *subject_recaps(Call *call, GError **error)
{
	static const char *const names[] = {"month", "unit", "kind", "limit", "cursor", NULL};
	const char *month = call_query(call, "month"), *kind = call_query(call, "kind");
	RecapKind found;
	gint64 first;
	Response *problem = api_only(call, names);
	if (problem != NULL)
		return problem;
	if (month != NULL && !iso_month_parse(month, &first))
		return problem_field("month", "a month as 2025-03");
	if (kind != NULL && !recap_kind_find(kind, &found))
		return problem_field("kind", "summary, codes, times, personal, apel, lateness, deductions");
	problem = ask_month(call, "month", error);
	if (problem == NULL)
		call->subject.detail = iso_month(call->subject.from_day);
	return problem;
}

static json_t *cell_json(ReportType type, const ReportCell *cell)
{
	if (type == REPORT_DATE) {
		g_autofree char *date = iso_date(cell->number);
		return json_string(date);
	}
	if (type != REPORT_TEXT)
		return json_integer(cell->number);
	return cell->text == NULL || cell->text[0] == '\0' ? json_null() : json_string(cell->text);
}

static json_t *row_json(const ReportSource *source, const ReportRow *row)
{
	json_t *out = json_object();
	json_object_set_new(out, "person", json_integer(row->person));
	for (gsize c = 0; c < source->n_columns; c++)
		json_object_set_new(out, source->columns[c].key,
							cell_json(source->columns[c].type, &row->cells[c]));
	return out;
}

Response *api_recaps(Call *call, GError **error)
{
	gsize limit;
	gint64 skip, unused;
	const char *kind = call_query(call, "kind");
	Response *problem = api_limit(call, &limit);
	if (problem == NULL)
		problem = api_cursor(call, &skip, &unused);
	if (problem != NULL)
		return problem;
	RecapQuery query = {.from_day = call->subject.from_day,
						.to_day = call->subject.to_day,
						.unit = call->subject.unit,
						.skip = (gsize)MAX(skip, 0),
						.limit = limit,
						.utc_offset_min = call->web->utc_offset_min,
						.today = call->today};
	if (kind != NULL)
		recap_kind_find(kind, &query.kind);
	if (query.unit == 0 && !call->scope->all)
		return problem_field("unit", "several units are this account's: name one");
	g_autoptr(Recap) recap = recap_open(call->web->sql, &query, error);
	if (recap == NULL)
		return NULL;
	const ReportSource *source = recap_source(recap);
	json_t *items = json_array();
	ReportRow row;
	SqlStep step;
	while ((step = source->next(source->self, &row, error)) == SQL_ROW)
		json_array_append_new(items, row_json(source, &row));
	if (step == SQL_FAILED) {
		json_decref(items);
		return NULL;
	}
	g_autofree char *next = recap_has_more(recap) ? cursor_encode(skip + (gint64)limit, 0) : NULL;
	return api_list(items, next);
}
