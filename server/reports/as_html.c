/* A report as a page of its own, to look at and to print; the pages of server/web show the same rows. */
#include "server/reports/report.h"

#define PIECE (64 * 1024)

static const char style[] =
	"<style>body{font:12px/1.35 'DejaVu Sans',sans-serif;margin:1.5rem;color:#12302d}"
	"table{border-collapse:collapse;width:100%;margin:.75rem 0}"
	"th,td{border:1px solid #b9c7c4;padding:.15rem .3rem;vertical-align:top;text-align:left}"
	"th{background:#eef2f1}td.n{text-align:right;font-variant-numeric:tabular-nums}"
	"h1{font-size:1.2rem;margin:.5rem 0}h2{font-size:1rem;margin:0}p{margin:.2rem 0}"
	".tanda{margin:1.5rem 0 0 60%;break-inside:avoid}.tanda b{display:block;margin-top:3.5rem}"
	"section{break-after:page}@page{size:A4 landscape;margin:12mm}thead{display:table-header-group}"
	"</style>\n";

typedef struct {
	const ReportSource *source;
	GString *out;
	ReportSection section; /* texts of `kept` */
	GStringChunk *kept;
	gboolean open;
} Page;

static void add_escaped(GString *out, const char *text)
{
	g_autofree char *escaped = g_markup_escape_text(text, -1);
	g_string_append(out, escaped);
}

static void add(GString *out, const char *before, const char *text, const char *after)
{
	if (text == NULL)
		return;
	g_string_append(out, before);
	add_escaped(out, text);
	g_string_append(out, after);
}

static const char *keep(Page *page, const char *text)
{
	return text == NULL ? NULL : g_string_chunk_insert(page->kept, text);
}

/* What stands below the rows is needed when the section's own texts are gone. */
static void keep_end(Page *page, const ReportSection *section)
{
	g_string_chunk_clear(page->kept);
	page->section = (ReportSection){.summary = keep(page, section->summary),
									.signed_on = keep(page, section->signed_on),
									.signer_title = keep(page, section->signer_title),
									.signer = keep(page, section->signer),
									.signer_number = keep(page, section->signer_number),
									.proof = keep(page, section->proof)};
}

static void end_section(Page *page)
{
	const ReportSection *section = &page->section;
	if (!page->open)
		return;
	g_string_append(page->out, "</tbody></table>\n");
	add(page->out, "<p>", section->summary, "</p>\n");
	add(page->out, "<p>", section->proof, "</p>\n");
	if (section->signer_title != NULL) {
		g_string_append(page->out, "<div class=\"tanda\">");
		add(page->out, "<p>", section->signed_on, "</p>");
		add(page->out, "<p>", section->signer_title, "</p>");
		add(page->out, "<b>", section->signer, "</b>");
		add(page->out, "<p>NIP ", section->signer_number, "</p>");
		g_string_append(page->out, "</div>\n");
	}
	g_string_append(page->out, "</section>\n");
	page->open = FALSE;
}

static void begin_table(Page *page)
{
	g_string_append(page->out, "<table><thead><tr>");
	for (gsize c = 0; c < page->source->n_columns; c++)
		add(page->out, "<th scope=\"col\">", page->source->columns[c].title, "</th>");
	g_string_append(page->out, "</tr></thead><tbody>\n");
	page->open = TRUE;
}

static void begin_section(Page *page, const ReportSection *section)
{
	end_section(page);
	g_string_append(page->out, "<section>");
	page->section = (ReportSection){0};
	for (gsize i = 0; section != NULL && i < G_N_ELEMENTS(section->office); i++)
		add(page->out, "<h2>", section->office[i], "</h2>\n");
	if (section != NULL) {
		add(page->out, "<h1>", section->title, "</h1>\n");
		for (gsize i = 0; i < section->n_lines; i++) {
			if (section->lines[i].text == NULL)
				continue;
			add(page->out, "<p>", section->lines[i].label, ": ");
			add(page->out, "", section->lines[i].text, "</p>\n");
		}
		keep_end(page, section);
	}
	begin_table(page);
}

static void add_row(Page *page, const ReportRow *row)
{
	char buffer[REPORT_CELL_SIZE];
	g_string_append(page->out, "<tr>");
	for (gsize c = 0; c < page->source->n_columns; c++) {
		ReportType type = page->source->columns[c].type;
		add(page->out, type == REPORT_TEXT || type == REPORT_DATE ? "<td>" : "<td class=\"n\">",
			report_cell_text(type, &row->cells[c], buffer), "</td>");
	}
	g_string_append(page->out, "</tr>\n");
}

static gboolean add_rows(Page *page, ReportOut write, gpointer user, GError **error)
{
	ReportRow row;
	SqlStep step;
	while ((step = page->source->next(page->source->self, &row, error)) == SQL_ROW) {
		if (row.section != NULL || !page->open)
			begin_section(page, row.section);
		add_row(page, &row);
		if (page->out->len < PIECE)
			continue;
		if (!write(user, page->out->str, page->out->len, error))
			return FALSE;
		g_string_truncate(page->out, 0);
	}
	end_section(page);
	return step == SQL_DONE;
}

gboolean report_write_html(const ReportSource *source, const char *title, ReportOut write,
						   gpointer user, GError **error)
{
	g_autoptr(GString) out = g_string_new("<!doctype html>\n<html lang=\"id\"><head>"
										  "<meta charset=\"utf-8\"><title>");
	add_escaped(out, title);
	g_string_append_printf(out, "</title>\n%s</head><body>\n", style);
	Page page = {.source = source, .out = out, .kept = g_string_chunk_new(1024)};
	gboolean ok = add_rows(&page, write, user, error);
	g_string_chunk_free(page.kept);
	g_string_append(out, "</body></html>\n");
	return ok && write(user, out->str, out->len, error);
}
