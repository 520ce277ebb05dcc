#include "server/store/people/mutate.h"

#include <string.h>

#include "server/store/people/assignments.h"
#include "server/store/people/careers.h"
#include "server/store/people/people.h"
#include "server/store/people/units.h"
#include "server/store/terminals/places.h"

G_DEFINE_QUARK(mutate - error, mutate_error)

/* The first N_WITH_TO need to be told what is new. */
const char *const mutate_kinds[] = {"unit",        "jabatan",  "promosi",     "pangkat",   "masuk",
									"kepegawaian", "nomor",    "nama",        "kgb",       "keluar",
									"tubel",       "cltn",     "cltn_lanjut", "skors",     "mpp",
									"aktif",       "berhenti", "pensiun",     "meninggal", NULL};
#define N_WITH_TO 8

const char *const mutate_position_kinds[] = {
	"pelaksana", "jpt", "administrator", "pengawas", "guru", "fungsional", NULL};
const char *const mutate_employments[] = {"PNS", "CPNS", "PPPK", "PPPK_PW",
										  "DPK", "DPB",  "LAIN", NULL};

/* Kinds that move the kedudukan hukum, and where to (BKN's codes, table legal_status). */
static const struct {
	const char *kind, *status;
} statuses[] = {
	{"tubel", "03"}, {"cltn", "02"}, {"cltn_lanjut", "13"},
	{"skors", "04"}, {"mpp", "20"},  {"aktif", "01"},
};

/* A mutation under way. */
typedef struct {
	Sql *sql;
	const MutateOrder *order;
	Change change; /* from the TMT until the next fact that is known */
	MutateResult *result;
} Mutating;

static const char *status_of(const char *kind)
{
	for (gsize i = 0; i < G_N_ELEMENTS(statuses); i++)
		if (strcmp(kind, statuses[i].kind) == 0)
			return statuses[i].status;
	return NULL;
}

static gboolean is_kind(const Mutating *m, const char *kind)
{
	return strcmp(m->order->kind, kind) == 0;
}

gboolean mutate_needs_to(const char *kind)
{
	for (gsize i = 0; i < N_WITH_TO; i++)
		if (strcmp(kind, mutate_kinds[i]) == 0)
			return TRUE;
	return FALSE;
}

/* A word of the list, in either case; an empty one is the first.  NULL with an error. */
static const char *word_of(const char *const *words, const char *text, MutateError code,
						   GError **error)
{
	if (text == NULL)
		return words[0];
	for (gsize i = 0; words[i] != NULL; i++)
		if (g_ascii_strcasecmp(text, words[i]) == 0)
			return words[i];
	g_autofree char *all = g_strjoinv(", ", (char **)words);
	g_set_error(error, MUTATE_ERROR, code, "'%s' is none of: %s", text, all);
	return NULL;
}

static const char next_number[] =
	"SELECT coalesce(min(valid_from_day),$3) FROM person_number WHERE person=$1"
	" AND valid_from_day>$2 AND recorded_to_ms IS NULL";

/* Of what a kind changes: what held on $2, and from when on ($2 < day) something else is known. */
static void queries(const Mutating *m, const char **held, const char **next)
{
	*held = "SELECT e.kind || ' ' || s.name FROM person_employment e JOIN legal_status s"
			" ON s.code=e.status WHERE e.person=$1 AND" NOW_ON("e", "$2");
	*next = "SELECT coalesce(min(valid_from_day),$3) FROM person_employment WHERE person=$1"
			" AND valid_from_day>$2 AND recorded_to_ms IS NULL";
	if (is_kind(m, "unit")) {
		*held = "SELECT u.code FROM assignment a JOIN unit u ON u.id=a.unit WHERE a.person=$1"
				" AND" NOW_ON("a", "$2");
		*next = "SELECT coalesce(min(valid_from_day),$3) FROM assignment WHERE person=$1"
				" AND valid_from_day>$2 AND recorded_to_ms IS NULL";
	} else if (is_kind(m, "jabatan") || is_kind(m, "promosi")) {
		*held = "SELECT q.title FROM person_position q WHERE q.person=$1 AND" NOW_ON("q", "$2");
		*next = "SELECT coalesce(min(valid_from_day),$3) FROM person_position WHERE person=$1"
				" AND valid_from_day>$2 AND recorded_to_ms IS NULL";
	} else if (is_kind(m, "pangkat")) {
		*held = "SELECT r.rank FROM person_rank r WHERE r.person=$1 AND" NOW_ON("r", "$2");
		*next = "SELECT coalesce(min(valid_from_day),$3) FROM person_rank WHERE person=$1"
				" AND valid_from_day>$2 AND recorded_to_ms IS NULL";
	} else if (is_kind(m, "nomor")) {
		*held = "SELECT o.digits FROM person_number o WHERE o.person=$1 AND" NOW_ON("o", "$2");
		*next = next_number;
	} else if (is_kind(m, "nama")) {
		*held = "SELECT n.name FROM person_name n WHERE n.person=$1 AND" NOW_ON("n", "$2");
		*next = "SELECT coalesce(min(valid_from_day),$3) FROM person_name WHERE person=$1"
				" AND valid_from_day>$2 AND recorded_to_ms IS NULL";
	}
}

/* What held the day before; and how long the new fact holds. */
static gboolean look_around(Mutating *m, GError **error)
{
	const char *held, *next;
	queries(m, &held, &next);
	g_autoptr(SqlStatement) before =
		sql_query(m->sql, error, held, "ii", m->order->person, m->change.from_day - 1);
	if (before == NULL)
		return FALSE;
	SqlStep step = sql_next(before, error);
	if (step == SQL_ROW)
		m->result->before = g_strdup(sql_text(before, 0));
	if (step == SQL_FAILED)
		return FALSE;
	g_clear_pointer(&before, sql_statement_free);
	return sql_get_int(m->sql, &m->change.to_day, DAY_OPEN, error, next, "iii", m->order->person,
					   m->change.from_day, DAY_OPEN);
}

/* ── What each kind does ── */

static gboolean find_unit(const Mutating *m, gint64 *unit, GError **error)
{
	GError *local = NULL;
	if (!units_find(m->sql, m->order->to, FALSE, unit, error))
		return FALSE;
	g_autofree char *name =
		*unit == 0 ? NULL : units_name(m->sql, *unit, m->order->tmt_day, &local);
	if (name != NULL)
		return TRUE;
	if (local != NULL)
		g_propagate_error(error, local);
	else
		g_set_error(error, MUTATE_ERROR, MUTATE_ERROR_UNIT, "no unit has the code '%s'%s",
					m->order->to, *unit == 0 ? "" : " on that day");
	return FALSE;
}

static gboolean find_place(const Mutating *m, gint64 *place, GError **error)
{
	*place = 0;
	if (m->order->place == NULL)
		return TRUE;
	if (!places_find(m->sql, m->order->place, FALSE, place, error))
		return FALSE;
	if (*place != 0)
		return TRUE;
	g_set_error(error, MUTATE_ERROR, MUTATE_ERROR_PLACE, "no place has the code '%s'",
				m->order->place);
	return FALSE;
}

static gboolean move_unit(Mutating *m, GError **error)
{
	gint64 unit = 0, place = 0;
	return find_unit(m, &unit, error) && find_place(m, &place, error) &&
		   assignments_set(m->sql, m->order->person, unit, place, &m->change, &m->result->moved,
						   error);
}

static gboolean move_position(Mutating *m, GError **error)
{
	const char *kind =
		word_of(mutate_position_kinds, m->order->position_kind, MUTATE_ERROR_POSITION_KIND, error);
	return kind != NULL && careers_set_position(m->sql, m->order->person, m->order->to, kind,
												&m->change, &m->result->moved, error);
}

static gboolean move_rank(Mutating *m, GError **error)
{
	GError *refused = NULL;
	if (careers_set_rank(m->sql, m->order->person, m->order->to, &m->change, &m->result->moved,
						 &refused))
		return TRUE;
	if (g_error_matches(refused, SQL_ERROR, SQL_ERROR_CONSTRAINT)) {
		g_set_error_literal(error, MUTATE_ERROR, MUTATE_ERROR_RANK, refused->message);
		g_error_free(refused);
	} else {
		g_propagate_error(error, refused);
	}
	return FALSE;
}

/* The kind of employment stays what it is; only the legal status moves. */
static gboolean set_status(Mutating *m, const char *status, GError **error)
{
	g_autoptr(SqlStatement) found =
		sql_query(m->sql, error,
				  "SELECT e.kind FROM person_employment e WHERE e.person=$1 AND" NOW_ON("e", "$2"),
				  "ii", m->order->person, m->change.from_day);
	if (found == NULL)
		return FALSE;
	SqlStep step = sql_next(found, error);
	if (step == SQL_DONE)
		g_set_error_literal(error, MUTATE_ERROR, MUTATE_ERROR_NOT_EMPLOYED,
							"not employed on that day");
	if (step != SQL_ROW)
		return FALSE;
	g_autofree char *kind = g_strdup(sql_text(found, 0));
	g_clear_pointer(&found, sql_statement_free);
	return people_set_employment(m->sql, m->order->person, kind, status, &m->change,
								 &m->result->moved, error);
}

/* A number replaced (another contract, PPPK become PNS) holds from the TMT on; the one before stays what it was
 * until then. */
static gboolean set_number(Mutating *m, const char *text, const Change *change, GError **error)
{
	char digits[19];
	gboolean changed = FALSE;
	gint64 other = 0;
	NumberKind kind = person_number_parse(text, digits);
	if (kind != NUMBER_NIP && kind != NUMBER_NI_PPPK) {
		g_set_error(error, MUTATE_ERROR, MUTATE_ERROR_NUMBER,
					"'%s' is neither NIP nor NI PPPK (18 digits)", text);
		return FALSE;
	}
	if (!people_number_of_another(m->sql, digits, m->order->person, change, &other, error))
		return FALSE;
	if (other != 0) {
		g_set_error(error, MUTATE_ERROR, MUTATE_ERROR_NUMBER,
					"it is the number of person %" G_GINT64_FORMAT, other);
		return FALSE;
	}
	if (!people_set_number(m->sql, m->order->person, kind, digits, change, &changed, error))
		return FALSE;
	m->result->moved |= changed;
	return TRUE;
}

/* Beside the kind's own matter; when there is none, nothing. */
static gboolean set_number_besides(Mutating *m, GError **error)
{
	Change change = m->change;
	return m->order->number == NULL ||
		   (sql_get_int(m->sql, &change.to_day, DAY_OPEN, error, next_number, "iii",
						m->order->person, change.from_day, DAY_OPEN) &&
			set_number(m, m->order->number, &change, error));
}

static gboolean set_name(Mutating *m, GError **error)
{
	const PersonName name = {m->order->to, m->order->front_title, m->order->back_title};
	if (strlen(name.name) <= PERSON_NAME_MAX)
		return people_set_name(m->sql, m->order->person, &name, &m->change, &m->result->moved,
							   error);
	g_set_error(error, MUTATE_ERROR, MUTATE_ERROR_NAME, "longer than %d bytes", PERSON_NAME_MAX);
	return FALSE;
}

/* Transfer into the province: service begins on the TMT, in the unit of `to`. */
static gboolean enter_service(Mutating *m, GError **error)
{
	gboolean employed = FALSE;
	const char *employment =
		word_of(mutate_employments, m->order->employment, MUTATE_ERROR_EMPLOYMENT, error);
	if (employment == NULL ||
		!people_set_employment(m->sql, m->order->person, employment, "01", &m->change, &employed,
							   error) ||
		!move_unit(m, error))
		return FALSE;
	m->result->moved |= employed;
	return set_number_besides(m, error);
}

/* CPNS to PNS, seconded, another contract: the kind moves, the legal status is active. */
static gboolean set_employment(Mutating *m, GError **error)
{
	const char *employment =
		word_of(mutate_employments, m->order->to, MUTATE_ERROR_TO_EMPLOYMENT, error);
	return employment != NULL &&
		   people_set_employment(m->sql, m->order->person, employment, "01", &m->change,
								 &m->result->moved, error) &&
		   set_number_besides(m, error);
}

/* Retirement, death, dismissal, transfer out of the province: from the TMT on there is no duty. */
static gboolean leave_service(Mutating *m, GError **error)
{
	gboolean assigned = FALSE;
	m->change.to_day = DAY_OPEN;
	if (!people_end_employment(m->sql, m->order->person, &m->change, &m->result->moved, error) ||
		!assignments_end(m->sql, m->order->person, &m->change, &assigned, error))
		return FALSE;
	m->result->moved |= assigned;
	return TRUE;
}

static gboolean apply(Mutating *m, GError **error)
{
	const char *status = status_of(m->order->kind);
	if (is_kind(m, "unit"))
		return move_unit(m, error);
	if (is_kind(m, "jabatan") || is_kind(m, "promosi"))
		return move_position(m, error);
	if (is_kind(m, "pangkat"))
		return move_rank(m, error);
	if (is_kind(m, "kgb"))
		return TRUE; /* a rise of salary: a record only */
	if (is_kind(m, "masuk"))
		return enter_service(m, error);
	if (is_kind(m, "kepegawaian"))
		return set_employment(m, error);
	if (is_kind(m, "nomor"))
		return set_number(m, m->order->to, &m->change, error);
	if (is_kind(m, "nama"))
		return set_name(m, error);
	if (status != NULL)
		return set_status(m, status, error);
	return leave_service(m, error);
}

static gboolean record(Mutating *m, GError **error)
{
	const MutateOrder *order = m->order;
	const Mutation mutation = {.person = order->person,
							   .kind = order->kind,
							   .decree = order->decree,
							   .decree_day = order->decree_day,
							   .tmt_day = order->tmt_day,
							   .to_day = m->change.to_day,
							   .before = m->result->before,
							   .after = order->to};
	gboolean added = FALSE;
	if (!careers_record(m->sql, &mutation, order->now_ms, &added, &m->result->judged_days, error))
		return FALSE;
	m->result->to_day = m->change.to_day;
	m->result->changed = added || m->result->moved;
	return TRUE;
}

/* What a decree did is not done again: much may have followed since. */
static gboolean count_recorded(const Mutating *m, gint64 *n, GError **error)
{
	return sql_get_int(m->sql, n, 0, error,
					   "SELECT count(*) FROM mutation WHERE person=$1 AND kind=$2 AND decree=$3"
					   " AND tmt_day=$4",
					   "itti", m->order->person, m->order->kind, m->order->decree,
					   m->order->tmt_day);
}

static gboolean check(const MutateOrder *order, GError **error)
{
	if (!g_strv_contains(mutate_kinds, order->kind)) {
		g_set_error(error, MUTATE_ERROR, MUTATE_ERROR_KIND, "'%s' is no kind of mutation",
					order->kind);
		return FALSE;
	}
	if (order->to != NULL || !mutate_needs_to(order->kind))
		return TRUE;
	g_set_error_literal(error, MUTATE_ERROR, MUTATE_ERROR_TO_EMPTY, "it is empty");
	return FALSE;
}

gboolean mutate(Sql *sql, const MutateOrder *order, MutateResult *result, GError **error)
{
	gint64 n_done = 0;
	*result = (MutateResult){.to_day = DAY_OPEN};
	Mutating m = {.sql = sql,
				  .order = order,
				  .change = {.from_day = order->tmt_day,
							 .to_day = DAY_OPEN,
							 .now_ms = order->now_ms,
							 .today = order->today,
							 .source = order->decree},
				  .result = result};
	if (!check(order, error) || !count_recorded(&m, &n_done, error))
		return FALSE;
	result->known = n_done > 0;
	if (result->known)
		return TRUE;
	return look_around(&m, error) && apply(&m, error) && record(&m, error);
}

void mutate_result_clear(MutateResult *result)
{
	g_free(result->before);
	*result = (MutateResult){0};
}
