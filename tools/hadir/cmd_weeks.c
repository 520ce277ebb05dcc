#include "tools/hadir/cmd_weeks.h"

#include "server/rules/calendar.h"
#include "server/store/people/people.h"
#include "server/store/people/units.h"
#include "server/store/time/weeks.h"
#include "tools/hadir/cmd_common.h"

#define USAGE "[--unit U] [--on YYYY-MM-DD]"
#define PAGE 500

typedef struct {
	const CmdServer *server;
	PeopleFilter filter;
	gint64 n_seen, n_told;
} Listing;

static gboolean bad_value(GError **error, const char *text)
{
	g_set_error_literal(error, G_OPTION_ERROR, G_OPTION_ERROR_BAD_VALUE, text);
	return FALSE;
}

/* "person 1000001  BKD  PPPK_PW  2250 minutes a week, 1350 asked for". */
static gboolean print_person(Listing *listing, const PersonRow *row, GError **error)
{
	WeekFit fit;
	if (row->unit == 0 || row->employment == NULL)
		return TRUE;
	listing->n_seen++;
	if (!weeks_fit(listing->server->sql, row->id, row->unit, listing->filter.day, &fit, error))
		return FALSE;
	if (!weeks_differ(&fit) && !(fit.wanted == 0 && fit.minutes != 0))
		return TRUE;
	listing->n_told++;
	g_print("person %" G_GINT64_FORMAT "  %s  %s  %" G_GINT64_FORMAT " minutes a week, ", row->id,
			row->unit_code, row->employment, fit.minutes);
	if (fit.wanted != 0)
		g_print("%" G_GINT64_FORMAT " asked for\n", fit.wanted);
	else
		g_print("the contract's are not known (import weeks)\n");
	return TRUE;
}

static gboolean print_page(Listing *listing, gsize *n, GError **error)
{
	PersonRow row;
	SqlStep step;
	g_autoptr(PeopleCursor) rows = people_list(listing->server->sql, &listing->filter, error);
	if (rows == NULL)
		return FALSE;
	for (*n = 0; (step = people_next(rows, &row, error)) == SQL_ROW; ++*n) {
		listing->filter.after = row.id;
		if (!print_person(listing, &row, error))
			return FALSE;
	}
	return step == SQL_DONE;
}

static gboolean print_weeks(const CmdServer *server, const char *unit, const char *on,
							GError **error)
{
	gsize n = PAGE;
	Listing listing = {.server = server, .filter = {.limit = PAGE}};
	listing.filter.day = calendar_day(cmd_now_ms(), server->config->utc_offset_min);
	if (on != NULL && !calendar_parse(on, &listing.filter.day))
		return bad_value(error, "--on: a day as 2026-01-31");
	if (unit != NULL && !units_find(server->sql, unit, FALSE, &listing.filter.unit, error))
		return FALSE;
	if (unit != NULL && listing.filter.unit == 0)
		return bad_value(error, "--unit: no unit has that code");
	while (n == PAGE)
		if (!print_page(&listing, &n, error))
			return FALSE;
	g_print("%" G_GINT64_FORMAT " of %" G_GINT64_FORMAT
			" people; who has a roster that day is not looked at ('hadir roster check')\n",
			listing.n_told, listing.n_seen);
	return TRUE;
}

static int weeks_command(int argc, char **argv)
{
	g_autoptr(GError) error = NULL;
	g_auto(CmdServer) server = {0};
	const char *unit = cmd_take_option(&argc, argv, "--unit");
	const char *on = cmd_take_option(&argc, argv, "--on");
	if (!cmd_open(&server, &argc, argv, &error))
		return cmd_fail("weeks", g_steal_pointer(&error));
	if (argc != 1)
		return cmd_usage("weeks", USAGE);
	return print_weeks(&server, unit, on, &error) ? 0 : cmd_fail("weeks", g_steal_pointer(&error));
}

const HadirCommand cmd_weeks = {
	"weeks", USAGE,
	"whose week has not the minutes that the kind of employment, or the contract, asks for",
	weeks_command};
