#include "server/rules/day_private.h"

#include <string.h>

/* ── Codes, reasons, state ── */

const char *day_state_text(DayState state)
{
	switch (state) {
	case DAY_RUNNING:
		return "running";
	case DAY_WAITING:
		return "waiting";
	case DAY_FINAL:
		return "final";
	case DAY_NONE:
	default:
		return "none";
	}
}

void day_add_code(DayVerdict *verdict, const char *code)
{
	for (gsize i = 0; i < verdict->n_codes; i++)
		if (strcmp(verdict->codes[i], code) == 0)
			return;
	g_assert(verdict->n_codes < DAY_CODES_MAX);
	g_strlcpy(verdict->codes[verdict->n_codes++], code, DAY_CODE_SIZE);
}

void day_add_reason(DayVerdict *verdict, Reason reason)
{
	g_assert(verdict->n_reasons < DAY_REASONS_MAX);
	verdict->reasons[verdict->n_reasons++] = reason;
	verdict->conflict |= reason.kind == REASON_CONFLICT || reason.kind == REASON_TWO_PLACES;
}

void day_move_state(DayVerdict *verdict, DayState state)
{
	if (verdict->state == DAY_FINAL || (verdict->state == DAY_WAITING && state == DAY_RUNNING))
		verdict->state = state;
}

/* ── What it costs, and what the year's account gets ── */

gboolean day_is_trial(const DayFacts *facts)
{
	return facts->day < facts->live_day;
}

/* A line of the deductions, with what it stands on. */
static void deduct(DayVerdict *verdict, const DayFacts *facts, const DeductionRow *row,
				   const char *code, gint64 minutes)
{
	if (row == NULL || row->percent_bp == 0 || day_is_trial(facts))
		return;
	verdict->deduction_bp += row->percent_bp;
	day_add_reason(verdict, (Reason){.kind = REASON_DEDUCTION,
									 .code = code,
									 .name = facts->deductions->code,
									 .document = row->source,
									 .minutes = minutes,
									 .percent_bp = row->percent_bp});
}

void day_deduct_code(DayVerdict *verdict, const DayFacts *facts, const char *code)
{
	if (facts->deductions != NULL)
		deduct(verdict, facts, deduction_for_code(facts->deductions, code), code, 0);
}

void day_account(DayVerdict *verdict, const DayFacts *facts, const DeductionRow *row,
				 const char *code, gint64 minutes)
{
	if (!day_is_trial(facts) && (row == NULL || row->percent_bp == 0 || facts->rules.pp94_deducted))
		verdict->pp94_min += (gint32)minutes;
	deduct(verdict, facts, row, code, minutes);
}

void day_cap_deduction(DayVerdict *verdict)
{
	if (verdict->deduction_bp <= DEDUCTION_CAP_BP)
		return;
	verdict->deduction_bp = DEDUCTION_CAP_BP;
	day_add_reason(verdict, (Reason){.kind = REASON_CAPPED, .percent_bp = DEDUCTION_CAP_BP});
}

/* ── As text ── */

void day_codes_write(const DayVerdict *verdict, char text[DAY_CODES_SIZE])
{
	char *at = text;
	*at = '\0';
	for (gsize i = 0; i < verdict->n_codes; i++) {
		if (i > 0)
			*at++ = ' ';
		at = g_stpcpy(at, verdict->codes[i]);
	}
}

char *day_codes_text(const DayVerdict *verdict)
{
	char text[DAY_CODES_SIZE];
	day_codes_write(verdict, text);
	return g_strdup(text);
}

/* ── Has it changed? ── */

/* Eight bytes at a time: multiplied by an odd constant, the upper half folded into the lower (the scheme of
 * FNV-1a, https://datatracker.ietf.org/doc/html/draft-eastlake-fnv, over words). */
#define HASH_START G_GUINT64_CONSTANT(0xcbf29ce484222325)
#define HASH_FACTOR G_GUINT64_CONSTANT(0x9e3779b97f4a7c15)

static guint64 hash_number(guint64 hash, gint64 number)
{
	hash = (hash ^ (guint64)number) * HASH_FACTOR;
	return hash ^ (hash >> 32);
}

static guint64 hash_text(guint64 hash, const char *text)
{
	gsize size = text != NULL ? strlen(text) : 0;
	hash = hash_number(hash, text != NULL ? (gint64)size : -1);
	for (gsize i = 0; i < size; i += sizeof(gint64)) {
		gint64 word = 0;
		memcpy(&word, text + i, MIN(size - i, sizeof word));
		hash = hash_number(hash, GINT64_FROM_LE(word));
	}
	return hash;
}

static guint64 hash_reason(guint64 hash, const Reason *reason)
{
	const gint64 numbers[] = {reason->kind,    reason->slot,    reason->number,
							  reason->minutes, reason->day_min, reason->percent_bp,
							  reason->from_ms, reason->to_ms,   reason->day};
	const char *const texts[] = {reason->code,         reason->name,  reason->document,
								 reason->document_out, reason->place, reason->place_out,
								 reason->terminal,     reason->by,    reason->event,
								 reason->event_out};
	for (gsize i = 0; i < G_N_ELEMENTS(numbers); i++)
		hash = hash_number(hash, numbers[i]);
	for (gsize i = 0; i < G_N_ELEMENTS(texts); i++)
		hash = hash_text(hash, texts[i]);
	return hash;
}

void day_hash_of(const DayVerdict *verdict, char hash[DAY_HASH_SIZE])
{
	const gint64 numbers[] = {
		verdict->state,     verdict->late_min,   verdict->early_min,    verdict->in_ms,
		verdict->out_ms,    verdict->due_out_ms, verdict->deduction_bp, verdict->pp94_min,
		verdict->pp94_days, verdict->trial,      verdict->rule_version,
	};
	guint64 sum = HASH_START;
	for (gsize i = 0; i < verdict->n_codes; i++)
		sum = hash_text(sum, verdict->codes[i]);
	for (gsize i = 0; i < G_N_ELEMENTS(numbers); i++)
		sum = hash_number(sum, numbers[i]);
	for (gsize i = 0; i < verdict->n_reasons; i++)
		sum = hash_reason(sum, &verdict->reasons[i]);
	for (int i = DAY_HASH_SIZE - 2; i >= 0; i--, sum >>= 4)
		hash[i] = "0123456789abcdef"[sum & 15];
	hash[DAY_HASH_SIZE - 1] = '\0';
}
