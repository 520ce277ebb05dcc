#include "server/services/correction_private.h"

#include <string.h>

#include "server/rules/calendar.h"
#include "server/store/people/assignments.h"
#include "server/store/month/months.h"
#include "server/store/time/holidays.h"

/* ── until when ── */

/* Asked by month_deadline(), which has no way to say what went wrong. */
typedef struct {
	Sql *sql;
	gint64 unit;
	GError *failed;
} Calendar;

static gboolean is_holiday(gint64 day, gpointer user)
{
	Calendar *calendar = user;
	g_autofree char *name = NULL, *kind = NULL;
	return calendar->failed == NULL &&
		   holidays_on(calendar->sql, calendar->unit, day, &name, &kind, &calendar->failed) &&
		   name != NULL;
}

gboolean correction_deadline(Sql *sql, gint64 unit, CorrectionKind kind, gint64 day, gint64 today,
							 gint64 *last_day, GError **error)
{
	CorrectionChain chain;
	Calendar calendar = {.sql = sql, .unit = unit};
	gint64 until_day = 0, month_day = month_start(day);
	if (!corrections_chain(sql, unit, kind, day, &chain, error) ||
		!corrections_reopened(sql, unit, month_day, today, &until_day, error))
		return FALSE;
	*last_day =
		MAX(month_deadline(month_day, (int)chain.deadline_day, is_holiday, &calendar), until_day);
	if (calendar.failed == NULL)
		return TRUE;
	g_propagate_error(error, calendar.failed);
	return FALSE;
}

gboolean correction_check_month(Sql *sql, PersonId person, gint64 day, GError **error)
{
	MonthState state;
	if (!months_state_of_day(sql, person, day, &state, NULL, error))
		return FALSE;
	return state == MONTH_OPEN ||
		   correction_refuse(
			   error, CORRECTION_ERROR_MONTH,
			   "the month of that day is submitted or locked: it takes no corrections");
}

static gboolean check_deadline(Sql *sql, gint64 unit, CorrectionKind kind, gint64 day, gint64 today,
							   GError **error)
{
	gint64 last_day = 0;
	char text[CALENDAR_TEXT];
	if (!correction_deadline(sql, unit, kind, day, today, &last_day, error))
		return FALSE;
	if (today <= last_day)
		return TRUE;
	calendar_format(last_day, text);
	g_set_error(error, CORRECTION_ERROR, CORRECTION_ERROR_DEADLINE,
				"corrections of that month were to be asked for until %s; BKD may reopen it", text);
	return FALSE;
}

/* ── asking ── */

static gboolean read_hash(const char *text, guint8 hash[CORRECTION_HASH_SIZE])
{
	if (strlen(text) != 2 * CORRECTION_HASH_SIZE)
		return FALSE;
	for (gsize i = 0; i < CORRECTION_HASH_SIZE; i++) {
		int high = g_ascii_xdigit_value(text[2 * i]), low = g_ascii_xdigit_value(text[2 * i + 1]);
		if (high < 0 || low < 0)
			return FALSE;
		hash[i] = (guint8)(high << 4 | low);
	}
	return TRUE;
}

static gboolean take_document(const CorrectionAsk *ask, Correction *out, GError **error)
{
	if (ask->document_name != NULL && !correction_check_text(ask->document_name, TRUE, error))
		return FALSE;
	out->document_name = g_strdup(ask->document_name);
	out->has_hash = ask->document != NULL || ask->document_hash != NULL;
	if (!out->has_hash)
		return TRUE;
	if (ask->document_name == NULL)
		return correction_refuse(error, CORRECTION_ERROR_DOCUMENT,
								 "a document has a name or number");
	if (ask->document_hash != NULL)
		return read_hash(ask->document_hash, out->document) ||
			   correction_refuse(error, CORRECTION_ERROR_DOCUMENT, "a SHA-256 has 64 hex digits");
	if (g_bytes_get_size(ask->document) > CORRECTION_DOCUMENT_MAX)
		return correction_refuse(error, CORRECTION_ERROR_DOCUMENT, "a document is at most 1 MiB");
	gsize size = CORRECTION_HASH_SIZE;
	g_autoptr(GChecksum) sum = g_checksum_new(G_CHECKSUM_SHA256);
	gsize n = 0;
	const guint8 *data = g_bytes_get_data(ask->document, &n);
	g_checksum_update(sum, data, (gssize)n);
	g_checksum_get_digest(sum, out->document, &size);
	return TRUE;
}

static gboolean take_chain(Sql *sql, Correction *out, gint64 today, GError **error)
{
	CorrectionChain chain;
	if (!corrections_chain(sql, out->unit, out->kind, today, &chain, error))
		return FALSE;
	for (gsize i = 0; i < chain.n_levels; i++) {
		out->steps[i] = (CorrectionStep){.hours = chain.levels[i].hours};
		g_strlcpy(out->steps[i].level, chain.levels[i].level, sizeof out->steps[i].level);
	}
	out->n_steps = chain.n_levels;
	return TRUE;
}

/* Who asks: the person, or who has the right for the unit of that day. */
static gboolean check_asker(Sql *sql, const CorrectionActor *actor, const Correction *asked,
							gint64 today, GError **error)
{
	gboolean may = actor->person != 0 && actor->person == asked->person;
	if (!may &&
		!correction_actor_may(sql, actor, N_ROLES, RIGHT_CORRECT, asked->unit, today, &may, error))
		return FALSE;
	return may || correction_refuse(error, CORRECTION_ERROR_RIGHT,
									"this account has no right to ask for this person on that day");
}

static gboolean check_slot(Sql *sql, const Correction *asked, GError **error)
{
	gboolean allowed = FALSE;
	g_autoptr(GArray) waiting = NULL;
	const CorrectionFilter filter = {.waiting = TRUE,
									 .person = asked->person,
									 .from_day = asked->day,
									 .to_day = asked->day + 1,
									 .limit = 10};
	if (!corrections_code(sql, asked->code, asked->kind, &allowed, error))
		return FALSE;
	if (!allowed)
		return correction_refuse(error, CORRECTION_ERROR_CODE,
								 "a correction of that slot cannot have this code");
	if (!corrections_list(sql, &filter, &waiting, error))
		return FALSE;
	for (guint i = 0; i < waiting->len; i++) {
		g_auto(Correction) other = {0};
		gboolean found = FALSE;
		if (!corrections_get(sql, g_array_index(waiting, gint64, i), &other, &found, error))
			return FALSE;
		if (found && other.kind == asked->kind)
			return correction_refuse(error, CORRECTION_ERROR_WAITS,
									 "a correction of the same slot waits already");
	}
	return TRUE;
}

static gboolean find_unit(Sql *sql, Correction *asked, gint64 today, GError **error)
{
	Assignment there;
	if (asked->day > today)
		return correction_refuse(error, CORRECTION_ERROR_DAY, "that day is yet to come");
	if (!assignments_on(sql, asked->person, asked->day, &there, error))
		return FALSE;
	asked->unit = there.unit;
	return there.unit != 0 ||
		   correction_refuse(error, CORRECTION_ERROR_DAY, "the person served nowhere on that day");
}

static gboolean add(Sql *sql, const CorrectionActor *actor, const CorrectionAsk *ask, gint64 batch,
					const CorrectionClock *clock, gint64 *id, GError **error)
{
	g_auto(Correction) asked = {.batch = batch,
								.person = ask->person,
								.day = ask->day,
								.kind = ask->kind,
								.code = g_strdup(ask->code != NULL ? ask->code : "AT"),
								.reason = g_strdup(ask->reason),
								.account = ask->account};
	return correction_check_text(ask->reason, TRUE, error) &&
		   find_unit(sql, &asked, clock->today, error) &&
		   check_asker(sql, actor, &asked, clock->today, error) &&
		   correction_check_month(sql, asked.person, asked.day, error) &&
		   check_deadline(sql, asked.unit, asked.kind, asked.day, clock->today, error) &&
		   check_slot(sql, &asked, error) && take_document(ask, &asked, error) &&
		   take_chain(sql, &asked, clock->today, error) &&
		   corrections_add(sql, &asked, ask->document, clock->now_ms, id, error);
}

gboolean correction_ask(Sql *sql, const CorrectionAsk *ask, const CorrectionClock *clock,
						gint64 *id, GError **error)
{
	g_auto(CorrectionActor) actor = {0};
	return correction_actor_load(sql, ask->account, clock->today, &actor, error) &&
		   add(sql, &actor, ask, 0, clock, id, error);
}

gboolean correction_ask_slot(Sql *sql, gint64 unit, const CorrectionAsk *ask,
							 const CorrectionClock *clock, gint64 *batch, guint *n_asked,
							 guint *n_left, GError **error)
{
	g_auto(CorrectionActor) actor = {0};
	g_autoptr(GArray) people = NULL;
	*batch = 0;
	*n_asked = *n_left = 0;
	if (!correction_actor_load(sql, ask->account, clock->today, &actor, error) ||
		!corrections_lacking(sql, unit, ask->day, ask->kind, CORRECTION_SLOT_MAX, &people, error))
		return FALSE;
	for (guint i = 0; i < people->len; i++) {
		CorrectionAsk one = *ask;
		GError *local = NULL;
		gint64 id = 0;
		one.person = g_array_index(people, gint64, i);
		if (one.person == actor.person) {
			++*n_left;
			continue;
		}
		if (add(sql, &actor, &one, *batch, clock, &id, &local)) {
			*batch = *batch == 0 ? id : *batch;
			++*n_asked;
		} else if (g_error_matches(local, CORRECTION_ERROR, CORRECTION_ERROR_WAITS)) {
			g_clear_error(&local);
			++*n_left;
		} else {
			g_propagate_error(error, local);
			return FALSE;
		}
	}
	return *n_asked > 0 ||
		   correction_refuse(error, CORRECTION_ERROR_NOBODY,
							 "nobody of the unit lacks that slot on that day, or all wait already");
}
