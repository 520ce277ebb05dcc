/* Rows of ranks, positions, heads, superiors and secondary assignments. */
#include "server/import/import_row.h"
#include "server/store/people/careers.h"
#include "server/store/people/mutate.h"

/* ── Ranks and positions ── */

static const ImportColumn rank_columns[] = {
	{"person", TRUE}, {"rank", TRUE},    {"from", TRUE},
	{"to", FALSE},    {"source", FALSE}, {NULL, FALSE},
};
static const ImportColumn position_columns[] = {
	{"person", TRUE}, {"title", TRUE},   {"kind", TRUE}, {"from", TRUE},
	{"to", FALSE},    {"source", FALSE}, {NULL, FALSE},
};
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

const ImportKind import_ranks = {"ranks", rank_columns, "*person", TRUE, NULL, apply_rank, NULL};

static gboolean apply_position(Import *import, GError **error)
{
	Change change;
	gint64 person = 0;
	const char *kind;
	if (!import_change(import, &change) ||
		!import_word(import, "kind", mutate_position_kinds, &kind))
		return TRUE;
	if (!import_person(import, "person", &person, error))
		return FALSE;
	return import->row_failed ||
		   careers_set_position(import->sql, person, import_field(import, "title"), kind, &change,
								&import->changed, error);
}

const ImportKind import_positions = {"positions", position_columns, "*person", TRUE,
									 NULL,        apply_position,   NULL};

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

const ImportKind import_heads = {"heads", head_columns, "unit mode", TRUE, NULL, apply_head, NULL};

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

const ImportKind import_superiors = {"superiors", superior_columns, "*person", TRUE,
									 NULL,        apply_superior,   NULL};

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

const ImportKind import_secondaries = {
	"secondaries", secondary_columns, "*person unit kind", TRUE, NULL, apply_secondary, NULL};
