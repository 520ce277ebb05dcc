/* Rows of ranks, positions, heads, superiors, secondary assignments and mutations. */
#include <string.h>

#include "server/import/import_row.h"
#include "server/rules/calendar.h"
#include "server/store/people/assignments.h"
#include "server/store/people/careers.h"
#include "server/store/people/people.h"
#include "server/store/people/units.h"

/* ── Ranks and positions ── */

static const ImportColumn rank_columns[] = {
	{"person", TRUE}, {"rank", TRUE},    {"from", TRUE},
	{"to", FALSE},    {"source", FALSE}, {NULL, FALSE},
};
static const ImportColumn position_columns[] = {
	{"person", TRUE}, {"title", TRUE},   {"kind", TRUE}, {"from", TRUE},
	{"to", FALSE},    {"source", FALSE}, {NULL, FALSE},
};
static const char *const position_kinds[] = {
	"pelaksana", "jpt", "administrator", "pengawas", "guru", "fungsional", NULL};

static gboolean apply_rank(Import *import, GError **error)
{
	Change change;
	gint64 person = 0;
	GError *refused = NULL;
	if (!import_change(import, &change))
		return TRUE;
	if (!import_person(import, "person", &person, error))
		return FALSE;
	return import->row_failed ||
		   careers_set_rank(import->sql, person, import_field(import, "rank"), &change,
							&import->changed, &refused) ||
		   import_refused(import, "rank", refused, error);
}

const ImportKind import_ranks = {"ranks", rank_columns, NULL, apply_rank, NULL};

static gboolean apply_position(Import *import, GError **error)
{
	Change change;
	gint64 person = 0;
	const char *kind;
	if (!import_change(import, &change) || !import_word(import, "kind", position_kinds, &kind))
		return TRUE;
	if (!import_person(import, "person", &person, error))
		return FALSE;
	return import->row_failed ||
		   careers_set_position(import->sql, person, import_field(import, "title"), kind, &change,
								&import->changed, error);
}

const ImportKind import_positions = {"positions", position_columns, NULL, apply_position, NULL};

/* ── Heads and superiors ── */

static const ImportColumn head_columns[] = {
	{"unit", TRUE}, {"person", TRUE},  {"mode", FALSE}, {"from", TRUE},
	{"to", FALSE},  {"source", FALSE}, {NULL, FALSE},
};
static const ImportColumn superior_columns[] = {
	{"person", TRUE}, {"superior", TRUE}, {"from", TRUE},
	{"to", FALSE},    {"source", FALSE},  {NULL, FALSE},
};

static gboolean apply_head(Import *import, GError **error)
{
	static const char *const modes[] = {"definitif", "plt", "plh", NULL};
	Change change;
	gint64 person = 0, unit = 0;
	const char *mode;
	if (!import_change(import, &change) || !import_word(import, "mode", modes, &mode))
		return TRUE;
	if (!import_person(import, "person", &person, error) ||
		!import_unit(import, "unit", &unit, error))
		return FALSE;
	HeadMode head = mode == modes[0] ? HEAD_DEFINITIVE : mode == modes[1] ? HEAD_PLT : HEAD_PLH;
	return import->row_failed ||
		   careers_set_head(import->sql, unit, head, person, &change, &import->changed, error);
}

const ImportKind import_heads = {"heads", head_columns, NULL, apply_head, NULL};

static gboolean apply_superior(Import *import, GError **error)
{
	Change change;
	gint64 person = 0, superior = 0;
	GError *refused = NULL;
	if (!import_change(import, &change))
		return TRUE;
	if (!import_person(import, "person", &person, error) ||
		!import_person(import, "superior", &superior, error))
		return FALSE;
	return import->row_failed ||
		   careers_set_superior(import->sql, person, superior, &change, &import->changed,
								&refused) ||
		   import_refused(import, "superior", refused, error);
}

const ImportKind import_superiors = {"superiors", superior_columns, NULL, apply_superior, NULL};

/* ── Secondary assignments ── */

static const ImportColumn secondary_columns[] = {
	{"person", TRUE}, {"unit", TRUE}, {"kind", TRUE},    {"place", FALSE}, {"share", FALSE},
	{"from", TRUE},   {"to", FALSE},  {"source", FALSE}, {NULL, FALSE},
};

static gboolean apply_secondary(Import *import, GError **error)
{
	static const char *const kinds[] = {"tambahan", "plt", "plh", "sekolah", NULL};
	Secondary secondary = {0};
	Change change;
	gint64 person = 0;
	const char *place = import_field(import, "place");
	if (!import_change(import, &change) || !import_word(import, "kind", kinds, &secondary.kind) ||
		!import_number(import, "share", 1, 100, 0, &secondary.share_percent))
		return TRUE;
	if (!import_person(import, "person", &person, error) ||
		!import_unit(import, "unit", &secondary.unit, error) ||
		(place != NULL && !import_place(import, "place", place, &secondary.place, error)))
		return FALSE;
	return import->row_failed ||
		   careers_set_secondary(import->sql, person, &secondary, &change, &import->changed, error);
}

const ImportKind import_secondaries = {"secondaries", secondary_columns, NULL, apply_secondary,
									   NULL};

/* ── Mutations ── */

static const ImportColumn mutation_columns[] = {
	{"person", TRUE},      {"kind", TRUE}, {"decree", TRUE},         {"date", FALSE},
	{"tmt", TRUE},         {"to", FALSE},  {"position_kind", FALSE}, {"place", FALSE},
	{"employment", FALSE}, {NULL, FALSE},
};
static const char *const employments[] = {"PNS", "CPNS", "PPPK", "PPPK_PW",
										  "DPK", "DPB",  "LAIN", NULL};

/* Kinds that move the kedudukan hukum, and where to (BKN's codes, table legal_status). */
static const struct {
	const char *kind, *status;
} statuses[] = {
	{"tubel", "03"}, {"cltn", "02"}, {"cltn_lanjut", "13"},
	{"skors", "04"}, {"mpp", "20"},  {"aktif", "01"},
};

typedef struct {
	PersonId person;
	const char *kind, *to;
	Change change; /* from the TMT on */
	char *before;  /* what held the day before; free it */
	gboolean changed;
} MutationRow;

static const char *status_of(const char *kind)
{
	for (gsize i = 0; i < G_N_ELEMENTS(statuses); i++)
		if (strcmp(kind, statuses[i].kind) == 0)
			return statuses[i].status;
	return NULL;
}

static gboolean is_kind(const MutationRow *row, const char *kind)
{
	return strcmp(row->kind, kind) == 0;
}

/* Of what a kind changes: what held on $2, and from when on ($2 < day) something else is known. */
static void queries(const MutationRow *row, const char **held, const char **next)
{
	*held = "SELECT e.kind || ' ' || s.name FROM person_employment e JOIN legal_status s"
			" ON s.code=e.status WHERE e.person=$1 AND" NOW_ON("e", "$2");
	*next = "SELECT coalesce(min(valid_from_day),$3) FROM person_employment WHERE person=$1"
			" AND valid_from_day>$2 AND recorded_to_ms IS NULL";
	if (is_kind(row, "unit")) {
		*held = "SELECT u.code FROM assignment a JOIN unit u ON u.id=a.unit WHERE a.person=$1"
				" AND" NOW_ON("a", "$2");
		*next = "SELECT coalesce(min(valid_from_day),$3) FROM assignment WHERE person=$1"
				" AND valid_from_day>$2 AND recorded_to_ms IS NULL";
	} else if (is_kind(row, "jabatan") || is_kind(row, "promosi")) {
		*held = "SELECT q.title FROM person_position q WHERE q.person=$1 AND" NOW_ON("q", "$2");
		*next = "SELECT coalesce(min(valid_from_day),$3) FROM person_position WHERE person=$1"
				" AND valid_from_day>$2 AND recorded_to_ms IS NULL";
	} else if (is_kind(row, "pangkat")) {
		*held = "SELECT r.rank FROM person_rank r WHERE r.person=$1 AND" NOW_ON("r", "$2");
		*next = "SELECT coalesce(min(valid_from_day),$3) FROM person_rank WHERE person=$1"
				" AND valid_from_day>$2 AND recorded_to_ms IS NULL";
	}
}

/* What held the day before; and how long the new fact holds: until a later one that is known, so
 * that a back-dated mutation does not undo what followed it. */
static gboolean look_around(Import *import, MutationRow *row, GError **error)
{
	const char *held, *next;
	queries(row, &held, &next);
	g_autoptr(SqlStatement) before =
		sql_query(import->sql, error, held, "ii", row->person, row->change.from_day - 1);
	if (before == NULL)
		return FALSE;
	SqlStep step = sql_next(before, error);
	if (step == SQL_ROW)
		row->before = g_strdup(sql_text(before, 0));
	if (step == SQL_FAILED)
		return FALSE;
	g_clear_pointer(&before, sql_statement_free);
	return sql_get_int(import->sql, &row->change.to_day, DAY_OPEN, error, next, "iii", row->person,
					   row->change.from_day, DAY_OPEN);
}

static gboolean move_unit(Import *import, MutationRow *row, GError **error)
{
	gint64 unit = 0, place = 0;
	const char *code = import_field(import, "place");
	if (!import_unit(import, "to", &unit, error) ||
		(code != NULL && !import_place(import, "place", code, &place, error)))
		return FALSE;
	return import->row_failed || assignments_set(import->sql, row->person, unit, place,
												 &row->change, &row->changed, error);
}

static gboolean move_position(Import *import, MutationRow *row, GError **error)
{
	const char *kind;
	if (!import_word(import, "position_kind", position_kinds, &kind))
		return TRUE;
	return careers_set_position(import->sql, row->person, row->to, kind, &row->change,
								&row->changed, error);
}

static gboolean move_rank(Import *import, MutationRow *row, GError **error)
{
	GError *refused = NULL;
	return careers_set_rank(import->sql, row->person, row->to, &row->change, &row->changed,
							&refused) ||
		   import_refused(import, "to", refused, error);
}

/* The kind of employment stays what it is; only the legal status moves. */
static gboolean set_status(Import *import, MutationRow *row, const char *status, GError **error)
{
	g_autoptr(SqlStatement) found =
		sql_query(import->sql, error,
				  "SELECT e.kind FROM person_employment e WHERE e.person=$1 AND" NOW_ON("e", "$2"),
				  "ii", row->person, row->change.from_day);
	if (found == NULL)
		return FALSE;
	SqlStep step = sql_next(found, error);
	if (step == SQL_DONE)
		import_fail(import, "tmt", "not employed on that day");
	if (step != SQL_ROW)
		return step == SQL_DONE;
	g_autofree char *kind = g_strdup(sql_text(found, 0));
	g_clear_pointer(&found, sql_statement_free);
	return people_set_employment(import->sql, row->person, kind, status, &row->change,
								 &row->changed, error);
}

/* Transfer into the province: service begins on the TMT, in the unit of `to`. */
static gboolean enter_service(Import *import, MutationRow *row, GError **error)
{
	const char *employment;
	gboolean employed = FALSE;
	if (!import_word(import, "employment", employments, &employment))
		return TRUE;
	if (!people_set_employment(import->sql, row->person, employment, "01", &row->change, &employed,
							   error) ||
		!move_unit(import, row, error))
		return FALSE;
	row->changed |= employed;
	return TRUE;
}

/* CPNS to PNS, seconded, another contract: the kind moves, the legal status is active. */
static gboolean set_employment(Import *import, MutationRow *row, GError **error)
{
	const char *employment;
	return !import_word(import, "to", employments, &employment) ||
		   people_set_employment(import->sql, row->person, employment, "01", &row->change,
								 &row->changed, error);
}

/* Retirement, death, dismissal, transfer out of the province: from the TMT on there is no duty. */
static gboolean leave_service(Import *import, MutationRow *row, GError **error)
{
	gboolean assigned = FALSE;
	row->change.to_day = DAY_OPEN;
	if (!people_end_employment(import->sql, row->person, &row->change, &row->changed, error) ||
		!assignments_end(import->sql, row->person, &row->change, &assigned, error))
		return FALSE;
	row->changed |= assigned;
	return TRUE;
}

static gboolean apply_kind(Import *import, MutationRow *row, GError **error)
{
	const char *status = status_of(row->kind);
	if (is_kind(row, "unit"))
		return move_unit(import, row, error);
	if (is_kind(row, "jabatan") || is_kind(row, "promosi"))
		return move_position(import, row, error);
	if (is_kind(row, "pangkat"))
		return move_rank(import, row, error);
	if (is_kind(row, "kgb"))
		return TRUE; /* a rise of salary: a record only */
	if (is_kind(row, "masuk"))
		return enter_service(import, row, error);
	if (is_kind(row, "kepegawaian"))
		return set_employment(import, row, error);
	if (status != NULL)
		return set_status(import, row, status, error);
	return leave_service(import, row, error);
}

static gboolean record(Import *import, MutationRow *row, gint64 decree_day, GError **error)
{
	const Mutation mutation = {.person = row->person,
							   .kind = row->kind,
							   .decree = row->change.source,
							   .decree_day = decree_day,
							   .tmt_day = row->change.from_day,
							   .to_day = row->change.to_day,
							   .before = row->before,
							   .after = row->to};
	gboolean added = FALSE;
	gint64 judged = 0;
	if (!careers_record(import->sql, &mutation, import->now_ms, &added, &judged, error))
		return FALSE;
	if (row->changed && judged > 0)
		import_warn(import, "tmt",
					"back-dated: %" G_GINT64_FORMAT " judged days are judged again (%s → %s)",
					judged, row->before != NULL ? row->before : "-",
					row->to != NULL ? row->to : row->kind);
	if (row->change.to_day != DAY_OPEN) {
		char date[CALENDAR_TEXT];
		calendar_format(row->change.to_day, date);
		import_warn(import, "tmt", "it holds until %s, from when a later one is known", date);
	}
	import->changed = added || row->changed;
	return TRUE;
}

/* What a decree did is not done again: much may have followed since. */
static gboolean count_recorded(Import *import, const MutationRow *row, gint64 *n, GError **error)
{
	return sql_get_int(import->sql, n, 0, error,
					   "SELECT count(*) FROM mutation WHERE person=$1 AND kind=$2 AND decree=$3"
					   " AND tmt_day=$4",
					   "itti", row->person, row->kind, row->change.source, row->change.from_day);
}

static gboolean apply_mutation(Import *import, GError **error)
{
	static const char *const kinds[] = {
		"unit", "jabatan", "promosi",  "pangkat", "masuk",       "kepegawaian",
		"kgb",  "keluar",  "tubel",    "cltn",    "cltn_lanjut", "skors",
		"mpp",  "aktif",   "berhenti", "pensiun", "meninggal",   NULL};
	MutationRow row = {.to = import_field(import, "to"),
					   .change = {.to_day = DAY_OPEN,
								  .now_ms = import->now_ms,
								  .today = import->today,
								  .source = import_field(import, "decree")}};
	gint64 decree_day;
	if (!import_word(import, "kind", kinds, &row.kind) ||
		!import_date(import, "tmt", 0, &row.change.from_day) ||
		!import_date(import, "date", DAY_ALWAYS, &decree_day))
		return TRUE;
	gboolean needs_to = FALSE;
	for (gsize i = 0; i < 6; i++)
		needs_to |= row.kind == kinds[i];
	if (needs_to && row.to == NULL)
		import_fail(import, "to", "it is empty");
	gint64 n_done = 0;
	if (!import_person(import, "person", &row.person, error) ||
		!count_recorded(import, &row, &n_done, error))
		return FALSE;
	if (import->row_failed || n_done > 0)
		return TRUE;
	gboolean done = look_around(import, &row, error) && apply_kind(import, &row, error) &&
					(import->row_failed || record(import, &row, decree_day, error));
	g_free(row.before);
	return done;
}

const ImportKind import_mutations = {"mutations", mutation_columns, NULL, apply_mutation, NULL};
