/* `hadir terminal`: adds, revokes and lists devices. */
#include "tools/hadir/cmd_terminal.h"

#include <stdarg.h>
#include <string.h>
#include <unistd.h>

#include "server/crypto_openssl.h"
#include "server/province.h"
#include "server/rules/calendar.h"
#include "server/store/system/audit_log.h"
#include "server/store/terminals/places.h"
#include "server/store/terminals/terminal_places.h"
#include "server/store/terminals/terminals.h"
#include "server/store/time/losses.h"
#include "tools/hadir/cmd_common.h"
#include "tools/hadir/cmd_decide.h"

#define USAGE                                                                                      \
	"add ID --place CODE --out FILE | move ID --place CODE --from DATE | revoke ID | list\n"       \
	"      | lost ID [--from TIME] [--to TIME] --by ACCOUNT --reason TEXT\n"                       \
	"      | withdraw LOSS --by ACCOUNT --reason TEXT"

static gboolean bad_value(GError **error, const char *format, ...) G_GNUC_PRINTF(2, 3);

static gboolean bad_value(GError **error, const char *format, ...)
{
	va_list arguments;
	va_start(arguments, format);
	g_propagate_error(
		error, g_error_new_valist(G_OPTION_ERROR, G_OPTION_ERROR_BAD_VALUE, format, arguments));
	va_end(arguments);
	return FALSE;
}

static gboolean log_change(Sql *sql, const char *action, const char *id, GError **error)
{
	AuditEntry entry = {.at_ms = cmd_now_ms(), .action = action, .detail = id};
	return audit_log_append(sql, &entry, error);
}

static gboolean find_place(Sql *sql, const char *code, gint64 *place, GError **error)
{
	return places_find(sql, code, FALSE, place, error) &&
		   (*place != 0 ||
			bad_value(error, "there is no place '%s'; 'hadir import places' adds it", code));
}

static gboolean add_one(CmdServer *server, const char *id, const char *place_code, const char *out,
						GError **error)
{
	gint64 place;
	if (access(out, F_OK) == 0)
		return bad_value(error, "%s exists already", out);
	if (!find_place(server->sql, place_code, &place, error))
		return FALSE;
	char *bundle =
		province_add_terminal(server->config, server->sql, id, place, cmd_now_ms(), error);
	if (bundle == NULL)
		return FALSE;
	gboolean ok =
		cmd_write_secret(out, bundle, error) && log_change(server->sql, "terminal.add", id, error);
	server_text_wipe(bundle);
	return ok;
}

static gboolean parse_id(const char *text, TerminalId *id, GError **error)
{
	return terminal_id_parse(id, (Slice){(const uint8_t *)text, strlen(text)}) ||
		   bad_value(error, "'%s' is no terminal's id", text);
}

/* The core role sees it within a second or two and does the rest. */
static gboolean revoke_one(CmdServer *server, const char *text, GError **error)
{
	TerminalId id;
	GError *local = NULL;
	if (!parse_id(text, &id, error) || !sql_begin(server->sql, error))
		return FALSE;
	if (terminals_revoke(server->sql, &id, cmd_now_ms(), &local) &&
		log_change(server->sql, "terminal.revoke", text, &local) && sql_commit(server->sql, &local))
		return TRUE;
	sql_rollback(server->sql);
	if (local == NULL)
		return bad_value(error, "there is no terminal '%s'", text);
	g_propagate_error(error, local);
	return FALSE;
}

/* Rosters, completeness and punches of the days since then follow. */
static gboolean move(CmdServer *server, const TerminalId *id, gint64 place, const char *from,
					 GError **error)
{
	gint64 now_ms = cmd_now_ms(), offset_min = server->config->utc_offset_min;
	Change change = {.to_day = DAY_OPEN,
					 .now_ms = now_ms,
					 .today = calendar_day(now_ms, offset_min),
					 .source = "hadir terminal move"};
	gboolean changed;
	GError *local = NULL;
	if (!calendar_parse(from, &change.from_day))
		return bad_value(error, "--from: a date as 2026-01-31");
	if (terminal_places_move(server->sql, id, place, &change, offset_min, &changed, &local))
		return TRUE;
	if (local == NULL)
		return bad_value(error, "there is no terminal '%s'", id->text);
	g_propagate_error(error, local);
	return FALSE;
}

static gboolean move_one(CmdServer *server, const char *text, const char *place_code,
						 const char *from, GError **error)
{
	TerminalId id;
	gint64 place;
	g_autofree char *detail = g_strdup_printf("%s %s %s", text, place_code, from);
	const AuditEntry entry = {.at_ms = cmd_now_ms(), .action = "terminal.move", .detail = detail};
	if (!parse_id(text, &id, error) || !find_place(server->sql, place_code, &place, error) ||
		!audit_change_begin(server->sql, error))
		return FALSE;
	if (move(server, &id, place, from, error))
		return audit_change_commit(server->sql, &entry, error);
	audit_change_rollback(server->sql);
	return FALSE;
}

/* ── What will never come ── */

typedef struct {
	const char *from, *to, *by, *reason;
} LostOptions;

static gboolean read_time(const CmdServer *server, const char *text, gint64 *at_ms, GError **error)
{
	return text == NULL || calendar_parse_iso(text, server->config->utc_offset_min, at_ms) ||
		   bad_value(error, "--from, --to: a time as 2026-01-31T07:05");
}

static void print_loss(const CmdServer *server, const TerminalLoss *loss)
{
	char from[CALENDAR_ISO], to[CALENDAR_ISO];
	calendar_format_iso(loss->from_ms, server->config->utc_offset_min, from);
	calendar_format_iso(loss->to_ms, server->config->utc_offset_min, to);
	g_print("%" G_GINT64_FORMAT "  %s to %s, from event %" G_GINT64_FORMAT, loss->id, from, to,
			loss->first_seq);
	if (loss->last_seq != 0)
		g_print(" to %" G_GINT64_FORMAT, loss->last_seq);
	g_print("\n");
}

/* Days that waited for it are judged within seconds, or by `hadir judge` and `verdicts`. */
static gboolean lose_one(CmdServer *server, const char *text, const LostOptions *options,
						 GError **error)
{
	g_autofree char *reason = g_strdup(options->reason);
	TerminalLoss loss = {.reason = reason};
	const gint64 now_ms = cmd_now_ms();
	if (options->by == NULL || options->reason == NULL)
		return bad_value(error, "--by ACCOUNT and --reason TEXT belong to every decision");
	if (!parse_id(text, &loss.terminal, error) ||
		!read_time(server, options->from, &loss.from_ms, error) ||
		!read_time(server, options->to, &loss.to_ms, error) ||
		!cmd_find_decider(server, options->by, 0, &loss.account, error) ||
		!audit_change_begin(server->sql, error))
		return FALSE;
	if (!losses_declare(server->sql, &loss, now_ms, server->config->utc_offset_min, error)) {
		audit_change_rollback(server->sql);
		return FALSE;
	}
	const AuditEntry entry = {
		.at_ms = now_ms, .account = loss.account, .action = "terminal.lost", .detail = text};
	if (!audit_change_commit(server->sql, &entry, error))
		return FALSE;
	print_loss(server, &loss);
	return TRUE;
}

/* LOSS: the number that `lost` printed, and that the reasons of the days name. */
static gboolean withdraw_one(CmdServer *server, const char *text, const LostOptions *options,
							 GError **error)
{
	gint64 id = 0, account = 0;
	const gint64 now_ms = cmd_now_ms();
	if (options->by == NULL || options->reason == NULL)
		return bad_value(error, "--by ACCOUNT and --reason TEXT belong to every decision");
	if (!g_ascii_string_to_signed(text, 10, 1, G_MAXINT64, &id, NULL))
		return bad_value(error, "'%s' is no number of a loss", text);
	if (!cmd_find_decider(server, options->by, 0, &account, error) ||
		!audit_change_begin(server->sql, error))
		return FALSE;
	if (!losses_withdraw(server->sql, id, options->reason, account, now_ms,
						 server->config->utc_offset_min, error)) {
		audit_change_rollback(server->sql);
		return FALSE;
	}
	const AuditEntry entry = {
		.at_ms = now_ms, .account = account, .action = "terminal.withdraw", .detail = text};
	return audit_change_commit(server->sql, &entry, error);
}

static gboolean print_one(Sql *sql, const TerminalRow *row, GError **error)
{
	GError *local = NULL;
	g_autofree char *place = places_code(sql, row->place, &local);
	if (local != NULL) {
		g_propagate_error(error, local);
		return FALSE;
	}
	g_print("%-32s %-8s %-8s at %s, backlog %" G_GINT64_FORMAT "\n", row->id.text,
			terminal_state_text(row->state), row->online ? "online" : "offline",
			place != NULL ? place : "no place", row->backlog);
	return TRUE;
}

static gboolean list_all(CmdServer *server, GError **error)
{
	g_autoptr(GArray) terminals = NULL;
	if (!terminals_list(server->sql, 0, &terminals, error))
		return FALSE;
	for (guint i = 0; i < terminals->len; i++)
		if (!print_one(server->sql, &g_array_index(terminals, TerminalRow, i), error))
			return FALSE;
	return TRUE;
}

static int run(int argc, char **argv)
{
	g_autoptr(GError) error = NULL;
	g_auto(CmdServer) server = {0};
	const char *place = cmd_take_option(&argc, argv, "--place");
	const char *out = cmd_take_option(&argc, argv, "--out");
	const LostOptions lost = {
		cmd_take_option(&argc, argv, "--from"), cmd_take_option(&argc, argv, "--to"),
		cmd_take_option(&argc, argv, "--by"), cmd_take_option(&argc, argv, "--reason")};
	if (!cmd_open(&server, &argc, argv, &error))
		return cmd_fail("terminal", g_steal_pointer(&error));
	gboolean ok;
	if (argc == 3 && strcmp(argv[1], "add") == 0 && place != NULL && out != NULL)
		ok = add_one(&server, argv[2], place, out, &error);
	else if (argc == 3 && strcmp(argv[1], "move") == 0 && place != NULL && lost.from != NULL)
		ok = move_one(&server, argv[2], place, lost.from, &error);
	else if (argc == 3 && strcmp(argv[1], "lost") == 0)
		ok = lose_one(&server, argv[2], &lost, &error);
	else if (argc == 3 && strcmp(argv[1], "withdraw") == 0)
		ok = withdraw_one(&server, argv[2], &lost, &error);
	else if (argc == 3 && strcmp(argv[1], "revoke") == 0)
		ok = revoke_one(&server, argv[2], &error);
	else if (argc == 2 && strcmp(argv[1], "list") == 0)
		ok = list_all(&server, &error);
	else
		return cmd_usage("terminal", USAGE);
	return ok ? 0 : cmd_fail("terminal", g_steal_pointer(&error));
}

const HadirCommand cmd_terminal = {
	"terminal", USAGE,
	"gives a device its bundle, moves it, takes it out, gives up what will never come, lists all",
	run};
