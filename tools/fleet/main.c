/*
 * hadir-fleet: simulated terminals against a broker and a server of their own, through scripts, and one
 * checker in the end.  Exit status 1: something did not hold.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "tools/fleet/fleet_check.h"
#include "tools/fleet/fleet_script.h"

typedef struct {
	int terminals, people, seed, events, rate, seconds, forgers, cards, limit;
	gboolean json, keep;
	char *dir, *build;
} Options;

static gboolean read_options(int *argc, char ***argv, Options *options, GError **error)
{
	const GOptionEntry entries[] = {
		{"terminals", 'n', 0, G_OPTION_ARG_INT, &options->terminals, "1 to 10000 (20)", "N"},
		{"people", 0, 0, G_OPTION_ARG_INT, &options->people, "of each terminal (5)", "N"},
		{"seed", 0, 0, G_OPTION_ARG_INT, &options->seed, "of all that is random but keys (1)", "N"},
		{"events", 0, 0, G_OPTION_ARG_INT, &options->events, "of the backlog, all together (2000)",
		 "N"},
		{"rate", 0, 0, G_OPTION_ARG_INT, &options->rate, "touches a second at the peak (200)", "N"},
		{"seconds", 0, 0, G_OPTION_ARG_INT, &options->seconds, "of the peak; 0: none (1)", "N"},
		{"forgers", 0, 0, G_OPTION_ARG_INT, &options->forgers, "terminals that forge (3)", "N"},
		{"cards", 0, 0, G_OPTION_ARG_INT, &options->cards, "cards that are restored (2)", "N"},
		{"limit", 0, 0, G_OPTION_ARG_INT, &options->limit, "seconds that anything may take (120)",
		 "N"},
		{"dir", 0, 0, G_OPTION_ARG_FILENAME, &options->dir, "instead of a temporary folder", "DIR"},
		{"keep", 0, 0, G_OPTION_ARG_NONE, &options->keep, "leave the folder", NULL},
		{"json", 0, 0, G_OPTION_ARG_NONE, &options->json, "figures as one JSON object", NULL},
		G_OPTION_ENTRY_NULL};
	g_autoptr(GOptionContext) context =
		g_option_context_new("- simulated terminals, a real broker, a real server");
	g_option_context_add_main_entries(context, entries, NULL);
	if (!g_option_context_parse(context, argc, argv, error))
		return FALSE;
	if (options->terminals >= 1 && options->terminals <= 10000 && options->people >= 1 &&
		options->people <= 1000 && options->events >= 0 && options->rate >= 1 &&
		options->seconds >= 0 && options->forgers >= 0 && options->cards >= 0 &&
		options->limit >= 1 && *argc == 1)
		return TRUE;
	g_set_error(error, G_OPTION_ERROR, G_OPTION_ERROR_BAD_VALUE, "a number out of range");
	return FALSE;
}

static void run_scripts(Fleet *fleet, const Options *options)
{
	fleet_script_connect(fleet);
	if (options->events > 0) {
		fleet_script_replay(fleet, (guint64)options->events);
		fleet_script_duplicates(fleet, (guint64)options->events);
	}
	if (options->seconds > 0)
		fleet_script_peak(fleet, (guint)options->rate, (guint)options->seconds);
	if (options->forgers > 0)
		fleet_script_forgeries(fleet, (guint)options->forgers);
	fleet_script_storm(fleet);
	if (options->cards > 0)
		fleet_script_restored(fleet, (guint)options->cards);
	fleet_script_replaced(fleet);
}

static void print_json(const Fleet *fleet, const FleetVerdict *verdict)
{
	g_print("{\"terminals\": %u, \"seed\": %u", fleet->province->plan.n_terminals,
			fleet->province->plan.seed);
	for (guint i = 0; i < fleet->figures->len; i++) {
		const FleetFigure *figure = &g_array_index(fleet->figures, FleetFigure, i);
		g_print(", \"%s\": %.5g", figure->name, figure->value);
	}
	g_print(", \"signed\": %" G_GUINT64_FORMAT ", \"stored\": %" G_GUINT64_FORMAT
			", \"missing\": %" G_GUINT64_FORMAT ", \"foreign\": %" G_GUINT64_FORMAT
			", \"altered\": %" G_GUINT64_FORMAT ", \"problems\": %u}\n",
			verdict->n_signed, verdict->n_stored, verdict->n_missing, verdict->n_foreign,
			verdict->n_altered, fleet->problems->len);
}

static void print_table(const Fleet *fleet, const FleetVerdict *verdict)
{
	for (guint i = 0; i < fleet->figures->len; i++) {
		const FleetFigure *figure = &g_array_index(fleet->figures, FleetFigure, i);
		g_print("%-24s %12.5g %s\n", figure->name, figure->value, figure->unit);
	}
	g_print("%-24s %12" G_GUINT64_FORMAT " events, each once, byte by byte: %s\n", "stored",
			verdict->n_stored, fleet->problems->len == 0 ? "all holds" : "NOT ALL HOLDS");
}

/* 0 when all holds. */
static int run(const Options *options, const char *folder, GError **error)
{
	FleetPlan plan = {options->build, folder, (guint)options->terminals, (guint)options->people,
					  (guint32)options->seed};
	FleetVerdict verdict = {0};
	gint64 start_us = g_get_monotonic_time();
	FleetProvince *province = fleet_province_new(&plan, error);
	if (province == NULL)
		return 1;
	g_autoptr(Fleet) fleet = fleet_new(province, (guint)options->limit);
	fleet_note(fleet, "province", (double)(g_get_monotonic_time() - start_us) / 1e6, "s");
	gboolean done = fleet_province_start_broker(province, error) &&
					fleet_province_start_server(province, error);
	if (done) {
		run_scripts(fleet, options);
		fleet_process_stop(g_steal_pointer(&province->daemon));
		fleet_process_stop(g_steal_pointer(&province->broker));
		done = fleet_check(fleet, &verdict, error);
	}
	if (done && options->json)
		print_json(fleet, &verdict);
	else if (done)
		print_table(fleet, &verdict);
	for (guint i = 0; i < fleet->problems->len; i++)
		g_printerr("hadir-fleet: %s\n", (const char *)fleet->problems->pdata[i]);
	done = done && fleet->problems->len == 0;
	g_clear_pointer(&fleet, fleet_free);
	fleet_province_free(province);
	return done ? 0 : 1;
}

int main(int argc, char **argv)
{
	g_autoptr(GError) error = NULL;
	g_autofree char *program = g_file_read_link("/proc/self/exe", NULL);
	Options options = {.terminals = 20,
					   .people = 5,
					   .seed = 1,
					   .events = 2000,
					   .rate = 200,
					   .seconds = 1,
					   .forgers = 3,
					   .cards = 2,
					   .limit = 120};
	if (!read_options(&argc, &argv, &options, &error)) {
		g_printerr("hadir-fleet: %s\n", error->message);
		return 2;
	}
	options.build = g_path_get_dirname(program);
	fleet_raise_limit((guint)options.terminals);
	g_autofree char *folder =
		options.dir != NULL ? g_strdup(options.dir) : g_dir_make_tmp("hadir-fleet-XXXXXX", &error);
	int status = folder == NULL ? 1 : run(&options, folder, &error);
	if (error != NULL)
		g_printerr("hadir-fleet: %s\n", error->message);
	if (folder != NULL && options.dir == NULL && !options.keep)
		fleet_province_remove(folder);
	else
		g_printerr("hadir-fleet: left in %s\n", folder);
	g_free(options.build);
	g_free(options.dir);
	return status;
}
