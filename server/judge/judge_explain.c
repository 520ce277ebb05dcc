#include "server/judge/judge_explain.h"

#include "server/judge/judge_facts.h"
#include "server/rules/reason_pack.h"
#include "server/store/time/verdicts.h"

/* Read ahead when a cursor goes on: mostly it goes through a month. */
#define DAYS_AHEAD 31

typedef struct {
	gint64 utc_offset_min;
	JudgeFacts *facts;
	gint64 person, to_day; /* what was read of whom: up to that day */
} Explain;

static void explain_free(gpointer data)
{
	Explain *self = data;
	judge_facts_free(self->facts);
	g_free(self);
}

static gboolean read_facts(Explain *self, const Verdict *verdict, gboolean first, GError **error)
{
	if (first && !judge_facts_begin(self->facts, error))
		return FALSE;
	if (!first && self->person == verdict->person && verdict->day < self->to_day)
		return TRUE;
	self->person = verdict->person;
	self->to_day = verdict->day + (first ? 1 : DAYS_AHEAD);
	return judge_facts_read(self->facts, verdict->person, verdict->day, self->to_day, error);
}

/* As of the moment at which it was judged: what was not yet over then is not yet over in the reasons. */
static gboolean explain(gpointer data, const Verdict *verdict, gboolean first, gboolean packed,
						char **text, GError **error)
{
	Explain *self = data;
	DayFacts facts;
	DayVerdict day;
	if (!read_facts(self, verdict, first, error) ||
		!judge_facts_load(self->facts, verdict->person, verdict->day, verdict->judged_ms, &facts,
						  error))
		return FALSE;
	day_judge(&facts, &day);
	*text = packed ? reasons_pack(day.reasons, day.n_reasons, self->utc_offset_min)
				   : reasons_json(day.reasons, day.n_reasons, self->utc_offset_min);
	return TRUE;
}

void judge_explain(Sql *sql, gint64 utc_offset_min)
{
	Explain *self = g_new0(Explain, 1);
	self->utc_offset_min = utc_offset_min;
	self->facts = judge_facts_new(sql, utc_offset_min);
	verdicts_explain_with(sql, explain, self, explain_free);
}
