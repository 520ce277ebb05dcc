#include "server/web/time/page_anomalies.h"

#include "server/store/people/assignments.h"
#include "server/web/api.h"
#include "server/web/handlers.h"
#include "server/web/words.h"

/* ── rendering ── */

static void add_title(Html *html, const AnomaliesView *view)
{
	html_add(html,
			 "<div class=\"hd-title\">\n<div><h1>Anomali, %s</h1>\n<p>Petunjuk untuk diperiksa, "
			 "bukan putusan. Setiap baris menunjuk buktinya.</p></div>\n"
			 "<nav class=\"hd-pager hd-noprint\" aria-label=\"Bulan lain\">\n"
			 "<a class=\"btn btn-outline-secondary\" href=\"/anomali?jenis=%s&amp;bulan=%s\" "
			 "rel=\"prev\">Bulan sebelumnya</a>\n",
			 view->month, anomaly_kind_text(view->kind), view->before);
	if (view->after != NULL)
		html_add(html,
				 "<a class=\"btn btn-outline-secondary\" href=\"/anomali?jenis=%s&amp;bulan=%s\" "
				 "rel=\"next\">Bulan berikutnya</a>\n",
				 anomaly_kind_text(view->kind), view->after);
	html_add(html, "</nav></div>\n<nav class=\"hd-pager hd-gap hd-noprint\" "
				   "aria-label=\"Jenis anomali\">\n");
	for (int i = 0; i < N_ANOMALY_KINDS; i++) {
		AnomalyKind kind = (AnomalyKind)i;
		if (kind == view->kind)
			html_add(html, "<a class=\"btn btn-primary\" aria-current=\"page\" ");
		else
			html_add(html, "<a class=\"btn btn-outline-secondary\" ");
		html_add(html, "href=\"/anomali?jenis=%s&amp;bulan=%s\">%s</a>\n", anomaly_kind_text(kind),
				 view->month_iso, anomaly_kind_title(kind));
	}
	html_add(html, "</nav>\n");
}

static void add_person(Html *html, const AnomaliesView *view, gint64 person, const char *name)
{
	if (person == 0 || name == NULL)
		html_add(html, "<td>%s</td>", name);
	else
		html_add(html, "<td><a href=\"/pegawai/%" G_GINT64_FORMAT "/bulan?bulan=%s\">%s</a></td>",
				 person, view->month_iso, name);
}

/* The person-day down to the signature; of who decided and of places there is none. */
static void add_evidence(Html *html, const AnomalyRow *row, const char *date)
{
	gint64 person = row->person != 0 ? row->person : row->other;
	if (person == 0)
		html_add(html, "<td>%s</td>", row->evidence);
	else
		html_add(html,
				 "<td><a href=\"/audit/pegawai/%" G_GINT64_FORMAT "?tanggal=%s\">Bukti</a> "
				 "<small class=\"hd-secret\">%s</small></td>",
				 person, date, row->evidence);
}

static void add_row(Html *html, const AnomaliesView *view, const AnomalyRow *row)
{
	g_autofree char *n = words_number(row->n), *of = words_number(row->of);
	g_autofree char *day = words_short_date(row->day), *date = iso_date(row->day);
	html_add(html, "<tr>");
	add_person(html, view, row->person, row->name);
	add_person(html, view, row->other, row->other_name);
	html_add(html, "<td>%s</td><td>%s</td><td class=\"hd-n\">%s%s%s</td><td>%s</td>",
			 row->place_name, day, n, row->of > 0 ? " dari " : "", row->of > 0 ? of : "",
			 row->note);
	add_evidence(html, row, date);
	html_add(html, "</tr>\n");
}

void page_anomalies_render(Html *html, const Frame *frame, const AnomaliesView *view)
{
	layout_begin(html, frame);
	add_title(html, view);
	html_add(html, "<section class=\"hd-section hd-tone-late\">\n<h2>%s <small>%d</small></h2>\n",
			 anomaly_kind_title(view->kind), (int)view->rows->len);
	if (view->rows->len == 0) {
		html_add(html, "<p>Tidak ada dalam bulan ini. Pilih bulan atau jenis lain.</p>\n");
	} else {
		html_add(html, "<div class=\"hd-scroll\" tabindex=\"0\" role=\"region\" "
					   "aria-label=\"Tabel anomali\"><table class=\"table hd-table\">\n<thead><tr>"
					   "<th scope=\"col\">Pegawai</th><th scope=\"col\">Pegawai lain atau pemutus"
					   "</th><th scope=\"col\">Lokasi</th><th scope=\"col\">Tanggal (terakhir)</th>"
					   "<th scope=\"col\">Kali</th><th scope=\"col\">Keterangan</th>"
					   "<th scope=\"col\">Bukti</th></tr></thead>\n<tbody>\n");
		for (guint i = 0; i < view->rows->len; i++)
			add_row(html, view, view->rows->pdata[i]);
		html_add(html, "</tbody>\n</table></div>\n");
	}
	html_add(html, "</section>\n");
	layout_end(html, frame);
}

/* ── loading ── */

/* Of people of the scope on that day; rows about nobody are for who sees everything. */
static gboolean sees(const Call *call, const AnomalyRow *row, gboolean *seen, GError **error)
{
	Assignment at;
	PersonId person = row->person != 0 ? row->person : row->other;
	*seen = call->scope->all;
	if (*seen || person == 0)
		return TRUE;
	if (!assignments_on(call->web->sql, person, row->day, &at, error))
		return FALSE;
	*seen = at.unit != 0 && scope_has(call->scope, at.unit);
	return TRUE;
}

static GPtrArray *load(const Call *call, AnomalyKind kind, gint64 first, GError **error)
{
	AnomalyFilter filter = {.from_day = month_first(first, 0),
							.to_day = month_first(first, 1),
							.utc_offset_min = call->web->utc_offset_min};
	g_autoptr(GPtrArray) rows = anomalies_list(call->web->sql, kind, &filter, error);
	for (guint i = 0; rows != NULL && i < rows->len;) {
		gboolean seen;
		if (!sees(call, rows->pdata[i], &seen, error))
			return NULL;
		if (seen)
			i++;
		else
			g_ptr_array_remove_index(rows, i);
	}
	return g_steal_pointer(&rows);
}

Response *page_anomalies(Call *call, GError **error)
{
	const char *month = call_query(call, "bulan"), *kind = call_query(call, "jenis");
	g_autoptr(GStringChunk) texts = g_string_chunk_new(256);
	AnomaliesView view = {0};
	gint64 first = call->today;
	if ((month != NULL && !iso_month_parse(month, &first)) ||
		(kind != NULL && !anomaly_kind_find(kind, &view.kind)))
		return problem_for(call, 404, NULL);
	g_autoptr(GPtrArray) rows = load(call, view.kind, first, error);
	if (rows == NULL)
		return NULL;
	view.rows = rows;
	view.month = words_keep(texts, words_month(first));
	view.month_iso = words_keep(texts, iso_month(first));
	view.before = words_keep(texts, iso_month(month_first(first, -1)));
	if (month_first(first, 1) <= call->today)
		view.after = words_keep(texts, iso_month(month_first(first, 1)));
	Frame frame = layout_frame(call, "Anomali", NAV_ANOMALIES);
	Html *html = html_new();
	page_anomalies_render(html, &frame, &view);
	return call_html(html_to_bytes(html));
}

static json_t *text_or_null(const char *text)
{
	return text == NULL ? json_null() : json_string(text);
}

static json_t *row_json(AnomalyKind kind, const AnomalyRow *row)
{
	g_autofree char *date = iso_date(row->day);
	json_t *out = json_object();
	json_object_set_new(out, "kind", json_string(anomaly_kind_text(kind)));
	json_object_set_new(out, "person", row->person == 0 ? json_null() : json_integer(row->person));
	json_object_set_new(out, "name", text_or_null(row->name));
	json_object_set_new(out, "other", row->other == 0 ? json_null() : json_integer(row->other));
	json_object_set_new(out, "other_name", text_or_null(row->other_name));
	json_object_set_new(out, "place", text_or_null(row->place_name));
	json_object_set_new(out, "date", json_string(date));
	json_object_set_new(out, "n", json_integer(row->n));
	json_object_set_new(out, "of", row->of == 0 ? json_null() : json_integer(row->of));
	json_object_set_new(out, "note", text_or_null(row->note));
	json_object_set_new(out, "evidence", text_or_null(row->evidence));
	return out;
}

Response *api_anomalies(Call *call, GError **error)
{
	static const char *const names[] = {"month", "kind", NULL};
	const char *month = call_query(call, "month"), *text = call_query(call, "kind");
	gint64 first = call->today;
	AnomalyKind kind;
	Response *problem = api_only(call, names);
	if (problem != NULL)
		return problem;
	if (month != NULL && !iso_month_parse(month, &first))
		return problem_field("month", "a month as 2025-03");
	if (text == NULL || !anomaly_kind_find(text, &kind))
		return problem_field("kind", "hand-person, hand-approver, hand-admin, pairs, travel, "
									 "leave, gone, roster, outage");
	g_autoptr(GPtrArray) rows = load(call, kind, first, error);
	if (rows == NULL)
		return NULL;
	json_t *items = json_array();
	for (guint i = 0; i < rows->len; i++)
		json_array_append_new(items, row_json(kind, rows->pdata[i]));
	return api_list(items, NULL);
}
