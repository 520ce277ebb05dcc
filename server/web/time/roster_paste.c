#include "server/web/time/roster_paste.h"

#include <string.h>

#include "server/web/words.h"

typedef struct {
	guint person;
	int day_of[64]; /* by column; 0: not read */
	gboolean known;
} Columns;

typedef struct {
	GStringChunk *texts;
	GArray *cells;
	GPtrArray *problems;
	int n_days;
	Columns columns;
} Paste;

static void tell(Paste *paste, char *problem)
{
	const char *kept = words_keep(paste->texts, problem);
	if (paste->problems->len < ROSTER_PASTE_PROBLEMS)
		g_ptr_array_add(paste->problems, (gpointer)kept);
}

static int day_of(const char *cell, int n_days)
{
	gint64 day;
	return g_ascii_string_to_signed(cell, 10, 1, n_days, &day, NULL) ? (int)day : 0;
}

static gboolean is_person_head(const char *cell)
{
	static const char *const heads[] = {"nip", "nomor", "nomor hadir", "pegawai", NULL};
	g_autofree char *lower = g_ascii_strdown(cell, -1);
	return g_strv_contains(heads, lower);
}

/* A row that names the columns. */
static void read_head(Paste *paste, char **cells)
{
	Columns *columns = &paste->columns;
	gboolean found = FALSE;
	columns->known = TRUE;
	for (guint c = 0; c < G_N_ELEMENTS(columns->day_of) && cells[c] != NULL; c++) {
		columns->day_of[c] = day_of(cells[c], paste->n_days);
		if (found || !is_person_head(cells[c]))
			continue;
		columns->person = c;
		found = TRUE;
	}
}

/* Without such a row: by how many cells there are. FALSE: neither. */
static gboolean guess_columns(Paste *paste, guint n)
{
	Columns *columns = &paste->columns;
	guint first = n - (guint)paste->n_days;
	if (n <= (guint)paste->n_days || first > 2)
		return FALSE;
	for (int day = 1; day <= paste->n_days; day++)
		columns->day_of[first + (guint)day - 1] = day;
	columns->known = TRUE;
	return TRUE;
}

/* Spreadsheets put an apostrophe before long numbers, people blanks within. */
static const char *person_of(Paste *paste, const char *cell)
{
	g_autoptr(GString) number = g_string_new(NULL);
	for (; *cell != '\0'; cell++)
		if (*cell != ' ' && *cell != '\'')
			g_string_append_c(number, *cell);
	return g_string_chunk_insert(paste->texts, number->str);
}

static void read_row(Paste *paste, guint row, char **cells)
{
	const Columns *columns = &paste->columns;
	guint n = g_strv_length(cells);
	if (columns->person >= n || cells[columns->person][0] == '\0') {
		tell(paste, g_strdup_printf("Baris %u: nomor pegawai tidak diisi.", row));
		return;
	}
	const char *person = person_of(paste, cells[columns->person]);
	for (guint c = 0; c < MIN(n, G_N_ELEMENTS(columns->day_of)); c++) {
		if (columns->day_of[c] == 0 || cells[c][0] == '\0')
			continue;
		const RosterPasted cell = {row, person, columns->day_of[c],
								   g_string_chunk_insert(paste->texts, cells[c])};
		g_array_append_val(paste->cells, cell);
	}
}

static char **split(const char *line)
{
	const char *separator = strchr(line, '\t') != NULL  ? "\t"
							: strchr(line, ';') != NULL ? ";"
														: ",";
	char **cells = g_strsplit(line, separator, 0);
	for (guint c = 0; cells[c] != NULL; c++)
		g_strstrip(cells[c]);
	return cells;
}

static void read_line(Paste *paste, guint row, const char *line)
{
	g_auto(GStrv) cells = split(line);
	guint n = g_strv_length(cells);
	if (!paste->columns.known && !g_ascii_isdigit(cells[0][0]) && cells[0][0] != '\'')
		read_head(paste, cells);
	else if (!paste->columns.known && !guess_columns(paste, n))
		tell(paste, g_strdup_printf("Baris %u: ada %u kolom, seharusnya nomor pegawai, nama dan %d "
									"tanggal. Sertakan baris judul.",
									row, n, paste->n_days));
	else
		read_row(paste, row, cells);
}

void roster_paste_read(const char *text, int n_days, GStringChunk *texts, GArray *cells,
					   GPtrArray *problems)
{
	Paste paste = {.texts = texts, .cells = cells, .problems = problems, .n_days = n_days};
	g_auto(GStrv) lines = g_strsplit(text, "\n", 0);
	guint n_rows = 0;
	for (guint i = 0; lines[i] != NULL; i++) {
		g_strchomp(lines[i]);
		if (lines[i][0] == '\0')
			continue;
		if (++n_rows > ROSTER_PASTE_ROWS) {
			tell(&paste, g_strdup_printf("Paling banyak %d baris sekaligus.", ROSTER_PASTE_ROWS));
			return;
		}
		read_line(&paste, i + 1, lines[i]);
	}
	if (cells->len == 0 && problems->len == 0)
		tell(&paste, g_strdup("Tidak ada jadwal di dalamnya. Tempelkan tabel dari lembar kerja."));
}
