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

char *day_codes_text(const DayVerdict *verdict)
{
	g_autoptr(GString) text = g_string_new(NULL);
	for (gsize i = 0; i < verdict->n_codes; i++)
		g_string_append_printf(text, "%s%s", i > 0 ? " " : "", verdict->codes[i]);
	return g_string_free(g_steal_pointer(&text), FALSE);
}

/* FNV-1a, 64 bits. */
#define HASH_START G_GUINT64_CONSTANT(0xcbf29ce484222325)
#define HASH_PRIME G_GUINT64_CONSTANT(0x100000001b3)

static guint64 hash_number(guint64 hash, gint64 number)
{
	for (int shift = 0; shift < 64; shift += 8)
		hash = (hash ^ (((guint64)number >> shift) & 0xff)) * HASH_PRIME;
	return hash;
}

/* With its end. */
static guint64 hash_text(guint64 hash, const char *text)
{
	for (; *text != '\0'; text++)
		hash = (hash ^ (guchar)*text) * HASH_PRIME;
	return hash * HASH_PRIME;
}

void day_hash_of(const DayVerdict *verdict, const char *codes, const char *reasons,
				 char hash[DAY_HASH_SIZE])
{
	const gint64 numbers[] = {
		verdict->state,     verdict->late_min,   verdict->early_min,    verdict->in_ms,
		verdict->out_ms,    verdict->due_out_ms, verdict->deduction_bp, verdict->pp94_min,
		verdict->pp94_days, verdict->trial,      verdict->rule_version,
	};
	guint64 sum = hash_text(HASH_START, codes);
	for (gsize i = 0; i < G_N_ELEMENTS(numbers); i++)
		sum = hash_number(sum, numbers[i]);
	sum = hash_text(sum, reasons);
	for (int i = DAY_HASH_SIZE - 2; i >= 0; i--, sum >>= 4)
		hash[i] = "0123456789abcdef"[sum & 15];
	hash[DAY_HASH_SIZE - 1] = '\0';
}
