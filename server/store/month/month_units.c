#include "server/store/month/month_units.h"

#include "server/store/month/months.h"

struct MonthUnits {
	Sql *sql;
	GHashTable *codes; /* gint64 → text */
	GHashTable *tops;  /* TopKey → itself */
};

typedef struct {
	gint64 unit, day; /* the key */
	gint64 month_unit;
} Top;

static guint top_hash(gconstpointer data)
{
	const Top *top = data;
	return (guint)(top->unit * 31 + top->day);
}

static gboolean top_equal(gconstpointer a, gconstpointer b)
{
	const Top *one = a, *other = b;
	return one->unit == other->unit && one->day == other->day;
}

MonthUnits *month_units_new(Sql *sql)
{
	MonthUnits *self = g_new0(MonthUnits, 1);
	self->sql = sql;
	self->codes = g_hash_table_new_full(g_int64_hash, g_int64_equal, g_free, g_free);
	self->tops = g_hash_table_new_full(top_hash, top_equal, g_free, NULL);
	return self;
}

void month_units_free(MonthUnits *self)
{
	if (self == NULL)
		return;
	g_hash_table_unref(self->codes);
	g_hash_table_unref(self->tops);
	g_free(self);
}

const char *month_units_code(MonthUnits *self, gint64 unit, GError **error)
{
	const char *known = unit == 0 ? "" : g_hash_table_lookup(self->codes, &unit);
	if (known != NULL)
		return known;
	g_autoptr(SqlStatement) row =
		sql_query(self->sql, error, "SELECT code FROM unit WHERE id=$1", "i", unit);
	SqlStep step = row != NULL ? sql_next(row, error) : SQL_FAILED;
	if (step == SQL_FAILED)
		return NULL;
	char *code = g_strdup(step == SQL_ROW ? sql_text(row, 0) : "");
	g_hash_table_insert(self->codes, g_memdup2(&unit, sizeof unit), code);
	return code;
}

gboolean month_units_of(MonthUnits *self, gint64 unit, gint64 day, gint64 *month_unit,
						GError **error)
{
	Top top = {.unit = unit, .day = day};
	const Top *known = g_hash_table_lookup(self->tops, &top);
	if (known == NULL) {
		if (!months_unit_of(self->sql, unit, day, &top.month_unit, error))
			return FALSE;
		known = g_memdup2(&top, sizeof top);
		g_hash_table_add(self->tops, (gpointer)known);
	}
	*month_unit = known->month_unit;
	return TRUE;
}

void month_line_of(const Verdict *verdict, const char *unit_code, const char *reasons,
				   MonthLine *out)
{
	*out = (MonthLine){.day = verdict->day,
					   .unit = unit_code,
					   .codes = verdict->codes,
					   .state = verdict->state,
					   .late_min = verdict->late_min,
					   .early_min = verdict->early_min,
					   .in_ms = verdict->in_ms,
					   .out_ms = verdict->out_ms,
					   .deduction_bp = verdict->deduction_bp,
					   .pp94_min = verdict->pp94_min,
					   .pp94_days = verdict->pp94_days,
					   .trial = verdict->trial,
					   .conflict = verdict->conflict,
					   .rule_version = verdict->rule_version,
					   .reasons = reasons};
}
