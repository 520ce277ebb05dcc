#include "server/reports/recap.h"

#include <string.h>

#include "server/reports/recap_private.h"
#include "server/rules/calendar.h"
#include "server/rules/month.h"
#include "server/store/people/units.h"

#define GOVERNMENT "PEMERINTAH PROVINSI JAWA TENGAH"

static const struct {
	const char *text, *title;
} kinds[N_RECAP_KINDS] = {
	[RECAP_SUMMARY] = {"summary", "Rekap ringkas"},
	[RECAP_CODES] = {"codes", "Rekap menurut kode"},
	[RECAP_TIMES] = {"times", "Rekap menurut jam"},
	[RECAP_PERSONAL] = {"personal", "Rekap perorangan"},
	[RECAP_APEL] = {"apel", "Rekap apel dan upacara"},
	[RECAP_LATENESS] = {"lateness", "Keterlambatan kumulatif"},
	[RECAP_DEDUCTIONS] = {"deductions", "Daftar potongan"},
};

static const char *const only_texts[N_RECAP_ONLY] = {"semua", "tk", "menit", "potongan", "terbuka"};

const char *recap_kind_text(RecapKind kind)
{
	return kinds[kind].text;
}

const char *recap_kind_title(RecapKind kind)
{
	return kinds[kind].title;
}

gboolean recap_kind_find(const char *text, RecapKind *kind)
{
	for (int i = 0; i < N_RECAP_KINDS; i++) {
		if (strcmp(kinds[i].text, text) != 0)
			continue;
		*kind = (RecapKind)i;
		return TRUE;
	}
	return FALSE;
}

const char *recap_only_text(RecapOnly only)
{
	return only_texts[only];
}

gboolean recap_only_find(const char *text, RecapOnly *only)
{
	for (int i = 0; i < N_RECAP_ONLY; i++) {
		if (strcmp(only_texts[i], text) != 0)
			continue;
		*only = (RecapOnly)i;
		return TRUE;
	}
	return FALSE;
}

/* ── sections ── */

static const char *keep(Recap *recap, const char *text)
{
	return text == NULL ? NULL : g_string_chunk_insert(recap->section_texts, text);
}

static const char *keep_upper(Recap *recap, const char *text)
{
	g_autofree char *upper = text == NULL ? NULL : g_utf8_strup(text, -1);
	return keep(recap, upper);
}

static gboolean name_unit(Recap *recap, gint64 unit, const char **name, const char **upper,
						  GError **error)
{
	g_autoptr(GError) inner = NULL;
	g_autofree char *text = units_name(recap->sql, unit, recap->query.to_day - 1, &inner);
	if (inner != NULL) {
		g_propagate_error(error, g_steal_pointer(&inner));
		return FALSE;
	}
	*name = keep(recap, text);
	*upper = keep_upper(recap, text);
	return TRUE;
}

/* The government, the agency that hands in the month, and the unit below it. */
static gboolean set_office(Recap *recap, gint64 unit, GError **error)
{
	gint64 agency;
	const char *name = NULL, *above = NULL, *upper = NULL;
	ReportSection *section = &recap->section;
	section->office[0] = GOVERNMENT;
	if (unit == 0)
		return TRUE;
	if (!name_unit(recap, unit, &name, &upper, error) ||
		!recap_month_unit(recap, unit, &agency, error) ||
		(agency != 0 && !name_unit(recap, agency, &section->office[1], &above, error)))
		return FALSE;
	section->office[1] = above;
	section->office[2] = agency == unit ? NULL : upper;
	recap->lines[0] = (ReportLine){"Unit kerja", name};
	return TRUE;
}

static gboolean set_signer(Recap *recap, gint64 unit, GError **error)
{
	static const char *const modes[] = {"", "", "Plt. ", "Plh. "};
	ReportSection *section = &recap->section;
	g_autoptr(GString) date = g_string_new("....................., ");
	recap_signer_clear(&recap->signer);
	if (unit == 0)
		return TRUE;
	if (!recap_signer(recap->sql, unit, recap->query.to_day - 1, &recap->signer, error))
		return FALSE;
	const RecapSigner *signer = &recap->signer;
	calendar_words_date(date, recap->query.today, FALSE);
	g_autofree char *title =
		g_strconcat(modes[signer->person == 0 ? 0 : signer->mode], "Kepala ",
					signer->unit_name == NULL ? recap->lines[0].text : signer->unit_name, NULL);
	section->signed_on = keep(recap, date->str);
	section->signer_title = keep(recap, title);
	section->signer = keep(recap, signer->name);
	section->signer_number = keep(recap, signer->number);
	return TRUE;
}

static gboolean make_section(Recap *recap, gint64 unit, GError **error)
{
	g_autoptr(GString) proof = g_string_new(NULL);
	g_string_chunk_clear(recap->section_texts);
	memset(recap->lines, 0, sizeof recap->lines);
	recap->section = (ReportSection){
		.title = recap->title, .lines = recap->lines, .n_lines = G_N_ELEMENTS(recap->lines)};
	if (!set_office(recap, unit, error) || !set_signer(recap, unit, error))
		return FALSE;
	if (!recap_say_state(recap, unit, proof, error))
		return FALSE;
	g_string_append(proof, ", dicetak ");
	calendar_words_date(proof, recap->query.today, FALSE);
	recap->section.proof = keep(recap, proof->str);
	recap->section_unit = unit;
	return TRUE;
}

/* Of a person: the unit's, with who it is and the sums. */
static gboolean make_person_section(Recap *recap, GError **error)
{
	const RecapPerson *person = recap->person;
	const RecapSums *sums = &recap->sums;
	char percent[REPORT_HUNDREDTHS_SIZE];
	if (!make_section(recap, person->unit->id, error))
		return FALSE;
	report_hundredths(sums->deduction_bp, ',', percent);
	g_autofree char *summary = g_strdup_printf(
		"Hari dinilai %" G_GINT64_FORMAT ", hari presensi %" G_GINT64_FORMAT
		", terlambat %" G_GINT64_FORMAT " menit, pulang cepat %" G_GINT64_FORMAT
		" menit, tanpa keterangan %" G_GINT64_FORMAT " hari, potongan %s %%.",
		sums->days, sums->present, sums->late_min, sums->early_min, sums->n[COUNT_ABSENT], percent);
	recap->lines[1] = (ReportLine){"Nama", person->name};
	recap->lines[2] = (ReportLine){"NIP", person->number};
	recap->section.summary = keep(recap, summary);
	return TRUE;
}

/* ── rows ── */

static gboolean matches(const Recap *recap)
{
	const RecapSums *sums = &recap->sums;
	/* Of a locked month counts what was locked, wherever they belong by now. */
	if (recap->locked && sums->days == 0 &&
		!g_hash_table_contains(recap->differences, &recap->person->person))
		return FALSE;
	switch (recap->query.only) {
	case RECAP_ABSENT:
		return sums->n[COUNT_ABSENT] > 0;
	case RECAP_LATE:
		return sums->late_min + sums->early_min > 0;
	case RECAP_DEDUCTED:
		return sums->deduction_bp > 0 ||
			   g_hash_table_contains(recap->differences, &recap->person->person);
	case RECAP_OPEN:
		return sums->waiting > 0;
	case RECAP_ALL:
		break;
	}
	return TRUE;
}

/* The next person whose row is asked for; recap->person NULL: nobody. */
static gboolean next_person(Recap *recap, GError **error)
{
	const RecapQuery *query = &recap->query;
	const GArray *people = recap->people->people;
	for (; recap->at < people->len; recap->at++) {
		recap->person = &g_array_index(people, RecapPerson, recap->at);
		gboolean skipped =
			query->only == RECAP_ALL && !recap->locked && recap->n_matched < query->skip;
		if (!skipped && !recap_read_days(recap, error))
			return FALSE;
		if ((!skipped && !matches(recap)) || recap->n_matched++ < query->skip)
			continue;
		recap->more = query->limit != 0 && recap->n_given == query->limit;
		if (recap->more)
			break;
		recap->n_given++;
		recap->at++;
		return TRUE;
	}
	recap->person = NULL;
	return TRUE;
}

static SqlStep next_personal(Recap *recap, ReportRow *row, GError **error)
{
	while (recap->person == NULL || recap->row_at == recap->rows->len) {
		if (!next_person(recap, error))
			return SQL_FAILED;
		if (recap->person == NULL)
			return SQL_DONE;
		if (!recap_make_row(recap, error) || !make_person_section(recap, error))
			return SQL_FAILED;
		recap->row_at = 0;
	}
	*row = (ReportRow){.cells = recap->rows->pdata[recap->row_at],
					   .person = recap->person->person,
					   .section = recap->row_at == 0 ? &recap->section : NULL};
	for (gsize c = 0; c < recap->source.n_columns; c++)
		if (recap->columns[c].type == REPORT_DATE)
			row->day = row->cells[c].number;
	recap->row_at++;
	return SQL_ROW;
}

static SqlStep next_row(gpointer self, ReportRow *row, GError **error)
{
	Recap *recap = self;
	if (recap->query.kind == RECAP_PERSONAL)
		return next_personal(recap, row, error);
	if (!next_person(recap, error))
		return SQL_FAILED;
	if (recap->person == NULL)
		return SQL_DONE;
	if (!recap_make_row(recap, error))
		return SQL_FAILED;
	gint64 unit = recap->people->by_unit ? recap->person->unit->id : recap->query.unit;
	*row = (ReportRow){.cells = recap->cells, .person = recap->person->person};
	if (unit != recap->section_unit) {
		if (!make_section(recap, unit, error))
			return SQL_FAILED;
		row->section = &recap->section;
	}
	return SQL_ROW;
}

/* ── opening ── */

static GHashTable *load_counts(Sql *sql, GError **error)
{
	static const struct {
		const char *category;
		RecapCount count;
	} of[] = {
		{"terlambat", COUNT_LATE}, {"pulang_cepat", COUNT_EARLY}, {"lupa_absen", COUNT_FORGOTTEN},
		{"alpa", COUNT_ABSENT},    {"dinas", COUNT_DUTY},         {"fleksibel", COUNT_DUTY},
		{"cuti", COUNT_LEAVE},     {"izin", COUNT_EXCUSED},       {"libur", COUNT_OFF},
		{"kegiatan", COUNT_EVENT}};
	g_autoptr(GHashTable) categories = recap_code_categories(sql, error);
	if (categories == NULL)
		return NULL;
	GHashTable *counts = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
	GHashTableIter each;
	gpointer code, category;
	g_hash_table_iter_init(&each, categories);
	while (g_hash_table_iter_next(&each, &code, &category))
		for (gsize i = 0; i < G_N_ELEMENTS(of); i++)
			if (strcmp(of[i].category, category) == 0)
				g_hash_table_insert(counts, g_strdup(code), GINT_TO_POINTER(of[i].count + 1));
	return counts;
}

Recap *recap_open(Sql *sql, const RecapQuery *query, GError **error)
{
	g_autoptr(Recap) recap = g_new0(Recap, 1);
	RecapScope scope = {.from_day = query->from_day,
						.to_day = query->to_day,
						.unit = query->unit,
						.own = query->own,
						.person = query->person,
						.text = query->text,
						.in_one_list = RECAP_ONE_LIST};
	g_autoptr(GString) month = g_string_new(NULL);
	month_words(month, query->from_day);
	if (!recap_find_locked(sql, query, &recap->locked, error))
		return NULL;
	scope.by_verdict = recap->locked;
	recap->sql = sql;
	recap->query = *query;
	recap->title = g_strdup_printf("%s, %s", kinds[query->kind].title, month->str);
	recap->kept = g_string_chunk_new(2048);
	recap->section_texts = g_string_chunk_new(512);
	recap->rows = g_ptr_array_new_with_free_func(g_free);
	recap->section_unit = -1;
	recap->people = recap_people_load(sql, &scope, error);
	recap->counts = recap->people == NULL ? NULL : load_counts(sql, error);
	if (recap->counts == NULL || !recap_load_differences(recap, error))
		return NULL;
	recap_columns(recap);
	recap->source.columns = recap->columns;
	recap->source.next = next_row;
	recap->source.self = recap;
	return g_steal_pointer(&recap);
}

void recap_free(Recap *recap)
{
	if (recap == NULL)
		return;
	recap_people_free(recap->people);
	g_clear_pointer(&recap->counts, g_hash_table_unref);
	g_clear_pointer(&recap->differences, g_hash_table_unref);
	g_clear_pointer(&recap->rows, g_ptr_array_unref);
	g_clear_pointer(&recap->kept, g_string_chunk_free);
	g_clear_pointer(&recap->section_texts, g_string_chunk_free);
	recap_signer_clear(&recap->signer);
	g_free(recap->title);
	g_free(recap);
}

const ReportSource *recap_source(const Recap *recap)
{
	return &recap->source;
}

gsize recap_n_people(const Recap *recap)
{
	return recap->people->people->len;
}

gsize recap_n_done(const Recap *recap)
{
	return recap->at;
}

gboolean recap_has_more(const Recap *recap)
{
	return recap->more;
}

const char *recap_title(const Recap *recap)
{
	return recap->title;
}

gsize recap_n_days(const Recap *recap)
{
	return (gsize)(recap->query.to_day - recap->query.from_day);
}
