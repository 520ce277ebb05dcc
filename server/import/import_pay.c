/* Rows of deduction schemes, who is deducted by which, the limits of the rules and of discipline. */
#include <string.h>

#include "server/import/import_row.h"
#include "server/rules/settings.h"
#include "server/store/services/signals.h"
#include "server/store/time/deductions.h"
#include "server/store/time/schedules.h"

/* ── Deductions: the rows of a scheme are one thing ── */

static const ImportColumn deduction_columns[] = {
	{"skema", TRUE},         {"kode", TRUE},   {"slot", TRUE},    {"menit_dari", FALSE},
	{"menit_sampai", FALSE}, {"persen", TRUE}, {"satuan", FALSE}, {"sumber", FALSE},
	{"keyakinan", FALSE},    {NULL, FALSE},
};

/* What the rows said, until all have come. */
typedef struct {
	GHashTable *schemes; /* code → GArray of DeductionRow */
	GStringChunk *texts;
} Schemes;

static void free_rows(gpointer data)
{
	g_array_unref(data);
}

static void free_schemes(gpointer data)
{
	Schemes *all = data;
	g_hash_table_unref(all->schemes);
	g_string_chunk_free(all->texts);
	g_free(all);
}

static Schemes *schemes_of(Import *import)
{
	if (import->state == NULL) {
		Schemes *all = g_new(Schemes, 1);
		all->schemes = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, free_rows);
		all->texts = g_string_chunk_new(1024);
		import->state = all;
		import->free_state = free_schemes;
	}
	return import->state;
}

static GArray *rows_of(Schemes *all, const char *scheme)
{
	GArray *rows = g_hash_table_lookup(all->schemes, scheme);
	if (rows == NULL) {
		rows = g_array_new(FALSE, TRUE, sizeof(DeductionRow));
		g_hash_table_insert(all->schemes, g_strdup(scheme), rows);
	}
	return rows;
}

static const char *keep(Schemes *all, const char *text)
{
	return text != NULL ? g_string_chunk_insert_const(all->texts, text) : NULL;
}

static gboolean has_row(const GArray *rows, const DeductionRow *row)
{
	for (guint i = 0; i < rows->len; i++) {
		const DeductionRow *other = &g_array_index(rows, DeductionRow, i);
		if (strcmp(other->code, row->code) == 0 && strcmp(other->slot, row->slot) == 0 &&
			other->from_min == row->from_min)
			return TRUE;
	}
	return FALSE;
}

/* Two bands over one minute would deduct it twice. */
static gboolean claim_band(Import *import, const char *scheme, const DeductionRow *row)
{
	g_autofree char *key = g_strdup_printf("%s\x1f%s\x1f%s", scheme, row->code, row->slot);
	return import_claim(import, "menit_dari", key, MAX(row->from_min, 0),
						row->to_min >= 0 ? row->to_min + 1 : 1441, FALSE);
}

/* "0.5", "1,25", "12": hundredths of a per cent, exactly. */
static gboolean parse_percent(const char *text, gint32 *percent_bp)
{
	gint64 whole = 0, parts = 0;
	gsize n = strspn(text, G_CSET_DIGITS);
	if (n == 0 || n > 3)
		return FALSE;
	whole = g_ascii_strtoll(text, NULL, 10);
	if (text[n] == '.' || text[n] == ',') {
		const char *rest = text + n + 1;
		gsize n_rest = strspn(rest, G_CSET_DIGITS);
		if (n_rest == 0 || n_rest > 2 || rest[n_rest] != '\0')
			return FALSE;
		parts = g_ascii_strtoll(rest, NULL, 10) * (n_rest == 1 ? 10 : 1);
	} else if (text[n] != '\0') {
		return FALSE;
	}
	*percent_bp = (gint32)(whole * 100 + parts);
	return TRUE;
}

static gboolean apply_deduction(Import *import, GError **error G_GNUC_UNUSED)
{
	static const char *const slots[] = {"masuk", "pulang", "hari", "kegiatan", NULL};
	const char *scheme, *percent = import_field(import, "persen");
	Schemes *all = schemes_of(import);
	DeductionRow row = {.code = keep(all, import_field(import, "kode")),
						.source = keep(all, import_field(import, "sumber"))};
	gint64 from_min, to_min;
	if (!import_code(import, "skema", 40, &scheme) ||
		!import_number(import, "menit_dari", 0, 1440, -1, &from_min) ||
		!import_number(import, "menit_sampai", 0, 1440, -1, &to_min))
		return TRUE;
	if (!parse_percent(percent, &row.percent_bp)) {
		import_warn(import, "persen", "'%s' is no number: the line is left out", percent);
		return TRUE;
	}
	if (row.percent_bp > 10000)
		import_fail(import, "persen", "more than 100");
	if (!import_word(import, "slot", slots, &row.slot))
		return TRUE;
	if (to_min >= 0 && from_min > to_min)
		import_fail(import, "menit_sampai", "it is before menit_dari");
	row.from_min = (gint32)from_min;
	row.to_min = (gint32)to_min;
	GArray *rows = rows_of(all, scheme);
	if (rows->len >= DEDUCTION_ROWS_MAX)
		import_fail(import, "skema", "more than %d lines", DEDUCTION_ROWS_MAX);
	if (!import->row_failed && claim_band(import, scheme, &row) && !has_row(rows, &row))
		g_array_append_val(rows, row);
	return TRUE;
}

static gboolean store_scheme(Import *import, const char *code, const GArray *rows, gboolean *added,
							 GError **error)
{
	DeductionScheme scheme = {
		.code = code, .rows = (const DeductionRow *)(void *)rows->data, .n_rows = rows->len};
	gint64 id = 0;
	return deductions_add(import->sql, &scheme, &id, added, error);
}

static gboolean finish_deductions(Import *import, ImportResult *result, GError **error)
{
	GHashTableIter iter;
	gpointer code, rows;
	if (import->state == NULL)
		return TRUE;
	g_hash_table_iter_init(&iter, schemes_of(import)->schemes);
	while (g_hash_table_iter_next(&iter, &code, &rows)) {
		gboolean added = FALSE;
		if (!store_scheme(import, code, rows, &added, error))
			return FALSE;
		result->n_changed += added ? ((GArray *)rows)->len : 0;
	}
	return TRUE;
}

const ImportKind import_deductions = {"deductions",    deduction_columns, NULL, FALSE, NULL,
									  apply_deduction, finish_deductions};

static const ImportColumn scheme_columns[] = {
	{"unit", FALSE}, {"scheme", TRUE},  {"from", FALSE},
	{"to", FALSE},   {"source", FALSE}, {NULL, FALSE},
};

static gboolean apply_scheme(Import *import, GError **error)
{
	const char *code = import_field(import, "scheme");
	Change change;
	gint64 unit = 0, scheme = 0;
	if (!import_change(import, &change))
		return TRUE;
	if (!deductions_find(import->sql, code, &scheme, error) ||
		(import_field(import, "unit") != NULL && !import_unit(import, "unit", &unit, error)))
		return FALSE;
	if (scheme == 0)
		import_fail(import, "scheme", "no scheme has the code '%s'", code);
	return import->row_failed ||
		   deductions_set(import->sql, unit, scheme, &change, &import->changed, error);
}

const ImportKind import_schemes = {"schemes", scheme_columns, "unit", TRUE,
								   NULL,      apply_scheme,   NULL};

/* ── Settings ── */

static const ImportColumn setting_columns[] = {
	{"from", FALSE},
	{"to", FALSE},
	{"in_before", FALSE},
	{"out_after", FALSE},
	{"repeat_s", FALSE},
	{"band1", FALSE},
	{"band2", FALSE},
	{"band3", FALSE},
	{"flex_excess", FALSE},
	{"flex_unmade_late", FALSE},
	{"missing_min", FALSE},
	{"pp94_deducted", FALSE},
	{"travel_min", FALSE},
	{"day_ramadan_min", FALSE},
	{"day_six_min", FALSE},
	{"day_night_min", FALSE},
	{"sick_unlettered_absent", FALSE},
	{"death_day_judged", FALSE},
	{"event_min", FALSE},
	{"rest_min", FALSE},
	{"week_slack_min", FALSE},
	{"submit_day", FALSE},
	{"source", FALSE},
	{NULL, FALSE},
};

/* What is empty stays as it is. */
static void read_setting(Import *import, const RuleSetting *setting, RuleSet *rules)
{
	static const char *const answers[] = {"tidak", "ya", NULL};
	const char *word;
	gint64 number;
	if (import_field(import, setting->name) == NULL)
		return;
	if (!setting->choice) {
		if (import_number(import, setting->name, setting->min, setting->max, 0, &number))
			rule_setting_set(rules, setting, (gint32)number);
	} else if (import_word(import, setting->name, answers, &word)) {
		rule_setting_set(rules, setting, word == answers[1]);
	}
}

static gboolean apply_setting(Import *import, GError **error)
{
	Change change;
	RuleSet rules;
	gint64 newest = 0;
	if (!import_change(import, &change))
		return TRUE;
	gint64 day = change.from_day == DAY_ALWAYS ? import->today : change.from_day;
	if (!schedules_rules_on(import->sql, day, &rules, error) ||
		!sql_get_int(import->sql, &newest, 0, error, "SELECT max(version) FROM attendance_rule",
					 ""))
		return FALSE;
	const RuleSet before = rules;
	for (gsize i = 0; i < RULE_SETTINGS; i++)
		read_setting(import, &rule_settings[i], &rules);
	if (rules.bands_min[0] >= rules.bands_min[1] || rules.bands_min[1] >= rules.bands_min[2])
		import_fail(import, "band1", "the bands must ascend");
	if (import->row_failed || rule_settings_equal(&before, &rules))
		return TRUE;
	rules.version = newest + 1;
	return schedules_set_rules(import->sql, &rules, &change, &import->changed, error);
}

const ImportKind import_settings = {"settings", setting_columns, "",  TRUE,
									NULL,       apply_setting,   NULL};

/* ── The year's account of PP 94/2021 ── */

static const ImportColumn discipline_columns[] = {
	{"from", FALSE},     {"to", FALSE},       {"day_min", FALSE},
	{"run_days", FALSE}, {"run_name", FALSE}, {"run_bkn_id", FALSE},
	{"act_days", FALSE}, {"source", FALSE},   {NULL, FALSE},
};

/* What is empty stays as it is. */
static gboolean apply_discipline(Import *import, GError **error)
{
	Change change;
	g_auto(SignalRules) rules = {0};
	if (!import_change(import, &change))
		return TRUE;
	gint64 day = change.from_day == DAY_ALWAYS ? import->today : change.from_day;
	if (!signals_rules(import->sql, day, &rules, error))
		return FALSE;
	if (import_field(import, "run_name") != NULL)
		rules.run_name = import_field(import, "run_name");
	if (!import_number(import, "day_min", 1, 1440, rules.limits.day_min, &rules.limits.day_min) ||
		!import_number(import, "run_days", 1, 366, rules.limits.run_days, &rules.limits.run_days) ||
		!import_number(import, "run_bkn_id", 0, 999, rules.run_bkn_id, &rules.run_bkn_id) ||
		!import_number(import, "act_days", 1, 366, rules.act_days, &rules.act_days))
		return TRUE;
	return signals_set_rules(import->sql, &rules, &change, &import->changed, error);
}

const ImportKind import_discipline = {"discipline", discipline_columns, "",  TRUE,
									  NULL,         apply_discipline,   NULL};

static const ImportColumn tier_columns[] = {
	{"from_days", TRUE}, {"to_days", FALSE}, {"level", TRUE},   {"name", FALSE}, {"bkn_id", FALSE},
	{"from", FALSE},     {"to", FALSE},      {"source", FALSE}, {NULL, FALSE},
};

static gboolean apply_tier(Import *import, GError **error)
{
	static const char *const levels[] = {"ringan", "sedang", "berat", "batal", NULL};
	Change change;
	DisciplineTier tier = {.name = import_field(import, "name")};
	if (!import_number(import, "from_days", 1, 366, 0, &tier.from_days) ||
		!import_number(import, "to_days", 1, 366, G_MAXINT64, &tier.to_days) ||
		!import_number(import, "bkn_id", 0, 999, 0, &tier.bkn_id) ||
		!import_word(import, "level", levels, &tier.level) || !import_change(import, &change))
		return TRUE;
	if (tier.level == levels[3])
		return signals_end_tier(import->sql, tier.from_days, &change, &import->changed, error);
	if (tier.to_days < tier.from_days)
		import_fail(import, "to_days", "it is before from_days");
	if (tier.name == NULL)
		import_fail(import, "name", "it is empty");
	return import->row_failed ||
		   signals_set_tier(import->sql, &tier, &change, &import->changed, error);
}

static gboolean finish_tiers(Import *import, ImportResult *result G_GNUC_UNUSED, GError **error)
{
	return signals_check_tiers(import->sql, error);
}

const ImportKind import_tiers = {"tiers", tier_columns, "from_days", TRUE,
								 NULL,    apply_tier,   finish_tiers};
