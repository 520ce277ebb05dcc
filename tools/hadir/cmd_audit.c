/* `hadir audit`: proves the event log offline, and names the first link that does not hold. */
#include "tools/hadir/cmd_audit.h"

#include <string.h>

#include "server/audit.h"
#include "server/audit_head.h"
#include "server/rules/calendar.h"
#include "server/server_keys.h"
#include "server/store/system/audit_log.h"
#include "tools/hadir/cmd_common.h"

#define USAGE "[TERMINAL] | --head"

typedef struct {
	guint n_journals, n_bad;
	gint64 n_events;
} Summary;

static gboolean audit_one(Sql *sql, const JournalRow *journal, Summary *summary, GError **error)
{
	g_auto(JournalProof) proof = {0};
	char id[RANDOM_ID_TEXT];
	random_id_format(&journal->journal, id);
	if (!audit_journal(sql, journal, &proof, error))
		return FALSE;
	summary->n_journals++;
	summary->n_events += proof.n_events;
	summary->n_bad += proof.problem != NULL;
	g_print("%s journal %s: ", journal->terminal.text, id);
	if (proof.problem != NULL)
		g_print("BROKEN: %s\n", proof.problem);
	else
		g_print("%" G_GINT64_FORMAT " events under %" G_GINT64_FORMAT " signatures hold\n",
				proof.n_events, proof.n_statements);
	if (proof.n_conflicts > 0)
		g_print("%s journal %s: %" G_GINT64_FORMAT " events came with another content too\n",
				journal->terminal.text, id, proof.n_conflicts);
	return TRUE;
}

static gboolean audit_terminals(Sql *sql, const TerminalId *terminal, Summary *summary,
								GError **error)
{
	g_autoptr(GArray) journals = NULL;
	if (!journals_list(sql, terminal, &journals, error))
		return FALSE;
	for (guint i = 0; i < journals->len; i++)
		if (!audit_one(sql, &g_array_index(journals, JournalRow, i), summary, error))
			return FALSE;
	return TRUE;
}

static gboolean audit_log(Sql *sql, Summary *summary, GError **error)
{
	AuditResult result;
	if (!audit_log_verify(sql, &result, error))
		return FALSE;
	if (result.first_bad == 0) {
		g_print("log of changes and reads: %" G_GINT64_FORMAT " entries hold\n", result.n_entries);
		return TRUE;
	}
	summary->n_bad++;
	g_print("log of changes and reads: BROKEN at entry %" G_GINT64_FORMAT "\n", result.first_bad);
	return TRUE;
}

/* ── the signed heads ── */

static char *hex_of(const guint8 *bytes, gsize size)
{
	GString *text = g_string_sized_new(2 * size);
	for (gsize i = 0; i < size; i++)
		g_string_append_printf(text, "%02x", bytes[i]);
	return g_string_free(text, FALSE);
}

/* One line per head: worth writing down elsewhere as it stands. */
static gboolean print_head(const CmdServer *server, const PublicKey *key, const AuditSigned *head,
						   guint *n_bad, GError **error)
{
	static const char *const words[] = {[AUDIT_HEAD_HOLDS] = "holds",
										[AUDIT_HEAD_FORGED] = "BROKEN: not this server's signature",
										[AUDIT_HEAD_CHANGED] = "BROKEN: the log is another one"};
	AuditHeadState state;
	if (!audit_head_check(server->sql, key, head, &state, error))
		return FALSE;
	*n_bad += state != AUDIT_HEAD_HOLDS;
	char day[CALENDAR_TEXT];
	calendar_format(head->day, day);
	g_autofree char *hash = hex_of(head->hash, sizeof head->hash);
	g_autofree char *signature = hex_of(head->signature, sizeof head->signature);
	g_print("%s entry %" G_GINT64_FORMAT " at %" G_GINT64_FORMAT " hash %s signature %s: %s\n", day,
			head->seq, head->at_ms, hash, signature, words[state]);
	return TRUE;
}

/* Signs today's when nobody has yet, verifies the chain and prints every head. */
static gboolean print_heads(const CmdServer *server, guint *n_bad, GError **error)
{
	AuditResult log;
	PublicKey public_key;
	gint64 now_ms = cmd_now_ms();
	g_autoptr(ServerKey) key = server_keys_signing(server->config, error);
	if (key == NULL || !audit_log_verify(server->sql, &log, error) ||
		(log.first_bad == 0 &&
		 !audit_head_sign(server->sql, key, calendar_day(now_ms, server->config->utc_offset_min),
						  now_ms, error)))
		return FALSE;
	server_key_public(key, &public_key);
	g_autoptr(GArray) heads = audit_signed_list(server->sql, error);
	for (guint i = 0; heads != NULL && i < heads->len; i++)
		if (!print_head(server, &public_key, &g_array_index(heads, AuditSigned, i), n_bad, error))
			return FALSE;
	if (heads == NULL)
		return FALSE;
	g_autofree char *text = public_key_hex(&public_key);
	*n_bad += log.first_bad != 0;
	if (log.first_bad != 0)
		g_print("log of changes and reads: BROKEN at entry %" G_GINT64_FORMAT "\n", log.first_bad);
	g_print("%" G_GINT64_FORMAT " entries, %u heads signed by %s: %s\n", log.n_entries, heads->len,
			text, *n_bad == 0 ? "all hold" : "NOT all hold");
	return TRUE;
}

static int head_command(const CmdServer *server)
{
	g_autoptr(GError) error = NULL;
	guint n_bad = 0;
	if (!print_heads(server, &n_bad, &error))
		return cmd_fail("audit", g_steal_pointer(&error));
	return n_bad == 0 ? 0 : 1;
}

static int run(int argc, char **argv)
{
	g_autoptr(GError) error = NULL;
	g_auto(CmdServer) server = {0};
	TerminalId terminal;
	Summary summary = {0};
	gboolean heads = cmd_take_flag(&argc, argv, "--head");
	if (!cmd_open(&server, &argc, argv, &error))
		return cmd_fail("audit", g_steal_pointer(&error));
	if (heads && argc == 1)
		return head_command(&server);
	if (argc > 2 || heads)
		return cmd_usage("audit", USAGE);
	if (argc == 2 &&
		!terminal_id_parse(&terminal, (Slice){(const uint8_t *)argv[1], strlen(argv[1])})) {
		g_printerr("hadir audit: '%s' is no terminal's id\n", argv[1]);
		return 2;
	}
	if (!audit_terminals(server.sql, argc == 2 ? &terminal : NULL, &summary, &error) ||
		(argc == 1 && !audit_log(server.sql, &summary, &error)))
		return cmd_fail("audit", g_steal_pointer(&error));
	g_print("%u journals, %" G_GINT64_FORMAT " events: %s\n", summary.n_journals, summary.n_events,
			summary.n_bad == 0 ? "all hold" : "NOT all hold");
	return summary.n_bad == 0 ? 0 : 1;
}

const HadirCommand cmd_audit = {"audit", USAGE,
								"proves every journal from its signatures, names the first bad "
								"link; --head: the signed heads of "
								"the log of changes and reads",
								run};
