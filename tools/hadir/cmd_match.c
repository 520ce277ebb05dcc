/* `hadir match`: one person under two names, looked for among all who are enrolled, and decided on; and
 * who should be enrolled again. */
#include "tools/hadir/cmd_match.h"

#include <string.h>

#include "firmware/match/match.h"
#include "server/duplicate_search.h"
#include "server/rules/calendar.h"
#include "server/server_keys.h"
#include "server/store/people/people.h"
#include "server/store/people/units.h"
#include "server/store/system/audit_log.h"
#include "server/store/terminals/duplicates.h"
#include "server/store/terminals/finger_use.h"
#include "tools/hadir/cmd_common.h"
#include "tools/hadir/cmd_decide.h"

#define BY " --by ACCOUNT --reason TEXT [--ends PERSON]"
#define USAGE                                                                                      \
	"duplicates [--again] [--threads N] [--people N] | pairs [--all] | "                           \
	"reenrol [--unit U] | {different|same-person|fraud} PERSON OTHER" BY

#define PAGE 500
#define PROGRESS_MS 5000

static gboolean bad_value(GError **error, const char *text)
{
	g_set_error_literal(error, G_OPTION_ERROR, G_OPTION_ERROR_BAD_VALUE, text);
	return FALSE;
}

/* ── the search ── */

static void print_progress(const DuplicateProgress *progress)
{
	gint64 left = progress->n_all - progress->run.n_people;
	double each = progress->seconds / (double)MAX(progress->n_now, 1);
	g_printerr("%" G_GINT64_FORMAT " of %" G_GINT64_FORMAT " people, %" G_GINT64_FORMAT
			   " references, %" G_GINT64_FORMAT " pairs; %.0f ms a person, %.1f h left\n",
			   progress->run.n_people, progress->n_all, progress->run.n_references,
			   progress->n_pairs, 1000 * each, each * (double)left / 3600);
}

typedef struct {
	gint64 shown_us;
} Shown;

static void on_progress(const DuplicateProgress *progress, gpointer user)
{
	Shown *shown = user;
	gint64 now_us = g_get_monotonic_time();
	if (!progress->last && now_us - shown->shown_us < PROGRESS_MS * 1000)
		return;
	shown->shown_us = now_us;
	print_progress(progress);
}

static gboolean number_option(int *argc, char **argv, const char *name, gint64 most, gint64 *value,
							  GError **error)
{
	const char *text = cmd_take_option(argc, argv, name);
	return text == NULL || g_ascii_string_to_signed(text, 10, 1, most, value, NULL) ||
		   bad_value(error, "--threads 1 … 8, --people 1 …");
}

static gboolean find_duplicates(const CmdServer *server, int argc, char **argv, GError **error)
{
	gint64 threads = 1, people = G_MAXINT64;
	gboolean again = cmd_take_flag(&argc, argv, "--again");
	if (!number_option(&argc, argv, "--threads", MATCH_THREADS_MAX, &threads, error) ||
		!number_option(&argc, argv, "--people", G_MAXINT64, &people, error))
		return FALSE;
	if (argc != 2)
		return bad_value(error, USAGE);
	ServerKey *key = server_keys_vault(server->config, error);
	if (key == NULL)
		return FALSE;
	Shown shown = {0};
	DuplicateSearch search = {.sql = server->sql,
							  .key = key,
							  .again = again,
							  .n_threads = (guint)threads,
							  .n_people_max = people,
							  .now_ms = cmd_now_ms,
							  .progress = on_progress,
							  .user = &shown};
	return duplicate_search_run(&search, error);
}

/* ── pairs ── */

static gboolean print_person(const CmdServer *server, PersonId person, GError **error)
{
	PeopleFilter filter = {.day = calendar_day(cmd_now_ms(), server->config->utc_offset_min),
						   .person = person,
						   .limit = 1};
	g_autoptr(PeopleCursor) cursor = people_list(server->sql, &filter, error);
	PersonRow row;
	SqlStep step = cursor != NULL ? people_next(cursor, &row, error) : SQL_FAILED;
	if (step == SQL_ROW)
		g_print("    %" G_GINT64_FORMAT " %s, %s %s, %s\n", person, row.name,
				row.number_kind != NULL ? row.number_kind : "",
				row.number != NULL ? row.number : "-", row.unit_name != NULL ? row.unit_name : "-");
	else if (step == SQL_DONE)
		g_print("    %" G_GINT64_FORMAT "\n", person);
	return step != SQL_FAILED;
}

static gboolean print_pair(const CmdServer *server, const DuplicatePair *pair, GError **error)
{
	char found[CALENDAR_ISO];
	calendar_format_iso(pair->found_ms, server->config->utc_offset_min, found);
	g_print("%" G_GINT64_FORMAT " %" G_GINT64_FORMAT "  %s, score %.1f", pair->person, pair->other,
			finger_name(pair->finger), pair->score / 1000.0);
	if (pair->two_fingers)
		g_print(", a second finger %.1f", pair->second_score / 1000.0);
	g_print(", found %s", found);
	if (pair->decided)
		g_print("; %s: %s (%s)", pair->by, decision_verdict_text(pair->verdict), pair->reason);
	if (pair->ends != 0)
		g_print(", references of %" G_GINT64_FORMAT " %s", pair->ends,
				pair->carried ? "ended" : "end when the server runs");
	g_print("\n");
	return print_person(server, pair->person, error) && print_person(server, pair->other, error);
}

static gboolean list_pairs(const CmdServer *server, gboolean all, GError **error)
{
	PersonId person = 0, other = 0;
	gsize n = PAGE;
	while (n == PAGE) {
		g_autoptr(GArray) page = NULL;
		if (!duplicates_list(server->sql, !all, person, other, PAGE, &page, error))
			return FALSE;
		n = page->len;
		for (guint i = 0; i < n; i++) {
			const DuplicatePair *pair = &g_array_index(page, DuplicatePair, i);
			if (!print_pair(server, pair, error))
				return FALSE;
			person = pair->person;
			other = pair->other;
		}
	}
	return TRUE;
}

/* ── to be enrolled again ── */

static void print_reenrol(const ReenrolRow *row, const PersonRow *person)
{
	g_print("%" G_GINT64_FORMAT " %s, %s: %s;", row->person, person->name,
			person->unit_code != NULL ? person->unit_code : "-",
			row->finger == 0 ? "finger not known" : finger_name(row->finger));
	for (guint bit = 0; bit < 3; bit++)
		if (row->reasons & 1u << bit)
			g_print(" %s", reenrol_reason_text((ReenrolReason)(1u << bit)));
	g_print("; %" G_GINT64_FORMAT " identified (score %.1f, quality %d), %" G_GINT64_FORMAT
			" only just, %" G_GINT64_FORMAT " poor, %" G_GINT64_FORMAT " in vain\n",
			row->n_found, row->score / 1000.0, row->quality, row->n_weak, row->n_poor,
			row->n_refused);
}

static gboolean list_one_reenrol(const CmdServer *server, gint64 unit, gint64 day,
								 const ReenrolRow *row, GError **error)
{
	const PeopleFilter filter = {.day = day, .unit = unit, .person = row->person, .limit = 1};
	g_autoptr(PeopleCursor) cursor = people_list(server->sql, &filter, error);
	PersonRow person;
	SqlStep step = cursor != NULL ? people_next(cursor, &person, error) : SQL_FAILED;
	if (step == SQL_ROW)
		print_reenrol(row, &person);
	return step != SQL_FAILED;
}

static gboolean list_reenrol(const CmdServer *server, const char *unit_code, GError **error)
{
	gint64 day = calendar_day(cmd_now_ms(), server->config->utc_offset_min), unit = 0;
	ReenrolRow last = {0};
	gsize n = PAGE;
	if (unit_code != NULL && !units_find(server->sql, unit_code, FALSE, &unit, error))
		return FALSE;
	if (unit_code != NULL && unit == 0)
		return bad_value(error, "--unit: no unit has that code");
	while (n == PAGE) {
		g_autoptr(GArray) rows = NULL;
		if (!finger_use_list(server->sql, day, last.person, last.finger, PAGE, &rows, error))
			return FALSE;
		n = rows->len;
		for (guint i = 0; i < n; i++) {
			last = g_array_index(rows, ReenrolRow, i);
			if (!list_one_reenrol(server, unit, day, &last, error))
				return FALSE;
		}
	}
	return TRUE;
}

/* ── a decision ── */

static gboolean store_decision(const CmdServer *server, const DuplicateDecision *decision,
							   GError **error)
{
	g_autofree char *detail =
		g_strdup_printf("%" G_GINT64_FORMAT " %" G_GINT64_FORMAT " %s", decision->person,
						decision->other, decision_verdict_text(decision->verdict));
	if (!audit_change_begin(server->sql, error))
		return FALSE;
	if (!duplicates_decide(server->sql, decision, cmd_now_ms(), error)) {
		audit_change_rollback(server->sql);
		return FALSE;
	}
	const AuditEntry entry = {.at_ms = cmd_now_ms(),
							  .account = decision->account,
							  .action = "duplicate.decide",
							  .person = decision->person,
							  .detail = detail};
	return audit_change_commit(server->sql, &entry, error);
}

static gboolean decide(const CmdServer *server, char **argv, const char *by,
					   const DuplicateDecision *said, GError **error)
{
	DuplicateDecision decision = *said;
	if (!decision_verdict_parse(DECISION_ENROLMENT, argv[1], &decision.verdict))
		return bad_value(error, USAGE);
	if (by == NULL || decision.reason == NULL)
		return bad_value(error, "--by ACCOUNT and --reason TEXT belong to every decision");
	if (!g_ascii_string_to_signed(argv[2], 10, 1, G_MAXINT64, &decision.person, NULL) ||
		!g_ascii_string_to_signed(argv[3], 10, 1, G_MAXINT64, &decision.other, NULL))
		return bad_value(error, "PERSON and OTHER are our numbers of people");
	/* Neither of the two decides. */
	return cmd_find_decider(server, by, decision.person, &decision.account, error) &&
		   cmd_find_decider(server, by, decision.other, &decision.account, error) &&
		   store_decision(server, &decision, error);
}

static gboolean run_with(const CmdServer *server, int argc, char **argv, GError **error)
{
	const char *by = cmd_take_option(&argc, argv, "--by");
	DuplicateDecision said = {.reason = cmd_take_option(&argc, argv, "--reason")};
	const char *ends = cmd_take_option(&argc, argv, "--ends");
	const char *unit = cmd_take_option(&argc, argv, "--unit");
	gboolean all = cmd_take_flag(&argc, argv, "--all");
	if (argc >= 2 && strcmp(argv[1], "duplicates") == 0)
		return find_duplicates(server, argc, argv, error);
	if (argc == 2 && strcmp(argv[1], "pairs") == 0)
		return list_pairs(server, all, error);
	if (argc == 2 && strcmp(argv[1], "reenrol") == 0)
		return list_reenrol(server, unit, error);
	if (ends != NULL && !g_ascii_string_to_signed(ends, 10, 1, G_MAXINT64, &said.ends, NULL))
		return bad_value(error, "--ends takes one of the two numbers");
	return argc == 4 ? decide(server, argv, by, &said, error) : bad_value(error, USAGE);
}

static int run(int argc, char **argv)
{
	g_autoptr(GError) error = NULL;
	g_auto(CmdServer) server = {0};
	if (!cmd_open(&server, &argc, argv, &error))
		return cmd_fail("match", g_steal_pointer(&error));
	return run_with(&server, argc, argv, &error) ? 0 : cmd_fail("match", g_steal_pointer(&error));
}

const HadirCommand cmd_match = {"match", USAGE,
								"looks for one person under two names among all who are enrolled, "
								"lists the pairs, decides them; lists who should be enrolled again",
								run};
