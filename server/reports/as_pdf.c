/*
 * A report on paper: A4, by cairo and pango.  A section (letterhead, table, signature) is held until it is
 * whole: how many pages it has is known only then, and its pages are counted for themselves.  It is
 * laid out twice, the first time without a pen.
 */
#include "server/reports/report.h"

#include <math.h>
#include <string.h>

#include <cairo-pdf.h>
#include <pango/pangocairo.h>

#define A4_SHORT 595.28 /* points */
#define A4_LONG 841.89
#define MARGIN 28.0
#define FOOT 16.0 /* from the margin up: what stands below every page */
#define PAD 1.5
#define SIGNATURE_HEIGHT 92.0
#define SIGNATURE_WIDTH 220.0
#define FONT "DejaVu Sans Condensed"
#define FONT_MAX 8.5
#define FONT_MIN 4.6
/* A character is on average so wide, in sizes of the font. */
#define CHARACTER 0.57
/* Up to so many characters a line serves a table that stands upright. */
#define UPRIGHT_MAX 110
/* Texts that come again (codes, times, numbers): so long, and so many kept. */
#define SHORT_TEXT 15
#define SHORT_KEPT 4000

typedef struct {
	PangoLayout *layout;
	double height;
} Text;

typedef struct {
	ReportCell *cells; /* texts of `texts` */
	double height;
} Row;

typedef struct {
	const ReportSource *source;
	cairo_t *cr;
	double width, height; /* of the page */
	double *x;            /* left edge of each column, and the right edge of the last */
	double size, line;    /* of the table's font; height of one line */
	PangoFontDescription *font, *bold;
	PangoLayout *free_text;
	GHashTable **short_texts; /* by column: text → Text; columns alike share one */
	double head_height;
	/* The section in hand. */
	GStringChunk *texts;
	GArray *rows; /* Row */
	ReportSection section;
	GArray *lines; /* ReportLine */
	GChecksum *hash;
	char proof[320];
	int n_pages;
	/* Laying out. */
	gboolean draws;
	int page;
	double y, table_top;
} Paper;

/* ── text ── */

static PangoAlignment alignment(const ReportColumn *column)
{
	if (column->type == REPORT_NUMBER || column->type == REPORT_HUNDREDTHS)
		return PANGO_ALIGN_RIGHT;
	return column->type == REPORT_TEXT && column->width <= 5 ? PANGO_ALIGN_CENTER
															 : PANGO_ALIGN_LEFT;
}

static double column_width(const Paper *paper, gsize c)
{
	return paper->x[c + 1] - paper->x[c] - 2 * PAD;
}

static void shape(const Paper *paper, PangoLayout *layout, gsize c, const char *text, gboolean bold)
{
	pango_layout_set_font_description(layout, bold ? paper->bold : paper->font);
	pango_layout_set_width(layout, (int)(column_width(paper, c) * PANGO_SCALE));
	pango_layout_set_wrap(layout, PANGO_WRAP_WORD_CHAR);
	pango_layout_set_alignment(layout,
							   bold ? PANGO_ALIGN_CENTER : alignment(&paper->source->columns[c]));
	pango_layout_set_text(layout, text, -1);
}

static double layout_height(PangoLayout *layout)
{
	int height;
	pango_layout_get_size(layout, NULL, &height);
	return (double)height / PANGO_SCALE;
}

static void text_free(gpointer data)
{
	Text *text = data;
	g_object_unref(text->layout);
	g_free(text);
}

/* The cell's text, laid out; a long one stays until the next. */
static Text text_of(Paper *paper, gsize c, const char *string)
{
	if (strlen(string) > SHORT_TEXT) {
		shape(paper, paper->free_text, c, string, FALSE);
		return (Text){paper->free_text, layout_height(paper->free_text)};
	}
	GHashTable *kept = paper->short_texts[c];
	Text *text = g_hash_table_lookup(kept, string);
	if (text != NULL)
		return *text;
	if (g_hash_table_size(kept) >= SHORT_KEPT)
		g_hash_table_remove_all(kept);
	text = g_new0(Text, 1);
	text->layout = pango_cairo_create_layout(paper->cr);
	shape(paper, text->layout, c, string, FALSE);
	text->height = layout_height(text->layout);
	g_hash_table_insert(kept, g_strdup(string), text);
	return *text;
}

/* A line of its own across the page, and the pen below it. */
static void say(Paper *paper, const char *text, double size, gboolean bold, PangoAlignment align)
{
	if (text == NULL)
		return;
	PangoLayout *layout = paper->free_text;
	PangoFontDescription *font = pango_font_description_copy(bold ? paper->bold : paper->font);
	pango_font_description_set_absolute_size(font, size * PANGO_SCALE);
	pango_layout_set_font_description(layout, font);
	pango_layout_set_width(layout, (int)((paper->width - 2 * MARGIN) * PANGO_SCALE));
	pango_layout_set_alignment(layout, align);
	pango_layout_set_text(layout, text, -1);
	if (paper->draws) {
		cairo_move_to(paper->cr, MARGIN, paper->y);
		pango_cairo_show_layout(paper->cr, layout);
	}
	paper->y += layout_height(layout) + 1;
	pango_font_description_free(font);
}

/* ── the columns ── */

static gboolean is_shown(const ReportColumn *column)
{
	return column->width > 0;
}

static void place_columns(Paper *paper)
{
	const ReportSource *source = paper->source;
	int n = 0;
	for (gsize c = 0; c < source->n_columns; c++)
		n += source->columns[c].width;
	n = MAX(n, 1);
	paper->width = n > UPRIGHT_MAX ? A4_LONG : A4_SHORT;
	paper->height = n > UPRIGHT_MAX ? A4_SHORT : A4_LONG;
	double each = (paper->width - 2 * MARGIN) / n;
	paper->x = g_new(double, source->n_columns + 1);
	paper->x[0] = MARGIN;
	for (gsize c = 0; c < source->n_columns; c++)
		paper->x[c + 1] = paper->x[c] + source->columns[c].width * each;
	paper->size = CLAMP(each / CHARACTER, FONT_MIN, FONT_MAX);
}

/* Columns of one width and kind share their texts. */
static void share_texts(Paper *paper)
{
	const ReportSource *source = paper->source;
	paper->short_texts = g_new(GHashTable *, source->n_columns);
	for (gsize c = 0; c < source->n_columns; c++) {
		GHashTable *kept = NULL;
		for (gsize before = 0; before < c && kept == NULL; before++)
			if (source->columns[before].width == source->columns[c].width &&
				alignment(&source->columns[before]) == alignment(&source->columns[c]))
				kept = g_hash_table_ref(paper->short_texts[before]);
		if (kept == NULL)
			kept = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, text_free);
		paper->short_texts[c] = kept;
	}
}

static PangoFontDescription *font_of(double size, PangoWeight weight)
{
	PangoFontDescription *font = pango_font_description_from_string(FONT);
	pango_font_description_set_absolute_size(font, size * PANGO_SCALE);
	pango_font_description_set_weight(font, weight);
	return font;
}

static void paper_init(Paper *paper, const ReportSource *source, cairo_surface_t *surface)
{
	cairo_pdf_surface_set_size(surface, paper->width, paper->height);
	paper->cr = cairo_create(surface);
	cairo_set_line_width(paper->cr, 0.3);
	paper->font = font_of(paper->size, PANGO_WEIGHT_NORMAL);
	paper->bold = font_of(paper->size, PANGO_WEIGHT_BOLD);
	paper->free_text = pango_cairo_create_layout(paper->cr);
	share_texts(paper);
	paper->texts = g_string_chunk_new(16 * 1024);
	paper->rows = g_array_new(FALSE, FALSE, sizeof(Row));
	paper->lines = g_array_new(FALSE, FALSE, sizeof(ReportLine));
	paper->hash = g_checksum_new(G_CHECKSUM_SHA256);
	pango_layout_set_font_description(paper->free_text, paper->font);
	pango_layout_set_text(paper->free_text, "0", -1);
	paper->line = layout_height(paper->free_text) + 2 * PAD;
	for (gsize c = 0; c < source->n_columns; c++) {
		if (!is_shown(&source->columns[c]))
			continue;
		shape(paper, paper->free_text, c, source->columns[c].title, TRUE);
		paper->head_height = MAX(paper->head_height, layout_height(paper->free_text) + 2 * PAD);
	}
}

static void clear_rows(Paper *paper)
{
	for (guint i = 0; i < paper->rows->len; i++)
		g_free(g_array_index(paper->rows, Row, i).cells);
	g_array_set_size(paper->rows, 0);
	g_array_set_size(paper->lines, 0);
	g_string_chunk_clear(paper->texts);
	g_checksum_reset(paper->hash);
	paper->section = (ReportSection){0};
}

static void paper_clear(Paper *paper)
{
	clear_rows(paper);
	for (gsize c = 0; c < paper->source->n_columns; c++)
		g_hash_table_unref(paper->short_texts[c]);
	g_free(paper->short_texts);
	g_free(paper->x);
	g_object_unref(paper->free_text);
	pango_font_description_free(paper->font);
	pango_font_description_free(paper->bold);
	g_string_chunk_free(paper->texts);
	g_array_unref(paper->rows);
	g_array_unref(paper->lines);
	g_checksum_free(paper->hash);
	cairo_destroy(paper->cr);
}

/* ── pages ── */

static double bottom(const Paper *paper)
{
	return paper->height - MARGIN - FOOT;
}

static void draw_cell(const Paper *paper, gsize c, PangoLayout *layout, double y)
{
	cairo_move_to(paper->cr, paper->x[c] + PAD, y + PAD);
	pango_cairo_show_layout(paper->cr, layout);
}

static void line_across(const Paper *paper, double y)
{
	cairo_move_to(paper->cr, paper->x[0], y);
	cairo_line_to(paper->cr, paper->x[paper->source->n_columns], y);
}

static void begin_table(Paper *paper)
{
	paper->table_top = paper->y;
	if (paper->draws) {
		for (gsize c = 0; c < paper->source->n_columns; c++) {
			if (!is_shown(&paper->source->columns[c]))
				continue;
			shape(paper, paper->free_text, c, paper->source->columns[c].title, TRUE);
			draw_cell(paper, c, paper->free_text, paper->y);
		}
		line_across(paper, paper->y);
		line_across(paper, paper->y + paper->head_height);
	}
	paper->y += paper->head_height;
}

static void end_table(const Paper *paper)
{
	if (!paper->draws)
		return;
	for (gsize c = 0; c <= paper->source->n_columns; c++) {
		cairo_move_to(paper->cr, paper->x[c], paper->table_top);
		cairo_line_to(paper->cr, paper->x[c], paper->y);
	}
	cairo_stroke(paper->cr);
}

static void end_page(Paper *paper)
{
	if (paper->draws) {
		g_autofree char *number =
			g_strdup_printf("Halaman %d dari %d", paper->page, paper->n_pages);
		paper->y = bottom(paper) + 5;
		say(paper, paper->proof, 5.5, FALSE, PANGO_ALIGN_LEFT);
		paper->y = bottom(paper) + 5;
		say(paper, number, 6.5, FALSE, PANGO_ALIGN_RIGHT);
		cairo_show_page(paper->cr);
	}
}

static void begin_page(Paper *paper)
{
	paper->page++;
	paper->y = MARGIN;
	if (paper->page > 1)
		say(paper, paper->section.title, 7, FALSE, PANGO_ALIGN_LEFT);
}

static void letterhead(Paper *paper)
{
	const ReportSection *section = &paper->section;
	gboolean any = FALSE;
	for (gsize i = 0; i < G_N_ELEMENTS(section->office); i++) {
		any = any || section->office[i] != NULL;
		say(paper, section->office[i], i == 1 ? 12 : 10, TRUE, PANGO_ALIGN_CENTER);
	}
	if (any) {
		paper->y += 2;
		if (paper->draws) {
			cairo_set_line_width(paper->cr, 1.2);
			line_across(paper, paper->y);
			cairo_stroke(paper->cr);
			cairo_set_line_width(paper->cr, 0.3);
		}
		paper->y += 6;
	}
	say(paper, section->title, 10, TRUE, PANGO_ALIGN_CENTER);
	for (gsize i = 0; i < section->n_lines; i++) {
		const ReportLine *line = &section->lines[i];
		if (line->text == NULL)
			continue;
		g_autofree char *text = g_strdup_printf("%s: %s", line->label, line->text);
		say(paper, text, 8, FALSE, PANGO_ALIGN_LEFT);
	}
	paper->y += 4;
}

static void new_page(Paper *paper)
{
	end_page(paper);
	begin_page(paper);
}

static void draw_row(Paper *paper, const Row *row)
{
	char buffer[REPORT_CELL_SIZE];
	for (gsize c = 0; c < paper->source->n_columns; c++) {
		const ReportColumn *column = &paper->source->columns[c];
		if (!is_shown(column))
			continue;
		const char *text = report_cell_text(column->type, &row->cells[c], buffer);
		if (text[0] != '\0')
			draw_cell(paper, c, text_of(paper, c, text).layout, paper->y);
	}
	line_across(paper, paper->y + row->height);
}

static void signature(Paper *paper)
{
	static const double below[] = {10, 10, 56, 10};
	const ReportSection *section = &paper->section;
	g_autofree char *number =
		section->signer_number == NULL ? NULL : g_strconcat("NIP ", section->signer_number, NULL);
	const char *texts[] = {
		section->signed_on, section->signer_title,
		section->signer == NULL ? "(                              )" : section->signer, number};
	if (section->signer_title == NULL)
		return;
	if (paper->y + SIGNATURE_HEIGHT > bottom(paper))
		new_page(paper);
	double y = paper->y + 8;
	PangoLayout *layout = paper->free_text;
	for (gsize i = 0; i < G_N_ELEMENTS(texts); i++) {
		y += i == 0 ? 0 : below[i];
		if (texts[i] == NULL || !paper->draws)
			continue;
		PangoFontDescription *font = font_of(8, i == 2 ? PANGO_WEIGHT_BOLD : PANGO_WEIGHT_NORMAL);
		pango_layout_set_font_description(layout, font);
		pango_layout_set_width(layout, (int)(SIGNATURE_WIDTH * PANGO_SCALE));
		pango_layout_set_alignment(layout, PANGO_ALIGN_LEFT);
		pango_layout_set_text(layout, texts[i], -1);
		cairo_move_to(paper->cr, paper->width - MARGIN - SIGNATURE_WIDTH, y);
		pango_cairo_show_layout(paper->cr, layout);
		pango_font_description_free(font);
	}
	paper->y = y + 10;
}

static void lay_out(Paper *paper, gboolean draws)
{
	paper->draws = draws;
	paper->page = 0;
	begin_page(paper);
	letterhead(paper);
	begin_table(paper);
	for (guint i = 0; i < paper->rows->len; i++) {
		const Row *row = &g_array_index(paper->rows, Row, i);
		if (paper->y + row->height > bottom(paper)) {
			end_table(paper);
			new_page(paper);
			begin_table(paper);
		}
		if (draws)
			draw_row(paper, row);
		paper->y += row->height;
	}
	end_table(paper);
	paper->y += 4;
	if (paper->section.summary != NULL && paper->y + 24 > bottom(paper))
		new_page(paper);
	say(paper, paper->section.summary, 8, FALSE, PANGO_ALIGN_LEFT);
	signature(paper);
	end_page(paper);
	paper->n_pages = paper->page;
}

/* ── the rows ── */

static void end_section(Paper *paper)
{
	if (paper->rows->len == 0 && paper->section.title == NULL)
		return;
	const char *said = paper->section.proof;
	g_snprintf(paper->proof, sizeof paper->proof, "%s%sSHA-256 isi: %s", said == NULL ? "" : said,
			   said == NULL ? "" : " · ", g_checksum_get_string(paper->hash));
	lay_out(paper, FALSE);
	lay_out(paper, TRUE);
	clear_rows(paper);
}

static const char *keep(const Paper *paper, const char *text)
{
	return text == NULL ? NULL : g_string_chunk_insert(paper->texts, text);
}

static void begin_section(Paper *paper, const ReportSection *section)
{
	paper->section = *section;
	for (gsize i = 0; i < G_N_ELEMENTS(section->office); i++)
		paper->section.office[i] = keep(paper, section->office[i]);
	for (gsize i = 0; i < section->n_lines; i++) {
		ReportLine line = {keep(paper, section->lines[i].label),
						   keep(paper, section->lines[i].text)};
		g_array_append_val(paper->lines, line);
	}
	paper->section.lines = (const ReportLine *)(const void *)paper->lines->data;
	paper->section.title = keep(paper, section->title);
	paper->section.summary = keep(paper, section->summary);
	paper->section.signed_on = keep(paper, section->signed_on);
	paper->section.signer_title = keep(paper, section->signer_title);
	paper->section.signer = keep(paper, section->signer);
	paper->section.signer_number = keep(paper, section->signer_number);
	paper->section.proof = keep(paper, section->proof);
}

/* What a row says goes into the hash cell by cell, each with its end. */
static void take_row(Paper *paper, const ReportRow *from)
{
	gsize n = paper->source->n_columns;
	char buffer[REPORT_CELL_SIZE];
	Row row = {g_new(ReportCell, n), paper->line};
	for (gsize c = 0; c < n; c++) {
		const ReportColumn *column = &paper->source->columns[c];
		row.cells[c] = from->cells[c];
		if (column->type == REPORT_TEXT && from->cells[c].text != NULL)
			row.cells[c].text = g_string_chunk_insert(paper->texts, from->cells[c].text);
		const char *text = report_cell_text(column->type, &row.cells[c], buffer);
		g_checksum_update(paper->hash, (const guchar *)text, (gssize)strlen(text) + 1);
		if (is_shown(column) && text[0] != '\0')
			row.height = MAX(row.height, text_of(paper, c, text).height + 2 * PAD);
	}
	g_array_append_val(paper->rows, row);
}

static gboolean take_rows(Paper *paper, GError **error)
{
	const ReportSource *source = paper->source;
	ReportRow row;
	SqlStep step;
	while ((step = source->next(source->self, &row, error)) == SQL_ROW) {
		if (row.section != NULL) {
			end_section(paper);
			begin_section(paper, row.section);
		}
		take_row(paper, &row);
	}
	if (step == SQL_DONE)
		end_section(paper);
	return step == SQL_DONE;
}

/* ── the file ── */

typedef struct {
	ReportOut write;
	gpointer user;
	GError *problem;
} Out;

static cairo_status_t on_data(void *closure, const unsigned char *data, unsigned int size)
{
	Out *out = closure;
	return out->problem == NULL && out->write(out->user, data, size, &out->problem)
			   ? CAIRO_STATUS_SUCCESS
			   : CAIRO_STATUS_WRITE_ERROR;
}

gboolean report_write_pdf(const ReportSource *source, const char *title, ReportOut write,
						  gpointer user, GError **error)
{
	Out out = {write, user, NULL};
	Paper paper = {.source = source};
	place_columns(&paper);
	cairo_surface_t *surface =
		cairo_pdf_surface_create_for_stream(on_data, &out, paper.width, paper.height);
	cairo_pdf_surface_set_metadata(surface, CAIRO_PDF_METADATA_TITLE, title);
	cairo_pdf_surface_set_metadata(surface, CAIRO_PDF_METADATA_CREATE_DATE, "2000-01-01T00:00:00Z");
	paper_init(&paper, source, surface);
	gboolean ok = take_rows(&paper, error);
	paper_clear(&paper);
	cairo_surface_finish(surface);
	gboolean written = cairo_surface_status(surface) == CAIRO_STATUS_SUCCESS;
	cairo_surface_destroy(surface);
	if (ok && out.problem != NULL)
		g_propagate_error(error, g_steal_pointer(&out.problem));
	else if (ok && !written)
		g_set_error_literal(error, REPORT_ERROR, REPORT_ERROR_WRITE,
							"the PDF could not be written");
	g_clear_error(&out.problem);
	return ok && written;
}
