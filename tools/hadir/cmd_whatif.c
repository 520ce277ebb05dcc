#include "tools/hadir/cmd_whatif.h"

#include <string.h>

#include "server/import/import.h"
#include "server/judge/judge.h"
#include "server/rules/calendar.h"
#include "server/store/people/people.h"
#include "server/store/people/units.h"
#include "tools/hadir/cmd_common.h"
#include "tools/hadir/cmd_csv.h"

#define USAGE                                                                                      \
	"--from YYYY-MM-DD --to YYYY-MM-DD [--unit CODE | --person NUMBER] KIND FILE [KIND FILE …]"
#define HEADER                                                                                     \
	"date,person,old_codes,codes,old_late_min,late_min,old_early_min,early_min,old_percent,"       \
	"percent,old_pp94_min,pp94_min,old_pp94_days,pp94_days"

/* A person-day as far as a change of it matters. */
typedef struct {
	gint64 day;
	const char *codes; /* kept once */
	gint64 late_min, early_min, deduction_bp, pp94_min, pp94_days;
} Outcome;

typedef struct {
	PersonId person;
	GArray *days; /* Outcome, ascending */
} Before;

typedef struct {
	CmdServer server;
	gint64 from_day, to_day, now_ms; /* half-open */
	GArray *people;                  /* Before */
	GStringChunk *texts;
	GArray *days; /* Outcome: of the person in hand */
	gint64 n_days, n_people, sum_bp;
} WhatIf;

static void clear_before(gpointer data)
{
	g_array_unref(((Before *)data)->days);
}

static gboolean bad_value(GError **error, const char *what, const char *text)
{
	g_set_error(error, G_OPTION_ERROR, G_OPTION_ERROR_BAD_VALUE, "%s '%s'", what, text);
	return FALSE;
}

/* ── Who ── */

static void add_person(WhatIf *self, PersonId person)
{
	Before one = {person, g_array_new(FALSE, FALSE, sizeof(Outcome))};
	g_array_append_val(self->people, one);
}

/* Whoever serves there on the last of the days. */
static gboolean list_people(WhatIf *self, gint64 unit, GError **error)
{
	PeopleFilter filter = {.day = self->to_day - 1, .unit = unit, .limit = 100000};
	PersonRow row;
	SqlStep step = SQL_FAILED;
	g_autoptr(PeopleCursor) rows = people_list(self->server.sql, &filter, error);
	while (rows != NULL && (step = people_next(rows, &row, error)) == SQL_ROW)
		add_person(self, row.id);
	return step == SQL_DONE;
}

static gboolean find_people(WhatIf *self, const char *unit_code, const char *key, GError **error)
{
	gint64 unit = 0;
	PersonId person = 0;
	if (key != NULL) {
		if (!people_find(self->server.sql, key, &person, error))
			return FALSE;
		if (person == 0)
			return bad_value(error, "--person: nobody has the key or number", key);
		add_person(self, person);
		return TRUE;
	}
	if (unit_code != NULL && !units_find(self->server.sql, unit_code, FALSE, &unit, error))
		return FALSE;
	if (unit_code != NULL && unit == 0)
		return bad_value(error, "--unit: no unit has the code", unit_code);
	return list_people(self, unit, error);
}

/* ── Before and after ── */

static void see(gint64 day, const DayVerdict *verdict, gpointer user)
{
	WhatIf *self = user;
	g_autofree char *codes = day_codes_text(verdict);
	const Outcome one = {.day = day,
						 .codes = g_string_chunk_insert_const(self->texts, codes),
						 .late_min = verdict->late_min,
						 .early_min = verdict->early_min,
						 .deduction_bp = verdict->deduction_bp,
						 .pp94_min = verdict->pp94_min,
						 .pp94_days = verdict->pp94_days};
	g_array_append_val(self->days, one);
}

static gboolean judge_person(WhatIf *self, Judge *judge, PersonId person, GArray *days,
							 GError **error)
{
	self->days = days;
	return judge_compute(judge, person, self->from_day, self->to_day, self->now_ms, see, self,
						 error);
}

static gboolean same(const Outcome *a, const Outcome *b)
{
	return a->codes == b->codes && a->late_min == b->late_min && a->early_min == b->early_min &&
		   a->deduction_bp == b->deduction_bp && a->pp94_min == b->pp94_min &&
		   a->pp94_days == b->pp94_days;
}

static void add_pair(GString *line, gint64 before, gint64 after)
{
	cmd_csv_add_number(line, before);
	cmd_csv_add_number(line, after);
}

static void add_percent(GString *line, gint64 bp)
{
	g_autofree char *text = g_strdup_printf("%d.%02d", (int)(bp / 100), (int)(bp % 100));
	cmd_csv_add(line, text);
}

static void print_change(WhatIf *self, PersonId person, const Outcome *before, const Outcome *after)
{
	char date[CALENDAR_TEXT];
	g_autoptr(GString) line = g_string_new(NULL);
	calendar_format(before->day, date);
	cmd_csv_add(line, date);
	cmd_csv_add_number(line, person);
	cmd_csv_add(line, before->codes);
	cmd_csv_add(line, after->codes);
	add_pair(line, before->late_min, after->late_min);
	add_pair(line, before->early_min, after->early_min);
	add_percent(line, before->deduction_bp);
	add_percent(line, after->deduction_bp);
	add_pair(line, before->pp94_min, after->pp94_min);
	add_pair(line, before->pp94_days, after->pp94_days);
	g_print("%s\n", line->str);
	self->n_days++;
	self->sum_bp += after->deduction_bp - before->deduction_bp;
}

/* Both ascend; a day that only one has is none in the other. */
static void compare(WhatIf *self, PersonId person, const GArray *before, const GArray *after)
{
	gint64 n_before = self->n_days;
	guint i = 0, j = 0;
	while (i < before->len || j < after->len) {
		const Outcome *old = i < before->len ? &g_array_index(before, Outcome, i) : NULL;
		const Outcome *then = j < after->len ? &g_array_index(after, Outcome, j) : NULL;
		gint64 day =
			MIN(old != NULL ? old->day : G_MAXINT64, then != NULL ? then->day : G_MAXINT64);
		const Outcome none = {.day = day};
		old = old != NULL && old->day == day ? old : &none;
		then = then != NULL && then->day == day ? then : &none;
		i += old != &none;
		j += then != &none;
		if (!same(old, then))
			print_change(self, person, old, then);
	}
	self->n_people += self->n_days > n_before;
}

static gboolean judge_before(WhatIf *self, GError **error)
{
	g_autoptr(Judge) judge =
		judge_new(self->server.sql, self->server.config->utc_offset_min, NULL, NULL);
	if (!judge_compute_begin(judge, error))
		return FALSE;
	for (guint i = 0; i < self->people->len; i++) {
		const Before *one = &g_array_index(self->people, Before, i);
		if (!judge_person(self, judge, one->person, one->days, error))
			return FALSE;
	}
	return TRUE;
}

static gboolean judge_after(WhatIf *self, GError **error)
{
	g_autoptr(GArray) days = g_array_new(FALSE, FALSE, sizeof(Outcome));
	g_autoptr(Judge) judge =
		judge_new(self->server.sql, self->server.config->utc_offset_min, NULL, NULL);
	if (!judge_compute_begin(judge, error))
		return FALSE;
	for (guint i = 0; i < self->people->len; i++) {
		const Before *one = &g_array_index(self->people, Before, i);
		g_array_set_size(days, 0);
		if (!judge_person(self, judge, one->person, days, error))
			return FALSE;
		compare(self, one->person, one->days, days);
	}
	return TRUE;
}

static void print_warning(const char *text, gpointer user G_GNUC_UNUSED)
{
	g_printerr("warning: %s\n", text);
}

/* argv: kind and file, in turn. */
static gboolean apply_files(WhatIf *self, int argc, char **argv, GError **error)
{
	const ImportHooks hooks = {.warn = print_warning, .joins = TRUE};
	ImportResult result;
	for (int i = 0; i + 1 < argc; i += 2)
		if (!import_file(self->server.sql, argv[i], argv[i + 1], self->now_ms,
						 self->server.config->utc_offset_min, &hooks, &result, error))
			return FALSE;
	return TRUE;
}

static gboolean try_it(WhatIf *self, int argc, char **argv, GError **error)
{
	if (!sql_begin(self->server.sql, error))
		return FALSE;
	gboolean done = judge_before(self, error) && apply_files(self, argc, argv, error);
	if (done) {
		g_print(HEADER "\n");
		done = judge_after(self, error);
	}
	sql_rollback(self->server.sql);
	return done;
}

/* ── The call ── */

static gboolean read_days(WhatIf *self, const char *from, const char *to, GError **error)
{
	self->now_ms = cmd_now_ms();
	gint64 today = calendar_day(self->now_ms, self->server.config->utc_offset_min);
	if (!calendar_parse(from, &self->from_day))
		return bad_value(error, "--from: no date:", from);
	if (!calendar_parse(to, &self->to_day) || self->to_day < self->from_day)
		return bad_value(error, "--to: no date, or before --from:", to);
	/* Days to come are not judged. */
	self->to_day = MIN(self->to_day, today) + 1;
	return self->from_day < self->to_day || bad_value(error, "--from: is to come:", from);
}

static int run(WhatIf *self, int argc, char **argv, const char *const options[4])
{
	GError *error = NULL;
	if (options[0] == NULL || options[1] == NULL || argc < 3 || argc % 2 == 0)
		return cmd_usage("whatif", USAGE);
	if (!read_days(self, options[0], options[1], &error) ||
		!find_people(self, options[2], options[3], &error) ||
		!try_it(self, argc - 1, argv + 1, &error))
		return cmd_fail("whatif", error);
	g_printerr("%" G_GINT64_FORMAT " person-days of %" G_GINT64_FORMAT
			   " people would change, deductions by %" G_GINT64_FORMAT
			   " hundredths of a per cent in all; nothing was stored\n",
			   self->n_days, self->n_people, self->sum_bp);
	return 0;
}

static int whatif_command(int argc, char **argv)
{
	GError *error = NULL;
	WhatIf self = {.texts = g_string_chunk_new(256),
				   .people = g_array_new(FALSE, FALSE, sizeof(Before))};
	const char *options[4] = {
		cmd_take_option(&argc, argv, "--from"), cmd_take_option(&argc, argv, "--to"),
		cmd_take_option(&argc, argv, "--unit"), cmd_take_option(&argc, argv, "--person")};
	g_array_set_clear_func(self.people, clear_before);
	int status = cmd_open(&self.server, &argc, argv, &error) ? run(&self, argc, argv, options)
															 : cmd_fail("whatif", error);
	cmd_close(&self.server);
	g_array_unref(self.people);
	g_string_chunk_free(self.texts);
	return status;
}

const HadirCommand cmd_whatif = {
	"whatif", USAGE,
	"what would change in judged days if these files (settings, orders, corrections, …) were"
	" imported; stores nothing",
	whatif_command};
