/* Rows of punches by hand or from elsewhere, corrections, duties by letter, outages. */
#include <string.h>

#include "server/import/import_row.h"
#include "server/rules/calendar.h"
#include "server/store/time/leave_accounts.h"
#include "server/store/time/leaves.h"
#include "server/store/time/outage_decisions.h"
#include "server/store/time/punches.h"

/* ── Punches ── */

static const ImportColumn punch_columns[] = {
	{"person", TRUE}, {"at", TRUE},      {"place", TRUE}, {"kind", FALSE},
	{"letter", TRUE}, {"source", FALSE}, {NULL, FALSE},
};

static gboolean apply_punch(Import *import, GError **error)
{
	static const char *const kinds[] = {PUNCH_BY_HAND, PUNCH_ELSEWHERE, NULL};
	Punch punch = {.state = PUNCH_COUNTED, .letter = import_field(import, "letter")};
	const char *kind;
	if (!import_word(import, "kind", kinds, &kind) || !import_time(import, "at", &punch.at_ms))
		return TRUE;
	if (punch.at_ms > import->now_ms)
		import_fail(import, "at", "it is yet to come");
	g_strlcpy(punch.terminal.text, kind, sizeof punch.terminal.text);
	if (!import_person(import, "person", &punch.person, error) ||
		!import_place(import, "place", import_field(import, "place"), &punch.place, error))
		return FALSE;
	return import->row_failed || punches_add_unsigned(import->sql, &punch, import->utc_offset_min,
													  &import->changed, error);
}

const ImportKind import_punches = {"punches", punch_columns, NULL, FALSE, NULL, apply_punch, NULL};

/* ── Corrections and duties: decided absences, as leave is ── */

static const ImportColumn correction_columns[] = {
	{"person", TRUE}, {"date", TRUE},    {"slot", FALSE}, {"code", FALSE},
	{"letter", TRUE}, {"source", FALSE}, {NULL, FALSE},
};
static const ImportColumn duty_columns[] = {
	{"people", TRUE}, {"code", FALSE},  {"from", TRUE},    {"to", TRUE},
	{"slot", FALSE},  {"letter", TRUE}, {"source", FALSE}, {NULL, FALSE},
};

static const char *const slots[] = {"hari", "masuk", "pulang", NULL};

static gboolean check_code(Import *import, const Leave *leave, GError **error)
{
	g_autofree char *allowed = NULL;
	if (!leaves_code(import->sql, leave->code, NULL, &allowed, NULL, error))
		return FALSE;
	g_auto(GStrv) list = allowed != NULL ? g_strsplit(allowed, "|", -1) : NULL;
	if (list == NULL)
		import_fail(import, "code", "'%s' is no code of a correction, leave or duty", leave->code);
	else if (!g_strv_contains((const char *const *)list, leave->slot))
		import_fail(import, "slot", "%s is given for: %s", leave->code, allowed);
	return TRUE;
}

static gboolean set_leave(Import *import, const Leave *leave, const Change *change, GError **error)
{
	gboolean changed = FALSE;
	GError *refused = NULL;
	if (leaves_set(import->sql, leave, change, NULL, &changed, &refused)) {
		import->changed |= changed;
		return !changed || import_warn_of_lock(import, "letter", leave->person, change, error);
	}
	return import_refused(import, "letter", refused, error);
}

/* One letter may correct several days and slots: each is a case of its own. */
static gboolean apply_correction(Import *import, GError **error)
{
	Leave leave = {.code = import_field(import, "code")};
	Change change = {
		.now_ms = import->now_ms, .today = import->today, .source = import_field(import, "source")};
	if (leave.code == NULL)
		leave.code = "AT";
	if (!import_word(import, "slot", slots, &leave.slot) ||
		!import_date(import, "date", 0, &change.from_day))
		return TRUE;
	change.to_day = change.from_day + 1;
	g_autofree char *letter = g_strdup_printf("%s (%s, %s)", import_field(import, "letter"),
											  import_field(import, "date"), leave.slot);
	leave.letter = letter;
	if (!check_code(import, &leave, error) ||
		!import_person(import, "person", &leave.person, error))
		return FALSE;
	return import->row_failed || set_leave(import, &leave, &change, error);
}

const ImportKind import_corrections = {
	"corrections", correction_columns, "*person date slot", FALSE, NULL, apply_correction, NULL};

static gboolean set_duty(Import *import, const char *key, Leave *leave, const Change *change,
						 GError **error)
{
	if (!import_person_key(import, "people", key, &leave->person, error))
		return FALSE;
	g_autofree char *same = g_strdup_printf("%" G_GINT64_FORMAT "\x1f%s\x1f%s", leave->person,
											leave->code, leave->letter);
	return import->row_failed || !import_claim(import, "people", same, 0, 1, FALSE) ||
		   set_leave(import, leave, change, error);
}

static gboolean apply_duty(Import *import, GError **error)
{
	Leave leave = {.code = import_field(import, "code"), .letter = import_field(import, "letter")};
	Change change;
	if (leave.code == NULL)
		leave.code = "DL";
	if (!import_change(import, &change) || !import_word(import, "slot", slots, &leave.slot))
		return TRUE;
	if (change.to_day - change.from_day > 366)
		import_fail(import, "to", "longer than a year");
	if (!check_code(import, &leave, error))
		return FALSE;
	g_auto(GStrv) keys = g_strsplit_set(import_field(import, "people"), " ;", -1);
	for (char **key = keys; *key != NULL; key++) {
		if (**key == '\0')
			continue;
		if (!set_duty(import, *key, &leave, &change, error))
			return FALSE;
	}
	return TRUE;
}

const ImportKind import_duties = {"duties", duty_columns, NULL, FALSE, NULL, apply_duty, NULL};

/* ── Outages ── */

static const ImportColumn outage_columns[] = {
	{"place", TRUE},     {"from", TRUE},   {"to", TRUE},          {"cause", TRUE},
	{"document", FALSE}, {"state", FALSE}, {"decided_by", FALSE}, {NULL, FALSE},
};

/* Only when no terminal of the place could record, nobody punched there, and it is over. */
static gboolean check_outage(Import *import, Outage *outage, GError **error)
{
	OutageState known;
	g_autoptr(GError) wrong = NULL;
	if (!outages_find(import->sql, outage->place, outage->from_ms, outage->to_ms, &outage->id,
					  &known, error))
		return FALSE;
	if (outage_check(import->sql, outage, import->now_ms, import->utc_offset_min, &wrong))
		return TRUE;
	if (wrong->domain == OUTAGE_ERROR) {
		import_fail(import, "place", "%s", wrong->message);
		return TRUE;
	}
	g_propagate_error(error, g_steal_pointer(&wrong));
	return FALSE;
}

static gboolean decide(Import *import, const Outage *outage, GError **error)
{
	gint64 id = 0;
	OutageState known = OUTAGE_DECLARED;
	if (!outages_find(import->sql, outage->place, outage->from_ms, outage->to_ms, &id, &known,
					  error))
		return FALSE;
	if (id == 0) {
		import->changed = TRUE;
		if (!outages_declare(import->sql, outage, import->now_ms, import->utc_offset_min, &id,
							 error))
			return FALSE;
	}
	if (outage->state == OUTAGE_DECLARED || known == outage->state)
		return TRUE;
	import->changed = TRUE;
	return outages_decide(import->sql, id, outage->state, outage->decided_by, outage->document,
						  import->now_ms, import->utc_offset_min, error);
}

static gboolean claim_outage(Import *import, const Outage *outage)
{
	g_autofree char *key = g_strdup_printf("%" G_GINT64_FORMAT, outage->place);
	return import_claim(import, "from", key, outage->from_ms, outage->to_ms, FALSE);
}

static gboolean apply_outage(Import *import, GError **error)
{
	static const char *const states[] = {"diajukan", "disetujui", "ditolak", NULL};
	Outage outage = {.cause = import_field(import, "cause"),
					 .document = import_field(import, "document"),
					 .decided_by = import_field(import, "decided_by")};
	const char *state;
	if (!import_time(import, "from", &outage.from_ms) ||
		!import_time(import, "to", &outage.to_ms) || !import_word(import, "state", states, &state))
		return TRUE;
	outage.state = state == states[1]   ? OUTAGE_ACCEPTED
				   : state == states[2] ? OUTAGE_REFUSED
										: OUTAGE_DECLARED;
	if (outage.from_ms >= outage.to_ms)
		import_fail(import, "to", "it ends before it begins");
	if (outage.state != OUTAGE_DECLARED && outage.decided_by == NULL)
		import_fail(import, "decided_by", "a decision has a name");
	if (!import_place(import, "place", import_field(import, "place"), &outage.place, error))
		return FALSE;
	if (!import->row_failed && outage.state == OUTAGE_ACCEPTED &&
		!check_outage(import, &outage, error))
		return FALSE;
	return import->row_failed || !claim_outage(import, &outage) || decide(import, &outage, error);
}

const ImportKind import_outages = {"outages", outage_columns, NULL, FALSE,
								   NULL,      apply_outage,   NULL};

/* ── Recorded elsewhere ── */

static const ImportColumn elsewhere_columns[] = {
	{"place", TRUE}, {"from", TRUE}, {"to", FALSE}, {"source", TRUE}, {NULL, FALSE},
};

static gboolean apply_elsewhere(Import *import, GError **error)
{
	Change change;
	gint64 place = 0;
	if (!import_change(import, &change))
		return TRUE;
	if (!import_place(import, "place", import_field(import, "place"), &place, error))
		return FALSE;
	return import->row_failed ||
		   outages_set_elsewhere(import->sql, place, &change, &import->changed, error);
}

const ImportKind import_elsewhere = {"elsewhere", elsewhere_columns, "place", TRUE,
									 NULL,        apply_elsewhere,   NULL};

/* ── Accounts of annual leave ── */

static const ImportColumn balance_columns[] = {
	{"person", TRUE}, {"year", TRUE},      {"n1", FALSE},     {"n2", FALSE},
	{"extra", FALSE}, {"deferred", FALSE}, {"source", FALSE}, {NULL, FALSE},
};

static gboolean apply_balance(Import *import, GError **error)
{
	static const char *const answers[] = {"tidak", "ya", NULL};
	LeaveAccount account = {.opens = import_field(import, "n1") != NULL};
	const char *deferred;
	gint64 person = 0;
	const Change change = {
		.now_ms = import->now_ms, .today = import->today, .source = import_field(import, "source")};
	if (!import_number(import, "year", 1990, 2100, 0, &account.year) ||
		!import_number(import, "n1", 0, 24, 0, &account.opening_n1) ||
		!import_number(import, "n2", 0, 24, 0, &account.opening_n2) ||
		!import_number(import, "extra", 0, 31, 0, &account.extra_days) ||
		!import_word(import, "deferred", answers, &deferred))
		return TRUE;
	account.deferred = deferred == answers[1];
	if (!import_person(import, "person", &person, error))
		return FALSE;
	return import->row_failed ||
		   leave_accounts_set(import->sql, person, &account, &change, &import->changed, error);
}

const ImportKind import_balances = {
	"balances", balance_columns, "*person year", FALSE, NULL, apply_balance, NULL};
