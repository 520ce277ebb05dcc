#include "server/judge/judge_facts_private.h"

#include "server/rules/calendar.h"
#include "server/store/terminals/references.h"

/* What says more about a slot comes later. */
static int weight(DataState state)
{
	static const int weights[] = {
		[DATA_NO_TERMINAL] = 0, [DATA_COMPLETE] = 1, [DATA_OUTAGE_DECLARED] = 2,
		[DATA_LOST] = 3,        [DATA_GAP] = 4,      [DATA_OUTAGE_ACCEPTED] = 5};
	return weights[state];
}

static DataState state_of_coverage(CoverageState coverage)
{
	switch (coverage) {
	case COVERAGE_COMPLETE:
		return DATA_COMPLETE;
	case COVERAGE_NONE:
		return DATA_NO_TERMINAL;
	case COVERAGE_LOST:
		return DATA_LOST;
	case COVERAGE_GAP:
	default:
		return DATA_GAP;
	}
}

static void take_if_heavier(SlotData *data, const SlotData *other)
{
	if (weight(other->state) > weight(data->state) ||
		(data->state == DATA_NO_TERMINAL && other->state == DATA_NO_TERMINAL))
		*data = *other;
}

/* Whoever records there vouches for all of it: no gap, and nobody has to be enrolled. */
static gboolean ask_elsewhere(JudgeFacts *facts, gint64 day, gboolean *elsewhere, GError **error)
{
	*elsewhere = facts->places->len > 0;
	for (guint i = 0; i < facts->places->len && *elsewhere; i++)
		if (!facts_place_elsewhere(facts, g_array_index(facts->places, gint64, i), day, elsewhere,
								   error))
			return FALSE;
	return TRUE;
}

/* Which terminal's data is missing, and who said that it is lost. */
static void name_terminal(JudgeFacts *facts, const TerminalId *terminal, SlotData *data)
{
	if (data->state != DATA_GAP && data->state != DATA_LOST)
		return;
	data->terminal = facts_keep(facts, terminal->text);
	const TerminalLoss *loss =
		data->state == DATA_LOST
			? coverage_view_loss(facts->coverage, terminal, data->from_ms, data->to_ms)
			: NULL;
	if (loss == NULL)
		return;
	data->number = loss->id;
	data->cause = loss->reason;
	data->by = loss->by;
	data->decided_day = calendar_day(loss->decided_ms, facts->utc_offset_min);
	data->from_ms = loss->from_ms;
	data->to_ms = loss->to_ms;
}

static SlotData data_of_outage(const JudgeFacts *facts, const PlaceOutage *outage,
							   const char *place)
{
	return (SlotData){.state = outage->state == OUTAGE_ACCEPTED ? DATA_OUTAGE_ACCEPTED
																: DATA_OUTAGE_DECLARED,
					  .place = place,
					  .document = outage->document,
					  .from_ms = outage->from_ms,
					  .to_ms = outage->to_ms,
					  .number = outage->id,
					  .cause = outage->cause,
					  .by = outage->decided_by,
					  .decided_day = calendar_day(outage->decided_ms, facts->utc_offset_min)};
}

/* Could whoever serves at `dark`, too, be recorded at another of the duty places all that time? */
static gboolean recorded_besides(JudgeFacts *facts, gint64 dark, gint64 from_ms, gint64 to_ms,
								 gboolean *recorded, GError **error)
{
	*recorded = FALSE;
	for (guint i = 0; i < facts->places->len && !*recorded; i++) {
		gint64 place = g_array_index(facts->places, gint64, i);
		CoverageState coverage;
		const PlaceOutage *outage = NULL;
		if (place == dark)
			continue;
		if (!coverage_view_place(facts->coverage, place, from_ms, to_ms, &coverage, NULL, error) ||
			!coverage_view_outage(facts->coverage, place, from_ms, to_ms, &outage, error))
			return FALSE;
		*recorded = coverage == COVERAGE_COMPLETE && outage == NULL;
	}
	return TRUE;
}

/* An accepted outage over a part of the span, while another duty place recorded: it decides nothing, and
 * nothing is missing over its own time. */
static gboolean is_passed_over(JudgeFacts *facts, gint64 place, const SlotData *asked,
							   const PlaceOutage *outage, gboolean *passed, GError **error)
{
	*passed = FALSE;
	if (outage == NULL || outage->state != OUTAGE_ACCEPTED ||
		(outage->from_ms <= asked->from_ms && outage->to_ms >= asked->to_ms))
		return TRUE;
	return recorded_besides(facts, place, MAX(outage->from_ms, asked->from_ms),
							MIN(outage->to_ms, asked->to_ms), passed, error);
}

static gboolean ask_place(JudgeFacts *facts, gint64 place, gint64 day, const SlotData *asked,
						  SlotData *data, GError **error);

/* What lies before and behind the outage, each by itself. */
static gboolean ask_around(JudgeFacts *facts, gint64 place, gint64 day, const SlotData *asked,
						   const PlaceOutage *outage, SlotData *data, GError **error)
{
	SlotData before = *asked, after = *asked;
	before.to_ms = outage->from_ms;
	after.from_ms = outage->to_ms;
	return (before.from_ms >= before.to_ms || ask_place(facts, place, day, &before, data, error)) &&
		   (after.from_ms >= after.to_ms || ask_place(facts, place, day, &after, data, error));
}

/* The span asked for is that of `asked`; `data` gets what says most so far. */
static gboolean ask_place(JudgeFacts *facts, gint64 place, gint64 day, const SlotData *asked,
						  SlotData *data, GError **error)
{
	SlotData here = {.from_ms = asked->from_ms, .to_ms = asked->to_ms};
	CoverageState coverage;
	TerminalId terminal = {0};
	const PlaceOutage *outage = NULL;
	gboolean passed_over = FALSE;
	if (!coverage_view_outage(facts->coverage, place, here.from_ms, here.to_ms, &outage, error) ||
		!is_passed_over(facts, place, asked, outage, &passed_over, error))
		return FALSE;
	if (passed_over)
		return ask_around(facts, place, day, asked, outage, data, error);
	if (!coverage_view_place(facts->coverage, place, here.from_ms, here.to_ms, &coverage, &terminal,
							 error))
		return FALSE;
	here.state = state_of_coverage(coverage);
	/* Where nothing is missing nobody asks for the name. */
	if ((here.state != DATA_COMPLETE || outage != NULL) &&
		!facts_place_name(facts, place, day, &here.place, error))
		return FALSE;
	name_terminal(facts, &terminal, &here);
	take_if_heavier(data, &here);
	if (outage != NULL) {
		SlotData out = data_of_outage(facts, outage, here.place);
		take_if_heavier(data, &out);
	}
	return TRUE;
}

/* At a duty place, which has been asked already. */
static gboolean is_asked(JudgeFacts *facts, const TerminalId *terminal, const SlotData *asked,
						 gboolean *known, GError **error)
{
	*known = FALSE;
	for (guint i = 0; i < facts->places->len && !*known; i++)
		if (!coverage_view_stands(facts->coverage, g_array_index(facts->places, gint64, i),
								  terminal, asked->from_ms, asked->to_ms, known, error))
			return FALSE;
	return TRUE;
}

static gboolean ask_terminal(JudgeFacts *facts, const TerminalId *terminal, const SlotData *asked,
							 SlotData *data, GError **error)
{
	SlotData here = {.from_ms = asked->from_ms, .to_ms = asked->to_ms};
	CoverageState coverage;
	gboolean known;
	if (!is_asked(facts, terminal, asked, &known, error))
		return FALSE;
	if (known)
		return TRUE;
	if (!coverage_view_terminal(facts->coverage, terminal, here.from_ms, here.to_ms, &coverage,
								error))
		return FALSE;
	here.state = state_of_coverage(coverage);
	name_terminal(facts, terminal, &here);
	if (here.state == DATA_GAP || here.state == DATA_LOST)
		take_if_heavier(data, &here);
	return TRUE;
}

/* Over all duty places, and the terminals where they punched that day. */
static gboolean ask_data(JudgeFacts *facts, const DayFacts *day, gint64 from_ms, gint64 to_ms,
						 SlotData *out, GError **error)
{
	*out = (SlotData){.state = DATA_COMPLETE};
	if (from_ms >= to_ms)
		return TRUE;
	out->state = DATA_NO_TERMINAL;
	out->from_ms = from_ms;
	out->to_ms = to_ms;
	const SlotData asked = *out;
	for (guint i = 0; i < facts->places->len; i++)
		if (!ask_place(facts, g_array_index(facts->places, gint64, i), day->day, &asked, out,
					   error))
			return FALSE;
	for (guint i = 0; i < facts->terminals->len; i++)
		if (!ask_terminal(facts, &g_array_index(facts->terminals, TerminalId, i), &asked, out,
						  error))
			return FALSE;
	return TRUE;
}

static gboolean is_open(const DayNeeds *needs)
{
	for (gsize i = 0; i < needs->n_shifts; i++)
		if (needs->shifts[i].choice.in == NULL || needs->shifts[i].choice.out == NULL)
			return TRUE;
	return FALSE;
}

static gboolean ask_events(JudgeFacts *facts, DayFacts *out, GError **error)
{
	for (gsize i = 0; i < out->n_events; i++) {
		DayEvent *event = &facts->events[i];
		if (!event->by_list && event->to_ms <= out->now_ms &&
			!ask_data(facts, out, event->from_ms, event->to_ms, &event->data, error))
			return FALSE;
	}
	return TRUE;
}

gboolean facts_ask_data(JudgeFacts *facts, DayFacts *out, GError **error)
{
	DayNeeds needs;
	gboolean elsewhere = FALSE;
	out->enrolled = TRUE;
	day_needs(out, &needs);
	if (needs.n_shifts == 0)
		return TRUE;
	if (!ask_elsewhere(facts, out->day, &elsewhere, error))
		return FALSE;
	if (elsewhere)
		return TRUE;
	if ((is_open(&needs) || out->n_events > 0) &&
		!references_active(facts->sql, out->person, calendar_ms(out->day, 0, facts->utc_offset_min),
						   calendar_ms(out->day + 1, 0, facts->utc_offset_min), &out->enrolled,
						   error))
		return FALSE;
	for (gsize i = 0; i < needs.n_shifts; i++) {
		const ShiftNeeds *shift = &needs.shifts[i];
		if (!ask_data(facts, out, shift->in_from_ms, shift->in_to_ms, &out->data[i].in, error) ||
			!ask_data(facts, out, shift->out_from_ms, shift->out_to_ms, &out->data[i].out, error))
			return FALSE;
	}
	return ask_events(facts, out, error);
}
